#include "fhir/suggestion.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace renal::fhir {
namespace {

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::string Suggestion(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t kFew = 8;
  constexpr std::size_t kLongest = 64;
  constexpr std::size_t kCompared = 1'000;  // a hostile file must not make this expensive
  const std::string* best = nullptr;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : candidates.first(std::min(candidates.size(), kCompared))) {
    if (word.size() > kLongest || candidate.size() > kLongest) continue;
    const std::size_t distance = EditDistance(word, candidate);
    const std::size_t limit = std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    const bool shares = distance < std::min(word.size(), candidate.size());
    if (distance > limit || distance >= best_distance || !shares) continue;
    best = &candidate;
    best_distance = distance;
  }
  if (best != nullptr) return " Did you mean \"" + *best + "\"?";
  if (candidates.empty() || candidates.size() > kFew) return "";
  std::string list = " Known: ";
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    list += (i == 0 ? "" : ", ") + candidates[i];
  }
  return list + ".";
}

}  // namespace renal::fhir
