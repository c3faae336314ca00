#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cards/card.h"
#include "hooks/metrics.h"
#include "hooks/profile.h"
#include "pathways/outcome.h"

namespace renal::hooks::internal {

/// Answers by class of status: 1xx to 5xx.
class ClassCounts {
 public:
  ClassCounts() = default;
  /// The metric's last label is the class, "2xx"; `labels` are those before it.
  ClassCounts(Metrics& metrics, Metric metric, Metrics::Labels labels);
  void Add(int status) const;

 private:
  std::array<Count, 5> counts_;
};

/// The calls of one hook by clients of one profile.
struct HookSeries {
  ClassCounts answers;
  Timing duration;
};

/// Everything that is counted about one pathway, found once, so that a call looks nothing up but
/// its hook. Ids of the pathway are the only labels. Any thread.
class PathwaySeries {
 public:
  /// Null metrics: nothing is counted. Both must outlive it.
  PathwaySeries(Metrics* metrics, const pathways::Pathway& pathway, const Profiles& profiles);

  /// Of a hook of the pathway, or $apply; of any other text, and before the hook is known, those
  /// that were not read so far. Null where nothing is counted.
  const HookSeries* Of(std::size_t profile, std::string_view hook) const;

  void Add(const pathways::Outcome& outcome) const;
  void AddCards(const std::vector<cards::Card>& sent) const;
  void AddQuieted(std::size_t cards) const;

 private:
  struct RuleSeries {
    std::string id;
    Count recommended;
    Count conditional;
  };
  void FindCalls(Metrics& metrics, const std::string& id, const Profiles& profiles);
  void FindKinds(Metrics& metrics, const std::string& id);
  void FindRules(Metrics& metrics, const pathways::Pathway& pathway);
  const RuleSeries* FindRule(const pathways::Recommendation& result) const;

  bool on_ = false;
  std::vector<std::string> hooks_;
  std::vector<HookSeries> calls_;  // by profile, then hook; the last one of a profile: not read
  std::array<Count, 6> outcomes_;
  std::array<Count, 11> verdicts_;
  std::array<Count, 3> cards_;
  Count quieted_;
  std::vector<RuleSeries> rules_;                          // by Rule::order
  std::unordered_map<std::string, RuleSeries> other_ids_;  // of results that checks bring
  std::vector<Count> missing_;                             // by input
};

}  // namespace renal::hooks::internal
