#include "pathways/internal/document.h"

#include "pathways/internal/utf8.h"
#include "pathways/markdown.h"

namespace renal::pathways::review {

Span Text(std::string text) { return {Span::Kind::kText, std::move(text), {}}; }
Span Strong(std::string text) { return {Span::Kind::kStrong, std::move(text), {}}; }
Span Soft(std::string text) { return {Span::Kind::kSoft, std::move(text), {}}; }
Span Code(std::string text) { return {Span::Kind::kCode, std::move(text), {}}; }
Span Link(std::string text, std::string target) {
  return {Span::Kind::kLink, std::move(text), std::move(target)};
}
Span Mark(std::string text, std::string kind) {
  return {Span::Kind::kMark, std::move(text), std::move(kind)};
}

void Append(Line& line, Line more) {
  for (Span& span : more) line.push_back(std::move(span));
}

Line Joined(const std::vector<Line>& lines, std::string_view between) {
  Line whole;
  for (const Line& line : lines) {
    if (!whole.empty()) whole.push_back(Text(std::string(between)));
    Append(whole, line);
  }
  return whole;
}

std::string EscapeXml(std::string_view text) {
  const std::string line = CleanLine(text, text.size());
  // Cleaning trims, but a space at an end stands between two pieces of a line.
  std::string out(text.starts_with(' ') ? " " : "");
  std::string_view rest = line;
  while (!rest.empty()) {
    const char32_t code = NextCodePoint(rest);
    switch (code) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case 0xFFFE:
      case 0xFFFF:
        break;
      default:
        AppendCodePoint(code, out);
    }
  }
  if (text.ends_with(' ') && !out.ends_with(' ')) out += ' ';
  return out;
}

}  // namespace renal::pathways::review
