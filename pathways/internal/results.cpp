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

bool Applier::IsTreatment(const Entry& entry) const {
  return entry.action != kNone && pathway_.actions[entry.action].kind == ActionKind::kTreatment;
}

Results& Applier::Run(Extent extent) {
  results_.Clear();
  reached_.clear();
  together_at_.clear();
  board_at_.clear();
  Reserve();
  if (Stopped()) return results_;
  for (const Index table : pathway_.start) Reach(table, kNone);
  for (std::size_t i = 0; i < reached_.size(); ++i) {  // grows while it is walked
    RunTable(pathway_.tables[reached_[i].first], reached_[i].second);
  }
  if (extent == Extent::kTables) return results_;
  RunChecks();
  Yield();
  Replace();
  Join();
  DropRecommendedTwice();
  AddTogether();
  return results_;
}

void Applier::Reserve() {
  // What the heap of a thread keeps for the next call: up to 1 KiB each.
  constexpr std::size_t kUsual = 12;
  constexpr std::size_t kUsualNotes = 8;
  results_.entries.reserve(kUsual);
  results_.tables.reserve(kUsual);
  reached_.reserve(kUsual);
  truths_.reserve(kUsual);
  deciding_.reserve(kUsual);
  together_at_.reserve(kUsual);
  if (trace_ == nullptr) return;
  results_.notes.reserve(kUsualNotes);
  trace_->tables.reserve(pathway_.tables.size());
  trace_->checks.reserve(pathway_.checks.size());
}

bool Applier::Stopped() {
  for (Index i = 0; i < pathway_.gate.size(); ++i) {
    const GateRow& row = pathway_.gate[i];
    const Truth truth =
        Known(verdicts_.OfGate(i), [&] { return TestAll(plan_.gate[i], facts_, kNone); });
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

Applier::RuleTruth Applier::EvaluateAndTrace(const Rule& rule, Index instance, RuleTrace& traced) {
  traced.rule = &rule;
  traced.waits = std::any_of(rule.needs.begin(), rule.needs.end(), [&](Index input) {
    return !facts_.At(pathway_, input, instance).value;
  });
  traced.verdict = Truth::kTrue;
  if (rule.when) {
    traced.when = TestExpression(pathway_, request_, gathered_, facts_, instance, *rule.when);
    traced.verdict = *traced.when;
  }
  traced.cells.reserve(rule.cells.size());
  for (const Cell& cell : rule.cells) {
    traced.cells.push_back({&cell, Test(cell, facts_, instance)});
    traced.verdict = std::min(traced.verdict, traced.cells.back().verdict);
  }
  if (traced.waits) traced.verdict = Truth::kFalse;
  verdicts_.Set(verdicts_.OfRule(rule, instance), traced.verdict);
  const bool open = traced.verdict == Truth::kUnknown;
  return {&rule, traced.verdict, open ? MissingOf(rule, instance, traced) : nullptr};
}

const std::vector<Index>* Applier::MissingOf(const Rule& rule, Index instance,
                                             const RuleTrace& traced) {
  std::vector<Index>& missing = missing_.emplace_back();
  missing.reserve(traced.cells.size());
  for (const CellTrace& cell : traced.cells) {
    if (cell.verdict != Truth::kUnknown) continue;
    AddMissing(pathway_, cell.cell->input, facts_, instance, missing);
  }
  if (traced.when == Truth::kUnknown) AddMissingOf(*rule.when, instance, missing);
  return &missing;
}

// What one rule misses and then what another one misses; null in a trial.
const std::vector<Index>* Applier::Together(const std::vector<Index>* missing,
                                            const std::vector<Index>* more) {
  if (more == nullptr) return missing;
  std::vector<Index>& both = missing_.emplace_back();
  if (missing != nullptr) both = *missing;
  AddAllOnce(both, *more);
  return &both;
}

void Applier::AddMissingOf(const fhir::fhirpath::Expression& expression, Index instance,
                           std::vector<Index>& missing) const {
  for (const std::size_t slot : expression.variables_used()) {
    if (slot >= pathway_.inputs.size() || facts_.At(pathway_, slot, instance).value) continue;
    AddMissing(pathway_, slot, facts_, instance, missing);
  }
}

// What a table says, for the trace and for the worth of a question.
void Applier::Decide(const Table& table, Index instance, TableTrace::Result result) {
  const auto counts = [&](const RuleTruth& truth) {
    return table.hit != Hit::kCollect || truth.truth == Truth::kUnknown;
  };
  std::size_t thens = 0;
  offered_.Clear();
  for (const RuleTruth& truth : deciding_) {
    if (!counts(truth) || offered_.Has(truth.rule->then)) continue;
    offered_.Add(truth.rule->then);
    ++thens;
  }
  results_.tables.push_back({&table, instance, thens});
  if (trace_ == nullptr) return;
  TableTrace& traced = trace_->tables.back();
  traced.result = result;
  for (const RuleTruth& truth : deciding_) {
    const bool open = result == TableTrace::Result::kNeedData && counts(truth);
    (open ? traced.candidates : traced.holds).push_back(truth.rule);
  }
  ExplainOpen(instance, traced);
}

bool Applier::IsUnknownIn(Index column, Index instance) const {
  return std::any_of(deciding_.begin(), deciding_.end(), [&](const RuleTruth& truth) {
    return truth.truth == Truth::kUnknown &&
           std::any_of(truth.rule->cells.begin(), truth.rule->cells.end(), [&](const Cell& cell) {
             return cell.input == column && Test(cell, facts_, instance) == Truth::kUnknown;
           });
  });
}

// In the order of the columns: what decides, or what it does not depend on.
void Applier::ExplainOpen(Index instance, TableTrace& traced) const {
  const bool open = traced.result == TableTrace::Result::kNeedData;
  for (const Index column : traced.table->columns) {
    if (!IsUnknownIn(column, instance)) continue;
    if (open) AddMissing(pathway_, column, facts_, instance, traced.missing);
    if (!open) traced.independent_of.push_back(column);
  }
  if (!open) return;
  for (const RuleTruth& truth : deciding_) {
    if (truth.missing != nullptr) AddAllOnce(traced.missing, *truth.missing);
  }
}

void Applier::ReportConflict(const Table& table) {
  results_.conflict = true;
  if (trace_ == nullptr) return;
  std::string names;
  for (const RuleTruth& truth : deciding_) {
    names += (names.empty() ? "" : ", ") + truth.rule->id;
  }
  trace_->errors.push_back("table " + table.id + ": more than one rule holds (" + names +
                           "), but its rules must exclude each other");
}

void Results::Clear() {
  gate = nullptr;
  in_scope = Truth::kTrue;
  conflict = false;
  entries.clear();
  suppressed.clear();
  tables.clear();
  notes.clear();
}

Results Apply(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts, Verdicts& verdicts, Outcome* trace) {
  return std::move(Applier(pathway, request, gathered, facts, verdicts, trace).Run());
}

Truth TruthOf(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts, const Rule& rule, Index instance) {
  for (const Index input : rule.needs) {
    if (!facts.At(pathway, input, instance).value) return Truth::kFalse;
  }
  const Plan::OfRule& plan = pathway.plan->rules[static_cast<std::size_t>(rule.order)];
  const Truth truth = TestAll(plan.cells, facts, instance);
  if (!rule.when) return truth;
  return std::min(truth, TestExpression(pathway, request, gathered, facts, instance, *rule.when));
}

std::string FocusKey(const Pathway&, const Gathered& gathered, Index instance) {
  if (instance == kNone) return {};
  return gathered.instances[instance].name;
}

}  // namespace renal::pathways
