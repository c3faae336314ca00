#include <cstddef>

#include "pathways/internal/case_skeletons.h"

namespace renal::pathways::internal {
namespace {

// Byte of a place in the text.
std::size_t OffsetOf(std::string_view text, fhir::TextPosition at) {
  std::size_t offset = 0;
  for (int line = 1; line < at.line; ++line) offset = text.find('\n', offset) + 1;
  return offset + static_cast<std::size_t>(at.column - 1);
}

// One past the array that begins at `begin`. The text is known to be JSON.
std::size_t EndOfArray(std::string_view text, std::size_t begin) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return i + 1;
    }
  }
  return text.size();
}

}  // namespace

std::string WithCases(std::string_view text, const std::vector<std::string>& cases) {
  const auto parsed = fhir::ReadOwnJson(text);
  const auto* root = std::get_if<fhir::OwnJson>(&parsed);
  const fhir::OwnJson* list = root == nullptr ? nullptr : root->Find("cases");
  if (list == nullptr || list->type != fhir::JsonType::kArray || cases.empty()) {
    return std::string(text);
  }
  const std::size_t close = EndOfArray(text, OffsetOf(text, list->at)) - 1;
  const std::size_t last = text.find_last_not_of(" \t\r\n", close - 1);
  std::string extended(text.substr(0, last + 1));
  bool first = list->items.empty();
  for (const std::string& one : cases) {
    extended += (first ? "\n    " : ",\n    ") + one;
    first = false;
  }
  return extended + "\n  " + std::string(text.substr(close));
}

}  // namespace renal::pathways::internal
