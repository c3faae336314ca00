#include "hooks/internal/board_run.h"

#include <algorithm>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "cards/brief.h"
#include "cards/document.h"
#include "fhir/digest.h"
#include "fhir/own_json.h"
#include "hooks/internal/masked_outcome.h"
#include "hooks/internal/ordered_work.h"
#include "hooks/internal/process.h"

namespace renal::hooks::internal {
namespace {

std::size_t ThreadsOf(const BoardOptions& options) {
  return options.threads == 0 ? Processors() : options.threads;
}

/// One moment for all. A seed alone would give UUIDs from which ids can be guessed.
Determinism Fixed(Determinism determinism, const std::optional<Pseudonyms>& pseudonyms) {
  determinism.now = determinism.Now();
  if (determinism.seed && pseudonyms) {
    *determinism.seed ^= std::stoull(pseudonyms->Of("seed"), nullptr, 16);
  }
  return determinism;
}

/// What could not be had, and why; nothing where the patient has it all.
std::vector<std::string> GapsOf(const Ledger& ledger) {
  std::vector<std::string> gaps;
  for (const LedgerEntry& entry : ledger) {
    if (entry.state == DatumState::kNone || entry.state == DatumState::kFetched) continue;
    const std::string why = entry.reason.empty() ? Spelling(entry.state) : entry.reason;
    gaps.push_back(entry.key + ": not fetched as a whole (" + why + ").");
  }
  return gaps;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : " ") + text;
  return joined;
}

/// By the first 28 bits of the id's digest, so that parts are alike in size, and the same
/// everywhere.
bool IsOf(const BoardShard& shard, std::string_view patient) {
  if (shard.count == 1) return true;
  const std::string digest = fhir::Sha256Hex(patient).substr(0, 7);
  return std::stoul(digest, nullptr, 16) % shard.count == shard.index;
}

/// A call of a hook as it is; a record as `evaluate` takes a Bundle.
fhir::Result<RecordedCall> CallOf(const BoardUnit& unit, const fhir::Json& root,
                                  const Evaluator& evaluator) {
  if (root["hook"].is_string()) return ReadCall(root, evaluator);
  RecordedCall call{{.hook = "patient-view", .patient_id = unit.patient},
                    fhir::Record(unit.patient)};
  call.record.Add(root);
  return call;
}

}  // namespace

BoardRun::BoardRun(std::shared_ptr<const pathways::Pathway> pathway, const BoardOptions& options,
                   const Streams& streams, std::optional<Pseudonyms> pseudonyms)
    : pathway_(std::move(pathway)),
      evaluator_(pathway_),
      options_(options),
      streams_(streams),
      pseudonyms_(std::move(pseudonyms)),
      determinism_(Fixed(options.determinism, pseudonyms_)),
      evaluated_at_(determinism_.Now().ToString()),
      folder_(options.out),
      work_(folder_.path()),
      names_(pseudonyms_ ? &*pseudonyms_ : nullptr),
      measures_(*pathway_) {}

int BoardRun::Run() {
  if (!OpenOthers()) return 1;
  outcomes_ = folder_.Open("outcomes.ndjson");
  if (options_.briefs) folder_.Make("briefs");
  if (options_.fhir) folder_.Make("fhir");
  GatherAll();
  progress_.emplace(streams_.messages, streams_.show_progress, "patients");
  WorkInOrder(
      Workers(), [this] { return NextTask(); }, [this](const Task& task) { return Work(task); },
      [this](Done done) { Take(std::move(done)); });
  progress_->Clear();
  WriteLists();
  if (printer_) PrintBriefs();
  return Finish();
}

/// What there must be before anything is written.
bool BoardRun::OpenOthers() {
  if (options_.pdf) printer_ = PdfPrinter::Find(work_.path());
  if (options_.pdf && !printer_) {
    streams_.messages << "--pdf needs Chromium, which is not installed (Debian: chromium)\n";
    return false;
  }
  if (!OpenSource()) return false;
  if (!options_.compare_with) return true;
  comparer_ = BoardComparer::Open(*options_.compare_with, pathway_, work_.path(), names_,
                                  streams_.messages);
  return comparer_ != nullptr;
}

