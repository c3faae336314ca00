#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// From candidates to a value: README "From candidates to a value", row by row.
namespace renal::pathways::testing {
namespace {

constexpr std::string_view kSource =
    R"({"name": "size", "from": "Observation", "code": "size", "time": "effective", "value": "value"})";
constexpr std::string_view kSecond =
    R"({"name": "mass", "from": "Observation", "code": "mass", "time": "effective", "value": "value"})";

std::string Sources(std::initializer_list<std::string_view> list) {
  std::string text = R"("sources": [)";
  for (const std::string_view source : list)
    text += (text.back() == '[' ? "" : ",") + std::string(source);
  return text + "]";
}

std::string SizeInput(const std::string& more) {
  return R"("x": {"title": "X", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "question": "X?", )" +
         more + "}";
}

std::string GradeInput(const std::string& more) {
  return R"("x": {"title": "X", "type": "Code", "values": {"low": "low", "mid": "mid", "high": "high"}, "question": "X?",
    "sources": [{"name": "grade", "from": "Observation", "code": "grade", "time": "effective",
      "map": [{"when": "value = 'low'", "to": "low"}, {"when": "value = 'mid'", "to": "mid"}, {"when": "value = 'high'", "to": "high"}]},
     {"name": "flag", "from": "Observation", "code": "flag", "time": "effective",
      "map": [{"when": "value = 'low'", "to": "low"}, {"when": "value = 'high'", "to": "high"}]}], )" +
         more + "}";
}

std::string TruthInput(const std::string& more) {
  return R"("x": {"title": "X", "type": "Boolean", "question": "X?", "sources": [{"name": "flag", "from": "Observation",
    "code": "flag", "time": "effective", "value": "value"}], )" +
         more + "}";
}

std::string Size(std::string_view id, std::string_view date, std::string_view number,
                 std::string_view more = {}) {
  return Observation(id, "size", date, Quantity(number), more);
}
std::string Mass(std::string_view id, std::string_view date, std::string_view number) {
  return Observation(id, "mass", date, Quantity(number));
}
std::string Grade(std::string_view id, std::string_view date, std::string_view value,
                  std::string_view code = "grade") {
  return Observation(id, code, date, R"("valueString": ")" + std::string(value) + "\"");
}
std::string Flag(std::string_view id, std::string_view date, bool value) {
  return Observation(id, "flag", date,
                     value ? R"("valueBoolean": true)" : R"("valueBoolean": false)");
}

struct CandidateCase {
  std::string name;
  std::string input;
  std::vector<std::string> resources;
  std::string shown;  ///< the value, or the reason of the unknown
  std::string_view now = kNow;

  friend void PrintTo(const CandidateCase& row, std::ostream* out) { *out << row.name; }
};

class CandidatesTest : public ::testing::TestWithParam<CandidateCase> {};

TEST_P(CandidatesTest, GiveTheValueOrTheReason) {
  const CandidateCase& row = GetParam();
  Small small;
  small.inputs = row.input;
  small.tables = Table("collect", "\"x\"", Rule("R", R"("x": "known")", "a"));
  small.gate = R"({"id": "never", "if": {"x": "known"}, "because": "-"})";
  EXPECT_EQ(Evaluated(Load(small), row.resources, {}, row.now).Shown("x"), row.shown);
}

std::string One(const std::string& more) { return SizeInput(Sources({kSource}) + more); }
std::string Two(const std::string& more) { return SizeInput(Sources({kSource, kSecond}) + more); }

const std::string kAge = R"(, "maxAge": "30 days")";

