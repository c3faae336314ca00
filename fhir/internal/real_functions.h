#pragma once

#include <optional>

#include "fhir/decimal.h"

/// Functions whose values are not decimals as a rule: worked out in 50 decimal digits and rounded
/// to 28 significant ones. Nothing where there is no real value, or none that a Decimal can hold.
namespace renal::fhir::internal {

std::optional<Decimal> SquareRoot(const Decimal& value);
std::optional<Decimal> Exponential(const Decimal& value);
std::optional<Decimal> NaturalLogarithm(const Decimal& value);
std::optional<Decimal> Logarithm(const Decimal& value, const Decimal& base);

}  // namespace renal::fhir::internal
