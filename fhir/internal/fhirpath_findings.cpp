#include "fhir/internal/fhirpath_findings.h"

#include <algorithm>

#include "fhir/internal/fhirpath_program.h"

namespace renal::fhir::fhirpath {

void Findings::Add(std::size_t at, const char* id, std::string message,
                   std::vector<std::string> known) {
  const bool told = std::any_of(list_.begin(), list_.end(),
                                [at](const auto& finding) { return finding.first == at; });
  if (told) return;
  CompileError error{.at = PositionOf(text_, at), .message = std::move(message), .id = id};
  error.known = std::move(known);
  list_.emplace_back(at, std::move(error));
}

std::optional<CompileError> Findings::Take() {
  if (list_.empty()) return std::nullopt;
  std::sort(list_.begin(), list_.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  CompileError first = std::move(list_.front().second);
  for (std::size_t i = 1; i < list_.size(); ++i) first.others.push_back(std::move(list_[i].second));
  list_.clear();
  return first;
}

}  // namespace renal::fhir::fhirpath
