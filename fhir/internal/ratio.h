#pragma once

#include <optional>

#include <boost/multiprecision/cpp_int.hpp>

#include "fhir/decimal.h"

namespace renal::fhir::internal {

/// Numbers of any size. Only decimal.cpp, unit.cpp and quantity.cpp include this header.
using Big = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                          boost::multiprecision::et_off>;

/// 10^exponent; `exponent` is not negative.
Big PowerOfTen(int exponent);

/// The decimal coefficient * 10^-scale. Zeros at the end go where it would not fit otherwise;
/// nothing if it needs more than 38 digits or 38 places all the same.
std::optional<Decimal> ExactDecimal(Big coefficient, int scale);

/// The decimal numerator / denominator * 10^ten, with a denominator above 0. Exact where it ends
/// within 38 digits (then with at least `least_scale` places), else rounded to 28 significant
/// digits, half to even, and at most 38 places. Nothing if it is too large, or if it is not 0 and
/// would become 0.
std::optional<Decimal> RoundedRatio(Big numerator, Big denominator, int ten, int least_scale);

/// The decimal a * b * 10^-scale, which needs more than 38 digits or 38 places, as RoundedRatio()
/// rounds it.
std::optional<Decimal> RoundedProduct(Decimal::Coefficient a, Decimal::Coefficient b, int scale);

/// a / b where that does not end within 38 digits, as RoundedRatio() rounds it, and both are as
/// short as they mostly are; nothing where not.
std::optional<Decimal> RoundedQuotient(const Decimal& a, const Decimal& b);

}  // namespace renal::fhir::internal
