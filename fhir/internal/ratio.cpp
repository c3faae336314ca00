#include "fhir/internal/ratio.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace renal::fhir::internal {
namespace {

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

std::optional<Decimal> RoundedProduct(Big product, int scale) {
  const bool negative = product < 0;
  if (negative) product = -product;
  // Beyond 38 digits or 38 places, so that some go.
  const int dropped = std::max(DigitsOf(product) - kRoundedDigits, scale - kMaxScale);
  Big rounded = DivideHalfEven(product, PowerOfTen(dropped));
  if (rounded == 0) return std::nullopt;
  int places = scale - dropped;
  StripZeros(rounded, places, 0);
  std::optional<Decimal> result = ExactDecimal(std::move(rounded), places);
  if (result && negative) result = -*result;
  return result;
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
