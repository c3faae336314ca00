#pragma once

#include "fhir/record.h"
#include "pathways/internal/facts.h"
#include "pathways/outcome.h"

/// What people call a thing of the record that the pathway has no name for, a metastasis for
/// example.
namespace renal::pathways {

/// Fills in `site`, `text` and `time` from the resources that make the instance. The first resource
/// that tells one of them counts; resources are in the order of their references.
void NameThing(const Pathway& pathway, const fhir::Record& record, const Instance& thing,
               FocusInstance& named);

}  // namespace renal::pathways
