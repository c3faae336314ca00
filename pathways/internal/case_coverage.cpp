#include "pathways/internal/case_coverage.h"

#include <algorithm>

#include "pathways/hooks.h"
#include "pathways/internal/cells_of.h"
#include "pathways/internal/facts.h"
#include "pathways/internal/limits.h"

namespace renal::pathways::internal {
namespace {

bool IsOrderedInput(const Input& input) {
  return input.type != Type::kBoolean && input.type != Type::kCode;
}

// The point that a cell's interval ends at is a segment of its own.
bool EndsAt(const Cell& cell, const Interval& point) {
  return std::ranges::any_of(cell.ranges, [&](const Interval& range) {
    for (const auto& end : {range.low, range.high}) {
      if (!end) continue;
      const auto order = fhir::Compare(end->value, point.low->value);
      if (order && *order == 0) return true;
    }
    return false;
  });
}

Index TableOf(const Pathway& pathway, const Rule* rule) {
  const auto holds = [&](const Table& table) {
    return std::ranges::any_of(table.rules, [&](const Rule& one) { return &one == rule; });
  };
  const auto table = std::ranges::find_if(pathway.tables, holds);
  return static_cast<Index>(table - pathway.tables.begin());
}

// Where cells and rules test the input itself at that point.
void FindOwnUses(const Pathway& pathway, const Interval& point, Boundary& boundary) {
  const auto uses = [&](const Cell& cell) {
    return cell.input == boundary.input && EndsAt(cell, point);
  };
  const auto rule_uses = [&](const Rule& rule) {
    return std::ranges::any_of(rule.cells, uses) ||
           (rule.when && ComparesWith(pathway, *rule.when, boundary.input, point.low->value));
  };
  ForEachCellBesideTables(pathway, [&](const Cell& cell, bool decides) {
    boundary.anywhere = boundary.anywhere || (decides && uses(cell));
  });
  if (pathway.applies && ComparesWith(pathway, *pathway.applies, boundary.input, point.low->value))
    boundary.anywhere = true;
  for (Index c = 0; c < pathway.checks.size(); ++c) {
    if (std::ranges::any_of(pathway.checks[c].cells, uses)) AddOnce(boundary.checks, c);
  }
  for (Index t = 0; t < pathway.tables.size(); ++t) {
    if (std::ranges::any_of(pathway.tables[t].rules, rule_uses)) AddOnce(boundary.tables, t);
  }
}

// Where a derived input is read that turns at the point.
void FindUsesOf(const Pathway& pathway, Index derived, Boundary& boundary) {
  const Readers& readers = pathway.readers[derived];
  for (const Rule* rule : readers.rules) AddOnce(boundary.tables, TableOf(pathway, rule));
  for (const Index check : readers.checks) AddOnce(boundary.checks, check);
  boundary.anywhere = boundary.anywhere || !readers.gate.empty() || readers.scope;
}

void FindUses(const Pathway& pathway, const std::vector<Limit>& limits, Boundary& boundary) {
  const Interval& point = pathway.inputs[boundary.input].segments[boundary.constant].interval();
  for (const Limit& limit : limits) {
    const auto order = fhir::Compare(limit.value, point.low->value);
    if (!order || *order != 0) continue;
    if (limit.by == kNone) {
      FindOwnUses(pathway, point, boundary);
    } else {
      FindUsesOf(pathway, limit.by, boundary);
    }
  }
}

Index TableIndex(const Outcome& outcome, const Table* table) {
  return static_cast<Index>(table - outcome.pathway->tables.data());
}

std::string Constant(const Pathway& pathway, const Boundary& boundary) {
  const Input& input = pathway.inputs[boundary.input];
  return ValueText(input, input.segments[boundary.constant]);
}

bool IsWorkedOut(const Input& input) { return input.IsDerived() && !input.depends_on.empty(); }

}  // namespace

std::vector<Boundary> BoundariesOf(const Pathway& pathway) {
  const auto limits = LimitsOf(pathway);
  std::vector<Boundary> boundaries;
  for (Index i = 0; i < pathway.inputs.size(); ++i) {
    const Input& input = pathway.inputs[i];
    if (!IsOrderedInput(input) || IsWorkedOut(input)) continue;
    for (std::size_t s = 0; s < input.segments.size(); ++s) {
      if (!input.segments[s].interval().IsPoint()) continue;
      for (const std::size_t near : {s, s - 1, s + 1}) {
        if (near >= input.segments.size()) continue;  // s - 1 wraps for the first
        Boundary boundary{i, near, s, false, {}, {}};
        FindUses(pathway, limits[i], boundary);
        const bool used = boundary.anywhere || !boundary.tables.empty() || !boundary.checks.empty();
        if (used) boundaries.push_back(std::move(boundary));
      }
    }
  }
  return boundaries;
}

std::string BoundaryText(const Pathway& pathway, const Boundary& boundary) {
  const char* side = boundary.segment == boundary.constant  ? "exactly "
                     : boundary.segment < boundary.constant ? "just below "
                                                            : "just above ";
  return side + Constant(pathway, boundary);
}

std::vector<bool> ReadInputs(const Pathway& pathway) {
  std::vector<bool> read(pathway.inputs.size());
  ForEachCell(pathway, [&](const Cell& cell, bool decides) {
    if (decides) read[cell.input] = true;
  });
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) {
      for (const Index input : rule.needs) read[input] = true;
      if (!rule.when) continue;
      for (const std::size_t slot : rule.when->variables_used()) {
        if (slot < read.size()) read[slot] = true;
      }
    }
  }
  for (std::size_t i = pathway.order.size(); i-- > 0;) {  // after all that depends on it
    const Input& input = pathway.inputs[pathway.order[i]];
    if (!read[pathway.order[i]] || !IsWorkedOut(input)) continue;
    for (const Index other : input.depends_on) read[other] = true;
    read[pathway.order[i]] = false;
  }
  return read;
}

