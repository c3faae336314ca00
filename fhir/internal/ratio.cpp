#include "fhir/internal/ratio.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace renal::fhir::internal {
namespace {

// A product of two coefficients, which has at most 76 digits, without a place on the heap.
using Wide = boost::multiprecision::uint256_t;

constexpr int kMaxScale = 38;
constexpr int kRoundedDigits = 28;

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

// 10^exponent, from 0 up to 77.
const Wide& WidePower(int exponent) {
  static const std::array<Wide, 78> kPowers = [] {
    std::array<Wide, 78> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
  }();
  return kPowers[static_cast<std::size_t>(exponent)];
}

Wide SizeOf(Decimal::Coefficient coefficient) {
  return static_cast<Wide>(coefficient < 0 ? -coefficient : coefficient);
}

// Digits of a number below 10^77.
int DigitsOf(const Wide& number) {
  if (number == 0) return 1;
  // Times log10(2): the number of digits, or one less.
  const int digits = static_cast<int>(msb(number)) * 1233 / 4096 + 1;
  return number < WidePower(digits) ? digits : digits + 1;
}

// The decimal number * 10^-scale without its last `dropped` digits, rounded half to even; zeros at
// its end go until the scale is `least`. `more`: there is something left over of the number itself,
// less than one. Nothing where it becomes 0.
std::optional<Decimal> DropDigits(const Wide& number, bool more, int dropped, int scale,
                                  int least) {
  const Wide& divisor = WidePower(dropped);
  Wide kept, rest;
  divide_qr(number, divisor, kept, rest);
  rest *= 2;
  const int half = rest.compare(divisor);
  if (half > 0 || (half == 0 && (more || bit_test(kept, 0)))) ++kept;
  if (kept == 0) return std::nullopt;
  auto coefficient = static_cast<Decimal::Coefficient>(kept);
  for (scale -= dropped; scale > least && coefficient % 10 == 0; --scale) coefficient /= 10;
  return Decimal::FromParts(coefficient, scale);
}

std::optional<Decimal> Signed(std::optional<Decimal> size, bool negative) {
  return size && negative ? -*size : size;
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
  const Wide product = SizeOf(a) * SizeOf(b);
  // Beyond 38 digits or 38 places, so that some go.
  const int dropped = std::max(DigitsOf(product) - kRoundedDigits, scale - kMaxScale);
  return Signed(DropDigits(product, false, dropped, scale, 0), (a < 0) != (b < 0));
}

std::optional<Decimal> RoundedQuotient(const Decimal& a, const Decimal& b) {
  const int shift = b.scale() - a.scale() + kMaxScale;
  Wide dividend = SizeOf(a.coefficient());
  if (dividend == 0 || b.sign() == 0 || DigitsOf(dividend) + shift > 76) return std::nullopt;
  dividend *= WidePower(shift);
  Wide quotient, rest;
  divide_qr(dividend, SizeOf(b.coefficient()), quotient, rest);
  const int excess = DigitsOf(quotient) - kRoundedDigits;
  if (rest == 0 || excess <= 0) return std::nullopt;
  const int least = std::max(a.scale() - b.scale(), 0);
  return Signed(DropDigits(quotient, true, excess, kMaxScale, least), a.sign() != b.sign());
}

std::optional<Decimal> RoundedRatio(Big numerator, Big denominator, int ten, int least_scale) {
  if (numerator == 0) return ExactDecimal(0, least_scale);
  const bool negative = numerator < 0;
  if (negative) numerator = -numerator;
  const int shift = ten + kMaxScale;
  (shift >= 0 ? numerator : denominator) *= PowerOfTen(shift >= 0 ? shift : -shift);
  return Signed(RoundPositive(numerator, std::move(denominator), least_scale), negative);
}

}  // namespace renal::fhir::internal
