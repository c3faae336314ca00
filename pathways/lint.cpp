#include "pathways/lint.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <tuple>

#include "pathways/internal/lint.h"

namespace renal::pathways {
namespace {

using internal::LintFile;
using internal::ProofFinding;
using Level = LoadProblem::Level;

constexpr std::size_t kShown = 1'000;

std::set<std::string> AddProof(LintFile& file) {
  std::set<std::string> keys;
  for (ProofFinding& finding : internal::ProofFindings(file.pathway(), file.root())) {
    file.found.Add(finding.at->at, finding.level, finding.id, std::move(finding.message));
    keys.insert(std::move(finding.key));
  }
  return keys;
}

void SortByPlace(std::vector<LoadProblem>& problems, const std::string& file_name) {
  const auto place = [&](const LoadProblem& p) {
    return std::make_tuple(p.file != file_name, std::string_view(p.file), p.line, p.column);
  };
  std::stable_sort(problems.begin(), problems.end(),
                   [&](const LoadProblem& a, const LoadProblem& b) { return place(a) < place(b); });
}

bool IsTooLarge(const std::set<std::string>& keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [](const std::string& key) { return key.starts_with("L312"); });
}

// Beyond the limit the worst stay.
void Cut(std::vector<LoadProblem>& problems, const std::string& file_name) {
  if (problems.size() <= kShown) return;
  const std::size_t left_out = problems.size() - kShown;
  std::stable_sort(problems.begin(), problems.end(),
                   [](const LoadProblem& a, const LoadProblem& b) { return a.level < b.level; });
  problems.resize(kShown);
  problems.push_back({file_name, 1, 1, "L104", Level::kInfo,
                      std::to_string(left_out) + " further findings are not listed. Correct these "
                                                 "first."});
}

}  // namespace

std::vector<LoadProblem> Lint(const LintRequest& request) {
  const LoadResult loaded = LoadPathway(request.file_name, request.text, request.options);
  if (!loaded.pathway) return loaded.problems;
  internal::Problems found(request.file_name, request.text,
                           std::numeric_limits<std::size_t>::max());
  found.Append(loaded.problems);
  LintFile file{request, loaded, found};
  const auto keys = AddProof(file);
  if (!IsTooLarge(keys)) internal::LintCorners(file, keys);
  internal::LintPresence(file);
  internal::LintChecks(file);
  internal::LintOptions(file);
  internal::LintDeadEnds(file);
  internal::LintConstants(file);
  internal::LintInputs(file);
  internal::LintMaps(file);
  internal::LintReview(file);
  internal::LintVersion(file);
  internal::LintForm(file);
  internal::LintImported(file);
  internal::LintCases(file);
  std::vector<LoadProblem> problems = found.Take();
  internal::ApplyAccepted(file.root(), request.file_name, problems);
  Cut(problems, request.file_name);
  SortByPlace(problems, request.file_name);
  return problems;
}

std::vector<std::string> ProofObjections(const Pathway& pathway) {
  std::vector<std::string> objections;
  for (ProofFinding& finding : internal::ProofFindings(pathway, {})) {
    if (finding.level != Level::kError) continue;
    objections.push_back(std::string(finding.id) + ": " + std::move(finding.message));
  }
  const LintRequest request{};
  // The pathway is the caller's.
  const LoadResult loaded{std::shared_ptr<const Pathway>(std::shared_ptr<void>(), &pathway), {},
                          std::make_shared<const fhir::OwnJson>()};
  internal::Problems found({}, {});
  LintFile file{request, loaded, found};
  internal::LintPresence(file);
  internal::LintChecks(file);
  for (LoadProblem& problem : found.Take()) {
    objections.push_back(problem.id + ": " + std::move(problem.message));
  }
  return objections;
}

}  // namespace renal::pathways
