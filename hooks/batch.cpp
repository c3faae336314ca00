#include "hooks/batch.h"

#include <algorithm>
#include <fstream>
#include <new>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cards/invariants.h"
#include "cards/json.h"
#include "hooks/internal/ordered_work.h"
#include "hooks/internal/process.h"
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

  void Run();
  int Finish();

 private:
  // What came of a text: a line, or what is wrong with it.
  struct Made {
    std::string line;
    std::optional<std::string> complaint;
  };
  Made Make(const internal::FileText& text) const;
  Made Evaluated(const internal::FileText& text) const;
  fhir::Result<std::string> LineOf(const HookRequest& request, const fhir::Record& record) const;
  void Write(const Made& made);

  const Evaluator evaluator_;
  const BatchOptions& options_;
  const Streams& streams_;
  std::ostream& out_;
  internal::Progress progress_;
  bool awaited_ = false;  // a program that gives line by line may wait for the answer to each
  std::size_t done_ = 0;
  std::size_t failed_ = 0;
};

void Batch::Run() {
  std::vector<std::filesystem::path> files = options_.files;
  if (files.empty()) files.emplace_back("-");
  awaited_ = std::ranges::find(files, "-") != files.end();
  internal::FileTexts texts(std::move(files), options_.lines, streams_.in);
  internal::WorkInOrder(
      internal::Processors(), [&] { return texts.Next(); },
      [this](const internal::FileText& text) { return Make(text); },
      [this](const Made& made) { Write(made); });
}

// Want of memory costs the text that wants it.
Batch::Made Batch::Make(const internal::FileText& text) const {
  if (text.unreadable) return {.complaint = text.place + ": the file cannot be read"};
  try {
    return Evaluated(text);
  } catch (const std::bad_alloc&) {
    return {.complaint = text.place + ": there is not enough memory for it"};
  }
}

Batch::Made Batch::Evaluated(const internal::FileText& text) const {
  Made made;
  const auto wrong = internal::WithCall(text.text, evaluator_, [&](const auto& call) {
    auto line = LineOf(call.request, call.record);
    if (!line) return std::optional(line.error());
    made.line = *std::move(line);
    return std::optional<fhir::Issue>();
  });
  if (wrong) made.complaint = text.place + ": " + *wrong;
  return made;
}

void Batch::Write(const Made& made) {
  if (made.complaint) {
    progress_.Clear();
    streams_.messages << *made.complaint << '\n';
    ++failed_;
  } else {
    out_ << made.line << '\n';
    if (awaited_) out_.flush();
    ++done_;
  }
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
  batch.Run();
  return batch.Finish();
}

}  // namespace renal::hooks
