#include "pathways/used_inputs.h"

#include "pathways/internal/plan.h"

namespace renal::pathways {
namespace {

void Mark(const std::vector<Index>& inputs, std::vector<bool>& used) {
  for (const Index input : inputs) used[input] = true;
}

// Of a pathway that is put together without a file: it has no plan.
void MarkWithoutPlan(const Pathway& pathway, std::string_view id, std::vector<bool>& used) {
  const auto [table, rule] = pathway.FindRule(id);
  if (rule != nullptr) {
    const auto index = static_cast<Index>(table - pathway.tables.data());
    Mark(UsedByRule(pathway, index, *rule), used);
  }
  for (const Check& check : pathway.checks) {
    if (check.id == id || check.rule == id) Mark(UsedByCheck(pathway, check), used);
  }
}

void MarkPlanned(const Pathway& pathway, std::string_view id, std::vector<bool>& used) {
  const Plan& plan = *pathway.plan;
  if (const Rule* rule = pathway.FindRule(id).second) {
    Mark(plan.rules[static_cast<std::size_t>(rule->order)].used, used);
  }
  const auto [first, last] = plan.checks_by_name.equal_range(id);
  for (auto check = first; check != last; ++check) Mark(plan.used_by_checks[check->second], used);
}

}  // namespace

void MarkUsedInputs(const Pathway& pathway, const std::vector<std::string_view>& rules,
                    std::vector<bool>& used) {
  const bool planned = pathway.plan != nullptr;
  for (const std::string_view id : rules) {
    planned ? MarkPlanned(pathway, id, used) : MarkWithoutPlan(pathway, id, used);
  }
}

}  // namespace renal::pathways
