#include "fhir/internal/wide.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace renal::fhir::internal {
namespace {

constexpr Half kLargest = ~Half{0};

Half TenTo(int exponent) {
  Half power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

Half Dropped(Half a, Half b, int count, bool more = false) {
  Wide number = Wide::Product(a, b);
  number.DropDigits(count, more);
  return number.value();
}

TEST(WideTest, MultipliesAndDividesExactly) {
  for (const Half a : {Half{1}, Half{7}, TenTo(19) + 3, TenTo(38) - 1, kLargest}) {
    for (const std::uint64_t b : {std::uint64_t{1}, std::uint64_t{10}, ~std::uint64_t{0}}) {
      Wide product = Wide::Product(a, b);
      EXPECT_EQ(product.DivideBy(b), 0U);
      EXPECT_EQ(product.value(), a);
    }
  }
}

TEST(WideTest, GivesWhatIsLeftOver) {
  Wide number = Wide::Product(TenTo(30), 7);
  EXPECT_EQ(number.DivideBy(9), 7U);
  EXPECT_EQ(number.value(), (TenTo(30) * 7 - 7) / 9);
}

TEST(WideTest, CountsDigitsOnEachSideOfAPowerOfTen) {
  EXPECT_EQ(Wide().Digits(), 1);
  for (int digits = 1; digits <= 38; ++digits) {
    EXPECT_EQ(Wide::Product(TenTo(digits) - 1, 1).Digits(), digits);
    EXPECT_EQ(Wide::Product(TenTo(digits - 1), 1).Digits(), digits);
    EXPECT_EQ(Wide::Product(TenTo(38), TenTo(digits)).Digits(), 38 + digits + 1);
    EXPECT_EQ(Wide::Product(TenTo(38) - 1, TenTo(digits)).Digits(), 38 + digits);
  }
  EXPECT_EQ(Wide::Product(kLargest, kLargest).Digits(), 78);
}

TEST(WideTest, RoundsHalfToEven) {
  EXPECT_EQ(Dropped(15, 1, 1), 2U);
  EXPECT_EQ(Dropped(25, 1, 1), 2U);
  EXPECT_EQ(Dropped(25, 1, 1, true), 3U);
  EXPECT_EQ(Dropped(24, 1, 1, true), 2U);
  EXPECT_EQ(Dropped(26, 1, 1), 3U);
  EXPECT_EQ(Dropped(99, 1, 1), 10U);
  EXPECT_EQ(Dropped(5, 1, 1), 0U);
  EXPECT_EQ(Dropped(5, 1, 1, true), 1U);
}

TEST(WideTest, DropsMoreDigitsThanAWordHolds) {
  EXPECT_EQ(Dropped(25, TenTo(37), 38), 2U);
  EXPECT_EQ(Dropped(TenTo(37) * 2 + TenTo(36) * 5 + 1, 1, 37), 3U);
  EXPECT_EQ(Dropped(35, TenTo(37), 38), 4U);
  EXPECT_EQ(Dropped(TenTo(38) - 1, TenTo(20), 48), TenTo(10));
  EXPECT_EQ(Dropped(TenTo(38), TenTo(38), 57), TenTo(19));
}

TEST(WideTest, CarriesThroughAllWords) {
  // Just below 2^64.
  const Half nines = (Half{1} << 64) - 1;
  EXPECT_EQ(Dropped(nines * 10 + 9, 1, 1), Half{1} << 64);
}

}  // namespace
}  // namespace renal::fhir::internal
