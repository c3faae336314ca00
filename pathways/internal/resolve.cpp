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

// Which sides of the limits an interval can lie on: bit 2i for below or between, bit 2i + 1 for on limit i.
std::uint64_t Sides(const Interval& interval, const std::vector<fhir::Quantity>& limits) {
  std::uint64_t sides = 0;
  for (std::size_t i = 0; i <= limits.size(); ++i) {
    Interval between;
    if (i > 0) between.low = Bound{limits[i - 1], false};
    if (i < limits.size()) between.high = Bound{limits[i], false};
    const Cover cover = Covers(between, interval);
    if (cover == Cover::kInside || cover == Cover::kPartly) sides |= std::uint64_t{1} << (2 * i);
    if (i == limits.size()) break;
    const Cover on = Covers(Interval::Point(limits[i]), interval);
    if (on == Cover::kInside || on == Cover::kPartly) sides |= std::uint64_t{1} << (2 * i + 1);
  }
  return sides;
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
  return (Sides(a.interval(), rule->limits) & Sides(b.interval(), rule->limits)) == 0;
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
  UnknownReason Unusable(const Candidate& candidate) const;
  int Rank(const Candidate& candidate) const;
  void KeepBestRank();
  void KeepPreferredStatus();
  bool Newer(std::size_t a, std::size_t b) const;
  bool Better(std::size_t a, std::size_t b) const;
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
};

UnknownReason Chooser::Unusable(const Candidate& candidate) const {
  if (!candidate.value) return UnknownReason::kUnusable;
  if (candidate.milliseconds && candidate.age_days < 0) return UnknownReason::kFuture;
  const bool ageless = input_.sources[candidate.source].ageless;
  if (age_ != nullptr && age_->limit_days && !ageless) {
    if (!candidate.milliseconds) return UnknownReason::kUndated;
    if (candidate.age_days > *age_->limit_days) return UnknownReason::kStale;
  }
  if (candidate.implausible) return UnknownReason::kImplausible;
  return UnknownReason::kNotUnknown;
}