bool BoardRun::OpenSource() {
  if (IsServerUrl(options_.from)) {
    auto query = PatientQuery::Read(options_.from, options_.config, streams_.messages);
    if (!query) return false;
    auto server = std::make_unique<ServerSource>(*std::move(query), work_.path() / "index", names_);
    server_ = server.get();
    source_ = std::move(server);
    return true;
  }
  auto files = JsonFilesOf(options_.from, folder_.path());
  if (!files || files->empty()) {
    streams_.messages << options_.from
                      << ": no .json or .ndjson file there, or it cannot be read\n";
    return false;
  }
  auto source = std::make_unique<BoardSource>(std::move(*files), work_.path(), names_);
  files_ = source.get();
  source_ = std::move(source);
  return true;
}

/// Who waits for a server needs no core.
std::size_t BoardRun::Workers() const {
  constexpr std::size_t kWaiting = 8;
  return server_ == nullptr ? ThreadsOf(options_) : std::max(ThreadsOf(options_), kWaiting);
}

void BoardRun::GatherAll() {
  const auto complain = [this](const std::string& place, const std::string& sentence) {
    if (options_.shard.index == 0) Complain(place, sentence);
  };
  const auto show = [this](std::uintmax_t done, std::uintmax_t total) {
    if (total == 0) return progress_->ShowCount(done);
    const auto whole = static_cast<double>(std::max<std::uintmax_t>(total, 1));
    progress_->ShowShare(static_cast<double>(done) / whole, 0);
  };
  progress_.emplace(streams_.messages, streams_.show_progress, "reading");
  source_->Gather(ThreadsOf(options_), complain, show);
  if (comparer_) comparer_->Gather(ThreadsOf(options_), complain, show);
}

std::optional<BoardRun::Task> BoardRun::NextTask() {
  std::optional<BoardUnit> unit = source_->Next();
  while (unit && !IsOf(options_.shard, unit->patient)) unit = source_->Next();
  if (!unit) return std::nullopt;
  std::string later = comparer_ ? comparer_->LaterOf(unit->patient) : std::string();
  return Task{std::move(*unit), std::move(later)};
}

/// Every page of the folder, as it is found there: their number is not known to be small.
void BoardRun::PrintBriefs() {
  const std::filesystem::path folder = folder_.path() / "briefs";
  progress_.emplace(streams_.messages, streams_.show_progress, "printing");
  std::filesystem::directory_iterator at(folder), end;
  std::int64_t printed = 0;
  WorkInOrder(
      ThreadsOf(options_),
      [&]() -> std::optional<std::filesystem::path> {
        while (at != end && at->path().extension() != ".html") ++at;
        if (at == end) return std::nullopt;
        std::filesystem::path page = at->path();
        ++at;
        return page;
      },
      [&](const std::filesystem::path& page) {
        const auto wrong =
            printer_->Print(page, std::filesystem::path(page).replace_extension(".pdf"));
        return wrong ? page.string() + ": " + *wrong : std::string();
      },
      [&](const std::string& wrong) {
        const std::size_t colon = wrong.rfind(": ");
        if (!wrong.empty()) Complain(wrong.substr(0, colon), wrong.substr(colon + 2));
        const double whole = static_cast<double>(std::max<std::int64_t>(lines_, 1));
        ++printed;
        progress_->ShowShare(static_cast<double>(printed) / whole,
                             static_cast<std::size_t>(printed));
      });
  progress_->Clear();
}

BoardRun::Done BoardRun::Work(const Task& task) {
  return server_ == nullptr ? ReadAndEvaluate(task) : FetchAndEvaluate(task);
}

BoardRun::Done BoardRun::ReadAndEvaluate(const Task& task) {
  const BoardUnit& unit = task.unit;
  if (unit.unreadable) {
    return Failed(unit, "What belongs to the patient cannot be read, or is more than 64 MiB.");
  }
  const auto document = fhir::JsonDocument::Parse(unit.text, kRecordLimits);
  if (!document) return Failed(unit, document.error().diagnostics);
  const std::string whole = files_->WithShared(unit, document->root());
  if (whole.empty()) return EvaluateText(task, document->root());
  const auto completed = fhir::JsonDocument::Parse(whole, kRecordLimits);
  if (!completed) return Failed(unit, completed.error().diagnostics);
  return EvaluateText(task, completed->root());
}

