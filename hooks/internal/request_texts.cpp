#include "hooks/internal/request_texts.h"

#include <istream>
#include <string>
#include <system_error>
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

/// All that is left of a stream; bad() where it could not be read to its end.
std::string AllOf(std::istream& in) {
  constexpr std::size_t kBlock = std::size_t{64} * 1024;
  std::string text;
  while (in) {
    const std::size_t had = text.size();
    text.resize(had + kBlock);
    in.read(text.data() + had, kBlock);
    text.resize(had + static_cast<std::size_t>(in.gcount()));
  }
  return text;
}

}  // namespace

bool HasLines(const std::filesystem::path& path) {
  return path.extension() == ".ndjson" || path.extension() == ".jsonl";
}

FileTexts::FileTexts(std::vector<std::filesystem::path> files, bool lines, std::istream& standard)
    : files_(std::move(files)), all_lines_(lines), standard_(standard) {
  standard_.tie(nullptr);
}

bool FileTexts::Open(const std::filesystem::path& path) {
  read_ = 0;
  if (path == "-") {
    name_ = "standard input";
    lines_ = all_lines_;
    in_ = &standard_;
    return true;
  }
  name_ = path.string();
  lines_ = all_lines_ || HasLines(path);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return false;
  file_ = std::ifstream(path, std::ios::binary);
  if (!file_.is_open()) return false;
  in_ = &file_;
  return true;
}

std::optional<FileText> FileTexts::Next() {
  while (true) {
    if (in_ == nullptr) {
      if (opened_ == files_.size()) return std::nullopt;
      if (!Open(files_[opened_++])) return FileText{.place = name_, .unreadable = true};
    }
    if (std::optional<FileText> text = Read()) return text;
    const bool failed = in_->bad();
    in_ = nullptr;
    if (failed) return FileText{.place = name_, .unreadable = true};
  }
}

// Nothing at the end of the file.
std::optional<FileText> FileTexts::Read() {
  if (!lines_) {
    if (read_++ > 0) return std::nullopt;
    std::string text = AllOf(*in_);
    if (in_->bad()) return std::nullopt;
    return FileText{.text = std::move(text), .place = name_};
  }
  std::string line;
  while (std::getline(*in_, line)) {
    ++read_;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    return FileText{.text = std::move(line), .place = name_ + ":" + std::to_string(read_)};
  }
  return std::nullopt;
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
