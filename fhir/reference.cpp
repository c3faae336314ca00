#include "fhir/reference.h"

#include <algorithm>

namespace renal::fhir {
namespace {

constexpr std::size_t kMostCharacters = 64;

bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool IsOfId(char c) { return IsLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

}  // namespace

bool IsFhirId(std::string_view text) {
  return !text.empty() && text.size() <= kMostCharacters && std::ranges::all_of(text, IsOfId);
}

bool IsReference(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash > kMostCharacters) return false;
  const std::string_view type = text.substr(0, slash);
  return type.front() <= 'Z' && std::ranges::all_of(type, IsLetter) &&
         IsFhirId(text.substr(slash + 1));
}

}  // namespace renal::fhir
