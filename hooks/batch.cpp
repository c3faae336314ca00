#include "hooks/batch.h"

#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>
#include <string>
#include <utility>

#include "cards/invariants.h"
#include "cards/json.h"
#include "hooks/internal/progress.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using fhir::Json;
using fhir::Result;

// A file of the operator's own may be larger than what a stranger may send.
constexpr fhir::JsonLimits kLimits{.values = 20'000'000, .members = 100'000};

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

class Batch {
 public:
  Batch(Evaluator evaluator, const BatchOptions& options, const Streams& streams, std::ostream& out)
      : evaluator_(std::move(evaluator)),
        options_(options),
        streams_(streams),
        out_(out),
        progress_(streams.messages, streams.show_progress, "evaluation") {}

  void AddFile(const std::filesystem::path& path);
  int Finish();

 private:
  void AddStream(std::istream& in, const std::string& name, bool lines);
  void AddText(const std::string& text, const std::string& place);
  Result<std::string> LineOf(const Json& root) const;
  Result<std::string> LineOfBundle(const Json& bundle) const;
  Result<std::string> LineOf(const HookRequest& request, const fhir::Record& record) const;
  void Complain(const std::string& place, const std::string& sentence);

  Evaluator evaluator_;
  const BatchOptions& options_;
  const Streams& streams_;
  std::ostream& out_;
  internal::Progress progress_;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
};

bool HasLines(const std::filesystem::path& path) {
  return path.extension() == ".ndjson" || path.extension() == ".jsonl";
}

void Batch::AddFile(const std::filesystem::path& path) {
  if (path == "-") {
    AddStream(streams_.in, "standard input", options_.lines);
    return;
  }
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (std::filesystem::is_directory(path, ignored) || !file.is_open()) {
    Complain(path.string(), "the file cannot be read");
    return;
  }
  AddStream(file, path.string(), options_.lines || HasLines(path));
}

void Batch::AddStream(std::istream& in, const std::string& name, bool lines) {
  if (!lines) {
    AddText(std::string{std::istreambuf_iterator<char>(in), {}}, name);
  }
  std::string line;
  for (std::size_t number = 1; lines && std::getline(in, line); ++number) {
    const bool blank = line.find_first_not_of(" \t\r") == std::string::npos;
    if (!blank) AddText(line, name + ":" + std::to_string(number));
  }
  if (in.bad()) Complain(name, "reading failed");
}

void Batch::AddText(const std::string& text, const std::string& place) {
  const auto document = fhir::JsonDocument::Parse(text, kLimits);
  const Result<std::string> line =
      document ? LineOf(document->root()) : Result<std::string>(document.error());
  if (line) {
    out_ << *line << '\n';
    ++done_;
  } else {
    const Issue& issue = line.error();
    const std::string where = issue.expression.empty() ? "" : " (" + issue.expression + ")";
    Complain(place, issue.diagnostics + where);
  }
  progress_.Show(done_, failed_);
}

Result<std::string> Batch::LineOf(const Json& root) const {
  if (root["resourceType"].string() == "Bundle") return LineOfBundle(root);
  const auto request = ReadHookRequest(root);
  if (!request) return request.error();
  return LineOf(*request, evaluator_.RecordOf(*request));
}

Result<std::string> Batch::LineOfBundle(const Json& bundle) const {
  Result<std::string> patient = OnlyPatient(bundle);
  if (!patient) return patient.error();
  const HookRequest request{.hook = "patient-view", .patient_id = *patient};
  fhir::Record record(*patient);
  record.Add(bundle);
  return LineOf(request, record);
}

Result<std::string> Batch::LineOf(const HookRequest& request, const fhir::Record& record) const {
  const auto uuids = options_.determinism.UuidsFor(request);
  const auto evaluation =
      evaluator_.Evaluate(request, record, options_.determinism.Now(), *uuids);
  if (!evaluation) return evaluation.error();
  if (!options_.cards) return OutcomeText(evaluation->outcome);
  cards::Response answer = evaluator_.Answer(request, *evaluation, *uuids, request.wants_outcome);
  cards::Repair(answer);
  return cards::ResponseText(answer);
}

void Batch::Complain(const std::string& place, const std::string& sentence) {
  progress_.Clear();
  streams_.messages << place << ": " << sentence << '\n';
  ++failed_;
}

int Batch::Finish() {
  progress_.Clear();
  out_.flush();
  const bool written = out_.good();
  if (!written) streams_.messages << "the output cannot be written\n";
  if (failed_ > 0) {
    streams_.messages << failed_ << " failed, " << done_ << " evaluated\n";
  }
  return written && failed_ == 0 ? 0 : 1;
}

}  // namespace

int EvaluateBatch(std::shared_ptr<const pathways::Pathway> pathway, const BatchOptions& options,
                  const Streams& streams) {
  std::ofstream file;
  if (options.out) file.open(*options.out, std::ios::binary | std::ios::trunc);
  if (options.out && !file.is_open()) {
    streams.messages << options.out->string() << ": the file cannot be written\n";
    return 1;
  }
  Batch batch(Evaluator(std::move(pathway)), options, streams, options.out ? file : streams.out);
  if (options.files.empty()) batch.AddFile("-");
  for (const std::filesystem::path& path : options.files) batch.AddFile(path);
  return batch.Finish();
}

}  // namespace renal::hooks
