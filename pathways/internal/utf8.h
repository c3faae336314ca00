#pragma once

#include <string>
#include <string_view>

namespace renal::pathways {

inline constexpr char32_t kReplacement = U'\uFFFD';

/// Takes the first code point off `text`, which must not be empty. A broken sequence (overlong,
/// surrogate, beyond U+10FFFF, cut short) gives U+FFFD for its longest valid beginning, as Unicode
/// advises.
char32_t NextCodePoint(std::string_view& text);

/// Appends a code point in UTF-8.
void AppendCodePoint(char32_t code, std::string& out);

}  // namespace renal::pathways
