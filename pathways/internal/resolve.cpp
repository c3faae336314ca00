#include <algorithm>
#include <utility>

#include "pathways/internal/facts.h"
#include "pathways/internal/read_value.h"

namespace renal::pathways {

namespace {

using fhir::fhirpath::Collection;
using fhir::fhirpath::Environment;

constexpr std::int64_t kDayMilliseconds = 86'400'000;

std::string FocusKeyOf(const Pathway& pathway, const Instance& instance) {
  return pathway.foci[instance.kind].values[instance.key].first;
}

// ---- one value out of several candidates (pathways/README.md, "From candidates to a value")

bool Touches(const Interval& place, const Interval& interval) {
  const Cover cover = Covers(place, interval);
  return cover == Cover::kInside || cover == Cover::kPartly;
}

// Whether both can lie on one side of the limits: between two of them, or on one.
bool CanShareSide(const Interval& a, const Interval& b, const std::vector<fhir::Quantity>& limits) {
  for (std::size_t i = 0; i <= limits.size(); ++i) {
    Interval between;
    if (i > 0) between.low = Bound{limits[i - 1], false};
    if (i < limits.size()) between.high = Bound{limits[i], false};
    if (Touches(between, a) && Touches(between, b)) return true;
    if (i == limits.size()) break;
    const Interval on = Interval::Point(limits[i]);
    if (Touches(on, a) && Touches(on, b)) return true;
  }
  return false;
}

bool Differ(const Value& a, const Value& b, const ConflictRule* rule) {
  if (a.IsCode()) {
    if (rule == nullptr || rule->pairs.empty()) return a.code() != b.code();
    return std::any_of(rule->pairs.begin(), rule->pairs.end(), [&](const auto& pair) {
      return (pair.first == a.code() && pair.second == b.code()) ||
             (pair.first == b.code() && pair.second == a.code());
    });
  }
  if (rule == nullptr || rule->limits.empty()) return !SameValue(a, b);
  return !CanShareSide(a.interval(), b.interval(), rule->limits);
}

// Ranks set by hand, else by the order of the sources where the first one with a candidate decides.
int RankOf(const Input& input, Index source) {
  const bool by_hand = std::any_of(input.sources.begin(), input.sources.end(),
                                   [](const SourceOfInput& other) { return other.rank != 0; });
  if (by_hand) return input.sources[source].rank;
  return input.merge_all ? 0 : static_cast<int>(source);
}

class Chooser {
 public:
  Chooser(const Input& input, const std::vector<Candidate>& candidates, Index instance,
          const AgeLimit* age)
      : input_(input), candidates_(candidates), instance_(instance), age_(age) {}

  Resolved Choose();

 private:
  void Usable();
  void Drop(UnknownReason reason);
  int Rank(const Candidate& candidate) const;
  void KeepBestRank();
  void KeepPreferredStatus();
  bool Newer(std::size_t a, std::size_t b) const;
  bool Better(std::size_t a, std::size_t b) const;
  bool PicksByTime() const {
    return input_.pick == Pick::kLatest || input_.pick == Pick::kEarliest;
  }
  std::size_t PickOne() const;
  std::size_t Prefer(std::size_t newest) const;
  std::size_t BreakTies(std::size_t chosen) const;
  bool Comparable(const Candidate& rival, const Candidate& chosen) const;
  bool DecidedByPreference(const Candidate& rival, const Candidate& chosen) const;
  std::int64_t DaysBetween(const Candidate& a, const Candidate& b) const;
  void FindRivals(Resolved& resolved) const;

