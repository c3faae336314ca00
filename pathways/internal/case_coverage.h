#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "pathways/cases.h"
#include "pathways/outcome.h"

namespace renal::pathways::internal {

/// A constant of an input, or the values next to it, that a case should have.
struct Boundary {
  Index input = kNone;
  std::size_t segment = 0;    ///< where the value of the case must lie, into Input::segments
  std::size_t constant = 0;   ///< the segment of the constant
  bool anywhere = false;      ///< a gate or input tests it
  std::vector<Index> tables;  ///< tables that test it
  std::vector<Index> checks;  ///< checks that test it
};

/// Every boundary of the cells of a pathway.
std::vector<Boundary> BoundariesOf(const Pathway& pathway);

/// "just below 7 'cm'".
std::string BoundaryText(const Pathway& pathway, const Boundary& boundary);

/// Collects what cases cover.
class CoverageMeter {
 public:
  explicit CoverageMeter(const Pathway& pathway);

  /// Counts a case. `own_parameters`: it has constants of its own, so that it covers no boundary.
  void Add(const Outcome& outcome, bool own_parameters);

  /// Whether a gap that is a rule, a boundary or a missing input is still one.
  bool IsOpen(const CoverageGap& gap) const;
  Coverage Take() const;

 private:
  using RuleKey = std::pair<Index, Index>;  // table, rule
  void AddTables(const Outcome& outcome);
  void AddInputs(const Outcome& outcome);
  void AddBoundaries(const Outcome& outcome);
  bool Covers(const Outcome& outcome, const Boundary& boundary) const;
  void TakeRules(Coverage& coverage) const;
  void TakeCells(const Table& table, const Rule& rule, RuleKey key, Coverage& coverage) const;
  void TakeOptions(const Rule& rule, Coverage& coverage) const;
  void TakeBoundaries(Coverage& coverage) const;
  void TakeMissing(Coverage& coverage) const;
  void TakeVerdicts(Coverage& coverage) const;

  const Pathway* pathway_;
  std::vector<Boundary> boundaries_;
  std::set<std::size_t> boundaries_met_;
  std::set<RuleKey> true_rules_;
  std::map<std::tuple<Index, Index, std::size_t>, std::set<Truth>> cells_;
  std::set<Index> missing_;
  std::set<std::pair<std::string, Index>> options_;  // rule and action
  std::set<Verdict> verdicts_;
};

/// The inputs that cells, expressions or `needs` of a pathway read, without those that are worked
/// out from other inputs.
std::vector<bool> ReadInputs(const Pathway& pathway);

}  // namespace renal::pathways::internal
