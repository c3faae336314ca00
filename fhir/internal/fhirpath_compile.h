#pragma once

#include <string_view>
#include <variant>

#include "fhir/internal/fhirpath_program.h"

namespace renal::fhir::fhirpath {

/// Parses `text` and resolves every name in it: variables to slots, functions to pointers, value
/// sets and types to what they mean. Literals, and operators over literals only, become constants.
std::variant<Code, CompileError> CompileText(std::string_view text, const CompileOptions& options);

}  // namespace renal::fhir::fhirpath
