#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/json.h"
#include "pathways/pathway.h"

/// What an evaluation gives: the one contract for server, batch, tests and tools (design.md section 3).
namespace renal::pathways {

enum class OutcomeKind : std::uint8_t {
  kRecommendation, kNeedData, kOutOfScope, kNotApplicable, kConflict, kError
};
const char* Spelling(OutcomeKind kind);  ///< "recommendation", "need-data", ...

enum class InputStatus : std::uint8_t { kKnown, kAssumed, kAsserted, kDerived, kUnknown };
enum class UnknownReason : std::uint8_t {
  kNotUnknown, kAbsent, kUnusable, kStale, kImplausible, kConflict, kError,
  kFailed,     ///< the data that would tell were asked for and could not be had
  kUnlinked,   ///< recorded, but not known for which focus
  kUndated,    ///< recorded without a time, where the age of the datum matters
  kFuture,     ///< dated after the moment of the evaluation
  kNotApplicable  ///< a score that is not meant for this patient
};
const char* Spelling(InputStatus status);
const char* Spelling(UnknownReason reason);

/// A value found in the record, and where.
struct Evidence {
  std::string source;     ///< name of the source in the pathway
  std::string reference;  ///< "Observation/s2"
  std::string version_id;
  std::string time;       ///< as recorded; empty if none
  std::string path;       ///< FHIRPath inside the resource
  std::string display;    ///< text of the resource's code, as recorded: to be escaped before it is shown
  std::string recorded;   ///< the value as recorded, "70 'mm'"
  std::string value;      ///< the value in the input's form, "7 'cm'"
  std::string note;       ///< "preliminary", or empty
  bool unlinked = false;  ///< used because only one focus exists
};
struct Dropped {
  Evidence evidence;
  UnknownReason reason = UnknownReason::kUnusable;
};

/// One item of a score: an item of its points, else an input that it is worked out from.
struct ScorePart {
  enum class State : std::uint8_t {
    kKnown,
    kUnknown,
    kOutside  ///< known, but the score says nothing of such a value
  };
  std::string_view title;  ///< a text of the pathway, as `mark` is
  State state = State::kUnknown;
  std::optional<std::int64_t> low, high;  ///< points that the item can still add; none of other parts
  std::string_view mark;        ///< printed after the points
  Index input = kNone;          ///< that decides, or would
  std::vector<Index> missing;   ///< inputs that would settle what is unknown
};
const char* Spelling(ScorePart::State state);

/// What a score has besides its value.
struct ScoreState {
  std::vector<ScorePart> parts;
  std::vector<std::size_t> possible;  ///< codes that an unknown class can still have
  std::string notation;               ///< points with the marks of the items, "7ph"; empty without marks
  std::vector<std::string> remarks;
  bool shown = false;                 ///< worth showing to people now
};

/// The state of one input for one focus.
struct InputState {
  InputStatus status = InputStatus::kUnknown;
  UnknownReason reason = UnknownReason::kAbsent;
  std::optional<Value> value;        ///< unless unknown
  std::vector<Evidence> from;        ///< what decided
  std::vector<Evidence> rivals;      ///< of a conflict: the values that contradict each other
  std::vector<Dropped> dropped;
  bool stale = false;                ///< used although no longer fresh
  std::int64_t age_days = -1;        ///< of the deciding datum; -1 where it has no time
  std::shared_ptr<const ScoreState> score;  ///< of scores and of sums of points; else null
  bool known() const { return status != InputStatus::kUnknown; }
};

enum class Determination : std::uint8_t { kRecommended, kConditional };

/// How a result came to be listed.
enum class Origin : std::uint8_t {
  kOption,  ///< an option of a rule
  kWith,    ///< brought along by a rule
  kCheck    ///< brought along by checks
};

/// One result. Texts come from the pathway file.
struct Recommendation {
  std::string rule;                    ///< id it is listed under
  std::vector<std::string> rules;      ///< with those that joined it
  Index action = kNone;                ///< kNone: a fact
  Index strength = kNone;              ///< word, index into Pathway::strengths
  Tier tier = Tier::kInfo;
  Determination determination = Determination::kConditional;
  Index focus_kind = kNone;
  std::string focus;                   ///< "right", or empty for the patient
  bool orderable = false;
  bool mdt_required = false;
  bool frame = false;                  ///< names a group of actions, never orderable nor compared
  bool background = false;
  bool policy = false;
  std::string summary;
  std::vector<std::string> because, cautions, assumptions;
  std::vector<std::string> missing;    ///< names of inputs
  std::vector<Index> cite;
  int order = 0;                       ///< place of its rule in the file
  Origin origin = Origin::kOption;
};

/// A question, best first.
struct Question {
  Index input = kNone;
  std::string focus;
  UnknownReason reason = UnknownReason::kAbsent;
};

enum class Verdict : std::uint8_t {
  kUnrelated, kOutside, kSupporting, kDuplicate, kAvoid, kConcordant, kAcceptable, kUndecided, kPremature, kDiscordant,
  kIncomplete  ///< of options that belong together, some are not ordered
};
const char* Spelling(Verdict verdict);
const char* Spelling(Tier tier);
const char* Spelling(Determination determination);

/// A rule that would offer an ordered action, and the cells that keep it from doing so.
struct Obstacle {
  std::string rule;
  struct Failed {
    Index input = kNone;
    std::string cell;   ///< "< 2 'cm'"
    std::string value;  ///< "3 'cm'"
  };
  std::vector<Failed> cells;
};

/// How a draft order compares with the results.
struct OrderVerdict {
  fhir::Json resource;
  std::string reference;    ///< "ServiceRequest/draft-1"; empty id: "ServiceRequest"
  Index action = kNone;     ///< kNone: unrelated
  Verdict verdict = Verdict::kUnrelated;
  std::string focus;        ///< focus of the recommendations it was compared with; empty: patient or several
  bool wrong_focus = false; ///< ordered for a focus that the record does not have (the other kidney)
  std::string ordered_focus;
  std::string existing;     ///< of a duplicate: reference of what is already there
  /// Actions that belong to this one: of kDiscordant, others that are drafted although only one may be
  /// chosen; of kIncomplete, those that are not drafted although all belong together.
  std::vector<Index> others;
  std::vector<Obstacle> obstacles;
};

struct Change {
  Index input = kNone;
  std::string focus;
  std::string to;    ///< "> 7 'cm'"
  std::string then;  ///< "ONC-07 radical_nephrectomy"
};

/// Verdicts of every table, for the trace.
struct CellTrace {
  const Cell* cell = nullptr;
  Truth verdict = Truth::kUnknown;
};
struct RuleTrace {
  const Rule* rule = nullptr;
  Truth verdict = Truth::kUnknown;
  bool waits = false;
  std::vector<CellTrace> cells;
  std::optional<Truth> when;  ///< of a rule with an expression
};
/// What a table says for one focus (pathway-format 5.3).
struct TableTrace {
  enum class Result : std::uint8_t { kDecided, kNeedData, kOutOfScope, kConflict };
  const Table* table = nullptr;
  Index instance = kNone;  ///< place in Outcome::foci
  std::string focus;
  Result result = Result::kOutOfScope;
  std::vector<const Rule*> holds;       ///< the rules that decide; of a conflict, those that are true
  std::vector<const Rule*> candidates;  ///< of kNeedData: the rules that may still hold
  std::vector<Index> missing;           ///< of kNeedData: what decides, best question first (5.4)
  std::vector<Index> independent_of;    ///< unknown columns that decide nothing
  std::vector<RuleTrace> rules;
};
const char* Spelling(TableTrace::Result result);  ///< "decided", "need-data", ...

struct CheckTrace {
  const Check* check = nullptr;
  std::string focus;
  Truth verdict = Truth::kUnknown;
  std::vector<std::string> missing;
};

/// An answer of the user, as it was taken or why it was not.
struct AnswerTrace {
  Index input = kNone;
  std::string focus;
  std::string written;    ///< as given
  std::string author;     ///< "Practitioner/7"; may be empty
  std::string time;       ///< may be empty
  std::string reference;  ///< of the resource that holds it; empty: the call itself
  UnknownReason unused = UnknownReason::kNotUnknown;  ///< why it was not taken
};

/// Why a resource says nothing about an input: its `dataAbsentReason`.
struct AbsentTrace {
  Index input = kNone;
  std::string reference;
  std::string reason;  ///< as recorded
};

/// What an input would be where other age limits hold and other sources apply (README "Replay").
struct VariantTrace {
  Index input = kNone;
  std::string focus;
  Index age = 0;               ///< into Input::age; their number: none holds
  std::uint64_t left_out = 0;  ///< sources that do not apply, one bit each
  std::optional<Value> value;
  UnknownReason reason = UnknownReason::kNotUnknown;
  bool stale = false;
  bool on_record = false;      ///< something is on record that cannot be used
};

/// A measured value of the first quantity that a kind of thing has: its size, as found in the record.
struct Measurement {
  Index input = kNone;
  std::string focus;
  Value value;
  Evidence evidence;
  bool used = false;  ///< it decides the input
};

/// How a datum that the pathway asks for came; filled in by who asked for it.
struct DatumTrace {
  std::string key;     ///< of the query: "observations1"
  std::string type;    ///< "Observation"
  std::string state;   ///< "prefetched", "fetched", "none", "failed", ... (README "Data")
  std::string reason;  ///< a code; empty where the state says all
};

struct FocusInstance {
  Index kind = kNone;
  std::string key;                 ///< "left"
  std::vector<std::string> references;  ///< resources that make it an instance
  // Of a kind that is keyed by reference, so that people know what is meant. As recorded, at most
  // 256 bytes each: to be escaped before they are shown; empty where the record has none.
  std::string site;  ///< words of the body site: "Structure of femur, Left"
  std::string
      text;  ///< words of the code of a Condition: its text or display, else that of a value set
  std::string time;  ///< when it was recorded
};

struct Outcome {
  std::shared_ptr<const Pathway> pathway;
  OutcomeKind kind = OutcomeKind::kError;
  std::string gate;                   ///< id of the reason of a stop; empty: none
  std::string gate_because;
  std::string evaluated_at;           ///< RFC 3339 with offset
  std::string trace_id;
  std::vector<FocusInstance> foci;
  std::vector<Recommendation> recommendations;  ///< in display order
  std::vector<Question> ask;
  std::vector<OrderVerdict> orders;
  std::vector<InputState> patient_inputs;             ///< by input index; those with a focus stay default
  std::vector<std::vector<InputState>> focus_inputs;  ///< by instance, then input index
  std::vector<Change> would_change;
  std::vector<TableTrace> tables;
  std::vector<CheckTrace> checks;
  std::vector<AnswerTrace> answers;
  std::vector<AbsentTrace> absent;
  std::vector<VariantTrace> variants;
  std::vector<DatumTrace> data;
  std::vector<std::pair<std::string, std::string>> output;  ///< of trace(): its name, the items
  std::vector<Measurement> measurements;  ///< all of them, where they were asked for; not in the contract
  bool all_avoided = false;  ///< of some rule, checks make every option one to avoid
  std::vector<std::string> errors;
  Truth in_scope = Truth::kTrue;      ///< of a file without a gate

  /// State of an input for an instance (by its place in `foci`), or for the patient where it has no focus.
  const InputState& State(Index input, Index instance) const;
  /// Place in `foci` of a focus key; kNone if there is none.
  Index Instance(std::string_view focus) const;
  /// Number of instances of a focus kind.
  std::size_t Count(Index focus_kind) const;
};

/// A value as the contract writes it: "yes", 75, "6.9 'cm'", "< 7 'cm'", "[6 'cm' .. 8 'cm']".
std::string ValueText(const Input& input, const Value& value);

/// The outcome as one JSON object (design.md section 3).
void WriteOutcome(const Outcome& outcome, fhir::JsonWriter& writer);

}  // namespace renal::pathways
