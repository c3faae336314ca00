#include <algorithm>
#include <ostream>
#include <string>
#include <utility>

#include "hooks/internal/case_tools.h"
#include "hooks/internal/junit.h"
#include "hooks/pathway_source.h"
#include "hooks/pathway_tools.h"
#include "pathways/cases.h"

namespace renal::hooks {
namespace {

using pathways::CaseResult;
using pathways::CasesResult;
using pathways::Coverage;

/// A pathway, loaded, with its test file.
struct Tested {
  PathwayText source;
  std::shared_ptr<const pathways::Pathway> pathway;
  std::string cases_name, cases_text;
  std::filesystem::path folder;  ///< where the files that cases name are
};

class Tester {
 public:
  Tester(const TestOptions& options, const Streams& streams)
      : options_(options), streams_(streams) {}

  int Run();

 private:
  bool TestOne(const std::string& name);
  std::optional<Tested> Open(const std::string& name);
  bool OpenCases(Tested& tested);
  void Print(const Tested& tested, const CasesResult& result);
  void PrintCoverage(const Coverage& coverage);

  const TestOptions& options_;
  const Streams& streams_;
  std::string output_;
  std::vector<internal::JunitSuite> suites_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
};

bool Tester::OpenCases(Tested& tested) {
  tested.folder = options_.cases ? options_.cases->parent_path() : tested.source.folder;
  if (options_.cases && tested.folder.empty()) tested.folder = ".";
  auto cases = options_.cases ? ReadNamed(*options_.cases, streams_.messages)
                              : ReadBeside(tested.source, "cases");
  if (cases) {
    tested.cases_name = std::move(cases->name);
    tested.cases_text = std::move(cases->text);
    return true;
  }
  if (options_.cases) return false;
  if (options_.boundaries) return true;  // a file is begun
  streams_.messages << tested.source.name
                    << ": there is no test file beside it. Write <id>.cases.json, or name one "
                       "with --cases\n";
  return false;
}

std::optional<Tested> Tester::Open(const std::string& name) {
  Tested tested;
  auto source = ReadPathwayText(name, streams_.messages);
  if (!source) return std::nullopt;
  tested.source = *std::move(source);
  pathways::LoadResult loaded = LoadSource(tested.source, options_.site, streams_.messages);
  tested.pathway = std::move(loaded.pathway);
  if (!tested.pathway || !OpenCases(tested)) return std::nullopt;
  return tested;
}

void Tester::PrintCoverage(const Coverage& coverage) {
  const std::pair<const char*, const Coverage::Count*> counts[] = {
      {"rules", &coverage.rules},           {"cells", &coverage.cells},
      {"boundaries", &coverage.boundaries}, {"missing inputs", &coverage.missing},
      {"options", &coverage.options},       {"order verdicts", &coverage.verdicts}};
  for (const auto& [name, count] : counts) {
    output_ += std::string("coverage: ") + name + " " + std::to_string(count->covered) + " of " +
               std::to_string(count->all) + '\n';
  }
  for (const pathways::CoverageGap& gap : coverage.gaps) {
    output_ += "not covered: " + gap.where + ": " + gap.message + '\n';
  }
}

void Tester::Print(const Tested& tested, const CasesResult& result) {
  for (const CaseResult& one : result.cases) {
    if (one.passed) continue;
    const std::string place = tested.cases_name + ":" + std::to_string(one.at.line) + ":" +
                              std::to_string(one.at.column) + ": ";
    output_ += place + "case \"" + one.name + "\" failed\n";
    for (const std::string& difference : one.differences) output_ += "    " + difference + '\n';
  }
  if (options_.coverage) PrintCoverage(result.coverage);
}

bool Tester::TestOne(const std::string& name) {
  const auto tested = Open(name);
  if (!tested) return false;
  const pathways::CaseTools tools =
      internal::CaseToolsOf(tested->source, options_.site, tested->folder);
  CasesResult result;
  if (!tested->cases_text.empty()) {
    result = pathways::RunCases(tested->pathway, tested->cases_name, tested->cases_text, tools);
  } else {
    result.coverage = pathways::NothingCovered(*tested->pathway);
  }
  for (const pathways::LoadProblem& problem : result.problems) {
    streams_.messages << problem.ToString() << '\n';
  }
  const bool sound = std::ranges::none_of(result.problems, [](const auto& problem) {
    return problem.level == pathways::LoadProblem::Level::kError;
  });
  if (options_.boundaries && sound) {
    output_ +=
        pathways::WithSkeletons(tested->pathway, tested->cases_text, result, Determinism{}.Now());
  } else if (!options_.boundaries) {
    Print(*tested, result);
  }
  passed_ += result.passed;
  failed_ += result.failed;
  suites_.push_back({tested->pathway->id, tested->cases_name, result.cases});
  return sound;
}

int Tester::Run() {
  bool whole = true;
  for (const std::string& name : options_.pathways) whole = TestOne(name) && whole;
  const std::string closing =
      std::to_string(passed_) + " passed, " + std::to_string(failed_) + " failed\n";
  if (options_.boundaries) {
    streams_.messages << closing;  // the output is a test file
  } else {
    output_ += closing;
  }
  whole = WriteResult(options_.out, output_, streams_) && whole;
  if (options_.junit) {
    whole = WriteResult(options_.junit, internal::JunitText(suites_), streams_) && whole;
  }
  return whole && (failed_ == 0 || options_.boundaries) ? 0 : 1;
}

}  // namespace

int RunPathwayTool(const TestOptions& options, const Streams& streams) {
  return Tester(options, streams).Run();
}

}  // namespace renal::hooks
