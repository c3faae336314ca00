#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// What rules do to each other, what waits for a datum, what texts show, and sources that apply only
// sometimes.
namespace renal::pathways::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

Small Related(std::string rules, std::string checks = {}) {
  Small small;
  small.inputs = Truths();
  small.tables = Table("collect", R"("x", "y", "z")", rules);
  small.gate = R"({"id": "never", "if": {"x": "true", "y": "true", "z": "true"}, "because": "-"})";
  small.checks = std::move(checks);
  return small;
}

// M replaces A and leaves B to be decided.
const std::string kMoreSpecific =
    Rule("A", R"("x": "true")", "a") + "," + Rule("B", R"("x": "true")", "b") + "," +
    Rule("M", R"("y": "true")", "c", R"("replaces": ["A"], "demotes": ["B"])");

struct ReplaceCase {
  std::string name;
  std::string facts;
  Texts results;
  Texts because;  ///< of M; empty where it is not recommended

  friend void PrintTo(const ReplaceCase& row, std::ostream* out) { *out << row.name; }
};
class ReplaceTest : public ::testing::TestWithParam<ReplaceCase> {};

TEST_P(ReplaceTest, TheMoreSpecificRuleNamesWhatItReplaces) {
  const Evaluated run(Load(Related(kMoreSpecific)), Facts(GetParam().facts));
  EXPECT_EQ(run.Results(), GetParam().results);
  if (!GetParam().because.empty()) {
    EXPECT_EQ(run.Result("M").because, GetParam().because);
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, ReplaceTest,
                         ::testing::ValuesIn<ReplaceCase>({
                             {"Both", "tt-", {"B b K", "M c R"}, {"Because M.", "A: Because A."}},
                             {"OnlyTheGeneral", "tf-", {"A a R", "B b R"}, {}},
                             {"OnlyTheSpecific", "ft-", {"M c R"}, {"Because M."}},
                             {"SpecificUnknown", "t--", {"A a R", "B b R", "M c K"}, {}},
                             {"GeneralUnknown", "-t-", {"B b K", "M c R"}, {"Because M."}},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(ReplaceTest, WhatIsLeftUndecidedMissesNothing) {
  const Evaluated run(Load(Related(kMoreSpecific)), Facts("tt-"));
  EXPECT_THAT(run.Result("B").missing, IsEmpty());
  EXPECT_FALSE(run.Result("B").orderable);
}

TEST(NeedsTest, WhatWaitsIsNoReasonToAsk) {
  const std::string waits = Rule("W", R"("x": "true", "y": "true")", "a", R"("needs": ["x"])");
  EXPECT_THAT(Evaluated(Load(Related(waits)), Facts("---")).Asked(), IsEmpty());
  EXPECT_THAT(Evaluated(Load(Related(waits)), Facts("t--")).Asked(), ElementsAre("y"));
}

TEST(CheckFactTest, WhatComesBesideAsAFactIsNoReasonToAsk) {
  const auto check = [](const std::string& more) {
    return R"({"id": "K", "title": "K", "rules": ["A"], "if": {"y": "true"}, "then": {"with": ["refer"])" +
           more + R"(}, "because": "-", "cite": ["S"]})";
  };
  const std::string rule = Rule("A", R"("x": "true")", "a");
  EXPECT_THAT(Evaluated(Load(Related(rule, check(""))), Facts("t--")).Asked(), ElementsAre("y"));
  EXPECT_THAT(Evaluated(Load(Related(rule, check(R"(, "fact": true)"))), Facts("t--")).Asked(),
              IsEmpty());
}

TEST(TextTest, ShowsTheValuesThatItNames) {
  Small small;
  for (const std::string_view name : {"x", "y"}) {
    small.inputs +=
        std::string(small.inputs.empty() ? "" : ", ") + "\"" + std::string(name) +
        R"--(": {"title": "Input", "type": "Code", "values": {"no": "not so", "yes": "just so"},
      "question": "Is it?", "whenUnknown": "not told", "sources": [{"name": "s", "from": "Observation", "code": ")--" +
        (name == "x" ? "flag" : "grade") +
        R"--(", "time": "effective", "map": [{"when": "value = true", "to": "yes"}, {"to": "no"}]}]})--";
  }
  small.tables = Table(
      "collect", R"("x", "y")",
      R"({"id": "A", "if": {"x": "yes"}, "then": {"options": [{"action": "a", "strength": "preferred"}]},
      "because": "X is {x}, y is {y}.", "cite": ["S"]})");
  small.checks = R"({"id": "K", "title": "K", "rules": ["A"], "if": {"x": "yes"},
      "then": {"caution": "{rules}: x is {x}.", "emphasis": "All the more, as x is {x}."}, "because": "-", "cite": ["S"]})";
  small.gate = R"({"id": "never", "if": {"x": "no", "y": "no"}, "because": "-"})";
  const Evaluated run(Load(small), Facts("t--"));
  EXPECT_THAT(run.Result("A").because,
              ElementsAre("X is just so, y is not told.", "All the more, as x is just so."));
  EXPECT_THAT(run.Result("A").cautions, ElementsAre("A: x is just so."));
}

