#include "cards/internal/prose.h"

#include "cards/markdown.h"

namespace renal::cards {
namespace {

constexpr std::size_t kRoom = 4096;  // most details fit

}  // namespace

std::string Prose::Own(std::string_view text) const {
  return markdown_ ? EscapeOwn(text) : CleanLine(text, text.size());
}

std::string Prose::Inside(std::string_view text) const {
  return markdown_ ? EscapeOwn(text, false) : CleanLine(text, text.size());
}

std::string Prose::Foreign(std::string_view text) const {
  return markdown_ ? EscapeValue(text) : CleanLine(text);
}

std::string Prose::Strong(std::string_view ready) const {
  constexpr std::string_view kMark = "**";
  if (!markdown_ || ready.empty()) return std::string(ready);
  std::string text;
  text.reserve(ready.size() + 2 * kMark.size());
  return text.append(kMark).append(ready).append(kMark);
}

void Prose::Heading(std::string_view ready) { Paragraph(Strong(ready)); }

void Prose::Paragraph(std::string_view ready) {
  if (ready.empty()) return;
  if (text_.empty()) {
    text_.reserve(kRoom);
  } else {
    text_ += '\n';
  }
  text_.append(ready) += '\n';
}

void Prose::List(const std::vector<std::string>& ready) {
  if (ready.empty()) return;
  if (!text_.empty()) text_ += '\n';
  for (const std::string& item : ready) text_.append("- ").append(item) += '\n';
}

void Prose::Section(std::string_view heading, const std::vector<std::string>& ready) {
  if (ready.empty()) return;
  Heading(heading);
  List(ready);
}

}  // namespace renal::cards
