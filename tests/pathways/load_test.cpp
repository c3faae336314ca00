#include "pathways/load.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathways/definitions.h"
#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

const Input& InputOf(const Pathway& pathway, std::string_view name) {
  return pathway.inputs.at(pathway.FindInput(name));
}

TEST(LoadSmallTest, HasNoProblem) {
  const LoadResult result = testing::LoadSmall(testing::kSmallPathway);
  EXPECT_THAT(testing::ProblemsOf(result), IsEmpty());
  ASSERT_NE(result.pathway, nullptr);
}

class SmallPathwayTest : public ::testing::Test {
 protected:
  const LoadResult result_ = testing::LoadSmall(testing::kSmallPathway);
  const Pathway& pathway_ = *result_.pathway;
};

TEST_F(SmallPathwayTest, GivesEveryVariableASlot) {
  EXPECT_THAT(pathway_.variables, ElementsAre("size", "grade", "age", "since", "old", "limit",
                                              "tools", "side", "sideCount"));
}

TEST_F(SmallPathwayTest, OrdersInputsAfterWhatTheyDependOn) {
  const auto place = [&](std::string_view name) {
    return std::find(pathway_.order.begin(), pathway_.order.end(), pathway_.FindInput(name));
  };
  EXPECT_EQ(pathway_.order.size(), pathway_.inputs.size());
  EXPECT_LT(place("age"), place("old"));
  EXPECT_LT(place("age"), place("grade"));  // unless
  EXPECT_THAT(InputOf(pathway_, "grade").depends_on, ElementsAre(pathway_.FindInput("age")));
  EXPECT_THAT(InputOf(pathway_, "old").depends_on, ElementsAre(pathway_.FindInput("age")));
}

TEST_F(SmallPathwayTest, CutsInputsIntoSegments) {
  EXPECT_THAT(InputOf(pathway_, "size").segment_texts,
              ElementsAre("< 2 'cm'", "= 2 'cm'", "> 2 'cm'"));
  EXPECT_THAT(InputOf(pathway_, "grade").segment_texts, ElementsAre("low", "high"));
  // 70 is a limit of the expression of "old".
  EXPECT_THAT(
      InputOf(pathway_, "age").segment_texts,
      ElementsAre("< 18", "= 18", "18 .. 60", "= 60", "60 .. 70", "= 70", "70 .. 130", "= 130"));
  EXPECT_THAT(InputOf(pathway_, "since").segment_texts,
              ElementsAre("< @2020-02-29", "= @2020-02-29", "> @2020-02-29"));
}

TEST_F(SmallPathwayTest, PutsParametersIntoTexts) {
  const Rule& rule = *pathway_.FindRule("R1").second;
  EXPECT_EQ(rule.summary, "Under 2 cm");
  EXPECT_EQ(rule.because, "Small: tool A, tool B.");
  EXPECT_EQ(pathway_.checks.at(0).caution, "Old: {rules} at 2 cm.");
}

TEST_F(SmallPathwayTest, ResolvesRulesAndActions) {
  const auto [table, rule] = pathway_.FindRule("R2");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(table->id, "second");
  EXPECT_EQ(table->hit, Hit::kCollect);
  EXPECT_EQ(table->focus, 0U);
  EXPECT_EQ(rule->order, 3);
  EXPECT_TRUE(rule->options.at(0).conditional);
  EXPECT_EQ(rule->options.at(0).action, pathway_.FindAction("group"));
  EXPECT_EQ(pathway_.strengths.at(rule->options.at(0).strength).word, "consider");
  EXPECT_THAT(rule->yields_to, ElementsAre("R1"));
  EXPECT_THAT(pathway_.actions.at(pathway_.FindAction("cut")).match_types,
              ElementsAre("ServiceRequest", "Procedure"));
  EXPECT_THAT(pathway_.actions.at(pathway_.FindAction("board")).match_types,
              ElementsAre("Appointment"));
  EXPECT_EQ(pathway_.FindAction("nothing"), kNone);
  EXPECT_EQ(pathway_.FindSource("S1"), 0U);
  EXPECT_EQ(pathway_.FindRule("nothing").second, nullptr);
}

