#include "pathways/internal/results.h"

#include <algorithm>
#include <utility>

#include "pathways/internal/applier.h"

namespace renal::pathways {

namespace {

// FHIR's own status codes: an active condition that nobody has refuted.
bool IsActive(const fhir::Json& condition) {
  const auto has = [&](std::string_view member, std::initializer_list<std::string_view> codes) {
    for (const fhir::Json::Entry entry : condition[member]["coding"]) {
      const std::string_view code = entry.value["code"].string();
      if (std::find(codes.begin(), codes.end(), code) != codes.end()) return true;
    }
    return false;
  };
  return has("clinicalStatus", {"active", "recurrence", "relapse"}) &&
         !has("verificationStatus", {"refuted", "entered-in-error"});
}

}  // namespace

std::vector<Index> Applier::InstancesOf(Index focus_kind) const {
  if (focus_kind == kNone) return {kNone};
  std::vector<Index> found;
  for (Index i = 0; i < gathered_.instances.size(); ++i) {
    if (gathered_.instances[i].kind == focus_kind) found.push_back(i);
  }
  return found;
}

bool Applier::IsTreatment(const Entry& entry) const {
  return entry.action != kNone && pathway_.actions[entry.action].kind == ActionKind::kTreatment;
}

Results Applier::Run() {
  if (Stopped()) return std::move(results_);
  results_.entries.reserve(16);
  for (const Index table : pathway_.start) Reach(table, kNone);
  for (std::size_t i = 0; i < reached_.size(); ++i) {  // grows while it is walked
    RunTable(pathway_.tables[reached_[i].first], reached_[i].second);
  }
  RunChecks();
  Yield();
  Replace();
  Join();
  DropRecommendedTwice();
  AddTogether();
  return std::move(results_);
}

bool Applier::Stopped() {
  for (Index i = 0; i < pathway_.gate.size(); ++i) {
    const GateRow& row = pathway_.gate[i];
    const Truth truth =
        Known(verdicts_.OfGate(i), [&] { return TestAll(pathway_, row.cells, facts_, kNone); });
    if (truth != Truth::kTrue) continue;
    results_.gate = &row;
    return true;
  }
  if (!pathway_.gate.empty()) return false;
  results_.in_scope = request_.prepared != nullptr ? request_.prepared->in_scope : InScope();
  return results_.in_scope != Truth::kTrue;
}

// pathway-format 5.2: the disease must be on record, and the pathway must apply.
Truth Applier::InScope() const {
  const auto& conditions = request_.record->OfType("Condition");
  const auto fits = [&](const fhir::Json& condition) {
    return pathway_.condition->ContainsCoding(condition["code"]) && IsActive(condition);
  };
  if (pathway_.condition != nullptr && std::none_of(conditions.begin(), conditions.end(), fits)) {
    const bool failed = request_.record->delivery("Condition") == fhir::Delivery::kFailed;
    return failed ? Truth::kUnknown : Truth::kFalse;
  }
  if (!pathway_.applies) return Truth::kTrue;
  return TestExpression(pathway_, request_, gathered_, facts_, kNone, *pathway_.applies);
}

Applier::RuleTruth Applier::Evaluate(const Rule& rule, Index instance) {
  RuleTruth result{&rule, Truth::kTrue, {}, {}};
  if (rule.when && trace_ != nullptr) {
    result.when = TestExpression(pathway_, request_, gathered_, facts_, instance, *rule.when);
  }
  result.truth = Known(verdicts_.OfRule(rule, instance), [&] {
    return TruthOf(pathway_, request_, gathered_, facts_, rule, instance, result.when);
  });
  // Words for what is missing are made for the evaluation itself, never for a trial.
  if (result.truth != Truth::kUnknown || trace_ == nullptr) return result;
  for (const Cell& cell : rule.cells) {
    if (Test(pathway_, cell, facts_, instance) == Truth::kUnknown)
      AddMissing(pathway_, cell.input, facts_, instance, result.missing);
  }
  if (result.when == Truth::kUnknown) AddMissingOf(*rule.when, instance, result.missing);
  return result;
}

void Applier::AddMissingOf(const fhir::fhirpath::Expression& expression, Index instance,
                           std::vector<Index>& missing) const {
  for (const std::size_t slot : expression.variables_used()) {
    if (slot >= pathway_.inputs.size() || facts_.At(pathway_, slot, instance).value) continue;
    AddMissing(pathway_, slot, facts_, instance, missing);
  }
}

void Applier::Trace(const std::vector<RuleTruth>& truths, Index instance,
                    TableTrace& traced) const {
  for (const RuleTruth& truth : truths) {
    RuleTrace rule{truth.rule, truth.truth, false, {}, truth.when};
    for (const Cell& cell : truth.rule->cells) {
      rule.cells.push_back({&cell, Test(pathway_, cell, facts_, instance)});
    }
    rule.waits = std::any_of(truth.rule->needs.begin(), truth.rule->needs.end(), [&](Index input) {
      return !facts_.At(pathway_, input, instance).value;
    });
    traced.rules.push_back(std::move(rule));
  }
}

// What a table says, for the trace and for the worth of a question.
void Applier::Decide(const Table& table, Index instance, TableTrace::Result result,
                     const std::vector<RuleTruth>& rules) {
  std::vector<Index> thens;
  for (const RuleTruth& truth : rules) {
    if (table.hit != Hit::kCollect || truth.truth == Truth::kUnknown) {
      AddOnce(thens, truth.rule->then);
    }
  }
  results_.tables.push_back({&table, instance, thens.size()});
  if (trace_ == nullptr) return;
  TableTrace& traced = trace_->tables.back();
  traced.result = result;
  for (const RuleTruth& truth : rules) {
    const bool open = result == TableTrace::Result::kNeedData &&
                      (table.hit != Hit::kCollect || truth.truth == Truth::kUnknown);
    (open ? traced.candidates : traced.holds).push_back(truth.rule);
  }
  ExplainOpen(rules, instance, traced);
}

bool Applier::IsUnknownIn(const std::vector<RuleTruth>& rules, Index column, Index instance) const {
  return std::any_of(rules.begin(), rules.end(), [&](const RuleTruth& truth) {
    return truth.truth == Truth::kUnknown &&
           std::any_of(truth.rule->cells.begin(), truth.rule->cells.end(), [&](const Cell& cell) {
             return cell.input == column &&
                    Test(pathway_, cell, facts_, instance) == Truth::kUnknown;
           });
  });
}

// In the order of the columns: what decides, or what it does not depend on.
void Applier::ExplainOpen(const std::vector<RuleTruth>& rules, Index instance,
                          TableTrace& traced) const {
  const bool open = traced.result == TableTrace::Result::kNeedData;
  for (const Index column : traced.table->columns) {
    if (!IsUnknownIn(rules, column, instance)) continue;
    if (open) AddMissing(pathway_, column, facts_, instance, traced.missing);
    if (!open) traced.independent_of.push_back(column);
  }
  if (!open) return;
  for (const RuleTruth& truth : rules) AddAllOnce(traced.missing, truth.missing);
}

void Applier::ReportConflict(const Table& table, const std::vector<RuleTruth>& rules) {
  results_.conflict = true;
  if (trace_ == nullptr) return;
  std::string names;
  for (const RuleTruth& truth : rules) names += (names.empty() ? "" : ", ") + truth.rule->id;
  trace_->errors.push_back("table " + table.id + ": more than one rule holds (" + names +
                           "), but its rules must exclude each other");
}

Results Apply(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts, Verdicts& verdicts, Outcome* trace) {
  return Applier(pathway, request, gathered, facts, verdicts, trace).Run();
}

Truth TruthOf(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts, const Rule& rule, Index instance, std::optional<Truth> when) {
  for (const Index input : rule.needs) {
    if (!facts.At(pathway, input, instance).value) return Truth::kFalse;
  }
  Truth truth = TestAll(pathway, rule.cells, facts, instance);
  if (!rule.when) return truth;
  if (!when) when = TestExpression(pathway, request, gathered, facts, instance, *rule.when);
  return std::min(truth, *when);
}

std::string FocusKey(const Pathway&, const Gathered& gathered, Index instance) {
  if (instance == kNone) return {};
  return gathered.instances[instance].name;
}

}  // namespace renal::pathways
