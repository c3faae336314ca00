#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/load.h"
#include "pathways/outcome.h"
#include "pathways/pathway.h"

/// Test files of pathways (`<id>.cases.json`, pathways/README.md "Test files"): read, run against
/// the engine that clinics use, and measured for what they leave untested.
namespace renal::pathways {

/// Reads a file that a case names ("bundle": "patient.json"); nothing if there is none. Never
/// called with a path.
using ReadFile = std::function<std::optional<std::string>(std::string_view name)>;

/// Loads the pathway with other values of its parameters ("parameters" of a case).
using LoadWith =
    std::function<LoadResult(const std::vector<std::pair<std::string, std::string>>& parameters)>;

/// The summaries of the cards that an outcome gives on a hook ("cards" of an expectation).
using CardSummaries = std::function<std::vector<std::string>(
    const Outcome& outcome, std::string_view hook, std::string_view patient_id)>;

/// What cases may need from outside. Anything may be left out: a case that needs what is missing
/// fails and says so; only expected cards are then not looked at.
struct CaseTools {
  ReadFile read_file;
  LoadWith load_with;
  CardSummaries cards;
};

/// LoadWith for a pathway file: reads `text` again, with the values of a case before those of
/// `options`.
LoadWith LoadAgain(std::string file_name, std::string text, LoadOptions options);

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
  std::optional<Truth> truth = std::nullopt;  ///< of a cell: what it never is
  std::size_t boundary = 0;  ///< of a boundary: its place among those of the pathway
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
  Coverage coverage;              ///< by cases that are confirmed and passed
  std::size_t passed = 0;
  std::size_t failed = 0;
};

/// Runs every case of `text`. Pure: the time is that of the file.
CasesResult RunCases(std::shared_ptr<const Pathway> pathway, std::string_view file_name,
                     std::string_view text, const CaseTools& tools);
CasesResult RunCases(std::shared_ptr<const Pathway> pathway, std::string_view file_name,
                     std::string_view text, const ReadFile& read_file);

/// What there is to cover, none of it covered: for a pathway without a test file.
Coverage NothingCovered(const Pathway& pathway);

/// The test file with a skeleton for every boundary, rule and missing input without a case, each
/// with the engine's outcome as a proposal, marked `"confirmed": false`. `text` may be empty: a
/// file is then begun, with the time `now` of this call.
std::string WithSkeletons(std::shared_ptr<const Pathway> pathway, std::string_view text,
                          const CasesResult& result, const fhir::DateTime& now);

}  // namespace renal::pathways
