#pragma once

#include "cards/internal/view.h"
#include "fhir/own_json.h"

namespace renal::cards {

/// The FHIR R4 resource that a suggestion creates: the action's template with the
/// patient, encounter, requester, time, `instantiatesCanonical` and the focus, each under the name
/// that its type gives it. A lesion becomes the reason of the order.
///
/// Absent if the action has no template, the template's type is not one of the request types known
/// here, or the patient's id is not a FHIR id. Nothing of the request is copied but ids and
/// references that were checked.
fhir::WrittenJson ResourceText(const Scene& scene, Index action, const Focus& focus);

}  // namespace renal::cards
