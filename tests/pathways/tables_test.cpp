#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// Hit policies (pathway-format 5.3), how rules relate to each other, gate and scope.
namespace renal::pathways::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Texts = std::vector<std::string>;

// A gate that nothing meets: without one a file asks for a Condition.
constexpr std::string_view kOpenGate =
    R"({"id": "never", "if": {"x": "true", "y": "true", "z": "true"}, "because": "Stop."})";

Small Tables(std::string tables, std::string start = R"("t")") {
  Small small;
  small.inputs = Truths();
  small.tables = std::move(tables);
  small.start = std::move(start);
  small.gate = kOpenGate;
  return small;
}

constexpr std::string_view kColumns = R"("x", "y", "z")";

struct TableCase {
  std::string name;
  std::string table;
  std::string facts;
  Texts results;
  OutcomeKind kind;

  friend void PrintTo(const TableCase& row, std::ostream* out) { *out << row.name; }
};

class TablesTest : public ::testing::TestWithParam<TableCase> {};

TEST_P(TablesTest, GiveTheResultsOfTheirHitPolicy) {
  const Evaluated run(Load(Tables(GetParam().table)), Facts(GetParam().facts));
  EXPECT_EQ(run.Results(), GetParam().results);
  EXPECT_EQ(run.outcome().kind, GetParam().kind) << Spelling(run.outcome().kind);
}

std::string Hit(std::string_view hit, std::initializer_list<std::string> rules,
                std::string_view more = {}) {
  std::string text;
  for (const std::string& rule : rules) text += (text.empty() ? "" : ",") + rule;
  return Table(hit, kColumns, text, more);
}

const std::string kX = Rule("X", R"("x": "true")", "a");
const std::string kNotX = Rule("N", R"("x": "false")", "b");
const std::string kNotXSame = Rule("N", R"("x": "false")", "a");
const std::string kY = Rule("Y", R"("y": "true")", "b");
const std::string kYSame = Rule("Y", R"("y": "true")", "a");
const std::string kElse = Rule("E", "", "c");
const std::string kPartial = R"("complete": false, "why": "cases are left out")";

constexpr auto kRecommendation = OutcomeKind::kRecommendation;
constexpr auto kNeedData = OutcomeKind::kNeedData;
constexpr auto kOutOfScope = OutcomeKind::kOutOfScope;

