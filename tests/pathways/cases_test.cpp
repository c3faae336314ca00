#include "pathways/cases.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// Test files: how cases are read and judged, what they cover, and what is proposed.
namespace renal::pathways::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Sizes are tested at 4 cm; the side and a check decide besides.
std::string SampleText() {
  return TextOf(
      {.inputs = R"(
    "size": {"title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "question": "How large?",
             "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
    "flag": {"title": "Flag", "type": "Boolean", "question": "Set?",
             "sources": [{"name": "f", "from": "Observation", "code": "flag", "time": "effective", "value": "value"}]},
    "grade": {"title": "Grade", "type": "Code", "values": {"no": "no", "yes": "yes"}, "question": "Which?",
              "sources": [{"name": "g", "from": "Observation", "code": "grade", "map": [{"to": "yes"}]}],
              "ifNone": {"value": "no", "why": "w"}})",
       .tables =
           Table("unique", R"("flag", "size")",
                 Rule("R1", R"("flag": "true", "size": "< 4 'cm'")", "a") + "," +
                     Rule("R2", R"("flag": "true", "size": ">= 4 'cm'")", "b", "", "acceptable") +
                     "," + Rule("R3", R"("flag": "false")", "b", "", "acceptable")),
       .checks =
           R"({"id": "K", "title": "K", "for": ["b"], "if": {"grade": "yes"}, "then": {"with": ["refer"], "strength": "avoid"}, "because": "b", "cite": ["S"]})"});
}

std::shared_ptr<const Pathway> Sample() {
  static const std::shared_ptr<const Pathway> pathway = LoadText(SampleText());
  return pathway;
}

std::string File(const std::string& cases, const std::string& defaults = "") {
  return R"({"pathway": "https://example.org/small", "now": "2026-03-02T09:00:00+01:00", )" +
         (defaults.empty() ? "" : "\"defaults\": " + defaults + ", ") + "\"cases\": [\n" + cases +
         "\n]}";
}

std::string Case(const std::string& members, const std::string& expect) {
  return R"({"name": "one", )" + members + R"(, "expect": )" + expect + "}";
}

CasesResult RunText(const std::string& text, const CaseTools& tools = {}) {
  return RunCases(Sample(), "small.cases.json", text, tools);
}

std::vector<std::string> DifferencesOf(const std::string& members, const std::string& expect,
                                       const CaseTools& tools = {}) {
  const CasesResult result = RunText(File(Case(members, expect)), tools);
  for (const LoadProblem& problem : result.problems) ADD_FAILURE() << problem.ToString();
  return result.cases.empty() ? std::vector<std::string>{"not run"} : result.cases[0].differences;
}

std::vector<std::string> ProblemsOf(const std::string& text) {
  std::vector<std::string> problems;
  for (const LoadProblem& problem : RunText(text).problems) problems.push_back(problem.ToString());
  return problems;
}

// ---- every expectation, held and missed

struct ExpectCase {
  std::string name;
  std::string inputs;
  std::string right;       // holds
  std::string wrong;       // does not
  std::string difference;  // what is then said
  friend void PrintTo(const ExpectCase& row, std::ostream* out) { *out << row.name; }
};

class ExpectationTest : public ::testing::TestWithParam<ExpectCase> {};

TEST_P(ExpectationTest, HoldsOrSaysWhatIsElse) {
  const ExpectCase& row = GetParam();
  const std::string inputs = R"("inputs": {)" + row.inputs + "}";
  EXPECT_THAT(DifferencesOf(inputs, row.right), IsEmpty());
  EXPECT_THAT(DifferencesOf(inputs, row.wrong), ElementsAre(row.difference));
}

const std::string kSmall = R"("flag": true, "size": "3 'cm'")";
const std::string kLarge = R"("flag": true, "size": "4 'cm'")";

