#include <algorithm>
#include <vector>

#include "pathways/internal/plan.h"

// What the results of rules and checks rest on, as a reader checks it.
namespace renal::pathways {
namespace {

class Marker {
 public:
  explicit Marker(const Pathway& pathway)
      : pathway_(pathway),
        used_(pathway.inputs.size()),
        walked_(pathway.inputs.size()),
        seen_(pathway.tables.size()) {}

  void MarkRule(const Rule& rule) {
    MarkCells(rule.cells);
    for (const Index input : rule.needs) Mark(input);
  }

  void MarkCells(const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) Mark(cell.input);
  }

  /// Rules that lead to a table; each table once, whatever the pathway's graph looks like.
  void MarkWayTo(Index table) {
    if (seen_[table]) return;
    seen_[table] = true;
    for (Index from = 0; from < pathway_.tables.size(); ++from) {
      for (const Rule& rule : pathway_.tables[from].rules) {
        if (std::ranges::find(rule.go, table) == rule.go.end()) continue;
        MarkRule(rule);
        MarkWayTo(from);
      }
    }
  }

  std::vector<Index> Take() const {
    std::vector<Index> inputs;
    for (Index input = 0; input < used_.size(); ++input) {
      if (used_[input]) inputs.push_back(input);
    }
    return inputs;
  }

 private:
  /// Of a derived input, what it is derived from: a reader checks data, not intermediate steps. A
  /// score is named itself, and names its parts.
  void Mark(Index input) {
    if (walked_[input]) return;
    walked_[input] = true;
    const std::vector<Index>& basis = pathway_.inputs[input].depends_on;
    const bool derived = pathway_.inputs[input].IsDerived() && !basis.empty();
    if (!derived || pathway_.inputs[input].score) {
      used_[input] = true;
      return;
    }
    for (const Index other : basis) Mark(other);
  }

  const Pathway& pathway_;
  std::vector<bool> used_, walked_;  // inputs
  std::vector<bool> seen_;           // tables
};

}  // namespace

std::vector<Index> UsedByRule(const Pathway& pathway, Index table, const Rule& rule) {
  Marker marker(pathway);
  marker.MarkRule(rule);
  marker.MarkWayTo(table);
  return marker.Take();
}

std::vector<Index> UsedByCheck(const Pathway& pathway, const Check& check) {
  Marker marker(pathway);
  marker.MarkCells(check.cells);
  return marker.Take();
}

void PlanUsedInputs(const Pathway& pathway, Plan& plan) {
  for (Index table = 0; table < pathway.tables.size(); ++table) {
    Marker way(pathway);  // shared by the rules of the table
    way.MarkWayTo(table);
    for (const Rule& rule : pathway.tables[table].rules) {
      Marker marker = way;
      marker.MarkRule(rule);
      plan.rules[static_cast<std::size_t>(rule.order)].used = marker.Take();
    }
  }
  for (Index index = 0; index < pathway.checks.size(); ++index) {
    const Check& check = pathway.checks[index];
    plan.used_by_checks.push_back(UsedByCheck(pathway, check));
    plan.checks_by_name.emplace(check.id, index);
    if (check.rule != check.id) plan.checks_by_name.emplace(check.rule, index);
  }
}

}  // namespace renal::pathways
