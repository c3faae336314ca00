#include "pathways/replay.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// Outcomes as they are printed, evaluated again.
namespace renal::pathways::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kInputs = R"json(
  "size": {"title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "question": "How large?",
           "focus": "kidney", "conflictWithin": "30 days",
           "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
  "spread": {"title": "Spread", "type": "Code", "values": {"no": "no", "yes": "yes"}, "question": "Spread?",
             "sources": [{"name": "f", "from": "Observation", "code": "flag", "time": "effective",
                          "map": [{"when": "value.ofType(boolean) = true", "to": "yes"}, {"when": "value.ofType(boolean) = false", "to": "no"}]}]},
  "grade": {"title": "Grade", "type": "Code", "values": {"good": "good", "bad": "bad"}, "question": "Grade?",
            "maxAge": [{"if": {"spread": "no"}, "limit": "180 days"}, {"limit": "30 days"}],
            "sources": [{"name": "g", "from": "Observation", "code": "grade", "time": "effective",
                         "map": [{"when": "value.memberOf('good')", "to": "good"}, {"when": "value.memberOf('bad')", "to": "bad"}]}]},
  "fit": {"title": "Fit", "type": "Code", "values": {"no": "no", "yes": "yes"}, "question": "Fit?",
          "sources": [{"name": "c", "from": "Observation", "code": "count", "map": [{"to": "no"}]}],
          "ifNone": {"value": "yes", "why": "w", "assumption": "fit", "unless": {"grade": "bad"}}},
  "age": {"title": "Age", "type": "Integer", "min": "0", "max": "130", "question": "Age?", "derive": "%patient.birthDate.duration(%today, 'year')"},
  "old": {"title": "Old", "type": "Boolean", "question": "Old?", "derive": "%age > 70"})json";

constexpr std::string_view kFocus =
    R"json("kidney": {"title": "Kidney", "values": {"left": "left", "right": "right", "unknown": "?"},
  "otherwise": "unknown", "unlinked": "not linked",
  "instances": [{"name": "i", "from": "Condition", "code": "tumour",
    "map": [{"when": "bodySite.exists($this.memberOf('left'))", "to": "left"}, {"when": "bodySite.exists($this.memberOf('right'))", "to": "right"}]}],
  "belongs": [{"name": "b", "via": "$this", "map": [{"when": "bodySite.exists($this.memberOf('left'))", "to": "left"}, {"when": "bodySite.exists($this.memberOf('right'))", "to": "right"}]}]})json";

std::shared_ptr<const Pathway> Sample() {
  static const std::shared_ptr<const Pathway> pathway = Load(
      {.inputs = std::string(kInputs),
       .tables =
           R"({"id": "t", "title": "T", "hit": "collect", "focus": "kidney", "columns": ["size", "spread", "grade", "fit", "old"],
         "rules": [)" +
           Rule("R1", R"("size": "< 4 'cm'", "spread": "no", "fit": "yes")", "a") + "," +
           Rule("R2", R"("size": ">= 4 'cm'", "grade": "good", "old": "false")", "b") + "," +
           Rule("R3", R"("grade": "bad", "spread": "yes")", "c") + "]}",
       .focus = std::string(kFocus),
       .gate = R"({"id": "young", "if": {"age": "< 18"}, "because": "-"})"});
  return pathway;
}

std::string Tumour(std::string_view side) {
  return Condition("c-" + std::string(side), "tumour", R"("bodySite": [)" + Concept(side) + "]");
}
std::string Size(std::string_view id, std::string_view value, std::string_view side = "",
                 std::string_view date = "2026-02-20") {
  return Observation(id, "size", date, Quantity(value),
                     side.empty() ? "" : R"("bodySite": )" + Concept(side));
}
std::string Spread(bool yes) {
  return Observation("m", "flag", "2026-03-01",
                     yes ? R"("valueBoolean": true)" : R"("valueBoolean": false)");
}
std::string Grade(std::string_view grade, std::string_view date) {
  return Observation("g", "grade", date, "\"valueCodeableConcept\": " + Concept(grade));
}

struct ReplayCase {
  std::string name;
  std::vector<std::string> resources;
  std::string born = "1950-06-15";
  friend void PrintTo(const ReplayCase& row, std::ostream* out) { *out << row.name; }
};

std::vector<std::string> Replayed(const Evaluated& run, const std::string& text) {
  const auto document = fhir::JsonDocument::Parse(text);
  const auto recorded = RecordedInputsOf(*run.outcome().pathway, document.value().root());
  if (!recorded) return {recorded.error().diagnostics + " " + recorded.error().expression};
  EvaluateRequest request;
  request.now = recorded->now;
  request.prepared = &recorded->inputs;
  return ReplayDifferences(document.value().root(), Evaluate(run.outcome().pathway, request));
}

