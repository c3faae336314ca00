#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace renal::fhir::fhirpath {

enum class TokenKind : std::uint8_t {
  kEnd,
  kName,        ///< a plain word; keywords and calendar words are told apart by the parser
  kQuotedName,  ///< `chars`, never a keyword
  kString,
  kNumber,      ///< digits, with a point or with the 'L' of a Long
  kDate,      ///< "@2026-02", without the '@'
  kDateTime,  ///< "@2026-02T", without the '@'
  kTime,      ///< "@T10:30", without the "@T"
  kVariable,  ///< "%name", "%`name`" or "%'name'"
  kSpecial,   ///< "$this", "$index", "$total", without the '$'
  kSymbol,
};

/// One token with its place in the text, in bytes.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;  ///< decoded: without quotes, escapes resolved
  std::size_t begin = 0;
  std::size_t end = 0;

  bool IsSymbol(std::string_view symbol) const {
    return kind == TokenKind::kSymbol && text == symbol;
  }
  bool IsWord(std::string_view word) const { return kind == TokenKind::kName && text == word; }
};

/// Where a text stops being FHIRPath, and why.
struct SyntaxError {
  std::size_t at = 0;  ///< byte offset
  std::string message;
};

/// Splits an expression into tokens; the last one is kEnd. Comments and white space are dropped.
std::variant<std::vector<Token>, SyntaxError> Tokenize(std::string_view text);

}  // namespace renal::fhir::fhirpath