CoverageMeter::CoverageMeter(const Pathway& pathway)
    : pathway_(&pathway), boundaries_(BoundariesOf(pathway)) {}

void CoverageMeter::Add(const Outcome& outcome, bool own_parameters) {
  AddTables(outcome);
  AddInputs(outcome);
  if (!own_parameters) AddBoundaries(outcome);
  for (const Recommendation& result : outcome.recommendations) {
    for (const std::string& rule : result.rules) options_.emplace(rule, result.action);
  }
  for (const OrderVerdict& order : outcome.orders) verdicts_.insert(order.verdict);
}

void CoverageMeter::AddTables(const Outcome& outcome) {
  for (const TableTrace& table : outcome.tables) {
    const Index t = TableIndex(outcome, table.table);
    for (Index r = 0; r < table.rules.size(); ++r) {
      const RuleTrace& rule = table.rules[r];
      if (rule.verdict == Truth::kTrue) true_rules_.emplace(t, r);
      for (std::size_t c = 0; c < rule.cells.size(); ++c) {
        cells_[{t, r, c}].insert(rule.cells[c].verdict);
      }
    }
  }
}

void CoverageMeter::AddInputs(const Outcome& outcome) {
  const auto is_missing = [](const InputState& state) {
    return state.status == InputStatus::kUnknown || state.status == InputStatus::kAssumed;
  };
  for (Index input = 0; input < pathway_->inputs.size(); ++input) {
    const Index kind = pathway_->inputs[input].focus;
    if (kind == kNone && is_missing(outcome.patient_inputs[input])) missing_.insert(input);
    for (Index i = 0; i < outcome.foci.size() && kind != kNone; ++i) {
      const bool here = outcome.foci[i].kind == kind;
      if (here && is_missing(outcome.focus_inputs[i][input])) missing_.insert(input);
    }
  }
}

