#include "hooks/internal/board_compare.h"

#include <algorithm>
#include <utility>

#include "cards/board_words.h"
#include "cards/uuid.h"
#include "fhir/date_time.h"
#include "hooks/pathway_source.h"
#include "pathways/evaluate.h"

namespace renal::hooks::internal {
namespace {

using cards::BoardPhrase;
using fhir::DateTime;
using fhir::Json;
using pathways::FocusInstance;
using pathways::Outcome;

/// When a procedure began; nothing where that is not known.
std::optional<DateTime> BeganAt(const Json& procedure) {
  const Json date = procedure["performedDateTime"];
  const Json start = procedure["performedPeriod"]["start"];
  return DateTime::Parse(date ? date.string() : start.string());
}

bool WasDone(const Json& procedure) {
  const std::string_view status = procedure["status"].string();
  return status == "completed" || status == "in-progress";
}

/// Procedures after the day of the evaluation, the earliest first.
std::vector<Json> ProceduresAfter(const fhir::Record& record, const DateTime& now) {
  const int zone = now.offset_minutes.value_or(0);
  std::vector<std::pair<std::int64_t, Json>> dated;
  for (const Json& procedure : record.OfType("Procedure")) {
    const auto began = BeganAt(procedure);
    if (began && WasDone(procedure) && began->Day(zone) > now.Day(zone)) {
      dated.emplace_back(began->FirstMillisecond(zone), procedure);
    }
  }
  std::ranges::stable_sort(dated, {}, [](const auto& entry) { return entry.first; });
  std::vector<Json> procedures;
  procedures.reserve(dated.size());
  for (const auto& [time, procedure] : dated) procedures.push_back(procedure);
  return procedures;
}

std::size_t ThingsWithSize(const Outcome& outcome) {
  return static_cast<std::size_t>(std::ranges::count_if(outcome.foci, [&](const auto& thing) {
    return cards::HasSize(*outcome.pathway, thing.kind);
  }));
}

std::string TitleOf(const pathways::Pathway& pathway) {
  return pathway.title + " " + pathway.version;
}

std::string TitleOfDone(const pathways::Pathway& pathway) {
  return cards::BoardWords(pathway.language).Text(BoardPhrase("compare.done"));
}

}  // namespace

BoardComparer::BoardComparer(std::shared_ptr<const pathways::Pathway> pathway,
                             const std::string& other)
    : pathway_(std::move(pathway)), result_(pathway_->language, TitleOf(*pathway_), other) {}

std::unique_ptr<BoardComparer> BoardComparer::Open(const std::string& with,
                                                   std::shared_ptr<const pathways::Pathway> pathway,
                                                   const std::filesystem::path& work,
                                                   UnitNames names, std::ostream& messages) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(with, ignored)) {
    const auto text = ReadPathwayText(with, messages);
    if (!text) return nullptr;
    auto loaded = LoadSource(*text, std::nullopt, messages);
    if (!loaded.pathway) return nullptr;
    std::unique_ptr<BoardComparer> comparer(
        new BoardComparer(std::move(pathway), TitleOf(*loaded.pathway)));
    comparer->version_.emplace(loaded.pathway);
    return comparer;
  }
  auto files = JsonFilesOf(with, work.parent_path());
  if (!files || files->empty()) {
    messages << with << ": no .json or .ndjson file there, or it cannot be read\n";
    return nullptr;
  }
  const std::string title = TitleOfDone(*pathway);
  std::unique_ptr<BoardComparer> comparer(new BoardComparer(std::move(pathway), title));
  const std::filesystem::path folder = work / "later";
  std::filesystem::create_directory(folder);
  comparer->names_ = names;
  comparer->later_ = std::make_unique<BoardSource>(std::move(*files), folder, names);
  return comparer;
}

void BoardComparer::Gather(std::size_t threads, const UnitSource::Complain& complain,
                           const UnitSource::Show& show) {
  if (later_ == nullptr) return;
  later_->Gather(threads, complain, show);
  ahead_ = later_->Next();
}

// Both sources give patients in the same order. What was done to one may stand in several calls.
std::string BoardComparer::LaterOf(const std::string& patient) {
  if (later_ == nullptr) return {};
  const std::string key = names_.KeyOf(patient);
  while (ahead_ && names_.KeyOf(ahead_->patient) < key) ahead_ = later_->Next();
  return ahead_ && ahead_->patient == patient && !ahead_->unreadable ? ahead_->text : std::string();
}

/// What the other version says of the same call; or, as verdicts of orders, what was done.
fhir::Result<Outcome> BoardComparer::Compared(const RecordedCall& call, const std::string& later,
                                              const DateTime& now) const {
  if (version_) {
    cards::SeededUuidSource unused(0);
    auto evaluation = version_->Evaluate(call.request, call.record, now, unused);
    if (!evaluation) return evaluation.error();
    return std::move(evaluation->outcome);
  }
  const auto document = fhir::JsonDocument::Parse(later.empty() ? "null" : later, kRecordLimits);
  if (!document) return document.error();
  const Json root = document->root();
  fhir::Record afterwards(call.record.patient_id());
  afterwards.Add(root);
  for (const Json::Entry entry : root["prefetch"]) afterwards.Add(entry.value);
  Outcome compared = pathways::Evaluate(
      pathway_, {.record = &call.record, .now = now, .orders = ProceduresAfter(afterwards, now)});
  // They point into a text that goes away.
  for (pathways::OrderVerdict& order : compared.orders) order.resource = {};
  return compared;
}

fhir::Result<std::vector<BoardComparer::Pair>> BoardComparer::Compare(const RecordedCall& call,
                                                                      const Outcome& outcome,
                                                                      const std::string& later,
                                                                      const DateTime& now) const {
  const auto compared = Compared(call, later, now);
  if (!compared) return compared.error();
  std::vector<Pair> pairs;
  for (const FocusInstance& thing : outcome.foci) {
    if (!cards::HasSize(*outcome.pathway, thing.kind)) continue;
    pairs.push_back(
        {cards::BandOf(outcome, thing), cards::ChoiceOf(outcome, thing, *pathway_),
         version_ ? cards::ChoiceOf(*compared, thing, *pathway_) : Done(thing, *compared)});
  }
  return pairs;
}

/// The first treatment of the pathway that was done to a thing. A procedure that does not say to
/// which counts where there is one alone.
cards::Choice BoardComparer::Done(const FocusInstance& thing, const Outcome& compared) const {
  for (const pathways::OrderVerdict& done : compared.orders) {
    const bool treatment = done.action < pathway_->actions.size() && !done.wrong_focus &&
                           pathway_->actions[done.action].kind == pathways::ActionKind::kTreatment;
    const bool here =
        done.focus == thing.key || (done.focus.empty() && ThingsWithSize(compared) == 1);
    if (treatment && here) {
      return {cards::Choice::Kind::kTreatment, pathway_->actions[done.action].title};
    }
  }
  return {};
}

void BoardComparer::Add(const std::vector<Pair>& pairs) {
  for (const Pair& pair : pairs) result_.Add(pair.band, pair.one, pair.other);
}

}  // namespace renal::hooks::internal
