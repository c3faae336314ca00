#include "pathways/markdown.h"

#include <algorithm>
#include <utility>

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

// Printable, and nothing to trim or to join: most texts. No way out of the loops, and no wider
// type: so they run on many bytes at once.
bool IsCleanAscii(std::string_view text) {
  using Byte = unsigned char;
  if (text.empty()) return true;
  const char* const bytes = text.data();
  Byte found = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<Byte>(bytes[i]);
    found = static_cast<Byte>(found | (byte < 0x20) | (byte > 0x7E));
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    found = static_cast<Byte>(found | ((bytes[i - 1] == ' ') & (bytes[i] == ' ')));
  }
  return found == 0 && text.front() != ' ' && text.back() != ' ';
}

/// Whether a clean line has the same bytes, as far as it goes.
bool IsClean(std::string_view text) {
  if (IsCleanAscii(text)) return true;
  char32_t before = ' ';
  while (!text.empty()) {
    const char32_t code = NextCodePoint(text);
    // Which of the two a replacement stands for is not told here.
    if (code == kReplacement || IsDropped(code) || (IsSpace(code) && code != ' ')) return false;
    if (code == ' ' && before == ' ') return false;
    before = code;
  }
  return before != ' ';
}

/// Collects code points: at most `max`, the last one an ellipsis if there were more.
class Line {
 public:
  explicit Line(std::size_t max) : max_(max) {}

  bool full() const { return count_ > max_; }
  bool empty() const { return count_ == 0; }

  void Add(char32_t code) {
    if (count_ + 1 == max_) last_ = text_.size();
    AppendCodePoint(code, text_);
    ++count_;
  }

  std::string Take() {
    if (!full()) return std::move(text_);
    text_.resize(last_);
    if (max_ > 0) text_ += kEllipsis;
    return std::move(text_);
  }

 private:
  std::size_t max_;
  std::size_t count_ = 0;
  std::size_t last_ = 0;  // where the last code point that fits begins
  std::string text_;
};

std::string Cleaned(std::string_view text, std::size_t max) {
  Line line(max);
  bool space = false;
  while (!text.empty() && !line.full()) {
    const char32_t code = NextCodePoint(text);
    if (IsSpace(code)) {
      space = !line.empty();
    } else if (!IsDropped(code)) {
      if (space) line.Add(' ');
      space = false;
      line.Add(code);
    }
  }
  return line.Take();
}

/// The clean line of a text, which it may be itself; else it is put into `own`.
std::string_view CleanView(std::string_view text, std::size_t max, std::string& own) {
  if (text.size() <= max && IsClean(text)) return text;
  own = Cleaned(text, max);
  return own;
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
    return IsAlnum(code) || code >= 0x80 || c == ' ' || c == '(' || c == ')' || c == ',' ||
           c == ';' || c == '%';
  });
}

bool IsDateOrTime(std::string_view text) {
  return text.size() >= 4 &&
         std::all_of(text.begin(), text.begin() + 4, [](unsigned char c) { return IsDigit(c); }) &&
         text.find_first_not_of("0123456789-:T.+Z") == std::string_view::npos;
}

// Characters that are markup wherever they stand, or before what follows them.
constexpr bool MayNeedEscape(char c) {
  return (c == '\\') | (c == '`') | (c == '*') | (c == '[') | (c == '~') | (c == '|') | (c == '_') |
         (c == '<') | (c == '&');
}

// What follows the end of a text (`after` is 0 there) is not known.
bool NeedsEscape(char c, char before, char after) {
  const auto alnum = [](char other) { return IsAlnum(static_cast<unsigned char>(other)); };
  switch (c) {
    case '_':
      return !(alnum(before) && alnum(after));
    case '<':
      return after == 0 || IsLetter(static_cast<unsigned char>(after)) || after == '/' ||
             after == '!' || after == '?';
    case '&':
      return after == 0 || alnum(after) || after == '#';
    default:
      return MayNeedEscape(c);
  }
}

// As IsCleanAscii(): on many bytes at once.
bool MayNeedEscape(std::string_view line) {
  const char* const bytes = line.data();
  const std::size_t size = line.size();
  unsigned char found = 0;
  for (std::size_t i = 0; i < size; ++i) {
    found = static_cast<unsigned char>(found | static_cast<unsigned char>(MayNeedEscape(bytes[i])));
  }
  return found != 0;
}

// What would start a heading, a quotation or a list at the beginning of a line.
std::size_t MarkAtStart(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && IsDigit(static_cast<unsigned char>(line[i]))) ++i;
  if (i == line.size()) return line.size();
  const std::string_view marks = i > 0 ? ".)" : "#>+-=";
  return marks.find(line[i]) == std::string_view::npos ? line.size() : i;
}

}  // namespace

std::string EscapeMarkdown(std::string_view text, std::size_t max) {
  std::string own;
  const std::string_view line = CleanView(text, max, own);
  std::string out;
  out.reserve(line.size() + line.size() / 4);
  for (const char c : line) {
    if (c == '@') {
      AppendCodePoint(U'\uFF20', out);
      continue;
    }
    if (IsPunctuation(static_cast<unsigned char>(c))) out += '\\';
    out += c;
  }
  return out;
}

std::string EscapeValue(std::string_view text, std::size_t max) {
  const bool plain = IsAmount(text) || IsDateOrTime(text) || fhir::IsReference(text);
  const bool whole = plain && text.size() <= max;
  return whole || IsPlainWords(text) ? CleanLine(text, max) : EscapeMarkdown(text, max);
}

std::string EscapeOwn(std::string_view text, bool begins_line) {
  std::string own;
  const std::string_view line = CleanView(text, text.size(), own);
  const std::size_t mark = begins_line ? MarkAtStart(line) : line.size();
  if (mark == line.size() && !MayNeedEscape(line)) return std::string(line);
  std::string out;
  out.reserve(line.size() + 8);
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char before = i > 0 ? line[i - 1] : '\0';
    const char after = i + 1 < line.size() ? line[i + 1] : '\0';
    if (i == mark || NeedsEscape(line[i], before, after)) out += '\\';
    out += line[i];
  }
  return out;
}

bool IsPlainOwn(std::string_view text, bool begins_line) {
  return IsCleanAscii(text) && !MayNeedEscape(text) &&
         (!begins_line || MarkAtStart(text) == text.size());
}

std::string CleanLine(std::string_view text, std::size_t max) {
  std::string own;
  const std::string_view line = CleanView(text, max, own);
  if (own.empty()) return std::string(line);
  return own;
}

std::string Shorten(std::string_view line, std::size_t max) {
  std::string whole = CleanLine(line, line.size());
  if (whole.size() <= max || CountCharacters(whole) <= max) return whole;
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
  if (IsCleanAscii(text)) return text.size();
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
