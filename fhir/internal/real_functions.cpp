#include "fhir/internal/real_functions.h"

#include <sstream>
#include <string>

#include <boost/multiprecision/cpp_dec_float.hpp>

namespace renal::fhir::internal {
namespace {

using Real = boost::multiprecision::cpp_dec_float_50;

constexpr int kDigits = 28;
constexpr int kLargest = 38;        // powers of ten that a Decimal holds
constexpr int kExactPower = 1'000;  // whole exponents up to here are multiplied out

Real RealOf(const Decimal& value) { return Real(value.ToString()); }

std::optional<Decimal> DecimalOf(const Real& value) {
  if (!isfinite(value)) return std::nullopt;
  if (value != 0 && abs(log10(abs(value))) > kLargest) return std::nullopt;
  return Decimal::Parse(value.str(kDigits, std::ios_base::fmtflags()));
}

std::optional<Decimal> WholePower(const Decimal& base, std::int64_t exponent) {
  std::optional<Decimal> result = Decimal(1);
  for (std::int64_t i = 0; result && i < exponent; ++i) result = Multiply(*result, base);
  return result;
}

}  // namespace

std::optional<Decimal> SquareRoot(const Decimal& value) {
  if (value.sign() < 0) return std::nullopt;
  return DecimalOf(sqrt(RealOf(value)));
}

std::optional<Decimal> Exponential(const Decimal& value) {
  // Beyond this, e to that power is larger than every Decimal, or smaller.
  if (value.Abs() > Decimal(100)) return std::nullopt;
  return DecimalOf(exp(RealOf(value)));
}

std::optional<Decimal> NaturalLogarithm(const Decimal& value) {
  if (value.sign() <= 0) return std::nullopt;
  return DecimalOf(log(RealOf(value)));
}

std::optional<Decimal> Logarithm(const Decimal& value, const Decimal& base) {
  if (value.sign() <= 0 || base.sign() <= 0 || base == Decimal(1)) return std::nullopt;
  return DecimalOf(log(RealOf(value)) / log(RealOf(base)));
}

std::optional<Decimal> Power(const Decimal& base, const Decimal& exponent) {
  const auto whole = exponent.ToInteger();
  if (whole && *whole >= 0 && *whole <= kExactPower) {
    if (auto exact = WholePower(base, *whole)) return exact;
  }
  if (base.sign() == 0) return whole && *whole > 0 ? std::optional(Decimal(0)) : std::nullopt;
  if (base.sign() < 0 && !whole) return std::nullopt;
  const Real size = abs(RealOf(base));
  const Real power = RealOf(exponent);
  if (abs(power * log10(size)) > kLargest) return std::nullopt;
  auto result = DecimalOf(exp(power * log(size)));
  const bool odd = whole && *whole % 2 != 0;
  return result && base.sign() < 0 && odd ? std::optional(-*result) : result;
}

}  // namespace renal::fhir::internal