INSTANTIATE_TEST_SUITE_P(
    Unique, TablesTest,
    ::testing::ValuesIn<TableCase>({
        {"OneTrue", Hit("unique", {kX, kNotX}), "t", {"X a R"}, kRecommendation},
        {"OtherTrue", Hit("unique", {kX, kNotX}), "f", {"N b R"}, kRecommendation},
        {"UnknownThatDiffer", Hit("unique", {kX, kNotX}), "-", {"N b K", "X a K"}, kNeedData},
        {"UnknownThatAgree", Hit("unique", {kX, kNotXSame}), "-", {"X a R"}, kRecommendation},
        {"UnknownThatAgreeWhereCasesAreLeftOut",
         Hit("unique", {kX}, kPartial),
         "-",
         {"X a K"},
         kNeedData},
        {"NoneTrue", Hit("unique", {kX, kY}), "ff", {}, kOutOfScope},
        {"OneTrueOneUnknown", Hit("unique", {kX, kY}), "t-", {"X a K", "Y b K"}, kNeedData},
        {"SeveralTrue", Hit("unique", {kX, kY}), "tt", {}, OutcomeKind::kConflict},
        {"SeveralTrueThatAgree", Hit("unique", {kX, kYSame}), "tt", {}, OutcomeKind::kConflict},
    }),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    First, TablesTest,
    ::testing::ValuesIn<TableCase>({
        {"FirstTrue", Hit("first", {kX, kElse}), "t", {"X a R"}, kRecommendation},
        {"FirstTrueOfSeveral", Hit("first", {kX, kY, kElse}), "tt", {"X a R"}, kRecommendation},
        {"NextWhereFalse", Hit("first", {kX, kY, kElse}), "ft", {"Y b R"}, kRecommendation},
        {"LastWhereAllFalse", Hit("first", {kX, kY, kElse}), "ff", {"E c R"}, kRecommendation},
        {"UnknownThenTrue", Hit("first", {kX, kY, kElse}), "-t", {"X a K", "Y b K"}, kNeedData},
        {"NothingBelowTheTrueOne",
         Hit("first", {kX, kY, kElse}),
         "-t",
         {"X a K", "Y b K"},
         kNeedData},
        {"UnknownThenTrueThatAgrees",
         Hit("first", {kX, kYSame, kElse}),
         "-t",
         {"X a R"},
         kRecommendation},
        {"UnknownAloneWhereCasesAreLeftOut",
         Hit("first", {kX}, kPartial),
         "-",
         {"X a K"},
         kNeedData},
        {"UnknownThenTrueWhereCasesAreLeftOut",
         Hit("first", {kX, kYSame}, kPartial),
         "-t",
         {"X a R"},
         kRecommendation},
        {"AllFalse", Hit("first", {kX, kY}), "ff", {}, kOutOfScope},
    }),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Collect, TablesTest,
    ::testing::ValuesIn<TableCase>({
        {"AllTrue", Hit("collect", {kX, kY}), "tt", {"X a R", "Y b R"}, kRecommendation},
        {"UnknownBesideTrue", Hit("collect", {kX, kY}), "t-", {"X a R", "Y b K"}, kRecommendation},
        {"UnknownOnly", Hit("collect", {kX, kY}), "-f", {"X a K"}, kNeedData},
        {"NoneTrue", Hit("collect", {kX, kY}), "ff", {}, kOutOfScope},
        {"ConditionalWhoseActionIsRecommended",
         Hit("collect", {kX, kYSame}),
         "t-",
         {"X a R"},
         kRecommendation},
        {"RecommendedTwice",
         Hit("collect", {kX, kYSame}),
         "tt",
         {"X a R", "Y a R"},
         kRecommendation},
        {"FalseBeatsUnknown",
         Hit("collect", {Rule("R", R"("x": "true", "y": "true")", "a")}),
         "-f",
         {},
         kOutOfScope},
        {"TrueAndUnknownIsUnknown",
         Hit("collect", {Rule("R", R"("x": "true", "y": "true")", "a")}),
         "-t",
         {"R a K"},
         kNeedData},
        {"EmptyCellIsAny",
         Hit("collect", {Rule("R", R"("x": "-")", "a")}),
         "-",
         {"R a R"},
         kRecommendation},
        {"Known",
         Hit("collect", {Rule("R", R"("x": "known")", "a")}),
         "f",
         {"R a R"},
         kRecommendation},
        {"NotKnown", Hit("collect", {Rule("R", R"("x": "known")", "a")}), "-", {}, kNeedData},
        {"Unknown",
         Hit("collect", {Rule("R", R"("x": "unknown")", "refer")}),
         "-",
         {"R refer R"},
         kRecommendation},
        {"NotUnknown",
         Hit("collect", {Rule("R", R"("x": "unknown")", "refer")}),
         "f",
         {},
         kOutOfScope},
        {"WhenTrue",
         Hit("collect", {Rule("R", "", "a", R"-("when": "%x and %y.not()")-")}),
         "tf",
         {"R a R"},
         kRecommendation},
        {"WhenFalse",
         Hit("collect", {Rule("R", "", "a", R"-("when": "%x and %y.not()")-")}),
         "ttf",
         {},
         kOutOfScope},
        {"WhenUnknown",
         Hit("collect", {Rule("R", "", "a", R"-("when": "%x and %y.not()")-")}),
         "t-",
         {"R a K"},
         kNeedData},
        {"WhenFails",
         Hit("collect", {Rule("R", "", "a", R"-("when": "iif(%today > @2000-01-01, 'a', 1) > 2")-")}),
         "t",
         {"R a K"},
         kNeedData},
        {"WhenBesideCells",
         Hit("collect", {Rule("R", R"("x": "false")", "a", R"("when": "%y")")}),
         "ttf",
         {},
         kOutOfScope},
        {"WaitsForWhatItNeeds",
         Hit("collect", {Rule("R", R"("x": "true")", "a", R"("needs": ["y"])")}),
         "t-",
         {},
         kOutOfScope},
        {"HasWhatItNeeds",
         Hit("collect", {Rule("R", R"("x": "true")", "a", R"("needs": ["y"])")}),
         "tf",
         {"R a R"},
         kRecommendation},
        {"FrameAlone",
         Hit("collect", {Rule("R", R"("x": "true")", "group")}),
         "t",
         {"R group R"},
         kOutOfScope},
        {"BackgroundAlone",
         Hit("collect", {Rule("R", R"("x": "true")", "a", R"("background": true)")}),
         "t",
         {"R a R"},
         kOutOfScope},
    }),
    [](const auto& row) { return row.param.name; });