  const Input& input_;
  const std::vector<Candidate>& candidates_;
  const Index instance_;
  const AgeLimit* age_;
  std::vector<std::size_t> left_;
  std::vector<std::size_t> floating_;
  UnknownReason dropped_ = UnknownReason::kAbsent;
  bool recorded_ = false;
};

// Place of the step that drops for that reason; the last of them names why nothing is left.
int StepOf(UnknownReason reason) {
  switch (reason) {
    case UnknownReason::kUnusable:
      return 1;
    case UnknownReason::kFuture:
      return 2;
    case UnknownReason::kUndated:
      return 3;
    case UnknownReason::kStale:
      return 4;
    case UnknownReason::kImplausible:
      return 5;
    default:
      return 0;
  }
}

void Chooser::Drop(UnknownReason reason) {
  if (StepOf(reason) > StepOf(dropped_)) dropped_ = reason;
  // What is old or yet to come says nothing about now; the others may.
  recorded_ = recorded_ || (reason != UnknownReason::kStale && reason != UnknownReason::kFuture);
}

void Chooser::Usable() {
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    const bool ours = candidate.instance == instance_ && !candidate.floating;
    if (!ours && !candidate.floating) continue;
    const UnknownReason reason = WhyUnusable(input_, candidate, age_);
    if (reason != UnknownReason::kNotUnknown) {
      if (ours) Drop(reason);
      continue;
    }
    (ours ? left_ : floating_).push_back(i);
  }
}

int Chooser::Rank(const Candidate& candidate) const { return RankOf(input_, candidate.source); }

void Chooser::KeepBestRank() {
  int best = Rank(candidates_[left_.front()]);
  for (const std::size_t i : left_) best = std::min(best, Rank(candidates_[i]));
  std::erase_if(left_, [&](std::size_t i) { return Rank(candidates_[i]) != best; });
}

void Chooser::KeepPreferredStatus() {
  const auto preferred = [&](std::size_t i) { return candidates_[i].preferred_status; };
  if (std::any_of(left_.begin(), left_.end(), preferred))
    std::erase_if(left_, std::not_fn(preferred));
}

// Newest time first, then the larger meta.lastUpdated, then the smaller id; without a time last.
bool Chooser::Newer(std::size_t a, std::size_t b) const {
  const Candidate& x = candidates_[a];
  const Candidate& y = candidates_[b];
  if (x.milliseconds != y.milliseconds) {
    if (!x.milliseconds || !y.milliseconds) return x.milliseconds.has_value();
    return input_.pick == Pick::kEarliest ? *x.milliseconds < *y.milliseconds
                                          : *x.milliseconds > *y.milliseconds;
  }
  if (x.updated != y.updated) return x.updated > y.updated;
  return x.resource["id"].string() < y.resource["id"].string();
}

bool Larger(const Value& a, const Value& b) {
  if (a.IsCode()) return a.code() > b.code();
  const Interval& x = a.interval();
  const Interval& y = b.interval();
  if (!x.low || !y.low) return x.low.has_value() && !y.low;
  const auto order = fhir::Compare(x.low->value, y.low->value);
  return order && *order > 0;
}

bool Chooser::Better(std::size_t a, std::size_t b) const {
  const Value& x = *candidates_[a].value;
  const Value& y = *candidates_[b].value;
  const bool largest = input_.pick == Pick::kMax || input_.pick == Pick::kAnyTrue;
  const bool smallest = input_.pick == Pick::kMin || input_.pick == Pick::kAllTrue;
  if (largest && !SameValue(x, y)) return Larger(x, y);
  if (smallest && !SameValue(x, y)) return Larger(y, x);
  return Newer(a, b);
}

std::size_t Chooser::PickOne() const {
  return *std::min_element(left_.begin(), left_.end(),
                           [&](std::size_t a, std::size_t b) { return Better(a, b); });
}

std::int64_t Chooser::DaysBetween(const Candidate& a, const Candidate& b) const {
  return a.age_days > b.age_days ? a.age_days - b.age_days : b.age_days - a.age_days;
}

// Among the candidates near the newest, the best class; the newest in it.
std::size_t Chooser::Prefer(std::size_t newest) const {
  if (!input_.prefer) return newest;
  std::size_t best = newest;
  for (const std::size_t i : left_) {
    const Candidate& candidate = candidates_[i];
    if (!candidate.milliseconds || !candidates_[newest].milliseconds) continue;
    if (DaysBetween(candidate, candidates_[newest]) > input_.prefer->within_days) continue;
    const std::size_t now = candidates_[best].preference;
    if (candidate.preference < now || (candidate.preference == now && Newer(i, best))) best = i;
  }
  return best;
}

// Different values of the same day: the larger or smaller where the file says so. What `prefer` put
// behind is no tie.
std::size_t Chooser::BreakTies(std::size_t chosen) const {
  if (input_.ties == Ties::kConflict || !PicksByTime()) return chosen;
  std::size_t best = chosen;
  for (const std::size_t i : left_) {
    const Candidate& candidate = candidates_[i];
    if (DecidedByPreference(candidate, candidates_[chosen])) continue;
    if (!candidate.milliseconds || !candidates_[chosen].milliseconds) continue;
    if (candidate.age_days != candidates_[chosen].age_days) continue;
    const bool larger = Larger(*candidate.value, *candidates_[best].value);
    const bool smaller = Larger(*candidates_[best].value, *candidate.value);
    if (input_.ties == Ties::kMax ? larger : smaller) best = i;
  }
  return best;
}

bool Chooser::DecidedByPreference(const Candidate& rival, const Candidate& chosen) const {
  return input_.prefer && rival.preference > chosen.preference && rival.milliseconds &&
         chosen.milliseconds && DaysBetween(rival, chosen) <= input_.prefer->within_days;
}

// Whether two candidates are near enough to contradict each other. What has no time, or says what
// holds now, is near to everything.
bool Chooser::Comparable(const Candidate& rival, const Candidate& chosen) const {
  const bool timeless = !rival.milliseconds || !chosen.milliseconds ||
                        input_.sources[rival.source].ageless ||
                        input_.sources[chosen.source].ageless;
  if (!input_.conflict) {
    if (timeless) return true;
    return input_.ties == Ties::kConflict && rival.age_days == chosen.age_days;
  }
  if (input_.conflict->per_source && rival.source != chosen.source) return false;
  return timeless || DaysBetween(rival, chosen) <= input_.conflict->within_days;
}

void Chooser::FindRivals(Resolved& resolved) const {
  if (!PicksByTime()) return;
  const Candidate& chosen = candidates_[resolved.chosen];
  const ConflictRule* rule = input_.conflict ? &*input_.conflict : nullptr;
  for (const std::size_t i : left_) {
    const Candidate& rival = candidates_[i];
    if (i == resolved.chosen || DecidedByPreference(rival, chosen)) continue;
    if (Comparable(rival, chosen) && Differ(*rival.value, *chosen.value, rule))
      resolved.rivals.push_back(i);
  }
}

Resolved Chooser::Choose() {
  Usable();
  Resolved resolved;
  if (left_.empty()) {
    resolved.reason = floating_.empty() ? dropped_ : UnknownReason::kUnlinked;
    resolved.recorded = recorded_;
    return resolved;
  }
  KeepBestRank();
  KeepPreferredStatus();
  resolved.chosen = BreakTies(Prefer(PickOne()));
  const Candidate& chosen = candidates_[resolved.chosen];
  FindRivals(resolved);
  if (!resolved.rivals.empty()) {
    resolved.reason = UnknownReason::kConflict;
    return resolved;
  }
  // What is not known to be another thing's could contradict: never guess whose it is.
  const ConflictRule* rule = input_.conflict ? &*input_.conflict : nullptr;
  for (const std::size_t i : floating_) {
    if (Rank(candidates_[i]) <= Rank(chosen) &&
        Differ(*candidates_[i].value, *chosen.value, rule)) {
      resolved.reason = UnknownReason::kUnlinked;
      return resolved;
    }
  }
  resolved.status = InputStatus::kKnown;
  resolved.reason = UnknownReason::kNotUnknown;
  resolved.value = chosen.value;
  resolved.stale = age_ != nullptr && age_->fresh_days && chosen.milliseconds &&
                   !input_.sources[chosen.source].ageless && chosen.age_days > *age_->fresh_days;
  return resolved;
}

// ---- variables of expressions

// Sets the slots that `expression` reads: inputs, and the key and number of each kind of focus.
void SetVariables(const Pathway& pathway, const Gathered& gathered, const Facts& facts,
                  Index instance, const fhir::fhirpath::Expression& expression,
                  std::vector<Collection>& variables) {
  const Index parameters = pathway.inputs.size();
  const Index foci = parameters + pathway.parameters.size();
  for (const std::size_t slot : expression.variables_used()) {
    if (slot < parameters) {
      const Input& input = pathway.inputs[slot];
      const std::optional<Value>& value = facts.At(pathway, slot, instance).value;
      variables[slot] = value ? ToCollection(input, *value) : Collection{};
    } else if (slot >= foci) {
      const Index kind = (slot - foci) / 2;
      const bool count = (slot - foci) % 2 == 1;
      std::int64_t found = 0;
      variables[slot].clear();
      for (Index i = 0; i < gathered.instances.size(); ++i) {
        if (gathered.instances[i].kind != kind) continue;
        ++found;
        if (!count && i == instance) variables[slot] = {FocusKeyOf(pathway, gathered.instances[i])};
      }
      if (count) variables[slot] = {found};
    }
  }
}

// ---- all inputs, each after what it depends on

class Resolver {
 public:
  Resolver(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered)
      : pathway_(pathway), request_(request), gathered_(gathered), variables_(gathered.constants) {}

