#include "pathways/order_resource.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

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

/// What is put in place of members of a template, or added to it, in this order. Much of it stands
/// in the pathway and is not copied.
class Changes {
 public:
  void Set(std::string_view name, OwnJson value) {
    Change& change = At(name);
    change.made = std::move(value);
    change.of_pathway = nullptr;
  }
  void SetTo(std::string_view name, const OwnJson& of_pathway) {
    At(name).of_pathway = &of_pathway;
  }

  OwnJson Applied(const OwnJson& base) const {
    OwnJson resource = base;
    for (const Change& change : changes_) internal::Set(resource, change.name, change.value());
    return resource;
  }

  void Write(const OwnJson& base, fhir::JsonWriter& writer) const {
    writer.BeginObject();
    for (const auto& [name, value] : base.members) {
      const Change* change = Find(name);
      writer.Key(name).Value(change == nullptr ? value : change->value());
    }
    for (const Change& change : changes_) {
      if (base.Find(change.name) == nullptr) writer.Key(change.name).Value(change.value());
    }
    writer.EndObject();
  }

 private:
  struct Change {
    std::string_view name;
    OwnJson made;
    const OwnJson* of_pathway = nullptr;
    const OwnJson& value() const { return of_pathway == nullptr ? made : *of_pathway; }
  };

  const Change* Find(std::string_view name) const {
    const auto found = std::ranges::find(changes_, name, &Change::name);
    return found == changes_.end() ? nullptr : &*found;
  }
  Change& At(std::string_view name) {
    const auto found = std::ranges::find(changes_, name, &Change::name);
    if (found != changes_.end()) return *found;
    if (changes_.empty()) changes_.reserve(8);
    return changes_.emplace_back(name);
  }

  std::vector<Change> changes_;
};

const RequestType* TypeOf(const OwnJson& resource) {
  const OwnJson* name = resource.Find("resourceType");
  if (name == nullptr) return nullptr;
  const auto type = std::ranges::find(kTypes, name->text, &RequestType::name);
  return type == kTypes.end() ? nullptr : &*type;
}

void SetCanonical(const Pathway& pathway, const RequestType& type, Index action, Changes& changes) {
  if (type.canonical == Canonical::kNone || pathway.url.empty()) return;
  OwnJson canonical =
      JsonText(pathway.url + "|" + pathway.version + "#" + pathway.actions[action].id);
  if (type.canonical == Canonical::kList) canonical = JsonList({std::move(canonical)});
  changes.Set("instantiatesCanonical", std::move(canonical));
}

void SetFocusMembers(const FocusKind& kind, std::string_view key, Changes& changes) {
  for (const auto& [index, members] : kind.resource_members) {
    if (index >= kind.values.size() || kind.values[index].first != key) continue;
    for (const auto& [name, value] : members.members) changes.SetTo(name, value);
  }
}

void SetFocus(const Pathway& pathway, const RequestType& type, Index kind, std::string_view focus,
              Changes& changes) {
  if (focus.empty() || kind >= pathway.foci.size()) return;
  if (type.focus_members) SetFocusMembers(pathway.foci[kind], focus, changes);
  const bool lesion = focus.starts_with("Condition/") || focus.starts_with("Observation/");
  if (type.reason_reference && lesion && fhir::IsReference(focus)) {
    changes.Set("reasonReference", JsonList({internal::JsonReference(std::string(focus))}));
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
                 Changes& changes) {
  if (action.set.empty()) return;
  const auto variables = VariablesOf(outcome, outcome.Instance(focus));
  fhir::fhirpath::Environment environment;
  environment.variables = &variables;
  if (const auto now = fhir::DateTime::Parse(outcome.evaluated_at)) environment.now = *now;
  for (const Action::Element& element : action.set) {
    const auto found = element.value.Evaluate(environment);
    if (!found || found.value().size() != 1) continue;
    OwnJson value = ElementOf(found.value().front());
    if (value.type != JsonType::kAbsent) changes.Set(element.path, std::move(value));
  }
}

void SetContext(const OrderContext& context, const RequestType& type, Changes& changes) {
  changes.Set(type.subject, internal::JsonReference("Patient/" + std::string(context.patient_id)));
  if (fhir::IsFhirId(context.encounter_id)) {
    changes.Set("encounter",
                internal::JsonReference("Encounter/" + std::string(context.encounter_id)));
  }
  if (fhir::IsReference(context.requester)) {
    changes.Set(type.requester, internal::JsonReference(std::string(context.requester)));
  }
  if (!context.authored_on.empty()) changes.Set(type.authored_on, JsonText(context.authored_on));
}

/// What an order needs beside the template of its action; nothing where there is no order to make.
std::optional<Changes> ChangesFor(const Pathway& pathway, Index action, Index focus_kind,
                                  std::string_view focus, const OrderContext& context) {
  if (action >= pathway.actions.size() || !fhir::IsFhirId(context.patient_id)) return std::nullopt;
  const OwnJson& base = pathway.actions[action].resource;
  const RequestType* type = TypeOf(base);
  if (base.type != JsonType::kObject || type == nullptr) return std::nullopt;
  Changes changes;
  if (context.outcome != nullptr) {
    SetElements(pathway.actions[action], focus, *context.outcome, changes);
  }
  SetContext(context, *type, changes);
  SetCanonical(pathway, *type, action, changes);
  SetFocus(pathway, *type, focus_kind, focus, changes);
  return changes;
}

}  // namespace

OwnJson OrderResource(const Pathway& pathway, Index action, Index focus_kind,
                      std::string_view focus, const OrderContext& context) {
  const auto changes = ChangesFor(pathway, action, focus_kind, focus, context);
  return changes ? changes->Applied(pathway.actions[action].resource) : OwnJson();
}

fhir::WrittenJson WrittenOrderResource(const Pathway& pathway, Index action, Index focus_kind,
                                       std::string_view focus, const OrderContext& context) {
  const auto changes = ChangesFor(pathway, action, focus_kind, focus, context);
  if (!changes) return {};
  fhir::JsonWriter writer;
  changes->Write(pathway.actions[action].resource, writer);
  return writer.TakeWritten();
}

}  // namespace renal::pathways
