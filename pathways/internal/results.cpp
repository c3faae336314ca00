#include "pathways/internal/results.h"

#include <algorithm>
#include <utility>

namespace renal::pathways {

namespace {

template <class T>
bool Contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

void AddAllOnce(std::vector<Index>& list, const std::vector<Index>& more) {
  for (const Index value : more) AddOnce(list, value);
}

class Applier {
 public:
  Applier(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
          const Facts& facts, Outcome* trace)
      : pathway_(pathway), request_(request), gathered_(gathered), facts_(facts), trace_(trace) {}

  Results Run();

 private:
  struct RuleTruth {
    const Rule* rule = nullptr;
    Truth truth = Truth::kUnknown;
    std::vector<Index> missing;
  };

  bool Stopped();
  Truth InScope() const;
  void Reach(Index table, Index from);
  void RunTable(const Table& table, Index instance);
  RuleTruth Evaluate(const Rule& rule, Index instance) const;
  void AddMissingOf(const fhir::fhirpath::Expression& expression, Index instance,
                    std::vector<Index>& missing) const;
  void Trace(const std::vector<RuleTruth>& truths, Index instance, TableTrace& traced) const;
  void TakeCollect(const Table& table, const std::vector<RuleTruth>& truths, Index instance);
  void TakeUnique(const Table& table, const std::vector<RuleTruth>& truths, Index instance);
  void TakeFirst(const Table& table, const std::vector<RuleTruth>& truths, Index instance);
  void TakeAgreed(const Table& table, const std::vector<RuleTruth>& agreed, Index instance);
  void Decide(const Table& table, Index instance, TableTrace::Result result,
              const std::vector<RuleTruth>& rules);
  void ExplainOpen(const std::vector<RuleTruth>& rules, Index instance, TableTrace& traced) const;
  bool IsUnknownIn(const std::vector<RuleTruth>& rules, Index column, Index instance) const;
  void ReportConflict(const Table& table, const std::vector<RuleTruth>& rules);
  void Take(const RuleTruth& truth, Determination determination, Index instance,
            const Rule& advice);
  void AddWith(const Rule& rule, Index instance, const Rule& advice);

  void RunChecks();
  void RunCheck(const Check& check, Index instance);
  bool Concerns(const Check& check, const Entry& entry) const;
  bool WouldConcern(const Check& check, const Rule& rule) const;
  std::vector<const Rule*> SuppressedUnder(const Check& check, Index instance) const;
  void TraceCheck(const Check& check, Index instance, Truth truth,
                  const std::vector<Index>& missing);
  void AskForBoard(Index instance);
  void Undecide(const std::vector<Entry*>& concerned, const std::vector<Index>& missing) const;
  void Restrict(const Check& check, const std::vector<Entry*>& concerned) const;
  void Suppress(const Check& check, Index instance, std::vector<const Rule*> rules);
  void Bring(const Check& check, Index instance);

  void Yield();
  void Join();
  void Replace();
  bool Replace(const Entry& entry, Entry& other) const;
  void DropRecommendedTwice();
  void AddTogether();
  std::vector<Index> InstancesOf(Index focus_kind) const;
  bool IsTreatment(const Entry& entry) const;

