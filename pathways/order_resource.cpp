#include "pathways/order_resource.h"

#include <algorithm>
#include <array>
#include <utility>

#include "pathways/internal/json_tree.h"
#include "pathways/markdown.h"

namespace renal::pathways {
namespace {

using fhir::JsonType;
using fhir::OwnJson;
using internal::JsonList;
using internal::JsonObject;
using internal::JsonText;

enum class Canonical { kNone, kOne, kList };

/// What FHIR R4 calls the common parts in each request type; empty: the type has no such member.
/// Source: https://hl7.org/fhir/R4/request.html and the pages of the types.
struct RequestType {
  std::string_view name, subject, requester, authored_on;
  Canonical canonical = Canonical::kNone;
  bool reason_reference = false;  // a list that may name a Condition or an Observation
  bool focus_members = false;     // has bodySite, as focus members use it
};

constexpr std::array<RequestType, 7> kTypes = {{
    {"ServiceRequest", "subject", "requester", "authoredOn", Canonical::kList, true, true},
    {"MedicationRequest", "subject", "requester", "authoredOn", Canonical::kList, true},
    {"DeviceRequest", "subject", "requester", "authoredOn", Canonical::kList, true},
    {"CommunicationRequest", "subject", "requester", "authoredOn", Canonical::kNone, true},
    {"RequestGroup", "subject", "author", "authoredOn", Canonical::kList, true},
    {"CarePlan", "subject", "author", "created", Canonical::kList},
    {"Task", "for", "requester", "authoredOn", Canonical::kOne},
}};

const RequestType* TypeOf(const OwnJson& resource) {
  const OwnJson* name = resource.Find("resourceType");
  if (name == nullptr) return nullptr;
  const auto type = std::ranges::find(kTypes, name->text, &RequestType::name);
  return type == kTypes.end() ? nullptr : &*type;
}

OwnJson Reference(const std::string& reference) {
  return JsonObject({{"reference", JsonText(reference)}});
}

void Set(OwnJson& object, std::string_view name, OwnJson value) {
  for (auto& [key, member] : object.members) {
    if (key == name) {
      member = std::move(value);
      return;
    }
  }
  object.members.emplace_back(name, std::move(value));
}

void SetCanonical(const Pathway& pathway, const RequestType& type, Index action,
                  OwnJson& resource) {
  if (type.canonical == Canonical::kNone || pathway.url.empty()) return;
  OwnJson canonical =
      JsonText(pathway.url + "|" + pathway.version + "#" + pathway.actions[action].id);
  if (type.canonical == Canonical::kList) canonical = JsonList({std::move(canonical)});
  Set(resource, "instantiatesCanonical", std::move(canonical));
}

void SetFocusMembers(const FocusKind& kind, std::string_view key, OwnJson& resource) {
  for (const auto& [index, members] : kind.resource_members) {
    if (index >= kind.values.size() || kind.values[index].first != key) continue;
    for (const auto& [name, value] : members.members) Set(resource, name, value);
  }
}

void SetFocus(const Pathway& pathway, const RequestType& type, Index kind, std::string_view focus,
              OwnJson& resource) {
  if (focus.empty() || kind >= pathway.foci.size()) return;
  if (type.focus_members) SetFocusMembers(pathway.foci[kind], focus, resource);
  const bool lesion = focus.starts_with("Condition/") || focus.starts_with("Observation/");
  if (type.reason_reference && lesion && IsReference(focus)) {
    Set(resource, "reasonReference", JsonList({Reference(std::string(focus))}));
  }
}

void SetContext(const OrderContext& context, const RequestType& type, OwnJson& resource) {
  Set(resource, type.subject, Reference("Patient/" + std::string(context.patient_id)));
  if (IsFhirId(context.encounter_id)) {
    Set(resource, "encounter", Reference("Encounter/" + std::string(context.encounter_id)));
  }
  if (IsReference(context.requester)) {
    Set(resource, type.requester, Reference(std::string(context.requester)));
  }
  if (!context.authored_on.empty()) Set(resource, type.authored_on, JsonText(context.authored_on));
}

}  // namespace

OwnJson OrderResource(const Pathway& pathway, Index action, Index focus_kind,
                      std::string_view focus, const OrderContext& context) {
  if (action >= pathway.actions.size() || !IsFhirId(context.patient_id)) return {};
  OwnJson resource = pathway.actions[action].resource;
  const RequestType* type = TypeOf(resource);
  if (resource.type != JsonType::kObject || type == nullptr) return {};
  SetContext(context, *type, resource);
  SetCanonical(pathway, *type, action, resource);
  SetFocus(pathway, *type, focus_kind, focus, resource);
  return resource;
}

}  // namespace renal::pathways
