#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// What an outcome tells besides its advice: how each table came to it, what was not used, what an
// evaluation may cost.
namespace renal::pathways::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

// A gate that nothing meets: without one a file asks for a Condition.
constexpr std::string_view kOpenGate =
    R"({"id": "never", "if": {"never": "true"}, "because": "-"})";
std::string Never(std::string_view input) {
  return R"json(, "never": {"title": "Never", "type": "Boolean", "question": "?", "derive": "%)json" +
         std::string(input) + R"json(.exists() and %)json" + std::string(input) + R"json(.empty()"})json";
}

struct TraceCase {
  std::string name;
  std::string hit;
  std::vector<std::string> rules;
  std::string facts;
  std::string result;
  Texts holds, candidates, missing, independent_of;
  friend void PrintTo(const TraceCase& row, std::ostream* out) { *out << row.name; }
};

class TableTraceTest : public ::testing::TestWithParam<TraceCase> {};

Texts Ids(const std::vector<const renal::pathways::Rule*>& rules) {
  Texts ids;
  for (const renal::pathways::Rule* rule : rules) ids.push_back(rule->id);
  return ids;
}
Texts Names(const Outcome& outcome, const std::vector<Index>& inputs) {
  Texts names;
  for (const Index input : inputs) names.push_back(outcome.pathway->inputs[input].name);
  return names;
}

TEST_P(TableTraceTest, SaysWhatDecides) {
  const TraceCase& row = GetParam();
  std::string rules;
  for (const std::string& rule : row.rules) rules += (rules.empty() ? "" : ",") + rule;
  Small small;
  small.inputs = Truths() + Never("x");
  small.gate = kOpenGate;
  small.tables = Table(row.hit, R"("x", "y", "z")", rules);
  const Evaluated run(Load(small), Facts(row.facts));
  ASSERT_EQ(run.outcome().tables.size(), 1U);
  const TableTrace& table = run.outcome().tables.front();
  EXPECT_STREQ(Spelling(table.result), row.result.c_str());
  EXPECT_EQ(Ids(table.holds), row.holds);
  EXPECT_EQ(Ids(table.candidates), row.candidates);
  EXPECT_EQ(Names(run.outcome(), table.missing), row.missing);
  EXPECT_EQ(Names(run.outcome(), table.independent_of), row.independent_of);
}

const std::string kX = Rule("X", R"("x": "true")", "a");
const std::string kNotX = Rule("N", R"("x": "false")", "b");
const std::string kNotXSame = Rule("N", R"("x": "false")", "a");
const std::string kXY = Rule("XY", R"("x": "true", "y": "true")", "a");
const std::string kXNotY = Rule("XN", R"("x": "true", "y": "false")", "c");
const std::string kZ = Rule("Z", R"("z": "true")", "b");

INSTANTIATE_TEST_SUITE_P(
    Tables, TableTraceTest,
    ::testing::ValuesIn<TraceCase>({
        {"One", "unique", {kX, kNotX}, "t", "decided", {"X"}, {}, {}, {}},
        {"OpenAndEqual", "unique", {kX, kNotXSame}, "-", "decided", {"X", "N"}, {}, {}, {"x"}},
        {"OpenAndDifferent", "unique", {kX, kNotX}, "-", "need-data", {}, {"X", "N"}, {"x"}, {}},
        // With x known one or two things may follow, with y known two in any case.
        {"BestQuestionFirst",
         "unique",
         {kXY, kXNotY, kNotX},
         "--",
         "need-data",
         {},
         {"XY", "XN", "N"},
         {"x", "y"},
         {}},
        {"OneBesideOpenOnes", "unique", {kX, kZ}, "t--", "need-data", {}, {"X", "Z"}, {"z"}, {}},
        {"Several", "unique", {kX, kZ}, "t-t", "conflict", {"X", "Z"}, {}, {}, {}},
        {"None", "unique", {kX}, "f", "out-of-scope", {}, {}, {}, {}},
        {"First", "first", {kX, kZ}, "t-t", "decided", {"X"}, {}, {}, {}},
        {"FirstOpen", "first", {kX, kZ, kNotX}, "--t", "need-data", {}, {"X", "Z"}, {"x"}, {}},
        {"FirstOpenAndEqual",
         "first",
         {kX, Rule("A", R"("z": "true")", "a")},
         "--t",
         "decided",
         {"X", "A"},
         {},
         {},
         {"x"}},
        {"Collected", "collect", {kX, kZ}, "t-t", "decided", {"X", "Z"}, {}, {}, {}},
        {"CollectedAndOpen", "collect", {kX, kZ}, "t--", "need-data", {"X"}, {"Z"}, {"z"}, {}},
        {"NoneCollected", "collect", {kX}, "f", "out-of-scope", {}, {}, {}, {}},
    }),
    [](const auto& row) { return row.param.name; });