void Chooser::Usable() {
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    const bool ours = candidate.instance == instance_ && !candidate.floating;
    if (!ours && !candidate.floating) continue;
    const UnknownReason reason = Unusable(candidate);
    if (reason != UnknownReason::kNotUnknown) {
      if (ours) dropped_ = std::max(dropped_ == UnknownReason::kAbsent ? reason : dropped_, reason);
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
  if (std::any_of(left_.begin(), left_.end(), preferred)) std::erase_if(left_, std::not_fn(preferred));
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

// Different values of the same day: the larger or smaller where the file says so.
std::size_t Chooser::BreakTies(std::size_t chosen) const {
  if (input_.ties == Ties::kConflict) return chosen;
  std::size_t best = chosen;
  for (const std::size_t i : left_) {
    const Candidate& candidate = candidates_[i];
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

// Whether two candidates are near enough to contradict each other. What has no time, or says what holds
// now, is near to everything.
bool Chooser::Comparable(const Candidate& rival, const Candidate& chosen) const {
  const bool timeless = !rival.milliseconds || !chosen.milliseconds ||
                        input_.sources[rival.source].ageless || input_.sources[chosen.source].ageless;
  if (!input_.conflict) {
    if (timeless) return true;
    return input_.ties == Ties::kConflict && rival.age_days == chosen.age_days;
  }
  if (input_.conflict->per_source && rival.source != chosen.source) return false;
  return timeless || DaysBetween(rival, chosen) <= input_.conflict->within_days;
}

void Chooser::FindRivals(Resolved& resolved) const {
  if (input_.pick != Pick::kLatest && input_.pick != Pick::kEarliest) return;
  const Candidate& chosen = candidates_[resolved.chosen];
  const ConflictRule* rule = input_.conflict ? &*input_.conflict : nullptr;
  for (const std::size_t i : left_) {
    const Candidate& rival = candidates_[i];
    if (i == resolved.chosen || DecidedByPreference(rival, chosen)) continue;
    if (Comparable(rival, chosen) && Differ(*rival.value, *chosen.value, rule)) resolved.rivals.push_back(i);
  }
}

Resolved Chooser::Choose() {
  Usable();
  Resolved resolved;
  if (left_.empty()) {
    resolved.reason = floating_.empty() ? dropped_ : UnknownReason::kUnlinked;
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
    if (Rank(candidates_[i]) <= Rank(chosen) && Differ(*candidates_[i].value, *chosen.value, rule)) {
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
void SetVariables(const Pathway& pathway, const Gathered& gathered, const Facts& facts, Index instance,
                  const fhir::fhirpath::Expression& expression, std::vector<Collection>& variables) {
  const Index parameters = pathway.inputs.size();
  const Index foci = parameters + pathway.parameters.size();
  for (const std::size_t slot : expression.variables_used()) {
    if (slot < parameters) {
      const Input& input = pathway.inputs[slot];
      const bool reachable = input.focus == kNone || instance != kNone;
      const std::optional<Value>* value = reachable ? &facts.At(pathway, slot, instance).value : nullptr;
      variables[slot] = value != nullptr && *value ? ToCollection(input, **value) : Collection{};
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
  Resolver(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
           const Override* what_if, std::vector<std::string>* errors)
      : pathway_(pathway), request_(request), gathered_(gathered), what_if_(what_if), errors_(errors) {}

  Facts Run();

 private:
  void ResolveInput(Index input, Index instance);
  Resolved Sourced(Index input, Index instance);
  Resolved Derived(Index input, Index instance);
  void Assume(Index input, Index instance, Resolved& resolved);
  bool MayAssume(Index input, Index instance, const Resolved& resolved) const;
  bool Delivered(const Input& input) const;
  bool RestsOnAbsence(Index input, const Resolved& resolved) const;
  const AgeLimit* AgeOf(const Input& input, Index instance) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Override* what_if_;
  std::vector<std::string>* errors_;
  Facts facts_;
  std::vector<Collection> variables_;
};

const AgeLimit* Resolver::AgeOf(const Input& input, Index instance) const {
  for (const AgeLimit& age : input.age) {
    if (TestAll(pathway_, age.when, facts_, instance) == Truth::kTrue) return &age;
  }
  return nullptr;
}

Resolved Resolver::Sourced(Index input_index, Index instance) {
  const Input& input = pathway_.inputs[input_index];
  return Chooser(input, gathered_.candidates[input_index], instance, AgeOf(input, instance)).Choose();
}

// Unknown is not none: data that could not be had may hold what is missing here.
bool Resolver::Delivered(const Input& input) const {
  return std::none_of(input.sources.begin(), input.sources.end(), [&](const SourceOfInput& source) {
    const fhir::Delivery delivery = request_.record->delivery(source.from);
    return delivery == fhir::Delivery::kFailed || delivery == fhir::Delivery::kIncomplete;
  });
}

// Whether data that could not be had would have gone before what was found, or beside it.
bool Resolver::RestsOnAbsence(Index input_index, const Resolved& resolved) const {
  const Input& input = pathway_.inputs[input_index];
  const Candidate& chosen = gathered_.candidates[input_index][resolved.chosen];
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

bool Resolver::MayAssume(Index input_index, Index instance, const Resolved& resolved) const {
  const Input& input = pathway_.inputs[input_index];
  if (!IsAbsent(resolved.reason)) return false;
  if (TestAll(pathway_, input.if_none->unless, facts_, instance) == Truth::kTrue &&
      !input.if_none->unless.empty()) {
    return false;
  }
  if (!input.derive) return true;
  return std::all_of(input.depends_on.begin(), input.depends_on.end(), [&](Index other) {
    const Resolved& basis = facts_.At(pathway_, other, instance);
    return basis.status != InputStatus::kUnknown || IsAbsent(basis.reason);
  });
}

void Resolver::Assume(Index input_index, Index instance, Resolved& resolved) {
  const Input& input = pathway_.inputs[input_index];
  if (resolved.status != InputStatus::kUnknown) return;
  if (IsAbsent(resolved.reason) && !input.sources.empty() && !Delivered(input)) {
    resolved.reason = UnknownReason::kFailed;
  }
  if (!input.if_none || !MayAssume(input_index, instance, resolved)) return;
  resolved.status = InputStatus::kAssumed;
  resolved.value = input.if_none->value;
}

Resolved Resolver::Derived(Index input_index, Index instance) {
  const Input& input = pathway_.inputs[input_index];
  SetVariables(pathway_, gathered_, facts_, instance, *input.derive, variables_);
  Environment environment;
  environment.variables = &variables_;
  environment.record = request_.record;
  environment.now = request_.now;
  environment.intervals = true;
  Resolved resolved;
  const auto found = input.derive->Evaluate(environment);
  if (!found) {
    if (errors_ != nullptr) errors_->push_back(input.derive->text() + ": " + found.error().diagnostics);
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

void Resolver::ResolveInput(Index input, Index instance) {
  Resolved& slot = instance == kNone ? facts_.patient[input] : facts_.instance[instance][input];
  if (what_if_ != nullptr && what_if_->input == input && what_if_->instance == instance) {
    slot.status = InputStatus::kAsserted;
    slot.reason = UnknownReason::kNotUnknown;
    slot.value = what_if_->value;
    return;
  }
  Resolved resolved = pathway_.inputs[input].derive ? Derived(input, instance) : Sourced(input, instance);
  if (resolved.status == InputStatus::kKnown && RestsOnAbsence(input, resolved)) {
    resolved.status = InputStatus::kUnknown;
    resolved.reason = UnknownReason::kFailed;
    resolved.value.reset();
  }
  Assume(input, instance, resolved);
  slot = std::move(resolved);
}

Facts Resolver::Run() {
  facts_.patient.resize(pathway_.inputs.size());
  facts_.instance.assign(gathered_.instances.size(), std::vector<Resolved>(pathway_.inputs.size()));
  variables_ = gathered_.constants;
  for (const Index input : pathway_.order) {
    const Index focus = pathway_.inputs[input].focus;
    if (focus == kNone) {
      ResolveInput(input, kNone);
      continue;
    }
    for (Index i = 0; i < gathered_.instances.size(); ++i) {
      if (gathered_.instances[i].kind == focus) ResolveInput(input, i);
    }
  }
  return std::move(facts_);
}

}  // namespace

Facts Resolve(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Override* what_if, std::vector<std::string>* errors) {
  return Resolver(pathway, request, gathered, what_if, errors).Run();
}

Truth Test(const Pathway& pathway, const Cell& cell, const Facts& facts, Index where) {
  const bool reachable = pathway.inputs[cell.input].focus == kNone || where != kNone;
  const Resolved* input = reachable ? &facts.At(pathway, cell.input, where) : nullptr;
  const bool known = input != nullptr && input->value.has_value();
  if (cell.kind == Cell::Kind::kKnown) return known ? Truth::kTrue : Truth::kFalse;
  if (cell.kind == Cell::Kind::kUnknown) return known ? Truth::kFalse : Truth::kTrue;
  if (!known) return Truth::kUnknown;
  if (input->value->IsCode()) {
    return (cell.codes >> input->value->code() & 1U) != 0 ? Truth::kTrue : Truth::kFalse;
  }
  Truth truth = Truth::kFalse;
  for (const Interval& range : cell.ranges) {
    const Cover cover = Covers(range, input->value->interval());
    if (cover == Cover::kInside) return Truth::kTrue;
    if (cover != Cover::kDisjoint) truth = Truth::kUnknown;
  }
  return truth;
}

Truth TestExpression(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
                     const Facts& facts, Index where, const fhir::fhirpath::Expression& expression) {
  std::vector<Collection> variables = gathered.constants;
  SetVariables(pathway, gathered, facts, where, expression, variables);
  Environment environment;
  environment.variables = &variables;
  environment.record = request.record;
  environment.now = request.now;
  environment.intervals = true;
  const auto truth = expression.EvaluateBoolean(fhir::fhirpath::Item(fhir::fhirpath::Node{}), environment);
  if (!truth || !truth.value()) return Truth::kUnknown;
  return *truth.value() ? Truth::kTrue : Truth::kFalse;
}

Truth TestAll(const Pathway& pathway, const std::vector<Cell>& cells, const Facts& facts, Index where) {
  Truth truth = Truth::kTrue;
  for (const Cell& cell : cells) truth = std::min(truth, Test(pathway, cell, facts, where));
  return truth;
}

void AddMissing(const Pathway& pathway, Index input, const Facts& facts, Index where,
                std::vector<Index>& missing) {
  const Input& definition = pathway.inputs[input];
  if (definition.derive && !definition.depends_on.empty()) {
    for (const Index other : definition.depends_on) {
      if (!facts.At(pathway, other, where).value) AddMissing(pathway, other, facts, where, missing);
    }
    return;
  }
  if (std::find(missing.begin(), missing.end(), input) == missing.end()) missing.push_back(input);
}

}  // namespace renal::pathways
