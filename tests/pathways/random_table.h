#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// Made-up tables for the proof: as the file that is loaded, and as a model of whole numbers that
/// shares nothing with the code under test.
namespace renal::pathways::testing {

/// How a cell of the model is built from its tests, which are joined by `or`.
struct ModelTest {
  enum class Kind { kKnown, kUnknown, kRange, kCodes };
  Kind kind = Kind::kRange;
  bool low_open = false, high_open = false;  ///< no end on that side
  std::int64_t low = 0, high = 0;
  bool low_closed = true, high_closed = true;
  std::vector<std::int64_t> codes;
};

struct ModelColumn {
  enum class Type { kCode, kBoolean, kInteger, kDecimal, kQuantity, kDate };
  std::string name;
  Type type = Type::kCode;
  std::int64_t codes = 0;         ///< number of codes
  std::int64_t min = 0, max = 0;  ///< in steps: 1, 0.001, micrometres, days since 1970
  bool bounded = false;
  bool missing = false;            ///< a cell tests whether it is known
  std::vector<std::int64_t> cuts;  ///< every constant
};

struct ModelRule {
  std::vector<std::vector<ModelTest>> cells;  ///< by column; empty: "-"
  int then = 0;                               ///< rules with the same number say the same
};

struct ModelTable {
  enum class Hit { kUnique, kFirst, kCollect };
  Hit hit = Hit::kUnique;
  std::vector<ModelColumn> columns;
  std::vector<ModelRule> rules;
  std::string file;  ///< the pathway that holds it as its only table
};

/// Kleene truth of a rule for a patient: 0 false, 1 unknown, 2 true.
int TruthOf(const ModelTable& table, const ModelRule& rule,
            const std::vector<std::int64_t>& patient);

/// The value that stands for "not known".
inline constexpr std::int64_t kMissing = INT64_MIN;

/// Values of a column of which each lies in another part of what the constants cut it into; every
/// part has one.
std::vector<std::int64_t> Representatives(const ModelColumn& column);

/// One table. `loose` tables have rules at random; others are cut like a tree, so that they are
/// complete and without overlap but for a few rules that are changed, dropped or doubled.
ModelTable RandomTable(std::mt19937_64& random, bool loose);

/// A complete table without overlap of that size, for measuring.
std::string CompleteTable(std::uint64_t seed, int columns, int rules);

}  // namespace renal::pathways::testing
