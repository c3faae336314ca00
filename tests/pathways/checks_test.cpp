#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// What checks do to the results of the tables (README "Checks").
namespace renal::pathways::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

std::string Check(std::string_view id, std::string_view where, std::string_view cells,
                  std::string_view then, std::string_view more = {}) {
  return R"({"id": ")" + std::string(id) + R"(", "title": "Check )" + std::string(id) + "\"" +
         (where.empty() ? "" : ", ") + std::string(where) + R"(, "if": {)" + std::string(cells) +
         R"(}, "then": {)" + std::string(then) + R"(}, "because": "Reason )" + std::string(id) +
         R"(.", "cite": ["S"])" + (more.empty() ? "" : ", ") + std::string(more) + "}";
}

// Rules A and B offer a and b without condition, C offers the referral; x, y and z are left to the
// checks.
Small Checked(std::string checks, std::string more_rules = {}) {
  Small small;
  small.inputs = Truths();
  small.tables = Table("collect", R"("x", "y", "z")",
                       Rule("A", "", "a") + "," + Rule("B", "", "b", {}, "acceptable") + "," +
                           Rule("C", "", "refer") + (more_rules.empty() ? "" : "," + more_rules));
  small.gate = R"({"id": "never", "if": {"x": "true", "y": "true", "z": "true"}, "because": "-"})";
  small.checks = std::move(checks);
  return small;
}

constexpr std::string_view kX = R"("x": "true")";
constexpr std::string_view kForA = R"("for": ["a"])";
constexpr std::string_view kRuleA = R"("rules": ["A"])";

struct CheckCase {
  std::string name;
  std::string check;
  std::string facts;
  Texts results;
  Texts cautions_of_b;
  Texts missing_of_a = {};

  friend void PrintTo(const CheckCase& row, std::ostream* out) { *out << row.name; }
};

class ChecksTest : public ::testing::TestWithParam<CheckCase> {};

TEST_P(ChecksTest, ChangeWhatTheTablesChose) {
  const Evaluated run(Load(Checked(GetParam().check)), Facts(GetParam().facts));
  EXPECT_EQ(run.Results(), GetParam().results);
  EXPECT_EQ(run.Result("B").cautions, GetParam().cautions_of_b);
  for (const Recommendation& result : run.outcome().recommendations) {
    if (result.rule == "A") {
      EXPECT_EQ(result.missing, GetParam().missing_of_a);
    }
  }
}

const std::string kSuppress = R"("suppress": true, "caution": "Not suitable: {rules}.")";
const std::string kSuppressSilently = R"("suppress": true)";
const Texts kAll{"A a R", "B b R", "C refer R"};

INSTANTIATE_TEST_SUITE_P(
    Effects, ChecksTest,
    ::testing::ValuesIn<CheckCase>({
        {"SuppressTrue",
         Check("K", kForA, kX, kSuppress),
         "t",
         {"B b R", "C refer R"},
         {"Not suitable: A."}},
        {"SuppressFalse", Check("K", kForA, kX, kSuppress), "f", kAll, {}},
        {"SuppressUnknown",
         Check("K", kForA, kX, kSuppress),
         "-",
         {"A a K", "B b R", "C refer R"},
         {},
         {"x"}},
        {"SuppressByRule",
         Check("K", kRuleA, kX, kSuppress),
         "t",
         {"B b R", "C refer R"},
         {"Not suitable: A."}},
        {"SuppressWithoutWords",
         Check("K", kForA, kX, kSuppressSilently),
         "t",
         {"B b R", "C refer R"},
         {"Check K: A"}},
        {"ConditionalTrue",
         Check("K", kForA, kX, R"("conditional": true)"),
         "t",
         {"A a K", "B b R", "C refer R"},
         {}},
        {"ConditionalFalse", Check("K", kForA, kX, R"("conditional": true)"), "f", kAll, {}},
        {"ConditionalUnknown", Check("K", kForA, kX, R"("conditional": true)"), "-", kAll, {}},
        {"WithTrue",
         Check("K", kForA, kX, R"("with": ["collect"])"),
         "t",
         {"A a R", "B b R", "C refer R", "K collect R"},
         {}},
        {"WithUnknown", Check("K", kForA, kX, R"("with": ["collect"])"), "-", kAll, {}},
        {"WithUnderAnotherName",
         Check("K", kForA, kX, R"("with": ["collect"])", R"("rule": "AMB")"),
         "t",
         {"A a R", "AMB collect R", "B b R", "C refer R"},
         {}},
        {"WithOnceForOneName",
         Check("K1", kForA, kX, R"("with": ["collect"])", R"("rule": "AMB")") + "," +
             Check("K2", kForA, R"("y": "true")", R"("with": ["collect"])", R"("rule": "AMB")"),
         "tt",
         {"A a R", "AMB collect R", "B b R", "C refer R"},
         {}},
        {"WithWhereNothingIsConcerned",
         Check("K", R"("for": ["c"])", kX, R"("with": ["collect"])"),
         "t",
         kAll,
         {}},
        {"TwoReasonsToSuppress",
         Check("K1", kForA, kX, R"("suppress": true, "caution": "Unfit: {rules}.")") + "," +
             Check("K2", kForA, R"("y": "true")",
                   R"("suppress": true, "caution": "Declined: {rules}.")"),
         "tt",
         {"B b R", "C refer R"},
         {"Unfit: A.", "Declined: A."}},
        {"AnotherSuppressionOfNothing",
         Check("K1", kForA, kX, R"("suppress": true, "caution": "Unfit: {rules}.")") + "," +
             Check("K2", R"("for": ["c"])", R"("y": "true")",
                   R"("suppress": true, "caution": "Declined: {rules}.")"),
         "tt",
         {"B b R", "C refer R"},
         {"Unfit: A."}},
        {"EveryTreatmentWithoutTarget",
         Check("K", "\"note\": \"all\"", kX, R"("caution": "Look at {rules} and {rules}.")"),
         "t",
         kAll,
         {"Look at A, B and A, B."}},
        {"CautionOfAnotherAction", Check("K", kForA, kX, R"("caution": "Look.")"), "t", kAll, {}},
        {"CautionUnknown",
         Check("K", R"("for": ["b"])", kX, R"("caution": "Look.")"),
         "-",
         kAll,
         {}},
        {"CautionUnknownIsNotVerified",
         Check("K", R"("for": ["b"])", kX, R"("caution": "Look.")", R"("notVerified": true)"),
         "-",
         kAll,
         {"not verified: Check K"}},
        {"CautionFalseIsVerified",
         Check("K", R"("for": ["b"])", kX, R"("caution": "Look.")", R"("notVerified": true)"),
         "f",
         kAll,
         {}},
    }),
    [](const auto& row) { return row.param.name; });

