#include "hooks/internal/request_texts.h"

#include <fstream>
#include <istream>
#include <iterator>
#include <string>
#include <utility>

#include "fhir/json.h"

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::Json;
using fhir::Result;

/// The id of the only Patient among the entries of a Bundle.
Result<std::string> OnlyPatient(const Json& bundle) {
  std::string id;
  for (const Json::Entry entry : bundle["entry"]) {
    const Json resource = entry.value["resource"];
    if (resource["resourceType"].string() != "Patient") continue;
    const std::string_view found = resource["id"].string();
    if (!IsFhirId(found)) {
      return Issue{IssueCode::kValue, "The Patient of the Bundle has no id.", "/entry"};
    }
    if (!id.empty() && id != found) {
      return Issue{IssueCode::kValue, "The Bundle has more than one Patient.", "/entry"};
    }
    id = found;
  }
  if (id.empty()) return Issue{IssueCode::kRequired, "The Bundle has no Patient.", "/entry"};
  return id;
}

Result<RecordedCall> ReadBundle(const Json& bundle) {
  Result<std::string> patient = OnlyPatient(bundle);
  if (!patient) return patient.error();
  RecordedCall call{{.hook = "patient-view", .patient_id = *patient}, fhir::Record(*patient)};
  call.record.Add(bundle);
  return call;
}

}  // namespace

bool HasLines(const std::filesystem::path& path) {
  return path.extension() == ".ndjson" || path.extension() == ".jsonl";
}

bool ForEachText(std::istream& in, const std::string& name, bool lines, const VisitText& visit) {
  if (!lines) visit(std::string{std::istreambuf_iterator<char>(in), {}}, name);
  std::string line;
  for (std::size_t number = 1; lines && std::getline(in, line); ++number) {
    const bool blank = line.find_first_not_of(" \t\r") == std::string::npos;
    if (!blank) visit(line, name + ":" + std::to_string(number));
  }
  return !in.bad();
}

bool ForEachText(const std::filesystem::path& path, bool lines, const VisitText& visit) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (std::filesystem::is_directory(path, ignored) || !file.is_open()) return false;
  return ForEachText(file, path.string(), lines || HasLines(path), visit);
}

Result<RecordedCall> ReadCall(const Json& root, const Evaluator& evaluator) {
  if (root["resourceType"].string() == "Bundle") return ReadBundle(root);
  auto request = ReadHookRequest(root);
  if (!request) return request.error();
  fhir::Record record = evaluator.RecordOf(*request);
  AddFacts(*request, record);
  return RecordedCall{std::move(*request), std::move(record)};
}

std::optional<std::string> WithCall(const std::string& text, const Evaluator& evaluator,
                                    const UseCall& use) {
  const auto sentence = [](const Issue& issue) {
    return issue.diagnostics + (issue.expression.empty() ? "" : " (" + issue.expression + ")");
  };
  const auto document = fhir::JsonDocument::Parse(text, kRecordLimits);
  if (!document) return sentence(document.error());
  const auto call = ReadCall(document->root(), evaluator);
  if (!call) return sentence(call.error());
  const auto wrong = use(*call);
  return wrong ? std::optional(sentence(*wrong)) : std::nullopt;
}

}  // namespace renal::hooks::internal
