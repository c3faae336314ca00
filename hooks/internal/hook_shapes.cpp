#include "hooks/internal/hook_shapes.h"

#include <algorithm>

namespace renal::hooks::internal {
namespace {

using FieldKind::kBundle;
using FieldKind::kId;
using FieldKind::kReference;
using FieldKind::kReferences;
using FieldKind::kResource;
using FieldKind::kResources;

using Role = FieldRole;

constexpr std::string_view kAnybody[] = {"Patient", "Practitioner", "PractitionerRole",
                                         "RelatedPerson"};
constexpr std::string_view kClinicians[] = {"Practitioner", "PractitionerRole"};
constexpr std::string_view kPractitioners[] = {"Practitioner"};

constexpr std::string_view kSelectionAliases[] = {"selection"};
constexpr std::string_view kOrderAliases[] = {"order"};
constexpr std::string_view kTaskAliases[] = {"fulfillment-tasks", "task"};

constexpr ContextField kUserId{"userId", FieldKind::kUser, Role::kUser, true, "/context/userId"};
constexpr ContextField kPatientId{"patientId", kId, Role::kPatient, true, "/context/patientId"};
constexpr ContextField kEncounterId{"encounterId", kId, Role::kEncounter, false,
                                    "/context/encounterId"};
constexpr ContextField kVisit{"encounterId", kId, Role::kEncounter, true, "/context/encounterId"};
constexpr ContextField kDraftOrders{"draftOrders", kBundle, Role::kDrafts, true,
                                    "/context/draftOrders"};

constexpr ContextField kView[] = {kUserId, kPatientId, kEncounterId};
constexpr ContextField kInEncounter[] = {kUserId, kPatientId, kVisit};
constexpr ContextField kSign[] = {kUserId, kPatientId, kEncounterId, kDraftOrders};
constexpr ContextField kSelect[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    kDraftOrders,
    {"selections", kReferences, Role::kSelections, true, "/context/selections", kSelectionAliases}};
constexpr ContextField kDispatch[] = {
    kPatientId,
    {"dispatchedOrders", kReferences, Role::kDispatched, true, "/context/dispatchedOrders",
     kOrderAliases},
    {"performer", kReference, Role::kOther, true, "/context/performer"},
    {"fulfillmentTasks", kResources, Role::kOther, false, "/context/fulfillmentTasks",
     kTaskAliases}};
constexpr ContextField kAppointment[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    {"appointments", kBundle, Role::kOther, true, "/context/appointments"}};
constexpr ContextField kProblem[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    {"conditions", kBundle, Role::kFacts, true, "/context/conditions"}};
constexpr ContextField kAllergy[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    {"allergyIntolerance", kResource, Role::kFacts, true, "/context/allergyIntolerance"}};
constexpr ContextField kRefill[] = {
    {"userId", FieldKind::kUser, Role::kUser, false, "/context/userId"},
    kPatientId,
    kEncounterId,
    {"medications", kBundle, Role::kDrafts, true, "/context/medications"}};
constexpr ContextField kVerify[] = {
    kUserId,
    kPatientId,
    kEncounterId,
    {"medication", kResource, Role::kOrder, true, "/context/medication", kOrderAliases}};

constexpr HookShape kShapes[] = {
    {"allergyintolerance-create", "0.1.0", kPractitioners, kAllergy},
    {"appointment-book", "1.0", kAnybody, kAppointment},
    {"encounter-discharge", "1.0", kClinicians, kInEncounter},
    {"encounter-start", "1.0", kClinicians, kInEncounter},
    {"medication-refill", "0.1.0", kAnybody, kRefill},
    {"medication-verify", "0.1.0", kAnybody, kVerify},
    {"order-dispatch", "1.1", {}, kDispatch},
    {"order-select", "", kClinicians, kSelect},
    {"order-sign", "", kClinicians, kSign},
    {"patient-view", "1.0", kAnybody, kView},
    {"problem-list-item-create", "0.1.0", kAnybody, kProblem},
};

}  // namespace

const HookShape* FindHookShape(std::string_view hook) {
  const auto* const shape = std::ranges::find(kShapes, hook, &HookShape::hook);
  return shape == std::end(kShapes) ? nullptr : shape;
}

bool IsContextField(std::string_view name) {
  return std::ranges::any_of(kShapes, [&](const HookShape& shape) {
    return std::ranges::find(shape.fields, name, &ContextField::name) != shape.fields.end();
  });
}

}  // namespace renal::hooks::internal
