#pragma once

#include <string>
#include <vector>

#include "pathways/internal/common_grid.h"

/// What a version of a pathway decides, laid out over a grid: each thing that can be said, with the
/// patients to whom it is said.
namespace renal::pathways::internal {

/// One thing that is said: the options of a rule, a stop of the gate, the effect of a check. The
/// way through the tables is put in: the patients are those of the rule and of what leads there.
struct Decision {
  /// Where it is said, and to whom there.
  struct Part {
    std::string place;  ///< table, "gate" or "checks"
    std::string text;   ///< for people: "L4: Partial nephrectomy (acceptable), ..."
    std::vector<Box> patients;
  };
  std::string signature;      ///< equal for what is the same advice in both versions
  std::vector<Part> parts;    ///< in file order
  std::vector<Box> patients;  ///< of all parts, disjoint
};

struct Decisions {
  std::vector<Decision> list;      ///< of one signature once; gate first, then tables, then checks
  std::vector<Box> stopped;        ///< patients whom the gate stops, disjoint
  std::vector<std::string> whens;  ///< tables that hold `when`
  bool whole = true;               ///< false: beyond the limit
};

/// `named`: ids of rules to which something refers, in any version; these are part of the advice.
Decisions DecisionsOf(const Pathway& pathway, Version version, const CommonGrid& grid,
                      const std::vector<std::string>& named, BoxLimit& limit);

/// Ids of rules to which checks and other rules refer.
std::vector<std::string> NamedRules(const Pathway& pathway);

}  // namespace renal::pathways::internal
