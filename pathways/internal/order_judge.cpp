#include "pathways/internal/order_judge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "pathways/internal/facts.h"

namespace renal::pathways {
namespace {

using Group = std::pair<const Rule*, std::string>;  // a rule that recommends, and its focus

// Whether a result is about the ordered action, or about one that this order carries out as well.
bool Answers(const Outcome& outcome, const OrderVerdict& verdict, const Recommendation& result) {
  if (result.action == verdict.action) return true;
  if (result.action == kNone || result.determination != Determination::kRecommended) return false;
  const std::vector<Index>& also = outcome.pathway->actions[result.action].also_for;
  return std::find(also.begin(), also.end(), verdict.action) != also.end();
}

Verdict JudgeResults(const Outcome& outcome, const OrderVerdict& verdict) {
  std::optional<Verdict> best;
  const auto take = [&](Verdict found) {
    if (!best || found < *best) best = found;
  };
  for (const Recommendation& result : outcome.recommendations) {
    if (!Answers(outcome, verdict, result)) continue;
    if (!verdict.focus.empty() && !result.focus.empty() && result.focus != verdict.focus) continue;
    if (result.tier == Tier::kAvoid) return Verdict::kAvoid;
    if (result.determination == Determination::kConditional) {
      take(Verdict::kUndecided);
    } else {
      take(result.tier == Tier::kPreferred ? Verdict::kConcordant : Verdict::kAcceptable);
    }
  }
  if (best) return *best;
  return outcome.ask.empty() ? Verdict::kDiscordant : Verdict::kPremature;
}

}  // namespace

Verdict JudgeOrder(const Outcome& outcome, const OrderVerdict& verdict) {
  if (verdict.action == kNone) return Verdict::kUnrelated;
  const bool outside = outcome.kind == OutcomeKind::kNotApplicable ||
                       outcome.kind == OutcomeKind::kOutOfScope ||
                       outcome.kind == OutcomeKind::kError;
  if (outside) return Verdict::kOutside;
  if (outcome.pathway->actions[verdict.action].kind != ActionKind::kTreatment)
    return Verdict::kSupporting;
  if (!verdict.existing.empty()) return Verdict::kDuplicate;
  if (verdict.wrong_focus) return Verdict::kDiscordant;
  return JudgeResults(outcome, verdict);
}

namespace {

bool IsTaken(Verdict verdict) {
  return verdict == Verdict::kConcordant || verdict == Verdict::kAcceptable;
}

// The rules that recommend the ordered action as one of several options.
std::vector<Group> GroupsOf(const Outcome& outcome, const OrderVerdict& verdict) {
  std::vector<Group> groups;
  for (const Recommendation& result : outcome.recommendations) {
    const bool here =
        verdict.focus.empty() || result.focus.empty() || result.focus == verdict.focus;
    const bool offers = result.action == verdict.action && result.origin == Origin::kOption &&
                        result.determination == Determination::kRecommended;
    const Rule* rule = here && offers ? outcome.pathway->FindRule(result.rule).second : nullptr;
    if (rule != nullptr && rule->options.size() > 1) groups.emplace_back(rule, result.focus);
  }
  return groups;
}

// Of a rule that lets one option be chosen: the others that are drafted besides. Of one whose
// options belong together: those that are neither drafted nor there.
std::vector<Index> OthersOf(const OrderVerdict& verdict, const Group& group,
                            const std::vector<OrderVerdict>& verdicts, const IsDone& is_done) {
  const auto& [rule, focus] = group;
  const bool all = rule->choose == "all";
  std::vector<Index> others;
  if (!all && rule->choose != "one") return others;
  for (const Option& option : rule->options) {
    if (option.action == kNone || option.action == verdict.action) continue;
    const bool drafted =
        std::any_of(verdicts.begin(), verdicts.end(), [&](const OrderVerdict& other) {
          const bool counts = all || IsTaken(other.verdict);
          return other.action == option.action && counts &&
                 (focus.empty() || other.focus.empty() || other.focus == focus);
        });
    if (all ? !drafted && !is_done(option.action, focus) : drafted) {
      AddOnce(others, option.action);
    }
  }
  return others;
}

}  // namespace

void JudgeTogether(const Outcome& outcome, std::vector<OrderVerdict>& verdicts,
                   const IsDone& is_done) {
  const std::vector<OrderVerdict> alone = verdicts;
  for (OrderVerdict& verdict : verdicts) {
    if (!IsTaken(verdict.verdict)) continue;
    for (const Group& group : GroupsOf(outcome, verdict)) {
      const std::vector<Index> others = OthersOf(verdict, group, alone, is_done);
      if (others.empty()) continue;
      const bool all = group.first->choose == "all";
      verdict.verdict = all ? Verdict::kIncomplete : Verdict::kDiscordant;
      for (const Index other : others) AddOnce(verdict.others, other);
    }
  }
}

}  // namespace renal::pathways
