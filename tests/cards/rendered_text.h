#pragma once

#include <string>
#include <string_view>

/// What a reader of Markdown makes of a text: the one door to cmark-gfm, in tests.
namespace renal::cards {

/// The text of one paragraph that holds nothing but text, with every extension of GitHub's flavour
/// switched on; otherwise what else was found, in brackets.
std::string RenderedText(const std::string& markdown);

/// What a text must read as once it is escaped: the clean line, with the full-width at sign.
std::string EscapedReading(std::string_view text);

}  // namespace renal::cards
