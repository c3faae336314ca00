#include <algorithm>
#include <utility>

#include "pathways/internal/facts.h"
#include "pathways/internal/plan.h"
#include "pathways/internal/read_value.h"
#include "pathways/internal/scores.h"

namespace renal::pathways {

namespace {

using fhir::fhirpath::Collection;
using fhir::fhirpath::Environment;

// ---- variables of expressions

// Sets the slots that `expression` reads: inputs, and the key and number of each kind of focus.
void SetVariables(const Pathway& pathway, const Gathered& gathered, const Facts& facts,
                  Index instance, const fhir::fhirpath::Expression& expression) {
  std::vector<Collection>& variables = *gathered.variables;
  const Index parameters = pathway.inputs.size();
  const Index foci = parameters + pathway.parameters.size();
  for (const std::size_t slot : expression.variables_used()) {
    if (slot < parameters) {
      const Input& input = pathway.inputs[slot];
      const std::optional<Value>& value = facts.At(pathway, slot, instance).value;
      variables[slot].clear();
      if (value) AddItem(input, *value, variables[slot]);
    } else if (slot >= foci) {
      const Index kind = (slot - foci) / 2;
      const bool count = (slot - foci) % 2 == 1;
      std::int64_t found = 0;
      variables[slot].clear();
      for (Index i = 0; i < gathered.instances.size(); ++i) {
        if (gathered.instances[i].kind != kind) continue;
        ++found;
        if (!count && i == instance) variables[slot] = {gathered.instances[i].name};
      }
      if (count) variables[slot] = {found};
    }
  }
}

// Whether nothing that counts now is on record.
bool IsAbsent(UnknownReason reason) {
  return reason == UnknownReason::kAbsent || reason == UnknownReason::kStale ||
         reason == UnknownReason::kFuture;
}

// ---- all inputs, each after what it depends on

class Resolver {
 public:
  Resolver(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered)
      : pathway_(pathway), request_(request), gathered_(gathered) {
    for (Index type = 0; type < gathered.deliveries.size(); ++type) {
      const fhir::Delivery delivery = gathered.deliveries[type];
      const bool whole =
          delivery != fhir::Delivery::kFailed && delivery != fhir::Delivery::kIncomplete;
      if (!whole) not_whole_ |= Plan::BitOfType(type);
    }
  }

  /// The input at an instance (kNone: the patient), from what `facts` say about all that it reads,
  /// into a state that is new. `tried`: something that it reads is being tried out with another
  /// value.
  void Run(Index input, Index instance, const Facts& facts, bool tried, Resolved& resolved) const;
  /// What the record says of it under that age limit (null: none), without the sources left out;
  /// into a state that is new.
  void FromRecord(Index input, Index instance, const AgeLimit* age,
                  const std::vector<bool>& left_out, Resolved& resolved) const;
  /// Whether nothing at all says what it is, so that a state that is new is its state.
  bool IsNowhere(Index input) const;

