#include "cards/internal/resource.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cards/markdown.h"
#include "fhir/own_json.h"

namespace renal::cards {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

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

OwnJson Text(std::string text) {
  OwnJson value;
  value.type = JsonType::kString;
  value.text = std::move(text);
  return value;
}

OwnJson Reference(std::string reference) {
  OwnJson value;
  value.type = JsonType::kObject;
  value.members.emplace_back("reference", Text(std::move(reference)));
  return value;
}

OwnJson List(OwnJson item) {
  OwnJson value;
  value.type = JsonType::kArray;
  value.items.push_back(std::move(item));
  return value;
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

void SetCanonical(const Scene& scene, const RequestType& type, Index action, OwnJson& resource) {
  const pathways::Pathway& pathway = scene.pathway;
  if (type.canonical == Canonical::kNone || pathway.url.empty()) return;
  OwnJson canonical = Text(pathway.url + "|" + pathway.version + "#" + pathway.actions[action].id);
  if (type.canonical == Canonical::kList) canonical = List(std::move(canonical));
  Set(resource, "instantiatesCanonical", std::move(canonical));
}

void SetFocusMembers(const pathways::FocusKind& kind, std::string_view key, OwnJson& resource) {
  for (const auto& [index, members] : kind.resource_members) {
    if (index >= kind.values.size() || kind.values[index].first != key) continue;
    for (const auto& [name, value] : members.members) Set(resource, name, value);
  }
}

void SetFocus(const Scene& scene, const RequestType& type, const Focus& focus, OwnJson& resource) {
  if (focus.key.empty() || focus.kind >= scene.pathway.foci.size()) return;
  if (type.focus_members) SetFocusMembers(scene.pathway.foci[focus.kind], focus.key, resource);
  const bool lesion = focus.key.starts_with("Condition/") || focus.key.starts_with("Observation/");
  if (type.reason_reference && lesion && IsReference(focus.key)) {
    Set(resource, "reasonReference", List(Reference(focus.key)));
  }
}

void SetContext(const Scene& scene, const RequestType& type, OwnJson& resource) {
  const BuildRequest& request = scene.request;
  Set(resource, type.subject, Reference("Patient/" + request.patient_id));
  if (IsFhirId(request.encounter_id)) {
    Set(resource, "encounter", Reference("Encounter/" + request.encounter_id));
  }
  if (IsReference(request.requester)) {
    Set(resource, type.requester, Reference(request.requester));
  }
  if (!request.authored_on.empty()) Set(resource, type.authored_on, Text(request.authored_on));
}

}  // namespace

std::string ResourceText(const Scene& scene, Index action, const Focus& focus) {
  if (action >= scene.pathway.actions.size() || !IsFhirId(scene.request.patient_id)) return {};
  OwnJson resource = scene.pathway.actions[action].resource;
  const RequestType* type = TypeOf(resource);
  if (resource.type != JsonType::kObject || type == nullptr) return {};
  SetContext(scene, *type, resource);
  SetCanonical(scene, *type, action, resource);
  SetFocus(scene, *type, focus, resource);
  fhir::JsonWriter writer;
  writer.Value(resource);
  return writer.Take();
}

}  // namespace renal::cards
