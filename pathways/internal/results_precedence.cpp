#include "pathways/internal/applier.h"

namespace renal::pathways {

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
      if (trace_ != nullptr) other.joins.push_back(entry.rule);
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
      const bool named = trace_ != nullptr && other.determination == Determination::kRecommended;
      if (named) AddOnce(entry.replaced, other.rule);
      other.joined = true;
    }
  }
  std::erase_if(results_.entries, [](const Entry& entry) { return entry.joined; });
}

void Applier::DropRecommendedTwice() {
  for (Entry& entry : results_.entries) {
    if (entry.action == kNone || entry.determination != Determination::kConditional) continue;
    entry.joined = std::ranges::any_of(results_.entries, [&](const Entry& other) {
      return other.determination == Determination::kRecommended && other.action == entry.action &&
             other.instance == entry.instance;
    });
  }
  std::erase_if(results_.entries, [](const Entry& entry) { return entry.joined; });
}

void Applier::AddTogether() {
  for (const auto& [truth, instance] : together_at_) {
    std::optional<Determination> strongest;
    for (const Entry& entry : results_.entries) {
      const bool beside = entry.check == nullptr && entry.instance == instance &&
                          Contains(truth.rule->together_orders, entry.rule->order);
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

}  // namespace renal::pathways