INSTANTIATE_TEST_SUITE_P(
    Members, ExpectationTest,
    ::testing::ValuesIn<ExpectCase>({
        {"Outcome", kSmall, R"({"outcome": "recommendation"})", R"({"outcome": "need-data"})",
         "outcome: expected need-data, got recommendation"},
        {"Gate", kSmall, R"({"gate": null})", R"({"outcome": "conflict"})",
         "outcome: expected conflict, got recommendation"},
        {"Rule", kSmall, R"({"rule": "R1"})", R"({"rule": "R2"})", "rules: expected R2, got R1"},
        {"Rules", kLarge, R"({"rules": ["R2"]})", R"({"rules": ["R2", "R3"]})",
         "rules: expected R2, R3, got R2"},
        {"NoRule", R"("flag": null)", R"({"rules": []})", R"({"rules": ["R1"]})",
         "rules: expected R1, got none"},
        {"Options", kLarge, R"({"options": {"b": "acceptable"}})",
         R"({"options": {"b": "preferred"}})", "options: expected b preferred, got b acceptable"},
        {"OptionsAreComplete", kSmall, R"({"options": {"a": "preferred"}})", R"({"options": {}})",
         "options: expected none, got a preferred"},
        {"With", kLarge + R"(, "grade": "yes")", R"({"with": ["refer"]})", R"({"with": []})",
         "with: expected none, got refer"},
        {"Candidates", R"("flag": true)", R"({"candidates": ["R2", "R1"]})",
         R"({"candidates": ["R1"]})", "candidates: expected R1, got R1, R2"},
        {"Missing", R"("flag": true)", R"({"missing": ["size"]})", R"({"missing": ["flag"]})",
         "missing: expected flag, got size"},
        // With the flag known one thing may follow, with the size known two.
        {"MissingInOrder", R"("size": "3 'cm'")", R"({"missing": ["flag"]})",
         R"({"missing": ["size", "flag"]})", "missing: expected size, flag, got flag"},
        {"Ask", R"("flag": true)", R"({"ask": ["size"]})", R"({"ask": []})",
         "ask: expected none, got size"},
        {"IndependentOf", R"("size": "4 'cm'")",
         R"({"independentOf": ["flag"], "rules": ["R2", "R3"]})", R"({"independentOf": []})",
         "independentOf: expected none, got flag"},
        {"Check", kLarge, R"({"checks": {"K": false}})", R"({"checks": {"K": true}})",
         "check K: expected true, got false"},
        {"UnknownCheck", kLarge + R"(, "grade": null)", R"({"checks": {"K": null}})",
         R"({"checks": {"K": true}})", "check K: expected true, got null"},
        {"CheckNotLookedAt", kSmall, R"({"rule": "R1"})", R"({"checks": {"K": false}})",
         "check K: expected false, got not looked at"},
        {"InputValue", R"("flag": true, "size": "40 'mm'")", R"({"inputs": {"size": "4 'cm'"}})",
         R"({"inputs": {"size": {"value": "5 'cm'"}}})", "input size: expected 5 'cm', got 4 'cm'"},
        {"InputState", kSmall, R"({"inputs": {"grade": {"state": "assumed", "value": "no"}}})",
         R"({"inputs": {"grade": {"state": "known"}}})",
         "input grade state: expected known, got assumed"},
        {"UnknownInput", R"("flag": true, "size": null)",
         R"({"inputs": {"size": {"value": null, "reason": "absent"}}})",
         R"({"inputs": {"size": "4 'cm'"}})", "input size: expected 4 'cm', got unknown (absent)"},
        {"Results", kSmall,
         R"({"results": [{"rule": "R1", "action": "a", "strength": "preferred", "tier": "preferred", "determination": "recommended", "orderable": true, "mdtRequired": false, "missing": []}]})",
         R"({"results": [{"rule": "R1", "orderable": false}]})",
         "results: expected R1 not orderable, got R1 a preferred recommended orderable"},
        {"Absent", kSmall, R"({"absent": ["R2", "R3"]})", R"({"absent": ["R1"]})",
         "absent: expected no R1, got R1 a preferred recommended orderable"},
    }),
    [](const auto& row) { return row.param.name; });

// ---- what cases are made of

TEST(CasesTest, CompareDraftOrders) {
  const std::string orders = R"("inputs": {"flag": true, "size": "3 'cm'"}, "orders": [)" +
                             Order("o1", "act-a") + "," + Order("o2", "act-b") + "]";
  EXPECT_THAT(DifferencesOf(orders, R"({"orders": ["concordant", "discordant"]})"), IsEmpty());
  EXPECT_THAT(DifferencesOf(orders, R"({"orders": ["concordant"]})"),
              ElementsAre("orders: expected concordant, got concordant, discordant"));
}

std::string Bundle() {
  return R"({"resourceType": "Bundle", "type": "collection", "entry": [
    {"resource": {"resourceType": "Patient", "id": "p"}},
    {"resource": )" +
         Condition("c", "disease") + R"(},
    {"resource": )" +
         Observation("f", "flag", "2026-03-01", R"("valueBoolean": true)") + R"(},
    {"resource": )" +
         Observation("s", "size", "2026-03-01", Quantity("39", "mm")) + "}]}";
}