BoardRun::Done BoardRun::EvaluateText(const Task& task, const fhir::Json& root) {
  const auto call = CallOf(task.unit, root, evaluator_);
  if (!call) return Failed(task.unit, call.error().diagnostics);
  return Evaluate(task, *call, {});
}

BoardRun::Done BoardRun::FetchAndEvaluate(const Task& task) {
  const BoardUnit& unit = task.unit;
  RecordedCall call{{.hook = "patient-view", .patient_id = unit.patient},
                    fhir::Record(unit.patient)};
  const std::vector<FetchedDatum> fetched = server_->server().Fetch(evaluator_, call.request);
  PatientData data = evaluator_.DataOf(call.request, fetched);
  const std::vector<std::string> gaps = GapsOf(data.ledger);
  if (MissingData(evaluator_.needs(), data.record)) return Failed(unit, Joined(gaps));
  call.record = std::move(data.record);
  Done done = Evaluate(task, call, data.ledger);
  done.gaps = gaps;
  return done;
}

BoardRun::Done BoardRun::Evaluate(const Task& task, const RecordedCall& call,
                                  const Ledger& ledger) {
  const BoardUnit& unit = task.unit;
  const auto uuids = determinism_.UuidsFor(call.request);
  auto evaluation = evaluator_.Evaluate(call.request, call.record, determinism_.Now(), *uuids, {},
                                        ledger, options_.briefs);
  if (!evaluation) return Failed(unit, evaluation.error().diagnostics);
  Done done{.place = PlaceOf(unit), .pieces = unit.pieces};
  if (comparer_) {
    auto compared = comparer_->Compare(call, evaluation->outcome, task.later, determinism_.Now());
    if (!compared) return Failed(unit, "Comparison: " + compared.error().diagnostics);
    done.compared = std::move(*compared);
  }
  WriteOf(unit, *evaluation, cards::PersonOf(call.record.patient(), unit.patient), *uuids, call,
          done);
  const std::lock_guard lock(measuring_);
  measures_.Add(evaluation->outcome);
  return done;
}

/// Files of the patient first: they have names, and all that the rest may not have.
void BoardRun::WriteOf(const BoardUnit& unit, Evaluation& evaluation, const cards::Person& person,
                       cards::UuidSource& uuids, const RecordedCall& call, Done& done) const {
  std::string brief;
  if (options_.briefs) brief = BriefOf(unit, evaluation, person);
  if (options_.fhir) {
    folder_.Write("fhir/" + FileNameOf(unit) + ".json",
                  cards::BoardDocument(evaluation.outcome, call.record.patient(), person, uuids));
  }
  if (pseudonyms_) MaskOutcome(*pseudonyms_, evaluation.outcome);
  done.line = OutcomeText(evaluation.outcome);
  done.row = cards::RowOf(evaluation.outcome, ShownPerson(person));
  done.row.brief = brief;
}

/// The worklist names files, so that these must not name the patient where it does not.
std::string BoardRun::FileNameOf(const BoardUnit& unit) const {
  return pseudonyms_ ? pseudonyms_->Of(unit.name) : unit.name;
}

/// Writes the page; gives its address.
std::string BoardRun::BriefOf(const BoardUnit& unit, const Evaluation& evaluation,
                              const cards::Person& person) const {
  const cards::BriefRequest request{.person = person, .deliveries = evaluation.deliveries};
  const std::string address = "briefs/" + FileNameOf(unit) + ".html";
  folder_.Write(address, cards::BriefPage(evaluation.outcome, request));
  return address;
}

BoardRun::Done BoardRun::Failed(const BoardUnit& unit, std::string_view reason) const {
  return {.row = cards::FailedRow(reason, ShownPerson({.id = unit.patient})),
          .place = PlaceOf(unit),
          .problem = std::string(reason),
          .pieces = unit.pieces};
}

