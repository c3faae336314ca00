#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "hooks/evaluation.h"
#include "hooks/internal/progress.h"
#include "hooks/internal/request_texts.h"
#include "hooks/pathway_source.h"
#include "hooks/pathway_tools.h"
#include "pathways/diff.h"

namespace renal::hooks {
namespace {

using pathways::LoadResult;
using pathways::Outcome;

// What two outcomes are compared by: the kind, a stop, and what is recommended or conditional.
std::string Summary(const Outcome& outcome) {
  std::vector<std::string> results;
  for (const auto& result : outcome.recommendations) {
    if (result.background) continue;
    std::string text = result.rule;
    if (result.action != pathways::kNone) text += " " + outcome.pathway->actions[result.action].id;
    if (result.determination == pathways::Determination::kConditional) text += " (conditional)";
    results.push_back(std::move(text));
  }
  std::sort(results.begin(), results.end());
  results.erase(std::unique(results.begin(), results.end()), results.end());
  std::string text = pathways::Spelling(outcome.kind);
  if (!outcome.gate.empty()) text += ": " + outcome.gate;
  for (std::size_t i = 0; i < results.size(); ++i) text += (i == 0 ? ": " : ", ") + results[i];
  return text;
}

/// Counts of a cohort: how many went from one outcome to another, with some of their files.
class Cohort {
 public:
  Cohort(const DiffOptions& options, const Streams& streams, const LoadResult& before,
         const LoadResult& after)
      : streams_(streams),
        before_(before.pathway),
        after_(after.pathway),
        // One moment for all, or the same file could age between two evaluations.
        determinism_{.now = Determinism{.now = options.now}.Now(), .seed = 0},
        progress_(streams.messages, streams.show_progress, "cohort") {}

  bool Count(const std::filesystem::path& folder);
  std::string Markdown() const;
  void WriteJson(fhir::JsonWriter& writer) const;

 private:
  struct Change {
    std::size_t count = 0;
    std::vector<std::string> examples;
  };
  using Way = std::pair<std::string, std::string>;

  void Add(const std::string& text, const std::string& place);
  void AddSummaries(std::string before, std::string after, const std::string& place);
  std::optional<fhir::Issue> Evaluate(const Evaluator& evaluator,
                                      const internal::RecordedCall& call,
                                      std::string& summary) const;
  void Complain(const std::string& place, const std::string& sentence);
  std::vector<std::pair<Way, Change>> ByCount() const;

