#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pathways/pathway.h"

/// The proof of decision tables (pathway-format 11.1, 11.2): over all values of the columns, not
/// over samples, that a table has no gap, no overlap and no row that never decides.
///
/// Each input counts as free, also one that is derived from other inputs: what is proven holds
/// whatever the derivation gives, and a combination that cannot occur must be covered all the same.
/// Patients whom the gate stops need no rule, where the gate reads the table's columns alone.
namespace renal::pathways {

/// What one input of some patients is: a set of values as a cell, or one value.
struct InputTest {
  Index input = kNone;
  std::string text;  ///< "[2 'cm' .. 7 'cm')", "central or hilar"; of an example "2 'cm'"
};

/// A set of patients: for each input a set of values, every combination of them.
struct Patients {
  std::vector<InputTest> tests;    ///< inputs that are not free; empty: every patient
  std::vector<InputTest> example;  ///< one of them: a value for each input of the table
};

/// What is wrong with one table. Rules are indices into Table::rules.
struct TableProof {
  /// Patients whom no rule covers. Each is maximal: no input can be widened.
  std::vector<Patients> gaps;  ///< largest first, at most kShownGaps
  static constexpr std::size_t kShownGaps = 3;

  /// Two rules of a `unique` table for the same patients.
  struct Overlap {
    std::size_t first = 0, second = 0;
    Patients patients;
    /// They meet only where an input is not known: one rule asks for that, the other is undecided.
    bool unknown = false;
  };
  std::vector<Overlap> overlaps;  ///< at most kMostOverlaps
  static constexpr std::size_t kMostOverlaps = 1'000;

  /// A rule that never decides.
  struct Dead {
    enum class Why : std::uint8_t {
      kEmpty,    ///< the cell on `input` lets no plausible value pass
      kCovered,  ///< the rows `by` above it take all of its patients
      kStopped   ///< the gate stops all of its patients
    };
    std::size_t rule = 0;
    Why why = Why::kEmpty;
    Index input = kNone;
    std::vector<std::size_t> by;
  };
  std::vector<Dead> dead;

  /// Two rules with the same `then` that differ in one column: they could be one row.
  struct Mergeable {
    std::size_t first = 0, second = 0;
    Index input = kNone;
    std::string cell;  ///< of the one row
  };
  std::vector<Mergeable> mergeable;

  bool has_when = false;   ///< completeness is not proven; what was found holds all the same
  bool too_large = false;  ///< beyond the limits: gaps were not looked for
};

/// Proves every table; the proofs share one limit of work. In file order.
///
/// `collect` tables have neither gaps nor overlaps: every rule speaks for itself. Tables with
/// `"complete": false` have no gaps. Rules listed `together` with others do not take part, but may
/// be dead.
std::vector<TableProof> Prove(const Pathway& pathway);

/// One table alone, with a limit of its own.
TableProof Prove(const Pathway& pathway, const Table& table);

/// "size = 2 'cm', age = 65" with the names of the inputs; "every patient" for none.
std::string TextOf(const Pathway& pathway, const std::vector<InputTest>& tests,
                   std::string_view between);

}  // namespace renal::pathways
