#include "hooks/request.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "hooks/internal/hook_shapes.h"
#include "hooks/internal/reference.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::Json;
using fhir::JsonType;
using internal::ContextField;
using internal::FieldKind;
using internal::FieldRole;

// Nothing where all is well.
using Fault = std::optional<Issue>;

// Types of draft orders in the releases of FHIR that clients speak. Anything else in the Bundle
// stands beside an order, such as the Medication of a prescription.
constexpr std::array<std::string_view, 12> kOrderTypes = {
    "CarePlan",          "CommunicationRequest", "DeviceRequest",    "MedicationOrder",
    "MedicationRequest", "NutritionOrder",       "ProcedureRequest", "ReferralRequest",
    "RequestGroup",      "ServiceRequest",       "SupplyRequest",    "VisionPrescription"};

bool IsMissing(const Json& value) { return value.absent() || value.type() == JsonType::kNull; }

Issue Missing(std::string_view pointer) {
  return {IssueCode::kRequired, "A required member is missing.", std::string(pointer)};
}

Issue WrongType(std::string_view pointer) {
  return {IssueCode::kStructure, "A member has the wrong type.", std::string(pointer)};
}

Issue BadValue(std::string_view pointer, std::string_view sentence) {
  return {IssueCode::kValue, std::string(sentence), std::string(pointer)};
}

bool IsPrintable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

/// A required string.
Fault ReadText(const Json& value, std::string_view pointer, std::string& text) {
  if (IsMissing(value)) return Missing(pointer);
  if (!value.is_string()) return WrongType(pointer);
  text = value.string();
  return std::nullopt;
}

Fault ReadId(const Json& value, std::string_view pointer, std::string& id) {
  if (Fault fault = ReadText(value, pointer, id)) return fault;
  if (IsFhirId(id)) return std::nullopt;
  return BadValue(pointer, "An id is not of FHIR's form.");
}

Fault ReadUser(const Json& value, std::string_view pointer, std::span<const std::string_view> types,
               std::string& user) {
  if (Fault fault = ReadText(value, pointer, user)) return fault;
  const auto reference = internal::ReadReference(user);
  if (!reference || std::ranges::find(types, reference->type) == types.end()) {
    return BadValue(pointer, "A user is a reference Type/id to a person or role of this hook.");
  }
  user = reference->ToString();
  return std::nullopt;
}

Fault ReadReferenceText(const Json& value, std::string_view pointer, std::string& out) {
  if (!value.is_string()) return WrongType(pointer);
  const auto reference = internal::ReadReference(value.string());
  if (!reference && !internal::IsUrn(value.string())) {
    return BadValue(pointer, "A reference is not of the form Type/id.");
  }
  out = reference ? reference->ToString() : std::string(value.string());
  return std::nullopt;
}

Fault TooMany(std::string_view pointer) {
  return BadValue(pointer, "A member of the context has more than 1,000 entries.");
}

/// A list of references; one alone stands for a list of one, as the older spellings have it.
Fault ReadReferences(const Json& value, std::string_view pointer, std::vector<std::string>& out) {
  if (value.is_string()) return ReadReferenceText(value, pointer, out.emplace_back());
  if (!value.is_array()) return WrongType(pointer);
  if (value.size() > kMaxDrafts) return TooMany(pointer);
  for (const Json::Entry entry : value) {
    if (Fault fault = ReadReferenceText(entry.value, pointer, out.emplace_back())) return fault;
  }
  return std::nullopt;
}

Fault CheckBundle(const Json& value, std::string_view pointer) {
  if (!value.is_object()) return WrongType(pointer);
  const Json type = value["resourceType"];
  if (!IsMissing(type) && type.string() != "Bundle") {
    return BadValue(pointer, "A Bundle is expected here.");
  }
  return value["entry"].size() > kMaxDrafts ? Fault(TooMany(pointer)) : std::nullopt;
}

