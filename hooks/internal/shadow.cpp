#include "hooks/internal/shadow.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

namespace renal::hooks::internal {
namespace {

using pathways::Outcome;

/// "ONC-05 partial_nephrectomy recommended", for each result. Two versions that give the same
/// advice under other rules differ: what is compared is what would be shown.
std::multiset<std::string> ResultsOf(const Outcome& outcome) {
  std::multiset<std::string> results;
  for (const pathways::Recommendation& each : outcome.recommendations) {
    std::string text = each.rule;
    if (each.action != pathways::kNone) text += " " + outcome.pathway->actions[each.action].id;
    results.insert(text + " " + pathways::Spelling(each.determination));
  }
  return results;
}

std::string OnlyIn(const std::multiset<std::string>& these,
                   const std::multiset<std::string>& not_those) {
  std::vector<std::string> only;
  std::ranges::set_difference(these, not_those, std::back_inserter(only));
  std::string joined;
  for (const std::string& each : only) joined += (joined.empty() ? "" : "; ") + each;
  return joined;
}

}  // namespace

LogFields ShadowFields(const Outcome& shown, const Outcome& shadow) {
  const auto active_results = ResultsOf(shown);
  const auto shadow_results = ResultsOf(shadow);
  const bool same =
      shown.kind == shadow.kind && shown.gate == shadow.gate && active_results == shadow_results;
  LogFields fields = {{"shadow", shadow.pathway->id},
                      {"shadow_version", shadow.pathway->version},
                      {"shadow_hash", shadow.pathway->hash},
                      {"outcome", pathways::Spelling(shown.kind)},
                      {"shadow_outcome", pathways::Spelling(shadow.kind)},
                      {"same", same ? "yes" : "no"}};
  if (same) return fields;
  fields.emplace_back("only_shown", OnlyIn(active_results, shadow_results));
  fields.emplace_back("only_shadow", OnlyIn(shadow_results, active_results));
  return fields;
}

}  // namespace renal::hooks::internal
