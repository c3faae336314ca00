#pragma once

#include <string_view>

/// The forms of ids and references. Source: https://hl7.org/fhir/R4/datatypes.html#id and
/// https://hl7.org/fhir/R4/references.html
namespace renal::fhir {

/// True for 1 to 64 letters, digits, '-' and '.'.
bool IsFhirId(std::string_view text);

/// True for a relative reference without a version: "Type/id".
bool IsReference(std::string_view text);

}  // namespace renal::fhir
