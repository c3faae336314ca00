#pragma once

#include <vector>

#include "pathways/pathway.h"

/// The values at which something turns that is read from an input.
namespace renal::pathways::internal {

/// A value on which, or on whose two sides, an input may decide differently.
struct Limit {
  fhir::Quantity value;  ///< in the input's own unit, where that says exactly the same
  /// The derived input that knows the limit: by its expression, or by its own limits, which it
  /// hands on to what its value is taken from. kNone: cells and rules test the input itself.
  Index by = kNone;
};

/// By input, as they are found: ends of cells, and what expressions compare the input with. Only
/// what lies inside of `min` and `max`, and only what decides something.
std::vector<std::vector<Limit>> LimitsOf(const Pathway& pathway);

/// Whether an expression compares the input with that value.
bool ComparesWith(const Pathway& pathway, const fhir::fhirpath::Expression& expression, Index input,
                  const fhir::Quantity& value);

}  // namespace renal::pathways::internal