  /// The input at an instance (kNone: the patient), from what `facts` say about all that it reads.
  Resolved Run(Index input, Index instance, const Facts& facts, std::vector<std::string>* errors);

 private:
  Resolved Sourced(const Input& input, Index index, Index instance, const Facts& facts) const;
  Resolved Derived(const Input& input, Index instance, const Facts& facts,
                   std::vector<std::string>* errors);
  void Assume(const Input& input, Index instance, const Facts& facts, Resolved& resolved) const;
  bool MayAssume(const Input& input, Index instance, const Facts& facts,
                 const Resolved& resolved) const;
  bool Delivered(const Input& input) const;
  bool RestsOnAbsence(const Input& input, Index index, const Resolved& resolved) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  std::vector<Collection> variables_;
};

Resolved Resolver::Sourced(const Input& input, Index index, Index instance,
                           const Facts& facts) const {
  const AgeLimit* age = AgeLimitOf(pathway_, input, facts, instance);
  return Chooser(input, gathered_.candidates[index], instance, age).Choose();
}

// Unknown is not none: data that could not be had may hold what is missing here.
bool Resolver::Delivered(const Input& input) const {
  return std::none_of(input.sources.begin(), input.sources.end(), [&](const SourceOfInput& source) {
    const fhir::Delivery delivery = request_.record->delivery(source.from);
    return delivery == fhir::Delivery::kFailed || delivery == fhir::Delivery::kIncomplete;
  });
}

// Whether data that could not be had would have gone before what was found, or beside it.
bool Resolver::RestsOnAbsence(const Input& input, Index index, const Resolved& resolved) const {
  const Candidate& chosen = gathered_.candidates[index][resolved.chosen];
  const int rank = RankOf(input, chosen.source);
  for (Index source = 0; source < input.sources.size(); ++source) {
    const fhir::Delivery delivery = request_.record->delivery(input.sources[source].from);
    const bool failed = delivery == fhir::Delivery::kFailed;
    const bool incomplete = failed || delivery == fhir::Delivery::kIncomplete;
    const int other = RankOf(input, source);
    if ((incomplete && other < rank) || (failed && other == rank)) return true;
  }
  return false;
}

bool IsAbsent(UnknownReason reason) {
  return reason == UnknownReason::kAbsent || reason == UnknownReason::kStale ||
         reason == UnknownReason::kFuture;
}

bool Resolver::MayAssume(const Input& input, Index instance, const Facts& facts,
                         const Resolved& resolved) const {
  if (!IsAbsent(resolved.reason) || resolved.recorded) return false;
  const std::vector<Cell>& unless = input.if_none->unless;
  if (!unless.empty() && TestAll(pathway_, unless, facts, instance) == Truth::kTrue) return false;
  if (!input.derive) return true;
  return std::all_of(input.depends_on.begin(), input.depends_on.end(), [&](Index other) {
    const Resolved& basis = facts.At(pathway_, other, instance);
    return basis.status != InputStatus::kUnknown || (IsAbsent(basis.reason) && !basis.recorded);
  });
}

void Resolver::Assume(const Input& input, Index instance, const Facts& facts,
                      Resolved& resolved) const {
  if (resolved.status != InputStatus::kUnknown) return;
  if (IsAbsent(resolved.reason) && !input.sources.empty() && !Delivered(input)) {
    resolved.reason = UnknownReason::kFailed;
  }
  if (!input.if_none || !MayAssume(input, instance, facts, resolved)) return;
  resolved.status = InputStatus::kAssumed;
  resolved.value = input.if_none->value;
}

Resolved Resolver::Derived(const Input& input, Index instance, const Facts& facts,
                           std::vector<std::string>* errors) {
  SetVariables(pathway_, gathered_, facts, instance, *input.derive, variables_);
  Environment environment;
  environment.variables = &variables_;
  environment.record = request_.record;
  environment.now = request_.now;
  environment.intervals = true;
  Resolved resolved;
  const auto found = input.derive->Evaluate(environment);
  if (!found) {
    if (errors != nullptr) AddError(*input.derive, found.error(), *errors);
    resolved.reason = UnknownReason::kError;
    return resolved;
  }
  if (found.value().empty()) return resolved;
  std::optional<Value> value;
  if (found.value().size() == 1) value = ReadValue(input, found.value().front());
  if (!value || !MakePlausible(input, *value)) {
    resolved.reason = value ? UnknownReason::kImplausible : UnknownReason::kUnusable;
    return resolved;
  }
  resolved.status = InputStatus::kDerived;
  resolved.reason = UnknownReason::kNotUnknown;
  resolved.value = value;
  return resolved;
}

Resolved Resolver::Run(Index index, Index instance, const Facts& facts,
                       std::vector<std::string>* errors) {
  const Input& input = pathway_.inputs[index];
  Resolved resolved = input.derive ? Derived(input, instance, facts, errors)
                                   : Sourced(input, index, instance, facts);
  if (resolved.status == InputStatus::kKnown && RestsOnAbsence(input, index, resolved)) {
    resolved.status = InputStatus::kUnknown;
    resolved.reason = UnknownReason::kFailed;
    resolved.value.reset();
  }
  Assume(input, instance, facts, resolved);
  return resolved;
}

Resolved& SlotOf(Facts& facts, Index input, Index instance) {
  return instance == kNone ? facts.patient[input] : facts.instance[instance][input];
}

// The places where an input has a value: the patient, or each instance of its kind.
template <class Visit>
void AtEachPlace(const Pathway& pathway, const Gathered& gathered, Index input,
                 const Visit& visit) {
  const Index focus = pathway.inputs[input].focus;
  if (focus == kNone) return visit(kNone);
  for (Index i = 0; i < gathered.instances.size(); ++i) {
    if (gathered.instances[i].kind == focus) visit(i);
  }
}

}  // namespace