 private:
  std::optional<Resolved> Given(const Input& input, Index index, Index instance, const Facts& facts,
                                bool tried) const;
  void Derive(const Input& input, Index instance, const Facts& facts, Resolved& resolved) const;
  void Assume(const Input& input, Index instance, const Facts& facts, Resolved& resolved) const;
  bool MayAssume(const Input& input, Index instance, const Facts& facts,
                 const Resolved& resolved) const;
  bool RestsOnUnusable(const Input& input, Index instance, const Facts& facts) const;
  bool Delivered(const Input& input) const;
  bool RestsOnAbsence(const Input& input, Index index, const Resolved& resolved) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  std::uint64_t not_whole_ = 0;  // types of which not all that was asked for came
};

bool Resolver::IsNowhere(Index input) const {
  const Plan::OfInput& plan = pathway_.plan->inputs[input];
  return plan.from_record && !plan.has_if_none && (plan.types & not_whole_) == 0 &&
         gathered_.CandidatesOf(input).empty() &&
         (gathered_.placed.by_input.empty() || gathered_.placed.by_input[input].empty());
}

std::optional<Resolved> Resolver::Given(const Input& input, Index index, Index instance,
                                        const Facts& facts, bool tried) const {
  if (gathered_.placed.by_input.empty() || gathered_.placed.by_input[index].empty()) return {};
  auto given =
      ResolveGiven(pathway_, index, instance, gathered_, AgeLimitOf(input, facts, instance),
                   BitsOf(SourcesLeftOut(input, facts, instance)));
  // What was worked out from a value holds no longer when that value is another one.
  if (tried && given && given->status == InputStatus::kDerived) return {};
  return given;
}

void Resolver::FromRecord(Index index, Index instance, const AgeLimit* age,
                          const std::vector<bool>& left_out, Resolved& resolved) const {
  const Input& input = pathway_.inputs[index];
  const std::vector<Candidate>& candidates = gathered_.CandidatesOf(index);
  // Absent, where there is nothing to choose from.
  if (!candidates.empty()) resolved = Choose(input, candidates, instance, age, left_out);
  const bool failed = resolved.status == InputStatus::kKnown
                          ? RestsOnAbsence(input, index, resolved)
                          : IsAbsent(resolved.reason) && !Delivered(input);
  if (!failed) return;
  resolved.status = InputStatus::kUnknown;
  resolved.reason = UnknownReason::kFailed;
  resolved.value.reset();
}

// Unknown is not none: data that could not be had may hold what is missing here.
bool Resolver::Delivered(const Input& input) const {
  return std::none_of(input.sources.begin(), input.sources.end(), [&](const SourceOfInput& source) {
    const fhir::Delivery delivery = gathered_.deliveries[source.type];
    return delivery == fhir::Delivery::kFailed || delivery == fhir::Delivery::kIncomplete;
  });
}

// Whether data that could not be had would have gone before what was found, or beside it.
bool Resolver::RestsOnAbsence(const Input& input, Index index, const Resolved& resolved) const {
  if (Delivered(input)) return false;
  const Candidate& chosen = gathered_.CandidatesOf(index)[resolved.chosen];
  const int rank = RankOf(input, chosen.source);
  for (Index source = 0; source < input.sources.size(); ++source) {
    const fhir::Delivery delivery = gathered_.deliveries[input.sources[source].type];
    const bool failed = delivery == fhir::Delivery::kFailed;
    const bool incomplete = failed || delivery == fhir::Delivery::kIncomplete;
    const int other = RankOf(input, source);
    if ((incomplete && other < rank) || (failed && other == rank)) return true;
  }
  return false;
}

bool Resolver::MayAssume(const Input& input, Index instance, const Facts& facts,
                         const Resolved& resolved) const {
  if (!IsAbsent(resolved.reason) || resolved.recorded) return false;
  for (const Cell& cell : input.if_none->unless) {  // a disputed datum may be the exception
    const Resolved& basis = facts.At(pathway_, cell.input, instance);
    if (!basis.value && !IsAbsent(basis.reason)) return false;
  }
  const std::vector<Cell>& unless = input.if_none->unless;
  return unless.empty() || TestAll(unless, facts, instance) != Truth::kTrue;
}

// Something that a derived input is worked out from is on record without being usable. What is
// derived itself says so of what it rests on, since it is resolved before.
bool Resolver::RestsOnUnusable(const Input& input, Index instance, const Facts& facts) const {
  return std::any_of(input.depends_on.begin(), input.depends_on.end(), [&](Index other) {
    const Resolved& basis = facts.At(pathway_, other, instance);
    return basis.status == InputStatus::kUnknown && (!IsAbsent(basis.reason) || basis.recorded);
  });
}

void Resolver::Assume(const Input& input, Index instance, const Facts& facts,
                      Resolved& resolved) const {
  if (resolved.status != InputStatus::kUnknown) return;
  if (!input.if_none || !MayAssume(input, instance, facts, resolved)) return;
  resolved.status = InputStatus::kAssumed;
  resolved.value = input.if_none->value;
}

void Resolver::Derive(const Input& input, Index instance, const Facts& facts,
                      Resolved& resolved) const {
  SetVariables(pathway_, gathered_, facts, instance, *input.derive);
  Environment environment = EnvironmentOf(request_, gathered_, *gathered_.variables);
  environment.intervals = true;
  const auto found = input.derive->Evaluate(environment);
  if (!found) {
    AddError(*input.derive, found.error(), *gathered_.errors);
    resolved.reason = UnknownReason::kError;
    return;
  }
  if (found.value().empty()) return;
  std::optional<Value> value;
  if (found.value().size() == 1) value = ReadValue(input, found.value().front());
  if (!value || !MakePlausible(input, *value)) {
    resolved.reason = value ? UnknownReason::kImplausible : UnknownReason::kUnusable;
    return;
  }
  resolved.status = InputStatus::kDerived;
  resolved.reason = UnknownReason::kNotUnknown;
  resolved.value = std::move(value);
}

void Resolver::Run(Index index, Index instance, const Facts& facts, bool tried,
                   Resolved& resolved) const {
  const Input& input = pathway_.inputs[index];
  if (auto given = Given(input, index, instance, facts, tried)) {
    resolved = *std::move(given);
    if (!resolved.given->given->settled) Assume(input, instance, facts, resolved);
    return;
  }
  if (!input.points.empty()) {
    SumOfPoints(pathway_, input, facts, instance, resolved);
  } else if (!input.classes.empty()) {
    ClassOf(pathway_, input, facts, instance, resolved);
  } else if (input.derive) {
    Derive(input, instance, facts, resolved);
  } else if (!gathered_.prepared) {
    std::vector<bool> left_out;
    if (pathway_.plan->with_optional_sources.Has(index)) {
      left_out = SourcesLeftOut(input, facts, instance);
    }
    FromRecord(index, instance, AgeLimitOf(input, facts, instance), left_out, resolved);
  }
  if (input.IsDerived() && resolved.status == InputStatus::kUnknown) {
    resolved.recorded = RestsOnUnusable(input, instance, facts);
  }
  Assume(input, instance, facts, resolved);
}

// The segment that the value is, or lies in. A cell is true or false on all of it, or the value has
// to be compared.
void Locate(const Input& input, Resolved& resolved) {
  if (!resolved.value) return;
  if (resolved.value->IsCode()) {
    resolved.segment = resolved.value->code();
    return;
  }
  for (std::size_t i = 0; i < input.segments.size(); ++i) {
    if (Covers(input.segments[i].interval(), resolved.value->interval()) != Cover::kInside)
      continue;
    resolved.segment = i;
    return;
  }
}

Resolved& SlotOf(Facts& facts, Index input, Index instance) {
  return instance == kNone ? facts.patient[input] : facts.instance[instance][input];
}

// The places where an input has a value: the patient, or each instance of its kind.
template <class Visit>
void AtEachPlace(const Pathway& pathway, const Gathered& gathered, Index input,
                 const Visit& visit) {
  const Index focus = pathway.plan->inputs[input].focus;
  if (focus == kNone) return visit(kNone);
  for (Index i = 0; i < gathered.instances.size(); ++i) {
    if (gathered.instances[i].kind == focus) visit(i);
  }
}

}  // namespace

std::vector<bool> SourcesLeftOut(const Input& input, const Facts& facts, Index where) {
  const auto limited = [](const SourceOfInput& source) { return !source.applies.empty(); };
  if (std::none_of(input.sources.begin(), input.sources.end(), limited)) return {};
  std::vector<bool> left_out;
  for (const SourceOfInput& source : input.sources) {
    left_out.push_back(TestAll(source.applies, facts, where) != Truth::kTrue);
  }
  return left_out;
}

const AgeLimit* AgeLimitOf(const Input& input, const Facts& facts, Index where) {
  for (const AgeLimit& age : input.age) {
    if (TestAll(age.when, facts, where) == Truth::kTrue) return &age;
  }
  return nullptr;
}

Facts Resolve(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered) {
  Facts facts;
  facts.patient.resize(pathway.inputs.size());
  facts.instance.resize(gathered.instances.size());
  for (std::vector<Resolved>& inputs : facts.instance) inputs.resize(pathway.inputs.size());
  const Resolver resolver(pathway, request, gathered);
  for (const Index input : pathway.order) {
    if (resolver.IsNowhere(input)) continue;
    AtEachPlace(pathway, gathered, input, [&](Index instance) {
      Resolved& slot = SlotOf(facts, input, instance);
      resolver.Run(input, instance, facts, false, slot);
      Locate(pathway.inputs[input], slot);
    });
  }
  return facts;
}

namespace {

// What an input would be in one place.
void AddVariants(const Resolver& resolver, const Gathered& gathered, const Input& input,
                 const Plan::Varying& varying, Index instance,
                 std::vector<VariantTrace>& variants) {
  const bool found = !gathered.CandidatesOf(varying.input).empty();
  std::optional<Resolved> resolved;
  for (Index age = 0; age <= input.age.size(); ++age) {
    const AgeLimit* limit = age < input.age.size() ? &input.age[age] : nullptr;
    for (std::size_t choice = 0; choice < varying.choices.size(); ++choice) {
      // Where nothing was found, none of this matters.
      if (found || !resolved) {
        resolver.FromRecord(varying.input, instance, limit, varying.choices[choice],
                            resolved.emplace());
      }
      VariantTrace& variant = variants.emplace_back();
      variant.input = varying.input;
      if (instance != kNone) variant.focus = gathered.instances[instance].name;
      variant.age = age;
      variant.left_out = varying.bits[choice];
      variant.value = resolved->value;
      variant.reason = resolved->reason;
      variant.stale = resolved->stale;
      variant.on_record = resolved->recorded;
    }
  }
}

}  // namespace

std::vector<VariantTrace> VariantsOf(const Pathway& pathway, const EvaluateRequest& request,
                                     const Gathered& gathered) {
  std::vector<VariantTrace> variants;
  constexpr std::size_t kUsual = 32;
  variants.reserve(kUsual);
  const Resolver resolver(pathway, request, gathered);
  for (const Plan::Varying& varying : pathway.plan->varying) {
    AtEachPlace(pathway, gathered, varying.input, [&](Index instance) {
      AddVariants(resolver, gathered, pathway.inputs[varying.input], varying, instance, variants);
    });
  }
  return variants;
}

// Whether what is worked out from an input stays what it is.
bool IsSame(const Resolved& a, const Resolved& b) {
  if (a.status != b.status || a.reason != b.reason || a.recorded != b.recorded ||
      a.stale != b.stale || a.value.has_value() != b.value.has_value()) {
    return false;
  }
  return !a.value || SameValue(*a.value, *b.value);
}

struct Trial::State {
  const Pathway& pathway;
  const Gathered& gathered;
  Resolver resolver;
  Facts& facts;
  struct Saved {
    Place place;
    Resolved resolved;
  };
  std::vector<Saved> saved;
  std::vector<Index> changed;  // inputs