/// A list of resources, or one alone.
Fault CheckResources(const Json& value, std::string_view pointer) {
  if (value.is_object()) return std::nullopt;
  if (!value.is_array()) return WrongType(pointer);
  if (value.size() > kMaxDrafts) return TooMany(pointer);
  for (const Json::Entry entry : value) {
    if (!entry.value.is_object()) return WrongType(pointer);
  }
  return std::nullopt;
}

/// What the published examples wrap once more: {"resource": {…}}.
Json Unwrapped(const Json& value) {
  const Json inner = value["resource"];
  return inner.is_object() && value["resourceType"].absent() ? inner : value;
}

/// The value of a field, checked for its form.
struct FieldValue {
  std::string text;
  std::vector<std::string> references;
};

Fault CheckField(const ContextField& field, std::span<const std::string_view> users,
                 const Json& value, FieldValue& read) {
  switch (field.kind) {
    case FieldKind::kId:
      return ReadId(value, field.pointer, read.text);
    case FieldKind::kUser:
      return ReadUser(value, field.pointer, users, read.text);
    case FieldKind::kReference:
      return ReadReferenceText(value, field.pointer, read.text);
    case FieldKind::kReferences:
      return ReadReferences(value, field.pointer, read.references);
    case FieldKind::kBundle:
      return CheckBundle(value, field.pointer);
    case FieldKind::kResource:
      return value.is_object() ? std::nullopt : Fault(WrongType(field.pointer));
    case FieldKind::kResources:
      return CheckResources(value, field.pointer);
  }
  return std::nullopt;
}

void AddFacts(const Json& value, HookRequest& request) {
  const Json entries = value["entry"];
  if (!entries.is_array()) {
    if (value["resourceType"].string() != "Bundle") request.facts.push_back(Unwrapped(value));
    return;
  }
  for (const Json::Entry entry : entries) {
    if (entry.value["resource"].is_object()) request.facts.push_back(entry.value["resource"]);
  }
}

void PutField(const ContextField& field, const Json& value, FieldValue read, HookRequest& request) {
  switch (field.role) {
    case FieldRole::kUser:
      request.user = std::move(read.text);
      break;
    case FieldRole::kPatient:
      request.patient_id = std::move(read.text);
      break;
    case FieldRole::kEncounter:
      request.encounter_id = std::move(read.text);
      break;
    case FieldRole::kDrafts:
      request.draft_orders = value;
      break;
    case FieldRole::kOrder:
      request.order = Unwrapped(value);
      break;
    case FieldRole::kSelections:
      request.selections = std::move(read.references);
      break;
    case FieldRole::kDispatched:
      request.dispatched = std::move(read.references);
      break;
    case FieldRole::kFacts:
      AddFacts(value, request);
      break;
    case FieldRole::kOther:
      break;
  }
}

/// The field under its own name, else under one that clients of the profile use.
Json FindField(const Json& context, const ContextField& field, const HookRequest& request) {
  Json value = context[field.name];
  for (const std::string_view alias : field.aliases) {
    if (IsMissing(value)) value = context[alias];
  }
  if (!IsMissing(value)) return value;
  for (const std::string_view name : FieldNames(*request.profile, request.sent_hook, field.name)) {
    if (IsMissing(value)) value = context[name];
  }
  return value;
}

Fault ReadContext(const Json& context, HookRequest& request) {
  if (IsMissing(context)) return Missing("/context");
  if (!context.is_object()) return WrongType("/context");
  const internal::HookShape& shape = *internal::FindHookShape(request.hook);
  for (const ContextField& field : shape.fields) {
    const Json value = FindField(context, field, request);
    if (IsMissing(value)) {
      // A trigger that stands for order-select comes without selections: all drafts are meant.
      const bool triggered = request.hook != request.profile->HookFor(request.sent_hook);
      if (field.required && !(triggered && field.role == FieldRole::kSelections)) {
        return Missing(field.pointer);
      }
      continue;
    }
    FieldValue read;
    if (Fault fault = CheckField(field, shape.users, value, read)) return fault;
    PutField(field, value, std::move(read), request);
  }
  return std::nullopt;
}