  const Streams& streams_;
  const Evaluator before_, after_;
  const Determinism determinism_;
  internal::Progress progress_;
  std::map<Way, Change> changes_;
  std::size_t done_ = 0, same_ = 0, failed_ = 0;
};

bool Cohort::Count(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const auto extension = at->path().extension();
    const bool json = extension == ".json" || internal::HasLines(at->path());
    if (json && at->is_regular_file()) files.push_back(at->path());
  }
  if (error) {
    streams_.messages << folder.string() << ": the folder cannot be read\n";
    return false;
  }
  std::sort(files.begin(), files.end());
  const bool none = files.empty();
  internal::FileTexts texts(std::move(files), false, streams_.in);
  while (const auto text = texts.Next()) {
    if (text->unreadable) {
      Complain(text->place, "the file cannot be read");
    } else {
      Add(text->text, text->place);
    }
  }
  progress_.Clear();
  if (none) streams_.messages << folder.string() << ": no .json or .ndjson file there\n";
  return failed_ == 0 && !none;
}

std::optional<fhir::Issue> Cohort::Evaluate(const Evaluator& evaluator,
                                            const internal::RecordedCall& call,
                                            std::string& summary) const {
  const auto uuids = determinism_.UuidsFor(call.request);
  const auto evaluation = evaluator.Evaluate(call.request, call.record, determinism_.Now(), *uuids);
  if (!evaluation) return evaluation.error();
  summary = Summary(evaluation->outcome);
  return std::nullopt;
}

// The record of a request depends on what each version asks for, so it is read for each.
void Cohort::Add(const std::string& text, const std::string& place) {
  std::string before, after;
  auto wrong = internal::WithCall(
      text, before_, [&](const auto& call) { return Evaluate(before_, call, before); });
  if (!wrong) {
    wrong = internal::WithCall(text, after_,
                               [&](const auto& call) { return Evaluate(after_, call, after); });
  }
  if (wrong) {
    Complain(place, *wrong);
  } else {
    AddSummaries(std::move(before), std::move(after), place);
  }
  progress_.Show(done_, failed_);
}

void Cohort::AddSummaries(std::string before, std::string after, const std::string& place) {
  constexpr std::size_t kExamples = 3;
  ++done_;
  if (before == after) {
    ++same_;
    return;
  }
  Change& change = changes_[{std::move(before), std::move(after)}];
  ++change.count;
  if (change.examples.size() < kExamples) change.examples.push_back(place);
}

void Cohort::Complain(const std::string& place, const std::string& sentence) {
  progress_.Clear();
  streams_.messages << place << ": " << sentence << '\n';
  ++failed_;
}

std::vector<std::pair<Cohort::Way, Cohort::Change>> Cohort::ByCount() const {
  std::vector<std::pair<Way, Change>> sorted(changes_.begin(), changes_.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  return sorted;
}

std::string Cell(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_' || c == '`' || c == '[') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

std::string Cohort::Markdown() const {
  std::string text =
      "\n## Cohort\n\n" + std::to_string(done_) + " evaluated, " + std::to_string(same_) +
      " the same, " + std::to_string(done_ - same_) + " different" +
      (failed_ > 0 ? ", " + std::to_string(failed_) + " could not be used" : "") + ".\n";
  if (changes_.empty()) return text;
  text += "\n| Patients | Before | After | Examples |\n| ---: | --- | --- | --- |\n";
  for (const auto& [way, change] : ByCount()) {
    std::string examples;
    for (const std::string& example : change.examples) {
      examples += (examples.empty() ? "" : "<br>") + Cell(example);
    }
    text += "| " + std::to_string(change.count) + " | " + Cell(way.first) + " | " +
            Cell(way.second) + " | " + examples + " |\n";
  }
  return text;
}

void Cohort::WriteJson(fhir::JsonWriter& writer) const {
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  writer.BeginObject().Key("evaluated").Integer(number(done_));
  writer.Key("same").Integer(number(same_)).Key("failed").Integer(number(failed_));
  writer.Key("changes").BeginArray();
  for (const auto& [way, change] : ByCount()) {
    writer.BeginObject().Key("count").Integer(number(change.count));
    writer.Member("before", way.first).Member("after", way.second).Key("examples").BeginArray();
    for (const std::string& example : change.examples) writer.String(example);
    writer.EndArray().EndObject();
  }
  writer.EndArray().EndObject();
}

// The diff with the counts as one more member.
std::string JsonWith(const pathways::PathwayDiff& diff, const Cohort* cohort) {
  std::string text = pathways::DiffJson(diff);
  if (cohort == nullptr) return text;
  fhir::JsonWriter writer;
  cohort->WriteJson(writer);
  text.resize(text.rfind('}'));
  return text + ",\"cohort\":" + writer.Take() + "}\n";
}

}  // namespace

int RunPathwayTool(const DiffOptions& options, const Streams& streams) {
  const auto load = [&](const std::string& name) {
    const auto text = ReadPathwayText(name, streams.messages);
    return text ? LoadSource(*text, std::nullopt, streams.messages) : LoadResult{};
  };
  const LoadResult before = load(options.before);
  const LoadResult after = load(options.after);
  if (!before.pathway || !after.pathway) return 1;
  const pathways::PathwayDiff diff = pathways::Diff(before, after);
  std::optional<Cohort> cohort;
  bool counted = true;
  if (options.cohort) {
    cohort.emplace(options, streams, before, after);
    counted = cohort->Count(*options.cohort);
  }
  const Cohort* counts = cohort ? &*cohort : nullptr;
  const std::string text =
      options.json ? JsonWith(diff, counts)
                   : pathways::DiffMarkdown(diff) + (counts != nullptr ? counts->Markdown() : "");
  return WriteResult(options.out, text, streams) && counted ? 0 : 1;
}

}  // namespace renal::hooks