TEST(CheckTierTest, TheMostRestrictiveWins) {
  const std::string avoid = Check("K", kForA, kX, R"("tier": "avoid")");
  EXPECT_EQ(Evaluated(Load(Checked(avoid)), Facts("t")).Result("A").tier, Tier::kAvoid);
  EXPECT_EQ(Evaluated(Load(Checked(avoid)), Facts("f")).Result("A").tier, Tier::kPreferred);
  EXPECT_EQ(Evaluated(Load(Checked(avoid)), Facts("-")).Result("A").tier, Tier::kPreferred);
  EXPECT_FALSE(Evaluated(Load(Checked(avoid)), Facts("t")).Result("A").orderable);
  const std::string better = Check("K", R"("for": ["b"])", kX, R"("tier": "preferred")");
  EXPECT_EQ(Evaluated(Load(Checked(better)), Facts("t")).Result("B").tier, Tier::kAcceptable);
}

TEST(CheckBoardTest, NoTreatmentIsOrderableAndAReferralIs) {
  const std::string board = Check("K", kForA, kX, R"("mdtRequired": true)");
  const Evaluated run(Load(Checked(board)), Facts("t"));
  EXPECT_TRUE(run.Result("A").mdt_required);
  EXPECT_TRUE(run.Result("B").mdt_required);
  EXPECT_FALSE(run.Result("B").orderable);
  EXPECT_FALSE(run.Result("C").mdt_required);
  EXPECT_TRUE(run.Result("C").orderable);
  EXPECT_FALSE(Evaluated(Load(Checked(board)), Facts("-")).Result("A").mdt_required);
}

TEST(CheckBoardTest, HoldsForWhatStandsBesideAResult) {
  const std::string board = Check("K", kForA, kX, R"("mdtRequired": true)");
  const Evaluated run(Load(Checked(board, Rule("T", "", "c", R"("together": ["A"])"))), Facts("t"));
  EXPECT_TRUE(run.Result("T").mdt_required);
}

TEST(CheckTextsTest, WhatACheckBringsHasItsReasonAndSource) {
  const Evaluated run(
      Load(Checked(Check("K", kForA, kX, R"("with": ["collect"], "strength": "acceptable")",
                         R"("policy": true)"))),
      Facts("t"));
  const Recommendation& brought = run.Result("K");
  EXPECT_THAT(brought.because, ElementsAre("Reason K."));
  EXPECT_EQ(brought.cite.size(), 1U);
  EXPECT_TRUE(brought.policy);
  EXPECT_EQ(brought.tier, Tier::kAcceptable);
  EXPECT_EQ(brought.summary, "Action collect");
}

TEST(CheckTextsTest, TheTraceNamesVerdictAndMissing) {
  const Evaluated run(Load(Checked(Check("K", kForA, kX, R"("caution": "Look.")"))), {});
  ASSERT_EQ(run.outcome().checks.size(), 1U);
  EXPECT_EQ(run.outcome().checks.front().verdict, Truth::kUnknown);
  EXPECT_THAT(run.outcome().checks.front().missing, ElementsAre("x"));
}

TEST(CheckQuestionsTest, OnlyAnUnknownSuppressionIsAReasonToAsk) {
  const Evaluated caution(Load(Checked(Check("K", kForA, kX, R"("caution": "Look.")"))),
                          Facts("-ff"));
  EXPECT_THAT(caution.Asked(), IsEmpty());
  const Evaluated suppress(Load(Checked(Check("K", kForA, kX, kSuppress))), Facts("-ff"));
  EXPECT_THAT(suppress.Asked(), ElementsAre("x"));
}

TEST(CheckSuppressTest, WhatARuleBringsAlongGoesWithIt) {
  std::string rule = Rule("W", "", "c");
  rule.replace(rule.find(R"("choose")"), 0, R"("with": ["collect"], )");
  const Evaluated run(Load(Checked(Check("K", R"("rules": ["W"])", kX, kSuppress), rule)),
                      Facts("t"));
  EXPECT_THAT(run.Results(), ElementsAre("A a R", "B b R", "C refer R"));
}

}  // namespace
}  // namespace renal::pathways::testing
