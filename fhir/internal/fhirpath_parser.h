#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir/internal/fhirpath_lexer.h"

namespace renal::fhir::fhirpath {

/// Limits of the text of an expression (pathway-format section 13).
inline constexpr std::size_t kMaxCharacters = 4'096;
inline constexpr std::size_t kMaxNodes = 500;
inline constexpr std::size_t kMaxDepth =
    64;  ///< parentheses, arguments and indexes within each other

enum class Operator : std::uint8_t {
  kImplies,
  kOr,
  kXor,
  kAnd,
  kIn,
  kContains,
  kEqual,
  kNotEqual,
  kEquivalent,
  kNotEquivalent,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kUnion,
  kIs,
  kAs,
  kPlus,
  kMinus,
  kJoin,
  kTimes,
  kDivide,
  kDiv,
  kMod,
};

/// One node of the syntax tree: what was written, nothing resolved yet.
struct Ast {
  enum class Kind : std::uint8_t {
    kBoolean,   ///< text "true" or "false"
    kString,    ///< text
    kNumber,    ///< text
    kQuantity,  ///< text is the number, unit the UCUM text or calendar word
    kDate,
    kDateTime,
    kTime,
    kEmpty,     ///< {}
    kVariable,  ///< text is the name without '%'
    kSpecial,   ///< text is "this", "index" or "total"
    kName,      ///< text; children: [input]
    kFunction,  ///< text; children: [input,] arguments
    kIndexer,   ///< children: input, index
    kSign,      ///< text is "+" or "-", or "asc" or "desc" of a key of sort(); children: operand
    kBinary,    ///< op; children: left, right; kIs and kAs have the type as a kName on the right
  };
  Kind kind = Kind::kEmpty;
  Operator op = Operator::kEqual;
  bool has_input = false;      ///< kName, kFunction: the first child is what stands before the dot
  bool calendar_unit = false;  ///< kQuantity: unit is a word, not a UCUM string
  std::size_t begin = 0;       ///< bytes of the text: [begin, end)
  std::size_t end = 0;
  std::size_t at = 0;  ///< the byte to point at: the name, the operator
  std::string text;
  std::string unit;
  std::vector<Ast> children;
};

/// Reads one expression to its end. Recursion is bounded by kMaxDepth, the tree by kMaxNodes.
std::variant<Ast, SyntaxError> Parse(std::string_view text);

/// True for `%context.entry.resource`.
bool IsAllResources(const Ast& ast);

/// True for year, years, ... millisecond, milliseconds.
bool IsCalendarWord(std::string_view word);

}  // namespace renal::fhir::fhirpath
