#include "hooks/request.h"

#include <algorithm>
#include <array>
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

constexpr std::array<std::string_view, 4> kUserTypes = {"Patient", "Practitioner",
                                                        "PractitionerRole", "RelatedPerson"};

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

Fault ReadUser(const Json& value, std::string_view pointer, std::string& user) {
  if (Fault fault = ReadText(value, pointer, user)) return fault;
  const auto reference = internal::ReadReference(user);
  if (!reference || std::ranges::find(kUserTypes, reference->type) == kUserTypes.end()) {
    return BadValue(pointer, "A user is a reference Type/id to a person or a role.");
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

/// A list of references; one alone stands for a list of one, as the older spellings have it.
Fault ReadReferences(const Json& value, std::string_view pointer, std::vector<std::string>& out) {
  if (value.is_string()) return ReadReferenceText(value, pointer, out.emplace_back());
  if (!value.is_array()) return WrongType(pointer);
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
  if (value["entry"].size() > kMaxDrafts) {
    return BadValue(pointer, "A Bundle of the context has more than 1,000 entries.");
  }
  return std::nullopt;
}

Fault ReadField(const ContextField& field, const Json& value, HookRequest& request) {
  std::string text;
  std::vector<std::string> references;
  Fault fault;
  switch (field.kind) {
    case FieldKind::kId:
      fault = ReadId(value, field.pointer, text);
      break;
    case FieldKind::kReference:
      fault = field.role == FieldRole::kUser ? ReadUser(value, field.pointer, text)
                                             : ReadReferenceText(value, field.pointer, text);
      break;
    case FieldKind::kReferences:
      fault = ReadReferences(value, field.pointer, references);
      break;
    case FieldKind::kBundle:
      fault = CheckBundle(value, field.pointer);
      break;
    case FieldKind::kResource:
      if (!value.is_object()) fault = WrongType(field.pointer);
      break;
  }
  if (fault) return fault;
  switch (field.role) {
    case FieldRole::kUser:
      request.user = std::move(text);
      break;
    case FieldRole::kPatient:
      request.patient_id = std::move(text);
      break;
    case FieldRole::kEncounter:
      request.encounter_id = std::move(text);
      break;
    case FieldRole::kDrafts:
      request.draft_orders = value;
      break;
    case FieldRole::kSelections:
      request.selections = std::move(references);
      break;
    case FieldRole::kOther:
      break;
  }
  return std::nullopt;
}

Fault ReadContext(const Json& context, HookRequest& request) {
  if (IsMissing(context)) return Missing("/context");
  if (!context.is_object()) return WrongType("/context");
  for (const ContextField& field : internal::FindHookShape(request.hook)->fields) {
    Json value = context[field.name];
    if (IsMissing(value) && !field.alias.empty()) value = context[field.alias];
    if (IsMissing(value)) {
      if (field.required) return Missing(field.pointer);
      continue;
    }
    if (Fault fault = ReadField(field, value, request)) return fault;
  }
  return std::nullopt;
}

Fault ReadHook(const Json& root, HookRequest& request) {
  if (Fault fault = ReadText(root["hook"], "/hook", request.hook)) return fault;
  if (!IsKnownHook(request.hook)) return BadValue("/hook", "This hook is not known.");
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
  return CheckAuthorization(authorization);
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
  }
  request.answers = answers;
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

bool IsSelected(const Json& entry, const HookRequest& request) {
  if (!request.selections) return true;
  const std::string reference = fhir::Record::Reference(entry["resource"]);
  const std::string_view url = entry["fullUrl"].string();
  const auto named = internal::ReadReference(url);
  const std::string location = named ? named->ToString() : std::string(url);
  return std::ranges::any_of(*request.selections, [&](const std::string& selection) {
    return selection == reference || selection == location;
  });
}

}  // namespace

bool IsKnownHook(std::string_view hook) { return internal::FindHookShape(hook) != nullptr; }

fhir::Result<HookRequest> ReadHookRequest(const Json& root) {
  if (!root.is_object()) {
    return Issue{IssueCode::kStructure, "The request must be a JSON object.", {}};
  }
  HookRequest request;
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

std::vector<Json> DraftsOf(const HookRequest& request, const fhir::Record& record) {
  std::vector<Json> drafts;
  const Json entries = request.draft_orders["entry"];
  if (!entries.is_array()) return drafts;
  for (const Json::Entry item : entries) {
    const Json draft = item.value["resource"];
    const std::string_view type = draft["resourceType"].string();
    if (std::ranges::find(kOrderTypes, type) == kOrderTypes.end() || OrdersNothing(draft)) continue;
    if (IsOfPatient(draft, record) && IsSelected(item.value, request)) drafts.push_back(draft);
  }
  return drafts;
}

}  // namespace renal::hooks
