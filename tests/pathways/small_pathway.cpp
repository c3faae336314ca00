#include "tests/pathways/small_pathway.h"

#include <algorithm>
#include <stdexcept>

namespace renal::pathways::testing {

std::string Edited(std::string_view from, std::string_view to) {
  std::string text(kSmallPathway);
  const std::size_t at = text.find(from);
  if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
    throw std::logic_error("not exactly once in the small pathway: " + std::string(from));
  }
  return text.replace(at, from.size(), to);
}

LoadResult LoadSmall(std::string_view text) {
  const auto read = [](std::string_view name) -> std::optional<std::string> {
    if (name != "size.json") return std::nullopt;
    return std::string(kSizeFile);
  };
  return LoadPathway("small.json", text, {.read_file = read});
}

std::vector<std::string> ProblemsOf(const LoadResult& result) {
  constexpr std::string_view kFile = "small.json:";
  std::vector<std::string> texts;
  for (const LoadProblem& problem : result.problems) {
    const std::string text = problem.ToString();
    texts.push_back(text.starts_with(kFile) ? text.substr(kFile.size()) : text);
  }
  return texts;
}

bool HasError(const LoadResult& result) {
  return std::any_of(result.problems.begin(), result.problems.end(),
                     [](const LoadProblem& p) { return p.level == LoadProblem::Level::kError; });
}

}  // namespace renal::pathways::testing
