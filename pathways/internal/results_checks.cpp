#include "pathways/internal/applier.h"

namespace renal::pathways {

bool Applier::Concerns(Index check, const Entry& entry) {
  return entry.about != nullptr && Contains(*entry.about, check);
}

Truth Applier::TruthOf(Index check, Index instance) {
  return Known(verdicts_.OfCheck(check, instance),
               [&] { return TestAll(pathway_.checks[check].cells, facts_, instance); });
}

// A check is looked at where it is about a result, or about what another check took away.
void Applier::RunChecks() {
  const std::size_t places = gathered_.instances.size() + 1;  // the patient first
  const auto place_of = [](Index instance) { return instance == kNone ? 0 : instance + 1; };
  looked_at_.assign(pathway_.checks.size() * places, false);
  for (const Entry& entry : results_.entries) {
    if (entry.about == nullptr) continue;
    for (const Index check : *entry.about) {
      looked_at_[check * places + place_of(entry.instance)] = true;
    }
  }
  for (Index check = 0; check < pathway_.checks.size(); ++check) {
    const bool again = pathway_.checks[check].suppress && !results_.suppressed.empty();
    for (std::size_t place = 0; place < places; ++place) {
      if (again || looked_at_[check * places + place]) {
        RunCheck(check, place == 0 ? kNone : place - 1);
      }
    }
  }
}

void Applier::RunCheck(Index index, Index instance) {
  const Check& check = pathway_.checks[index];
  // A check that is not true changes results only where it would take them away; otherwise only the
  // trace and the words tell that it was looked at.
  if (trace_ == nullptr) {
    const Truth truth = TruthOf(index, instance);
    if (truth == Truth::kFalse || (truth == Truth::kUnknown && !check.suppress)) return;
  }
  concerned_.clear();
  for (Entry& entry : results_.entries) {
    if (entry.instance == instance && Concerns(index, entry)) concerned_.push_back(&entry);
  }
  // What another check took away already, this one may take away as well: its reason counts too.
  std::vector<const Rule*> gone;
  if (check.suppress) gone = SuppressedUnder(index, instance);
  if (concerned_.empty() && gone.empty()) return;
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
  if (check.suppress) Suppress(index, instance, std::move(gone));
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

// The rules, taken away by other checks, that offer what this check is about.
std::vector<const Rule*> Applier::SuppressedUnder(Index check, Index instance) const {
  const auto concerns = [&](const Option& option) { return Contains(option.checks, check); };
  std::vector<const Rule*> rules;
  for (const Suppression& suppression : results_.suppressed) {
    if (suppression.instance != instance) continue;
    for (const Rule* rule : suppression.rules) {
      if (std::ranges::any_of(rule->options, concerns)) AddOnce(rules, rule);
    }
  }
  return rules;
}

void Applier::Suppress(Index index, Index instance, std::vector<const Rule*> rules) {
  const Check& check = pathway_.checks[index];
  std::erase_if(results_.entries, [&](const Entry& entry) {
    // What a rule brings along goes with it.
    const bool gone =
        entry.instance == instance && entry.check == nullptr &&
        (Concerns(index, entry) || check.concerned[static_cast<std::size_t>(entry.rule->order)]);
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
