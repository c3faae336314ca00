#include "cards/internal/prose.h"

#include <utility>

#include "cards/markdown.h"

namespace renal::cards {
namespace {

constexpr std::size_t kRoom = 4096;  // most details fit
constexpr std::string_view kStrong = "**";

}  // namespace

std::string Prose::Own(std::string_view text) const {
  return markdown_ ? EscapeOwn(text) : CleanLine(text, text.size());
}

std::string Prose::Own(std::string&& text) const {
  if (markdown_ && IsPlainOwn(text)) return std::move(text);
  return Own(std::string_view(text));
}

std::string Prose::Inside(std::string_view text) const {
  return markdown_ ? EscapeOwn(text, false) : CleanLine(text, text.size());
}

std::string Prose::Foreign(std::string_view text) const {
  return markdown_ ? EscapeValue(text) : CleanLine(text);
}

std::string Prose::Strong(std::string_view ready) const {
  if (!markdown_ || ready.empty()) return std::string(ready);
  std::string text;
  text.reserve(ready.size() + 2 * kStrong.size());
  return text.append(kStrong).append(ready).append(kStrong);
}

void Prose::BeginParagraph() {
  if (text_.empty()) {
    text_.reserve(kRoom);
  } else {
    text_ += '\n';
  }
}

void Prose::Heading(std::string_view ready) {
  if (ready.empty()) return;
  BeginParagraph();
  const std::string_view mark = markdown_ ? kStrong : std::string_view();
  text_.append(mark).append(ready).append(mark) += '\n';
}

void Prose::Paragraph(std::string_view ready) {
  if (ready.empty()) return;
  BeginParagraph();
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
