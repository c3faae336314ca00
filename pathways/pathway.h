#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/fhirpath.h"
#include "fhir/own_json.h"
#include "fhir/value_set.h"
#include "pathways/index_set.h"
#include "pathways/record_type.h"
#include "pathways/value.h"

/// A pathway as it is evaluated: what the file says (pathways/README.md), with every name resolved to an
/// index, every cell and expression compiled, every parameter put in. Built whole by LoadPathway(), never changed.
namespace renal::pathways {

/// Index of something in the list of its kind; kNone where there is nothing.
using Index = std::size_t;
inline constexpr Index kNone = static_cast<Index>(-1);

/// What order comparison and merging look at; the word of the source is kept beside it.
enum class Tier : std::uint8_t { kPreferred, kAcceptable, kInfo, kAvoid };

/// One strength word of the source, in display order (strongest first).
struct Strength {
  std::string word;
  Tier tier = Tier::kInfo;
  std::string text;  ///< what the word stands for in the source
  std::string title; ///< the word as people read it; empty: the word itself
};

/// A citation.
struct Source {
  std::string id, label, url, edition, section, accessed;
};

struct Parameter {
  std::string name;
  Type type = Type::kDecimal;
  std::string text;  ///< the value as written: "75", "4 'cm'", a code set as "rfa"
  std::string min, max, why;
  Value value;                     ///< of ordered types and Booleans
  std::vector<std::string> codes;  ///< of Code and CodeSet
  bool policy = false;
};

/// The test of one rule on one column. Compiled: the text is kept for display.
struct Cell {
  enum class Kind : std::uint8_t { kCodes, kRanges, kKnown, kUnknown };
  Index input = kNone;
  Kind kind = Kind::kCodes;
  bool of_focus = false;          ///< its input has a value for each thing
  std::uint64_t codes = 0;        ///< accepted codes, one bit each
  std::vector<Truth> on_segments; ///< of codes and ranges: on each of Input::segments; empty: not worked out
  std::vector<Interval> ranges;   ///< accepted intervals
  std::string text;               ///< as written, "< %small"
  std::string shown;              ///< with the parameters put in, "< 2 'cm'"
};

/// One way in which a resource of the record yields candidates (3.1).
struct SourceOfInput {
  std::string name;
  std::string from;                        ///< resource type
  const fhir::ValueSet* code = nullptr;    ///< null: any code
  Index type = kNone;                      ///< `from`, in Pathway::record_types
  Index set = kNone;                       ///< `code`, among the sets of that type; kNone: any code
  std::optional<fhir::fhirpath::Expression> where;
  std::optional<fhir::fhirpath::Expression> value;  ///< or `map`
  struct Entry {
    std::optional<fhir::fhirpath::Expression> when;  ///< nothing: always fits
    std::size_t code = 0;
  };
  std::vector<Entry> map;
  bool agree = false;   ///< all entries that fit must give one value, else the candidate is unusable
  std::optional<fhir::fhirpath::Expression> time;
  std::optional<fhir::fhirpath::Expression> label;
  int rank = 0;         ///< candidates of the lowest rank that has any decide
  bool ageless = false; ///< age limits do not apply to its candidates
  std::vector<Cell> applies;  ///< its candidates count only where these are true; empty: always
  std::string assumption;     ///< listed where a candidate of it decides; empty: none
  /// Of a focus keyed by reference: resources that no other instance claims, and for which this gives
  /// the same texts, are one thing.
  std::optional<fhir::fhirpath::Expression> same;
};

/// Age limits of the data of an input, in whole calendar days (README "Age of data").
struct AgeLimit {
  std::vector<Cell> when;          ///< empty: always
  std::optional<std::int64_t> fresh_days;
  std::optional<std::int64_t> limit_days;
};

/// A class of candidates that goes before another one, within a window (README "Preference").
struct Preference {
  std::int64_t within_days = 0;
  struct Class {
    std::string title;
    fhir::fhirpath::Expression when;
  };
  std::vector<Class> order;  ///< best first; a candidate that fits none comes last
};

/// When two candidates contradict each other (README "Conflict").
struct ConflictRule {
  std::int64_t within_days = 0;
  std::vector<fhir::Quantity> limits;  ///< ordered types: sides of these; empty: any difference
  std::vector<std::pair<std::size_t, std::size_t>> pairs;  ///< codes: these; empty: any difference
  bool per_source = false;             ///< only candidates of one source are compared
};

enum class Pick : std::uint8_t { kLatest, kEarliest, kMax, kMin, kAnyTrue, kAllTrue };
enum class Ties : std::uint8_t { kConflict, kMax, kMin };

/// The value of an exception input when nothing is documented (README "Exception inputs").
struct IfNone {
  Value value;
  std::string why;
  std::string assumption;     ///< shown on the card; empty: none
  std::vector<Cell> unless;   ///< true: the input stays unknown, and is asked for
};

/// One item of a sum of points: the first row that fits says what the item adds (README "Scores").
struct ScoreItem {
  struct Row {
    std::vector<Cell> cells;  ///< empty: fits always
    std::int64_t low = 0;     ///< points; the two differ where the row leaves them open
    std::int64_t high = 0;
    std::string mark;         ///< printed after the points, "h"; may be empty
  };
  std::string title;
  std::vector<Row> rows;
};

/// A row that gives a class, read as a rule of a `unique` table.
struct ClassRow {
  std::vector<Cell> cells;
  Index code = kNone;   ///< into the values of the input; kNone: no class, for the reason `because`
  std::string because;
};

/// How a score is shown to people: never decides anything.
struct ScoreView {
  struct Remark {
    std::vector<Cell> when;  ///< empty: always
    std::string text;
  };
  std::vector<std::vector<Cell>> show_when;  ///< one of these is true; empty: always
  std::vector<Remark> remarks;
};

struct Input {
  std::string name, title, question, obtain_note;
  Type type = Type::kCode;
  std::optional<fhir::Unit> unit;
  std::string unit_text;
  std::vector<std::pair<std::string, std::string>> values;  ///< code, title; Boolean: "false", "true"
  std::optional<fhir::Quantity> min, max;                   ///< both inclusive
  Index obtain = kNone;        ///< action that produces the datum
  Index focus = kNone;         ///< focus kind that the datum belongs to; kNone: the patient
  std::vector<SourceOfInput> sources;
  bool merge_all = false;      ///< all-sources
  Pick pick = Pick::kLatest;
  Ties ties = Ties::kConflict;
  std::optional<fhir::fhirpath::Expression> prefer_status;  ///< candidates for which it is not true come last
  std::string status_note;     ///< shown with a candidate that `prefer_status` does not prefer ("preliminary")
  std::optional<Preference> prefer;
  std::optional<ConflictRule> conflict;
  std::vector<AgeLimit> age;
  std::optional<IfNone> if_none;
  std::optional<fhir::fhirpath::Expression> derive;
  std::vector<ScoreItem> points;  ///< derived as their sum
  std::vector<ClassRow> classes;  ///< derived as the class of the row that fits
  std::vector<Cell> only_if;      ///< points and classes: whom they are for; else no value
  std::vector<Index> depends_on;  ///< inputs that derive, points, classes, if_none.unless or age read
  std::vector<Index> basis;       ///< of scores and sums: inputs that they rest on, ascending; in place of an
                                  ///< expression, what it reads
  std::vector<Cell> ask_unless;   ///< true: a missing datum is not asked for; empty: always asked
  bool policy = false;
  bool fact = false;              ///< shown only, never asked for
  bool information = false;       ///< no rule, check or gate reads it, not even through another input
  std::optional<ScoreView> score; ///< shown among the scores
  std::vector<Index> cite;
  std::optional<int> places;      ///< digits after the point that people see; the value keeps all
  std::string when_unknown;       ///< what a text shows in place of a missing value
  /// Representative values for questions: every code, or one value of each segment that the cells cut.
  std::vector<Value> segments;
  std::vector<std::string> segment_texts;  ///< "< 2 'cm'", "= 2 'cm'", "2 'cm' .. 4 'cm'", or the code

