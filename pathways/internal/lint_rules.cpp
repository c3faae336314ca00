#include <algorithm>
#include <optional>

#include "pathways/internal/grid.h"
#include "pathways/internal/lint.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

template <class T>
bool Contains(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool IsTreatment(const Pathway& pathway, Index action) {
  return action != kNone && pathway.actions[action].kind == ActionKind::kTreatment;
}

// ---- L307

bool Avoids(const Check& check) { return check.suppress || check.strength == Tier::kAvoid; }

class AvoidSearch {
 public:
  explicit AvoidSearch(const Pathway& pathway) : pathway_(pathway) {}

  // Checks that together make every treatment of the rule one to avoid, for all of its patients;
  // none if they do not.
  std::vector<const Check*> Of(const Rule& rule) {
    std::vector<const Check*> all;
    bool any = false;
    for (const Option& option : rule.options) {
      if (!IsTreatment(pathway_, option.action)) continue;
      any = true;
      std::vector<const Check*> checks;
      for (Index i = 0; i < pathway_.checks.size(); ++i) {
        const Check& check = pathway_.checks[i];
        if (Avoids(check) && option.checks.Has(i)) checks.push_back(&check);
      }
      const bool avoided = pathway_.strengths[option.strength].tier == Tier::kAvoid;
      if (avoided) continue;
      if (checks.empty() || !Cover(rule, checks)) return {};
      Thin(rule, checks);
      for (const Check* check : checks) {
        if (!Contains(all, check)) all.push_back(check);
      }
    }
    return any ? all : std::vector<const Check*>{};
  }

 private:
  // Leaves out the checks without which the others do it.
  void Thin(const Rule& rule, std::vector<const Check*>& checks) {
    for (std::size_t i = checks.size(); i-- > 0 && checks.size() > 1;) {
      std::vector<const Check*> others = checks;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      if (Cover(rule, others)) checks = std::move(others);
    }
  }

  bool Cover(const Rule& rule, const std::vector<const Check*>& checks) {
    constexpr std::size_t kGridCost = 1'000;  // of a cell, in the steps of the limit
    std::vector<GridRow> rows{{&rule.cells, &rule.needs}};
    std::size_t cells = rule.cells.size();
    for (const Check* check : checks) {
      rows.push_back({&check->cells, nullptr});
      cells += check->cells.size();
    }
    if (!limit_.Spend(kGridCost * cells)) return false;
    const Grid grid(pathway_, {}, rows);
    std::vector<Box> left{grid.Certain(rows.front())};
    if (grid.layout().IsEmpty(left.front())) return false;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (!grid.layout().Subtract(left, grid.Certain(rows[i]), limit_)) return false;
    }
    return left.empty();
  }

  const Pathway& pathway_;
  BoxLimit limit_;
};

// ---- L306

// Why an input that is missing stays missing; empty where asking can help. `others`: the answers
// for what it is derived from.
std::string DeadEnd(const Input& input, const std::vector<std::string>& others) {
  if (input.fact) return "it is a fact, which is never asked for";
  if (input.IsDerived()) {
    // Asked for through what it is derived from; without that, by its own question.
    const auto can_be_had = [&](Index other) { return others[other].empty(); };
    if (input.depends_on.empty() ||
        std::any_of(input.depends_on.begin(), input.depends_on.end(), can_be_had)) {
      return {};
    }
    return "nothing that it is derived from can be had";
  }
  const auto matches = [](const SourceOfInput& source) {
    const bool codes = source.code == nullptr || !source.code->concepts().empty();
    return codes && (source.value || !source.map.empty());
  };
  if (std::any_of(input.sources.begin(), input.sources.end(), matches)) return {};
  return "none of its sources can ever match";
}

std::vector<std::string> DeadEnds(const Pathway& pathway) {
  std::vector<std::string> reasons(pathway.inputs.size());
  for (const Index input : pathway.order) reasons[input] = DeadEnd(pathway.inputs[input], reasons);
  return reasons;
}

// States of one table in which the answer hangs on one input.
class StateSearch {
 public:
  StateSearch(const Pathway& pathway, const Table& table, BoxLimit& limit)
      : pathway_(pathway), table_(table), limit_(limit), grid_(GridOf(pathway, table)) {
    for (const Rule& rule : table.rules) {
      possible_.push_back(grid_.Possible({&rule.cells, &rule.needs}));
    }
  }

  // A state in which the answer hangs on `input` alone; nothing if there is none, or if looking for
  // it takes too long.
  std::optional<std::string> Find(Index input) const {
    const auto& layout = grid_.layout();
    const std::size_t place = grid_.Place(input);
    for (std::size_t i = 0; place != kNone && i < possible_.size(); ++i) {
      if (layout.IsEmpty(possible_[i]) || !WaitsFor(table_.rules[i], input)) continue;
      if (table_.hit == Hit::kCollect) return State(possible_[i], place);
      const Box first = Freed(possible_[i], place);
      for (std::size_t j = 0; j < possible_.size(); ++j) {
        if (!limit_.Spend(4 * layout.words() + 1)) return std::nullopt;
        if (i == j || SameOffer(table_.rules[i], table_.rules[j])) continue;
        if (layout.IsEmpty(possible_[j])) continue;
        const Box second = Freed(possible_[j], place);
        if (layout.Meet(first, second)) return State(layout.Common(first, second), place);
      }
    }
    return std::nullopt;
  }