class ReplayTest : public ::testing::TestWithParam<ReplayCase> {};

TEST_P(ReplayTest, GivesTheSameAgain) {
  const Evaluated run(Sample(), GetParam().resources, {}, kNow, {}, GetParam().born);
  EXPECT_THAT(Replayed(run, run.Json()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    States, ReplayTest,
    ::testing::ValuesIn<ReplayCase>({
        {"NoFocus", {}},
        {"Known",
         {Tumour("left"), Size("s", "3.25", "left"), Spread(false), Grade("good", "2026-02-20")}},
        {"Unlinked", {Tumour("left"), Size("s", "3"), Spread(false)}},
        {"TwoFoci", {Tumour("left"), Tumour("right"), Size("s", "3", "left"), Spread(false)}},
        {"Floating", {Tumour("left"), Tumour("right"), Size("s", "3"), Spread(false)}},
        {"Conflict", {Tumour("left"), Size("s", "3"), Size("r", "5"), Spread(false)}},
        {"Implausible", {Tumour("left"), Size("s", "50"), Spread(false)}},
        {"Interval", {Tumour("left"), Size("s", "3"), Spread(false)}, "1955"},
        {"NoBirthDate", {Tumour("left"), Size("s", "5"), Spread(false)}, ""},
        // Whether the grade is too old depends on the spread, which is asked for.
        {"StaleWhereItSpread", {Tumour("left"), Size("s", "5"), Grade("good", "2025-12-20")}},
        {"StaleInAnyCase", {Tumour("left"), Size("s", "5"), Grade("good", "2025-01-20")}},
        // Whether fitness may be assumed depends on the grade, and that on the spread.
        {"NotAssumed", {Tumour("left"), Size("s", "3"), Spread(false), Grade("bad", "2026-02-20")}},
        {"AssumedForNow", {Tumour("left"), Size("s", "3"), Grade("bad", "2025-12-20")}},
        {"Unusable",
         {Tumour("left"), Size("s", "3"), Spread(false),
          Observation("g", "grade", "2026-02-20", R"("valueString": "?")")}},
    }),
    [](const auto& row) { return row.param.name; });

TEST(ReplayTest, NamesWhatDiffers) {
  const Evaluated run(Sample(), {Tumour("left"), Size("s", "3", "left"), Spread(false)});
  std::string text = run.Json();
  const auto edit = [&](std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
  };
  edit(R"("tier":"preferred")", R"("tier":"acceptable")");
  EXPECT_THAT(Replayed(run, text),
              ElementsAre("recommendations[0].tier: was \"acceptable\", is \"preferred\""));
  text = run.Json();
  edit(R"("value":"3 'cm'")", R"("value":"5 'cm'")");
  EXPECT_THAT(Replayed(run, text), Contains("outcome: was \"recommendation\", is \"out-of-scope\""));
}

TEST(ReplayTest, RefusesWhatItCannotRebuild) {
  const Evaluated run(Sample(), {Tumour("left"), Size("s", "3", "left"), Spread(false)});
  const auto refused = [&](std::string_view from, std::string_view to) {
    std::string text = run.Json();
    text.replace(text.find(from), from.size(), to);
    return Replayed(run, text);
  };
  EXPECT_THAT(refused(R"("value":"3 'cm'")", R"("value":"3")"),
              ElementsAre("A value is none of this input. inputs.size"));
  EXPECT_THAT(refused(R"("state":"known")", R"("state":"guessed")"),
              ElementsAre(HasSubstr("The state of an input is none.")));
  EXPECT_THAT(refused(R"("foci":)", R"("fox":)"), ElementsAre(HasSubstr("trace.foci")));
  EXPECT_THAT(refused(R"("kind":"kidney")", R"("kind":"lung")"),
              ElementsAre(HasSubstr("no focus of that kind")));
  EXPECT_THAT(refused(R"("spread":)", R"("spreads":)"), ElementsAre(HasSubstr("inputs.spread")));
  EXPECT_THAT(refused(R"("evaluatedAt":")", R"("evaluatedAt":"x)"),
              ElementsAre(HasSubstr("evaluatedAt")));
  const auto document = fhir::JsonDocument::Parse("{}");
  EXPECT_FALSE(RecordedPathwayOf(document.value().root()));
}

}  // namespace
}  // namespace renal::pathways::testing