const std::string kTogether = Rule("T", "", "refer", R"("together": ["X", "Y"])");
const std::string kTogetherIfZ = Rule("T", R"("z": "true")", "refer", R"("together": ["X", "Y"])");
const std::string kYields = Rule("L", "", "c", R"("yieldsTo": ["X", "Y"])");
const std::string kJoins = Rule("J", R"("z": "true")", "a", R"("joins": "X")");

INSTANTIATE_TEST_SUITE_P(
    Relations, TablesTest,
    ::testing::ValuesIn<TableCase>({
        {"TogetherWithRecommended",
         Hit("collect", {kX, kY, kTogether}),
         "tf",
         {"T refer R", "X a R"},
         kRecommendation},
        {"TogetherWithConditional",
         Hit("collect", {kX, kY, kTogether}),
         "-f",
         {"T refer K", "X a K"},
         kNeedData},
        {"TogetherWithTheStrongest",
         Hit("collect", {kX, kY, kTogether}),
         "-t",
         {"T refer R", "X a K", "Y b R"},
         kRecommendation},
        {"TogetherWithNothing", Hit("collect", {kX, kY, kTogether}), "ff", {}, kOutOfScope},
        {"TogetherButItsOwnCellIsFalse",
         Hit("collect", {kX, kY, kTogetherIfZ}),
         "tff",
         {"X a R"},
         kRecommendation},
        {"TogetherButItsOwnCellIsUnknown",
         Hit("collect", {kX, kY, kTogetherIfZ}),
         "tf-",
         {"T refer K", "X a R"},
         kRecommendation},
        {"TogetherAndItsOwnCellIsTrue",
         Hit("collect", {kX, kY, kTogetherIfZ}),
         "tft",
         {"T refer R", "X a R"},
         kRecommendation},
        {"TogetherIsNoHitOfAUniqueTable",
         Hit("unique", {kX, kNotX, Rule("T", "", "refer", R"("together": ["X"])")}),
         "t",
         {"T refer R", "X a R"},
         kRecommendation},
        {"YieldsToAll",
         Hit("collect", {kX, kY, kYields}),
         "tt",
         {"X a R", "Y b R"},
         kRecommendation},
        {"YieldsToConditionalOnes",
         Hit("collect", {kX, kY, kYields}),
         "t-",
         {"X a R", "Y b K"},
         kRecommendation},
        {"StaysBesideOne",
         Hit("collect", {kX, kY, kYields}),
         "tf",
         {"L c R", "X a R"},
         kRecommendation},
        {"Joins", Hit("collect", {kX, kJoins}), "tft", {"X a R"}, kRecommendation},
        {"NothingToJoin", Hit("collect", {kX, kJoins}), "fft", {"J a R"}, kRecommendation},
        {"ConditionalDoesNotJoin", Hit("collect", {kX, kJoins}), "-ff", {"X a K"}, kNeedData},
    }),
    [](const auto& row) { return row.param.name; });

TEST(TableResultsTest, AgreeingRulesAreNamedTogether) {
  const Evaluated run(Load(Tables(Hit("unique", {kX, kNotXSame}))), {});
  EXPECT_THAT(run.Result("X").rules, ElementsAre("X", "N"));
  EXPECT_THAT(run.Result("X").because, ElementsAre("Because X.", "Because N."));
  EXPECT_THAT(run.Result("X").missing, IsEmpty());
  EXPECT_THAT(run.Asked(), IsEmpty());
}

TEST(TableResultsTest, JoinedRulesAreNamedTogether) {
  const Evaluated run(Load(Tables(Hit("collect", {kX, kJoins}))), Facts("tft"));
  EXPECT_THAT(run.Result("X").rules, ElementsAre("X", "J"));
  EXPECT_THAT(run.Result("X").because, ElementsAre("Because X.", "Because J."));
}

TEST(TableResultsTest, MissingNamesWhatDecidesARowBelowAnUnknownOne) {
  const Evaluated run(Load(Tables(Hit("first", {kX, kY, kElse}))), {});
  EXPECT_THAT(run.Result("X").missing, ElementsAre("x"));
  EXPECT_THAT(run.Result("Y").missing, ElementsAre("y", "x"));
  EXPECT_THAT(run.Result("E").missing, ElementsAre("y", "x"));
}

