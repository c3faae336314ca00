#include "fhir/internal/ratio.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "fhir/internal/wide.h"

namespace renal::fhir::internal {
namespace {

constexpr int kMaxScale = 38;
constexpr int kRoundedDigits = 28;
constexpr Half kLargestWord = std::numeric_limits<Wide::Word>::max();

using ShortPowers = std::array<Half, kMaxScale + 1>;

constexpr ShortPowers MakeShortPowers() {
  ShortPowers powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr ShortPowers kShortPowers = MakeShortPowers();

// Takes zeros off the end of `coefficient`, which is not 0, until `scale` is `least`.
void StripZeros(Big& coefficient, int& scale, int least) {
  static const Big kChunk = PowerOfTen(16);
  while (scale - 16 >= least && coefficient % kChunk == 0) {
    coefficient /= kChunk;
    scale -= 16;
  }
  while (scale > least && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
}

bool Fits(const Big& coefficient) {
  static const Big kLimit = PowerOfTen(38);
  return coefficient < kLimit && coefficient > -kLimit;
}

// Digits of a number that is not negative.
int DigitsOf(const Big& number) {
  if (number == 0) return 1;
  int digits = static_cast<int>(msb(number)) * 1233 / 4096 + 1;  // times log10(2), or next to it
  while (number >= PowerOfTen(digits)) ++digits;
  while (number < PowerOfTen(digits - 1)) --digits;
  return digits;
}

// The quotient of two positive numbers, rounded half to even.
Big DivideHalfEven(const Big& numerator, const Big& denominator) {
  Big quotient;
  Big rest;
  divide_qr(numerator, denominator, quotient, rest);
  rest *= 2;
  const int half = rest.compare(denominator);
  if (half > 0 || (half == 0 && bit_test(quotient, 0))) ++quotient;
  return quotient;
}

Half SizeOf(Decimal::Coefficient coefficient) {
  return static_cast<Half>(coefficient < 0 ? -coefficient : coefficient);
}

// Of up to 28 digits; zeros at the end go until `scale` is `least`. Nothing where it is 0, to which
// something else was rounded.
std::optional<Decimal> Short(Half rounded, bool negative, int scale, int least) {
  if (rounded == 0) return std::nullopt;
  for (; scale > least && rounded % 10 == 0; --scale) rounded /= 10;
  const auto coefficient = static_cast<Decimal::Coefficient>(rounded);
  return Decimal::FromParts(negative ? -coefficient : coefficient, scale);
}

// As RoundedRatio(), for a positive number numerator / denominator * 10^-kMaxScale.
std::optional<Decimal> RoundPositive(const Big& numerator, Big denominator, int least_scale) {
  Big quotient;
  Big rest;
  divide_qr(numerator, denominator, quotient, rest);
  int scale = kMaxScale;
  if (rest == 0) {
    Big exact = quotient;
    StripZeros(exact, scale, least_scale);
    if (!Fits(exact)) StripZeros(exact, scale, 0);
    if (Fits(exact)) return ExactDecimal(exact, scale);
    scale = kMaxScale;
  }
  const int excess = DigitsOf(quotient) - kRoundedDigits;
  if (excess > 0) {
    denominator *= PowerOfTen(excess);
    scale -= excess;
  }
  Big rounded = DivideHalfEven(numerator, denominator);
  if (rounded == 0) return std::nullopt;
  StripZeros(rounded, scale, least_scale);
  return ExactDecimal(rounded, scale);
}

}  // namespace

Big PowerOfTen(int exponent) {
  constexpr int kUsual = 96;
  static const std::array<Big, kUsual> kPowers = [] {
    std::array<Big, kUsual> powers;
    powers[0] = 1;
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
  }();
  if (exponent < kUsual) return kPowers[static_cast<std::size_t>(exponent)];
  return boost::multiprecision::pow(Big(10), static_cast<unsigned>(exponent));
}

std::optional<Decimal> ExactDecimal(Big coefficient, int scale) {
  if (coefficient == 0) return Decimal::FromParts(0, scale);
  while (scale > 0 && !Fits(coefficient) && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
  if (!Fits(coefficient)) return std::nullopt;
  return Decimal::FromParts(static_cast<Decimal::Coefficient>(coefficient), scale);
}

std::optional<Decimal> RoundedProduct(Decimal::Coefficient a, Decimal::Coefficient b, int scale) {
  Wide product = Wide::Product(SizeOf(a), SizeOf(b));
  // Beyond 38 digits or 38 places, so that some go.
  const int dropped = std::max(product.Digits() - kRoundedDigits, scale - kMaxScale);
  product.DropDigits(dropped, false);
  return Short(product.value(), (a < 0) != (b < 0), scale - dropped, 0);
}

std::optional<Decimal> RoundedQuotient(const Decimal& a, const Decimal& b) {
  const Half divisor = SizeOf(b.coefficient());
  Half dividend = SizeOf(a.coefficient());
  int shift = b.scale() - a.scale() + kMaxScale;
  if (dividend == 0 || divisor == 0 || divisor > kLargestWord) return std::nullopt;
  if (shift > kMaxScale) {
    const Half power = kShortPowers[static_cast<std::size_t>(shift - kMaxScale)];
    if (__builtin_mul_overflow(dividend, power, &dividend)) return std::nullopt;
    shift = kMaxScale;
  }
  Wide quotient = Wide::Product(dividend, kShortPowers[static_cast<std::size_t>(shift)]);
  const Wide::Word rest = quotient.DivideBy(static_cast<Wide::Word>(divisor));
  const int excess = quotient.Digits() - kRoundedDigits;
  if (rest == 0 || excess <= 0) return std::nullopt;
  quotient.DropDigits(excess, true);
  return Short(quotient.value(), a.sign() != b.sign(), kMaxScale - excess,
               std::max(a.scale() - b.scale(), 0));
}

std::optional<Decimal> RoundedRatio(Big numerator, Big denominator, int ten, int least_scale) {
  if (numerator == 0) return ExactDecimal(0, least_scale);
  const bool negative = numerator < 0;
  if (negative) numerator = -numerator;
  const int shift = ten + kMaxScale;
  (shift >= 0 ? numerator : denominator) *= PowerOfTen(shift >= 0 ? shift : -shift);
  std::optional<Decimal> result = RoundPositive(numerator, std::move(denominator), least_scale);
  if (result && negative) result = -*result;
  return result;
}

}  // namespace renal::fhir::internal
