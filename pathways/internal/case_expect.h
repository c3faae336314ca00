#pragma once

#include <string>
#include <vector>

#include "pathways/internal/case_file.h"
#include "pathways/outcome.h"

/// What cases expect: read from the test file, and held against outcomes.
namespace renal::pathways::internal {

/// Reads `expect`. Names that the pathway does not have are reported.
Expectation ReadExpectation(const Pathway& pathway, const fhir::OwnJson& node, Problems& problems);

/// Everything in which an outcome differs from what is expected: "rule: expected L3, got L4".
std::vector<std::string> Differences(const Expectation& expected, const Outcome& outcome);

/// The same for the summaries of the cards.
std::vector<std::string> CardDifferences(const Expectation& expected,
                                         const std::vector<std::string>& summaries);

/// What expectations are held against, from an outcome. Order as in the outcome.
std::vector<std::string> RulesOf(const Outcome& outcome);       ///< that recommend a treatment
std::vector<std::string> CandidatesOf(const Outcome& outcome);  ///< of open tables
std::vector<std::string> MissingOf(const Outcome& outcome);     ///< of open tables, best first
std::vector<std::string> IndependentOf(const Outcome& outcome);
std::vector<std::string> WithOf(const Outcome& outcome);
std::vector<std::string> AskedOf(const Outcome& outcome);
/// Action and strength; the action with @focus where several foci have results.
std::vector<std::pair<std::string, std::string>> OptionsOf(const Outcome& outcome);

}  // namespace renal::pathways::internal
