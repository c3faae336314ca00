#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// Age limits with conditions, exception inputs, derived inputs.
namespace renal::pathways::testing {
namespace {

constexpr std::string_view kStage =
    R"("stage": {"title": "Stage", "type": "Code", "values": {"early": "early", "late": "late"}, "question": "Stage?",
      "sources": [{"name": "grade", "from": "Observation", "code": "grade", "time": "effective",
        "map": [{"when": "value = 'early'", "to": "early"}, {"when": "value = 'late'", "to": "late"}]}]})";

std::string Fit(const std::string& more) {
  return R"("fit": {"title": "Fit", "type": "Boolean", "question": "Fit?", "sources": [{"name": "flag", "from": "Observation",
    "code": "flag", "time": "effective", "value": "value"}], )" +
         more + "}";
}

std::string Stage(std::string_view value) {
  return Observation("stage", "grade", "2026-03-01",
                     R"("valueString": ")" + std::string(value) + "\"");
}
std::string Flag(std::string_view date, std::string_view value = "true") {
  return Observation("fit", "flag", date, R"("valueBoolean": )" + std::string(value));
}

struct InputCase {
  std::string name;
  std::string inputs;  ///< beside "stage"; the one looked at is "fit"
  std::vector<std::string> resources;
  std::string shown;
  std::vector<std::pair<std::string, fhir::Delivery>> deliveries = {};
  bool assumed = false;
  bool stale = false;

  friend void PrintTo(const InputCase& row, std::ostream* out) { *out << row.name; }
};

class InputsTest : public ::testing::TestWithParam<InputCase> {};

TEST_P(InputsTest, HaveTheStateThatTheFileGives) {
  const InputCase& row = GetParam();
  Small small;
  small.inputs = std::string(kStage) + ", " + row.inputs;
  small.tables =
      Table("collect", R"("fit", "stage")", Rule("R", R"("fit": "known", "stage": "known")", "a"));
  small.gate = R"({"id": "never", "if": {"fit": "known", "stage": "known"}, "because": "-"})";
  const Evaluated run(Load(small), row.resources, {}, kNow, row.deliveries);
  EXPECT_EQ(run.Shown("fit"), row.shown);
  EXPECT_EQ(run.State("fit").status == InputStatus::kAssumed, row.assumed);
  EXPECT_EQ(run.State("fit").stale, row.stale);
}

const std::string kAges =
    R"("maxAge": [{"if": {"stage": "early"}, "fresh": "90 days", "limit": "180 days"},
                                        {"fresh": "30 days", "limit": "90 days"}])";
const std::string kNone =
    R"("ifNone": {"value": "false", "why": "exception", "assumption": "no record of it"})";
const std::string kUnless =
    R"("ifNone": {"value": "false", "why": "exception", "unless": {"stage": "late"}})";
const std::string kNoneAged = kNone + R"(, "maxAge": "30 days")";
const std::string kDerived =
    R"("fit": {"title": "Fit", "type": "Boolean", "question": "Fit?", "derive": "%stage = 'early'")";
const std::string kDerivedNone = kDerived + ", " + kNone + "}";

