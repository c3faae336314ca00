#include <string>

#include <gtest/gtest.h>

#include "fhir/fhirpath.h"
#include "tests/fhir/fhirpath_fixture.h"

namespace renal::fhir::fhirpath {
namespace {

std::string Repeat(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

struct CompileCase {
  std::string_view name;
  std::string expression;
  Position at;
  std::string_view message;  // its start
  bool syntax = true;

  friend void PrintTo(const CompileCase& row, std::ostream* out) { *out << row.name; }
};

class CompileErrorTest : public testing::TestWithParam<CompileCase> {};

TEST_P(CompileErrorTest, NamesThePlace) {
  const CompileCase& row = GetParam();
  const auto compiled = Compile(row.expression, FixtureOptions());
  const auto* error = std::get_if<CompileError>(&compiled);
  ASSERT_NE(error, nullptr) << row.expression << " compiles";
  EXPECT_EQ(error->message.substr(0, row.message.size()), row.message);
  EXPECT_EQ(error->at.line, row.at.line);
  EXPECT_EQ(error->at.column, row.at.column);
  EXPECT_EQ(error->syntax, row.syntax);
}

const auto kName = [](const auto& test) { return std::string(test.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Syntax, CompileErrorTest,
    testing::ValuesIn<CompileCase>({
        {"Empty", "", {1, 1}, "the expression ends too early"},
        {"OnlyAComment", "// nothing", {1, 11}, "the expression ends too early"},
        {"MissingOperand", "1 +", {1, 4}, "the expression ends too early"},
        {"MissingLeft", "and true", {1, 1}, "an operand is missing before 'and'"},
        {"MissingOperator", "status code", {1, 8}, "an operator is missing before this"},
        {"MissingBracket", "(1 + 2", {1, 7}, "')' is expected here"},
        {"MissingIndexBracket", "note[1", {1, 7}, "']' is expected here"},
        {"MissingBrace", "{ 1 }", {1, 3}, "'}' is expected here"},
        {"StrayBracket", "1 )", {1, 3}, "an operator is missing before this"},
        {"NothingAfterDot", "note.", {1, 6}, "a name is expected after the dot"},
        {"NumberAfterDot", "note.1", {1, 6}, "a name is expected after the dot"},
        {"ThisAfterDot", "note.$this", {1, 6}, "$this cannot follow a dot"},
        {"TypeMissing", "1 is 2", {1, 6}, "a name is expected here"},
        {"ValueMissing", "1 + *", {1, 5}, "a value is expected here"},
        {"TwoSigns", "--1", {1, 2}, "a value is expected here"},
        {"OpenString", "status = 'final", {1, 10}, "this string has no end"},
        {"OpenName", "`status", {1, 1}, "this name has no end"},
        {"EmptyName", "status.``", {1, 8}, "this name is empty"},
        {"EmptyVariable", "%``", {1, 2}, "this name is empty"},
        {"OpenComment", "1 /* 2", {1, 3}, "this comment has no end"},
        {"UnknownEscape", R"('a\q')", {1, 3}, "only"},
        {"ShortUnicodeEscape", R"('\u12')", {1, 2}, "\\u needs"},
        {"LoneSurrogate", R"('\ud83d')", {1, 2}, "\\u needs"},
        {"UnknownCharacter", "1 # 2", {1, 3}, "this character has no meaning here"},
        {"LetterOutsideAscii", "å", {1, 1}, "this character has no meaning here"},
        {"ColumnsCountCharacters", "'åå' # 2", {1, 6}, "this character has no meaning here"},
        {"SecondLine", "1 +\n  # 2", {2, 3}, "this character has no meaning here"},
        {"NoSuchSpecial", "$that", {1, 1}, "there are only $this and $index"},
        {"VariableWithoutName", "% x", {1, 2}, "a name must follow '%'"},
        {"DateWithoutYear", "@T1", {1, 1}, "a date is written"},
        {"TimeWithZone", "@T10:00Z", {1, 8}, "a time of day has no zone"},
        {"TooLong",
         Repeat(" ", 4096) + "1",
         {1, 4097},
         "the expression has more than 4,096 characters"},
        {"TooManyNodes",
         Repeat("1+", 250) + "1",
         {1, 500},
         "the expression has more than 500 nodes"},
        {"TooDeep",
         Repeat("(", 64) + "1" + Repeat(")", 64),
         {1, 65},
         "the expression is nested deeper than 64"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Meaning, CompileErrorTest,
    testing::ValuesIn<CompileCase>({
        {"UnknownFunction", "note.fisrt()", {1, 6}, "there is no function fisrt()", false},
        {"OutsideTheProfile",
         "note.repeat(text)",
         {1, 6},
         "repeat() is outside the profile",
         false},
        {"RegularExpression",
         "status.matches('f.*')",
         {1, 8},
         "matches() is outside the profile",
         false},
        {"TooFewArguments", "note.where()", {1, 6}, "where() takes 1 arguments, not 0", false},
        {"TooManyArguments", "note.count(1)", {1, 6}, "count() takes 0 arguments, not 1", false},
        {"OptionalArguments",
         "'a'.substring()",
         {1, 5},
         "substring() takes 1 to 2 arguments, not 0",
         false},
        {"UnknownVariable", "1 + %size2", {1, 5}, "there is no variable %size2", false},
        {"ContextAlone", "%context.id", {1, 1}, "%context can only be used as", false},
        {"ContextOfNoResource",
         "%context.entry.resource.ofType(Quantity)",
         {1, 32},
         "a resource type",
         false},
        {"UnknownType", "value is Quantitty", {1, 10}, "there is no type 'Quantitty'", false},
        {"UnknownTypeOfFunction",
         "value.ofType(string1)",
         {1, 14},
         "there is no type 'string1'",
         false},
        {"UnknownSystemType",
         "value is System.Patient",
         {1, 17},
         "there is no type 'Patient'",
         false},
        {"UnknownNamespace", "value is Fhir.Patient", {1, 15}, "there is no type 'Patient'", false},
        {"TypeIsNoExpression", "value.ofType(1)", {1, 14}, "a type name is expected here", false},
        {"ChoiceByJsonName",
         "valueQuantity.value",
         {1, 1},
         "'valueQuantity' is the JSON name",
         false},
        {"ChoiceByJsonNameAfterDot",
         "%patient.deceasedBoolean",
         {1, 10},
         "'deceasedBoolean' is the JSON name",
         false},
        {"UnknownValueSet",
         "code.memberOf('sise')",
         {1, 15},
         "there is no value set 'sise'",
         false},
        {"ValueSetMustBeLiteral",
         "code.memberOf(status)",
         {1, 15},
         "memberOf() takes the name",
         false},
        {"PrecisionMustBeLiteral",
         "%born.duration(%today, status)",
         {1, 24},
         "a literal 'year'",
         false},
        {"UnknownPrecision",
         "%born.duration(%today, 'century')",
         {1, 24},
         "a literal 'year'",
         false},
        {"LongOutsideTheProfile", "1L", {1, 1}, "a Long is outside the profile", false},
        {"CriterionIsNoBoolean", "iif('a', 1, 2)", {1, 5}, "iif() needs a Boolean", false},
        {"LabelMustBeLiteral", "trace(1)", {1, 7}, "a literal string is needed here", false},
        {"UnknownUnit", "1 + 2 'parsecs'", {1, 5}, "'parsecs' is not a UCUM unit", false},
        {"ImpossibleDate", "@2026-02-30", {1, 1}, "there is no such date", false},
        {"ImpossibleTime", "@T25:00", {1, 1}, "there is no such date or time", false},
        {"IntegerTooLarge",
         "9223372036854775808",
         {1, 1},
         "this integer needs more than 64 bits",
         false},
        {"DecimalTooLarge",
         Repeat("9", 40) + ".5",
         {1, 1},
         "this number has too many digits",
         false},
        {"TotalOutsideTheProfile", "$total", {1, 1}, "$total is outside the profile", false},
    }),
    kName);

struct LimitCase {
  std::string_view name;
  std::string expression;

  friend void PrintTo(const LimitCase& row, std::ostream* out) { *out << row.name; }
};

class CompileLimitTest : public testing::TestWithParam<LimitCase> {};

TEST_P(CompileLimitTest, AllowsTheLimitItself) {
  const auto compiled = Compile(GetParam().expression, FixtureOptions());
  EXPECT_TRUE(std::holds_alternative<Expression>(compiled));
}

INSTANTIATE_TEST_SUITE_P(AtTheLimit, CompileLimitTest,
                         testing::ValuesIn<LimitCase>({
                             {"Characters", Repeat(" ", 4095) + "1"},
                             {"CharactersOfTwoBytes", "'" + Repeat("å", 4094) + "'"},
                             {"Nodes", Repeat("1+", 249) + "1"},
                             {"Depth", Repeat("(", 63) + "1" + Repeat(")", 63)},
                         }),
                         kName);

struct CostCase {
  std::string_view name;
  std::string_view expression;
  EvaluationLimits limits;
  std::string_view expected;

  friend void PrintTo(const CostCase& row, std::ostream* out) { *out << row.name; }
};

class EvaluationLimitTest : public testing::TestWithParam<CostCase> {};

TEST_P(EvaluationLimitTest, StopsBeyondTheLimit) {
  Environment environment = FixtureEnvironment();
  environment.limits = GetParam().limits;
  const std::string actual = EvaluateText(GetParam().expression, environment, FixtureOptions());
  EXPECT_EQ(actual.substr(0, GetParam().expected.size()), GetParam().expected) << actual;
}

INSTANTIATE_TEST_SUITE_P(Limits, EvaluationLimitTest,
                         testing::ValuesIn<CostCase>({
                             {"ItemsAtTheLimit", "%big.combine({}).count()", {.items = 300}, "300"},
                             {"ItemsBeyond",
                              "%big.combine({}).count()",
                              {.items = 299},
                              "too costly: the collection has too many items"},
                             {"TextAtTheLimit", "status + 'x'", {.string_bytes = 6}, "'finalx'"},
                             {"TextBeyond",
                              "status + 'x'",
                              {.string_bytes = 5},
                              "too costly: the expression makes too much text"},
                             {"TextOfReplace",
                              "status.replace('', '0123456789')",
                              {.string_bytes = 50},
                              "too costly: the expression makes"},
                             {"StepsEnough", "%big.all($this >= 0)", {.steps = 2'000}, "true"},
                             {"StepsBeyond",
                              "%big.all($this >= 0)",
                              {.steps = 500},
                              "too costly: the expression takes too many steps"},
                             {"NestedCriteria",
                              "%big.all(%big.all(%big.all($this >= 0)))",
                              {},
                              "too costly: the expression takes"},
                             {"NoStepAtAll",
                              "1",
                              {.steps = 0},
                              "too costly: the expression takes too many steps (line 1, column 1)"},
                         }),
                         kName);

TEST(ExpressionTest, KnowsItsTextAndVariables) {
  auto compiled = Compile("%stage = 'x' or %size > %size or %age = 1", FixtureOptions());
  const auto& expression = std::get<Expression>(compiled);
  EXPECT_EQ(expression.text(), "%stage = 'x' or %size > %size or %age = 1");
  EXPECT_EQ(expression.variables_used(), (std::vector<std::size_t>{0, 1, 5}));
}

TEST(ExpressionTest, FailsWithThePlaceAndTheCulprit) {
  auto compiled = Compile("status = 'final' and\n  note.single().exists()", FixtureOptions());
  const auto result =
      std::get<Expression>(compiled).Evaluate(FixtureContext(), FixtureEnvironment());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, IssueCode::kProcessing);
  EXPECT_EQ(result.error().diagnostics,
            "one item is needed here, but there are several (line 2, column 8)");
  EXPECT_EQ(result.error().expression, "note.single()");
}

TEST(ExpressionTest, EvaluatesBooleansInThreeValues) {
  const auto truth = [](std::string_view text) {
    auto compiled = Compile(text, FixtureOptions());
    return std::get<Expression>(compiled).EvaluateBoolean(FixtureContext(), FixtureEnvironment());
  };
  EXPECT_EQ(truth("status = 'final'").value(), std::optional(true));
  EXPECT_EQ(truth("status = 'x'").value(), std::optional(false));
  EXPECT_EQ(truth("bodySite").value(), std::nullopt);
  EXPECT_EQ(truth("status").value(), std::optional(true));
  EXPECT_FALSE(truth("note").has_value());
}

TEST(ExpressionTest, EvaluatesWithoutContext) {
  auto compiled = Compile("status.empty() and %age = 75 and $this.empty()", FixtureOptions());
  EXPECT_EQ(ToText(std::get<Expression>(compiled).Evaluate(FixtureEnvironment())), "true");
}

TEST(ExpressionTest, WithoutCompilationIsAnError) {
  const Expression expression;
  EXPECT_FALSE(expression.Evaluate(FixtureEnvironment()).has_value());
  EXPECT_EQ(expression.text(), "");
}

TEST(ExpressionTest, NamesTheTypeOfAChoice) {
  auto compiled = Compile("value", FixtureOptions());
  const auto result =
      std::get<Expression>(compiled).Evaluate(FixtureContext(), FixtureEnvironment());
  ASSERT_EQ(result->size(), 1U);
  EXPECT_EQ(std::get<Node>(result->front()).type, "Quantity");
}

TEST(ExpressionTest, WorksWithoutARecord) {
  Environment environment;
  for (const std::string_view text : {"%patient", "%context.entry.resource", "subject.resolve()",
                                      "%context.entry.resource.ofType(Patient)", "%size"}) {
    EXPECT_EQ(EvaluateText(text, environment, FixtureOptions()), "") << text;
  }
}

TEST(ExpressionTest, KnowsTheEncounterAndTheUserOfTheCall) {
  const auto document = JsonDocument::Parse(
      R"({"resourceType": "Bundle", "entry": [
            {"resource": {"resourceType": "Encounter", "id": "e1", "status": "planned", "subject": {"reference": "Patient/p1"}}},
            {"resource": {"resourceType": "Encounter", "id": "e2", "status": "finished", "subject": {"reference": "Patient/p1"}}},
            {"resource": {"resourceType": "Practitioner", "id": "d1", "gender": "female"}}]})");
  Record record("p1");
  record.Add(document->root());
  Environment environment = FixtureEnvironment();
  environment.record = &record;
  environment.encounter = "Encounter/e2";
  environment.user = "Practitioner/d1";
  const auto text = [&](std::string_view expression) {
    return EvaluateText(expression, environment, FixtureOptions());
  };
  EXPECT_EQ(text("%encounter.status"), R"("finished")");
  EXPECT_EQ(text("%user.gender"), R"("female")");
  environment.encounter = "Encounter/e3";
  environment.user = "";
  EXPECT_EQ(text("%encounter"), "") << "not delivered";
  EXPECT_EQ(text("%user"), "");
}

TEST(ExpressionTest, GivesIntervalsWhereTheyAreAskedFor) {
  Environment environment = FixtureEnvironment();
  environment.intervals = true;
  const auto text = [&](std::string_view expression) {
    return EvaluateText(expression, environment, FixtureOptions());
  };
  EXPECT_EQ(text("%patient.birthDate.duration(%today, 'year')"), "[74 .. 75]");
  EXPECT_EQ(text("%patient.birthDate.duration(%today, 'year') < 76"), "true");
  EXPECT_EQ(text("%patient.birthDate.duration(%today, 'year') >= 75"), "");
  EXPECT_EQ(text("%born.duration(%today, 'year')"), "74");
}

TEST(ExpressionTest, WritesTheTrace) {
  std::vector<std::pair<std::string, std::string>> lines;
  Environment environment = FixtureEnvironment();
  environment.trace = &lines;
  EXPECT_EQ(EvaluateText("note.trace('n', text).count() + %age.trace('age')", environment,
                         FixtureOptions()),
            "77");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], (std::pair<std::string, std::string>("n", R"("first", "second")")));
  EXPECT_EQ(lines[1], (std::pair<std::string, std::string>("age", "75")));
}

}  // namespace
}  // namespace renal::fhir::fhirpath
