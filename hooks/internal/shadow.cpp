#include "hooks/internal/shadow.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string>
#include <vector>

namespace renal::hooks::internal {
namespace {

using pathways::Outcome;

/// Rule, action or nothing, determination. Two versions that give the same advice under other rules
/// differ: what is compared is what would be shown.
using Result = std::array<std::string, 3>;
using Results = std::multiset<Result>;

Results ResultsOf(const Outcome& outcome) {
  Results results;
  for (const pathways::Recommendation& each : outcome.recommendations) {
    const bool named = each.action != pathways::kNone;
    results.insert({each.rule, named ? outcome.pathway->actions[each.action].id : std::string(),
                    pathways::Spelling(each.determination)});
  }
  return results;
}

std::vector<Result> OnlyIn(const Results& these, const Results& not_those) {
  std::vector<Result> only;
  std::ranges::set_difference(these, not_those, std::back_inserter(only));
  return only;
}

/// "ONC-05 partial_nephrectomy recommended; ..."
std::string Joined(const std::vector<Result>& results) {
  std::string joined;
  for (const auto& [rule, action, determination] : results) {
    joined.append(joined.empty() ? "" : "; ").append(rule);
    if (!action.empty()) joined.append(" ").append(action);
    joined.append(" ").append(determination);
  }
  return joined;
}

/// Which two pathways are compared.
LogFields PairOf(const Outcome& shown, const Outcome& shadow) {
  return {{"version", shown.pathway->version},
          {"hash", shown.pathway->hash},
          {"shadow", shadow.pathway->id},
          {"shadow_version", shadow.pathway->version},
          {"shadow_hash", shadow.pathway->hash}};
}

void AddDifferences(const std::vector<Result>& results, const char* only_in, const LogFields& pair,
                    std::vector<LogFields>& lines) {
  for (const auto& [rule, action, determination] : results) {
    if (lines.size() >= kMostDifferences) return;
    LogFields& line = lines.emplace_back(pair);
    line.emplace_back("only_in", only_in);
    line.emplace_back("rule", rule);
    line.emplace_back("action", action);
    line.emplace_back("determination", determination);
  }
}

}  // namespace

LogFields ShadowFields(const Outcome& shown, const Outcome& shadow) {
  const Results active_results = ResultsOf(shown);
  const Results shadow_results = ResultsOf(shadow);
  const bool same =
      shown.kind == shadow.kind && shown.gate == shadow.gate && active_results == shadow_results;
  LogFields fields = PairOf(shown, shadow);
  fields.emplace_back("outcome", pathways::Spelling(shown.kind));
  fields.emplace_back("shadow_outcome", pathways::Spelling(shadow.kind));
  fields.emplace_back("same", same ? "yes" : "no");
  if (same) return fields;
  fields.emplace_back("only_shown", Joined(OnlyIn(active_results, shadow_results)));
  fields.emplace_back("only_shadow", Joined(OnlyIn(shadow_results, active_results)));
  return fields;
}

std::vector<LogFields> ShadowDifferences(const Outcome& shown, const Outcome& shadow) {
  const Results active_results = ResultsOf(shown);
  const Results shadow_results = ResultsOf(shadow);
  const LogFields pair = PairOf(shown, shadow);
  std::vector<LogFields> lines;
  AddDifferences(OnlyIn(active_results, shadow_results), "shown", pair, lines);
  AddDifferences(OnlyIn(shadow_results, active_results), "shadow", pair, lines);
  return lines;
}

}  // namespace renal::hooks::internal
