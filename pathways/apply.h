#pragma once

#include <string>
#include <string_view>

#include "pathways/outcome.h"

namespace renal::pathways {

/// Who `$apply` is called for: ids of FHIR, and a reference.
struct ApplyRequest {
  std::string_view patient_id;
  std::string_view encounter_id;  ///< empty: none
  std::string_view practitioner;  ///< "Practitioner/d1"; empty: none
};

/// The answer of `PlanDefinition/$apply` (pathway-format 10.3): a CarePlan (draft, proposal) with a
/// contained RequestGroup, as compact JSON. The same outcome as a hook's in another form.
///
/// Each result is an action (its reason, citations and focus) with an action for each of its
/// options inside, and in that the creation of the order, which is contained too. An option that
/// cannot be ordered, and the data that are needed, are actions that say that there is no resource:
/// FHIR R4 allows no action without one (rqg-1). A contradiction is such an action, of priority
/// `urgent`. A stop is named in extensions.
std::string ApplyAnswer(const Outcome& outcome, const ApplyRequest& request);

}  // namespace renal::pathways