 private:
  static Grid GridOf(const Pathway& pathway, const Table& table) {
    std::vector<GridRow> rows;
    for (const Rule& rule : table.rules) rows.push_back({&rule.cells, &rule.needs});
    return Grid(pathway, table.columns, rows);
  }

  // The rule is open while the input is not known, and that is a matter of the patient.
  static bool WaitsFor(const Rule& rule, Index input) {
    if (rule.fact || Contains(rule.needs, input)) return false;
    return std::any_of(rule.cells.begin(), rule.cells.end(), [&](const Cell& cell) {
      return cell.input == input && cell.kind != Cell::Kind::kKnown &&
             cell.kind != Cell::Kind::kUnknown;
    });
  }

  // The box for every value of one input.
  Box Freed(Box box, std::size_t place) const {
    for (std::size_t i = 0; i < grid_.layout().size(place); ++i) grid_.layout().Put(box, place, i);
    return box;
  }

  std::string State(const Box& box, std::size_t place) const {
    std::vector<InputTest> tests;
    for (std::size_t axis = 0; axis < grid_.inputs().size(); ++axis) {
      if (axis == place || grid_.layout().IsFree(box, axis)) continue;
      tests.push_back({grid_.inputs()[axis], grid_.axis(axis).Example(grid_.layout(), box, axis)});
    }
    return tests.empty() ? "whatever else is known" : "with " + TextOf(pathway_, tests, " = ");
  }

  const Pathway& pathway_;
  const Table& table_;
  BoxLimit& limit_;
  Grid grid_;
  std::vector<Box> possible_;
};

}  // namespace

void LintPresence(LintFile& file) {
  const Pathway& pathway = file.pathway();
  for (std::size_t t = 0; t < pathway.tables.size(); ++t) {
    for (std::size_t r = 0; r < pathway.tables[t].rules.size(); ++r) {
      const Rule& rule = pathway.tables[t].rules[r];
      if (!rule.when) continue;
      for (const auto& test : rule.when->presence_tests()) {
        if (test.slot >= pathway.inputs.size()) continue;
        const OwnJson& node = MemberOr(RuleNode(file.root(), t, r), "when");
        file.found.Error(file.found.Inside(node, OffsetOf(node.text, test.at)), "L305",
                         "\"when\" of rule " + Quoted(rule.id) + " asks whether " +
                             Quoted(pathway.inputs[test.slot].name) +
                             " is there, so a missing datum becomes a definite answer. Test its "
                             "value, or use the cell \"known\".");
      }
    }
  }
}

void LintChecks(LintFile& file) {
  const Pathway& pathway = file.pathway();
  AvoidSearch search(pathway);
  for (std::size_t t = 0; t < pathway.tables.size(); ++t) {
    for (std::size_t r = 0; r < pathway.tables[t].rules.size(); ++r) {
      const Rule& rule = pathway.tables[t].rules[r];
      const auto checks = search.Of(rule);
      if (checks.empty()) continue;
      std::string ids;
      for (const Check* check : checks) ids += (ids.empty() ? "" : ", ") + Quoted(check->id);
      file.found.Error(RuleNode(file.root(), t, r), "L307",
                       "rule " + Quoted(rule.id) +
                           " has no patient left for whom an option is not to be avoided (checks " +
                           ids + "). Remove the rule, or narrow the checks.");
    }
  }
}

void LintOptions(LintFile& file) {
  const Pathway& pathway = file.pathway();
  const auto preferred = [&](const Option& option) {
    return pathway.strengths[option.strength].tier == Tier::kPreferred;
  };
  for (std::size_t t = 0; t < pathway.tables.size(); ++t) {
    for (std::size_t r = 0; r < pathway.tables[t].rules.size(); ++r) {
      const Rule& rule = pathway.tables[t].rules[r];
      if (rule.choose != "one" || !rule.with.empty() || rule.options.empty()) continue;
      if (std::any_of(rule.options.begin(), rule.options.end(), preferred)) continue;
      file.found.Warn(MemberOr(RuleNode(file.root(), t, r), "then"), "L308",
                      "rule " + Quoted(rule.id) +
                          " asks to choose one of options of which none is preferred, and brings "
                          "nobody who chooses. Prefer one, or add \"with\": a referral.");
    }
  }
}

void LintDeadEnds(LintFile& file) {
  const Pathway& pathway = file.pathway();
  const auto reasons = DeadEnds(pathway);
  std::vector<bool> reported(pathway.inputs.size(), false);
  BoxLimit limit;
  for (const Table& table : pathway.tables) {
    std::optional<StateSearch> search;  // most tables need none
    for (const Index input : table.columns) {
      if (reasons[input].empty() || reported[input]) continue;
      if (!search) search.emplace(pathway, table, limit);
      const auto state = search->Find(input);
      if (!state) continue;
      reported[input] = true;
      const std::string& name = pathway.inputs[input].name;
      file.found.Warn(MemberOr(MemberOr(file.root(), "inputs"), name), "L306",
                      "without input " + Quoted(name) + " table " + Quoted(table.id) +
                          " stays undecided " + *state + ", and " + reasons[input] +
                          ". Give it a source or a way to be asked for.");
    }
  }
}

}  // namespace renal::pathways::internal
