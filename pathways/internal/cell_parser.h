#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The grammar of cells (pathway-format 4.1). Nothing is resolved here: no input, no parameter, no
/// unit.
namespace renal::pathways::internal {

/// A constant as written, with its place in the cell.
struct CellConstant {
  enum class Kind : std::uint8_t { kParameter, kWord, kNumber, kDate };
  Kind kind = Kind::kWord;
  std::string text;     ///< without `%` or `@`; a number with its unit: "7 'cm'"
  std::size_t at = 0;   ///< first byte in the cell
  std::size_t end = 0;  ///< one past the last byte
};

/// One test of a cell.
struct CellTest {
  enum class Kind : std::uint8_t {
    kKnown,
    kUnknown,
    kRange,
    kLess,
    kAtMost,
    kGreater,
    kAtLeast,
    kEqual,
    kNotEqual
  };
  Kind kind = Kind::kEqual;
  CellConstant value;      ///< of a range: its lower end
  CellConstant high;       ///< of a range
  bool low_closed = true;  ///< of a range
  bool high_closed = true;
  std::size_t at = 0;  ///< first byte in the cell
};

/// Why a text is no cell.
struct CellError {
  std::size_t at = 0;
  std::string message;  ///< what is wrong and what to write
};

/// The tests of a cell, joined by `or`; none for "-".
std::variant<std::vector<CellTest>, CellError> ParseCell(std::string_view text);

}  // namespace renal::pathways::internal
