#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathways/outcome.h"
#include "tests/pathways/evaluated.h"

// Sums of points and classes, on made-up inputs that are true, false or not known.
namespace renal::pathways::testing {
namespace {

using ::testing::ElementsAre;

std::string Integer(std::string_view name, std::string_view items, std::string_view more = {}) {
  return ", \"" + std::string(name) +
         R"(": {"title": "Sum", "type": "Integer", "fact": true, "question": "?", "points": [)" +
         std::string(items) + "]" + std::string(more) + "}";
}

std::string Class(std::string_view name, std::string_view rows, std::string_view more = {}) {
  return ", \"" + std::string(name) +
         R"(": {"title": "Class", "type": "Code", "values": {"low": "low", "high": "high", "top": "top"},
              "question": "?", "classes": [)" +
         std::string(rows) + "]" + std::string(more) + "}";
}

constexpr std::string_view kOne = R"({"title": "X", "if": {"x": "true"}, "add": "1"})";
constexpr std::string_view kThree =
    R"({"title": "X", "if": {"x": "true"}, "add": "1"}, {"title": "Y", "if": {"y": "true"}, "add": "2"},
       {"title": "Z", "if": {"z": "true"}, "add": "4"})";

Evaluated With(const std::string& inputs, std::string_view facts,
               const std::string& rules = Rule("R", R"("x": "true")", "a"),
               const std::string& columns = R"("x", "y", "z")") {
  Small small;
  small.inputs = Truths() + inputs;
  small.tables = Table("collect", columns, rules);
  small.gate = R"({"id": "never", "if": {"x": "unknown", "y": "known"}, "because": "-"})";
  return Evaluated(Load(small), Facts(facts));
}

struct SumCase {
  std::string name;
  std::string items;
  std::string facts;  // of x, y and z
  std::string value;

  friend void PrintTo(const SumCase& row, std::ostream* out) { *out << row.name; }
};

class SumTest : public ::testing::TestWithParam<SumCase> {};

TEST_P(SumTest, IsWhatTheItemsCanAdd) {
  const SumCase& row = GetParam();
  Small small;
  small.inputs = Truths() + Integer("sum", row.items);
  small.tables = Table("collect", R"("x", "y", "z")", Rule("R", R"("x": "true")", "a"));
  EXPECT_EQ(Evaluated(Load(small), Facts(row.facts)).Shown("sum"), row.value);
}

// Rows of one item.
std::string Rows(std::string_view rows) {
  return R"({"title": "Item", "rows": [)" + std::string(rows) + "]}";
}
const std::string kFirstFits =
    Rows(R"({"if": {"x": "true"}, "add": "1"}, {"if": {"y": "true"}, "add": "3"}, {"add": "0"})");
const std::string kNoneMayFit =
    Rows(R"({"if": {"x": "true"}, "add": "1"}, {"if": {"y": "true"}, "add": "3"})");
const std::string kSame =
    Rows(R"({"if": {"x": "true"}, "add": "2"}, {"if": {"y": "true"}, "add": "2"}, {"add": "0"})");
const std::string kOpenRow =
    Rows(R"({"if": {"x": "true"}, "add": "[1 .. 2]"}, {"if": {"x": "false"}, "add": "0"})");
const std::string kFallback = Rows(
    R"({"if": {"x": "unknown", "y": "true"}, "add": "5"}, {"if": {"x": "true"}, "add": "1"}, {"if": {"x": "false"}, "add": "0"})");
const std::string kNegative = Rows(R"({"if": {"x": "true"}, "add": "-2"}, {"add": "0"})");

INSTANTIATE_TEST_SUITE_P(
    Rows, SumTest,
    ::testing::ValuesIn<SumCase>({
        {"AllKnown", std::string(kThree), "tft", "5"},
        {"NoneTrue", std::string(kThree), "fff", "0"},
        {"OneMissing", std::string(kThree), "t-f", "[1 .. 3]"},
        {"TwoMissing", std::string(kThree), "t--", ">= 1"},
        {"TheHighestIsKnown", std::string(kThree), "--t", ">= 4"},
        {"TheHighestIsNot", std::string(kThree), "--f", "<= 3"},
        {"NothingKnown", std::string(kThree), "---", "absent"},
        {"FirstRowThatFits", kFirstFits, "tt-", "1"},
        {"SecondRow", kFirstFits, "ft-", "3"},
        {"LastRow", kFirstFits, "ff-", "0"},
        {"FirstUnknownSecondTrue", std::string(kOne) + "," + kFirstFits, "-tf", "absent"},
        {"SecondUnknownBesideZero", std::string(kOne) + "," + kFirstFits, "f-f", "<= 3"},
        {"SecondUnknownBesideAKnownItem",
         kFirstFits + R"(, {"title": "Z", "if": {"z": "true"}, "add": "1"})", "f-t", ">= 1"},
        {"NoRowFits", kNoneMayFit, "ff-", "unusable"},
        {"RowsThatAddTheSame", kSame, "-t-", "2"},
        {"OpenRow", kOpenRow + R"(, {"title": "Z", "if": {"z": "true"}, "add": "1"})", "t-t",
         ">= 2"},
        {"AnotherInputStandsIn", kFallback, "-t-", "5"},
        {"AnotherInputDoesNotOverrule", kFallback, "tt-", "1"},
        {"PointsMayBeTakenAway", kNegative, "t--", "-2"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(SumOfPointsTest, ChecksItsOwnEnds) {
  const Evaluated run = With(Integer("sum", kThree), "tft");
  const Input& input = run.outcome().pathway->inputs[run.outcome().pathway->FindInput("sum")];
  EXPECT_EQ(input.min->ToString(), "0");
  EXPECT_EQ(input.max->ToString(), "7");
}

TEST(SumOfPointsTest, NamesItsItems) {
  const Evaluated run = With(Integer("sum", kThree), "t-f");
  const auto& parts = run.State("sum").score->parts;
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].state, ScorePart::State::kKnown);
  EXPECT_EQ(parts[0].low, 1);
  EXPECT_EQ(parts[1].state, ScorePart::State::kUnknown);
  EXPECT_EQ(parts[1].low, 0);
  EXPECT_EQ(parts[1].high, 2);
  EXPECT_THAT(parts[1].missing, ElementsAre(run.outcome().pathway->FindInput("y")));
}

TEST(SumOfPointsTest, IsForWhomItIsMeantOnly) {
  const auto shown = [](std::string_view facts) {
    return With(Integer("sum", R"({"title": "Y", "if": {"y": "true"}, "add": "1"})",
                        R"(, "onlyIf": {"x": "true"})"),
                facts)
        .Shown("sum");
  };
  EXPECT_EQ(shown("tt-"), "1");
  EXPECT_EQ(shown("ft-"), "not-applicable");
  EXPECT_EQ(shown("-t-"), "absent");
}

constexpr std::string_view kClasses =
    R"({"if": {"x": "true"}, "value": "high"}, {"if": {"x": "false", "y": "true"}, "value": "high"},
       {"if": {"x": "false", "y": "false", "z": "true"}, "value": "low"},
       {"if": {"x": "false", "y": "false", "z": "false"}, "because": "There is none."})";

TEST(ClassTest, IsWhatEveryPossibleRowGives) {
  const auto run = [](std::string_view facts) { return With(Class("c", kClasses), facts); };
  EXPECT_EQ(run("t--").Shown("c"), "high");
  EXPECT_EQ(run("ft-").Shown("c"), "high");
  EXPECT_EQ(run("fft").Shown("c"), "low");
  EXPECT_EQ(run("fff").Shown("c"), "unusable");
  EXPECT_THAT(run("fff").State("c").score->remarks, ElementsAre("There is none."));
  const Evaluated open = run("f-t");
  EXPECT_EQ(open.Shown("c"), "absent");
  EXPECT_THAT(open.State("c").score->possible, ElementsAre(0U, 1U));
  // x may be true or y is: both give the same.
  Small small;
  small.inputs = Truths() + Class("c", kClasses);
  small.tables = Table("collect", R"("x", "y", "z")", Rule("R", R"("x": "true")", "a"));
  EXPECT_EQ(Evaluated(Load(small), Facts("-t-")).Shown("c"), "high");
  EXPECT_EQ(Evaluated(Load(small), Facts("-ff")).Shown("c"), "absent");
  EXPECT_THAT(Evaluated(Load(small), Facts("-ff")).State("c").score->possible, ElementsAre(1U));
}

TEST(ClassTest, OfRowsThatContradictEachOtherHasNone) {
  const std::string rows =
      R"({"if": {"x": "true"}, "value": "high"}, {"if": {"y": "true"}, "value": "low"})";
  EXPECT_EQ(With(Class("c", rows), "tt-").Shown("c"), "error");
}

TEST(ClassTest, OfASumFollowsItsInterval) {
  const std::string inputs =
      Integer("sum", kThree) +
      Class(
          "c",
          R"({"if": {"sum": "[0 .. 2]"}, "value": "low"}, {"if": {"sum": "[3 .. 4]"}, "value": "high"}, {"if": {"sum": ">= 5"}, "value": "top"})");
  EXPECT_EQ(With(inputs, "t-f").Shown("c"), "absent");
  EXPECT_THAT(With(inputs, "t-f").State("c").score->possible, ElementsAre(0U, 1U));
  EXPECT_EQ(With(inputs, "t-t").Shown("c"), "top");
  EXPECT_EQ(With(inputs, "ttf").Shown("c"), "high");
}

// Nothing hinders a pathway from deciding by a score: then its items are asked for.
TEST(ClassTest, ThatARuleReadsIsAskedForByItsInputs) {
  const std::string inputs = Class(
      "c", R"({"if": {"y": "true"}, "value": "high"}, {"if": {"y": "false"}, "value": "low"})");
  const Evaluated run = With(inputs, "t--", Rule("R", R"("c": "high")", "a"), R"("c")");
  EXPECT_THAT(run.Results(), ElementsAre("R a K"));
  EXPECT_THAT(run.Asked(), ElementsAre("y"));
  EXPECT_THAT(run.Result("R").missing, ElementsAre("y"));
  EXPECT_THAT(With(inputs, "tt-", Rule("R", R"("c": "high")", "a"), R"("c")").Results(),
              ElementsAre("R a R"));
}

TEST(ScoreTest, OnlyInformsWhereNothingReadsIt) {
  const Evaluated run =
      With(Integer("sum", kThree) + Class("c", kClasses, R"(, "fact": true)"), "t--");
  const Pathway& pathway = *run.outcome().pathway;
  EXPECT_TRUE(pathway.inputs[pathway.FindInput("sum")].information);
  EXPECT_TRUE(pathway.inputs[pathway.FindInput("c")].information);
  EXPECT_FALSE(pathway.inputs[pathway.FindInput("x")].information);
  EXPECT_FALSE(pathway.inputs[pathway.FindInput("y")].information);  // the gate reads it
  EXPECT_TRUE(pathway.inputs[pathway.FindInput("z")].information);
}

TEST(ScoreTest, IsWrittenWithItsParts) {
  const std::string text =
      With(
          Integer("sum", kThree, R"(, "cite": ["S"])") +
              Class(
                  "c",
                  R"({"if": {"sum": "<= 3"}, "value": "low"}, {"if": {"sum": ">= 4"}, "value": "high"})",
                  R"(, "fact": true, "score": {"remarks": [{"if": {"x": "true"}, "text": "X is so."}]})"),
          "t--")
          .Json();
  EXPECT_THAT(
      text,
      ::testing::HasSubstr(
          R"("sum":{"state":"derived","value":">= 1","parts":[{"title":"X","points":1,"state":"known","input":"x"},)"
          R"({"title":"Y","points":"[0 .. 2]","state":"unknown","input":"y","missing":["y"]},)"
          R"({"title":"Z","points":"[0 .. 4]","state":"unknown","input":"z","missing":["z"]}],"cite":["S"])"));
  EXPECT_THAT(
      text,
      ::testing::HasSubstr(
          R"("c":{"state":"unknown","reason":"absent","of":"sum","possible":["low","high"],"remarks":["X is so."])"));
}

TEST(ScoreTest, PrintsMarksBehindThePoints) {
  const std::string items =
      R"({"title": "X", "if": {"x": "true"}, "add": "3"},
         {"title": "Y", "rows": [{"if": {"y": "true"}, "add": "0", "mark": "p"}, {"if": {"y": "false"}, "add": "0", "mark": "a"}]},
         {"title": "Z", "rows": [{"if": {"z": "true"}, "add": "0", "mark": "h"}, {"if": {"z": "false"}, "add": "0"}]})";
  const auto notation = [&](std::string_view facts) {
    return With(Integer("sum", items), facts).State("sum").score->notation;
  };
  EXPECT_EQ(notation("ttt"), "3ph");
  EXPECT_EQ(notation("fff"), "0a");
  EXPECT_EQ(notation("tt-"), "");  // a mark that is not known is not left out
  EXPECT_EQ(notation("t-t"), "");
}

}  // namespace
}  // namespace renal::pathways::testing
