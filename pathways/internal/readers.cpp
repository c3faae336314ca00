#include <algorithm>
#include <string>
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

Readers ReadersOf(const Pathway& pathway, const Flags& changed) {
  Readers readers;
  readers.scope = Reads(pathway.applies, changed);
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) {
      if (Reads(rule, changed)) readers.rules.push_back(&rule);
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

void FindReadersOfInputs(Pathway& pathway) {
  pathway.readers.clear();
  pathway.testers.clear();
  std::vector<Flags> changed;
  for (Index input = 0; input < pathway.inputs.size(); ++input) {
    changed.push_back(ChangedBy(pathway, input));
    pathway.readers.push_back(ReadersOf(pathway, changed.back()));
    Flags itself(pathway.inputs.size());
    itself[input] = true;
    pathway.testers.push_back(ReadersOf(pathway, itself));
  }
  for (Index input = 0; input < pathway.inputs.size(); ++input) {
    for (const Index other : pathway.order) {
      const bool derived = other != input && changed[input][other];
      if (derived && !pathway.readers[other].none()) {
        pathway.readers[input].derived.push_back(other);
      }
    }
  }
}

void FindConcerned(Pathway& pathway) {
  std::unordered_map<std::string_view, int> orders;
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) orders.emplace(rule.id, rule.order);
  }
  for (Check& check : pathway.checks) {
    check.concerned.Clear();
    for (const std::string& rule : check.for_rules) {
      check.concerned.Add(static_cast<std::size_t>(orders.at(rule)));
    }
  }
}

bool IsAbout(const Pathway& pathway, const Check& check, Index action) {
  if (action == kNone) return false;
  if (!check.for_actions.empty()) {
    return std::ranges::find(check.for_actions, action) != check.for_actions.end();
  }
  return check.for_rules.empty() && pathway.actions[action].kind == ActionKind::kTreatment;
}

// The checks that are about an action that a rule offers or brings along.
IndexSet ChecksAbout(const Pathway& pathway, const Rule& rule, Index action) {
  // Actions that a rule brings along are no options of it.
  const bool brought = std::ranges::find(rule.with, action) != rule.with.end();
  IndexSet checks;
  for (Index i = 0; i < pathway.checks.size(); ++i) {
    const Check& check = pathway.checks[i];
    const bool by_rule = !brought && check.concerned.Has(static_cast<std::size_t>(rule.order));
    if (by_rule || IsAbout(pathway, check, action)) checks.Add(i);
  }
  return checks;
}

void FindChecks(const Pathway& pathway, Rule& rule) {
  for (Option& option : rule.options) option.checks = ChecksAbout(pathway, rule, option.action);
  rule.with_checks.clear();
  for (const Index action : rule.with) {
    rule.with_checks.push_back(ChecksAbout(pathway, rule, action));
  }
}

void FindTogether(const Pathway& pathway, Rule& rule) {
  rule.together_orders.clear();
  for (const std::string& id : rule.together) {
    if (const Rule* other = pathway.FindRule(id).second) {
      rule.together_orders.push_back(other->order);
    }
  }
}

// The inputs that cells read, each followed by what it is worked out from.
std::vector<Index> RestsOn(const Pathway& pathway, const std::vector<Cell>& cells) {
  std::vector<Index> inputs;  // grows while it is walked; each input stands in it once
  IndexSet seen;
  const auto add = [&](Index input) {
    if (!seen.Has(input)) inputs.push_back(input);
    seen.Add(input);
  };
  std::size_t next = 0;
  for (const Cell& cell : cells) {
    for (add(cell.input); next < inputs.size(); ++next) {
      const Input& input = pathway.inputs[inputs[next]];
      if (!input.IsDerived()) continue;
      for (const Index other : input.depends_on) add(other);
    }
  }
  return inputs;
}

// Of a score: the inputs that it reads; in place of an expression, what that reads.
std::vector<Index> BasisOf(const Pathway& pathway, const Input& input) {
  std::vector<Index> open = input.depends_on;  // grows while it is walked
  std::vector<Index> basis;
  const auto add_once = [](std::vector<Index>& list, Index value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(value);
  };
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Index index = open[i];
    const Input& other = pathway.inputs[index];
    if (other.derive && !other.score && !other.depends_on.empty()) {
      for (const Index below : other.depends_on) add_once(open, below);
    } else {
      add_once(basis, index);
    }
  }
  std::ranges::sort(basis);
  return basis;
}

}  // namespace

void FindReaders(Pathway& pathway) {
  pathway.rule_count = 0;
  for (const Table& table : pathway.tables) pathway.rule_count += table.rules.size();
  FindReadersOfInputs(pathway);
  FindConcerned(pathway);
  for (Table& table : pathway.tables) {
    for (Rule& rule : table.rules) {
      FindChecks(pathway, rule);
      FindTogether(pathway, rule);
      rule.rests_on = RestsOn(pathway, rule.cells);
    }
  }
  for (Check& check : pathway.checks) check.rests_on = RestsOn(pathway, check.cells);
  for (Input& input : pathway.inputs) {
    if (input.score || !input.points.empty() || !input.classes.empty()) {
      input.basis = BasisOf(pathway, input);
    }
  }
}

namespace {

Index PlaceOf(std::vector<RecordType>& types, const std::string& name) {
  const auto found = std::ranges::find(types, name, &RecordType::name);
  if (found != types.end()) return static_cast<Index>(found - types.begin());
  types.emplace_back(name);
  return types.size() - 1;
}

}  // namespace

void SortSources(Pathway& pathway) {
  std::vector<RecordType>& types = pathway.record_types;
  types.clear();
  const auto sort = [&](std::vector<SourceOfInput>& sources) {
    for (SourceOfInput& source : sources) {
      source.type = PlaceOf(types, source.from);
      source.set = source.code == nullptr ? kNone : types[source.type].Add(*source.code);
    }
  };
  for (FocusKind& focus : pathway.foci) sort(focus.instances);
  for (Input& input : pathway.inputs) sort(input.sources);
}

}  // namespace renal::pathways::internal
