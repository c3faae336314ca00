#include "fhir/internal/real_functions.h"

#include <sstream>
#include <string>

#include <boost/multiprecision/cpp_dec_float.hpp>

namespace renal::fhir::internal {
namespace {

using Real = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<50>,
                                           boost::multiprecision::et_off>;

constexpr int kDigits = 28;
constexpr int kLargest = 38;  // powers of ten that a Decimal holds

Real RealOf(const Decimal& value) { return Real(value.ToString()); }

std::optional<Decimal> DecimalOf(const Real& value) {
  if (!isfinite(value)) return std::nullopt;
  if (value != 0 && abs(log10(abs(value))) > kLargest) return std::nullopt;
  return Decimal::Parse(value.str(kDigits, std::ios_base::fmtflags()));
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

}  // namespace renal::fhir::internal
