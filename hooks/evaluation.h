#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cards/build.h"
#include "cards/card.h"
#include "cards/uuid.h"
#include "fhir/date_time.h"
#include "fhir/json.h"
#include "fhir/record.h"
#include "fhir/result.h"
#include "hooks/data_needs.h"
#include "hooks/fetch.h"
#include "hooks/ledger.h"
#include "hooks/request.h"
#include "pathways/given.h"
#include "pathways/outcome.h"

/// From a checked request to its outcome and cards: the one road that the server and the batch
/// command share. Pure but for the clock and the UUIDs handed in.
namespace renal::hooks {

/// The extension that carries an outcome, in requests (to ask for it) and in answers.
inline constexpr std::string_view kOutcomeExtension = "org.renalpath.outcome";

/// One evaluated call. Its views point into the document of the request.
struct Evaluation {
  pathways::Outcome outcome;
  std::vector<cards::DeliveryNote> deliveries;
};

/// What is known of the patient of a call, and how it came. Points into the request's document and
/// the fetched ones.
struct PatientData {
  fhir::Record record;
  Ledger ledger;
};

/// Adds what the context of a call brings as entries of the record (hook problem-list-item-create),
/// once all else is there: they are evidence like prefetched ones, but a type that was not
/// delivered stays incomplete.
void AddFacts(const HookRequest& request, fhir::Record& record);

/// Evaluates calls with one pathway. Any thread.
class Evaluator {
 public:
  explicit Evaluator(std::shared_ptr<const pathways::Pathway> pathway);

  const pathways::Pathway& pathway() const { return *pathway_; }
  const std::vector<DataNeed>& needs() const { return needs_; }

  /// The patient's record out of every prefetch key: resources are taken by type from each,
  /// whatever its name. A key of ours also says how its own type was delivered: null or an empty
  /// Bundle is "none", a lone OperationOutcome a failure, a resource of another type nothing at all
  /// (D-05). Keys may have the names that the client's profile gives them.
  fhir::Record RecordOf(const HookRequest& request) const { return DataOf(request).record; }

  /// The same with its ledger, and with what was fetched, which must outlive it.
  PatientData DataOf(const HookRequest& request,
                     const std::vector<FetchedDatum>& fetched = {}) const;

  /// What could be fetched of what is missing in `ledger`.
  std::vector<FetchTask> TasksOf(const HookRequest& request, const Ledger& ledger) const;

  /// The outcome at the time `now`, whose offset is the zone; the trace id is the next UUID.
  /// `expired`: whether the time of the call is up; the outcome is then an error. `ledger`: how the
  /// record's data came; empty: as the request says.
  ///
  /// `measurements`: whether the outcome also lists every measured size.
  ///
  /// Fails with kValue where an answer names no input of the pathway: what a user answers is never
  /// passed over in silence.
  fhir::Result<Evaluation> Evaluate(const HookRequest& request, const fhir::Record& record,
                                    const fhir::DateTime& now, cards::UuidSource& uuids,
                                    std::function<bool()> expired = {}, const Ledger& ledger = {},
                                    bool measurements = false) const;

  /// The answer of a hook as the client's profile wants it, before Repair() and ConvertTo(); with
  /// the outcome as its extension if `attach_outcome`.
  cards::Response Answer(const HookRequest& request, const Evaluation& evaluation,
                         cards::UuidSource& uuids, bool attach_outcome) const;

 private:
  std::vector<Arrival> ArrivalsOf(const HookRequest& request) const;
  Ledger LedgerWithoutFetching(const HookRequest& request, const fhir::Record& record) const;
  fhir::Result<std::vector<pathways::GivenInput>> AnswersOf(const HookRequest& request,
                                                            const fhir::DateTime& now) const;

  std::shared_ptr<const pathways::Pathway> pathway_;
  std::vector<DataNeed> needs_;
};

/// The outcome as one line of JSON (design section 3).
std::string OutcomeText(const pathways::Outcome& outcome);

/// Where the time of an evaluation and its UUIDs come from.
struct Determinism {
  std::optional<fhir::DateTime> now;  ///< else the system's clock and zone
  /// Else UUIDs of the operating system. With a seed, calls with the same hook, hook instance and
  /// patient get the same UUIDs, others get others, in whatever order they come.
  std::optional<std::uint64_t> seed;

  fhir::DateTime Now() const;
  std::unique_ptr<cards::UuidSource> UuidsFor(const HookRequest& request) const;
};

/// Reads a time for `--now`: a full date-time with seconds and an offset (RFC 3339); else nothing.
std::optional<fhir::DateTime> ReadMoment(std::string_view text);

}  // namespace renal::hooks
