#pragma once

#include <string>
#include <string_view>

#include "pathways/outcome.h"

namespace renal::pathways {

/// Who `$apply` is called for.
struct ApplySubject {
  std::string_view patient;       ///< "Patient/p1"
  std::string_view encounter;     ///< "Encounter/e1"; empty: none
  std::string_view practitioner;  ///< "Practitioner/d1"; empty: none
};

/// The answer of `PlanDefinition/$apply` (pathway-format 10.3): a CarePlan (draft, proposal) with a
/// contained RequestGroup, as compact JSON. The same evaluation as a hook's in another form: one
/// action for each result, needed data as an action without a resource.
std::string ApplyAnswer(const Outcome& outcome, const ApplySubject& subject);

}  // namespace renal::pathways
