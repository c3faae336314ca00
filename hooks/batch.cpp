#include "hooks/batch.h"

#include <fstream>
#include <ostream>
#include <string>
#include <utility>

#include "cards/invariants.h"
#include "cards/json.h"
#include "hooks/internal/progress.h"
#include "hooks/internal/request_texts.h"

namespace renal::hooks {
namespace {

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
  void AddText(const std::string& text, const std::string& place);
  fhir::Result<std::string> LineOf(const HookRequest& request, const fhir::Record& record) const;
  void Complain(const std::string& place, const std::string& sentence);

  Evaluator evaluator_;
  const BatchOptions& options_;
  const Streams& streams_;
  std::ostream& out_;
  internal::Progress progress_;
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
};

void Batch::AddFile(const std::filesystem::path& path) {
  const auto visit = [&](const std::string& text, const std::string& place) {
    AddText(text, place);
  };
  const bool standard = path == "-";
  const std::string name = standard ? "standard input" : path.string();
  const bool read = standard ? internal::ForEachText(streams_.in, name, options_.lines, visit)
                             : internal::ForEachText(path, options_.lines, visit);
  if (!read) Complain(name, "the file cannot be read");
}

void Batch::AddText(const std::string& text, const std::string& place) {
  const auto wrong = internal::WithCall(text, evaluator_, [&](const internal::RecordedCall& call) {
    const auto line = LineOf(call.request, call.record);
    if (!line) return std::optional(line.error());
    out_ << *line << '\n';
    ++done_;
    return std::optional<fhir::Issue>();
  });
  if (wrong) Complain(place, *wrong);
  progress_.Show(done_, failed_);
}

fhir::Result<std::string> Batch::LineOf(const HookRequest& request,
                                        const fhir::Record& record) const {
  const auto uuids = options_.determinism.UuidsFor(request);
  const auto evaluation = evaluator_.Evaluate(request, record, options_.determinism.Now(), *uuids);
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
