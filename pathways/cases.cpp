#include "pathways/cases.h"

#include <utility>

#include "pathways/internal/case_coverage.h"
#include "pathways/internal/case_expect.h"
#include "pathways/internal/case_file.h"
#include "pathways/internal/case_run.h"
#include "pathways/internal/case_skeletons.h"

namespace renal::pathways {
namespace {

using internal::Case;
using internal::CaseFile;
using internal::RanCase;

CaseResult Judge(const Case& one, const RanCase& ran, const CaseTools& tools) {
  CaseResult result{one.name, one.at, false, one.confirmed, {}};
  if (!ran.failure.empty()) {
    result.differences.push_back(ran.failure);
    return result;
  }
  result.differences = internal::Differences(one.expect, ran.outcome);
  const bool cards = one.expect.card_count || one.expect.card_summaries;
  if (cards && tools.cards) {
    const auto found =
        internal::CardDifferences(one.expect, tools.cards(ran.outcome, one.hook, ran.patient_id));
    result.differences.insert(result.differences.end(), found.begin(), found.end());
  }
  result.passed = result.differences.empty();
  return result;
}

}  // namespace

LoadWith LoadAgain(std::string file_name, std::string text, LoadOptions options) {
  return [file_name = std::move(file_name), text = std::move(text), options = std::move(options)](
             const std::vector<std::pair<std::string, std::string>>& parameters) {
    LoadOptions changed = options;
    // The first value of a name counts.
    changed.parameters.insert(changed.parameters.begin(), parameters.begin(), parameters.end());
    return LoadPathway(file_name, text, changed);
  };
}

CasesResult RunCases(std::shared_ptr<const Pathway> pathway, std::string_view file_name,
                     std::string_view text, const CaseTools& tools) {
  CasesResult result;
  internal::Problems problems(file_name, text);
  const CaseFile file = internal::ReadCaseFile(*pathway, text, problems);
  internal::CoverageMeter meter(*pathway);
  if (!problems.has_errors()) {
    for (const Case& one : file.cases) {
      const RanCase ran = internal::RunCase(one, pathway, tools);
      result.cases.push_back(Judge(one, ran, tools));
      const CaseResult& judged = result.cases.back();
      ++(judged.passed ? result.passed : result.failed);
      if (judged.passed && judged.confirmed) meter.Add(ran.outcome, !one.parameters.empty());
    }
  }
  result.problems = problems.Take();
  result.coverage = meter.Take();
  return result;
}

CasesResult RunCases(std::shared_ptr<const Pathway> pathway, std::string_view file_name,
                     std::string_view text, const ReadFile& read_file) {
  return RunCases(std::move(pathway), file_name, text, CaseTools{.read_file = read_file});
}

Coverage NothingCovered(const Pathway& pathway) { return internal::CoverageMeter(pathway).Take(); }

namespace {

std::string Begun(const Pathway& pathway, const fhir::DateTime& now) {
  fhir::JsonWriter url;
  url.String(pathway.url);
  return "{\n  \"pathway\": " + url.Take() + ",\n  \"now\": \"" + now.ToString() +
         "\",\n  \"cases\": [\n  ]\n}\n";
}

}  // namespace

std::string WithSkeletons(std::shared_ptr<const Pathway> pathway, std::string_view text,
                          const CasesResult& result, const fhir::DateTime& now) {
  std::string begun = text.empty() ? Begun(*pathway, now) : std::string(text);
  const auto parsed = fhir::ReadOwnJson(begun);
  const auto* root = std::get_if<fhir::OwnJson>(&parsed);
  if (root == nullptr) return begun;
  const fhir::OwnJson* written = root->Find("now");
  const auto time = written == nullptr ? std::nullopt : fhir::DateTime::Parse(written->text);
  internal::SkeletonMaker maker(pathway, root->Find("defaults"), time ? *time : now);
  std::vector<std::string> names;
  for (const CaseResult& one : result.cases) names.push_back(one.name);
  return internal::WithCases(begun, maker.Run(result.coverage, std::move(names)));
}

}  // namespace renal::pathways