  bool ReadsChanged(const Input& input) const;
  bool IsPassedOver(Index input, const Place& tried, Index instance) const;
  void Put(Index input, Index instance, Resolved&& resolved);
};

bool Trial::State::ReadsChanged(const Input& input) const {
  return std::ranges::any_of(changed, [&](Index other) {
    return std::ranges::find(input.depends_on, other) != input.depends_on.end();
  });
}

// Whether all that is worked out from the input has its value from another one, which the trial
// leaves as it is: then what the input would be decides nothing.
bool Trial::State::IsPassedOver(Index input, const Place& tried, Index instance) const {
  const std::vector<Index>& derived = pathway.readers[tried.input].derived;
  const auto decides = [&](Index other) {
    return other != tried.input && std::ranges::find(derived, other) == derived.end() &&
           facts.At(pathway, other, instance).value.has_value();
  };
  const std::vector<Plan::PassingOver>& readers = pathway.plan->passing_over[input];
  return !readers.empty() && std::ranges::all_of(readers, [&](const Plan::PassingOver& one) {
    return facts.At(pathway, one.reader, instance).value &&
           std::ranges::any_of(one.before, decides);
  });
}

void Trial::State::Put(Index input, Index instance, Resolved&& resolved) {
  Resolved& slot = SlotOf(facts, input, instance);
  saved.push_back({{input, instance}, std::move(slot)});
  slot = std::move(resolved);
  AddOnce(changed, input);
}

Trial::Trial(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
             Facts& facts)
    : state_(std::make_unique<State>(
          State{pathway, gathered, Resolver(pathway, request, gathered), facts, {}, {}})) {}
Trial::~Trial() { End(); }

void Trial::Begin(const Place& place, std::size_t segment) {
  const Pathway& pathway = state_->pathway;
  Resolved tried;
  tried.status = InputStatus::kAsserted;
  tried.reason = UnknownReason::kNotUnknown;
  tried.value = pathway.inputs[place.input].segments[segment];
  tried.segment = segment;
  state_->Put(place.input, place.instance, std::move(tried));
  for (const Index input : pathway.readers[place.input].derived) {
    const bool reads = state_->ReadsChanged(pathway.inputs[input]);
    AtEachPlace(pathway, state_->gathered, input, [&](Index instance) {
      if (place.instance != kNone && instance != place.instance) return;
      const Resolved& now = SlotOf(state_->facts, input, instance);
      // What was given as worked out need not be what would be worked out now.
      const bool given = now.given != nullptr && now.status == InputStatus::kDerived;
      if (!reads && !given) return;
      if (state_->IsPassedOver(input, place, instance)) return;
      Resolved derived;
      state_->resolver.Run(input, instance, state_->facts, true, derived);
      if (IsSame(derived, now)) return;
      Locate(pathway.inputs[input], derived);
      state_->Put(input, instance, std::move(derived));
    });
  }
}

const std::vector<Index>& Trial::changed() const { return state_->changed; }

void Trial::End() {
  for (State::Saved& old : state_->saved) {
    SlotOf(state_->facts, old.place.input, old.place.instance) = std::move(old.resolved);
  }
  state_->saved.clear();
  state_->changed.clear();
}

namespace {

Truth TestValue(const Cell& cell, const Resolved& input) {
  const bool known = input.value.has_value();
  if (cell.kind == Cell::Kind::kKnown) return known ? Truth::kTrue : Truth::kFalse;
  if (cell.kind == Cell::Kind::kUnknown) return known ? Truth::kFalse : Truth::kTrue;
  return known ? Accepts(cell, *input.value) : Truth::kUnknown;
}

inline Truth TestOf(const Cell& cell, const Resolved& input) {
  if (input.segment < cell.on_segments.size()) {
    const Truth truth = cell.on_segments[input.segment];
    if (truth != Truth::kUnknown) return truth;
  }
  return TestValue(cell, input);
}

inline Truth TestOf(const Plan::Test& test, const Resolved& input) {
  if (input.segment < 64) {
    const std::uint64_t bit = std::uint64_t{1} << input.segment;
    if ((test.true_on & bit) != 0) return Truth::kTrue;
    if ((test.false_on & bit) != 0) return Truth::kFalse;
  }
  return TestOf(*test.cell, input);
}

template <class Tests>
Truth AllOf(const Tests& tests, const View& view) {
  Truth truth = Truth::kTrue;
  for (const auto& test : tests) {
    const Truth one = TestOf(test, view.Of(test));
    if (one == Truth::kFalse) return one;
    truth = std::min(truth, one);
  }
  return truth;
}

}  // namespace

Truth Accepts(const Cell& cell, const Value& value) {
  if (cell.kind == Cell::Kind::kRanges) return LiesIn(cell.ranges, value.interval());
  return (cell.codes >> value.code() & 1U) != 0 ? Truth::kTrue : Truth::kFalse;
}

Truth Test(const Cell& cell, const Facts& facts, Index where) {
  return TestOf(cell, View(facts, where).Of(cell));
}

Truth TestExpression(const Pathway& pathway, const EvaluateRequest& request,
                     const Gathered& gathered, const Facts& facts, Index where,
                     const fhir::fhirpath::Expression& expression) {
  SetVariables(pathway, gathered, facts, where, expression);
  Environment environment = EnvironmentOf(request, gathered, *gathered.variables);
  environment.intervals = true;
  const auto truth =
      expression.EvaluateBoolean(fhir::fhirpath::Item(fhir::fhirpath::Node{}), environment);
  if (!truth) AddError(expression, truth.error(), *gathered.errors);
  if (!truth || !truth.value()) return Truth::kUnknown;
  return *truth.value() ? Truth::kTrue : Truth::kFalse;
}

Truth TestAll(const std::vector<Cell>& cells, const Facts& facts, Index where) {
  return AllOf(cells, View(facts, where));
}

Truth TestAll(const std::vector<Plan::Test>& tests, const Facts& facts, Index where) {
  return AllOf(tests, View(facts, where));
}

void AddMissing(const Pathway& pathway, Index input, const Facts& facts, Index where,
                std::vector<Index>& missing) {
  const auto is_worked_out = [&](Index index) { return pathway.plan->inputs[index].worked_out; };
  if (!is_worked_out(input)) return AddOnce(missing, input);
  std::vector<Index> open{input};  // grows while it is walked; each input stands in it once
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Index index = open[i];
    if (is_worked_out(index)) {
      for (const Index other : pathway.inputs[index].depends_on) {
        if (!facts.At(pathway, other, where).value) AddOnce(open, other);
      }
    } else {
      AddOnce(missing, index);
    }
  }
}

}  // namespace renal::pathways
