#include "pathways/internal/applier.h"

namespace renal::pathways {

bool Applier::Concerns(Index check, const Entry& entry) {
  return entry.about != nullptr && entry.about->Has(check);
}

Truth Applier::TruthOfCheck(Index index, Index instance) {
  return Known(verdicts_.OfCheck(index, instance),
               [&] { return TestAll(plan_.checks[index], facts_, instance); });
}

namespace {

// Of a check that is not true, only the trace and the words tell, unless it may take results away.
bool IsIdle(const Check& check, Truth truth) {
  return truth == Truth::kFalse || (truth == Truth::kUnknown && !check.suppress);
}

}  // namespace

// A check is looked at where it is about a result, or about what another check took away.
void Applier::RunChecks() {
  // By instance, counted from 1: the patient, kNone, comes first.
  looked_at_.resize(gathered_.instances.size() + 1);
  for (IndexSet& checks : looked_at_) checks.Clear();
  anywhere_.Clear();
  for (const Entry& entry : results_.entries) {
    if (entry.about == nullptr) continue;
    looked_at_[entry.instance + 1] |= *entry.about;
    anywhere_ |= *entry.about;
  }
  if (trace_ == nullptr) {
    // What the others do to tiers, cautions and boards, no trial compares.
    for (const Index index : plan_.deciding_checks) RunCheckIfAbout(index);
  } else {
    for (Index index = 0; index < pathway_.checks.size(); ++index) RunCheckIfAbout(index);
  }
}

void Applier::RunCheckIfAbout(Index index) {
  const bool again = !results_.suppressed.empty() && pathway_.checks[index].suppress;
  if (again || anywhere_.Has(index)) RunCheck(pathway_.checks[index], index, again);
}

void Applier::RunCheck(const Check& check, Index index, bool everywhere) {
  Index place = 0;
  for (const IndexSet& checks : looked_at_) {
    const Index instance = place++ - 1;
    if (!everywhere && !checks.Has(index)) continue;
    if (trace_ == nullptr && IsIdle(check, TruthOfCheck(index, instance))) continue;
    RunCheckAt(check, index, instance);
  }
}

void Applier::RunCheckAt(const Check& check, Index index, Index instance) {
  concerned_.clear();
  for (Entry& entry : results_.entries) {
    if (entry.instance == instance && Concerns(index, entry)) concerned_.push_back(&entry);
  }
  // What another check took away already, this one may take away as well: its reason counts too.
  std::vector<const Rule*> gone;
  if (check.suppress) gone = SuppressedUnder(index, instance);
  if (concerned_.empty() && gone.empty()) return;
  const Truth truth = TruthOfCheck(index, instance);
  std::vector<Index> missing;
  if (trace_ != nullptr) missing = TraceCheck(check, instance, truth);
  if (truth == Truth::kUnknown && check.suppress) Undecide(missing);
  if (truth != Truth::kTrue) return;
  Restrict(check);
  if (check.mdt_required && trace_ != nullptr) AskForBoard(instance);
  if (check.suppress) Suppress(index, instance, std::move(gone));
  Bring(check, instance);
}

// Notes a check that was looked at; what keeps it unknown.
std::vector<Index> Applier::TraceCheck(const Check& check, Index instance, Truth truth) {
  std::vector<Index> missing;
  if (truth == Truth::kUnknown) missing.reserve(check.cells.size());
  for (const Cell& cell : check.cells) {
    const bool open = truth == Truth::kUnknown && Test(cell, facts_, instance) == truth;
    if (open) AddMissing(pathway_, cell.input, facts_, instance, missing);
  }
  CheckTrace& traced = trace_->checks.emplace_back();
  traced.check = &check;
  traced.focus = FocusKey(pathway_, gathered_, instance);
  traced.verdict = truth;
  traced.missing.reserve(missing.size());
  for (const Index input : missing) traced.missing.push_back(pathway_.inputs[input].name);
  for (const Entry* entry : concerned_) {
    std::vector<const Check*>& looked_at = NotesOf(*entry).looked_at;
    if (looked_at.empty()) looked_at.reserve(pathway_.checks.size());
    looked_at.push_back(&check);
  }
  return missing;
}

void Applier::Undecide(const std::vector<Index>& missing) {
  for (Entry* entry : concerned_) {
    entry->determination = Determination::kConditional;
    if (trace_ != nullptr && !entry->undecidable) AddAllOnce(NotesOf(*entry).missing, missing);
  }
}

void Applier::Restrict(const Check& check) {
  for (Entry* entry : concerned_) {
    if (trace_ != nullptr) NotesOf(*entry).checks.push_back(&check);
    if (check.strength) entry->tier = std::max(entry->tier, *check.strength);
    if (!check.conditional) continue;
    entry->determination = Determination::kConditional;
    entry->undecidable = true;
    if (trace_ != nullptr) NotesOf(*entry).missing.clear();
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
  const auto concerns = [&](const Option& option) { return option.checks.Has(check); };
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
    const bool gone = entry.instance == instance && entry.check == nullptr &&
                      (Concerns(index, entry) ||
                       check.concerned.Has(static_cast<std::size_t>(entry.rule->order)));
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
      if (trace_ != nullptr) NotesOf(*found).checks.push_back(&check);
      continue;
    }
    Entry& entry = AddEntry(instance);
    entry.check = &check;
    entry.action = action;
    entry.strength = check.with_strength;
    entry.tier = check.with_strength == kNone ? Tier::kPreferred
                                              : pathway_.strengths[check.with_strength].tier;
    entry.determination = Determination::kRecommended;
    if (trace_ != nullptr) NotesOf(entry).checks.push_back(&check);
  }
}

}  // namespace renal::pathways