INSTANTIATE_TEST_SUITE_P(
    Age, InputsTest,
    ::testing::ValuesIn<InputCase>({
        {"FreshUnderTheCondition", Fit(kAges), {Stage("early"), Flag("2025-12-02")}, "yes"},
        {"PastFreshUnderTheCondition",
         Fit(kAges),
         {Stage("early"), Flag("2025-12-01")},
         "yes",
         {},
         false,
         true},
        {"OnLimitUnderTheCondition",
         Fit(kAges),
         {Stage("early"), Flag("2025-09-03")},
         "yes",
         {},
         false,
         true},
        {"PastLimitUnderTheCondition", Fit(kAges), {Stage("early"), Flag("2025-09-02")}, "stale"},
        {"OnFreshOtherwise", Fit(kAges), {Stage("late"), Flag("2026-01-31")}, "yes"},
        {"PastFreshOtherwise",
         Fit(kAges),
         {Stage("late"), Flag("2026-01-30")},
         "yes",
         {},
         false,
         true},
        {"OnLimitOtherwise",
         Fit(kAges),
         {Stage("late"), Flag("2025-12-02")},
         "yes",
         {},
         false,
         true},
        {"PastLimitOtherwise", Fit(kAges), {Stage("late"), Flag("2025-12-01")}, "stale"},
        {"ConditionUnknownIsNotTrue", Fit(kAges), {Flag("2025-12-01")}, "stale"},
    }),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Exception, InputsTest,
    ::testing::ValuesIn<InputCase>({
        {"AssumedWhereNothingIsRecorded", Fit(kNone), {}, "no", {}, true},
        {"RecordedWins", Fit(kNone), {Flag("2026-02-01")}, "yes"},
        {"AssumedWhereStale", Fit(kNoneAged), {Flag("2025-01-01")}, "no", {}, true},
        {"NotAssumedWhereUnusable",
         Fit(kNone),
         {Flag("2026-02-01", "null, \"valueString\": \"maybe\"")},
         "unusable"},
        {"NotAssumedWhereUnusableBesideStale",
         Fit(kNoneAged),
         {Flag("2025-01-01"), Observation("f2", "flag", "2026-02-01", R"("valueString": "maybe")")},
         "stale"},
        {"NotAssumedWhereUndated", Fit(kNoneAged), {Flag("")}, "undated"},
        {"NotAssumedInConflict",
         Fit(kNone),
         {Flag("2026-02-01"), Observation("f2", "flag", "2026-02-01", R"("valueBoolean": false)")},
         "conflict"},
        {"NotAssumedWhereFailed",
         Fit(kNone),
         {},
         "failed",
         {{"Observation", fhir::Delivery::kFailed}}},
        {"NotAssumedWhereIncomplete",
         Fit(kNone),
         {Stage("early")},
         "failed",
         {{"Observation", fhir::Delivery::kIncomplete}}},
        {"AssumedWhereDeliveredEmpty",
         Fit(kNone),
         {},
         "no",
         {{"Observation", fhir::Delivery::kNone}},
         true},
        {"FailureOfAnotherTypeIsNoMatter",
         Fit(kNone),
         {},
         "no",
         {{"Procedure", fhir::Delivery::kFailed}},
         true},
        {"UnlessTrue", Fit(kUnless), {Stage("late")}, "absent"},
        {"UnlessFalse", Fit(kUnless), {Stage("early")}, "no", {}, true},
        {"UnlessUnknown", Fit(kUnless), {}, "no", {}, true},
    }),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Derived, InputsTest,
    ::testing::ValuesIn<InputCase>({
        {"FromAKnownInput", kDerived + "}", {Stage("early")}, "yes"},
        {"FromAnotherValue", kDerived + "}", {Stage("late")}, "no"},
        {"FromAnUnknownInput", kDerived + "}", {}, "absent"},
        {"AssumedWhereItsBasisIsAbsent", kDerivedNone, {}, "no", {}, true},
        {"NotAssumedWhereItsBasisFailed",
         kDerivedNone,
         {},
         "absent",
         {{"Observation", fhir::Delivery::kFailed}}},
        {"NotAssumedWhereItsBasisContradictsItself",
         kDerivedNone,
         {Stage("early"), Observation("s2", "grade", "2026-03-01", R"("valueString": "late")")},
         "absent"},
        {"Fails",
         R"("fit": {"title": "Fit", "type": "Boolean", "question": "Fit?", "derive": "iif(%today > @2000-01-01, 'a', 1) > 2"})",
         {},
         "error"},
        {"OfAnotherType",
         R"-("fit": {"title": "Fit", "type": "Boolean", "question": "Fit?", "derive": "iif(%today > @2000-01-01, 'text', true)"})-",
         {},
         "unusable"},
    }),
    [](const auto& row) { return row.param.name; });

struct AgeCase {
  std::string name;
  std::string born;
  std::string shown;
  std::vector<std::string> results;

  friend void PrintTo(const AgeCase& row, std::ostream* out) { *out << row.name; }
};

class DerivedAgeTest : public ::testing::TestWithParam<AgeCase> {};

TEST_P(DerivedAgeTest, IsAnIntervalWhereTheDateIsPartial) {
  Small small;
  small.inputs =
      R"--("age": {"title": "Age", "type": "Integer", "min": "0", "max": "130", "question": "Age?",
      "derive": "%context.entry.resource.ofType(Observation).where(code.memberOf('born')).first().value.duration(%today, 'year')"})--";
  small.tables = Table("collect", R"("age")", Rule("R", R"("age": ">= 75")", "a"));
  small.gate = R"({"id": "never", "if": {"age": "> 129"}, "because": "-"})";
  const Evaluated run(Load(small), {Observation("b", "born", "",
                                                R"("valueDateTime": ")" + GetParam().born + "\"")});
  EXPECT_EQ(run.Shown("age"), GetParam().shown);
  EXPECT_EQ(run.Results(), GetParam().results);
}

INSTANTIATE_TEST_SUITE_P(Age, DerivedAgeTest,
                         ::testing::ValuesIn<AgeCase>({
                             {"BirthdayToday", "1951-03-02", "75", {"R a R"}},
                             {"BirthdayTomorrow", "1951-03-03", "74", {}},
                             {"YearAcrossTheLimit", "1951", "[74 .. 75]", {"R a K"}},
                             {"YearBelowTheLimit", "1952", "[73 .. 74]", {}},
                             {"YearAboveTheLimit", "1950", "[75 .. 76]", {"R a R"}},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(InputsTextTest, AnAssumptionStandsOnTheResultThatRestsOnIt) {
  Small small;
  small.inputs = std::string(kStage) + ", " + Fit(kNone);
  small.tables =
      Table("collect", R"("fit", "stage")",
            Rule("R", R"("fit": "false")", "a") + "," + Rule("Q", R"("stage": "early")", "b"));
  small.gate = R"({"id": "never", "if": {"stage": "late"}, "because": "-"})";
  const Evaluated run(Load(small), {Stage("early")});
  EXPECT_THAT(run.Result("R").assumptions, ::testing::ElementsAre("no record of it"));
  EXPECT_THAT(run.Result("Q").assumptions, ::testing::IsEmpty());
}

TEST(InputsTextTest, MissingNamesWhatADerivedInputLacks) {
  Small small;
  small.inputs = std::string(kStage) + ", " + kDerived + "}";
  small.tables = Table("collect", R"("fit")", Rule("R", R"("fit": "true")", "a"));
  small.gate = R"({"id": "never", "if": {"stage": "late"}, "because": "-"})";
  const Evaluated run(Load(small), {});
  EXPECT_THAT(run.Result("R").missing, ::testing::ElementsAre("stage"));
  EXPECT_THAT(run.Asked(), ::testing::ElementsAre("stage"));
}

}  // namespace
}  // namespace renal::pathways::testing
