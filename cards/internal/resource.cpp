#include "cards/internal/resource.h"

#include "fhir/own_json.h"
#include "pathways/order_resource.h"

namespace renal::cards {

fhir::WrittenJson ResourceText(const Scene& scene, Index action, const Focus& focus) {
  const BuildRequest& request = scene.request;
  const fhir::OwnJson resource =
      pathways::OrderResource(scene.pathway, action, focus.kind, focus.key,
                              {.patient_id = request.patient_id,
                               .encounter_id = request.encounter_id,
                               .requester = request.requester,
                               .authored_on = request.authored_on,
                               .outcome = &scene.outcome});
  if (resource.type != fhir::JsonType::kObject) return {};
  fhir::JsonWriter writer;
  writer.Value(resource);
  return writer.TakeWritten();
}

}  // namespace renal::cards