TEST_F(SmallPathwayTest, ReadsAgesAndDurationsInDays) {
  const Input& size = InputOf(pathway_, "size");
  EXPECT_EQ(size.age.at(0).fresh_days, 90);
  EXPECT_EQ(size.age.at(0).limit_days, 180);
  EXPECT_EQ(size.prefer->within_days, 14);
  EXPECT_EQ(size.conflict->limits.at(0).ToString(), "2 'cm'");
  const Input& grade = InputOf(pathway_, "grade");
  EXPECT_EQ(grade.age.at(0).fresh_days, std::nullopt);
  EXPECT_EQ(grade.age.at(0).limit_days, 84);
  EXPECT_EQ(grade.conflict->within_days, 28);
  EXPECT_EQ(pathway_.cards.quiet_hours, 48);
  EXPECT_EQ(pathway_.cards.duplicate_days, 7);
}

TEST_F(SmallPathwayTest, FindsValueSetsByAliasAndUrl) {
  const fhir::ValueSet* size = pathway_.FindValueSet("size");
  ASSERT_NE(size, nullptr);
  EXPECT_TRUE(size->Contains("s", "z2"));
  EXPECT_EQ(size->title(), "Sizes");
  EXPECT_EQ(pathway_.FindValueSet("https://example.org/vs/size"), size);
  EXPECT_EQ(pathway_.FindValueSet("nothing"), nullptr);
}

TEST_F(SmallPathwayTest, PlacesTheFocus) {
  const FocusKind& side = pathway_.foci.at(0);
  EXPECT_EQ(side.otherwise, 0U);
  EXPECT_EQ(side.instances.at(0).map.at(1).code, 1U);
  EXPECT_EQ(side.belongs.at(0).map.at(0).key, FocusKind::kElsewhere);
  EXPECT_EQ(side.resource_members.at(0).first, 0U);
}

TEST(SegmentTest, IntegersHaveNoSegmentBetweenNeighbours) {
  const LoadResult result =
      testing::LoadSmall(testing::Edited("\"[18 .. 130]\"", "\"[18 .. 19]\""));
  ASSERT_NE(result.pathway, nullptr);
  EXPECT_THAT(InputOf(*result.pathway, "age").segment_texts,
              ElementsAre("< 18", "= 18", "= 19", "19 .. 60", "= 60", "60 .. 70", "= 70", "> 70"));
}

TEST(SegmentTest, ConstantsOutsideThePlausibleRangeCutNothing) {
  const LoadResult result =
      testing::LoadSmall(testing::Edited("\">= 20 'mm'\"", "\">= 401 'mm'\""));
  ASSERT_NE(result.pathway, nullptr);
  EXPECT_THAT(InputOf(*result.pathway, "size").segment_texts,
              ElementsAre("< 2 'cm'", "= 2 'cm'", "> 2 'cm'"));
}

TEST(SegmentTest, EqualConstantsOfOtherUnitsCutOnce) {
  const LoadResult result =
      testing::LoadSmall(testing::Edited("\">= 20 'mm'\"", "\"[0.02 'm' .. 55 'mm')\""));
  ASSERT_NE(result.pathway, nullptr);
  EXPECT_THAT(
      InputOf(*result.pathway, "size").segment_texts,
      ElementsAre("< 2 'cm'", "= 2 'cm'", "2 'cm' .. 5.5 'cm'", "= 5.5 'cm'", "> 5.5 'cm'"));
}

// Approvals name the hash, so they cannot be part of it; everything else is.
TEST(HashTest, LeavesOutApprovalsAndWhiteSpaceOnly) {
  const std::string hash = testing::LoadSmall(testing::kSmallPathway).pathway->hash;
  EXPECT_EQ(hash.size(), 7U + 64U);
  EXPECT_THAT(hash, ::testing::StartsWith("sha256:"));
  const auto other = [](std::string_view from, std::string_view to) {
    return testing::LoadSmall(testing::Edited(from, to)).pathway->hash;
  };
  const std::string_view publisher = "\"publisher\": \"Example\",";
  EXPECT_EQ(other(publisher, "\"publisher\" : \"Example\" ,"), hash);
  EXPECT_EQ(other(publisher, "\"publisher\": \"Example\", \"approvals\": [{\"name\": \"A\"}],"),
            hash);
  EXPECT_NE(other(publisher, "\"publisher\": \"example\","), hash);
}