const AgeLimit* AgeLimitOf(const Pathway& pathway, const Input& input, const Facts& facts,
                           Index where) {
  for (const AgeLimit& age : input.age) {
    if (TestAll(pathway, age.when, facts, where) == Truth::kTrue) return &age;
  }
  return nullptr;
}

UnknownReason WhyUnusable(const Input& input, const Candidate& candidate, const AgeLimit* age) {
  if (!candidate.value) return UnknownReason::kUnusable;
  if (candidate.milliseconds && candidate.age_days < 0) return UnknownReason::kFuture;
  if (age != nullptr && age->limit_days && !input.sources[candidate.source].ageless) {
    if (!candidate.milliseconds) return UnknownReason::kUndated;
    if (candidate.age_days > *age->limit_days) return UnknownReason::kStale;
  }
  return candidate.implausible ? UnknownReason::kImplausible : UnknownReason::kNotUnknown;
}

Facts Resolve(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              std::vector<std::string>& errors) {
  Facts facts;
  facts.patient.resize(pathway.inputs.size());
  facts.instance.assign(gathered.instances.size(), std::vector<Resolved>(pathway.inputs.size()));
  Resolver resolver(pathway, request, gathered);
  for (const Index input : pathway.order) {
    AtEachPlace(pathway, gathered, input, [&](Index instance) {
      SlotOf(facts, input, instance) = resolver.Run(input, instance, facts, &errors);
    });
  }
  return facts;
}