TEST(TableResultsTest, MissingNamesWhatDecidesATrueRuleBesideAnUnknownOne) {
  const Evaluated run(Load(Tables(Hit("unique", {kX, kY}))), Facts("t-"));
  EXPECT_THAT(run.Result("X").missing, ElementsAre("y"));
}

TEST(TableResultsTest, StrongestFirstThenInTheOrderOfTheFile) {
  const std::string table =
      Hit("collect", {Rule("R1", "", "a", {}, "consider"), Rule("R2", "", "b"), Rule("R3", "", "c"),
                      Rule("R4", "", "refer", {}, "info")});
  const Evaluated run(Load(Tables(table)), {});
  std::vector<std::string> order;
  for (const Recommendation& result : run.outcome().recommendations) order.push_back(result.rule);
  EXPECT_THAT(order, ElementsAre("R2", "R3", "R1", "R4"));
}

std::string Rows(std::string_view id, std::string_view rules) {
  return R"({"id": ")" + std::string(id) +
         R"(", "title": "T", "hit": "collect", "columns": ["x", "y", "z"], "rules": [)" +
         std::string(rules) + "]}";
}
std::string Go(std::string_view id, std::string_view cells, std::string_view tables) {
  return R"({"id": ")" + std::string(id) + R"(", "if": {)" + std::string(cells) +
         R"(}, "then": {"go": [)" + std::string(tables) + "]}}";
}

TEST(GoTest, OnlyATrueRuleLeadsOn) {
  const std::string tables =
      Rows("t", Go("G", R"("x": "true")", R"("next")")) + "," + Rows("next", kY);
  EXPECT_THAT(Evaluated(Load(Tables(tables)), Facts("tt")).Results(), ElementsAre("Y b R"));
  EXPECT_THAT(Evaluated(Load(Tables(tables)), Facts("-t")).Results(), IsEmpty());
  EXPECT_THAT(Evaluated(Load(Tables(tables)), Facts("-t")).Asked(), ElementsAre("x"));
  EXPECT_THAT(Evaluated(Load(Tables(tables)), Facts("ft")).Results(), IsEmpty());
}

TEST(GoTest, ATableReachedOnTwoWaysIsEvaluatedOnce) {
  const std::string tables = Rows("t", Go("G1", R"("x": "true")", R"("left", "right")")) + "," +
                             Rows("left", Go("G2", "", R"("end")")) + "," +
                             Rows("right", Go("G3", "", R"("end")")) + "," + Rows("end", kY);
  const Evaluated run(Load(Tables(tables)), Facts("tt"));
  EXPECT_THAT(run.Results(), ElementsAre("Y b R"));
  EXPECT_EQ(run.outcome().tables.size(), 4U);
}

TEST(GoTest, ManyWaysToOneTableCostNoMoreThanTheTables) {
  std::string tables = Rows("t", Go("G", R"("x": "true")", R"("a0", "b0")"));
  for (int i = 0; i < 40; ++i) {
    const std::string next = std::to_string(i + 1);
    const std::string both = R"("a)" + next + R"(", "b)" + next + "\"";
    for (const char* side : {"a", "b"}) {
      const std::string id = side + std::to_string(i);
      tables += "," + Rows(id, i == 39 ? Rule("R" + id, "", "a") : Go("G" + id, "", both));
    }
  }
  EXPECT_EQ(Evaluated(Load(Tables(tables)), Facts("t")).outcome().tables.size(), 81U);
}

TEST(WithTest, AccompaniesOnlyWhatIsRecommended) {
  std::string rule = kX;
  rule.replace(rule.find(R"("choose")"), 0, R"("with": ["refer"], )");
  EXPECT_THAT(Evaluated(Load(Tables(Hit("collect", {rule}))), Facts("t")).Results(),
              ElementsAre("X a R", "X refer R"));
  EXPECT_THAT(Evaluated(Load(Tables(Hit("collect", {rule}))), {}).Results(), ElementsAre("X a K"));
}

TEST(OptionTest, ConditionalForGoodHasNothingMissing) {
  std::string rule = kX;
  rule.replace(rule.find(R"("strength")"), 0, R"("determination": "conditional", )");
  const Evaluated run(Load(Tables(Hit("collect", {rule}))), Facts("t"));
  EXPECT_THAT(run.Results(), ElementsAre("X a K"));
  EXPECT_THAT(run.Result("X").missing, IsEmpty());
}

