#include "pathways/pathway.h"

#include <algorithm>

#include "pathways/internal/plan.h"

namespace renal::pathways {
namespace {

template <class List, class Field>
Index Find(const List& list, Field field, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const auto& entry) { return entry.*field == name; });
  return found == list.end() ? kNone : static_cast<Index>(found - list.begin());
}

}  // namespace

bool SameOffer(const Rule& a, const Rule& b) {
  const auto same_option = [](const Option& x, const Option& y) {
    return x.action == y.action && x.strength == y.strength && x.conditional == y.conditional;
  };
  return a.go == b.go && a.choose == b.choose && a.with == b.with &&
         std::equal(a.options.begin(), a.options.end(), b.options.begin(), b.options.end(),
                    same_option);
}

Index Pathway::FindInput(std::string_view name) const {
  if (plan == nullptr) return Find(inputs, &Input::name, name);
  const auto found = plan->inputs_by_name.find(name);
  return found == plan->inputs_by_name.end() ? kNone : found->second;
}

Index Pathway::FindAction(std::string_view wanted) const {
  return Find(actions, &Action::id, wanted);
}

Index Pathway::FindSource(std::string_view wanted) const {
  return Find(sources, &Source::id, wanted);
}

const fhir::ValueSet* Pathway::FindValueSet(std::string_view alias_or_url) const {
  for (const auto& [alias, set] : value_sets) {
    if (alias == alias_or_url || set->url() == alias_or_url) return set.get();
  }
  return nullptr;
}

std::pair<const Table*, const Rule*> Pathway::FindRule(std::string_view wanted) const {
  if (plan != nullptr) {
    const auto found = plan->rules_by_id.find(wanted);
    if (found == plan->rules_by_id.end()) return {nullptr, nullptr};
    return found->second;
  }
  for (const Table& table : tables) {
    const Index rule = Find(table.rules, &Rule::id, wanted);
    if (rule != kNone) return {&table, &table.rules[rule]};
  }
  return {nullptr, nullptr};
}

}  // namespace renal::pathways