INSTANTIATE_TEST_SUITE_P(
    Dropped, CandidatesTest,
    ::testing::ValuesIn<CandidateCase>({
        {"Nothing", One(""), {}, "absent"},
        {"Known", One(""), {Size("s", "2026-02-01", "7")}, "7 'cm'"},
        {"WrongUnit",
         One(""),
         {Observation("s", "size", "2026-02-01", Quantity("7", "g"))},
         "unusable"},
        {"Text", One(""), {Grade("s", "2026-02-01", "big", "size")}, "unusable"},
        {"DataAbsent",
         One(""),
         {Size("s", "2026-02-01", "7", R"("dataAbsentReason": {"text": "?"})")},
         "absent"},
        {"Today", One(""), {Size("s", "2026-03-02", "7")}, "7 'cm'"},
        {"LaterToday", One(""), {Size("s", "2026-03-02T23:00:00+01:00", "7")}, "7 'cm'"},
        {"Tomorrow", One(""), {Size("s", "2026-03-03", "7")}, "future"},
        {"TomorrowInTheZoneOfTheCall", One(""), {Size("s", "2026-03-02T23:30:00Z", "7")}, "future"},
        {"TodayElsewhereTomorrow",
         One(""),
         {Size("s", "2026-03-03T00:30:00+02:00", "7")},
         "7 'cm'"},
        {"UndatedWithoutLimit", One(""), {Size("s", "", "7")}, "7 'cm'"},
        {"UndatedWithLimit", One(kAge), {Size("s", "", "7")}, "undated"},
        {"DayBeforeLimit", One(kAge), {Size("s", "2026-02-01", "7")}, "7 'cm'"},
        {"OnLimit", One(kAge), {Size("s", "2026-01-31", "7")}, "7 'cm'"},
        {"DayAfterLimit", One(kAge), {Size("s", "2026-01-30", "7")}, "stale"},
        {"OnLimitAcrossZones", One(kAge), {Size("s", "2026-01-30T23:30:00Z", "7")}, "7 'cm'"},
        {"AfterLimitAcrossZones", One(kAge), {Size("s", "2026-01-30T22:30:00Z", "7")}, "stale"},
        {"OnLimitAcrossDaylightChange",
         One(kAge),
         {Size("s", "2026-03-11T23:30:00+01:00", "7")},
         "7 'cm'",
         "2026-04-11T00:10:00+02:00"},
        {"AfterLimitAcrossDaylightChange",
         One(kAge),
         {Size("s", "2026-03-11T22:30:00+01:00", "7")},
         "stale",
         "2026-04-11T00:10:00+02:00"},
        {"PartialDateIsItsFirstDay", One(kAge), {Size("s", "2026-02", "7")}, "7 'cm'"},
        {"YearAloneIsItsFirstDay", One(kAge), {Size("s", "2026", "7")}, "stale"},
        {"OnMaximum", One(""), {Size("s", "2026-02-01", "40")}, "40 'cm'"},
        {"AboveMaximum", One(""), {Size("s", "2026-02-01", "40.1")}, "implausible"},
        {"OnMinimum", One(""), {Size("s", "2026-02-01", "0")}, "0 'cm'"},
        {"BelowMinimum", One(""), {Size("s", "2026-02-01", "-0.1")}, "implausible"},
        {"UsableBesideDropped",
         One(kAge),
         {Size("s1", "2026-02-20", "99"), Size("s2", "2026-02-10", "5"),
          Size("s3", "2025-01-01", "6")},
         "5 'cm'"},
        {"LastStepNamesTheReason",
         One(kAge),
         {Size("s1", "2025-01-01", "5"), Size("s2", "2026-02-20", "99")},
         "implausible"},
        {"StaleComesAfterFuture",
         One(kAge),
         {Size("s1", "2025-01-01", "5"), Size("s2", "2026-04-20", "9")},
         "stale"},
        {"FutureComesAfterUnusable",
         One(""),
         {Grade("s1", "2026-02-01", "big", "size"), Size("s2", "2026-04-20", "9")},
         "future"},
    }),
    [](const auto& row) { return row.param.name; });

const std::string kNewer = R"(, "conflict": {"within": "0 days"})";
const std::string kLimits =
    R"(, "conflict": {"within": "30 days", "limits": ["4 'cm'", "7 'cm'"]})";
const std::string kPrefer =
    R"-(, "prefer": {"within": "14 days", "order": [{"title": "good", "when": "method.coding.exists(code = 'good')"}, {"title": "bad", "when": "method.coding.exists(code = 'bad')"}]})-";
const std::string kStatus = R"(, "preferStatus": "status = 'final'", "statusNote": "preliminary")";

std::string By(std::string_view method) { return R"("method": )" + Concept(method); }
std::string Updated(std::string_view time) {
  return R"("meta": {"lastUpdated": ")" + std::string(time) + "\"}";
}

// An observation that is not final yet.
std::string Preliminary(std::string text) {
  return text.replace(text.find("final"), 5, "preliminary");
}

