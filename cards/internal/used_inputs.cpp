#include "cards/internal/used_inputs.h"

#include <algorithm>

namespace renal::cards {
namespace {

using pathways::Cell;
using pathways::Index;
using pathways::Pathway;
using pathways::Rule;

class Marker {
 public:
  Marker(const Pathway& pathway, std::vector<bool>& used)
      : pathway_(pathway), used_(used), seen_(pathway.tables.size(), false) {}

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

 private:
  /// Of a derived input, what it is derived from: a reader checks data, not intermediate steps. A
  /// score is named itself, and names its parts.
  void Mark(Index input) {
    if (input >= used_.size()) return;
    const std::vector<Index>& basis = pathway_.inputs[input].depends_on;
    const bool derived = pathway_.inputs[input].IsDerived() && !basis.empty();
    if (!derived || pathway_.inputs[input].score) {
      used_[input] = true;
      return;
    }
    for (const Index other : basis) Mark(other);
  }

  const Pathway& pathway_;
  std::vector<bool>& used_;
  std::vector<bool> seen_;
};

}  // namespace

void MarkUsedInputs(const Pathway& pathway, const std::vector<std::string_view>& rules,
                    std::vector<bool>& used) {
  // Ids of a pathway have one length, and differ at their ends.
  const auto asked = [&](std::string_view id) {
    return std::ranges::any_of(rules, [id](std::string_view rule) {
      return rule.size() == id.size() && (id.empty() || rule.back() == id.back()) && rule == id;
    });
  };
  Marker marker(pathway, used);
  for (const std::string_view id : rules) {
    const auto [table, rule] = pathway.FindRule(id);
    if (rule == nullptr) continue;  // of a check
    marker.MarkRule(*rule);
    marker.MarkWayTo(static_cast<Index>(table - pathway.tables.data()));
  }
  for (const pathways::Check& check : pathway.checks) {
    if (asked(check.id) || asked(check.rule)) marker.MarkCells(check.cells);
  }
}

}  // namespace renal::cards
