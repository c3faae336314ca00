#pragma once

#include <string>
#include <string_view>

#include "fhir/own_json.h"
#include "pathways/outcome.h"
#include "pathways/pathway.h"

namespace renal::pathways {

/// Who an order is for. References are relative ("Encounter/e1"); what is no id or reference is
/// left out.
struct OrderContext {
  std::string_view patient_id;
  std::string_view encounter_id;
  std::string_view requester;    ///< "Practitioner/d1"
  std::string_view authored_on;  ///< dateTime
  const Outcome* outcome = nullptr;  ///< gives what the action sets from inputs; null: nothing
};

/// The FHIR R4 resource that a suggestion creates (pathway-format 2.3): the action's template with
/// the patient, encounter, requester, time, `instantiatesCanonical` and the focus, each under the
/// name that its type gives it. A lesion becomes the reason of the order. Elements that the action
/// sets from inputs stay as the template has them where an expression gives no value.
///
/// kAbsent if the action has no template, the template's type is not one of the request types known
/// here, or the patient's id is not a FHIR id. Nothing of the request is copied but ids and
/// references that were checked.
fhir::OwnJson OrderResource(const Pathway& pathway, Index action, Index focus_kind,
                            std::string_view focus, const OrderContext& context);

/// The same, as text that nobody reads again.
fhir::WrittenJson WrittenOrderResource(const Pathway& pathway, Index action, Index focus_kind,
                                       std::string_view focus, const OrderContext& context);

}  // namespace renal::pathways
