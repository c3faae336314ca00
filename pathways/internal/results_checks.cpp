#include "pathways/internal/applier.h"

namespace renal::pathways {

bool Applier::Concerns(const Check& check, const Entry& entry) const {
  if (entry.check != nullptr || entry.rule == nullptr) return false;
  const bool by_rule = check.concerned[static_cast<std::size_t>(entry.rule->order)];
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
  const auto index = static_cast<Index>(&check - pathway_.checks.data());
  const auto truth_here = [&] {
    return Known(verdicts_.OfCheck(index, instance),
                 [&] { return TestAll(pathway_, check.cells, facts_, instance); });
  };
  // A check that is not true changes results only where it would take them away; otherwise only the
  // trace and the words tell that it was looked at.
  if (trace_ == nullptr) {
    const Truth truth = truth_here();
    if (truth == Truth::kFalse || (truth == Truth::kUnknown && !check.suppress)) return;
  }
  std::vector<Entry*> concerned;
  for (Entry& entry : results_.entries) {
    if (entry.instance == instance && Concerns(check, entry)) concerned.push_back(&entry);
  }
  // What another check took away already, this one may take away as well: its reason counts too.
  std::vector<const Rule*> gone;
  if (check.suppress) gone = SuppressedUnder(check, instance);
  if (concerned.empty() && gone.empty()) {
    const std::size_t place = verdicts_.OfCheck(index, instance);
    const bool aside = trace_ != nullptr && !verdicts_.FindAny(place);
    if (aside) verdicts_.SetAside(place, TestAll(pathway_, check.cells, facts_, instance));
    return;
  }
  const Truth truth = truth_here();
  std::vector<Index> missing;
  for (const Cell& cell : check.cells) {
    const bool open =
        trace_ != nullptr && Test(pathway_, cell, facts_, instance) == Truth::kUnknown;
    if (open) AddMissing(pathway_, cell.input, facts_, instance, missing);
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

}  // namespace renal::pathways
