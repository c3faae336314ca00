#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/fhirpath.h"
#include "fhir/record.h"
#include "pathways/evaluate.h"
#include "pathways/internal/given.h"
#include "pathways/internal/plan.h"
#include "pathways/internal/sorted_record.h"
#include "pathways/outcome.h"
#include "pathways/pathway.h"

/// From a record to candidates to values. Candidates are gathered once; for a "what if" of the
/// questions only what depends on the value tried is resolved again, which costs no look at the
/// record.
namespace renal::pathways {

/// Adds `value` to a short list if it is not in it.
template <class T>
void AddOnce(std::vector<T>& list, const T& value) {
  constexpr std::size_t kUsual = 4;
  if (list.empty()) list.reserve(kUsual);
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

/// Places of resources in a hash table; equal means the same place of the same document.
struct HashJson {
  std::size_t operator()(const fhir::Json& json) const {
    return std::hash<std::size_t>{}(json.index());
  }
};

/// One thing that facts belong to, as found in the record.
struct Instance {
  Index kind = kNone;
  Index key = kNone;  ///< into the values of the kind; kNone where that is keyed by reference
  std::vector<fhir::Json> resources;
  std::string name;  ///< "left", or the reference
};

/// A value found in the record for one input.
struct Candidate {
  Index source = 0;
  Index instance = kNone;  ///< place in Gathered::instances; kNone: the patient, or not known whose
  bool floating = false;   ///< not known whose: no link, and several instances
  bool unlinked = false;   ///< no link, taken for the only instance
  std::optional<Value> value;  ///< nothing: unusable
  bool implausible = false;
  std::optional<std::int64_t> milliseconds;  ///< recorded time, first moment it can mean
  std::int64_t age_days = 0;                 ///< whole days before today; negative: in the future
  fhir::Json time;                           ///< text of that time; absent where it was worked out
  std::uint64_t time_steps = 0;              ///< that finding it took
  std::int64_t updated = 0;                  ///< meta.lastUpdated, milliseconds
  bool preferred_status = true;
  std::size_t preference = 0;  ///< class of `prefer`, the number of classes if none fits
  fhir::Json resource;
  fhir::Json node;  ///< where the value stands; absent for maps
  std::string recorded;
};

/// Which instance a resource belongs to.
struct Belonging {
  enum class Kind : std::uint8_t { kInstance, kElsewhere, kUnlinked } kind = Kind::kUnlinked;
  Index key = kNone;  ///< of kInstance and of a kElsewhere that names a key which is no instance
  Index instance = kNone;
};

struct Gathered {
  std::vector<Instance> instances;
  /// By focus kind: the instances that each resource makes; a tumour "on both sides" makes two.
  std::vector<std::unordered_map<fhir::Json, std::vector<Index>, HashJson>> instances_of;
  std::vector<std::vector<Candidate>> found;  ///< candidates, by input; empty where it is prepared
  PlacedInputs placed;  ///< what is given besides the record, or instead of it
  std::vector<AbsentTrace> absent;
  std::vector<fhir::Delivery> deliveries;  ///< how each of Pathway::record_types came
  /// What expressions may use up, and where their faults and the output of trace() go. Not null,
  /// but for the output while values are tried out.
  fhir::fhirpath::Budget* budget = nullptr;
  std::vector<std::string>* errors = nullptr;
  std::vector<std::pair<std::string, std::string>>* output = nullptr;
  /// Variables of expressions, by slot: the constants are in place, the others are set as they are
  /// read. Not null.
  std::vector<fhir::fhirpath::Collection>* variables = nullptr;
  bool prepared = false;  ///< nothing was looked for in a record

  const std::vector<Candidate>& CandidatesOf(Index input) const {
    static const std::vector<Candidate> kNothing;
    return found.empty() ? kNothing : found[input];
  }
};

/// What an item of a sum of points adds, over all ways in which it may turn out.
struct ItemPoints {
  ScorePart::State state = ScorePart::State::kUnknown;
  std::int64_t low = 0, high = 0;     ///< unless outside
  const std::string* mark = nullptr;  ///< of the row; null where it is not known which
  Index input = kNone;                ///< that decides, or would
  std::vector<Index> missing;         ///< inputs that would settle what is unknown
};

/// What one input is, without the words: enough to evaluate tables.
struct Resolved {
  InputStatus status = InputStatus::kUnknown;
  UnknownReason reason = UnknownReason::kAbsent;
  std::optional<Value> value;
  std::size_t chosen = static_cast<std::size_t>(-1);  ///< into the candidates
  std::vector<std::size_t> rivals;
  const PlacedInput* given = nullptr;  ///< what decided, where it was given
  Index segment = kNone;  ///< the one of Input::segments that the value is, or lies in
  std::shared_ptr<const std::vector<ItemPoints>> items;  ///< of a sum of points
  bool stale = false;
  bool recorded =
      false;  ///< something is on record that cannot be used: unusable, undated or implausible
};

inline const Resolved kAbsentInput;

/// All inputs: those of the patient, and those of every instance.
struct Facts {
  std::vector<Resolved> patient;
  std::vector<std::vector<Resolved>> instance;
  /// State of an input at an instance; absent where it is read at the patient or at another kind of
  /// thing.
  const Resolved& At(const Pathway& pathway, Index input, Index where) const {
    if (pathway.plan->inputs[input].focus == kNone) return patient[input];
    return where < instance.size() ? instance[where][input] : kAbsentInput;
  }
};

/// What cells are tested with at one place: by input, what they see of the patient and of the thing.
class View {
 public:
  /// `facts` must outlive it.
  View(const Facts& facts, Index where) : patient_(facts.patient) {
    if (where < facts.instance.size()) thing_ = facts.instance[where];
  }
  /// Of a Cell, or of a Plan::Test.
  template <class Test>
  const Resolved& Of(const Test& test) const {
    if (!test.of_focus) return patient_[test.input];
    return thing_.empty() ? kAbsentInput : thing_[test.input];
  }

 private:
  std::span<const Resolved> patient_, thing_;
};

/// A place where an input has a value: the patient (kNone), or an instance.
struct Place {
  Index input = kNone;
  Index instance = kNone;
};

/// Finds the instances and gathers every candidate, into what is set up for it. Pure but for the
/// FHIRPath evaluations.
void Gather(const Pathway& pathway, const EvaluateRequest& request, Gathered& gathered);

/// What an expression over these variables is evaluated with.
fhir::fhirpath::Environment EnvironmentOf(const EvaluateRequest& request, const Gathered& gathered,
                                          const std::vector<fhir::fhirpath::Collection>& variables);

/// Which instance of a focus kind a resource belongs to.
Belonging BelongsTo(const Pathway& pathway, Index focus_kind, const fhir::Json& resource,
                    const Gathered& gathered, const EvaluateRequest& request);

/// Resolves every input.
Facts Resolve(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered);

/// What inputs would be under each of their age limits and with each choice of sources that may not
/// apply; none of those where nothing of that depends on other inputs.
std::vector<VariantTrace> VariantsOf(const Pathway& pathway, const EvaluateRequest& request,
                                     const Gathered& gathered);

/// Values tried out in facts.
class Trial {
 public:
  /// `facts` must outlive it.
  Trial(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
        Facts& facts);
  ~Trial();
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  /// Puts one of the segments of the input in its place; what depends on it is resolved again, and
  /// all else is as it was.
  void Begin(const Place& place, std::size_t segment);
  /// The inputs that are not what they were, since Begin().
  const std::vector<Index>& changed() const;
  /// Makes the facts what they were.
  void End();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The sources of an input that do not apply, by their place; empty where all do.
std::vector<bool> SourcesLeftOut(const Input& input, const Facts& facts, Index where);
/// The age limit that holds for an input; null if none does.
const AgeLimit* AgeLimitOf(const Input& input, const Facts& facts, Index where);
/// Which candidates go first: those of the lowest rank that has any decide.
int RankOf(const Input& input, Index source);
/// The value that the candidates of an instance give under that limit (null: none), or why there is
/// none. `left_out`: by source, those that do not apply.
Resolved Choose(const Input& input, const std::vector<Candidate>& candidates, Index instance,
                const AgeLimit* age, const std::vector<bool>& left_out = {});
/// Why a candidate cannot be used under that limit; kNotUnknown if it can.
UnknownReason WhyUnusable(const Input& input, const Candidate& candidate, const AgeLimit* age);

/// Adds what went wrong in an expression, each fault once and no more than a reader can take in.
void AddError(const fhir::fhirpath::Expression& expression, const fhir::Issue& issue,
              std::vector<std::string>& errors);

/// Truth of a cell of codes or ranges for a value.
Truth Accepts(const Cell& cell, const Value& value);
/// Truth of a cell for the instance `where` (kNone: the patient).
Truth Test(const Cell& cell, const Facts& facts, Index where);
/// Truth of a FHIRPath criterion over the inputs; unknown where it is empty or fails.
Truth TestExpression(const Pathway& pathway, const EvaluateRequest& request,
                     const Gathered& gathered, const Facts& facts, Index where,
                     const fhir::fhirpath::Expression& expression);
/// The `and` of the cells.
Truth TestAll(const std::vector<Cell>& cells, const Facts& facts, Index where);
Truth TestAll(const std::vector<Plan::Test>& tests, const Facts& facts, Index where);

/// Adds to `missing` the inputs that keep `input` from being known: itself, or what it is derived
/// from.
void AddMissing(const Pathway& pathway, Index input, const Facts& facts, Index where,
                std::vector<Index>& missing);

/// The text of a resource's code for display, as recorded; empty if it has none.
std::string DisplayOf(const fhir::Json& resource);
/// A member path from `resource` to `node`, for example "component[0].valueQuantity"; empty if not
/// found.
std::string PathTo(const fhir::Json& resource, const fhir::Json& node);
/// The text of a recorded time: of a Period its end, else its start.
fhir::Json TimeTextOf(const fhir::fhirpath::Node& node);
/// Whether the call brings this order of the record anew.
bool IsSuperseded(const EvaluateRequest& request, const fhir::Json& resource);

}  // namespace renal::pathways
