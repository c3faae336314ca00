#include "pathways/evaluate.h"

#include <algorithm>
#include <utility>

#include "pathways/governance.h"
#include "pathways/internal/facts.h"
#include "pathways/internal/plan.h"
#include "pathways/internal/results.h"
#include "pathways/internal/thing_words.h"
#include "pathways/internal/words.h"

namespace renal::pathways {

namespace {

OutcomeKind KindOf(const Outcome& outcome, const Results& results) {
  if (!outcome.gate.empty() || results.in_scope == Truth::kFalse)
    return OutcomeKind::kNotApplicable;
  if (results.conflict) return OutcomeKind::kConflict;
  bool conditional = results.in_scope == Truth::kUnknown || !outcome.ask.empty();
  for (const Recommendation& result : outcome.recommendations) {
    const bool recommended = result.determination == Determination::kRecommended;
    if (recommended && !result.frame && !result.background) return OutcomeKind::kRecommendation;
    conditional = conditional || !recommended;
  }
  return conditional ? OutcomeKind::kNeedData : OutcomeKind::kOutOfScope;
}

void ShowInputs(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
                const Facts& facts, Outcome& outcome) {
  const InputWriter writer(pathway, request, gathered, facts);
  outcome.patient_inputs.resize(pathway.inputs.size());
  outcome.focus_inputs.resize(gathered.instances.size());
  for (auto& states : outcome.focus_inputs) states.resize(pathway.inputs.size());
  for (Index input = 0; input < pathway.inputs.size(); ++input) {
    const Index focus = pathway.plan->inputs[input].focus;
    if (focus == kNone) writer.Write(input, kNone, outcome.patient_inputs[input]);
    for (Index i = 0; i < gathered.instances.size() && focus != kNone; ++i) {
      if (gathered.instances[i].kind == focus)
        writer.Write(input, i, outcome.focus_inputs[i][input]);
    }
  }
}

void ShowAnswers(const Pathway& pathway, const Gathered& gathered, const Facts& facts,
                 Outcome& outcome) {
  if (gathered.prepared) return;
  outcome.answers = gathered.placed.unplaced;
  for (const auto& answers : gathered.placed.by_input) {
    for (const PlacedInput& placed : answers) {
      const GivenInput& given = *placed.given;
      const AgeLimit* age = AgeLimitOf(pathway.inputs[given.input], facts, placed.instance);
      UnknownReason unused = WhyUnused(placed, age);
      if (unused == UnknownReason::kNotUnknown && !given.state.value) unused = given.state.reason;
      outcome.answers.push_back({given.input, FocusKey(pathway, gathered, placed.instance),
                                 Cut(given.written), Cut(given.author), Cut(given.time),
                                 given.reference, unused});
    }
  }
}

void ShowFoci(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              Outcome& outcome) {
  for (Index i = 0; i < gathered.instances.size(); ++i) {
    FocusInstance instance{gathered.instances[i].kind, FocusKey(pathway, gathered, i), {}};
    for (const fhir::Json& resource : gathered.instances[i].resources) {
      instance.references.push_back(fhir::Record::Reference(resource));
    }
    const bool thing = pathway.foci[instance.kind].by_reference && request.record != nullptr;
    if (thing) NameThing(pathway, *request.record, gathered.instances[i], instance);
    outcome.foci.push_back(std::move(instance));
  }
}

// pathway-format 2.5: of some rule, every option ends as one to avoid.
bool AllAvoided(const std::vector<Recommendation>& results) {
  const auto options_of = [&](const Recommendation& result, const Recommendation& other) {
    return other.rule == result.rule && other.focus == result.focus &&
           other.origin == Origin::kOption;
  };
  return std::any_of(results.begin(), results.end(), [&](const Recommendation& result) {
    return result.origin == Origin::kOption && result.tier == Tier::kAvoid &&
           std::all_of(results.begin(), results.end(), [&](const Recommendation& other) {
             return !options_of(result, other) || other.tier == Tier::kAvoid;
           });
  });
}

// What was found so far is no answer: nothing is advised, and nothing asked.
void Fail(Outcome& outcome) {
  outcome.kind = OutcomeKind::kError;
  outcome.recommendations.clear();
  outcome.ask.clear();
  outcome.would_change.clear();
  outcome.orders.clear();
  outcome.errors.push_back(
      "the evaluation was stopped: the request takes too many steps, or its time is up");
}

void Conclude(const Pathway& pathway, const EvaluateRequest& request, Gathered& gathered,
              Facts& facts, Outcome& outcome) {
  Verdicts verdicts(pathway, gathered.instances.size());
  const Results results = Apply(pathway, request, gathered, facts, verdicts, &outcome);
  gathered.output = nullptr;  // what is tried out from here on is no output of the evaluation
  // A pathway that is not in force says nothing, whatever the record holds.
  outcome.gate = GovernanceStop(pathway, request.now);
  if (!outcome.gate.empty()) {
    outcome.tables.clear();
    outcome.checks.clear();
  } else if (results.gate != nullptr) {
    outcome.gate = results.gate->id;
    outcome.gate_because = results.gate->because;
  } else if (results.in_scope != Truth::kFalse) {
    outcome.recommendations = WriteResults(pathway, gathered, facts, results);
    outcome.all_avoided = AllAvoided(outcome.recommendations);
    TryOut(pathway, request, gathered, facts, results, verdicts, outcome);
  }
  outcome.in_scope = results.in_scope;
  outcome.kind = KindOf(outcome, results);
  outcome.orders = CompareOrders(pathway, request, gathered, facts, outcome);
}

// Of a request that has a record.
Outcome EvaluateRecord(std::shared_ptr<const Pathway> asked, const EvaluateRequest& request) {
  fhir::fhirpath::Budget own;
  Outcome outcome;
  outcome.pathway = std::move(asked);
  const Pathway& pathway = *outcome.pathway;
  outcome.evaluated_at = request.now.ToString();
  outcome.trace_id = request.trace_id;
  Gathered gathered;
  gathered.budget = request.budget == nullptr ? &own : request.budget;
  gathered.errors = &outcome.errors;
  gathered.output = &outcome.output;
  auto variables = pathway.constants;
  gathered.variables = &variables;
  for (const RecordType& type : pathway.record_types) {
    gathered.deliveries.push_back(request.record->delivery(type.name()));
  }
  Gather(pathway, request, gathered);
  Facts facts = Resolve(pathway, request, gathered);
  ShowFoci(pathway, request, gathered, outcome);
  ShowInputs(pathway, request, gathered, facts, outcome);
  if (request.measurements) WriteMeasurements(pathway, request, gathered, facts, outcome);
  ShowAnswers(pathway, gathered, facts, outcome);
  if (!gathered.prepared) outcome.variants = VariantsOf(pathway, request, gathered);
  outcome.absent = std::move(gathered.absent);
  if (!gathered.budget->exceeded) Conclude(pathway, request, gathered, facts, outcome);
  if (gathered.budget->exceeded) Fail(outcome);
  return outcome;
}

}  // namespace

Outcome Evaluate(std::shared_ptr<const Pathway> pathway, const EvaluateRequest& request) {
  if (request.record != nullptr) return EvaluateRecord(std::move(pathway), request);
  const fhir::Record nobody{std::string()};
  EvaluateRequest of_nobody = request;
  of_nobody.record = &nobody;
  return EvaluateRecord(std::move(pathway), of_nobody);
}

}  // namespace renal::pathways
