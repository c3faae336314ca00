#pragma once

#include <optional>
#include <string_view>

#include "fhir/internal/unit_atoms.h"
#include "fhir/internal/unit_definition.h"

namespace renal::fhir::internal {

/// Reads one UCUM unit over the given atoms. Whatever the text, the work is bounded: at most 128
/// characters, 16 components, powers of atoms up to 12 and of ten up to 60.
std::optional<Unit::Definition> ParseUnit(std::string_view text, const AtomTable& atoms);

}  // namespace renal::fhir::internal