  const Pathway& pathway_;
  const EvaluateRequest& request_;
  const Gathered& gathered_;
  const Facts& facts_;
  Outcome* trace_;
  Results results_;
  std::vector<std::pair<Index, Index>> reached_;          // table and instance, each once
  std::vector<std::pair<RuleTruth, Index>> together_at_;  // and instance
  std::vector<Index> board_at_;  // instances with a check that asks for the board
};

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
  for (const GateRow& row : pathway_.gate) {
    if (TestAll(pathway_, row.cells, facts_, kNone) != Truth::kTrue) continue;
    results_.gate = &row;
    return true;
  }
  if (!pathway_.gate.empty()) return false;
  results_.in_scope = request_.prepared != nullptr ? request_.prepared->in_scope : InScope();
  return results_.in_scope != Truth::kTrue;
}

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

Applier::RuleTruth Applier::Evaluate(const Rule& rule, Index instance) const {
  RuleTruth result{&rule, Truth::kTrue, {}};
  for (const Index input : rule.needs) {
    if (!facts_.At(pathway_, input, instance).value) return {&rule, Truth::kFalse, {}};
  }
  for (const Cell& cell : rule.cells) {
    const Truth truth = Test(pathway_, cell, facts_, instance);
    result.truth = std::min(result.truth, truth);
    if (truth == Truth::kUnknown)
      AddMissing(pathway_, cell.input, facts_, instance, result.missing);
  }
  if (rule.when) {
    const Truth truth = TestExpression(pathway_, request_, gathered_, facts_, instance, *rule.when);
    result.truth = std::min(result.truth, truth);
    if (truth == Truth::kUnknown) AddMissingOf(*rule.when, instance, result.missing);
  }
  if (result.truth != Truth::kUnknown) result.missing.clear();
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
    RuleTrace rule{truth.rule, truth.truth, false, {}, {}};
    for (const Cell& cell : truth.rule->cells) {
      rule.cells.push_back({&cell, Test(pathway_, cell, facts_, instance)});
    }
    if (truth.rule->when) {
      rule.when =
          TestExpression(pathway_, request_, gathered_, facts_, instance, *truth.rule->when);
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

bool Applier::IsUnknownIn(const std::vector<RuleTruth>& rules, Index column,
                          Index instance) const {
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

// A table is evaluated for the instance that leads to it, or for every one of its own kind.
void Applier::Reach(Index table, Index from) {
  const Index focus = pathway_.tables[table].focus;
  const bool same = from != kNone && (focus == kNone || gathered_.instances[from].kind == focus);
  for (const Index instance : same ? std::vector<Index>{from} : InstancesOf(focus)) {
    AddOnce(reached_, {table, instance});
  }
}

void Applier::RunTable(const Table& table, Index instance) {
  std::vector<RuleTruth> truths;
  for (const Rule& rule : table.rules) truths.push_back(Evaluate(rule, instance));
  if (trace_ != nullptr) {
    TableTrace& traced = trace_->tables.emplace_back();
    traced.table = &table;
    traced.instance = instance;
    traced.focus = FocusKey(pathway_, gathered_, instance);
    Trace(truths, instance, traced);
  }
  std::erase_if(truths, [&](const RuleTruth& truth) {
    if (truth.rule->together.empty()) return false;
    together_at_.emplace_back(truth, instance);
    return true;
  });
  switch (table.hit) {
    case Hit::kCollect:
      TakeCollect(table, truths, instance);
      break;
    case Hit::kUnique:
      TakeUnique(table, truths, instance);
      break;
    case Hit::kFirst:
      TakeFirst(table, truths, instance);
      break;
  }
}

void Applier::TakeCollect(const Table& table, const std::vector<RuleTruth>& truths,
                          Index instance) {
  std::vector<RuleTruth> found;
  bool open = false;
  for (const RuleTruth& truth : truths) {
    if (truth.truth == Truth::kFalse) continue;
    const bool unknown = truth.truth == Truth::kUnknown;
    open = open || unknown;
    found.push_back(truth);
    Take(truth, unknown ? Determination::kConditional : Determination::kRecommended, instance,
         *truth.rule);
  }
  Decide(table, instance,
         open            ? TableTrace::Result::kNeedData
         : found.empty() ? TableTrace::Result::kOutOfScope
                         : TableTrace::Result::kDecided,
         found);
}

// pathway-format 5.3: one true rule; or unknown ones that agree, whatever the missing datum turns
// out to be.
void Applier::TakeUnique(const Table& table, const std::vector<RuleTruth>& truths, Index instance) {
  std::vector<RuleTruth> sure, open;
  for (const RuleTruth& truth : truths) {
    if (truth.truth == Truth::kTrue) sure.push_back(truth);
    if (truth.truth == Truth::kUnknown) open.push_back(truth);
  }
  if (sure.size() > 1) {
    ReportConflict(table, sure);
    return Decide(table, instance, TableTrace::Result::kConflict, sure);
  }
  if (sure.size() == 1 && open.empty()) return TakeAgreed(table, sure, instance);
  // A table that leaves cases out on purpose may leave out this one.
  const bool agree = sure.empty() && table.complete &&
                     std::all_of(open.begin(), open.end(), [&](const RuleTruth& truth) {
                       return truth.rule->then == open.front().rule->then;
                     });
  if (agree) return TakeAgreed(table, open, instance);
  for (RuleTruth& truth : sure) {
    for (const RuleTruth& other : open) AddAllOnce(truth.missing, other.missing);
  }
  sure.insert(sure.end(), open.begin(), open.end());
  for (const RuleTruth& truth : sure) {
    Take(truth, Determination::kConditional, instance, table.AdviceOf(*truth.rule));
  }
  Decide(table, instance, TableTrace::Result::kNeedData, sure);
}

void Applier::TakeFirst(const Table& table, const std::vector<RuleTruth>& truths, Index instance) {
  std::vector<RuleTruth> candidates;
  for (const RuleTruth& truth : truths) {
    if (truth.truth == Truth::kFalse) continue;
    // What decides the rows above decides whether it is this row.
    RuleTruth candidate = truth;
    if (!candidates.empty()) AddAllOnce(candidate.missing, candidates.back().missing);
    candidates.push_back(std::move(candidate));
    if (truth.truth == Truth::kTrue) break;
  }
  const bool one_holds =
      candidates.empty() || table.complete || candidates.back().truth == Truth::kTrue;
  const bool agree =
      one_holds && std::all_of(candidates.begin(), candidates.end(), [&](const RuleTruth& truth) {
        return truth.rule->then == candidates.front().rule->then;
      });
  if (agree) return TakeAgreed(table, candidates, instance);
  for (const RuleTruth& truth : candidates) {
    Take(truth, Determination::kConditional, instance, table.AdviceOf(*truth.rule));
  }
  Decide(table, instance, TableTrace::Result::kNeedData, candidates);
}

// One or several rules that say the same: the first speaks, and names the others.
void Applier::TakeAgreed(const Table& table, const std::vector<RuleTruth>& agreed, Index instance) {
  Decide(table, instance,
         agreed.empty() ? TableTrace::Result::kOutOfScope : TableTrace::Result::kDecided, agreed);
  if (agreed.empty()) return;
  const std::size_t before = results_.entries.size();
  const Rule& speaker = *agreed.front().rule;
  Take(agreed.front(), Determination::kRecommended, instance, table.AdviceOf(speaker));
  for (std::size_t i = before; i < results_.entries.size(); ++i) {
    for (std::size_t other = 1; other < agreed.size(); ++other) {
      results_.entries[i].joins.push_back(agreed[other].rule);
    }
  }
}

void Applier::Take(const RuleTruth& truth, Determination determination, Index instance,
                   const Rule& advice) {
  const Rule& rule = *truth.rule;
  if (determination == Determination::kRecommended) {
    for (const Index table : rule.go) Reach(table, instance);
    AddWith(rule, instance, advice);
  }
  for (const Option& option : rule.options) {
    Entry entry;
    entry.rule = &rule;
    entry.advice = &advice;
    entry.action = option.action;
    entry.strength = option.strength;
    entry.tier = pathway_.strengths[option.strength].tier;
    entry.determination = option.conditional ? Determination::kConditional : determination;
    entry.undecidable = option.conditional;
    entry.instance = instance;
    entry.mdt_required = rule.mdt_required;
    if (!option.conditional && determination == Determination::kConditional)
      entry.missing = truth.missing;
    results_.entries.push_back(std::move(entry));
  }
}

void Applier::AddWith(const Rule& rule, Index instance, const Rule& advice) {
  for (const Index action : rule.with) {
    Entry entry;
    entry.rule = &rule;
    entry.advice = &advice;
    entry.action = action;
    entry.tier = Tier::kPreferred;
    entry.determination = Determination::kRecommended;
    entry.instance = instance;
    results_.entries.push_back(std::move(entry));
  }
}

// ---- checks

bool Applier::Concerns(const Check& check, const Entry& entry) const {
  if (entry.check != nullptr || entry.rule == nullptr) return false;
  const bool by_rule = Contains(check.for_rules, entry.rule->id);
  const bool by_action = entry.action != kNone && Contains(check.for_actions, entry.action);
  const bool any = check.for_rules.empty() && check.for_actions.empty() && IsTreatment(entry);
  // Actions that a rule brings along are no options of it.
  return (by_rule && !Contains(entry.rule->with, entry.action)) || by_action || any;
}

void Applier::RunChecks() {
  std::vector<Index> places{kNone};
  for (Index i = 0; i < gathered_.instances.size(); ++i) places.push_back(i);
  for (const Check& check : pathway_.checks) {
    for (const Index place : places) RunCheck(check, place);
  }
}

void Applier::RunCheck(const Check& check, Index instance) {
  std::vector<Entry*> concerned;
  for (Entry& entry : results_.entries) {
    if (entry.instance == instance && Concerns(check, entry)) concerned.push_back(&entry);
  }
  // What another check took away already, this one may take away as well: its reason counts too.
  std::vector<const Rule*> gone;
  if (check.suppress) gone = SuppressedUnder(check, instance);
  if (concerned.empty() && gone.empty()) return;
  std::vector<Index> missing;
  Truth truth = Truth::kTrue;
  for (const Cell& cell : check.cells) {
    const Truth one = Test(pathway_, cell, facts_, instance);
    if (one == Truth::kUnknown) AddMissing(pathway_, cell.input, facts_, instance, missing);
    truth = std::min(truth, one);
  }
  TraceCheck(check, instance, truth, missing);
  for (Entry* entry : concerned) entry->looked_at.push_back(&check);
  if (truth == Truth::kUnknown && check.suppress) Undecide(concerned, missing);
  if (truth != Truth::kTrue) return;
  Restrict(check, concerned);
  if (check.mdt_required) AskForBoard(instance);
  if (check.suppress) Suppress(check, instance, std::move(gone));
  Bring(check, instance);
}

void Applier::TraceCheck(const Check& check, Index instance, Truth truth,
                         const std::vector<Index>& missing) {
  if (trace_ == nullptr) return;
  CheckTrace traced{check.id, FocusKey(pathway_, gathered_, instance), truth, {}};
  if (truth == Truth::kUnknown) {
    for (const Index input : missing) traced.missing.push_back(pathway_.inputs[input].name);
  }
  trace_->checks.push_back(std::move(traced));
}

void Applier::Undecide(const std::vector<Entry*>& concerned,
                       const std::vector<Index>& missing) const {
  for (Entry* entry : concerned) {
    entry->determination = Determination::kConditional;
    if (!entry->undecidable) AddAllOnce(entry->missing, missing);
  }
}

void Applier::Restrict(const Check& check, const std::vector<Entry*>& concerned) const {
  for (Entry* entry : concerned) {
    entry->checks.push_back(&check);
    if (check.strength) entry->tier = std::max(entry->tier, *check.strength);
    if (!check.conditional) continue;
    entry->determination = Determination::kConditional;
    entry->undecidable = true;
    entry->missing.clear();
  }
}

void Applier::AskForBoard(Index instance) {
  AddOnce(board_at_, instance);
  for (Entry& entry : results_.entries) {
    if (entry.instance == instance && IsTreatment(entry)) entry.mdt_required = true;
  }
}

// Whether a check would concern an option of a rule that is no longer listed.
bool Applier::WouldConcern(const Check& check, const Rule& rule) const {
  return std::any_of(rule.options.begin(), rule.options.end(), [&](const Option& option) {
    Entry entry;
    entry.rule = &rule;
    entry.action = option.action;
    return Concerns(check, entry);
  });
}

std::vector<const Rule*> Applier::SuppressedUnder(const Check& check, Index instance) const {
  std::vector<const Rule*> rules;
  for (const Suppression& suppression : results_.suppressed) {
    if (suppression.instance != instance) continue;
    for (const Rule* rule : suppression.rules) {
      if (WouldConcern(check, *rule)) AddOnce(rules, rule);
    }
  }
  return rules;
}

void Applier::Suppress(const Check& check, Index instance, std::vector<const Rule*> rules) {
  std::erase_if(results_.entries, [&](const Entry& entry) {
    // What a rule brings along goes with it.
    const bool gone = entry.instance == instance && entry.check == nullptr &&
                      (Concerns(check, entry) || Contains(check.for_rules, entry.rule->id));
    if (gone) AddOnce(rules, entry.rule);
    return gone;
  });
  results_.suppressed.push_back({&check, instance, std::move(rules)});
}

void Applier::Bring(const Check& check, Index instance) {
  for (const Index action : check.with) {
    const auto same = [&](const Entry& entry) {
      return entry.check != nullptr && entry.check->rule == check.rule && entry.action == action &&
             entry.instance == instance;
    };
    const auto found = std::find_if(results_.entries.begin(), results_.entries.end(), same);
    if (found != results_.entries.end()) {
      found->checks.push_back(&check);
      continue;
    }
    Entry entry;
    entry.check = &check;
    entry.action = action;
    entry.strength = check.with_strength;
    entry.tier = check.with_strength == kNone ? Tier::kPreferred
                                              : pathway_.strengths[check.with_strength].tier;
    entry.determination = Determination::kRecommended;
    entry.instance = instance;
    entry.checks.push_back(&check);
    results_.entries.push_back(std::move(entry));
  }
}

// ---- precedence

void Applier::Yield() {
  const auto listed = [&](const std::string& rule, Index instance) {
    return std::any_of(results_.entries.begin(), results_.entries.end(), [&](const Entry& entry) {
      return entry.check == nullptr && entry.instance == instance && entry.rule->id == rule;
    });
  };
  std::vector<std::pair<const Rule*, Index>> gone;
  for (const Entry& entry : results_.entries) {
    if (entry.check != nullptr || entry.rule->yields_to.empty()) continue;
    const auto& others = entry.rule->yields_to;
    const auto is_listed = [&](const std::string& rule) { return listed(rule, entry.instance); };
    if (std::all_of(others.begin(), others.end(), is_listed))
      gone.emplace_back(entry.rule, entry.instance);
  }
  std::erase_if(results_.entries, [&](const Entry& entry) {
    return entry.check == nullptr && Contains(gone, {entry.rule, entry.instance});
  });
}

void Applier::Join() {
  for (Entry& entry : results_.entries) {
    if (entry.check != nullptr || entry.rule->joins.empty()) continue;
    if (entry.determination != Determination::kRecommended) continue;
    for (Entry& other : results_.entries) {
      const bool fits = other.check == nullptr && other.rule->id == entry.rule->joins &&
                        other.instance == entry.instance && other.action == entry.action &&
                        other.determination == Determination::kRecommended;
      if (!fits) continue;
      other.joins.push_back(entry.rule);
      entry.joined = true;
    }
  }
  std::erase_if(results_.entries, [](const Entry& entry) { return entry.joined; });
}

// What `entry`, which is true, does to another result of the same thing: true if that goes.
bool Applier::Replace(const Entry& entry, Entry& other) const {
  if (other.check != nullptr || other.instance != entry.instance) return false;
  if (Contains(entry.rule->demotes, other.rule->id) &&
      other.determination == Determination::kRecommended) {
    other.determination = Determination::kConditional;
    other.undecidable = true;
  }
  return Contains(entry.rule->replaces, other.rule->id);
}

void Applier::Replace() {
  for (Entry& entry : results_.entries) {
    const bool stands = entry.check == nullptr && entry.action != kNone &&
                        entry.determination == Determination::kRecommended &&
                        !Contains(entry.rule->with, entry.action);
    if (!stands || (entry.rule->replaces.empty() && entry.rule->demotes.empty())) continue;
    for (Entry& other : results_.entries) {
      if (!Replace(entry, other)) continue;
      if (other.determination == Determination::kRecommended) AddOnce(entry.replaced, other.rule);
      other.joined = true;
    }
  }
  std::erase_if(results_.entries, [](const Entry& entry) { return entry.joined; });
}

void Applier::DropRecommendedTwice() {
  std::vector<std::pair<Index, Index>> recommended;
  for (const Entry& entry : results_.entries) {
    if (entry.action == kNone || entry.determination != Determination::kRecommended) continue;
    recommended.emplace_back(entry.action, entry.instance);
  }
  std::erase_if(results_.entries, [&](const Entry& entry) {
    return entry.action != kNone && entry.determination == Determination::kConditional &&
           Contains(recommended, {entry.action, entry.instance});
  });
}

void Applier::AddTogether() {
  for (const auto& [truth, instance] : together_at_) {
    if (truth.truth == Truth::kFalse) continue;
    std::optional<Determination> strongest;
    for (const Entry& entry : results_.entries) {
      const bool beside = entry.check == nullptr && entry.instance == instance &&
                          Contains(truth.rule->together, entry.rule->id);
      if (!beside) continue;
      if (!strongest || entry.determination == Determination::kRecommended)
        strongest = entry.determination;
    }
    if (!strongest) continue;
    if (truth.truth == Truth::kUnknown) strongest = Determination::kConditional;
    Take(truth, *strongest, instance, *truth.rule);
    if (Contains(board_at_, instance)) AskForBoard(instance);
  }
}

}  // namespace

Results Apply(const Pathway& pathway, const EvaluateRequest& request, const Gathered& gathered,
              const Facts& facts, Outcome* trace) {
  return Applier(pathway, request, gathered, facts, trace).Run();
}

std::string FocusKey(const Pathway&, const Gathered& gathered, Index instance) {
  if (instance == kNone) return {};
  return gathered.instances[instance].name;
}

}  // namespace renal::pathways