TEST(CasesTest, TakeRecords) {
  const std::string expect =
      R"({"rule": "R1", "inputs": {"size": {"state": "known", "value": "3.9 'cm'"}}})";
  EXPECT_THAT(DifferencesOf("\"bundle\": " + Bundle(), expect), IsEmpty());
  const CaseTools tools{.read_file = [](std::string_view name) {
    return name == "p.json" ? std::optional(Bundle()) : std::nullopt;
  }};
  EXPECT_THAT(DifferencesOf(R"("bundle": "p.json")", expect, tools), IsEmpty());
  EXPECT_THAT(DifferencesOf(R"("bundle": "q.json")", expect, tools),
              ElementsAre("there is no file \"q.json\" beside the test file"));
  EXPECT_THAT(DifferencesOf(R"("bundle": {"resourceType": "Bundle"})", expect),
              ElementsAre("the Bundle has no Patient with an id"));
}

TEST(CasesTest, LookAtCardsWhereSomebodyMakesThem) {
  const CaseTools tools{
      .cards = [](const Outcome& outcome, std::string_view hook, std::string_view) {
        EXPECT_EQ(hook, "patient-view");
        return std::vector<std::string>{Spelling(outcome.kind)};
      }};
  const std::string inputs = "\"inputs\": {" + kSmall + "}";
  EXPECT_THAT(
      DifferencesOf(inputs, R"({"cards": {"count": 1, "summaries": ["recommendation"]}})", tools),
      IsEmpty());
  EXPECT_THAT(DifferencesOf(inputs, R"({"cards": {"count": 2}})", tools),
              ElementsAre("cards: expected 2, got 1"));
  EXPECT_THAT(DifferencesOf(inputs, R"({"cards": {"count": 2}})"), IsEmpty());
}

TEST(CasesTest, StandOnTheDefaultsOfTheFile) {
  const std::string cases =
      R"({"name": "a", "inputs": {"size": "3 'cm'"}, "expect": {"rule": "R1"}},
         {"name": "b", "inputs": {"flag": null}, "expect": {"missing": ["flag", "size"]}},
         {"name": "c", "expect": {"missing": ["size"]}},
         {"name": "d", "bundle": )" +
      Bundle() + R"(, "expect": {"rule": "R1"}})";
  const CasesResult result =
      RunText(File(cases, R"({"inputs": {"flag": true}, "expect": {"gate": null}})"));
  EXPECT_EQ(result.passed, 4U);
  for (const CaseResult& one : result.cases) EXPECT_THAT(one.differences, IsEmpty()) << one.name;
}

TEST(CasesTest, MayHaveParametersOfTheirOwn) {
  const std::string text =
      File(Case(R"("inputs": {}, "parameters": {"limit": "3 'cm'"})", R"({"rules": []})"));
  EXPECT_THAT(ProblemsOf(text), ElementsAre(HasSubstr("\"limit\" is no parameter of the pathway")));
}

TEST(CasesTest, ReportEveryDefectWithItsPlace) {
  const std::string cases =
      R"({"name": "one", "inputs": {"sise": 1, "size": "4", "flag@left": true}, "expect": {"rule": "R9", "result": 1}},
{"name": "one", "expect": {"options": {"x": "preferred"}, "checks": {"K": "yes"}}},
{"name": "two", "inputs": {}, "bundle": "../x.json", "hook": "patient-view", "orders": [{}], "expect": {"inputs": {"size": 4}}})";
  std::vector<std::string> problems = ProblemsOf(File(cases));
  const auto has = [&](const std::string& place, const std::string& text) {
    EXPECT_TRUE(std::any_of(problems.begin(), problems.end(),
                            [&](const std::string& problem) {
                              return problem.starts_with("small.cases.json:" + place) &&
                                     problem.find(text) != std::string::npos;
                            }))
        << place << " " << text << "\n"
        << ::testing::PrintToString(problems);
  };
  has("2:28", "\"sise\" is no input of the pathway, or no focus of it. Did you mean \"size\"?");
  has("2:47", "\"4\" is no value of input \"size\"");
  has("2:52", "\"flag@left\" is no input");
  has("2:91", "\"R9\" is no rule");
  has("2:97", "\"expect\" has no property \"result\"");
  has("3:1", "neither \"inputs\" nor \"bundle\"");
  has("3:1", "two cases are named \"one\"");
  has("3:40", "\"x\" is no action");
  has("3:75", "a check is true, false or null");
  has("4:41", "both \"inputs\" and \"bundle\"");
  has("4:62", "hook \"patient-view\" has no draft orders");
  has("4:89", "an order must be a FHIR resource");
  has("4:124", "no value of input \"size\"");
}

