#include "hooks/internal/hook_shapes.h"

#include <algorithm>

namespace renal::hooks::internal {
namespace {

using enum FieldKind;
using enum FieldRole;

constexpr ContextField kUserId{"userId", kReference, kUser, true, "", "/context/userId"};
constexpr ContextField kPatientId{"patientId", kId, kPatient, true, "", "/context/patientId"};
constexpr ContextField kEncounterId{"encounterId", kId, kEncounter,
                                    false,         "",  "/context/encounterId"};
constexpr ContextField kVisit{"encounterId", kId, kEncounter, true, "", "/context/encounterId"};
constexpr ContextField kDraftOrders{"draftOrders", kBundle, kDrafts,
                                    true,          "",      "/context/draftOrders"};

constexpr ContextField kView[] = {kUserId, kPatientId, kEncounterId};
constexpr ContextField kInEncounter[] = {kUserId, kPatientId, kVisit};
constexpr ContextField kSign[] = {kUserId, kPatientId, kEncounterId, kDraftOrders};
constexpr ContextField kSelect[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    kDraftOrders,
    {"selections", kReferences, kSelections, true, "selection", "/context/selections"}};
constexpr ContextField kDispatch[] = {
    kPatientId,
    {"dispatchedOrders", kReferences, kOther, true, "order", "/context/dispatchedOrders"},
    {"performer", kReference, kOther, true, "", "/context/performer"}};
constexpr ContextField kAppointment[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    {"appointments", kBundle, kOther, true, "", "/context/appointments"}};
constexpr ContextField kProblem[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    {"conditions", kBundle, kOther, true, "", "/context/conditions"}};
constexpr ContextField kAllergy[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    {"allergyIntolerance", kResource, kOther, true, "", "/context/allergyIntolerance"}};
constexpr ContextField kRefill[] = {
    {"userId", kReference, kUser, false, "", "/context/userId"},
    kPatientId,
    kEncounterId,
    {"medications", kBundle, kOther, true, "", "/context/medications"}};

constexpr HookShape kShapes[] = {
    {"allergyintolerance-create", kAllergy},
    {"appointment-book", kAppointment},
    {"encounter-discharge", kInEncounter},
    {"encounter-start", kInEncounter},
    {"medication-refill", kRefill},
    {"order-dispatch", kDispatch},
    {"order-select", kSelect},
    {"order-sign", kSign},
    {"patient-view", kView},
    {"problem-list-item-create", kProblem},
};

}  // namespace

const HookShape* FindHookShape(std::string_view hook) {
  const auto* const shape = std::ranges::find(kShapes, hook, &HookShape::hook);
  return shape == std::end(kShapes) ? nullptr : shape;
}

}  // namespace renal::hooks::internal