/// The hook that the call is about. What triggered it counts only where the context has the orders
/// that this hook needs: without them the call is what it says that it is.
std::string_view MeantHook(const Json& root, const HookRequest& request) {
  const std::string_view hook = request.profile->HookFor(request.sent_hook);
  const std::string_view real = TriggerOf(*request.profile, hook, root["extension"]);
  if (real == hook || !IsKnownHook(real)) return hook;
  for (const ContextField& field : internal::FindHookShape(real)->fields) {
    const bool orders = field.role == FieldRole::kDrafts || field.role == FieldRole::kOrder ||
                        field.role == FieldRole::kDispatched;
    if (orders && IsMissing(FindField(root["context"], field, request))) return hook;
  }
  return real;
}

Fault ReadHook(const Json& root, HookRequest& request) {
  if (Fault fault = ReadText(root["hook"], "/hook", request.sent_hook)) return fault;
  if (!IsKnownHook(request.profile->HookFor(request.sent_hook))) {
    return BadValue("/hook", "This hook is not known.");
  }
  request.hook = MeantHook(root, request);
  if (Fault fault = ReadText(root["hookInstance"], "/hookInstance", request.hook_instance)) {
    return fault;
  }
  const std::string& instance = request.hook_instance;
  if (instance.empty() || instance.size() > 128 || !IsPrintable(instance)) {
    return BadValue("/hookInstance", "A hook instance has 1 to 128 printable ASCII characters.");
  }
  return std::nullopt;
}

Fault CheckAuthorization(const Json& authorization) {
  if (!authorization.is_object()) return WrongType("/fhirAuthorization");
  constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
      {"access_token", "/fhirAuthorization/access_token"},
      {"token_type", "/fhirAuthorization/token_type"},
      {"scope", "/fhirAuthorization/scope"},
      {"subject", "/fhirAuthorization/subject"}};
  for (const auto& [name, pointer] : kTexts) {
    const Json value = authorization[name];
    if (IsMissing(value)) return Missing(pointer);
    if (!value.is_string()) return WrongType(pointer);
  }
  const Json seconds = authorization["expires_in"];
  constexpr std::string_view kSeconds = "/fhirAuthorization/expires_in";
  if (IsMissing(seconds)) return Missing(kSeconds);
  const std::string number = seconds.number_text();
  if (number.empty()) return WrongType(kSeconds);
  if (number.front() == '-') return BadValue(kSeconds, "A duration is 0 or more.");
  return std::nullopt;
}

Fault ReadServer(const Json& root, HookRequest& request) {
  const Json server = root["fhirServer"];
  const Json authorization = root["fhirAuthorization"];
  if (!IsMissing(server)) {
    if (Fault fault = ReadText(server, "/fhirServer", request.fhir_server)) return fault;
    if (!internal::IsHttpUrl(request.fhir_server)) {
      return BadValue("/fhirServer", "An absolute http or https URL is expected here.");
    }
  }
  if (IsMissing(authorization)) return std::nullopt;
  if (IsMissing(server)) return Missing("/fhirServer");
  if (Fault fault = CheckAuthorization(authorization)) return fault;
  request.access_token = authorization["access_token"].string();
  return std::nullopt;
}

Fault ReadPrefetch(const Json& prefetch, HookRequest& request) {
  if (IsMissing(prefetch)) return std::nullopt;
  if (!prefetch.is_object()) return WrongType("/prefetch");
  request.prefetch = prefetch;
  return std::nullopt;
}

Fault ReadAnswers(const Json& answers, HookRequest& request) {
  constexpr std::string_view kAnswers = "/extension/pathwayAnswers";
  if (IsMissing(answers)) return std::nullopt;
  if (!answers.is_object()) return WrongType(kAnswers);
  if (answers.size() > kMaxAnswers) return BadValue(kAnswers, "There are more than 1,000 answers.");
  for (const Json::Entry answer : answers) {
    if (answer.value.is_object() || answer.value.is_array()) return WrongType(kAnswers);
    request.answers.push_back({answer.name, answer.value});
  }
  return std::nullopt;
}

