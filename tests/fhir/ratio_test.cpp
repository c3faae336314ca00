#include "fhir/internal/ratio.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace renal::fhir::internal {
namespace {

using Coefficient = Decimal::Coefficient;

Coefficient TenTo(int exponent) { return static_cast<Coefficient>(PowerOfTen(exponent)); }

// On each side of powers of ten and of what 64 bits hold, halves, and numbers of every length.
std::vector<Coefficient> Numbers() {
  std::vector<Coefficient> numbers{
      1, 3, 7, 15, 25, (Coefficient{1} << 64) - 1, Coefficient{1} << 64};
  std::mt19937_64 random(11);
  for (int digits = 1; digits <= 38; ++digits) {
    numbers.push_back(TenTo(digits) - 1);
    if (digits < 38) numbers.insert(numbers.end(), {TenTo(digits), TenTo(digits) + 1});
    numbers.push_back(TenTo(digits - 1) * 5 / 2 + 1);
    const Coefficient any = static_cast<Coefficient>(random() >> 2) << 62 | (random() >> 2);
    numbers.push_back(any % TenTo(digits) + 1);
  }
  for (std::size_t i = 0, count = numbers.size(); i < count; i += 3) numbers.push_back(-numbers[i]);
  return numbers;
}

TEST(RatioTest, RoundsAProductAsTheRatioThatItIs) {
  std::size_t rounded = 0;
  for (const Coefficient a : Numbers()) {
    for (const Coefficient b : Numbers()) {
      const Big product = Big(a) * Big(b);
      for (const int scale : {0, 20, 38, 55, 76}) {
        if (ExactDecimal(product, scale)) continue;
        ASSERT_EQ(RoundedProduct(a, b, scale), RoundedRatio(product, 1, -scale, 0))
            << product << " * 10^-" << scale;
        ++rounded;
      }
    }
  }
  EXPECT_GT(rounded, 20'000U);
}

TEST(RatioTest, RoundsAQuotientAsTheRatioThatItIs) {
  std::size_t rounded = 0;
  for (const Coefficient a : Numbers()) {
    for (const Coefficient b : Numbers()) {
      for (const auto& [left, right] : {std::pair{0, 0}, {7, 2}, {2, 7}, {38, 0}, {0, 38}}) {
        const auto dividend = Decimal::FromParts(a, left), divisor = Decimal::FromParts(b, right);
        ASSERT_TRUE(dividend && divisor);
        const auto quotient = RoundedQuotient(*dividend, *divisor);
        if (!quotient) continue;
        ASSERT_EQ(quotient, RoundedRatio(b < 0 ? -Big(a) : Big(a), abs(Big(b)), right - left,
                                         std::max(left - right, 0)))
            << Big(a) << " / " << Big(b);
        ++rounded;
      }
    }
  }
  EXPECT_GT(rounded, 20'000U);
}

TEST(RatioTest, RoundsHalvesToTheEvenNeighbour) {
  const Coefficient even = TenTo(27) + 2, odd = TenTo(27) + 3;
  EXPECT_EQ(RoundedProduct(even * 10 + 5, TenTo(20), 0), RoundedProduct(even * 10, TenTo(20), 0));
  EXPECT_EQ(RoundedProduct(odd * 10 + 5, TenTo(20), 0),
            RoundedProduct(odd * 10 + 10, TenTo(20), 0));
  EXPECT_EQ(RoundedProduct(5, 1, 39), std::nullopt);
  EXPECT_EQ(RoundedProduct(15, 1, 39), Decimal::FromParts(2, 38));
}

}  // namespace
}  // namespace renal::fhir::internal
