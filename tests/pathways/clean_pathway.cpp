#include "tests/pathways/clean_pathway.h"

#include <stdexcept>

namespace renal::pathways::testing {

std::string Edited(std::string_view original, const Edits& edits) {
  std::string text(original);
  for (const auto& [from, to] : edits) {
    const std::size_t at = text.find(from);
    if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
      throw std::logic_error("not exactly once in the text: " + std::string(from));
    }
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string CleanWith(const Edits& edits) { return Edited(kCleanPathway, edits); }

LintRequest RequestFor(std::string text) {
  LintRequest request;
  request.file_name = "clean.json";
  request.text = std::move(text);
  request.cases_name = "clean.cases.json";
  request.cases = std::string(kCleanCases);
  request.today = *fhir::DateTime::Parse("2026-03-02T09:00:00+01:00");
  return request;
}

std::vector<std::string> TextsOf(const std::vector<LoadProblem>& problems) {
  constexpr std::string_view kFile = "clean.json:";
  std::vector<std::string> texts;
  for (const LoadProblem& problem : problems) {
    const std::string text = problem.ToString();
    texts.push_back(text.starts_with(kFile) ? text.substr(kFile.size()) : text);
  }
  return texts;
}

}  // namespace renal::pathways::testing