bool CoverageMeter::Covers(const Outcome& outcome, const Boundary& boundary) const {
  const Input& input = pathway_->inputs[boundary.input];
  const Interval& segment = input.segments[boundary.segment].interval();
  const auto lies_there = [&](Index instance) {
    const std::optional<Value>& value = outcome.State(boundary.input, instance).value;
    return value && pathways::Covers(segment, value->interval()) == Cover::kInside;
  };
  if (boundary.anywhere) {
    if (input.focus == kNone) return lies_there(kNone);
    for (Index i = 0; i < outcome.foci.size(); ++i) {
      if (outcome.foci[i].kind == input.focus && lies_there(i)) return true;
    }
    return false;
  }
  const bool in_table = std::ranges::any_of(outcome.tables, [&](const TableTrace& table) {
    const Index index = TableIndex(outcome, table.table);
    return std::ranges::find(boundary.tables, index) != boundary.tables.end() &&
           lies_there(table.instance);
  });
  return in_table || std::ranges::any_of(outcome.checks, [&](const CheckTrace& traced) {
           return std::ranges::any_of(boundary.checks, [&](Index check) {
             return &pathway_->checks[check] == traced.check &&
                    lies_there(outcome.Instance(traced.focus));
           });
         });
}

void CoverageMeter::AddBoundaries(const Outcome& outcome) {
  for (std::size_t i = 0; i < boundaries_.size(); ++i) {
    if (!boundaries_met_.contains(i) && Covers(outcome, boundaries_[i])) boundaries_met_.insert(i);
  }
}

void CoverageMeter::TakeCells(const Table& table, const Rule& rule, RuleKey key,
                              Coverage& coverage) const {
  for (std::size_t c = 0; c < rule.cells.size(); ++c) {
    const Cell& cell = rule.cells[c];
    const bool presence = cell.kind == Cell::Kind::kKnown || cell.kind == Cell::Kind::kUnknown;
    const auto found = cells_.find({key.first, key.second, c});
    for (const Truth truth : {Truth::kTrue, Truth::kFalse, Truth::kUnknown}) {
      if (presence && truth == Truth::kUnknown) continue;
      ++coverage.cells.all;
      if (found != cells_.end() && found->second.contains(truth)) {
        ++coverage.cells.covered;
        continue;
      }
      const char* word = truth == Truth::kTrue    ? "true"
                         : truth == Truth::kFalse ? "false"
                                                  : "unknown";
      const std::string& input = pathway_->inputs[cell.input].name;
      coverage.gaps.push_back({CoverageGap::Kind::kCell, rule.id + "." + input,
                               "the cell \"" + cell.text + "\" is never " + word +
                                   ". Add a case that reaches table " + table.id +
                                   " and makes it so.",
                               truth});
    }
  }
}

void CoverageMeter::TakeOptions(const Rule& rule, Coverage& coverage) const {
  for (const Option& option : rule.options) {
    if (option.action == kNone) continue;
    ++coverage.options.all;
    if (options_.contains({rule.id, option.action})) {
      ++coverage.options.covered;
      continue;
    }
    const std::string& action = pathway_->actions[option.action].id;
    coverage.gaps.push_back({CoverageGap::Kind::kOption, rule.id + "." + action,
                             "no case offers " + action + " by rule " + rule.id + "."});
  }
}

void CoverageMeter::TakeRules(Coverage& coverage) const {
  for (Index t = 0; t < pathway_->tables.size(); ++t) {
    const Table& table = pathway_->tables[t];
    for (Index r = 0; r < table.rules.size(); ++r) {
      const Rule& rule = table.rules[r];
      ++coverage.rules.all;
      if (true_rules_.contains({t, r})) {
        ++coverage.rules.covered;
      } else {
        coverage.gaps.push_back({CoverageGap::Kind::kRule, rule.id,
                                 "no case makes the rule true. Add one in which all its cells "
                                 "hold and table " +
                                     table.id + " is reached."});
      }
      TakeCells(table, rule, {t, r}, coverage);
      TakeOptions(rule, coverage);
    }
  }
}