struct Trial::State {
  const Pathway& pathway;
  const Gathered& gathered;
  Resolver resolver;
  Facts facts;
  Index dependents_of = kNone;
  std::vector<Index> dependents;  // each after what it reads
  struct Saved {
    Index input;
    Index instance;
    Resolved resolved;
  };
  std::vector<Saved> saved;

  void Put(Index input, Index instance, Resolved resolved);
  void Restore();
  void FindDependents(Index input);
};

void Trial::State::Put(Index input, Index instance, Resolved resolved) {
  Resolved& slot = SlotOf(facts, input, instance);
  saved.push_back({input, instance, std::exchange(slot, std::move(resolved))});
}

void Trial::State::Restore() {
  for (Saved& old : saved) SlotOf(facts, old.input, old.instance) = std::move(old.resolved);
  saved.clear();
}

void Trial::State::FindDependents(Index input) {
  if (dependents_of == input) return;
  dependents_of = input;
  dependents.clear();
  std::vector<bool> changed(pathway.inputs.size());
  changed[input] = true;
  for (const Index other : pathway.order) {
    const std::vector<Index>& reads = pathway.inputs[other].depends_on;
    if (other == input ||
        std::none_of(reads.begin(), reads.end(), [&](Index i) { return changed[i]; }))
      continue;
    changed[other] = true;
    dependents.push_back(other);
  }
}