TEST(CheckStrengthTest, AWordToAvoidSpeaksOfTheOptions) {
  const LoadResult result =
      testing::LoadSmall(testing::Edited("\"with\": [\"board\"], \"strength\": \"consider\"",
                                         "\"with\": [\"board\"], \"strength\": \"avoid\""));
  ASSERT_NE(result.pathway, nullptr);
  EXPECT_EQ(result.pathway->checks.at(0).strength, Tier::kAvoid);
  EXPECT_EQ(result.pathway->checks.at(0).with_strength, kNone);
}

TEST(AllProblemsTest, AreReportedAtOnce) {
  std::string text = testing::Edited("\"publisher\": \"Example\"", "\"publisher\": 1");
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{"\"grade\": \"-\"", "\"grade\": \"lw\""},
        {"\"go\": [\"second\"]", "\"go\": [\"third\"]"},
        {"\"%age > 70\"", "\"%agee > 70\""}}) {
    text.replace(text.find(from), from.size(), to);
  }
  const LoadResult result = testing::LoadSmall(text);
  EXPECT_EQ(result.pathway, nullptr);
  EXPECT_THAT(
      testing::ProblemsOf(result),
      ElementsAre(HasSubstr("\"publisher\" of the file must be a string"),
                  HasSubstr("there is no variable %agee"), HasSubstr("no table is named \"third\""),
                  HasSubstr("\"lw\" is no value of input \"grade\"")));
}

TEST(LoadProblemTest, StandsInOneLine) {
  const LoadProblem problem{"a.json", 3, 14, "L102", LoadProblem::Level::kInfo, "Text."};
  EXPECT_EQ(problem.ToString(), "a.json:3:14: info L102: Text.");
}

struct BadText {
  std::string_view name, text, problem;

  friend void PrintTo(const BadText& row, std::ostream* out) { *out << row.name; }
};

class NoPathwayTest : public ::testing::TestWithParam<BadText> {};