INSTANTIATE_TEST_SUITE_P(
    Chosen, CandidatesTest,
    ::testing::ValuesIn<CandidateCase>({
        {"Latest",
         One(kNewer),
         {Size("s1", "2026-01-01", "5"), Size("s2", "2026-02-01", "6")},
         "6 'cm'"},
        {"Earliest",
         One(kNewer + R"(, "pick": "earliest")"),
         {Size("s1", "2026-01-01", "5"), Size("s2", "2026-02-01", "6")},
         "5 'cm'"},
        {"Max",
         One(R"(, "pick": "max")"),
         {Size("s1", "2026-01-01", "6"), Size("s2", "2026-02-01", "5")},
         "6 'cm'"},
        {"MaxAcrossUnits",
         One(R"(, "pick": "max")"),
         {Observation("s1", "size", "2026-01-01", Quantity("61", "mm")),
          Size("s2", "2026-02-01", "6")},
         "6.1 'cm'"},
        {"Min",
         One(R"(, "pick": "min")"),
         {Size("s1", "2026-01-01", "6"), Size("s2", "2026-02-01", "5")},
         "5 'cm'"},
        {"MaxOfCodesByTheirOrder",
         GradeInput(R"("pick": "max")"),
         {Grade("g1", "2026-02-01", "mid"), Grade("g2", "2026-01-01", "high"),
          Grade("g3", "2026-02-02", "low")},
         "high"},
        {"MinOfCodesByTheirOrder",
         GradeInput(R"("pick": "min")"),
         {Grade("g1", "2026-02-01", "mid"), Grade("g2", "2026-01-01", "high")},
         "mid"},
        {"AnyTrue",
         TruthInput(R"("pick": "any-true")"),
         {Flag("f1", "2026-02-01", false), Flag("f2", "2026-01-01", true)},
         "yes"},
        {"AnyTrueOfNone",
         TruthInput(R"("pick": "any-true")"),
         {Flag("f1", "2026-02-01", false)},
         "no"},
        {"AllTrue",
         TruthInput(R"("pick": "all-true")"),
         {Flag("f1", "2026-02-01", true), Flag("f2", "2026-01-01", false)},
         "no"},
        {"AllTrueOfAll",
         TruthInput(R"("pick": "all-true")"),
         {Flag("f1", "2026-02-01", true)},
         "yes"},
        {"FirstSourceDecides",
         Two(""),
         {Size("s", "2025-01-01", "5"), Mass("m", "2026-02-01", "6")},
         "5 'cm'"},
        {"SecondSourceWhereTheFirstHasNone", Two(""), {Mass("m", "2026-02-01", "6")}, "6 'cm'"},
        {"SecondSourceWhereTheFirstIsStale",
         Two(kAge),
         {Size("s", "2025-01-01", "5"), Mass("m", "2026-02-01", "6")},
         "6 'cm'"},
        {"AllSourcesArePooled",
         Two(kNewer + R"(, "merge": "all-sources")"),
         {Size("s", "2025-01-01", "5"), Mass("m", "2026-02-01", "6")},
         "6 'cm'"},
        {"FinalBeforePreliminary",
         One(kStatus),
         {Size("s1", "2026-01-01", "5"), Preliminary(Size("s2", "2026-02-01", "6"))},
         "5 'cm'"},
        {"PreliminaryWhereNothingIsFinal",
         One(kStatus),
         {Preliminary(Size("s2", "2026-02-01", "6"))},
         "6 'cm'"},
        {"TiesOfOneDayConflict",
         One(""),
         {Size("s1", "2026-02-01", "5"), Size("s2", "2026-02-01", "6")},
         "conflict"},
        {"EqualValuesOfOneDay",
         One(""),
         {Size("s1", "2026-02-01", "5"),
          Observation("s2", "size", "2026-02-01", Quantity("50", "mm"))},
         "5 'cm'"},
        {"TiesTakeTheLarger",
         One(R"(, "ties": "max")"),
         {Size("s1", "2026-02-01", "6"), Size("s2", "2026-02-01T12:00:00+01:00", "5")},
         "6 'cm'"},
        {"TiesTakeTheSmaller",
         One(R"(, "ties": "min")"),
         {Size("s1", "2026-02-01", "6"), Size("s2", "2026-02-01", "5")},
         "5 'cm'"},
        {"TiesOfCodesByTheirOrder",
         GradeInput(R"("ties": "max", "merge": "all-sources")"),
         {Grade("g1", "2026-02-01", "high"), Grade("g2", "2026-02-01", "low", "flag")},
         "high"},
        {"NoTieOnTheNextDay",
         One(R"(, "ties": "max")"),
         {Size("s1", "2026-02-01", "6"), Size("s2", "2026-02-02", "5")},
         "5 'cm'"},
        {"TiesLeaveOutWhatPreferencePutBehind",
         One(R"(, "ties": "max")" + kPrefer),
         {Size("s1", "2026-02-01", "5", By("good")), Size("s2", "2026-02-01", "6", By("bad"))},
         "5 'cm'"},
        {"PreferredWithinFourteenDays",
         One(kPrefer + kLimits),
         {Size("s1", "2026-02-01", "6.8", By("good")), Size("s2", "2026-02-15", "7.3", By("bad"))},
         "6.8 'cm'"},
        {"NotPreferredAfterFifteenDays",
         One(kPrefer + kNewer),
         {Size("s1", "2026-02-01", "6.8", By("good")), Size("s2", "2026-02-16", "7.3", By("bad"))},
         "7.3 'cm'"},
        {"WithoutClassComesLast",
         One(kPrefer),
         {Size("s1", "2026-02-01", "6", By("bad")), Size("s2", "2026-02-10", "5")},
         "6 'cm'"},
        {"NewestOfTheBestClass",
         One(kPrefer + kNewer),
         {Size("s1", "2026-02-01", "6", By("good")), Size("s2", "2026-02-03", "5", By("good")),
          Size("s3", "2026-02-04", "4")},
         "5 'cm'"},
    }),
    [](const auto& row) { return row.param.name; });