Trial::Trial(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
             const Facts& facts)
    : state_(std::make_unique<State>(
          State{pathway, gathered, Resolver(pathway, request, gathered), facts, kNone, {}, {}})) {}
Trial::~Trial() = default;

const Facts& Trial::With(const Override& what_if) {
  state_->Restore();
  state_->FindDependents(what_if.input);
  Resolved tried;
  tried.status = InputStatus::kAsserted;
  tried.reason = UnknownReason::kNotUnknown;
  tried.value = what_if.value;
  state_->Put(what_if.input, what_if.instance, std::move(tried));
  for (const Index input : state_->dependents) {
    AtEachPlace(state_->pathway, state_->gathered, input, [&](Index instance) {
      if (what_if.instance != kNone && instance != what_if.instance) return;
      state_->Put(input, instance, state_->resolver.Run(input, instance, state_->facts, nullptr));
    });
  }
  return state_->facts;
}

Truth Test(const Pathway& pathway, const Cell& cell, const Facts& facts, Index where) {
  const Resolved& input = facts.At(pathway, cell.input, where);
  const bool known = input.value.has_value();
  if (cell.kind == Cell::Kind::kKnown) return known ? Truth::kTrue : Truth::kFalse;
  if (cell.kind == Cell::Kind::kUnknown) return known ? Truth::kFalse : Truth::kTrue;
  if (!known) return Truth::kUnknown;
  if (input.value->IsCode()) {
    return (cell.codes >> input.value->code() & 1U) != 0 ? Truth::kTrue : Truth::kFalse;
  }
  Truth truth = Truth::kFalse;
  for (const Interval& range : cell.ranges) {
    const Cover cover = Covers(range, input.value->interval());
    if (cover == Cover::kInside) return Truth::kTrue;
    if (cover != Cover::kDisjoint) truth = Truth::kUnknown;
  }
  return truth;
}

Truth TestExpression(const Pathway& pathway, const EvaluateRequest& request,
                     const Gathered& gathered, const Facts& facts, Index where,
                     const fhir::fhirpath::Expression& expression) {
  std::vector<Collection> variables = gathered.constants;
  SetVariables(pathway, gathered, facts, where, expression, variables);
  Environment environment;
  environment.variables = &variables;
  environment.record = request.record;
  environment.now = request.now;
  environment.intervals = true;
  const auto truth =
      expression.EvaluateBoolean(fhir::fhirpath::Item(fhir::fhirpath::Node{}), environment);
  if (!truth || !truth.value()) return Truth::kUnknown;
  return *truth.value() ? Truth::kTrue : Truth::kFalse;
}

Truth TestAll(const Pathway& pathway, const std::vector<Cell>& cells, const Facts& facts,
              Index where) {
  Truth truth = Truth::kTrue;
  for (const Cell& cell : cells) truth = std::min(truth, Test(pathway, cell, facts, where));
  return truth;
}

void AddMissing(const Pathway& pathway, Index input, const Facts& facts, Index where,
                std::vector<Index>& missing) {
  std::vector<Index> open{input};  // grows while it is walked; each input stands in it once
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Index index = open[i];
    const Input& definition = pathway.inputs[index];
    if (definition.derive && !definition.depends_on.empty()) {
      for (const Index other : definition.depends_on) {
        if (!facts.At(pathway, other, where).value) AddOnce(open, other);
      }
    } else {
      AddOnce(missing, index);
    }
  }
}

}  // namespace renal::pathways