TEST_P(NoPathwayTest, IsRefusedWithAProblem) {
  const LoadResult result = LoadPathway("f.json", GetParam().text, {});
  EXPECT_EQ(result.pathway, nullptr);
  ASSERT_THAT(result.problems, Not(IsEmpty()));
  EXPECT_THAT(result.problems.front().ToString(), HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NoPathwayTest,
    ::testing::ValuesIn<BadText>({
        {"Empty", "", "f.json:1:1: error L101"},
        {"Null", "null", "f.json:1:1: error L101: the file must be an object"},
        {"List", "[]", "the file must be an object"},
        {"EmptyObject", "{}", "the file has no \"pathwayFormat\""},
        {"SectionsOfAnotherType", R"({"inputs": [], "tables": {}, "focus": 1, "parameters": [1]})",
         "error L101"},
        {"ElementsOfAnotherType",
         R"({"inputs": {"a": 1}, "tables": [1, {"rules": [2]}], "checks": [3], "gate": [4],
             "focus": {"f": 5}, "actions": {"x": 6}, "sources": {"s": 7}, "cards": 8})",
         "error L101"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

std::string WithInputs(int count) {
  std::string text = R"({"inputs": {)";
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ",") + ("\"a" + std::to_string(i) + "\": {}");
  }
  return text + "}}";
}

bool ReportsLimit(const std::string& text) {
  const LoadResult result = LoadPathway("f.json", text, {});
  return std::any_of(result.problems.begin(), result.problems.end(), [](const LoadProblem& p) {
    return p.message.find("the file has more than 500 entries") != std::string::npos;
  });
}

TEST(LimitTest, AFileHasAtMost500Inputs) {
  EXPECT_FALSE(ReportsLimit(WithInputs(500)));
  EXPECT_TRUE(ReportsLimit(WithInputs(501)));
}

TEST(LimitTest, AnInputHasAtMost64Codes) {
  const auto with = [](int count) {
    std::string values = "\"values\": {\"low\": \"low\", \"high\": \"high\"";
    for (int i = 2; i < count; ++i) values += ", \"c" + std::to_string(i) + "\": \"c\"";
    return testing::LoadSmall(
        testing::Edited("\"values\": {\"low\": \"low\", \"high\": \"high\"", values));
  };
  EXPECT_NE(with(64).pathway, nullptr);
  EXPECT_THAT(testing::ProblemsOf(with(65)),
              ElementsAre(HasSubstr("input \"grade\" has more than 64 values")));
}

TEST(LimitTest, ReportsAtMost200Problems) {
  std::string text = "{";
  for (int i = 0; i < 300; ++i) text += "\"p" + std::to_string(i) + "\": 1,";
  EXPECT_EQ(LoadPathway("f.json", text + "\"q\": 1}", {}).problems.size(), 200U);
}

TEST(ShippedPathwayTest, LoadsWithoutAnError) {
  const std::shared_ptr<const Pathway> pathway = ShippedPathway("onc-kidney-2018");
  ASSERT_NE(pathway, nullptr);
  EXPECT_EQ(pathway->id, "onc-kidney-2018");
  EXPECT_EQ(ShippedPathway("onc-kidney-2018"), pathway);
  EXPECT_EQ(ShippedPathway("nothing"), nullptr);
}

TEST(ShippedPathwayTest, MissesOnlyTheApprovalOfTheSite) {
  const auto text = EmbeddedFile("onc-kidney-2018.pathway.json");
  ASSERT_TRUE(text);
  const auto read = [](std::string_view name) -> std::optional<std::string> {
    const auto file = EmbeddedFile(name);
    return file ? std::optional<std::string>(*file) : std::nullopt;
  };
  const LoadResult result = LoadPathway("f.json", *text, {.read_file = read});
  EXPECT_THAT(testing::ProblemsOf(result), ElementsAre(HasSubstr("active without \"approvals\"")));
}

TEST(ShippedPathwayTest, CutsTheSizeAtTheLimitsOfTheRules) {
  const std::shared_ptr<const Pathway> pathway = ShippedPathway("onc-kidney-2018");
  ASSERT_NE(pathway, nullptr);
  const Input& size = InputOf(*pathway, "tumour_size_cm");
  EXPECT_THAT(size.segment_texts,
              ElementsAre("< 2 'cm'", "= 2 'cm'", "2 'cm' .. 4 'cm'", "= 4 'cm'",
                          "4 'cm' .. 5 'cm'", "= 5 'cm'", "5 'cm' .. 7 'cm'", "= 7 'cm'", "> 7 'cm'"));
  ASSERT_EQ(size.segments.size(), size.segment_texts.size());
  const Interval& first = size.segments.front().interval();
  EXPECT_TRUE(first.low->closed);
  EXPECT_EQ(first.low->value.ToString(), "0 'cm'");
  EXPECT_FALSE(first.high->closed);
  EXPECT_EQ(size.segments.back().interval().high->value.ToString(), "40 'cm'");
}

// A FHIR ValueSet that is expanded: what is listed must be all of it.
struct ExpansionCase {
  std::string name, expansion;
  std::vector<std::string> codes;
  std::string problem;  // empty: none

  friend void PrintTo(const ExpansionCase& row, std::ostream* out) { *out << row.name; }
};

class ExpansionTest : public ::testing::TestWithParam<ExpansionCase> {};

TEST_P(ExpansionTest, IsReadWholeOrNotAtAll) {
  const ExpansionCase& row = GetParam();
  const std::string file = R"({"resourceType": "ValueSet", "url": "https://example.org/vs/size", "version": "1", "expansion": )" +
                           row.expansion + "}";
  const LoadResult loaded =
      LoadPathway("small.json", testing::kSmallPathway,
                  {.read_file = [&](std::string_view) { return std::optional(file); }});
  if (!row.problem.empty()) {
    EXPECT_THAT(testing::ProblemsOf(loaded), ElementsAre(HasSubstr(row.problem)));
    return;
  }
  ASSERT_NE(loaded.pathway, nullptr);
  std::vector<std::string> codes;
  for (const fhir::Concept& code : loaded.pathway->FindValueSet("size")->concepts()) {
    codes.push_back(code.code);
  }
  EXPECT_EQ(codes, row.codes);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ExpansionTest,
    ::testing::ValuesIn<ExpansionCase>({
        {"Flat", R"({"contains": [{"system": "s", "code": "a"}, {"system": "s", "code": "b"}]})",
         {"a", "b"}, ""},
        {"Nested", R"({"total": 3, "contains": [{"display": "head", "contains": [{"system": "s", "code": "a", "contains": [{"system": "s", "code": "b"}]}]}]})",
         {"a", "b"}, ""},
        {"TotalOfWhatIsListed", R"({"total": 1, "contains": [{"system": "s", "code": "a"}]})", {"a"}, ""},
        {"OneOfTwo", R"({"total": 2, "contains": [{"system": "s", "code": "a"}]})", {},
         "size.json:1:107: error L101: the expansion lists 1 of its 2 entries. Expand the set whole."},
    }),
    [](const auto& test) { return test.param.name; });

// Beyond the limit nothing more is read, and what is named later is still a set.
TEST(ValueSetLimitTest, EndsTheReading) {
  std::string codes = R"({"resourceType": "ValueSet", "url": "https://example.org/vs/many", "compose": {"include": [{"system": "s", "concept": [)";
  for (int i = 0; i < 60'000; ++i) {
    codes += std::string(i == 0 ? "" : ",") + R"({"code": ")" + std::to_string(i) + "\"}";
  }
  codes += "]}]}}";
  std::string sets;
  for (int i = 0; i < 10; ++i) {
    sets += R"("many)" + std::to_string(i) + R"(": {"url": "https://example.org/vs/many", "file": "many.json"}, )";
  }
  int reads = 0;
  const LoadResult loaded = LoadPathway(
      "small.json", testing::Edited(R"("valueSets": {)", R"("valueSets": {)" + sets),
      {.read_file = [&](std::string_view name) {
        reads += name == "many.json" ? 1 : 0;
        return std::optional(name == "many.json" ? codes : std::string(testing::kSizeFile));
      }});
  EXPECT_EQ(reads, 4);
  EXPECT_THAT(testing::ProblemsOf(loaded),
              ElementsAre(HasSubstr("the value sets hold more than 200000 concepts")));
}

