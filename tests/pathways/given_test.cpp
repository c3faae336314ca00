#include "pathways/given.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// Values that are given besides the record, or instead of it.
namespace renal::pathways::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kInputs = R"json(
  "size": {"title": "Size", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'",
           "question": "How large?", "focus": "kidney", "maxAge": "30 days", "pick": "latest",
           "sources": [{"name": "s", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
  "grade": {"title": "Grade", "type": "Code", "values": {"no": "no", "yes": "yes"}, "question": "Which?",
            "sources": [{"name": "g", "from": "Observation", "code": "grade", "time": "effective",
                         "map": [{"when": "value.ofType(boolean) = true", "to": "yes"}, {"when": "value.ofType(boolean) = false", "to": "no"}]}],
            "ifNone": {"value": "no", "why": "w", "assumption": "no grade"}},
  "flag": {"title": "Flag", "type": "Boolean", "question": "Set?",
           "sources": [{"name": "f", "from": "Observation", "code": "flag", "time": "effective", "value": "value"}]},
  "count": {"title": "Count", "type": "Integer", "min": "0", "max": "20", "question": "How many?",
            "sources": [{"name": "c", "from": "Observation", "code": "count", "time": "effective", "value": "value"}]},
  "born": {"title": "Born", "type": "Date", "question": "When?",
           "sources": [{"name": "b", "from": "Observation", "code": "born", "time": "effective", "value": "value"}]},
  "many": {"title": "Many", "type": "Boolean", "question": "Many?", "derive": "%count > 5"})json";

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
           R"({"id": "t", "title": "T", "hit": "collect", "columns": ["grade", "flag", "count", "many", "born"],
         "rules": [)" +
           Rule("R1", R"("grade": "yes", "flag": "true")", "a") + "," +
           Rule("R2", R"("many": "true")", "b") + "," +
           Rule("R3", R"("born": "> @1950-01-01")", "c") + R"(]},
         {"id": "k", "title": "K", "focus": "kidney", "columns": ["size"], "hit": "collect",
          "rules": [)" +
           Rule("S1", R"("size": "< 4 'cm'")", "a") + "]}",
       .start = R"(["t", "k"])",
       .focus = std::string(kFocus),
       .gate = R"({"id": "many", "if": {"count": "> 15"}, "because": "-"})"});
  return pathway;
}

const Input& InputOf(std::string_view name) { return Sample()->inputs[Sample()->FindInput(name)]; }

// ---- forms

struct FormCase {
  std::string name;
  std::string input;
  Written written;
  std::string value;  // as outcomes write it; empty: none
  friend void PrintTo(const FormCase& row, std::ostream* out) { *out << row.name; }
};

Written Text(std::string_view text) { return {Written::Kind::kText, false, std::string(text)}; }
Written Number(std::string_view text) { return {Written::Kind::kNumber, false, std::string(text)}; }
Written Truth(bool truth) { return {Written::Kind::kBoolean, truth, {}}; }

class ReadWrittenTest : public ::testing::TestWithParam<FormCase> {};

TEST_P(ReadWrittenTest, ReadsWhatIsMeantAndNothingElse) {
  const FormCase& row = GetParam();
  const auto value = ReadWritten(InputOf(row.input), row.written);
  EXPECT_EQ(value ? ValueText(InputOf(row.input), *value) : "", row.value);
}

