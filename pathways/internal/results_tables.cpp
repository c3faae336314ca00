#include "pathways/internal/applier.h"

namespace renal::pathways {

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
  truths.reserve(table.rules.size());
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
  const std::size_t before = results_.entries.size();
  for (const RuleTruth& truth : truths) {
    if (truth.truth == Truth::kFalse) continue;
    const bool unknown = truth.truth == Truth::kUnknown;
    open = open || unknown;
    found.push_back(truth);
    Take(truth, unknown ? Determination::kConditional : Determination::kRecommended, instance,
         *truth.rule);
  }
  RestrictAlike(before);
  Decide(table, instance,
         open            ? TableTrace::Result::kNeedData
         : found.empty() ? TableTrace::Result::kOutOfScope
                         : TableTrace::Result::kDecided,
         found);
}

// pathway-format 5.3: of several true rules for one action, the most restrictive tier wins. Each
// keeps its word and its citations.
void Applier::RestrictAlike(std::size_t first) {
  auto& entries = results_.entries;
  const auto counts = [&](std::size_t i) {
    return entries[i].action != kNone && entries[i].strength != kNone &&
           entries[i].determination == Determination::kRecommended;
  };
  for (std::size_t i = first; i < entries.size(); ++i) {
    for (std::size_t j = i + 1; j < entries.size() && counts(i); ++j) {
      if (!counts(j) || entries[i].action != entries[j].action) continue;
      entries[i].tier = entries[j].tier = std::max(entries[i].tier, entries[j].tier);
    }
  }
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

}  // namespace renal::pathways