TEST(CasesTest, AreOfThisPathwayAndHaveATime) {
  const std::string text =
      R"({"pathway": "https://example.org/other", "now": "2026-03-02", "cases": []})";
  EXPECT_THAT(
      ProblemsOf(text),
      ElementsAre(HasSubstr("1:13: error L102: the file tests \"https://example.org/other\""),
                  HasSubstr("1:49: error L101: \"2026-03-02\" is no full time")));
  EXPECT_THAT(ProblemsOf("{"), ElementsAre(HasSubstr("error L101")));
}

// ---- coverage

std::vector<std::string> Gaps(const CasesResult& result, CoverageGap::Kind kind) {
  std::vector<std::string> gaps;
  for (const CoverageGap& gap : result.coverage.gaps) {
    if (gap.kind == kind) gaps.push_back(gap.where + ": " + gap.message.substr(0, 40));
  }
  return gaps;
}

const std::string kTwoCases =
    R"({"name": "a", "inputs": {"flag": true, "size": "4 'cm'", "grade": "yes"}, "expect": {"rule": "R2"}},
       {"name": "b", "inputs": {"flag": true, "size": "3 'cm'"}, "expect": {"rule": "R1"}})";

TEST(CoverageTest, CountsWhatCasesReach) {
  const CasesResult result = RunText(File(kTwoCases));
  EXPECT_EQ(result.coverage.rules.covered, 2U);
  EXPECT_EQ(result.coverage.rules.all, 3U);
  EXPECT_EQ(result.coverage.boundaries.covered, 2U);
  EXPECT_EQ(result.coverage.boundaries.all, 3U);
  EXPECT_FALSE(result.coverage.complete());
  EXPECT_THAT(Gaps(result, CoverageGap::Kind::kRule), ElementsAre(HasSubstr("R3")));
  EXPECT_THAT(Gaps(result, CoverageGap::Kind::kBoundary),
              ElementsAre("size: no case is just above 4 'cm'. Add one th"));
  EXPECT_THAT(Gaps(result, CoverageGap::Kind::kMissing),
              ElementsAre(HasSubstr("size"), HasSubstr("flag")));
  EXPECT_THAT(Gaps(result, CoverageGap::Kind::kOption), ElementsAre(HasSubstr("R3.b")));
}

// What the defaults say wrong is said once, and leaves room for the rest.
TEST(CasesTest, ReportADefectOfTheDefaultsOnce) {
  std::string cases;
  for (int i = 0; i < 300; ++i) {
    cases += (i == 0 ? "" : ",\n") + std::string(R"({"name": "c)") + std::to_string(i) +
             R"(", "inputs": {"flag": true}, "expect": {"rule": "R1"}})";
  }
  cases += R"(,
{"name": "last", "inputs": {"flagg": true}, "expect": {"rule": "R1"}})";
  const auto problems = ProblemsOf(File(cases, R"({"inputs": {"sise": "3 'cm'"}})"));
  EXPECT_THAT(problems, ElementsAre(HasSubstr("\"sise\""), HasSubstr("\"flagg\"")));
}

// A limit that only a class tests decides as well, where a rule reads the class.
TEST(CoverageTest, LooksAtTheLimitsOfClassesThatDecide) {
  const auto limits = [](const char* cells) {
    const auto pathway =
        Load({.inputs = Truths() + R"(,
      "size": {"title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "question": "How large?",
               "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
      "class": {"title": "Class", "type": "Code", "values": {"low": "low", "high": "high"}, "question": "Which?",
                "classes": [{"if": {"size": "< 4 'cm'"}, "value": "low"}, {"if": {"size": ">= 4 'cm'"}, "value": "high"}]})",
              .tables = Table("collect", R"("x", "class")", Rule("R1", cells, "a"))});
    std::vector<std::string> found;
    for (const CoverageGap& gap : NothingCovered(*pathway).gaps) {
      if (gap.kind == CoverageGap::Kind::kBoundary) found.push_back(gap.message);
    }
    return found;
  };
  EXPECT_THAT(limits(R"("class": "low")"),
              ElementsAre(HasSubstr("exactly 4 'cm'"), HasSubstr("just below 4 'cm'"),
                          HasSubstr("just above 4 'cm'")));
  EXPECT_THAT(limits(R"("x": "true")"), IsEmpty());
}