void CoverageMeter::TakeBoundaries(Coverage& coverage) const {
  for (std::size_t i = 0; i < boundaries_.size(); ++i) {
    ++coverage.boundaries.all;
    if (boundaries_met_.contains(i)) {
      ++coverage.boundaries.covered;
      continue;
    }
    const Boundary& boundary = boundaries_[i];
    std::string where = "a place that tests it";
    if (!boundary.checks.empty()) where = "check " + pathway_->checks[boundary.checks.front()].id;
    if (!boundary.tables.empty()) where = "table " + pathway_->tables[boundary.tables.front()].id;
    coverage.gaps.push_back({CoverageGap::Kind::kBoundary, pathway_->inputs[boundary.input].name,
                             "no case is " + BoundaryText(*pathway_, boundary) +
                                 ". Add one that reaches " + where + ".",
                             std::nullopt, i});
  }
}

void CoverageMeter::TakeMissing(Coverage& coverage) const {
  const std::vector<bool> read = ReadInputs(*pathway_);
  for (Index input = 0; input < pathway_->inputs.size(); ++input) {
    if (!read[input]) continue;
    ++coverage.missing.all;
    if (missing_.contains(input)) {
      ++coverage.missing.covered;
      continue;
    }
    coverage.gaps.push_back({CoverageGap::Kind::kMissing, pathway_->inputs[input].name,
                             "the input is missing in no case. Add one without it."});
  }
}

bool HasOrders(const Pathway& pathway) { return std::ranges::any_of(pathway.hooks, IsOrderHook); }

// The verdicts that some order can get in this pathway.
std::vector<Verdict> PossibleVerdicts(const Pathway& pathway) {
  std::set<Tier> tiers;
  bool all = false, supporting = false;
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) {
      all = all || (rule.choose == "all" && rule.options.size() > 1);
      for (const Option& option : rule.options) {
        if (option.action != kNone) tiers.insert(pathway.strengths[option.strength].tier);
      }
    }
  }
  for (const Check& check : pathway.checks) {
    if (check.strength) tiers.insert(*check.strength);
  }
  for (const Action& action : pathway.actions) {
    const bool other = action.kind != ActionKind::kTreatment && action.kind != ActionKind::kFrame;
    supporting = supporting || (other && action.match != nullptr);
  }
  std::vector<Verdict> verdicts{Verdict::kUnrelated,  Verdict::kOutside,   Verdict::kDuplicate,
                                Verdict::kConcordant, Verdict::kUndecided, Verdict::kPremature,
                                Verdict::kDiscordant};
  if (supporting) verdicts.push_back(Verdict::kSupporting);
  if (tiers.contains(Tier::kAvoid)) verdicts.push_back(Verdict::kAvoid);
  if (tiers.contains(Tier::kAcceptable)) verdicts.push_back(Verdict::kAcceptable);
  if (all) verdicts.push_back(Verdict::kIncomplete);
  return verdicts;
}

void CoverageMeter::TakeVerdicts(Coverage& coverage) const {
  if (!HasOrders(*pathway_)) return;
  for (const Verdict verdict : PossibleVerdicts(*pathway_)) {
    ++coverage.verdicts.all;
    if (verdicts_.contains(verdict)) {
      ++coverage.verdicts.covered;
      continue;
    }
    coverage.gaps.push_back({CoverageGap::Kind::kVerdict, Spelling(verdict),
                             "no case has an order with this verdict."});
  }
}

bool CoverageMeter::IsOpen(const CoverageGap& gap) const {
  using Kind = CoverageGap::Kind;
  if (gap.kind == Kind::kBoundary) return !boundaries_met_.contains(gap.boundary);
  if (gap.kind == Kind::kMissing) return !missing_.contains(pathway_->FindInput(gap.where));
  return std::ranges::none_of(true_rules_, [&](const RuleKey& key) {
    return pathway_->tables[key.first].rules[key.second].id == gap.where;
  });
}

Coverage CoverageMeter::Take() const {
  Coverage coverage;
  TakeRules(coverage);
  TakeBoundaries(coverage);
  TakeMissing(coverage);
  TakeVerdicts(coverage);
  std::stable_sort(coverage.gaps.begin(), coverage.gaps.end(),
                   [](const CoverageGap& a, const CoverageGap& b) { return a.kind < b.kind; });
  return coverage;
}

}  // namespace renal::pathways::internal