TEST(EmbeddedFileTest, HoldsWhatTheSourceHolds) {
  const std::string folder = RENAL_SOURCE_DIR;
  EXPECT_EQ(EmbeddedFile("t4.json"), ReadFile(folder + "/fhir/value_sets/t4.json"));
  EXPECT_EQ(EmbeddedFile("onc-kidney-2018.pathway.json"),
            ReadFile(folder + "/pathways/definitions/onc-kidney-2018.pathway.json"));
  EXPECT_EQ(EmbeddedFile("../t4.json"), std::nullopt);
}

TEST(DemonstrationPathwayTest, LoadsWithoutAProblem) {
  const std::string path =
      std::string(RENAL_SOURCE_DIR) + "/../shared/spec/kidney-demo.pathway.json";
  const auto text = ReadFile(path);
  if (!text) GTEST_SKIP() << "the format's demonstration file is not beside the sources";
  const LoadResult result = LoadPathway("kidney-demo.pathway.json", *text, {});
  EXPECT_THAT(testing::ProblemsOf(result), IsEmpty());
  ASSERT_NE(result.pathway, nullptr);
  EXPECT_THAT(InputOf(*result.pathway, "largestTumorDimension").segment_texts,
              ElementsAre("< 2 'cm'", "= 2 'cm'", "2 'cm' .. 7 'cm'", "= 7 'cm'", "> 7 'cm'"));
}

}  // namespace
}  // namespace renal::pathways