Small Collected(const std::string& rules, const std::string& checks = {}) {
  Small small;
  small.inputs = Truths() + Never("x");
  small.gate = kOpenGate;
  small.tables = Table("collect", R"("x", "y", "z")", rules);
  small.checks = checks;
  return small;
}

TEST(TraceTest, ContradictingRulesAreAnErrorOfThePathway) {
  Small small;
  small.inputs = Truths() + Never("x");
  small.gate = kOpenGate;
  small.tables = Table("unique", R"("x", "y", "z")", kX + "," + kZ);
  const Evaluated run(Load(small), Facts("t-t"));
  EXPECT_EQ(run.outcome().kind, OutcomeKind::kConflict);
  EXPECT_THAT(run.outcome().errors,
              ElementsAre("table t: more than one rule holds (X, Z), but its rules must exclude "
                          "each other"));
}

TEST(TraceTest, TheMostRestrictiveTierOfOneActionWins) {
  const std::string rules =
      kX + "," + Rule("Y", R"("y": "true")", "a", "", "acceptable") + "," + kZ;
  const Evaluated both(Load(Collected(rules)), Facts("ttt"));
  EXPECT_EQ(both.Result("X").tier, Tier::kAcceptable);
  EXPECT_EQ(both.Result("Y").tier, Tier::kAcceptable);
  EXPECT_EQ(both.Result("Z").tier, Tier::kPreferred);
  EXPECT_EQ(Evaluated(Load(Collected(rules)), Facts("t-t")).Result("X").tier, Tier::kPreferred);
}

TEST(TraceTest, SaysWhereEveryOptionIsToBeAvoided) {
  const std::string check =
      R"({"id": "K", "title": "K", "for": ["a"], "if": {"y": "true"}, "then": {"tier": "avoid"}, "because": "-", "cite": ["S"]})";
  EXPECT_TRUE(Evaluated(Load(Collected(kX, check)), Facts("tt")).outcome().all_avoided);
  EXPECT_FALSE(Evaluated(Load(Collected(kX, check)), Facts("tf")).outcome().all_avoided);
  EXPECT_FALSE(Evaluated(Load(Collected(kNotX, check)), Facts("ft")).outcome().all_avoided);
}

constexpr std::string_view kSize =
    R"("size": {"title": "Size", "type": "Quantity", "unit": "cm", "question": "?",
  "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value", "label": "note.first().text"}]})";

Small Sized(const std::string& rule) {
  Small small;
  small.inputs = std::string(kSize) + Never("size");
  small.gate = kOpenGate;
  small.tables = Table("collect", "\"size\"", rule);
  return small;
}

