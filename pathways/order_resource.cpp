#include "pathways/order_resource.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "fhir/fhirpath.h"
#include "fhir/reference.h"
#include "pathways/internal/json_tree.h"
#include "pathways/internal/variables.h"

namespace renal::pathways {
namespace {

using fhir::JsonType;
using fhir::OwnJson;
using internal::JsonList;
using internal::JsonText;
using internal::Set;

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
  if (type.reason_reference && lesion && fhir::IsReference(focus)) {
    Set(resource, "reasonReference", JsonList({internal::JsonReference(std::string(focus))}));
  }
}

// A value as an element of FHIR; kAbsent for what is none: a range, a node of the record.
OwnJson ElementOf(const fhir::fhirpath::Item& item) {
  if (const bool* flag = std::get_if<bool>(&item)) return internal::JsonFlag(*flag);
  if (const auto* text = std::get_if<std::string>(&item)) return JsonText(*text);
  if (const auto* whole = std::get_if<std::int64_t>(&item)) return internal::JsonWhole(*whole);
  if (const auto* time = std::get_if<fhir::DateTime>(&item)) return JsonText(time->ToString());
  const auto number = [](const fhir::Decimal& value) {
    return OwnJson(JsonType::kNumber, value.ToString());
  };
  if (const auto* decimal = std::get_if<fhir::Decimal>(&item)) return number(*decimal);
  const auto* quantity = std::get_if<fhir::Quantity>(&item);
  if (quantity == nullptr) return {};
  const std::string& unit = quantity->unit.text();
  return internal::JsonObject({{"value", number(quantity->value)},
                               {"unit", JsonText(unit)},
                               {"system", JsonText("http://unitsofmeasure.org")},
                               {"code", JsonText(unit)}});
}

void SetElements(const Action& action, std::string_view focus, const Outcome& outcome,
                 OwnJson& resource) {
  if (action.set.empty()) return;
  const auto variables = VariablesOf(outcome, outcome.Instance(focus));
  fhir::fhirpath::Environment environment;
  environment.variables = &variables;
  if (const auto now = fhir::DateTime::Parse(outcome.evaluated_at)) environment.now = *now;
  for (const Action::Element& element : action.set) {
    const auto found = element.value.Evaluate(environment);
    if (!found || found.value().size() != 1) continue;
    OwnJson value = ElementOf(found.value().front());
    if (value.type != JsonType::kAbsent) Set(resource, element.path, std::move(value));
  }
}

void SetContext(const OrderContext& context, const RequestType& type, OwnJson& resource) {
  Set(resource, type.subject, internal::JsonReference("Patient/" + std::string(context.patient_id)));
  if (fhir::IsFhirId(context.encounter_id)) {
    Set(resource, "encounter", internal::JsonReference("Encounter/" + std::string(context.encounter_id)));
  }
  if (fhir::IsReference(context.requester)) {
    Set(resource, type.requester, internal::JsonReference(std::string(context.requester)));
  }
  if (!context.authored_on.empty()) Set(resource, type.authored_on, JsonText(context.authored_on));
}

}  // namespace

OwnJson OrderResource(const Pathway& pathway, Index action, Index focus_kind,
                      std::string_view focus, const OrderContext& context) {
  if (action >= pathway.actions.size() || !fhir::IsFhirId(context.patient_id)) return {};
  OwnJson resource = pathway.actions[action].resource;
  const RequestType* type = TypeOf(resource);
  if (resource.type != JsonType::kObject || type == nullptr) return {};
  if (context.outcome != nullptr) {
    SetElements(pathway.actions[action], focus, *context.outcome, resource);
  }
  SetContext(context, *type, resource);
  SetCanonical(pathway, *type, action, resource);
  SetFocus(pathway, *type, focus_kind, focus, resource);
  return resource;
}

}  // namespace renal::pathways
