#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathways/lint.h"
#include "pathways/proof.h"
#include "tests/pathways/clean_pathway.h"

// The worked example of the format description (pathway-format section 15), read in place.
namespace renal::pathways::testing {
namespace {

std::string Read(std::string_view name) {
  std::ifstream file(std::filesystem::path(RENAL_SHARED) / "spec" / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class LintDemoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    file_ = Read("kidney-demo.pathway.json");
    if (file_.empty()) GTEST_SKIP() << "skipped: the format description is not beside the project";
  }

  std::vector<LoadProblem> LintWith(const Edits& edits) const {
    LintRequest request = RequestFor(Edited(file_, edits));
    request.cases = Read("kidney-demo.cases.json");
    return Lint(request);
  }

  // What the proof says: ids and messages.
  std::vector<std::string> ProvenWith(const Edits& edits) const {
    std::vector<std::string> found;
    for (const LoadProblem& problem : LintWith(edits)) {
      if (problem.id == "L301" || problem.id == "L302" || problem.id == "L303") {
        found.push_back(problem.id + ": " + problem.message);
      }
    }
    return found;
  }

  std::string file_;
};

// Four limits that its test file leaves out, and nothing else.
TEST_F(LintDemoTest, IsClean) {
  std::vector<std::string> found;
  for (const LoadProblem& problem : LintWith({})) {
    EXPECT_NE(problem.level, LoadProblem::Level::kError) << problem.ToString();
    found.push_back(problem.id + ": " + problem.message);
  }
  EXPECT_THAT(found, ::testing::Each(::testing::StartsWith("L602: ")));
  EXPECT_EQ(found.size(), 4u);
}

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The five mistakes that the page names, each with the finding that it names.
TEST_F(LintDemoTest, OpenLowerEnd) {
  EXPECT_THAT(
      ProvenWith({{"[%smallTumour .. %nephrectomySize)", "(%smallTumour .. %nephrectomySize)"}}),
      ElementsAre(AllOf(StartsWith("L301: "), HasSubstr("largestTumorDimension: = 2 'cm'"))));
}

TEST_F(LintDemoTest, ClosedLowerEndOfTheNextRow) {
  EXPECT_THAT(ProvenWith({{"> %nephrectomySize", ">= %nephrectomySize"}}),
              ElementsAre(AllOf(StartsWith("L302: "), HasSubstr("\"L4\" and \"L5\""),
                                HasSubstr("largestTumorDimension: = 7 'cm'"))));
}

TEST_F(LintDemoTest, AnotherUnitThanMeant) {
  EXPECT_THAT(ProvenWith({{"> %nephrectomySize", "> 70 'cm'"}}),
              ElementsAre(AllOf(StartsWith("L301: "), HasSubstr("largestTumorDimension: > 7 'cm'")),
                          AllOf(StartsWith("L303: "), HasSubstr("\"L5\""))));
}

TEST_F(LintDemoTest, NeitherOlderNorYounger) {
  EXPECT_THAT(ProvenWith({{">= %olderFrom", "> %olderFrom"}}),
              ElementsAre(AllOf(StartsWith("L301: "), HasSubstr("age: = 75"))));
}

TEST_F(LintDemoTest, OneRiskFactorForgotten) {
  EXPECT_THAT(ProvenWith({{"\"riskFactorCount\": \">= 1\"", "\"riskFactorCount\": \">= 2\""}}),
              ElementsAre(AllOf(StartsWith("L301: "), HasSubstr("riskFactorCount: = 1"))));
}

}  // namespace
}  // namespace renal::pathways::testing
