#include "hooks/internal/pathway_series.h"

#include <algorithm>
#include <utility>

#include "hooks/internal/apply_request.h"

namespace renal::hooks::internal {
namespace {

using pathways::Determination;
using pathways::OutcomeKind;
using pathways::Verdict;

constexpr std::string_view kUnknownHook = "unknown";

}  // namespace

ClassCounts::ClassCounts(Metrics& metrics, Metric metric, Metrics::Labels labels) {
  labels.emplace_back();
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    labels.back() = std::to_string(i + 1) + "xx";
    // The server sends no interim or redirecting answers of its own.
    if (i == 1 || i >= 3) counts_[i] = metrics.CountOf(metric, labels);
  }
}

void ClassCounts::Add(int status) const {
  if (status >= 100 && status < 600) counts_[static_cast<std::size_t>(status / 100 - 1)].Add();
}

PathwaySeries::PathwaySeries(Metrics* metrics, const pathways::Pathway& pathway,
                             const Profiles& profiles)
    : on_(metrics != nullptr), hooks_(pathway.hooks) {
  if (metrics == nullptr) return;
  hooks_.emplace_back(kApplyHook);
  FindCalls(*metrics, pathway.id, profiles);
  FindKinds(*metrics, pathway.id);
  FindRules(*metrics, pathway);
  for (const pathways::Input& input : pathway.inputs) {
    missing_.push_back(metrics->CountOf(Metric::kMissing, {pathway.id, input.name}));
  }
}

void PathwaySeries::FindCalls(Metrics& metrics, const std::string& id, const Profiles& profiles) {
  for (const ClientProfile& profile : profiles.all()) {
    for (std::size_t i = 0; i <= hooks_.size(); ++i) {
      const std::string hook = i < hooks_.size() ? hooks_[i] : std::string(kUnknownHook);
      calls_.push_back({ClassCounts(metrics, Metric::kHookRequests, {id, hook, profile.name}),
                        metrics.TimingOf(Metric::kHookDuration, {id, hook, profile.name})});
    }
  }
}

void PathwaySeries::FindKinds(Metrics& metrics, const std::string& id) {
  static_assert(std::tuple_size_v<decltype(outcomes_)> ==
                static_cast<int>(OutcomeKind::kError) + 1);
  static_assert(std::tuple_size_v<decltype(verdicts_)> ==
                static_cast<int>(Verdict::kIncomplete) + 1);
  static_assert(std::tuple_size_v<decltype(cards_)> ==
                static_cast<int>(cards::Indicator::kCritical) + 1);
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    const char* name = pathways::Spelling(static_cast<OutcomeKind>(i));
    outcomes_[i] = metrics.CountOf(Metric::kOutcomes, {id, name});
  }
  for (std::size_t i = 0; i < verdicts_.size(); ++i) {
    const char* name = pathways::Spelling(static_cast<Verdict>(i));
    verdicts_[i] = metrics.CountOf(Metric::kVerdicts, {id, name});
  }
  using enum cards::Indicator;
  for (const cards::Indicator indicator : {kInfo, kWarning, kCritical}) {
    cards_[static_cast<std::size_t>(indicator)] =
        metrics.CountOf(Metric::kCards, {id, cards::Spelling(indicator)});
  }
  quieted_ = metrics.CountOf(Metric::kQuieted, {id});
}

void PathwaySeries::FindRules(Metrics& metrics, const pathways::Pathway& pathway) {
  const auto series_of = [&](const std::string& rule) {
    const auto count = [&](Determination determination) {
      return metrics.CountOf(Metric::kResults,
                             {pathway.id, rule, pathways::Spelling(determination)});
    };
    return RuleSeries{rule, count(Determination::kRecommended), count(Determination::kConditional)};
  };
  rules_.resize(pathway.rule_count);
  for (const pathways::Table& table : pathway.tables) {
    for (const pathways::Rule& rule : table.rules) {
      rules_[static_cast<std::size_t>(rule.order)] = series_of(rule.id);
    }
  }
  for (const pathways::Check& check : pathway.checks) {
    other_ids_.emplace(check.rule, series_of(check.rule));
  }
}

const HookSeries* PathwaySeries::Of(std::size_t profile, std::string_view hook) const {
  if (!on_) return nullptr;
  const auto place = static_cast<std::size_t>(std::ranges::find(hooks_, hook) - hooks_.begin());
  return &calls_[profile * (hooks_.size() + 1) + place];
}

// A result that rules brought knows the place of its rule.
const PathwaySeries::RuleSeries* PathwaySeries::FindRule(
    const pathways::Recommendation& result) const {
  const auto order = static_cast<std::size_t>(result.order);
  if (result.order >= 0 && order < rules_.size() && rules_[order].id == result.rule) {
    return &rules_[order];
  }
  const auto other = other_ids_.find(result.rule);
  if (other != other_ids_.end()) return &other->second;
  const auto rule = std::ranges::find(rules_, result.rule, &RuleSeries::id);
  return rule == rules_.end() ? nullptr : &*rule;
}

void PathwaySeries::Add(const pathways::Outcome& outcome) const {
  if (!on_) return;
  outcomes_[static_cast<std::size_t>(outcome.kind)].Add();
  for (const pathways::Recommendation& result : outcome.recommendations) {
    const RuleSeries* rule = FindRule(result);
    if (rule == nullptr) continue;
    const bool certain = result.determination == Determination::kRecommended;
    (certain ? rule->recommended : rule->conditional).Add();
  }
  for (const pathways::OrderVerdict& order : outcome.orders) {
    verdicts_[static_cast<std::size_t>(order.verdict)].Add();
  }
  // A question may come once for each kidney, and counts once.
  for (auto question = outcome.ask.begin(); question != outcome.ask.end(); ++question) {
    const auto first = std::ranges::find(outcome.ask, question->input, &pathways::Question::input);
    if (first == question && question->input < missing_.size()) missing_[question->input].Add();
  }
}

void PathwaySeries::AddCards(const std::vector<cards::Card>& sent) const {
  for (const cards::Card& card : sent) cards_[static_cast<std::size_t>(card.indicator)].Add();
}

void PathwaySeries::AddQuieted(std::size_t cards) const {
  if (cards > 0) quieted_.Add(static_cast<double>(cards));
}

}  // namespace renal::hooks::internal
