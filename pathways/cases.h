#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/load.h"
#include "pathways/pathway.h"

/// Test files of pathways (`<id>.cases.json`, pathway-format section 12): read, run against the
/// engine that clinics use, and measured for what they leave untested.
namespace renal::pathways {

/// Reads a file that a case names ("bundle": "patient.json"); nothing if there is none. Never
/// called with a path.
using ReadFile = std::function<std::optional<std::string>(std::string_view name)>;

/// How one case went.
struct CaseResult {
  std::string name;
  fhir::TextPosition at;  ///< of the case in its file
  bool passed = false;
  bool confirmed = true;                 ///< false: a proposal that no person has looked at yet
  std::vector<std::string> differences;  ///< "rule: expected L3, got L4"; why it could not run
};

/// One thing that the cases leave untested.
struct CoverageGap {
  enum class Kind : std::uint8_t {
    kRule,      ///< no case makes the rule true
    kCell,      ///< a cell is never true, never false or never unknown
    kBoundary,  ///< no case on a constant, just below or just above it
    kMissing,   ///< an input is missing in no case
    kOption,    ///< an option is offered by no case
    kVerdict    ///< an order verdict occurs in no case
  };
  Kind kind = Kind::kRule;
  std::string where;    ///< "L3", "L3.largestTumorDimension", "largestTumorDimension"
  std::string message;  ///< what is lacking, and which case would close it
};

/// Counts of what could be covered and what is, by kind of gap.
struct Coverage {
  struct Count {
    std::size_t covered = 0;
    std::size_t all = 0;
  };
  Count rules, cells, boundaries, missing, options, verdicts;
  std::vector<CoverageGap> gaps;
  /// Every rule and every boundary is covered: what an active pathway needs.
  bool complete() const {
    return rules.covered == rules.all && boundaries.covered == boundaries.all;
  }
};

/// What a test file says about a pathway.
struct CasesResult {
  std::vector<LoadProblem>
      problems;                   ///< of the test file itself; nothing was run if one is an error
  std::vector<CaseResult> cases;  ///< in file order
  Coverage coverage;              ///< by confirmed cases only
  std::size_t passed = 0;
  std::size_t failed = 0;
};

/// Runs every case of `text`. Pure: the time is that of the file.
CasesResult RunCases(std::shared_ptr<const Pathway> pathway, std::string_view file_name,
                     std::string_view text, const ReadFile& read_file);

/// The test file with a skeleton for every boundary, rule and missing input without a case, each
/// with the engine's outcome as a proposal, marked `"confirmed": false`. `text` may be empty.
std::string WithSkeletons(std::shared_ptr<const Pathway> pathway, std::string_view text,
                          const CasesResult& result);

}  // namespace renal::pathways
