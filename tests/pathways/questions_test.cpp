#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// What is asked for, in which order, and what would change the advice.
namespace renal::pathways::testing {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kSize =
    R"(, "size": {"title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "question": "Size?",
      "sources": [{"name": "size", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]})";

struct QuestionCase {
  std::string name;
  std::string rules;
  std::vector<std::string> resources;
  Texts asked;
  Texts changes;
  std::string hit = "collect";
  std::string inputs = Truths() + std::string(kSize);
  std::string checks = {};

  friend void PrintTo(const QuestionCase& row, std::ostream* out) { *out << row.name; }
};

class QuestionsTest : public ::testing::TestWithParam<QuestionCase> {};

TEST_P(QuestionsTest, AskWhatMattersAndSayWhatWouldChange) {
  const QuestionCase& row = GetParam();
  Small small;
  small.inputs =
      row.inputs +
      R"--(, "born": {"title": "Born", "type": "Boolean", "question": "?", "derive": "%patient.birthDate.exists()"})--";
  small.tables = Table(row.hit, R"("x", "y", "z", "size")", row.rules);
  small.gate = R"({"id": "never", "if": {"born": "false"}, "because": "-"})";
  small.checks = row.checks;
  const Evaluated run(Load(small), row.resources);
  EXPECT_EQ(run.Asked(), row.asked);
  EXPECT_EQ(run.Changes(), row.changes);
}

std::vector<std::string> Sized(std::string_view value, std::string_view facts = {}) {
  std::vector<std::string> resources = Facts(facts);
  resources.push_back(Observation("s", "size", "2026-03-01", value));
  return resources;
}
std::string Less(std::string_view number) {
  return R"("valueQuantity": {"value": )" + std::string(number) +
         R"(, "code": "cm", "comparator": "<"})";
}

const std::string kX = Rule("X", R"("x": "true")", "a");
const std::string kSmall = Rule("L", R"("size": "< 7 'cm'")", "a");
const std::string kLarge = Rule("G", R"("size": "> 7 'cm'")", "b");
const std::string kBoth = Rule("B", R"("x": "true", "size": "< 7 'cm'")", "a");
// The truths with x a mere fact, or with a condition under which it is not asked for.
const std::string kFact =
    std::string(Truths()).insert(Truths().find("\"type\""), R"("fact": true, )") +
    std::string(kSize);
const std::string kUnlessY =
    std::string(Truths()).insert(Truths().find("\"type\""), R"("askUnless": {"y": "true"}, )") +
    std::string(kSize);

INSTANTIATE_TEST_SUITE_P(
    Ask, QuestionsTest,
    ::testing::ValuesIn<QuestionCase>({
        {"DecidesARule", kX, {}, {"x"}, {}},
        {"Known", kX, Facts("t"), {}, {}},
        {"DecidesNothingWhereAnotherCellIsFalse", kBoth, Sized(Quantity("8")), {}, {}},
        {"DecidesWhereTheOtherIsTrue", kBoth, Sized(Quantity("5")), {"x"}, {}},
        {"BothOpen", kBoth, {}, {"x", "size"}, {}},
        {"InNoRule", kX, Facts("t-"), {}, {}},
        {"AFactOfARule", Rule("X", R"("x": "true")", "a", R"("fact": true)"), {}, {}, {}},
        {"AFactInput", kX, {}, {}, {}, "collect", kFact},
        {"AskUnlessTrue",
         kX + "," + Rule("Y", R"("y": "true")", "b"),
         Facts("-t"),
         {},
         {},
         "collect",
         kUnlessY},
        {"AskUnlessFalse", kX, Facts("-f"), {"x"}, {}, "collect", kUnlessY},
        {"AskUnlessUnknown", kX, {}, {"x"}, {}, "collect", kUnlessY},
        {"TheActionIsRecommendedAnyway", kX + "," + Rule("E", "", "a"), {}, {"x"}, {}},
        {"TheSameAdviceEitherWay",
         Rule("T", R"("x": "true")", "a") + "," + Rule("F", R"("x": "false")", "a"),
         {},
         {},
         {},
         "unique"},
        {"IntervalOnOneSide",
         kSmall + "," + kLarge,
         Sized(Less("7")),
         {},
         {"size -> > 7 'cm': G b"}},
        {"IntervalAcross", kSmall + "," + kLarge, Sized(Less("9")), {"size"}, {}},
        {"WaitingRuleIsNoReason",
         Rule("W", R"("y": "true")", "a", R"("needs": ["x"])") + "," + kX,
         {},
         {"x"},
         {}},
        // Whatever x turns out to be, two rules can stay open; with y known, one.
        {"FewestOpenRulesFirst",
         Rule("R1", R"("y": "true")", "a") + "," + Rule("R2", R"("x": "true", "y": "true")", "b"),
         {},
         {"y", "x"},
         {}},
    }),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Change, QuestionsTest,
    ::testing::ValuesIn<QuestionCase>({
        {"AboveTheLimit",
         kSmall + "," + kLarge,
         Sized(Quantity("5")),
         {},
         {"size -> > 7 'cm': G b"}},
        {"BelowTheLimit",
         kSmall + "," + kLarge,
         Sized(Quantity("8")),
         {},
         {"size -> < 7 'cm': L a"}},
        {"OnTheLimit",
         kSmall + "," + kLarge,
         Sized(Quantity("7")),
         {},
         {"size -> < 7 'cm': L a", "size -> > 7 'cm': G b"}},
        {"NothingNew", kSmall, Sized(Quantity("5")), {}, {}},
        {"AnotherTruth", kX, Facts("f"), {}, {"x -> yes: X a"}},
        {"TheOtherTruth", Rule("N", R"("x": "false")", "b"), Facts("t"), {}, {"x -> no: N b"}},
        {"ReferralIsNoChangeOfTreatment",
         Rule("N", R"("x": "false")", "refer"),
         Facts("t"),
         {},
         {}},
        {"SameAdviceUnderAnotherRule",
         Rule("T", R"("x": "true")", "a") + "," + Rule("F", R"("x": "false")", "a"),
         Facts("t"),
         {},
         {},
         "unique"},
    }),
    [](const auto& row) { return row.param.name; });