TEST(OptionTest, OrderableOnlyWhereRecommendedAndNotKeptForTheBoard) {
  EXPECT_TRUE(Evaluated(Load(Tables(Hit("collect", {kX}))), Facts("t")).Result("X").orderable);
  EXPECT_FALSE(Evaluated(Load(Tables(Hit("collect", {kX}))), {}).Result("X").orderable);
  const std::string board = Rule("X", R"("x": "true")", "a", R"("mdtRequired": true)");
  EXPECT_FALSE(Evaluated(Load(Tables(Hit("collect", {board}))), Facts("t")).Result("X").orderable);
  const std::string referral = Rule("X", R"("x": "true")", "refer", R"("mdtRequired": true)");
  EXPECT_TRUE(
      Evaluated(Load(Tables(Hit("collect", {referral}))), Facts("t")).Result("X").orderable);
  const std::string info = Rule("X", R"("x": "true")", "a", {}, "info");
  EXPECT_FALSE(Evaluated(Load(Tables(Hit("collect", {info}))), Facts("t")).Result("X").orderable);
}

TEST(GateTest, TheFirstTrueRowStops) {
  Small small = Tables(Hit("collect", {kElse}));
  small.gate =
      R"({"id": "one", "if": {"x": "true"}, "because": "One."}, {"id": "two", "if": {"y": "true"}, "because": "Two."})";
  const Evaluated stopped(Load(small), Facts("-t"));
  EXPECT_EQ(stopped.outcome().gate, "two");
  EXPECT_EQ(stopped.outcome().gate_because, "Two.");
  EXPECT_EQ(stopped.outcome().kind, OutcomeKind::kNotApplicable);
  EXPECT_THAT(stopped.Results(), IsEmpty());
  EXPECT_THAT(stopped.Asked(), IsEmpty());
  EXPECT_EQ(Evaluated(Load(small), Facts("tt")).outcome().gate, "one");
  EXPECT_THAT(Evaluated(Load(small), Facts("ff")).Results(), ElementsAre("E c R"));
  EXPECT_THAT(Evaluated(Load(small), {}).Results(), ElementsAre("E c R"));
}

struct ScopeCase {
  std::string name;
  std::string condition;
  std::string facts;
  OutcomeKind kind;
  std::vector<std::pair<std::string, fhir::Delivery>> deliveries = {};

  friend void PrintTo(const ScopeCase& row, std::ostream* out) { *out << row.name; }
};

class ScopeTest : public ::testing::TestWithParam<ScopeCase> {};

TEST_P(ScopeTest, AsksForAnActiveConditionAndWhatApplies) {
  Small small = Tables(Hit("collect", {kElse}));
  small.gate.clear();
  small.scope = R"({"condition": "disease", "applies": "%x"})";
  std::vector<std::string> resources = Facts(GetParam().facts);
  if (!GetParam().condition.empty()) resources.push_back(GetParam().condition);
  const Evaluated run(Load(small), resources, {}, kNow, GetParam().deliveries);
  EXPECT_EQ(run.outcome().kind, GetParam().kind) << Spelling(run.outcome().kind);
  if (GetParam().kind == OutcomeKind::kNotApplicable) {
    EXPECT_THAT(run.Asked(), IsEmpty());
    EXPECT_THAT(run.Changes(), IsEmpty());
  }
}

std::string Inactive(std::string text) { return text.replace(text.find("active"), 6, "resolved"); }
const std::string kRefuted = R"("verificationStatus": {"coding": [{"code": "refuted"}]})";

INSTANTIATE_TEST_SUITE_P(
    Scope, ScopeTest,
    ::testing::ValuesIn<ScopeCase>({
        {"Active", Condition("c", "disease"), "t", kRecommendation},
        {"None", "", "t", OutcomeKind::kNotApplicable},
        {"Failed", "", "t", kNeedData, {{"Condition", fhir::Delivery::kFailed}}},
        {"Other", Condition("c", "other"), "t", OutcomeKind::kNotApplicable},
        {"Resolved", Inactive(Condition("c", "disease")), "t", OutcomeKind::kNotApplicable},
        {"Refuted", Condition("c", "disease", kRefuted), "t", OutcomeKind::kNotApplicable},
        {"DoesNotApply", Condition("c", "disease"), "f", OutcomeKind::kNotApplicable},
        {"NotKnownWhetherItApplies", Condition("c", "disease"), "-", kNeedData},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace renal::pathways::testing