INSTANTIATE_TEST_SUITE_P(Forms, ReadWrittenTest,
                         ::testing::ValuesIn<FormCase>({
                             {"True", "flag", Truth(true), "yes"},
                             {"False", "flag", Truth(false), "no"},
                             {"Yes", "flag", Text("yes"), "yes"},
                             {"TrueAsText", "flag", Text("true"), "yes"},
                             {"Maybe", "flag", Text("maybe"), ""},
                             {"One", "flag", Number("1"), ""},
                             {"Code", "grade", Text("yes"), "yes"},
                             {"BooleanOfYesAndNo", "grade", Truth(false), "no"},
                             {"UnknownCode", "grade", Text("YES"), ""},
                             {"Integer", "count", Number("7"), "7"},
                             {"IntegerAsText", "count", Text("7"), "7"},
                             {"WholeDecimal", "count", Number("7.0"), "7"},
                             {"Fraction", "count", Number("7.5"), ""},
                             {"AtLeast", "count", Text(">= 7"), ">= 7"},
                             {"MoreThanIsAtLeastTheNext", "count", Text("> 7"), ">= 8"},
                             {"IntegerRange", "count", Text("[3 .. 5]"), "[3 .. 5]"},
                             {"Quantity", "size", Text("7.0 'cm'"), "7 'cm'"},
                             {"OtherUnit", "size", Text("70 'mm'"), "7 'cm'"},
                             {"Less", "size", Text("< 7 'cm'"), "< 7 'cm'"},
                             {"Range", "size", Text("(6 'cm' .. 80 'mm']"), "(6 'cm' .. 8 'cm']"},
                             {"WithoutUnit", "size", Number("7"), ""},
                             {"WithoutUnitAsText", "size", Text("7"), ""},
                             {"OtherDimension", "size", Text("7 'kg'"), ""},
                             {"RangeUpsideDown", "size", Text("[8 'cm' .. 6 'cm']"), ""},
                             {"RangeWithoutEnd", "size", Text("[8 'cm' .. 9 'cm'"), ""},
                             {"ComparisonAlone", "size", Text("<"), ""},
                             {"BooleanForSize", "size", Truth(true), ""},
                             {"TooLong", "size", Text(std::string(300, ' ') + "7 'cm'"), ""},
                             {"Date", "born", Text("1950-02-03"), "1950-02-03"},
                             {"DateAsInCells", "born", Text("@1950-02-03"), "1950-02-03"},
                             {"Month", "born", Text("1950-02"), "[1950-02-01 .. 1950-02-28]"},
                             {"Days", "born", Text("[1950-02-01 .. 1950-02-28]"),
                              "[1950-02-01 .. 1950-02-28]"},
                             {"Time", "born", Text("1950-02-03T10:00:00Z"), ""},
                             {"NoDate", "born", Text("1950-02-30"), ""},
                             {"Null", "count", Written{}, ""},
                             {"List", "count", Written{Written::Kind::kOther, false, {}}, ""},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(StateOfTest, KeepsWhyThereIsNoValue) {
  EXPECT_EQ(StateOf(InputOf("size"), Text("41 'cm'")).reason, UnknownReason::kImplausible);
  EXPECT_EQ(StateOf(InputOf("size"), Text("40 'cm'")).reason, UnknownReason::kNotUnknown);
  EXPECT_EQ(StateOf(InputOf("size"), Text("4")).reason, UnknownReason::kUnusable);
  EXPECT_EQ(StateOf(InputOf("size"), Written{}).reason, UnknownReason::kAbsent);
}

TEST(FindInputNameTest, KnowsInputsAndFoci) {
  EXPECT_TRUE(FindInputName(*Sample(), "size@left"));
  EXPECT_TRUE(FindInputName(*Sample(), "size"));
  for (const char* name : {"sizes", "size@top", "flag@left", "size@", "", "@left"}) {
    EXPECT_FALSE(FindInputName(*Sample(), name)) << name;
  }
}

// ---- answers

GivenInput Answer(std::string_view name, const Written& written, std::string_view time = kNow) {
  const auto found = FindInputName(*Sample(), name);
  GivenInput given;
  given.input = found->input;
  given.focus = found->focus;
  given.state = StateOf(Sample()->inputs[found->input], written);
  given.settled = !given.state.value;
  given.author = "Practitioner/7";
  given.time = std::string(time);
  given.written = written.text;
  return given;
}

std::string Tumour(std::string_view side) {
  return Condition("c-" + std::string(side), "tumour", R"("bodySite": [)" + Concept(side) + "]");
}

Evaluated Asked(const std::vector<GivenInput>& answers,
                const std::vector<std::string>& resources = {}) {
  return {Sample(), resources, answers};
}

TEST(AnswersTest, GoBeforeTheRecord) {
  const Evaluated run = Asked({Answer("count", Number("6"))},
                              {Observation("o", "count", "2026-03-01", R"("valueInteger": 2)")});
  EXPECT_EQ(run.Shown("count"), "6");
  EXPECT_EQ(run.State("count").status, InputStatus::kAsserted);
  EXPECT_EQ(run.Shown("many"), "yes");
  ASSERT_EQ(run.outcome().answers.size(), 1U);
  EXPECT_EQ(run.outcome().answers.front().author, "Practitioner/7");
  EXPECT_EQ(run.outcome().answers.front().time, kNow);
  EXPECT_EQ(run.outcome().answers.front().unused, UnknownReason::kNotUnknown);
}

TEST(AnswersTest, GoBeforeWhatIsDerived) {
  const Evaluated run = Asked({Answer("many", Truth(true)), Answer("count", Number("1"))});
  EXPECT_EQ(run.Shown("many"), "yes");
}

TEST(AnswersTest, ThatCannotBeReadMakeTheInputUnknown) {
  const Evaluated run = Asked({Answer("grade", Text("perhaps"))},
                              {Observation("o", "grade", "2026-03-01", R"("valueBoolean": true)")});
  EXPECT_EQ(run.Shown("grade"), "unusable");
  EXPECT_EQ(run.outcome().answers.front().unused, UnknownReason::kUnusable);
}

TEST(AnswersTest, ThatContradictEachOtherAreAConflict) {
  const Evaluated run = Asked({Answer("flag", Truth(true)), Answer("flag", Truth(false))});
  EXPECT_EQ(run.Shown("flag"), "conflict");
  EXPECT_EQ(run.State("flag").rivals.size(), 2U);
  EXPECT_EQ(Asked({Answer("flag", Truth(true)), Answer("flag", Text("yes"))}).Shown("flag"), "yes");
}

TEST(AnswersTest, BelongToOneFocus) {
  const std::vector<std::string> both{Tumour("left"), Tumour("right")};
  const Evaluated run = Asked({Answer("size@left", Text("3 'cm'"))}, both);
  EXPECT_EQ(run.Shown("size", "left"), "3 'cm'");
  EXPECT_EQ(run.Shown("size", "right"), "absent");
  const Evaluated floating = Asked({Answer("size", Text("3 'cm'"))}, both);
  EXPECT_EQ(floating.Shown("size", "left"), "absent");
  EXPECT_EQ(floating.outcome().answers.front().unused, UnknownReason::kUnlinked);
  const Evaluated other = Asked({Answer("size@right", Text("3 'cm'"))}, {Tumour("left")});
  EXPECT_EQ(other.Shown("size", "left"), "absent");
  const Evaluated only = Asked({Answer("size", Text("3 'cm'"))}, {Tumour("left")});
  EXPECT_EQ(only.Shown("size", "left"), "3 'cm'");
}

struct ResponseCase {
  std::string name;
  std::string more;  // of the response: status, time
  std::string items;
  std::string expected;  // of the input "size" at the left kidney
  friend void PrintTo(const ResponseCase& row, std::ostream* out) { *out << row.name; }
};

std::string Response(const std::string& more, const std::string& items) {
  return R"({"resourceType": "QuestionnaireResponse", "id": "q", "subject": {"reference": "Patient/p"},
    "author": {"reference": "Practitioner/9"}, )" +
         more + R"(, "item": [)" + items + "]}";
}

class ResponsesTest : public ::testing::TestWithParam<ResponseCase> {};

TEST_P(ResponsesTest, AreAnswers) {
  const ResponseCase& row = GetParam();
  const Evaluated run(Sample(), {Tumour("left"), Response(row.more, row.items),
                                 Observation("o", "size", "2026-02-20", Quantity("5"))});
  EXPECT_EQ(run.Shown("size", "left"), row.expected);
}

constexpr const char* kDone = R"("status": "completed", "authored": "2026-03-01T10:00:00+01:00")";

INSTANTIATE_TEST_SUITE_P(
    Forms, ResponsesTest,
    ::testing::ValuesIn<ResponseCase>({
        {"Quantity", kDone, R"({"linkId": "size", "answer": [{)" + Quantity("30", "mm") + "}]}",
         "3 'cm'"},
        {"Text", kDone, R"({"linkId": "size@left", "answer": [{"valueString": "3 'cm'"}]})",
         "3 'cm'"},
        {"Nested", kDone,
         R"({"linkId": "group", "item": [{"linkId": "size", "answer": [{"valueString": "3 'cm'"}]}]})",
         "3 'cm'"},
        {"NestedInAnAnswer", kDone,
         R"({"linkId": "x", "answer": [{"valueBoolean": true, "item": [{"linkId": "size", "answer": [{"valueString": "3 'cm'"}]}]}]})",
         "3 'cm'"},
        {"OtherQuestion", kDone, R"({"linkId": "height", "answer": [{"valueString": "3 'cm'"}]})",
         "5 'cm'"},
        {"WithoutAnswer", kDone, R"({"linkId": "size"})", "5 'cm'"},
        {"WithoutUnit", kDone, R"({"linkId": "size", "answer": [{"valueDecimal": 3}]})",
         "unusable"},
        {"Implausible", kDone, R"({"linkId": "size", "answer": [{"valueString": "50 'cm'"}]})",
         "implausible"},
        {"TwoAnswers", kDone,
         R"({"linkId": "size", "answer": [{"valueString": "3 'cm'"}, {"valueString": "4 'cm'"}]})",
         "conflict"},
        {"TwoEqualAnswers", kDone,
         R"({"linkId": "size", "answer": [{"valueString": "3 'cm'"}, {"valueString": "30 'mm'"}]})",
         "3 'cm'"},
        {"NotDone", R"("status": "in-progress", "authored": "2026-03-01")",
         R"({"linkId": "size", "answer": [{"valueString": "3 'cm'"}]})", "5 'cm'"},
        {"Stale", R"("status": "completed", "authored": "2026-01-29")",
         R"({"linkId": "size", "answer": [{"valueString": "3 'cm'"}]})", "5 'cm'"},
        {"JustFresh", R"("status": "completed", "authored": "2026-01-31")",
         R"({"linkId": "size", "answer": [{"valueString": "3 'cm'"}]})", "3 'cm'"},
        {"Future", R"("status": "completed", "authored": "2026-03-03")",
         R"({"linkId": "size", "answer": [{"valueString": "3 'cm'"}]})", "5 'cm'"},
        {"Undated", R"("status": "completed")",
         R"({"linkId": "size", "answer": [{"valueString": "3 'cm'"}]})", "5 'cm'"},
        {"OtherFocus", kDone, R"({"linkId": "size@right", "answer": [{"valueString": "3 'cm'"}]})",
         "5 'cm'"},
    }),
    [](const auto& row) { return row.param.name; });

TEST(ResponsesTest, CodesCountWhereTheyAreThePathwaysOwn) {
  const auto shown = [](const std::string& coding) {
    return Evaluated(Sample(),
                     {Response(kDone, R"({"linkId": "grade", "answer": [{"valueCoding": )" +
                                          coding + "}]}")})
        .Shown("grade");
  };
  EXPECT_EQ(shown(R"({"code": "yes"})"), "yes");
  EXPECT_EQ(shown(R"({"system": "https://example.org/small", "code": "yes"})"), "yes");
  EXPECT_EQ(shown(R"({"system": "http://snomed.info/sct", "code": "yes"})"), "unusable");
}

TEST(ResponsesTest, TheNewestCountsAndTheCallBeforeAll) {
  const std::string older =
      R"({"resourceType": "QuestionnaireResponse", "id": "r", "subject": {"reference": "Patient/p"},
       "status": "completed", "authored": "2026-02-01", "item": [{"linkId": "count", "answer": [{"valueInteger": 1}]}]})";
  const std::string newer =
      Response(kDone, R"({"linkId": "count", "answer": [{"valueInteger": 2}]})");
  EXPECT_EQ(Evaluated(Sample(), {newer, older}).Shown("count"), "2");
  EXPECT_EQ(Asked({Answer("count", Number("3"))}, {newer, older}).Shown("count"), "3");
}

// ---- prepared inputs

Outcome Prepared(const std::vector<std::pair<std::string, Written>>& inputs) {
  PreparedInputs prepared;
  for (const auto& [name, written] : inputs) prepared.inputs.push_back(Answer(name, written));
  EXPECT_TRUE(prepared.AddFoci(*Sample()));
  EvaluateRequest request;
  request.now = *fhir::DateTime::Parse(kNow);
  request.prepared = &prepared;
  return Evaluate(Sample(), request);
}

std::vector<std::string> Foci(const Outcome& outcome) {
  std::vector<std::string> keys;
  for (const FocusInstance& instance : outcome.foci) keys.push_back(instance.key);
  return keys;
}

TEST(PreparedTest, FociFollowFromTheKeysUsed) {
  EXPECT_THAT(Foci(Prepared({{"flag", Truth(true)}})), IsEmpty());
  EXPECT_THAT(Foci(Prepared({{"size", Text("3 'cm'")}})), ElementsAre("unknown"));
  EXPECT_THAT(Foci(Prepared({{"size@right", Written{}}, {"size@left", Text("3 'cm'")}})),
              ElementsAre("left", "right"));
  PreparedInputs ambiguous;
  for (const char* name : {"size@left", "size@right", "size"}) {
    ambiguous.inputs.push_back(Answer(name, Text("3 'cm'")));
  }
  EXPECT_FALSE(ambiguous.AddFoci(*Sample()));
}

TEST(PreparedTest, NullIsUnknownAndWhatIsLeftOutIsNotOnRecord) {
  const Index grade = Sample()->FindInput("grade");
  EXPECT_EQ(Prepared({{"flag", Truth(true)}}).patient_inputs[grade].status, InputStatus::kAssumed);
  EXPECT_EQ(Prepared({{"grade", Written{}}}).patient_inputs[grade].status, InputStatus::kUnknown);
}

TEST(PreparedTest, IsAskedAndTriedAsARecordIs) {
  const Outcome outcome = Prepared({{"grade", Text("yes")}, {"count", Number("1")}});
  std::vector<std::string> asked;
  for (const Question& question : outcome.ask) {
    asked.push_back(Sample()->inputs[question.input].name);
  }
  EXPECT_THAT(asked, ElementsAre("flag", "born"));
}

}  // namespace
}  // namespace renal::pathways::testing
