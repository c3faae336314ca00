#include "pathways/markdown.h"

#include <algorithm>
#include <vector>

#include "fhir/reference.h"
#include "pathways/internal/utf8.h"

namespace renal::pathways {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

bool IsDigit(char32_t c) { return c >= '0' && c <= '9'; }
bool IsLetter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsAlnum(char32_t c) { return IsDigit(c) || IsLetter(c); }
bool IsPunctuation(char32_t c) { return c > ' ' && c < 0x7F && !IsAlnum(c); }

bool IsSpace(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// Controls, bidirectional controls (UAX 9), and the tag characters that can hide a text in a text.
bool IsDropped(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
         (c >= 0xE0000 && c <= 0xE007F);
}

/// The code points of a clean line: at most `max`, the last one an ellipsis if there were more.
std::vector<char32_t> CleanCodePoints(std::string_view text, std::size_t max) {
  std::vector<char32_t> line;
  bool space = false;
  while (!text.empty() && line.size() <= max) {
    const char32_t code = NextCodePoint(text);
    if (IsSpace(code)) {
      space = !line.empty();
    } else if (!IsDropped(code)) {
      if (space) line.push_back(' ');
      space = false;
      line.push_back(code);
    }
  }
  if (line.size() > max) {
    line.resize(max);
    if (max > 0) line.back() = U'\u2026';
  }
  return line;
}

/// A number at the start of `text`, after an optional comparison; taken off. False if there is
/// none.
bool TakeNumber(std::string_view& text) {
  std::size_t i = text.find_first_not_of("<>= ");
  if (i == std::string_view::npos) return false;
  if (text[i] == '-') ++i;
  const std::size_t digits = i;
  while (i < text.size() &&
         (IsDigit(static_cast<unsigned char>(text[i])) || text[i] == '.' || text[i] == ','))
    ++i;
  if (i == digits) return false;
  text.remove_prefix(i);
  return true;
}

bool IsPlainUnit(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return IsAlnum(static_cast<unsigned char>(c)) || c == '/' || c == '%' || c == ' ';
  });
}

bool IsAmount(std::string_view text) { return TakeNumber(text) && IsPlainUnit(text); }

// Words, numbers and what separates them, in ASCII: nothing of it is markup inside of a line. No
// point, colon, slash or underscore, since an address would become a link.
bool IsPlainWords(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return IsAlnum(code) || code >= 0x80 ||
           std::string_view(" (),;%").find(c) != std::string_view::npos;
  });
}

bool IsDateOrTime(std::string_view text) {
  return text.size() >= 4 &&
         std::all_of(text.begin(), text.begin() + 4, [](unsigned char c) { return IsDigit(c); }) &&
         text.find_first_not_of("0123456789-:T.+Z") == std::string_view::npos;
}

// Characters that are markup wherever they stand, or before what follows them; what follows the end
// of a text (`after` is 0 there) is not known.
bool NeedsEscape(char32_t code, char32_t before, char32_t after) {
  switch (code) {
    case '\\':
    case '`':
    case '*':
    case '[':
    case '~':
    case '|':
      return true;
    case '_':
      return !(IsAlnum(before) && IsAlnum(after));
    case '<':
      return after == 0 || IsLetter(after) || after == '/' || after == '!' || after == '?';
    case '&':
      return after == 0 || IsAlnum(after) || after == '#';
    default:
      return false;
  }
}

// What would start a heading, a quotation or a list at the beginning of a line.
std::size_t MarkAtStart(const std::vector<char32_t>& line) {
  std::size_t i = 0;
  while (i < line.size() && IsDigit(line[i])) ++i;
  if (i == line.size()) return line.size();
  const std::u32string_view marks = i > 0 ? U".)" : U"#>+-=";
  return marks.find(line[i]) == std::u32string_view::npos ? line.size() : i;
}

}  // namespace

std::string EscapeMarkdown(std::string_view text, std::size_t max) {
  std::string out;
  for (const char32_t code : CleanCodePoints(text, max)) {
    if (code == '@') {
      AppendCodePoint(U'\uFF20', out);
      continue;
    }
    if (IsPunctuation(code)) out += '\\';
    AppendCodePoint(code, out);
  }
  return out;
}

std::string EscapeValue(std::string_view text, std::size_t max) {
  const bool plain = IsAmount(text) || IsDateOrTime(text) || fhir::IsReference(text);
  const bool whole = plain && text.size() <= max;
  return whole || IsPlainWords(text) ? CleanLine(text, max) : EscapeMarkdown(text, max);
}

std::string EscapeOwn(std::string_view text, bool begins_line) {
  const std::vector<char32_t> line = CleanCodePoints(text, text.size());
  const std::size_t mark = begins_line ? MarkAtStart(line) : line.size();
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char32_t before = i > 0 ? line[i - 1] : 0;
    const char32_t after = i + 1 < line.size() ? line[i + 1] : 0;
    if (i == mark || NeedsEscape(line[i], before, after)) out += '\\';
    AppendCodePoint(line[i], out);
  }
  return out;
}

std::string CleanLine(std::string_view text, std::size_t max) {
  std::string out;
  for (const char32_t code : CleanCodePoints(text, max)) AppendCodePoint(code, out);
  return out;
}

std::string Shorten(std::string_view line, std::size_t max) {
  std::string whole = CleanLine(line, line.size());
  if (CountCharacters(whole) <= max) return whole;
  if (max == 0) return {};
  std::string_view rest = whole;
  for (std::size_t i = 0; i + 1 < max; ++i) NextCodePoint(rest);
  const std::size_t fits = whole.size() - rest.size();
  // A space at `fits` itself ends the last word that fits.
  const std::size_t space = whole.rfind(' ', fits);
  whole.resize(space == std::string::npos || space == 0 ? fits : space);
  return whole.append(kEllipsis);
}

std::size_t CountCharacters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    NextCodePoint(text);
    ++count;
  }
  return count;
}

std::string CutAtLine(std::string text, std::size_t max_bytes) {
  constexpr std::string_view kEnd = "\n\u2026\n";
  if (text.size() <= max_bytes) return text;
  if (max_bytes <= kEnd.size()) return {};
  const std::size_t line = text.rfind('\n', max_bytes - kEnd.size() - 1);
  text.resize(line == std::string::npos ? 0 : line + 1);
  return text.append(kEnd);
}

}  // namespace renal::pathways