const std::string kPairs =
    R"("conflict": {"within": "30 days", "pairs": [["low", "high"]]}, "merge": "all-sources")";
const std::string kPerSource =
    R"("conflict": {"within": "30 days", "pairs": [["low", "high"]], "of": "one source"}, "merge": "all-sources")";
const std::string kAgeless =
    R"("x": {"title": "X", "type": "Quantity", "unit": "cm", "question": "X?", "merge": "all-sources", "maxAge": "30 days",
      "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"},
        {"name": "m", "from": "Observation", "code": "mass", "time": "effective", "value": "value", "ageless": true}]})";

INSTANTIATE_TEST_SUITE_P(
    Conflict, CandidatesTest,
    ::testing::ValuesIn<CandidateCase>({
        {"OnEachSideOfALimit",
         One(kLimits),
         {Size("s1", "2026-02-01", "6.8"), Size("s2", "2026-02-03", "7.3")},
         "conflict"},
        {"OnTheLimitAgainstAbove",
         One(kLimits),
         {Size("s1", "2026-02-01", "7"), Size("s2", "2026-02-03", "7.1")},
         "conflict"},
        {"OnOneSide",
         One(kLimits),
         {Size("s1", "2026-02-01", "7.1"), Size("s2", "2026-02-03", "9")},
         "9 'cm'"},
        {"ThirtyDaysApart",
         One(kLimits),
         {Size("s1", "2026-01-02", "6"), Size("s2", "2026-02-01", "8")},
         "conflict"},
        {"ThirtyOneDaysApart",
         One(kLimits),
         {Size("s1", "2026-01-01", "6"), Size("s2", "2026-02-01", "8")},
         "8 'cm'"},
        {"IntervalThatReachesAcrossIsNoContradiction",
         One(kLimits),
         {Observation("s1", "size", "2026-02-01",
                      R"("valueQuantity": {"value": 8, "code": "cm", "comparator": "<"})"),
          Size("s2", "2026-02-03", "7.5")},
         "7.5 'cm'"},
        {"IntervalOnTheOtherSide",
         One(kLimits),
         {Observation("s1", "size", "2026-02-01",
                      R"("valueQuantity": {"value": 7, "code": "cm", "comparator": "<"})"),
          Size("s2", "2026-02-03", "7.5")},
         "conflict"},
        {"AnyDifferenceWithoutLimits",
         One(R"(, "conflictWithin": "30 days")"),
         {Size("s1", "2026-02-01", "6"), Size("s2", "2026-02-03", "6.1")},
         "conflict"},
        {"NamedPair",
         GradeInput(kPairs),
         {Grade("g1", "2026-02-01", "low"), Grade("g2", "2026-02-03", "high")},
         "conflict"},
        {"NoNamedPair",
         GradeInput(kPairs),
         {Grade("g1", "2026-02-01", "mid"), Grade("g2", "2026-02-03", "high")},
         "high"},
        {"OtherSource",
         GradeInput(kPairs),
         {Grade("g1", "2026-02-01", "low"), Grade("g2", "2026-02-03", "high", "flag")},
         "conflict"},
        {"OtherSourceIsNotCompared",
         GradeInput(kPerSource),
         {Grade("g1", "2026-02-01", "low"), Grade("g2", "2026-02-03", "high", "flag")},
         "high"},
        {"SameSourceIsCompared",
         GradeInput(kPerSource),
         {Grade("g1", "2026-02-01", "low"), Grade("g2", "2026-02-03", "high")},
         "conflict"},
        {"PutBehindByPreference",
         One(kPrefer + kLimits),
         {Size("s1", "2026-02-01", "8", By("good")), Size("s2", "2026-02-10", "6", By("bad"))},
         "8 'cm'"},
        {"UndatedAgainstDated",
         One(""),
         {Size("s1", "", "6"), Size("s2", "2026-02-10", "8")},
         "conflict"},
        {"UndatedThatAgrees",
         One(""),
         {Size("s1", "", "8"), Size("s2", "2026-02-10", "8")},
         "8 'cm'"},
        {"AgelessIsNeverStale", kAgeless, {Mass("m", "2020-01-01", "6")}, "6 'cm'"},
        {"AgelessMayBeUndated", kAgeless, {Mass("m", "", "6")}, "6 'cm'"},
        {"AgelessContradictsWhatIsNewer",
         kAgeless,
         {Mass("m", "2020-01-01", "6"), Size("s", "2026-02-10", "8")},
         "conflict"},
        {"NoPickByTimeNoConflict",
         One(R"(, "pick": "max")"),
         {Size("s1", "2026-02-01", "6"), Size("s2", "2026-02-01", "8")},
         "8 'cm'"},
    }),
    [](const auto& row) { return row.param.name; });

