#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text on its way into a card or a document. Whatever comes in, what comes out is valid UTF-8 on
/// one line, without control characters and without characters that reorder or hide text
/// (security.md section 5).
///
/// All limits count Unicode code points.
namespace renal::pathways {

inline constexpr std::size_t kMaxValueCharacters = 256;
inline constexpr std::size_t kMaxSummaryCharacters = 139;

/// The one way for text from FHIR into the `detail` of a card: renders as itself, never as markup.
///
/// As CleanLine, then every ASCII punctuation character gets a backslash. `@` becomes the
/// full-width U+FF20, because GitHub-flavoured Markdown makes mail links even of an escaped one.
std::string EscapeMarkdown(std::string_view text, std::size_t max = kMaxValueCharacters);

/// As EscapeMarkdown, but a value of a form that cannot be markup stays as it is, for those who
/// read the card raw: a number with a plain unit ("69 mm", "< 7 cm"), a date or time, `Type/id`,
/// and words with brackets and commas. To be put inside of a line, behind other text.
std::string EscapeValue(std::string_view text, std::size_t max = kMaxValueCharacters);

/// For sentences of the pathway file, which are ours: escapes only what would be markup where it
/// stands, so that the raw text reads well; inside a line even less. Of any length.
/// Never for text from FHIR.
std::string EscapeOwn(std::string_view text, bool begins_line = true);

/// True for ASCII texts that EscapeOwn() gives as they are: most.
bool IsPlainOwn(std::string_view text, bool begins_line = true);

/// For summaries, labels and plain-text details: broken UTF-8 becomes U+FFFD, white space and line
/// breaks one space, ends trimmed; C0 and C1 controls, bidirectional controls and invisible tag
/// characters are dropped; more than `max` code points are cut, ending in "…".
std::string CleanLine(std::string_view text, std::size_t max = kMaxValueCharacters);

/// At most `max` code points of a clean line: cut at the last word that fits, then "…".
std::string Shorten(std::string_view line, std::size_t max = kMaxSummaryCharacters);

/// Number of code points; each broken sequence counts as the one U+FFFD that replaces it.
std::size_t CountCharacters(std::string_view text);

/// At most `max_bytes` of a Markdown text, cut at the end of a line, then a line "…".
std::string CutAtLine(std::string text, std::size_t max_bytes);

}  // namespace renal::pathways