// The same of a limit that only an expression knows: reached where what is derived is read.
TEST(CoverageTest, LooksAtTheLimitsOfExpressions) {
  const auto limits = [](const char* derive, const char* cells) {
    const auto pathway =
        Load({.inputs = Truths() + R"(,
      "size": {"title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "question": "How large?",
               "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
      "large": {"title": "Large", "type": "Boolean", "question": "Large?", "derive": ")" +
                        std::string(derive) + "\"}",
              .tables = Table("collect", R"("x", "large")", Rule("R1", cells, "a"))});
    std::vector<std::string> found;
    for (const CoverageGap& gap : NothingCovered(*pathway).gaps) {
      if (gap.kind == CoverageGap::Kind::kBoundary) found.push_back(gap.message);
    }
    return found;
  };
  EXPECT_THAT(limits("%size > 4 'cm'", R"("large": "true")"),
              ElementsAre(AllOf(HasSubstr("exactly 4 'cm'"), HasSubstr("table t")),
                          HasSubstr("just below 4 'cm'"), HasSubstr("just above 4 'cm'")));
  EXPECT_THAT(limits("%size.exists()", R"("large": "true")"), IsEmpty());
  EXPECT_THAT(limits("%size > 50 'cm'", R"("large": "true")"), IsEmpty());  // beyond the largest
}

TEST(CoverageTest, CountsNoProposalAndNoFailure) {
  const std::string proposal =
      R"({"name": "a", "confirmed": false, "inputs": {"flag": false}, "expect": {"rule": "R3"}},
         {"name": "b", "inputs": {"flag": true, "size": "3 'cm'"}, "expect": {"rule": "R2"}})";
  const CasesResult result = RunText(File(proposal));
  EXPECT_EQ(result.passed, 1U);
  EXPECT_EQ(result.failed, 1U);
  EXPECT_FALSE(result.cases.front().confirmed);
  EXPECT_EQ(result.coverage.rules.covered, 0U);
}

// ---- proposals

TEST(SkeletonsTest, CoverWhatIsLackingWithoutTouchingTheRest) {
  const std::string text = File(kTwoCases, R"({"inputs": {"flag": true}})");
  const CasesResult before = RunText(text);
  const auto now = *fhir::DateTime::Parse(kNow);
  std::string with = WithSkeletons(Sample(), text, before, now);
  EXPECT_TRUE(with.starts_with(text.substr(0, text.find("\n]}"))));
  const CasesResult after = RunText(with);
  EXPECT_EQ(after.failed, 0U);
  EXPECT_GT(after.passed, before.passed);
  EXPECT_EQ(after.coverage.rules.covered, before.coverage.rules.covered);
  // Once a person has looked at them, nothing is lacking.
  for (std::size_t at; (at = with.find(R"("confirmed": false)")) != std::string::npos;) {
    with.replace(at, 18, R"("confirmed": true)");
  }
  const CasesResult confirmed = RunText(with);
  EXPECT_TRUE(confirmed.coverage.complete());
  EXPECT_EQ(confirmed.coverage.missing.covered, confirmed.coverage.missing.all);
  EXPECT_EQ(WithSkeletons(Sample(), with, confirmed, now), with);
}

TEST(SkeletonsTest, BeginAFile) {
  CasesResult nothing;
  nothing.coverage = NothingCovered(*Sample());
  const std::string text = WithSkeletons(Sample(), "", nothing, *fhir::DateTime::Parse(kNow));
  const CasesResult run = RunText(text);
  EXPECT_THAT(run.problems, IsEmpty());
  EXPECT_GT(run.passed, 0U);
  EXPECT_EQ(run.failed, 0U);
}

// ---- the demonstration of the format description

TEST(CasesTest, OfTheDemonstrationPass) {
  const std::filesystem::path folder = std::filesystem::path(RENAL_SHARED) / "spec";
  if (!std::filesystem::exists(folder / "kidney-demo.cases.json"))
    GTEST_SKIP() << "the format description is not beside the sources";
  const auto read = [&](const char* name) {
    std::ifstream stream(folder / name);
    return std::string{std::istreambuf_iterator<char>(stream), {}};
  };
  const CasesResult result =
      RunCases(LoadText(read("kidney-demo.pathway.json")), "kidney-demo.cases.json",
               read("kidney-demo.cases.json"), CaseTools{});
  EXPECT_EQ(result.passed, 20U);
  EXPECT_EQ(result.failed, 0U);
  EXPECT_EQ(result.coverage.rules.covered, result.coverage.rules.all);
}

}  // namespace
}  // namespace renal::pathways::testing
