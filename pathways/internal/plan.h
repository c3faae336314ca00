#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pathways/index_set.h"
#include "pathways/pathway.h"

namespace renal::pathways {

/// What evaluations look up instead of finding it out each time: names as numbers, and what follows
/// from the file alone. Made once, when the file is loaded.
struct Plan {
  static constexpr int kNoRule = -1;
  struct OfRule {
    Index name = 0;      ///< of its id
    Index identity = 0;  ///< name that its results count under; one for all that say the same
    std::vector<int> yields_to;            ///< Rule::order of each
    int joins = kNoRule;                   ///< Rule::order
    IndexSet together, replaces, demotes;  ///< by Rule::order
  };
  /// An input whose age limits or sources depend on other inputs.
  struct Varying {
    Index input = kNone;
    /// By source, those that do not apply: every choice of those that may not. None where there are
    /// more than anybody could read.
    std::vector<std::vector<bool>> choices;
    std::vector<std::uint64_t> bits;  ///< the same, one bit each
  };
  /// An input worked out as "(%a | %b).first()", and what stands there before another input.
  struct PassingOver {
    Index reader = kNone;
    std::vector<Index> before;
  };
  std::vector<OfRule> rules;           ///< by Rule::order
  std::vector<Index> names_of_checks;  ///< by check: of Check::rule
  /// Checks that take results away, leave them open or bring some, ascending; what the others do
  /// changes none of what questions compare.
  std::vector<Index> deciding_checks;
  std::vector<Varying> varying;    ///< by input, ascending
  IndexSet with_optional_sources;  ///< inputs with sources that may not apply
  /// By input: where nothing reads it but others that take the first known one of several, all of
  /// these; else none.
  std::vector<std::vector<PassingOver>> passing_over;
};

/// Flags as bits, the first as the lowest; of the first 64.
std::uint64_t BitsOf(const std::vector<bool>& flags);

/// The plan of a file whose readers are found.
std::shared_ptr<const Plan> MakePlan(const Pathway& pathway);

}  // namespace renal::pathways
