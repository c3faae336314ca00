#pragma once

#include <vector>

#include "fhir/fhirpath.h"
#include "pathways/outcome.h"
#include "pathways/pathway.h"

/// The variables of expressions, by slot (Pathway::variables).
namespace renal::pathways {

/// Parameters, inputs and focus as an evaluation left them: for the instance of a focus (its place in
/// `foci`), or for the patient alone (kNone). What is unknown is empty.
std::vector<fhir::fhirpath::Collection> VariablesOf(const Outcome& outcome, Index instance);

}  // namespace renal::pathways