/// Of files their place, which is the operator's; of a server the patient.
std::string BoardRun::PlaceOf(const BoardUnit& unit) const {
  return server_ != nullptr && pseudonyms_ ? "Patient/" + pseudonyms_->Of(unit.patient)
                                           : unit.place;
}

cards::Person BoardRun::ShownPerson(cards::Person person) const {
  if (!pseudonyms_) return person;
  return {.id = pseudonyms_->Of(person.id)};
}

void BoardRun::Take(Done done) {
  if (done.line.empty()) {
    Complain(done.place, done.problem);
    const std::lock_guard lock(measuring_);
    measures_.AddFailed();
  } else {
    outcomes_ << done.line << '\n';
    done.row.line = ++lines_;
  }
  for (const std::string& gap : done.gaps) Tell(done.place, gap);
  gaps_ += done.gaps.empty() ? 0 : 1;
  if (comparer_) comparer_->Add(done.compared);
  ++patients_;
  pieces_ += done.pieces;
  const std::string& language = pathway_->language;
  fhir::JsonWriter both;
  both.BeginArray().String(cards::WorklistRowHtml(done.row, language));
  both.String(cards::WorklistCsvRow(done.row, language)).EndArray();
  source_->index().AddRow({done.row.rank, done.row.patient, both.Take()});
  const double whole = static_cast<double>(std::max<std::int64_t>(source_->index().pieces(), 1));
  progress_->ShowShare(static_cast<double>(pieces_) / whole, static_cast<std::size_t>(patients_));
}

/// Something is left out.
void BoardRun::Complain(const std::string& place, const std::string& sentence) {
  ++skipped_;
  Tell(place, sentence);
}

void BoardRun::Tell(const std::string& place, const std::string& sentence) {
  constexpr std::int64_t kShown = 20;
  if (!problems_.is_open()) problems_ = folder_.Open("problems.txt");
  problems_ << place << ": " << sentence << '\n';
  if (++told_ > kShown) return;
  progress_->Clear();
  streams_.messages << place << ": " << sentence << '\n';
}

void BoardRun::WriteLists() {
  const cards::WorklistFrame frame{.language = pathway_->language,
                                   .pathway = pathway_->title,
                                   .version = pathway_->version,
                                   .time = evaluated_at_,
                                   .counts = measures_.Outcomes()};
  std::ofstream page = folder_.Open("worklist.html");
  std::ofstream csv = folder_.Open("worklist.csv");
  page << cards::WorklistHead(frame);
  csv << cards::WorklistCsvHead(frame.language);
  source_->index().SortRows();
  for (SortedRow row; source_->index().NextRow(row);) {
    const auto both = fhir::JsonDocument::Parse(row.text);
    if (!both) throw std::runtime_error("the index of the export refuses to work");
    auto text = both->root().begin();
    page << (*text).value.string();
    ++text;
    csv << (*text).value.string();
  }
  page << cards::WorklistEnd(frame);
  internal::Finish(page, "worklist.html");
  internal::Finish(csv, "worklist.csv");
}

int BoardRun::Finish() {
  internal::Finish(outcomes_, "outcomes.ndjson");
  if (comparer_) {
    folder_.Write("comparison.json", comparer_->result().Json());
    folder_.Write("comparison.html", comparer_->result().Page());
  }
  folder_.Write("measures.json", measures_.Json(evaluated_at_, skipped_));
  if (problems_.is_open()) internal::Finish(problems_, "problems.txt");
  streams_.messages << patients_ << (patients_ == 1 ? " patient" : " patients") << ", " << lines_
                    << " evaluated";
  if (skipped_ > 0) streams_.messages << "; " << skipped_ << " skipped";
  if (gaps_ > 0) streams_.messages << "; of " << gaps_ << " not all could be had";
  if (told_ > 0) {
    streams_.messages << "; all of it is in " << (folder_.path() / "problems.txt").string();
  }
  streams_.messages << '\n';
  // A part may be without patients; a whole list is not.
  return told_ == 0 && (patients_ > 0 || options_.shard.count > 1) ? 0 : 1;
}

}  // namespace renal::hooks::internal