TEST(QuestionReasonTest, SaysWhyTheDatumIsMissing) {
  Small small;
  small.inputs = Truths();
  small.tables = Table("collect", R"("x", "y", "z")", kX);
  small.gate = R"({"id": "never", "if": {"x": "true", "y": "true", "z": "true"}, "because": "-"})";
  std::vector<std::string> resources = Facts("tff");
  resources.push_back(Observation("again", "flag", "2026-03-01", R"("valueBoolean": false)"));
  const Evaluated run(Load(small), resources);
  ASSERT_EQ(run.outcome().ask.size(), 1U);
  EXPECT_EQ(run.outcome().ask.front().reason, UnknownReason::kConflict);
}

// A size that rules read only through other inputs: one that compares it with a constant or with a
// parameter, one that takes its value.
struct ThroughCase {
  std::string name;
  std::string derived;  // inputs after `size`; the rule reads "large", or "shown"
  std::string cell;
  std::string size;  // in cm; empty: not known
  Texts asked;
  Texts changes;

  friend void PrintTo(const ThroughCase& row, std::ostream* out) { *out << row.name; }
};

class LimitsOfExpressionsTest : public ::testing::TestWithParam<ThroughCase> {};

TEST_P(LimitsOfExpressionsTest, AreTriedOut) {
  const ThroughCase& row = GetParam();
  Small small;
  small.inputs = Truths() + std::string(kSize) + row.derived;
  small.parameters =
      R"("cut": {"type": "Quantity", "value": "7 'cm'", "min": "1 'cm'", "max": "9 'cm'", "why": "w", "cite": ["S"]})";
  const std::string column = row.cell.substr(0, row.cell.find(':'));
  small.tables = Table("collect", column, Rule("L", row.cell, "b"));
  small.gate = R"({"id": "never", "if": {"x": "true", "y": "true", "z": "true"}, "because": "-"})";
  const Evaluated run(Load(small), row.size.empty() ? Texts{} : Sized(Quantity(row.size)));
  EXPECT_EQ(run.Asked(), row.asked);
  EXPECT_EQ(run.Changes(), row.changes);
}

const std::string kLargeBy7 =
    R"--(, "large": {"title": "L", "type": "Boolean", "question": "?", "derive": "%size > 7 'cm'"})--";
const std::string kLargeByCut =
    R"--(, "large": {"title": "L", "type": "Boolean", "question": "?", "derive": "%size > %cut"})--";
const std::string kHandedOn =
    R"--(, "shown": {"title": "S", "type": "Quantity", "unit": "cm", "question": "?", "derive": "%size.first()"},
    "large": {"title": "L", "type": "Boolean", "question": "?", "derive": "%shown > 7 'cm'"})--";
const std::string kIsLarge = R"("large": "true")";
const std::string kShownIsLarge = R"("shown": "> 7 'cm'")";