/// What the patient of a draft is referred to by; absent if it names none.
Json SubjectOf(const Json& draft) {
  const Json subject = draft["subject"];
  return IsMissing(subject) ? draft["patient"] : subject;
}

bool IsOfPatient(const Json& draft, const fhir::Record& record) {
  const Json subject = SubjectOf(draft);
  if (IsMissing(subject)) return true;
  const std::string_view text = subject["reference"].string();
  const auto reference = internal::ReadReference(text);
  if (reference) return reference->type == "Patient" && reference->id == record.patient_id();
  // A URN may name the patient that came with it. One that does not could be anybody's.
  const Json patient = record.patient();
  return !text.empty() && patient && record.Resolve(text, draft) == patient;
}

}  // namespace

bool IsKnownHook(std::string_view hook) { return internal::FindHookShape(hook) != nullptr; }

fhir::Result<HookRequest> ReadHookRequest(const Json& root, const ClientProfile& profile) {
  if (!root.is_object()) {
    return Issue{IssueCode::kStructure, "The request must be a JSON object.", {}};
  }
  HookRequest request;
  request.profile = &profile;
  if (Fault fault = ReadHook(root, request)) return *std::move(fault);
  if (Fault fault = ReadServer(root, request)) return *std::move(fault);
  if (Fault fault = ReadContext(root["context"], request)) return *std::move(fault);
  if (Fault fault = ReadPrefetch(root["prefetch"], request)) return *std::move(fault);
  if (Fault fault = ReadAnswers(root["extension"]["pathwayAnswers"], request)) {
    return *std::move(fault);
  }
  request.wants_outcome = root["extension"]["org.renalpath.outcome"].boolean();
  return request;
}

namespace {

/// What was withdrawn, is done, or asks for something not to be done.
bool OrdersNothing(const Json& draft) {
  constexpr std::array<std::string_view, 5> kOver{"entered-in-error", "revoked", "completed", "cancelled",
                                                  "stopped"};
  return std::ranges::find(kOver, draft["status"].string()) != kOver.end() ||
         draft["doNotPerform"].boolean();
}

}  // namespace

namespace {

bool IsOrder(const Json& resource) {
  const std::string_view type = resource["resourceType"].string();
  return std::ranges::find(kOrderTypes, type) != kOrderTypes.end();
}

/// What a client names the resource of an entry by.
std::string LocationOf(const Json& entry) {
  const std::string_view url = entry["fullUrl"].string();
  const auto named = internal::ReadReference(url);
  return named ? named->ToString() : std::string(url);
}

void AddOrder(const Json& order, bool compared, const fhir::Record& record, CallOrders& orders) {
  if (!IsOrder(order) || !IsOfPatient(order, record)) return;
  if (!order["id"].string().empty()) orders.superseded.push_back(fhir::Record::Reference(order));
  if (OrdersNothing(order)) return;
  (compared ? orders.compared : orders.background).push_back(order);
}

void AddDispatched(const HookRequest& request, const fhir::Record& record, CallOrders& orders) {
  for (const std::string& reference : request.dispatched) {
    const Json order = record.Resolve(reference);
    const bool taken = std::ranges::find(orders.compared, order) != orders.compared.end();
    if (order && IsOrder(order) && !OrdersNothing(order) && !taken) orders.compared.push_back(order);
  }
}

}  // namespace

CallOrders OrdersOf(const HookRequest& request, const fhir::Record& record) {
  CallOrders orders;
  const auto selected = [&](const Json& entry) {
    if (!request.selections) return true;
    const std::string reference = fhir::Record::Reference(entry["resource"]);
    const std::string location = LocationOf(entry);
    return std::ranges::any_of(*request.selections, [&](const std::string& selection) {
      return selection == reference || selection == location;
    });
  };
  for (const Json::Entry item : request.draft_orders["entry"]) {
    AddOrder(item.value["resource"], selected(item.value), record, orders);
  }
  AddOrder(request.order, true, record, orders);
  AddDispatched(request, record, orders);
  return orders;
}

}  // namespace renal::hooks
