#pragma once

#include <functional>
#include <string>

#include "fhir/own_json.h"
#include "pathways/internal/fhir_form_names.h"

namespace renal::pathways::internal {

/// The value of an input as one FHIRPath over %context, in the spelling of FHIR: what a plain
/// engine can say of an input that has `sources`. It picks as the input does; conflicts, ties,
/// preferences, conditional age limits and foci are in the structured form alone.
///
/// Uses `aggregate`, which FHIRPath knows and the profile of pathways does not.
///
/// `condition` gives the FHIRPath of an object {input: cell}.
std::string ExtractionOf(const fhir::OwnJson& input, const ExpressionNames& names,
                         const std::function<std::string(const fhir::OwnJson&)>& condition);

/// The number of instances of a focus: how many of its keys occur, or of its resources where each
/// is a thing of its own.
std::string CountOf(const fhir::OwnJson& focus, const ExpressionNames& names);

}  // namespace renal::pathways::internal
