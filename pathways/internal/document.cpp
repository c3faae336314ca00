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

}  // namespace renal::pathways::review