Small AboutSize(const std::string& more) {
  Small small;
  small.inputs = One(more);
  small.tables = Table("collect", "\"x\"", Rule("R", R"("x": "known")", "a"));
  small.gate = R"({"id": "never", "if": {"x": "known"}, "because": "-"})";
  return small;
}

TEST(CandidatesEvidenceTest, NewerVersionThenSmallerIdStandsForEqualValues) {
  const auto pathway = Load(AboutSize(""));
  const Evaluated updated(pathway,
                          {Size("s1", "2026-02-01", "5", Updated("2026-02-01T00:00:00Z")),
                           Size("s2", "2026-02-01", "5", Updated("2026-02-02T00:00:00Z"))});
  EXPECT_EQ(updated.State("x").from.front().reference, "Observation/s2");
  const Evaluated by_id(pathway, {Size("s2", "2026-02-01", "5"), Size("s1", "2026-02-01", "5")});
  EXPECT_EQ(by_id.State("x").from.front().reference, "Observation/s1");
}

TEST(CandidatesEvidenceTest, NamesPlaceTimeAndRecordedForm) {
  const Evaluated run(Load(AboutSize("")),
                      {Observation("s", "size", "2026-02-14", Quantity("70", "mm"))});
  ASSERT_EQ(run.State("x").from.size(), 1U);
  const Evidence& from = run.State("x").from.front();
  EXPECT_EQ(from.path, "valueQuantity");
  EXPECT_EQ(from.time, "2026-02-14");
  EXPECT_EQ(from.recorded, "70 'mm'");
  EXPECT_EQ(from.value, "7 'cm'");
  EXPECT_EQ(run.State("x").age_days, 16);
}

TEST(CandidatesEvidenceTest, PathLeadsIntoTheComponent) {
  Small small = AboutSize("");
  const std::size_t at = small.inputs.find("\"value\"}");
  small.inputs.replace(at, 7, R"("component.value")");
  const Evaluated run(Load(small),
                      {Observation("s", "size", "2026-02-14",
                                   "\"component\": [{\"code\": {}}, {" + Quantity("7") + "}]")});
  EXPECT_EQ(run.State("x").from.front().path, "component[1].valueQuantity");
}

TEST(CandidatesEvidenceTest, ShowsBothSidesOfAConflictAndNoMoreThanAReaderTakes) {
  std::vector<std::string> resources;
  for (int i = 0; i < 80; ++i)
    resources.push_back(Size("s" + std::to_string(i), "2026-02-01", std::to_string(i % 2 + 5)));
  const Evaluated run(Load(AboutSize("")), resources);
  EXPECT_EQ(run.Shown("x"), "conflict");
  EXPECT_EQ(run.State("x").rivals.size(), 41U);  // the chosen one and all that contradict it
  resources.clear();
  for (int i = 0; i < 80; ++i)
    resources.push_back(Size("s" + std::to_string(i), "2026-02-01", "99"));
  EXPECT_EQ(Evaluated(Load(AboutSize("")), resources).State("x").dropped.size(), 50U);
}

TEST(CandidatesEvidenceTest, PreliminaryValuesAreLabelled) {
  const Evaluated run(Load(AboutSize(kStatus)), {Preliminary(Size("s", "2026-02-01", "6"))});
  EXPECT_EQ(run.State("x").from.front().note, "preliminary");
}

}  // namespace
}  // namespace renal::pathways::testing