TEST(TraceTest, TellsConditionsAsFhirPath) {
  const std::string text =
      Evaluated(Load(Sized(Rule("R", R"("size": "[2 'cm' .. 7 'cm') or = 9 'cm'")", "a"))),
                {Observation("s", "size", "2026-03-01", Quantity("3"))})
          .Json();
  EXPECT_THAT(
      text, HasSubstr(R"j("fhirpath":"(%size >= 2 'cm' and %size < 7 'cm' or %size = 9 'cm')")j"));
  EXPECT_THAT(text, HasSubstr(R"("zone":"+01:00")"));
  EXPECT_THAT(text, HasSubstr(R"("engine":")"));
  EXPECT_THAT(text,
              HasSubstr(R"("hit":"collect","outcome":"decided","result":null,"holds":["R"])"));
}

TEST(TraceTest, KeepsTheReasonOfAnAbsentValue) {
  const Evaluated run(Load(Sized(Rule("R", R"("size": "> 2 'cm'")", "a"))),
                      {Observation("s", "size", "2026-03-01", Quantity("3"),
                                   R"("dataAbsentReason": {"text": "not measured"})")});
  EXPECT_EQ(run.Shown("size"), "absent");
  ASSERT_EQ(run.outcome().absent.size(), 1U);
  EXPECT_EQ(run.outcome().absent.front().reference, "Observation/s");
  EXPECT_EQ(run.outcome().absent.front().reason, "not measured");
}

TEST(TraceTest, NamesResourcesAsTheirSourceDoes) {
  const Evaluated run(Load(Sized(Rule("R", R"("size": "> 2 'cm'")", "a"))),
                      {Observation("s", "size", "2026-03-01", Quantity("3"),
                                   R"("note": [{"text": "largest of three"}])")});
  EXPECT_EQ(run.State("size").from.front().display, "largest of three");
}

TEST(TraceTest, HoldsTheOutputOfExpressionsOnce) {
  Small small = Collected(
      R"({"id": "W", "when": "%x.trace('x') = true", "then": {"choose": "one", "options": [{"action": "a", "strength": "preferred"}]}, "because": "-", "cite": ["S"]})");
  const Evaluated run(Load(small), Facts("t"));
  ASSERT_EQ(run.outcome().output.size(), 1U);
  EXPECT_EQ(run.outcome().output.front().first, "x");
  EXPECT_THAT(run.Json(), HasSubstr(R"("when":"%x.trace('x') = true","whenVerdict":true)"));
}

TEST(TraceTest, PicksThatGoByValueMayContradictEachOtherToo) {
  Small small;
  small.gate = kOpenGate;
  small.inputs =
      std::string(R"("x": {"title": "X", "type": "Boolean", "question": "?", "pick": "any-true", "conflictWithin": "30 days",
    "sources": [{"name": "s", "from": "Observation", "code": "flag", "time": "effective", "value": "value"}]})") + Never("x");
  small.tables = Table("collect", "\"x\"", kX);
  const auto shown = [&](std::string_view older) {
    return Evaluated(Load(small),
                     {Observation("o1", "flag", "2026-03-01", R"("valueBoolean": false)"),
                      Observation("o2", "flag", older, R"("valueBoolean": true)")})
        .Shown("x");
  };
  EXPECT_EQ(shown("2026-01-29"), "yes");
  EXPECT_EQ(shown("2026-01-30"), "conflict");
  EXPECT_EQ(shown("2026-03-01"), "conflict");
}

// ---- what an evaluation may cost

Outcome WithBudget(fhir::fhirpath::Budget budget) {
  Small small;
  small.inputs = Truths() + Never("x");
  small.gate = kOpenGate;
  small.tables = Table("unique", R"("x", "y", "z")", kXY + "," + kXNotY + "," + kNotX);
  const auto pathway = Load(small);
  PreparedInputs prepared;
  EvaluateRequest request;
  request.now = *fhir::DateTime::Parse(kNow);
  request.prepared = &prepared;
  request.budget = &budget;
  return Evaluate(pathway, request);
}

TEST(BudgetTest, BeyondItTheOutcomeIsAnErrorWithoutAdvice) {
  EXPECT_EQ(WithBudget({}).kind, OutcomeKind::kNeedData);
  fhir::fhirpath::Budget few;
  few.steps = 5;
  const Outcome stopped = WithBudget(few);
  EXPECT_EQ(stopped.kind, OutcomeKind::kError);
  EXPECT_THAT(stopped.recommendations, IsEmpty());
  EXPECT_THAT(stopped.ask, IsEmpty());
  EXPECT_THAT(stopped.errors, ElementsAre(HasSubstr("too many steps, or its time is up")));
}

TEST(BudgetTest, IsSharedByExpressionsAndAskedForTheTime) {
  fhir::fhirpath::Budget budget;
  budget.steps = 3'000;
  EXPECT_TRUE(budget.Take(1'000));
  EXPECT_TRUE(budget.Take(2'000));
  EXPECT_FALSE(budget.Take(1));
  EXPECT_FALSE(budget.Take(0));
  std::size_t asked = 0;
  fhir::fhirpath::Budget timed;
  timed.expired = [&] { return ++asked == 2; };
  EXPECT_TRUE(timed.Take(1'023));
  EXPECT_EQ(asked, 0U);
  EXPECT_TRUE(timed.Take(1));
  EXPECT_EQ(asked, 1U);
  EXPECT_FALSE(timed.Take(5'000));
  EXPECT_TRUE(timed.exceeded);
}

TEST(BudgetTest, StopsAnExpressionWhoseTimeIsUp) {
  const auto compiled = fhir::fhirpath::Compile(
      "(1|2|3|4|5|6|7|8).all((1|2|3|4|5|6|7|8).all((1|2|3|4|5|6|7|8).all($this > 0)))", {});
  const auto& expression = std::get<fhir::fhirpath::Expression>(compiled);
  fhir::fhirpath::Environment environment;
  EXPECT_TRUE(expression.Evaluate(environment));
  fhir::fhirpath::Budget budget;
  budget.expired = [] { return true; };
  environment.budget = &budget;
  const auto stopped = expression.Evaluate(environment);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, fhir::IssueCode::kTooCostly);
}

}  // namespace
}  // namespace renal::pathways::testing
