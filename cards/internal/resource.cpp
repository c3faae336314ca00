#include "cards/internal/resource.h"

#include "pathways/order_resource.h"

namespace renal::cards {

fhir::WrittenJson ResourceText(const Scene& scene, Index action, const Focus& focus) {
  const BuildRequest& request = scene.request;
  return pathways::WrittenOrderResource(scene.pathway, action, focus.kind, focus.key,
                                        {.patient_id = request.patient_id,
                                         .encounter_id = request.encounter_id,
                                         .requester = request.requester,
                                         .authored_on = request.authored_on,
                                         .outcome = &scene.outcome});
}

}  // namespace renal::cards