// A source of w that applies only where x is true, with an assumption; another one behind it.
Small Sometimes() {
  Small small = Related(Rule("W", R"("w": "< 7 'cm'")", "a"));
  small.tables = Table("collect", R"("w", "x")", Rule("W", R"("w": "< 7 'cm'")", "a"));
  small.inputs +=
      R"(, "w": {"title": "W", "type": "Quantity", "unit": "cm", "question": "W?", "sources": [
      {"name": "s1", "from": "Observation", "code": "mass", "time": "effective", "value": "value", "rank": 1,
       "if": {"x": "true"}, "assumption": "taken for the same"},
      {"name": "s2", "from": "Observation", "code": "size", "time": "effective", "value": "value", "rank": 2}]})";
  return small;
}

struct SourceCase {
  std::string name;
  std::string facts;
  std::string shown;
  Texts assumptions;

  friend void PrintTo(const SourceCase& row, std::ostream* out) { *out << row.name; }
};
class SourceIfTest : public ::testing::TestWithParam<SourceCase> {};

TEST_P(SourceIfTest, CountsOnlyWhereItApplies) {
  std::vector<std::string> resources = Facts(GetParam().facts);
  resources.push_back(Observation("m", "mass", "2026-02-01", Quantity("3")));
  resources.push_back(Observation("s", "size", "2026-02-02", Quantity("5")));
  const Evaluated run(Load(Sometimes()), resources);
  EXPECT_EQ(run.Shown("w"), GetParam().shown);
  EXPECT_EQ(run.Result("W").assumptions, GetParam().assumptions);
}

INSTANTIATE_TEST_SUITE_P(Rows, SourceIfTest,
                         ::testing::ValuesIn<SourceCase>({
                             {"True", "t--", "3 'cm'", {"taken for the same"}},
                             {"False", "f--", "5 'cm'", {}},
                             {"Unknown", "---", "5 'cm'", {}},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(DisplayTest, StrengthThenPlaceInTheFile) {
  Small small = Related(Rule("A", "", "a", {}, "acceptable") + "," + Rule("B", "", "b") + "," +
                        Rule("C", "", "c", {}, "acceptable"));
  const Evaluated run(Load(small), Facts("---"));
  Texts order;
  for (const Recommendation& result : run.outcome().recommendations) order.push_back(result.rule);
  EXPECT_THAT(order, ElementsAre("B", "A", "C"));
}

TEST(DisplayTest, AReferralIsOrderableWhateverItsStrength) {
  Small small = Related(Rule("A", "", "a", {}, "info") + "," + Rule("R", "", "refer", {}, "info"));
  const Evaluated run(Load(small), Facts("---"));
  EXPECT_FALSE(run.Result("A").orderable);
  EXPECT_TRUE(run.Result("R").orderable);
}

}  // namespace
}  // namespace renal::pathways::testing
