#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "fhir/fhirpath.h"
#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_signatures.h"
#include "tests/fhir/fhirpath_fixture.h"

// The static checker: one table a finding, with what it must not say beside it.
namespace renal::fhir::fhirpath {
namespace {

// Variables of the fixture: a size in cm, an age, Booleans, codes and a stage.
CompileOptions Options(std::vector<std::string> context, StaticType result) {
  CompileOptions options = FixtureOptions();
  StaticContext& check = options.check.emplace();
  check.context.types = std::move(context);
  check.result = std::move(result);
  const auto type = [](std::string name) {
    return StaticType{.types = {std::move(name)}, .unit = {}};
  };
  check.variables.resize(options.variables.size());
  for (std::size_t i = 0; i < options.variables.size(); ++i) {
    const std::string& name = options.variables[i];
    StaticType& variable = check.variables[i];
    if (name == "size" || name == "small") {
      variable = type("System.Quantity");
      variable.unit = Unit::Parse("cm");
    } else if (name == "age" || name == "ageRange") {
      variable = type("System.Integer");
    } else if (name == "flag" || name == "none") {
      variable = type("System.Boolean");
    } else if (name == "codes" || name == "stage") {
      variable = type("System.String");
      variable.many = name == "codes";
    } else if (name == "born") {
      variable = type("System.Date");
    } else if (name == "visit") {
      variable = type("Encounter");
    }
  }
  return options;
}

const StaticType kAnything{.types = {}, .many = true, .unit = {}};
const StaticType kCondition{.types = {"System.Boolean"}, .many = false, .unit = {}};

// "L201 1:5, L203 1:9", or "" where nothing is found.
std::string FindingsOf(std::string_view expression, const CompileOptions& options) {
  const auto compiled = Compile(expression, options);
  const auto* error = std::get_if<CompileError>(&compiled);
  if (error == nullptr) return {};
  const auto one = [](const CompileError& finding) {
    return std::string(finding.id) + " " + std::to_string(finding.at.line) + ":" +
           std::to_string(finding.at.column);
  };
  std::string text = one(*error);
  for (const CompileError& other : error->others) text += ", " + one(other);
  return text;
}

struct CheckCase {
  std::string_view name;
  std::string_view expression;
  std::string_view findings;
  std::vector<std::string> context = {"Observation"};

