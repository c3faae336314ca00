#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using Flags = std::vector<bool>;

bool Reads(const std::vector<Cell>& cells, const Flags& changed) {
  return std::ranges::any_of(cells, [&](const Cell& cell) { return changed[cell.input]; });
}

bool Reads(const std::optional<fhir::fhirpath::Expression>& expression, const Flags& changed) {
  if (!expression) return false;
  return std::ranges::any_of(expression->variables_used(), [&](std::size_t slot) {
    return slot < changed.size() && changed[slot];
  });
}

bool Reads(const Rule& rule, const Flags& changed) {
  return Reads(rule.cells, changed) || Reads(rule.when, changed) ||
         std::ranges::any_of(rule.needs, [&](Index input) { return changed[input]; });
}

// The input and all that is worked out from it.
Flags ChangedBy(const Pathway& pathway, Index input) {
  Flags changed(pathway.inputs.size());
  changed[input] = true;
  for (const Index other : pathway.order) {
    const auto& reads = pathway.inputs[other].depends_on;
    if (std::ranges::any_of(reads, [&](Index i) { return changed[i]; })) changed[other] = true;
  }
  return changed;
}

Readers ReadersOf(const Pathway& pathway, Index input) {
  const Flags changed = ChangedBy(pathway, input);
  Readers readers;
  readers.scope = Reads(pathway.applies, changed);
  for (Index t = 0; t < pathway.tables.size(); ++t) {
    for (Index r = 0; r < pathway.tables[t].rules.size(); ++r) {
      if (Reads(pathway.tables[t].rules[r], changed)) readers.rules.emplace_back(t, r);
    }
  }
  for (Index c = 0; c < pathway.checks.size(); ++c) {
    if (Reads(pathway.checks[c].cells, changed)) readers.checks.push_back(c);
  }
  for (Index g = 0; g < pathway.gate.size(); ++g) {
    if (Reads(pathway.gate[g].cells, changed)) readers.gate.push_back(g);
  }
  return readers;
}

}  // namespace

void FindReaders(Pathway& pathway) {
  pathway.rule_count = 0;
  for (const Table& table : pathway.tables) pathway.rule_count += table.rules.size();
  pathway.readers.clear();
  for (Index input = 0; input < pathway.inputs.size(); ++input) {
    pathway.readers.push_back(ReadersOf(pathway, input));
  }
  std::unordered_map<std::string_view, int> orders;
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) orders.emplace(rule.id, rule.order);
  }
  for (Check& check : pathway.checks) {
    check.concerned.assign(pathway.rule_count, false);
    for (const std::string& rule : check.for_rules) {
      check.concerned[static_cast<std::size_t>(orders.at(rule))] = true;
    }
  }
}

}  // namespace renal::pathways::internal
