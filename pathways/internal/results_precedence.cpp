#include "pathways/internal/applier.h"

namespace renal::pathways {

// Whether all the rules that it yields to are listed beside it.
bool Applier::YieldsTo(const Entry& entry) const {
  if (entry.check != nullptr) return false;
  const std::vector<int>& others = PlanOf(*entry.rule).yields_to;
  return !others.empty() && std::ranges::all_of(others, [&](int order) {
    return std::ranges::any_of(results_.entries, [&](const Entry& other) {
      return other.check == nullptr && other.instance == entry.instance &&
             other.rule->order == order;
    });
  });
}

void Applier::Yield() {
  bool gone = false;
  for (Entry& entry : results_.entries) {
    entry.joined = YieldsTo(entry);
    gone = gone || entry.joined;
  }
  if (gone) DropJoined();
}

void Applier::DropJoined() {
  std::erase_if(results_.entries, [](const Entry& entry) { return entry.joined; });
}

void Applier::Join() {
  for (Entry& entry : results_.entries) {
    if (entry.check != nullptr || PlanOf(*entry.rule).joins == Plan::kNoRule) continue;
    if (entry.determination != Determination::kRecommended) continue;
    for (Entry& other : results_.entries) {
      const bool fits = other.check == nullptr && other.rule->order == PlanOf(*entry.rule).joins &&
                        other.instance == entry.instance && other.action == entry.action &&
                        other.determination == Determination::kRecommended;
      if (!fits) continue;
      if (trace_ != nullptr) NotesOf(other).joins.push_back(entry.rule);
      entry.joined = true;
    }
  }
  DropJoined();
}

// What `entry`, which is true, does to another result of the same thing: true if that goes.
bool Applier::Replace(const Entry& entry, Entry& other) const {
  if (other.check != nullptr || other.instance != entry.instance) return false;
  const auto order = static_cast<std::size_t>(other.rule->order);
  if (PlanOf(*entry.rule).demotes.Has(order) &&
      other.determination == Determination::kRecommended) {
    other.determination = Determination::kConditional;
    other.undecidable = true;
  }
  return PlanOf(*entry.rule).replaces.Has(order);
}

void Applier::Replace() {
  for (Entry& entry : results_.entries) {
    if (entry.check != nullptr) continue;
    if (entry.rule->replaces.empty() && entry.rule->demotes.empty()) continue;
    const bool stands = entry.action != kNone &&
                        entry.determination == Determination::kRecommended &&
                        !Contains(entry.rule->with, entry.action);
    if (!stands) continue;
    for (Entry& other : results_.entries) {
      if (!Replace(entry, other)) continue;
      const bool named = trace_ != nullptr && other.determination == Determination::kRecommended;
      if (named) AddOnce(NotesOf(entry).replaced, other.rule);
      other.joined = true;
    }
  }
  DropJoined();
}

void Applier::DropRecommendedTwice() {
  for (Entry& entry : results_.entries) {
    if (entry.action == kNone || entry.determination != Determination::kConditional) continue;
    entry.joined = std::ranges::any_of(results_.entries, [&](const Entry& other) {
      return other.determination == Determination::kRecommended && other.action == entry.action &&
             other.instance == entry.instance;
    });
  }
  DropJoined();
}

void Applier::AddTogether() {
  for (const auto& [truth, instance] : together_at_) {
    std::optional<Determination> strongest;
    for (const Entry& entry : results_.entries) {
      const bool beside =
          entry.check == nullptr && entry.instance == instance &&
          PlanOf(*truth.rule).together.Has(static_cast<std::size_t>(entry.rule->order));
      if (!beside) continue;
      if (!strongest || entry.determination == Determination::kRecommended)
        strongest = entry.determination;
    }
    if (!strongest) continue;
    if (truth.truth == Truth::kUnknown) strongest = Determination::kConditional;
    Take(truth, *strongest, instance, *truth.rule);
    if (trace_ != nullptr && Contains(board_at_, instance)) AskForBoard(instance);
  }
}

}  // namespace renal::pathways
