#include "pathways/internal/applier.h"

namespace renal::pathways {

// A table is evaluated for the instance that leads to it, or for every one of its own kind.
void Applier::Reach(Index table, Index from) {
  const Index focus = pathway_.tables[table].focus;
  if (from != kNone && (focus == kNone || gathered_.instances[from].kind == focus)) {
    return ReachAt(table, from);
  }
  if (focus == kNone) return ReachAt(table, kNone);
  for (Index i = 0; i < gathered_.instances.size(); ++i) {
    if (gathered_.instances[i].kind == focus) ReachAt(table, i);
  }
}

void Applier::ReachAt(Index table, Index instance) { AddOnce(reached_, {table, instance}); }

void Applier::AddTruth(const RuleTruth& truth, Index instance) {
  if (truth.truth == Truth::kFalse) return;
  if (truth.rule->together.empty()) {
    truths_.push_back(truth);
  } else {
    together_at_.emplace_back(truth, instance);
  }
}

void Applier::TraceRules(const Table& table, Index instance) {
  TableTrace& traced = trace_->tables.emplace_back();
  traced.table = &table;
  traced.instance = instance;
  traced.focus = FocusKey(pathway_, gathered_, instance);
  traced.rules.reserve(table.rules.size());
  for (const Rule& rule : table.rules) {
    AddTruth(EvaluateAndTrace(rule, instance, traced.rules.emplace_back()), instance);
  }
}

// The rules of a table lie beside each other in the file, and so do their truths: of those that are
// false, nothing else is looked at.
void Applier::RunRules(const Table& table, Index instance) {
  const std::size_t first = verdicts_.OfRule(table.rules.front(), instance);
  std::size_t place = first;
  for (const std::uint8_t known : verdicts_.From(first, table.rules.size())) {
    const std::size_t here = place++;
    if (Verdicts::IsFalse(known)) continue;
    const Rule& rule = table.rules[here - first];
    const Truth truth = Known(here, [&] {
      return pathways::TruthOf(pathway_, request_, gathered_, facts_, rule, instance);
    });
    AddTruth({&rule, truth, nullptr}, instance);
  }
}

void Applier::RunTable(const Table& table, Index instance) {
  truths_.clear();
  deciding_.clear();
  if (trace_ != nullptr) {
    TraceRules(table, instance);
  } else if (!table.rules.empty()) {
    RunRules(table, instance);
  }
  switch (table.hit) {
    case Hit::kCollect:
      TakeCollect(table, instance);
      break;
    case Hit::kUnique:
      TakeUnique(table, instance);
      break;
    case Hit::kFirst:
      TakeFirst(table, instance);
      break;
  }
}

void Applier::TakeCollect(const Table& table, Index instance) {
  bool open = false;
  const std::size_t before = results_.entries.size();
  deciding_.swap(truths_);
  for (const RuleTruth& truth : deciding_) {
    const bool unknown = truth.truth == Truth::kUnknown;
    open = open || unknown;
    Take(truth, unknown ? Determination::kConditional : Determination::kRecommended, instance,
         *truth.rule);
  }
  if (trace_ != nullptr) RestrictAlike(before);
  Decide(table, instance,
         open                ? TableTrace::Result::kNeedData
         : deciding_.empty() ? TableTrace::Result::kOutOfScope
                             : TableTrace::Result::kDecided);
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
void Applier::TakeUnique(const Table& table, Index instance) {
  for (const RuleTruth& truth : truths_) {
    if (truth.truth == Truth::kTrue) deciding_.push_back(truth);
  }
  const std::size_t sure = deciding_.size();
  if (sure > 1) {
    ReportConflict(table);
    return Decide(table, instance, TableTrace::Result::kConflict);
  }
  for (const RuleTruth& truth : truths_) {
    if (truth.truth == Truth::kUnknown) deciding_.push_back(truth);
  }
  if (sure == 1 && deciding_.size() == 1) return TakeAgreed(table, instance);
  // A table that leaves cases out on purpose may leave out this one.
  const bool agree = sure == 0 && table.complete &&
                     std::all_of(deciding_.begin(), deciding_.end(), [&](const RuleTruth& truth) {
                       return truth.rule->then == deciding_.front().rule->then;
                     });
  if (agree) return TakeAgreed(table, instance);
  for (std::size_t open = sure; sure == 1 && open < deciding_.size(); ++open) {
    deciding_.front().missing = Together(deciding_.front().missing, deciding_[open].missing);
  }
  for (const RuleTruth& truth : deciding_) {
    Take(truth, Determination::kConditional, instance, table.AdviceOf(*truth.rule));
  }
  Decide(table, instance, TableTrace::Result::kNeedData);
}

void Applier::TakeFirst(const Table& table, Index instance) {
  for (const RuleTruth& truth : truths_) {
    // What decides the rows above decides whether it is this row.
    RuleTruth candidate = truth;
    if (!deciding_.empty()) {
      candidate.missing = Together(candidate.missing, deciding_.back().missing);
    }
    deciding_.push_back(candidate);
    if (truth.truth == Truth::kTrue) break;
  }
  const bool one_holds =
      deciding_.empty() || table.complete || deciding_.back().truth == Truth::kTrue;
  const bool agree =
      one_holds && std::all_of(deciding_.begin(), deciding_.end(), [&](const RuleTruth& truth) {
        return truth.rule->then == deciding_.front().rule->then;
      });
  if (agree) return TakeAgreed(table, instance);
  for (const RuleTruth& truth : deciding_) {
    Take(truth, Determination::kConditional, instance, table.AdviceOf(*truth.rule));
  }
  Decide(table, instance, TableTrace::Result::kNeedData);
}

// One or several rules that say the same: the first speaks, and names the others.
void Applier::TakeAgreed(const Table& table, Index instance) {
  Decide(table, instance,
         deciding_.empty() ? TableTrace::Result::kOutOfScope : TableTrace::Result::kDecided);
  if (deciding_.empty()) return;
  const std::size_t before = results_.entries.size();
  const Rule& speaker = *deciding_.front().rule;
  Take(deciding_.front(), Determination::kRecommended, instance, table.AdviceOf(speaker));
  for (std::size_t i = before; trace_ != nullptr && i < results_.entries.size(); ++i) {
    for (std::size_t other = 1; other < deciding_.size(); ++other) {
      NotesOf(results_.entries[i]).joins.push_back(deciding_[other].rule);
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
    Entry& entry = AddEntry(instance);
    entry.rule = &rule;
    entry.advice = &advice;
    entry.action = option.action;
    entry.strength = option.strength;
    entry.tier = pathway_.strengths[option.strength].tier;
    entry.determination = option.conditional ? Determination::kConditional : determination;
    entry.undecidable = option.conditional;
    entry.mdt_required = rule.mdt_required;
    entry.about = &option.checks;
    const bool waits = !option.conditional && determination == Determination::kConditional;
    if (waits && truth.missing != nullptr) NotesOf(entry).missing = *truth.missing;
  }
}

Entry& Applier::AddEntry(Index instance) {
  Entry& entry = results_.entries.emplace_back();
  entry.instance = instance;
  if (trace_ != nullptr) {
    entry.notes = results_.notes.size();
    results_.notes.emplace_back();
  }
  return entry;
}

void Applier::AddWith(const Rule& rule, Index instance, const Rule& advice) {
  for (std::size_t i = 0; i < rule.with.size(); ++i) {
    Entry& entry = AddEntry(instance);
    entry.rule = &rule;
    entry.advice = &advice;
    entry.action = rule.with[i];
    entry.tier = Tier::kPreferred;
    entry.determination = Determination::kRecommended;
    entry.about = &rule.with_checks[i];
  }
}

}  // namespace renal::pathways