INSTANTIATE_TEST_SUITE_P(
    Limits, LimitsOfExpressionsTest,
    ::testing::ValuesIn<ThroughCase>({
        {"Unknown", kLargeBy7, kIsLarge, "", {"size"}, {}},
        {"Below", kLargeBy7, kIsLarge, "6.9", {}, {"size -> > 7 'cm': L b"}},
        {"On", kLargeBy7, kIsLarge, "7", {}, {"size -> > 7 'cm': L b"}},
        {"Above", kLargeBy7, kIsLarge, "7.1", {}, {}},
        {"ParameterUnknown", kLargeByCut, kIsLarge, "", {"size"}, {}},
        {"BelowTheParameter", kLargeByCut, kIsLarge, "6.9", {}, {"size -> > 7 'cm': L b"}},
        {"OnTheParameter", kLargeByCut, kIsLarge, "7", {}, {"size -> > 7 'cm': L b"}},
        {"AboveTheParameter", kLargeByCut, kIsLarge, "7.1", {}, {}},
        {"HandedOnUnknown", kHandedOn, kIsLarge, "", {"size"}, {}},
        {"HandedOnBelow", kHandedOn, kIsLarge, "6.9", {}, {"size -> > 7 'cm': L b"}},
        {"CellOfWhatIsHandedOn", kHandedOn, kShownIsLarge, "7", {}, {"size -> > 7 'cm': L b"}},
        {"CellOfWhatIsHandedOnUnknown", kHandedOn, kShownIsLarge, "", {"size"}, {}},
    }),
    [](const auto& row) { return row.param.name; });

// Of two values the first known one is taken: what the other one would be decides something only
// where the first is missing.
const std::string kMeasuredOrWorkedOut =
    R"--(, "worked": {"title": "W", "type": "Quantity", "unit": "cm", "question": "?",
      "min": "0 'cm'", "max": "40 'cm'", "derive": "iif(%x, 9 'cm', 3 'cm')"},
    "either": {"title": "E", "type": "Quantity", "unit": "cm", "question": "?",
      "min": "0 'cm'", "max": "40 'cm'", "derive": "(%size | %worked).first()"})--";

struct FirstKnownCase {
  std::string name;
  std::string facts;
  std::string size;       // in cm; empty: not known
  std::string more = {};  // rules besides
  Texts changes;

  friend void PrintTo(const FirstKnownCase& row, std::ostream* out) { *out << row.name; }
};

class FirstKnownTest : public ::testing::TestWithParam<FirstKnownCase> {};

TEST_P(FirstKnownTest, DecidesWhatATrialOfTheOtherChanges) {
  const FirstKnownCase& row = GetParam();
  Small small;
  small.inputs = Truths() + std::string(kSize) + kMeasuredOrWorkedOut;
  small.tables = Table("collect", R"("either", "worked")",
                       Rule("L", R"("either": "> 7 'cm'")", "b") + row.more);
  small.gate = R"({"id": "never", "if": {"x": "true", "y": "true", "z": "true"}, "because": "-"})";
  const Evaluated run(Load(small),
                      row.size.empty() ? Facts(row.facts) : Sized(Quantity(row.size), row.facts));
  EXPECT_EQ(run.Changes(), row.changes);
}

INSTANTIATE_TEST_SUITE_P(FirstKnown, FirstKnownTest,
                         ::testing::ValuesIn<FirstKnownCase>({
                             {"Measured", "fff", "5", "", {"size -> > 7 'cm': L b"}},
                             {"OnlyWorkedOut", "fff", "", "", {"x -> yes: L b"}},
                             {"WorkedOutIsReadItself",
                              "fff",
                              "5",
                              "," + Rule("W", R"("worked": "> 7 'cm'")", "c"),
                              {"x -> yes: W c", "size -> > 7 'cm': L b"}},
                             {"MeasuredOutOfRange", "fff", "41", "", {"x -> yes: L b"}},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(QuestionTrialTest, WhatDependsOnTheValueTriedFollowsIt) {
  Small small;
  small.inputs =
      Truths() +
      R"--(, "derived": {"title": "D", "type": "Boolean", "question": "?", "derive": "%x.not()"},
    "late": {"title": "L", "type": "Boolean", "question": "?", "derive": "%derived and %y"})--";
  small.tables = Table("collect", R"("late", "z")", Rule("L", R"("late": "true")", "a"));
  small.gate = R"({"id": "never", "if": {"z": "true"}, "because": "-"})";
  const Evaluated open(Load(small), Facts("-tf"));
  EXPECT_THAT(open.Asked(), ::testing::ElementsAre("x"));
  EXPECT_THAT(open.Result("L").missing, ::testing::ElementsAre("x"));
  const Evaluated known(Load(small), Facts("ttf"));
  EXPECT_THAT(known.Changes(), ::testing::ElementsAre("x -> no: L a"));
  EXPECT_EQ(known.Shown("late"), "no");
}

}  // namespace
}  // namespace renal::pathways::testing