  friend void PrintTo(const CheckCase& row, std::ostream* out) { *out << row.name; }
};

const auto kName = [](const auto& test) { return std::string(test.param.name); };

class CheckTest : public testing::TestWithParam<CheckCase> {};

TEST_P(CheckTest, FindsWhatIsWrongAndNothingElse) {
  const CheckCase& row = GetParam();
  EXPECT_EQ(FindingsOf(row.expression, Options(row.context, kAnything)), row.findings)
      << row.expression;
}

INSTANTIATE_TEST_SUITE_P(
    UnknownElement, CheckTest,
    testing::ValuesIn<CheckCase>({
        {"Known", "status", ""},
        {"Misspelt", "statsu", "L201 1:1"},
        {"AfterADot", "code.codnig.code", "L201 1:6"},
        {"OfAGroup", "component.code.coding.display", ""},
        {"OfAGroupMisspelt", "component.cod", "L201 1:11"},
        {"OfAChoice", "value.unit", ""},
        {"OfNoTypeOfAChoice", "value.nothing", "L201 1:7"},
        {"OfANarrowedChoice", "value.ofType(Quantity).coding", "L201 1:24"},
        {"OfACastChoice", "(value as Period).unit", "L201 1:19"},
        {"ByItsJsonName", "valueQuantity", "L201 1:1"},
        {"OfAPrimitive", "issued.year", "L201 1:8"},
        {"IdOfAPrimitive", "issued.id", ""},
        {"OfAComputedValue", "status.length().unit", "L201 1:17"},
        {"OfAVariable", "%visit.period.start", ""},
        {"OfAVariableMisspelt", "%visit.perod", "L201 1:8"},
        {"OfTheEncounter", "%encounter.period.start", ""},
        {"OfTheEncounterMisspelt", "%encounter.perod", "L201 1:12"},
        {"OfTheUserOfWhateverRole", "%user.qualification", ""},
        {"OfThePatient", "%patient.birthdate", "L201 1:10"},
        {"InACriterion", "component.where(codes.exists())", "L201 1:17"},
        {"OfResource", "%resource.statsu", "L201 1:11"},
        {"LeadingType", "Observation.status", ""},
        {"LeadingTypeOfAnother", "Encounter.status", "L201 1:1"},
        {"OfAResolvedReference", "subject.resolve().qualification", ""},
        {"OfANarrowedReference", "subject.resolve().ofType(Patient).birthDay", "L201 1:35"},
        {"OfTheRecord", "%context.entry.resource.ofType(Condition).sevrity", "L201 1:43"},
        {"OfOneOfSeveralTypes", "abatement.exists()", "", {"Observation", "Condition"}},
        {"OfNoneOfSeveralTypes", "birthDate.exists()", "L201 1:1", {"Observation", "Condition"}},
        {"UnknownContext", "anything.at.all", "", {}},
        {"SeveralAtOnce", "statsu = 'final' and cod.exists()", "L201 1:1, L201 1:22"},
        {"OfAnExtension", "extension('http://example.org/x').value.code", ""},
        {"OnTheSecondLine", "status = 'final' and\n  issud.exists()", "L201 2:3"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    WrongType, CheckTest,
    testing::ValuesIn<CheckCase>({
        {"TextFunctionOnText", "status.startsWith('f')", ""},
        {"TextFunctionOnAConcept", "code.startsWith('f')", "L202 1:6"},
        {"TextFunctionOnAChoice", "value.startsWith('f')", ""},
        {"TextArgument", "status.startsWith(1)", "L202 1:19"},
        {"IntegerArgument", "note.skip('1')", "L202 1:11"},
        {"Index", "note['1']", "L202 1:6"},
        {"LessOfTextAndNumber", "status < 5", "L202 1:8"},
        {"LessOfAConcept", "code < 5", "L202 1:6"},
        {"LessOfAChoice", "value < 5", ""},
        {"LessOfBooleans", "%flag < %flag", "L202 1:7"},
        {"LessOfDates", "issued < %now", ""},
        {"LessOfADateAndText", "issued < status", ""},
        {"LessOfADateAndATime", "issued < @T10:00", "L202 1:8"},
        {"LessOfADateAndANumber", "%born < 5", "L202 1:7"},
        {"EqualTextAndNumber", "status = 5", "L202 1:8"},
        {"EqualTextAndBoolean", "status = true", "L202 1:8"},
        {"EqualConcept", "code = 'x'", "L202 1:6"},
        {"EqualCoding", "code.coding.first() = code.coding.last()", "L202 1:21"},
        {"EquivalentConcept", "code ~ code", ""},
        {"EquivalentConceptAndText", "code ~ 'x'", "L202 1:6"},
        {"EqualChoice", "value = 'x'", ""},
        {"EqualNumberAndQuantity", "value.ofType(integer) = 2", ""},
        {"InListOfNumbers", "status in (1 | 2)", "L202 1:8"},
        {"ConceptInAList", "code in ('a' | 'b')", "L202 1:6"},
        {"ListContains", "('a' | 'b') contains status", ""},
        {"SumOfTextAndNumber", "status + 1", "L202 1:8"},
        {"SumOfText", "status + 'x'", ""},
        {"DifferenceOfText", "status - 'x'", "L202 1:8"},
        {"DateAndDuration", "issued + 3 days", ""},
        {"DateAndNumber", "%today + 3", "L202 1:8"},
        {"DurationAndDate", "3 days + %today", "L202 1:8"},
        {"JoinOfText", "status & 'x'", ""},
        {"JoinOfNumber", "status & 1", "L202 1:8"},
        {"ProductOfText", "status * 2", "L202 1:8"},
        {"DivOfQuantity", "%size div 2", "L202 1:7"},
        {"SignOfText", "-status", "L202 1:1"},
        {"SignOfAQuantity", "-%size", ""},
        {"AndOfText", "%flag and status", "L202 1:11"},
        {"AndOfConditions", "%flag and status.exists()", ""},
        {"NotOfText", "status.not()", "L202 1:8"},
        {"AllTrueOfText", "status.allTrue()", "L202 1:8"},
        {"WhereOfText", "component.where(code)", "L202 1:17"},
        {"ExistsOfText", "component.exists(code.text)", "L202 1:23"},
        {"IifOfText", "iif(status, 1, 2)", "L202 1:5"},
        {"MemberOfAConcept", "code.memberOf('size')", ""},
        {"MemberOfACode", "status.memberOf('gender')", ""},
        {"MemberOfACodeOfSeveralSystems", "status.memberOf('mixed')", "L202 1:8"},
        {"MemberOfAQuantity", "value.ofType(Quantity).memberOf('size')", "L202 1:24"},
        {"MemberOfAReference", "subject.memberOf('size')", "L202 1:9"},
        {"ResolveOfACode", "code.resolve()", "L202 1:6"},
        {"RoundOfText", "status.round()", "L202 1:8"},
        {"DurationOfText", "%flag.duration(%today, 'year')", "L202 1:7"},
        {"DurationOfDates", "%born.duration(%today, 'year')", ""},
        {"DurationToABoolean", "%born.duration(%flag, 'year')", "L202 1:16"},
        {"ToIntegerOfAConcept", "code.toInteger()", "L202 1:6"},
        {"ToStringOfAConcept", "code.toString()", "L202 1:6"},
        {"ToStringOfAQuantity", "value.ofType(Quantity).toString()", ""},
        {"NoSuchType", "value is Quantitty", "L202 1:10"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    SeveralItems, CheckTest,
    testing::ValuesIn<CheckCase>({
        {"One", "status = 'final'", ""},
        {"LeftOfEqual", "code.coding.code = 'x'", "L203 1:13"},
        {"RightOfEqual", "'x' = code.coding.code", "L203 1:19"},
        {"BothOfLess", "component.value < component.value", "L203 1:11, L203 1:29"},
        {"FirstOfSeveral", "component.first().value < 5", ""},
        {"SingleOfSeveral", "component.single().value < 5", ""},
        {"IndexOfSeveral", "component[0].value < 5", ""},
        {"TakeOne", "component.take(1).value < 5", ""},
        {"TakeTwo", "component.take(2).value < 5", "L203 1:19"},
        {"CountOfSeveral", "component.count() > 2", ""},
        {"ExistsOfSeveral", "component.exists(value > 5)", ""},
        {"WhereOfSeveral", "component.where(code.exists()).value < 5", "L203 1:32"},
        {"SelectOfSeveral", "component.select(value) < 5", "L203 1:11"},
        {"SelectGivesSeveral", "code.select(coding) ~ code.coding.first()", ""},
        {"InList", "status in ('a' | 'b')", ""},
        {"SeveralInList", "code.coding.code in ('a' | 'b')", "L203 1:13"},
        {"EquivalentCollections", "code.coding ~ code.coding", ""},
        {"Union", "(status | issued) = 'x'", "L203 1:9"},
        {"UnionWithNothing", "(status | {}) = 'x'", ""},
        {"SeveralCodesOfAVariable", "%codes = 'a'", "L203 1:1"},
        {"OneCodeOfAVariable", "%stage = 'a'", ""},
        {"InAVariable", "%stage in %codes", ""},
        {"MemberOfSeveral", "category.memberOf('size')", "L203 1:1"},
        {"TextOfSeveral", "note.text.startsWith('x')", "L203 1:6"},
        {"ArgumentOfSeveral", "status.startsWith(note.text)", "L203 1:24"},
        {"SumOfSeveral", "note.text + 'x'", "L203 1:6"},
        {"SignOfSeveral", "-component.value.ofType(integer)", "L203 1:18"},
        {"ConditionOfSeveral", "%flag and note.select(text = 'x')", "L203 1:16"},
        {"CastOfSeveral", "component.value as Quantity", "L203 1:17"},
        {"OfTypeOfSeveral", "component.value.ofType(Quantity)", ""},
        {"IsOfSeveral", "component.value is Quantity", "L203 1:17"},
        {"ResourcesOfTheRecord", "%context.entry.resource.ofType(Condition).onset > %today",
         "L203 1:43"},
        {"SeveralInOneOfTheTypes",
         "bodySite.memberOf('size')",
         "L203 1:1",
         {"Observation", "Condition"}},
        {"OneInTheType", "bodySite.memberOf('size')", ""},
        {"BranchOfSeveral", "iif(%flag, note, note.first()).text = 'x'", "L203 1:32"},
        {"ExtensionsOfOne", "extension('http://example.org/x').value.ofType(boolean) = true",
         "L203 1:41"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(Units, CheckTest,
                         testing::ValuesIn<CheckCase>({
                             {"SameUnit", "%size > 7 'cm'", ""},
                             {"SameDimension", "%size > 70 'mm'", ""},
                             {"AnotherDimension", "%size > 7 'kg'", "L204 1:7"},
                             {"EqualInAnotherDimension", "%size = 7 's'", "L204 1:7"},
                             {"WithoutAUnit", "%size > 7", "L204 1:7"},
                             {"NumberAgainstANumber", "%age > 7", ""},
                             {"NumberAgainstAUnit", "%age > 7 'a'", "L204 1:6"},
                             {"TwoVariables", "%size > %small", ""},
                             {"UnknownUnitOfTheRecord", "value.ofType(Quantity) > 7 'kg'", ""},
                             {"NumberOfTheRecord", "value.ofType(integer) > 7 'kg'", "L204 1:23"},
                             {"InList", "%size in (1 'cm' | 2 'cm')", ""},
                             {"InListOfAnotherDimension", "%size in (1 'kg' | 2 'kg')", "L204 1:7"},
                             {"Sum", "%size + 1 'mm' > 7 'cm'", ""},
                             {"SumOfAnotherDimension", "%size + 1 'kg'", "L204 1:7"},
                             {"Product", "%size * %size > 7 'cm2'", ""},
                             {"ProductOfAnotherDimension", "%size * %size > 7 'cm'", "L204 1:15"},
                             {"Quotient", "%size / %size > 1", ""},
                             {"Half", "%size / 2 > 1 'cm'", ""},
        {"Power", "%age.power(0.5) > 8", ""},
        {"PowerOfAUnit", "%size.power(2) > 49 'cm2'", "L204 1:7"},
        {"UnitAsAnExponent", "%age.power(%size) > 2", "L204 1:6"},
        {"PowerOfText", "%stage.power(2) > 4", "L202 1:8"},
                             {"HalfOfAnotherDimension", "%size / 2 > 1 'g'", "L204 1:11"},
                             {"AbsKeepsTheUnit", "%size.abs() > 7 'kg'", "L204 1:13"},
                             {"RoundKeepsTheUnit", "%size.round(1) > 7 'kg'", "L204 1:16"},
                             {"ConvertedToAnother", "%size.toQuantity('kg')", "L204 1:18"},
                             {"Converted", "%size.toQuantity('mm') > 7 'cm'", ""},
                             {"ConvertedToNoUnit", "%size.toQuantity('parsecs')", "L204 1:18"},
                             {"NoUnit", "%size > 7 'parsecs'", "L204 1:9"},
                             {"CalendarAndUcum", "1 year > 1 'a' * %age", "L204 1:8"},
                             {"DateAndALength", "%today + 1 'cm'", "L204 1:8"},
                             {"DateAndAUcumYear", "%today + 1 'a'", "L204 1:8"},
                             {"DateAndDays", "%today - 90 'd'", ""},
                         }),
                         kName);

INSTANTIATE_TEST_SUITE_P(
    Constant, CheckTest,
    testing::ValuesIn<CheckCase>({
        {"Literal", "5", ""},
        {"ConstantSum", "2 * 3 'cm'", ""},
        {"EqualLiterals", "1 = 1", "L206 1:3"},
        {"EqualLiteralsWithin", "status = 'final' and 1 = 1", "L206 1:24"},
        {"LiteralCondition", "status = 'final' or true", "L206 1:21"},
        {"LiteralCriterion", "note.where(true)", "L206 1:12"},
        {"ComputedConstants", "'a'.length() = 1", "L206 1:14"},
        {"ParameterAgainstALiteral", "%age = 75", ""},
        {"Empty", "{}", "L206 1:1"},
        {"EqualToNothing", "status = {}", "L206 1:8"},
        {"SumWithNothing", "1 + {}", "L206 1:3"},
        {"JoinWithNothing", "status & {}", ""},
        {"BranchOfNothing", "iif(%flag, {}, status)", ""},
        {"BranchesOfNothing", "iif(%flag, {}, {})", "L206 1:1"},
        {"FirstOfNothing", "{}.first()", "L206 1:4"},
        {"ExistsOfNothing", "{}.exists()", "L206 1:4"},
        {"ElementOfNothing", "{}.status", "L206 1:4"},
        {"TypeItCannotHave", "value.ofType(Condition)", "L206 1:7"},
        {"CastToATypeItCannotHave", "status as Quantity", "L206 1:8"},
        {"IsOfATypeItCannotHave", "status is Quantity", "L206 1:8"},
        {"IsOfTheTypeItHas", "status is code", "L206 1:8"},
        {"IsOfTheTypeOfTheContext", "$this is Observation", "L206 1:7"},
        {"IsOfOneOfTheTypesOfTheContext", "$this is Condition", "", {"Observation", "Condition"}},
        {"IsOfAResolved", "subject.resolve() is Patient", ""},
        {"ResolvedIsNoQuantity", "subject.resolve() is Quantity", "L206 1:19"},
        {"PrimitiveOfADerivedType", "status.ofType(string)", "L206 1:8"},
        {"ExtensionOfAValue", "%age.extension('http://example.org/x')", "L206 1:6"},
        {"NoResourceInTheRecord", "%context.entry.resource.ofType(Basic)", ""},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(Names, CheckTest,
                         testing::ValuesIn<CheckCase>({
                             {"Variable", "%sise = 1", "L205 1:1"},
                             {"SeveralVariables", "%sise > %agee", "L205 1:1, L205 1:9"},
                             {"FunctionOutsideTheProfile", "status.matches('x')", "L207 1:8"},
                             {"NoFunction", "status.fisrt()", "L207 1:8"},
                             {"Syntax", "status =", "L207 1:9"},
        {"TooFewArguments", "status.startsWith()", "L202 1:8"},
        {"TooManyArguments", "%flag.anyTrue(statsu)", "L202 1:7"},
                             {"ValueSet", "code.memberOf('sise')", "L102 1:15"},
                             {"OfEveryKind",
                              "%sise > 1 and statsu = 'x' and code.coding.code = 'x' and 1 = 1",
                              "L205 1:1, L201 1:15, L203 1:44, L206 1:61"},
                         }),
                         kName);

struct ResultCase {
  std::string_view name;
  std::string_view expression;
  StaticType wanted;
  std::string_view findings;

  friend void PrintTo(const ResultCase& row, std::ostream* out) { *out << row.name; }
};

class CheckResultTest : public testing::TestWithParam<ResultCase> {};

TEST_P(CheckResultTest, ComparesWithWhatIsWanted) {
  const ResultCase& row = GetParam();
  EXPECT_EQ(FindingsOf(row.expression, Options({"Observation"}, row.wanted)), row.findings);
}

StaticType Wanted(std::vector<std::string> types, bool many, const char* unit = nullptr) {
  return {.types = std::move(types),
          .many = many,
          .unit = unit == nullptr ? std::nullopt : Unit::Parse(unit)};
}

INSTANTIATE_TEST_SUITE_P(
    Result, CheckResultTest,
    testing::ValuesIn<ResultCase>({
        {"Condition", "status = 'final'", kCondition, ""},
        {"ConditionOfText", "status", kCondition, "L202 1:1"},
        {"ConditionThatNeverChanges", "true", kCondition, "L206 1:1"},
        {"ConditionOfSeveral", "component.select(value > 5)", kCondition, "L203 1:11"},
        {"ConditionOfAChoice", "value", kCondition, ""},
        {"Moment", "effective", Wanted({"System.Date", "System.DateTime", "Period"}, true), ""},
        {"MomentOfAConcept", "code", Wanted({"System.Date", "System.DateTime", "Period"}, true),
         "L202 1:1"},
        {"MomentOfATiming", "effective.ofType(Timing)", Wanted({"System.DateTime", "Period"}, true),
         "L202 1:11"},
        {"LinkToAResource", "focus.resolve()", Wanted({"Resource"}, true), ""},
        {"Amount", "value", Wanted({"System.Quantity"}, true, "cm"), ""},
        {"AmountInAnotherUnit", "%size", Wanted({"System.Quantity"}, true, "kg"), "L204 1:1"},
        {"AmountInTheUnit", "%size", Wanted({"System.Quantity"}, true, "m"), ""},
        {"SeveralWhereOneIsWanted", "component.value", Wanted({"System.Quantity"}, false),
         "L203 1:11"},
        {"ANumber", "%age", Wanted({"System.Integer"}, false), ""},
        {"AnythingAtAll", "code", kAnything, ""},
    }),
    kName);

TEST(CheckTest, NeedsAVariableWhereThereIsNoContext) {
  CompileOptions options = Options({}, kCondition);
  options.check->without_context = true;
  EXPECT_EQ(FindingsOf("status = 'final'", options), "L206 1:1");
  EXPECT_EQ(FindingsOf("%age > 5", options), "");
  EXPECT_EQ(FindingsOf("today() > %born", options), "");
}

TEST(CheckTest, NamesWhatCouldStandThere) {
  const auto compiled = Compile("statsu", Options({"Observation"}, kAnything));
  const auto& error = std::get<CompileError>(compiled);
  EXPECT_EQ(error.message, "Observation has no element 'statsu'");
  EXPECT_NE(std::find(error.known.begin(), error.known.end(), "status"), error.known.end());
}

TEST(CheckTest, TellsTheTypeOfTheResult) {
  const auto type = [](std::string_view expression) {
    auto compiled = Compile(expression, Options({"Observation"}, kAnything));
    return std::get<Expression>(compiled).type();
  };
  EXPECT_EQ(type("focus.resolve().ofType(Condition)").types, std::vector<std::string>{"Condition"});
  EXPECT_TRUE(type("focus.resolve().ofType(Condition)").many);
  EXPECT_EQ(type("status = 'x'").types, std::vector<std::string>{"System.Boolean"});
  EXPECT_FALSE(type("status = 'x'").many);
  EXPECT_EQ(type("%size * 2").unit->text(), "cm");
  EXPECT_TRUE(type("subject.resolve().name").types.empty());
}

TEST(CheckTest, IsLeftOutWhereItIsNotAskedFor) {
  EXPECT_EQ(FindingsOf("statsu = 1 and 1 = 1", FixtureOptions()), "");
}

TEST(CheckTest, KnowsEveryFunctionOfTheProfile) {
  for (const std::string& name : FunctionNames()) EXPECT_NE(FindSignature(name), nullptr) << name;
}

struct PresenceCase {
  std::string_view name;
  std::string_view expression;
  std::vector<std::size_t> slots;
  std::vector<int> columns;

  friend void PrintTo(const PresenceCase& row, std::ostream* out) { *out << row.name; }
};

class PresenceTestTest : public testing::TestWithParam<PresenceCase> {};

TEST_P(PresenceTestTest, NamesTheVariables) {
  auto compiled = Compile(GetParam().expression, FixtureOptions());
  std::vector<std::size_t> slots;
  std::vector<int> columns;
  for (const PresenceTest& test : std::get<Expression>(compiled).presence_tests()) {
    slots.push_back(test.slot);
    columns.push_back(test.at.column);
  }
  EXPECT_EQ(slots, GetParam().slots);
  EXPECT_EQ(columns, GetParam().columns);
}

// Slots: size 0, age 1, none 2, flag 3, codes 4.
INSTANTIATE_TEST_SUITE_P(Presence, PresenceTestTest,
                         testing::ValuesIn<PresenceCase>({
                             {"None", "%size > 2 'cm'", {}, {}},
                             {"Exists", "%size.exists()", {0}, {7}},
                             {"Empty", "%age.empty()", {1}, {6}},
                             {"Count", "%codes.count() > 1", {4}, {8}},
                             {"All", "%codes.all($this = 'a')", {4}, {8}},
                             {"AnyTrue", "%flag.anyTrue()", {3}, {7}},
                             {"AllFalse", "%flag.allFalse()", {3}, {7}},
                             {"OfAnOperation", "(%size > 2 'cm').exists()", {0}, {18}},
                             {"OfSeveral", "(%flag and %age > 5).empty()", {1, 3}, {22, 22}},
                             {"Twice", "%size.exists() and %age.empty()", {0, 1}, {7, 25}},
                             {"NotOfTheResource", "note.exists() and %size > 2 'cm'", {}, {}},
                             {"InsideACriterion", "note.exists(text = %stage)", {}, {}},
                             {"ThroughThis", "%codes.where($this.exists())", {4}, {20}},
                             {"ThroughTheFocus", "%codes.select(empty())", {4}, {15}},
                             {"AfterAFunction", "%codes.first().exists()", {4}, {16}},
                         }),
                         kName);

}  // namespace
}  // namespace renal::fhir::fhirpath
