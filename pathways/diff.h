#pragma once

#include <string>
#include <vector>

#include "pathways/load.h"
#include "pathways/pathway.h"

/// For which patients two versions of a pathway decide differently (pathway-format 11.3).
namespace renal::pathways {

/// One maximal group of patients for whom the decision differs.
struct DecisionChange {
  std::string table;                  ///< where the ways part
  std::vector<std::string> patients;  ///< one test a column: "Largest dimension: 2 cm .. 7 cm"
  std::string before;                 ///< rule and options of the old version; "no rule"
  std::string after;
};

/// One difference that is text, not a decision: an input, source, action, citation, parameter.
struct TextChange {
  std::string where;   ///< "inputs.egfr.maxAge"
  std::string before;  ///< empty: added
  std::string after;   ///< empty: removed
};

struct PathwayDiff {
  std::vector<DecisionChange> decisions;
  std::vector<TextChange> texts;
  bool complete = true;  ///< false: a table holds `when` or is too large; `notes` says which
  std::vector<std::string> notes;
};

/// Compares two files that loaded.
PathwayDiff Diff(const LoadResult& before, const LoadResult& after);

/// The diff as Markdown for a reviewer.
std::string DiffMarkdown(const PathwayDiff& diff);
/// The diff as one JSON object.
std::string DiffJson(const PathwayDiff& diff);

}  // namespace renal::pathways
