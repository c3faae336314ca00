#include "hooks/internal/apply_request.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "hooks/internal/reference.h"

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::Json;

using Fault = std::optional<Issue>;

// Parameters that ask for data, terms or content of other servers.
constexpr std::array<std::string_view, 4> kElsewhere = {"contentEndpoint", "dataEndpoint",
                                                        "prefetchData", "terminologyEndpoint"};
constexpr std::array<std::string_view, 6> kScalars = {
    "valueBoolean", "valueCode", "valueDate", "valueDecimal", "valueInteger", "valueString"};

/// "Type/id" of a parameter whose value is a text or a Reference.
Fault ReadTarget(const Json& parameter, std::string_view type, std::string_view pointer,
                 std::string& out) {
  Json value = parameter["valueString"];
  if (value.absent()) value = parameter["valueReference"]["reference"];
  if (!value.is_string())
    return Issue{IssueCode::kValue, "A reference is expected here.", std::string(pointer)};
  const auto reference = ReadReference(value.string());
  if (!reference || reference->type != type) {
    return Issue{IssueCode::kValue, "A reference to a resource of another type, or none.",
                 std::string(pointer)};
  }
  if (!out.empty()) {
    return Issue{IssueCode::kValue, "This parameter may be given once.", std::string(pointer)};
  }
  out = type == "Practitioner" ? reference->ToString() : std::string(reference->id);
  return std::nullopt;
}

Fault ReadData(const Json& parameter, ApplyCall& call) {
  const Json resource = parameter["resource"];
  if (resource["resourceType"].string() != "Bundle") {
    return Issue{IssueCode::kValue, "A Bundle is expected here.", "/data"};
  }
  call.data.push_back(resource);
  return std::nullopt;
}

Json ScalarOf(const Json& parameter) {
  for (const std::string_view name : kScalars) {
    if (const Json value = parameter[name]) return value;
  }
  return {};
}

Fault ReadAnswers(const Json& parameter, HookRequest& request) {
  constexpr const char* kPlace = "/parameters";
  const Json list = parameter["resource"]["parameter"];
  if (parameter["resource"]["resourceType"].string() != "Parameters" ||
      (!list.absent() && !list.is_array())) {
    return Issue{IssueCode::kStructure, "Parameters are expected here.", kPlace};
  }
  if (request.answers.size() + list.size() > kMaxAnswers) {
    return Issue{IssueCode::kValue, "There are more than 1,000 answers.", kPlace};
  }
  for (const Json::Entry entry : list) {
    const Json value = ScalarOf(entry.value);
    if (!value || !entry.value["name"].is_string()) {
      return Issue{IssueCode::kValue, "An answer has a name and one simple value.", kPlace};
    }
    request.answers.push_back({entry.value["name"].string(), value});
  }
  return std::nullopt;
}

Fault ReadParameter(const Json& parameter, ApplyCall& call) {
  const std::string_view name = parameter["name"].string();
  if (name == "subject")
    return ReadTarget(parameter, "Patient", "/subject", call.request.patient_id);
  if (name == "encounter") {
    return ReadTarget(parameter, "Encounter", "/encounter", call.request.encounter_id);
  }
  if (name == "practitioner") {
    return ReadTarget(parameter, "Practitioner", "/practitioner", call.request.user);
  }
  if (name == "data") return ReadData(parameter, call);
  if (name == "parameters") return ReadAnswers(parameter, call.request);
  if (std::ranges::find(kElsewhere, name) != kElsewhere.end()) {
    return Issue{IssueCode::kNotSupported,
                 "Data are taken from the parameter \"data\" alone: give them there.",
                 {}};
  }
  return std::nullopt;
}

}  // namespace

fhir::Result<ApplyCall> ReadApplyCall(const Json& root) {
  if (!root.is_object() || root["resourceType"].string() != "Parameters") {
    return Issue{IssueCode::kStructure, "The body must be a Parameters resource.", {}};
  }
  const Json list = root["parameter"];
  if (!list.absent() && !list.is_array()) {
    return Issue{IssueCode::kStructure, "A member has the wrong type.", "/parameter"};
  }
  ApplyCall call;
  call.request.hook = call.request.sent_hook = kApplyHook;
  for (const Json::Entry entry : list) {
    if (Fault fault = ReadParameter(entry.value, call)) return *std::move(fault);
  }
  if (call.request.patient_id.empty()) {
    return Issue{IssueCode::kRequired, "A required parameter is missing.", "/subject"};
  }
  return call;
}

}  // namespace renal::hooks::internal
