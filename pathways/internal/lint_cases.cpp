#include <algorithm>
#include <utility>

#include "pathways/cases.h"
#include "pathways/internal/lint.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
using Kind = CoverageGap::Kind;
using Level = LoadProblem::Level;

// The rule, the cell or the input that a gap speaks of: "L3", "L3.size", "size".
const OwnJson& PlaceOf(const LintFile& file, const CoverageGap& gap) {
  const Pathway& pathway = file.pathway();
  const std::string& where = gap.where;
  if (gap.kind == Kind::kBoundary || gap.kind == Kind::kMissing) {
    return MemberOr(MemberOr(file.root(), "inputs"), where);
  }
  const std::size_t dot = where.find('.');
  const std::string id = where.substr(0, dot);
  for (std::size_t t = 0; t < pathway.tables.size(); ++t) {
    for (std::size_t r = 0; r < pathway.tables[t].rules.size(); ++r) {
      if (pathway.tables[t].rules[r].id != id) continue;
      if (dot == std::string::npos) return RuleNode(file.root(), t, r);
      return CellNode(file.root(), t, r, where.substr(dot + 1));
    }
  }
  return MemberOr(file.root(), "id");
}

void AddGap(LintFile& file, const CoverageGap& gap) {
  // A cell that is never unknown is the business of the inputs that are never missing.
  if (gap.kind == Kind::kCell && gap.truth == Truth::kUnknown) return;
  if (gap.kind == Kind::kOption || gap.kind == Kind::kVerdict) return;
  const OwnJson& at = PlaceOf(file, gap);
  const std::string message = gap.where + ": " + gap.message;
  if (gap.kind == Kind::kRule) {
    file.found.Error(at, "L601", message);
  } else {
    file.found.Warn(at, "L602", message);
  }
}

void AddFailed(LintFile& file, const CaseResult& result, std::vector<LoadProblem>& problems) {
  std::string differences;
  for (const std::string& difference : result.differences) {
    differences += (differences.empty() ? "" : "; ") + difference;
  }
  problems.push_back({file.request.cases_name, result.at.line, result.at.column, "L601",
                      Level::kError,
                      "case " + Quoted(result.name) + " fails: " + differences +
                          ". Correct the case, or the pathway."});
}

}  // namespace

void LintCases(LintFile& file) {
  const LintRequest& request = file.request;
  if (!request.cases) {
    file.found.Error(MemberOr(file.root(), "id"), "L601",
                     "there is no test file " + Quoted(file.pathway().id + ".cases.json") +
                         " beside the pathway. Write one.");
    return;
  }
  const CaseTools tools{
      request.read_case_file, LoadAgain(request.file_name, request.text, request.options), {}};
  CasesResult result = RunCases(file.loaded.pathway, request.cases_name, *request.cases, tools);
  for (const CaseResult& each : result.cases) {
    if (!each.passed) AddFailed(file, each, result.problems);
  }
  const bool unread =
      std::any_of(result.problems.begin(), result.problems.end(),
                  [](const auto& p) { return p.level == Level::kError && p.id != "L601"; });
  file.found.Append(std::move(result.problems));
  if (unread) return;  // what the cases leave untested is not known
  for (const CoverageGap& gap : result.coverage.gaps) AddGap(file, gap);
}

}  // namespace renal::pathways::internal
