#pragma once

#include <string>

#include "cards/person.h"
#include "cards/uuid.h"
#include "fhir/json.h"
#include "pathways/outcome.h"

namespace renal::cards {

/// The brief as a FHIR R4 document: a Bundle of a Composition with the patient, a GuidanceResponse
/// and the CarePlan with its RequestGroup (pathways/apply.h), as JSON with a line end. `patient` is
/// the Patient resource as recorded; where it is absent, one with the id alone stands for it.
/// `uuids` names the entries.
std::string BoardDocument(const pathways::Outcome& outcome, const fhir::Json& patient,
                          const Person& person, UuidSource& uuids);

}  // namespace renal::cards
