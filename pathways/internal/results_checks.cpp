#include "pathways/internal/applier.h"

namespace renal::pathways {

bool Applier::Concerns(const Check& check, const Entry& entry) const {
  if (entry.check != nullptr || entry.rule == nullptr) return false;
  if (entry.action != kNone && check.concerned_actions[entry.action]) return true;
  // Actions that a rule brings along are no options of it.
  return !entry.brought && check.concerned[static_cast<std::size_t>(entry.rule->order)];
}

Truth Applier::TruthOf(Index check, Index instance) {
  return Known(verdicts_.OfCheck(check, instance), [&] {
    return TestAll(pathway_.checks[check].cells, facts_, instance);
  });
}

// A check that is not true changes results only where it would take them away; otherwise only the
// trace and the words tell that it was looked at.
inline bool Applier::Matters(Index check, Index instance) {
  if (trace_ != nullptr) return true;
  if (verdicts_.Is(verdicts_.OfCheck(check, instance), Truth::kFalse)) return false;
  const Truth truth = TruthOf(check, instance);
  return truth == Truth::kTrue ||
         (truth == Truth::kUnknown && pathway_.checks[check].suppress);
}

void Applier::RunChecks() {
  for (Index check = 0; check < pathway_.checks.size(); ++check) {
    if (Matters(check, kNone)) RunCheck(check, kNone);
    for (Index i = 0; i < gathered_.instances.size(); ++i) {
      if (Matters(check, i)) RunCheck(check, i);
    }
  }
}

void Applier::RunCheck(Index index, Index instance) {
  const Check& check = pathway_.checks[index];
  concerned_.clear();
  for (Entry& entry : results_.entries) {
    if (entry.instance == instance && Concerns(check, entry)) concerned_.push_back(&entry);
  }
  // What another check took away already, this one may take away as well: its reason counts too.
  std::vector<const Rule*> gone;
  if (check.suppress) gone = SuppressedUnder(check, instance);
  if (concerned_.empty() && gone.empty()) {
    if (trace_ == nullptr) return;
    verdicts_.SetAside(verdicts_.OfCheck(index, instance),
                       TestAll(check.cells, facts_, instance));
    return;
  }
  const Truth truth = TruthOf(index, instance);
  std::vector<Index> missing;
  if (trace_ != nullptr) {
    for (const Cell& cell : check.cells) {
      const bool open = truth == Truth::kUnknown && Test(cell, facts_, instance) == truth;
      if (open) AddMissing(pathway_, cell.input, facts_, instance, missing);
    }
    TraceCheck(check, instance, truth, missing);
    for (Entry* entry : concerned_) entry->looked_at.push_back(&check);
  }
  if (truth == Truth::kUnknown && check.suppress) Undecide(missing);
  if (truth != Truth::kTrue) return;
  Restrict(check);
  if (check.mdt_required) AskForBoard(instance);
  if (check.suppress) Suppress(check, instance, std::move(gone));
  Bring(check, instance);
}

void Applier::TraceCheck(const Check& check, Index instance, Truth truth,
                         const std::vector<Index>& missing) {
  CheckTrace traced{check.id, FocusKey(pathway_, gathered_, instance), truth, {}};
  if (truth == Truth::kUnknown) {
    for (const Index input : missing) traced.missing.push_back(pathway_.inputs[input].name);
  }
  trace_->checks.push_back(std::move(traced));
}

void Applier::Undecide(const std::vector<Index>& missing) {
  for (Entry* entry : concerned_) {
    entry->determination = Determination::kConditional;
    if (!entry->undecidable) AddAllOnce(entry->missing, missing);
  }
}

void Applier::Restrict(const Check& check) {
  for (Entry* entry : concerned_) {
    if (trace_ != nullptr) entry->checks.push_back(&check);
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
    entry.brought = Contains(rule.with, option.action);
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
                      (Concerns(check, entry) ||
                       check.concerned[static_cast<std::size_t>(entry.rule->order)]);
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
      if (trace_ != nullptr) found->checks.push_back(&check);
      continue;
    }
    Entry& entry = results_.entries.emplace_back();
    entry.check = &check;
    entry.action = action;
    entry.strength = check.with_strength;
    entry.tier = check.with_strength == kNone ? Tier::kPreferred
                                              : pathway_.strengths[check.with_strength].tier;
    entry.determination = Determination::kRecommended;
    entry.instance = instance;
    if (trace_ != nullptr) entry.checks.push_back(&check);
  }
}

}  // namespace renal::pathways