  /// Worked out instead of looked up.
  bool IsDerived() const { return derive || !points.empty() || !classes.empty(); }
};

enum class ActionKind : std::uint8_t { kTreatment, kReferral, kCollectData, kInformation, kFrame };

struct Action {
  std::string id, title, text;
  ActionKind kind = ActionKind::kTreatment;
  fhir::OwnJson resource;                 ///< template of a suggestion; kAbsent: not orderable
  /// A top-level element of the suggestion that inputs give.
  struct Element {
    std::string path;
    fhir::fhirpath::Expression value;
  };
  std::vector<Element> set;
  const fhir::ValueSet* match = nullptr;  ///< codes in orders and in the record; null: `match_where` alone tells
  std::vector<std::string> match_types;
  std::optional<fhir::fhirpath::Expression> match_where;
  std::optional<fhir::fhirpath::Expression> match_presumed;  ///< or this, where the cells are true
  std::vector<Cell> match_presumed_if;
  std::vector<Index> also_for;            ///< an order of one of these is an order of this, where this is recommended
};

/// A kind of thing that facts belong to: each kidney with a tumour, each lesion.
struct FocusKind {
  std::string name, title;
  bool by_reference = false;  ///< each resource is a thing of its own, its reference the key
  std::vector<std::pair<std::string, std::string>> values;  ///< key, title; none where keyed by reference
  std::vector<SourceOfInput> instances;  ///< their maps give keys (index into values)
  Index otherwise = kNone;               ///< key of an instance that no map entry places
  struct Step {
    std::string name;
    fhir::fhirpath::Expression via;      ///< from a resource to what it is linked with
    bool instance = false;               ///< linked with an instance's resource
    struct Entry {
      std::optional<fhir::fhirpath::Expression> when;
      Index key = kNone;                 ///< kElsewhere: belongs to nothing here
    };
    std::vector<Entry> map;
  };
  static constexpr Index kElsewhere = static_cast<Index>(-2);
  std::vector<Step> belongs;
  std::string unlinked;                  ///< assumption shown when a datum without a link is used
  /// Top-level members that carry a focus into a suggested resource: focus key -> members (OwnJson object).
  std::vector<std::pair<Index, fhir::OwnJson>> resource_members;
};

/// A reason to stop before any rule.
struct GateRow {
  std::string id;
  std::vector<Cell> cells;
  std::string because;
  bool policy = false;
};

/// What a rule offers.
struct Option {
  Index action = kNone;      ///< kNone: a fact
  Index strength = kNone;
  bool conditional = false;  ///< always conditional, and no datum decides it
  IndexSet checks;           ///< that are about it
};

struct Rule {
  std::string id;
  std::vector<Cell> cells;   ///< in column order, "-" left out
  std::optional<fhir::fhirpath::Expression> when;
  std::vector<Index> go;     ///< tables
  std::vector<Option> options;
  std::string choose;        ///< "one", "any", "all"
  std::vector<Index> with;   ///< actions
  std::vector<IndexSet> with_checks;  ///< checks that are about each of them
  std::string summary, because;
  std::vector<Index> cite;
  std::vector<Index> needs;          ///< inputs without which the rule waits
  std::vector<Index> rests_on;       ///< inputs that its cells read, each followed by what it is worked out from
  std::vector<std::string> together; ///< listed only beside one of these rules, with its determination
  std::vector<int> together_orders;  ///< `together`, by Rule::order
  std::vector<std::string> yields_to;///< not listed where all of these are
  std::string joins;                 ///< where that rule is true too, one entry, under its id
  std::vector<std::string> replaces; ///< where this rule is true, these are named in it and not listed
  std::vector<std::string> demotes;  ///< where this rule is true, these stay as conditional, and no datum decides it
  bool mdt_required = false;         ///< no orderable suggestion but a referral
  bool policy = false;
  bool fact = false;                 ///< never a reason to ask
  bool background = false;           ///< does not make an outcome a recommendation
  int order = 0;                     ///< place in the file
  Index then = 0;                    ///< first rule of its table that offers the same
};

/// Whether two rules offer the same: options with their strengths, `choose`, `with`, `go` (5.3).
bool SameOffer(const Rule& a, const Rule& b);

enum class Hit : std::uint8_t { kUnique, kFirst, kCollect };

struct Table {
  std::string id, title, why;
  Hit hit = Hit::kUnique;
  Index focus = kNone;
  std::vector<Index> columns;
  std::vector<Rule> rules;
  bool complete = true;
  /// The rule that speaks for all that offer the same as `rule`.
  const Rule& AdviceOf(const Rule& rule) const { return rules[rule.then]; }
};

/// A safety check or exception on what the tables chose (2.5, README "Checks").
struct Check {
  std::string id, title, rule;             ///< `rule`: id that its results carry, default `id`
  std::vector<Cell> cells;
  std::vector<Index> for_actions;          ///< empty with empty for_rules: every treatment
  std::vector<std::string> for_rules;
  IndexSet concerned;                      ///< for_rules, by Rule::order
  std::vector<Index> rests_on;             ///< as of a rule
  bool suppress = false;       ///< true: the options are not listed; unknown: they become conditional
  bool conditional = false;    ///< true: the options become conditional, and no datum decides it
  bool mdt_required = false;   ///< true: no orderable suggestion but a referral
  bool critical = false;
  std::optional<Tier> strength;///< most restrictive of its own and this
  std::vector<Index> with;     ///< actions that come besides, under the id `rule`
  Index with_strength = kNone;
  std::string caution, because;///< `caution` may hold {rules}
  std::string emphasis;        ///< a further reason of the options
  bool fact = false;           ///< what comes besides is never a reason to ask
  bool not_verified = false;   ///< unknown: says "not verified" on the option
  std::vector<Index> cite;
  bool policy = false;
};

struct CardSettings {
  std::string disclaimer;
  std::string not_verified;  ///< "not verified: {check}"; given where a check has not_verified
  std::vector<fhir::Concept> override_reasons;
  std::size_t max = 5;
  std::int64_t quiet_hours = 24;
  std::int64_t duplicate_days = 90;
  bool show_acceptable = false;
  bool show_out_of_scope = false;
};

/// Somebody's approval of exactly this content.
struct Approval {
  std::string name, role, date;
};

/// What reads an input, or something that is worked out from it.
struct Readers {
  std::vector<const Rule*> rules;
  std::vector<Index> checks, gate;
  bool scope = false;
  /// Inputs that are worked out from it and that something reads; each after what it reads.
  std::vector<Index> derived;
  bool none() const { return rules.empty() && checks.empty() && gate.empty() && !scope; }
};

struct Plan;

struct Pathway {
  std::string id, url, version, title, status, date, publisher, description, hash;
  std::string language = "en";      ///< of its texts, BCP 47
  std::string decimal_sign = ".";   ///< in sentences
  bool experimental = false;
  /// Days, both inclusive, in the zone of the call; nothing: open at that end.
  std::optional<fhir::DateTime> effective_start, effective_end;
  std::vector<Approval> approvals;   ///< those, of file and site, that name its hash
  std::string site_name, site_hash;  ///< overlay of the site; empty: none
  std::vector<std::string> hooks;
  const fhir::ValueSet* condition = nullptr;  ///< scope.condition
  std::optional<fhir::fhirpath::Expression> applies;
  std::vector<Source> sources;
  std::vector<Strength> strengths;
  std::vector<Parameter> parameters;
  std::vector<std::pair<std::string, std::unique_ptr<fhir::ValueSet>>> value_sets;
  std::vector<FocusKind> foci;
  std::vector<Input> inputs;
  std::vector<Index> order;      ///< inputs, each after what it depends on
  std::vector<Action> actions;
  std::vector<GateRow> gate;
  std::vector<Index> start;
  std::vector<Table> tables;
  std::vector<Check> checks;
  CardSettings cards;
  std::vector<RecordType> record_types;  ///< that sources read
  std::vector<Readers> readers;  ///< by input
  std::vector<Readers> testers;  ///< by input: what reads it itself, not through another one
  std::size_t rule_count = 0;    ///< of all tables; Rule::order is below it
  /// Names of the FHIRPath variables by slot: inputs, then parameters, then for each focus kind its key and
  /// the number of its instances (`%kidney`, `%kidneyCount`).
  std::vector<std::string> variables;
  /// What they hold, by slot: the values of the parameters. All else is empty.
  std::vector<fhir::fhirpath::Collection> constants;
  /// Criteria that stand in several of its expressions.
  std::unique_ptr<fhir::fhirpath::SharedCriteria> criteria =
      std::make_unique<fhir::fhirpath::SharedCriteria>();
  std::shared_ptr<const Plan> plan;  ///< what evaluations look up (internal/plan.h); never null once loaded

  Index FindInput(std::string_view name) const;
  Index FindAction(std::string_view id) const;
  Index FindSource(std::string_view id) const;
  const fhir::ValueSet* FindValueSet(std::string_view alias_or_url) const;
  std::pair<const Table*, const Rule*> FindRule(std::string_view id) const;
};

}  // namespace renal::pathways
