#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pathways/index_set.h"
#include "pathways/pathway.h"

namespace renal::pathways {

/// What evaluations look up instead of finding it out each time: names as numbers, and what follows
/// from the file alone. Made once, when the file is loaded.
struct Plan {
  static constexpr int kNoRule = -1;
  /// A cell as it is tested most often: by the segment that a value lies in.
  struct Test {
    Index input = kNone;
    bool of_focus = false;
    std::uint64_t true_on = 0, false_on = 0;  ///< of the first 64 segments, one bit each
    const Cell* cell = nullptr;               ///< for all other values
  };
  struct OfRule {
    Index name = 0;      ///< of its id
    Index identity = 0;  ///< name that its results count under; one for all that say the same
    std::vector<int> yields_to;            ///< Rule::order of each
    int joins = kNoRule;                   ///< Rule::order
    std::vector<Test> cells;               ///< Rule::cells
    IndexSet together, replaces, demotes;  ///< by Rule::order
    std::vector<Index> used;               ///< inputs, as MarkUsedInputs() marks them
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
  /// What is asked of every input in every call: beside each other, since inputs themselves are
  /// large and lie far apart.
  struct OfInput {
    Index focus = kNone;
    std::uint64_t types = 0;   ///< that its sources read, as in BitOfType()
    bool from_record = false;  ///< not worked out
    bool worked_out = false;   ///< from other inputs
    bool has_if_none = false;
    bool is_plain = false;    ///< neither worked out nor a score
    bool may_matter = false;  ///< it may be asked for, and its value could be another one
    bool has_ask_unless = false;
  };
  /// The bit of a place in Pathway::record_types; several share one where there are very many.
  static constexpr std::uint64_t BitOfType(Index type) { return std::uint64_t{1} << type % 64; }

  std::vector<OfInput> inputs;
  std::vector<Index> read_inputs;  ///< that a rule, a check, the gate or the scope reads
  std::unordered_map<std::string_view, Index> inputs_by_name;
  std::unordered_map<std::string_view, std::pair<const Table*, const Rule*>> rules_by_id;
  std::vector<OfRule> rules;                                        ///< by Rule::order
  std::vector<Index> names_of_checks;                               ///< by check: of Check::rule
  std::vector<std::vector<Test>> checks, gate;                      ///< the cells of each
  std::vector<std::vector<Index>> used_by_checks;                   ///< as OfRule::used
  std::unordered_multimap<std::string_view, Index> checks_by_name;  ///< Check::id and Check::rule
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

/// The inputs that the results of a rule of that table, or of a check, rest on, ascending.
std::vector<Index> UsedByRule(const Pathway& pathway, Index table, const Rule& rule);
std::vector<Index> UsedByCheck(const Pathway& pathway, const Check& check);
/// Puts them into the plan, which must have the rules.
void PlanUsedInputs(const Pathway& pathway, Plan& plan);

/// The plan of a file whose readers are found.
std::shared_ptr<const Plan> MakePlan(const Pathway& pathway);

}  // namespace renal::pathways
