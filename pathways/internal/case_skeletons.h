#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pathways/internal/case_coverage.h"
#include "pathways/internal/case_file.h"

/// Proposals for cases that a test file lacks.
namespace renal::pathways::internal {

/// A value of the segment, as near as may be to `constant`, a neighbour of it; any value of it
/// where they are the same segment. Nothing if the segment holds no value that can be written.
std::optional<Value> ValueNear(const Input& input, std::size_t segment, std::size_t constant);

/// Makes cases. The inputs of the defaults are under each.
class SkeletonMaker {
 public:
  SkeletonMaker(std::shared_ptr<const Pathway> pathway, const fhir::OwnJson* defaults,
                const fhir::DateTime& now);

  /// A case for each gap that is a rule, a boundary or a missing input, as one line of JSON; none
  /// for those that are still open after kMostTries evaluations.
  static constexpr std::size_t kMostTries = 100'000;
  std::vector<std::string> Run(const Coverage& coverage, std::vector<std::string> names);

 private:
  using Values = std::map<Index, std::optional<Value>>;  ///< nothing: unknown
  struct Goal {
    const Table* table = nullptr;
    const Rule* rule = nullptr;
    Index input = kNone;  ///< whose value is fixed
    std::optional<Value> value;
  };
  struct Made {
    Values values;
    Outcome outcome;
  };

  std::vector<Goal> GoalsOf(const CoverageGap& gap) const;
  void AddGoals(Index input, const std::optional<Value>& value, std::vector<Goal>& goals) const;
  std::vector<const Rule*> WayTo(const Table& table) const;
  bool Satisfy(const std::vector<Cell>& cells, const Goal& goal, Values& values) const;
  std::optional<Values> ValuesFor(const Goal& goal) const;
  void AvoidGate(const GateRow& row, const Goal& goal, Values& values) const;
  Outcome Evaluated(const Values& values) const;
  std::optional<Made> Try(const Goal& goal) const;
  std::string NameFor(const CoverageGap& gap) const;
  std::string TextOf(const Made& made, const std::string& name) const;

  std::shared_ptr<const Pathway> pathway_;
  fhir::DateTime now_;
  std::vector<Boundary> boundaries_;
  Values defaults_;
};

/// The text of a test file with further cases at its end. Its own text stays as it is.
std::string WithCases(std::string_view text, const std::vector<std::string>& cases);

}  // namespace renal::pathways::internal
