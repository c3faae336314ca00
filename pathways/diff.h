#pragma once

#include <string>
#include <vector>

#include "pathways/load.h"
#include "pathways/pathway.h"

/// For which patients two versions of a pathway decide differently (pathway-format 11.3).
///
/// Compared is what is said to a patient, along every way through the tables: a table that is split
/// in two, a rule with another id or words makes no difference. Each input counts as free, also a
/// derived one: that an input is read or derived in another way is listed as text.
namespace renal::pathways {

/// One maximal group of patients for whom the decision differs.
struct DecisionChange {
  std::string table;  ///< where the ways part: a table's id, "gate" or "checks"
  std::vector<std::string>
      patients;        ///< one test a column: "Largest dimension: [2 'cm' .. 7 'cm')"
  std::string before;  ///< rules and options that are gone; empty: nothing
  std::string after;   ///< rules and options that are new; empty: nothing
};

/// One difference that is text, not a decision: an input, source, action, citation, parameter.
struct TextChange {
  std::string where;   ///< "inputs.egfr.maxAge"
  std::string before;  ///< empty: added
  std::string after;   ///< empty: removed
};

struct PathwayDiff {
  std::string before_version, after_version;
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
