#include <string>
#include <string_view>
#include <variant>

#include <gtest/gtest.h>

#include "fhir/fhirpath.h"
#include "fhir/fhirpath_node.h"
#include "fhir/json.h"
#include "tests/fhir/fhirpath_fixture.h"

// The functions of the standard outside the profile, which the conformance switch allows.
namespace renal::fhir::fhirpath {
namespace {

CompileOptions Options() {
  CompileOptions options = FixtureOptions();
  options.conformance = true;
  return options;
}

class ExtraFunctionTest : public testing::TestWithParam<EvaluationCase> {};

TEST_P(ExtraFunctionTest, GivesTheResult) {
  const EvaluationCase& row = GetParam();
  const std::string actual = EvaluateText(row.expression, FixtureEnvironment(), Options());
  EXPECT_EQ(row.expected.ends_with(':') ? actual.substr(0, row.expected.size()) : actual,
            row.expected)
      << actual;
}

const auto kName = [](const auto& test) { return std::string(test.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Collections, ExtraFunctionTest,
    testing::ValuesIn<EvaluationCase>({
        {"Context", "%context.status", R"("final")"},
        {"Children", "code.coding[0].children()", R"("http://loinc.org", "33728-7")"},
        {"ChildrenOfValue", "1.children().count()", "0"},
        {"Descendants", "code.descendants().count()", "7"},
        {"Repeat", "$this.repeat(component | code | coding).count()", "21"},
        {"RepeatDropsWhatComesAgain", "(1 | 2).repeat(3).count()", "1"},
        {"RepeatAll", "(1 | 2).repeatAll(iif($this < 3, 3, {}))", "3, 3"},
        {"RepeatAllWithoutEnd", "1.repeatAll($this)",
         "too costly: the collection has too many items (line 1, column 3)"},
        {"Aggregate", "(1 | 2 | 3).aggregate($this + $total, 10)", "16"},
        {"AggregateWithoutStart",
         "(1 | 2 | 3).aggregate(iif($total.empty(), $this, $this + $total))", "6"},
        {"Coalesce", "coalesce({}, bodySite, status, 1)", R"("final")"},
        {"CoalesceOfNothing", "coalesce({}, {})", ""},
        {"CoalesceEvaluatesNoFurther", "coalesce(1, note.single())", "1"},
        {"Sort", "(3 | 1 | 2).sort()", "1, 2, 3"},
        {"SortOfText", "('b' | 'a').sort()", "'a', 'b'"},
        {"SortDown", "(3 | 1 | 2).sort(-$this)", "3, 2, 1"},
        {"SortDownByWord", "('b' | 'c' | 'a').sort($this desc)", "'c', 'b', 'a'"},
        {"SortUpByWord", "(3 | 1 | 2).sort($this asc)", "1, 2, 3"},
        {"SortByTwoKeys", "(12 | 21 | 11 | 22).sort($this mod 10, -$this)", "21, 11, 22, 12"},
        {"SortPutsNothingFirst", "(1 | 2 | 3).sort(iif($this = 3, {}, -$this))", "3, 2, 1"},
        {"SortOfNothing", "{}.sort()", ""},
        {"SortIsStable", "(31 | 11 | 21 | 2).sort($this mod 10)", "31, 11, 21, 2"},
        {"SortOfDifferentTypes", "(1 | 'a').sort()",
         "error: keys of these types have no order (line 1, column 11)"},
        {"SortOfSeveralKeys", "$this.sort(note)",
         "error: one item is needed here, but there are several (line 1, column 12)"},
        {"ContainsAsAName", "repeat(contains).count()", "0"},
        {"Long", "5L + 1", "6"},
        {"LongOutOfRange", "9223372036854775808L",
         "does not compile: this integer needs more than 64 bits"},
        {"ToLong", "'12'.toLong()", "12"},
        {"ConvertsToLong", "'1.5'.convertsToLong()", "false"},
        {"Absent", "code.subsumes(code)", "does not compile: subsumes() is outside the profile"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Variables, ExtraFunctionTest,
    testing::ValuesIn<EvaluationCase>({
        {"OfAValue", "defineVariable('v', 'a').select(%v)", "'a'"},
        {"OfTheInput", "status.defineVariable('s').select(%s & 'x')", "'finalx'"},
        {"OfAnExpression", "defineVariable('n', note.first()).select(%n.text)", R"("first")"},
        {"OfSeveralItems", "note.defineVariable('n').select(%n.count())", "2, 2"},
        {"PassesItsInputOn", "status.defineVariable('v', 1)", R"("final")"},
        {"ForEachItem", "note.select(defineVariable('n').select(%n.text))", R"("first", "second")"},
        {"InBothBranches", "defineVariable('v', 1).select(%v) | defineVariable('v', 2).select(%v)",
         "1, 2"},
        {"InBothArguments",
         "'aa'.replace(defineVariable('p', 'a').select(%p), defineVariable('p', 'b').select(%p))",
         "'bb'"},
        {"Nested", "defineVariable('a', 1).defineVariable('b', 2).select(%a + %b)", "3"},
        {"UsedInItsOwnDefinition", "defineVariable('a', %a).select(%a)",
         "does not compile: there is no variable %a"},
        {"Twice", "defineVariable('v').defineVariable('v')",
         "does not compile: there is a variable %v already: choose another name"},
        {"OfAnInnerScope", "select(defineVariable('v', 1)).select(%v)",
         "does not compile: there is no variable %v"},
        {"OfTheOtherBranch", "defineVariable('v', 1).status | %v",
         "does not compile: there is no variable %v"},
        {"OfTheSystem", "defineVariable('context', 1)",
         "does not compile: there is a variable %context already: choose another name"},
        {"OfTheEnvironment", "defineVariable('size', 1)",
         "does not compile: there is a variable %size already: choose another name"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Text, ExtraFunctionTest,
    testing::ValuesIn<EvaluationCase>({
        {"Trim", "'  a b\\n'.trim()", "'a b'"},
        {"TrimOfSpace", "'  '.trim()", "''"},
        {"Split", "'a,,b'.split(',')", "'a', '', 'b'"},
        {"Join", "('a' | 'b').join('-')", "'a-b'"},
        {"JoinWithoutSeparator", "('a' | 'b').join()", "'ab'"},
        {"JoinOfEmpty", "{}.join('-').empty()", "true"},
        {"ToChars", "'åb'.toChars()", "'å', 'b'"},
        {"LastIndexOf", "'åbåb'.lastIndexOf('åb')", "2"},
        {"LastIndexOfNothing", "'abc'.lastIndexOf('x')", "-1"},
        {"Matches", "'final'.matches('^f.*l$')", "true"},
        {"MatchesAPart", "'final'.matches('in')", "true"},
        {"MatchesAcrossLines", "'a\\nb'.matches('a.b')", "true"},
        {"MatchesNothing", "'final'.matches({})", ""},
        {"MatchesFull", "'final'.matchesFull('in')", "false"},
        {"MatchesAll", "'final'.matchesFull('f.*')", "true"},
        {"NoPattern", "'final'.matches('(')",
         "error: this is no regular expression, or one that could take more than linear time (line "
         "1, column 9)"},
        {"BackReference", "'aa'.matches('(a)\\\\1')",
         "error: this is no regular expression, or one that could take more than linear time (line "
         "1, column 6)"},
        {"ReplaceMatches", "'a1b22'.replaceMatches('[0-9]+', '#')", "'a#b#'"},
        {"ReplaceGroups", "'2026-02'.replaceMatches('(\\\\d+)-(\\\\d+)', '$2/$1')", "'02/2026'"},
        {"ReplaceNamedGroups", "'2026-02'.replaceMatches('(?<y>\\\\d+)-(?<m>\\\\d+)', '${m}/${y}')",
         "'02/2026'"},
        {"ReplaceOfNoPattern", "'abc'.replaceMatches('', 'x')", "'abc'"},
        {"Encode", "'test'.encode('base64')", "'dGVzdA=='"},
        {"EncodeForUrls", "'subjects?_d'.encode('urlbase64')", "'c3ViamVjdHM_X2Q='"},
        {"EncodeHex", "'test'.encode('hex')", "'74657374'"},
        {"EncodeOtherwise", "'test'.encode('rot13')", ""},
        {"Decode", "'dGVzdA=='.decode('base64')", "'test'"},
        {"DecodeOfNoBase64", "'dGVzdA'.decode('base64')", ""},
        {"DecodeToNoText", "'ff'.decode('hex')", ""},
        {"EscapeHtml", R"('"1<2"'.escape('html'))", "'&quot;1&lt;2&quot;'"},
        {"UnescapeHtml", "'&lt;&#65;&amp;'.unescape('html')", "'<A&'"},
        {"EscapeJson", R"('"1<2"'.escape('json'))", R"('\"1<2\"')"},
        {"UnescapeJson", R"('a\\n"'.unescape('json'))", "'a\n\"'"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Values, ExtraFunctionTest,
    testing::ValuesIn<EvaluationCase>({
        {"ToTime", "'10:30'.toTime()", "@10:30"},
        {"ConvertsToTime", "'25:00'.convertsToTime()", "false"},
        {"LowBoundary", "1.587.lowBoundary()", "1.58650000"},
        {"LowBoundaryCut", "1.587.lowBoundary(2)", "1.58"},
        {"LowBoundaryBelowZero", "(-1.587).lowBoundary(2)", "-1.59"},
        {"LowBoundaryOfAnInteger", "1.lowBoundary(0)", "0"},
        {"LowBoundaryAtTheLimit", "1.lowBoundary(31)", "0.5000000000000000000000000000000"},
        {"LowBoundaryBeyondTheLimit", "1.lowBoundary(32)", ""},
        {"LowBoundaryWithoutDigits", "1.lowBoundary(-1)", ""},
        {"HighBoundary", "1.587.highBoundary()", "1.58750000"},
        {"HighBoundaryCut", "1.587.highBoundary(2)", "1.59"},
        {"HighBoundaryBelowZero", "(-1.587).highBoundary(2)", "-1.58"},
        {"BoundaryOfAQuantity", "1.5 'cm'.highBoundary(2)", "1.55 'cm'"},
        {"LowBoundaryOfAYear", "@2024.lowBoundary()", "@2024-01-01"},
        {"HighBoundaryOfAMonth", "@2024-02.highBoundary()", "@2024-02-29"},
        {"BoundaryOfADateInMonths", "@2024.highBoundary(6)", "@2024-12"},
        {"BoundaryOfADateInHours", "@2024.highBoundary(10)", ""},
        {"LowBoundaryOfADateTime", "@2024-01-01T08.lowBoundary()",
         "@2024-01-01T08:00:00.000+14:00"},
        {"HighBoundaryOfADateTime", "@2024-01-01T08:30Z.highBoundary()",
         "@2024-01-01T08:30:59.999Z"},
        {"HighBoundaryOfATime", "@T10:30.highBoundary()", "@10:30:59.999"},
        {"BoundaryOfText", "'a'.lowBoundary()", ""},
        {"Precision", "1.58700.precision()", "5"},
        {"PrecisionOfADate", "@2024-02.precision()", "6"},
        {"PrecisionOfADateTime", "@2024-02-03T10:30:00.000.precision()", "17"},
        {"PrecisionOfATime", "@T10:30.precision()", "4"},
        {"Comparable", "1 'cm'.comparable(1 '[in_i]')", "true"},
        {"NotComparable", "1 'cm'.comparable(1 's')", "false"},
        {"Sqrt", "81.sqrt()", "9"},
        {"SqrtIrrational", "2.sqrt()", "1.414213562373095048801688724"},
        {"SqrtBelowZero", "(-1).sqrt()", ""},
        {"SqrtOfText", "'a'.sqrt()", "error: a number is needed here (line 1, column 5)"},
        {"Exp", "0.exp()", "1"},
        {"ExpTooLarge", "101.exp()", ""},
        {"Ln", "1.ln()", "0"},
        {"LnOfZero", "0.ln()", ""},
        {"Log", "16.log(2)", "4"},
        {"LogOfBaseOne", "16.log(1)", ""},
        {"Power", "2.power(3)", "8"},
        {"PowerOfADecimal", "2.5.power(2)", "6.25"},
        {"PowerBelowZero", "2.power(-1)", "0.5"},
        {"PowerWithoutRealValue", "(-1).power(0.5)", ""},
        {"PowerTooLarge", "10.power(39)", ""},
        {"TypeOfAValue", "1.type()", R"({"namespace":"System","name":"Integer"})"},
        {"TypeOfANode", "status.type().name", R"("code")"},
        {"TypeOfAResource", "$this.type().namespace", R"("FHIR")"},
        {"ConformsTo", "conformsTo('http://hl7.org/fhir/StructureDefinition/Observation')", "true"},
        {"ConformsToABase", "conformsTo('http://hl7.org/fhir/StructureDefinition/Resource')",
         "true"},
        {"ConformsToAnother", "conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')",
         "false"},
        {"ConformsToAProfile", "conformsTo('http://example.org/profile')",
         "error: this profile is not known here (line 1, column 1)"},
    }),
    kName);

TEST(ExtraFunctionTest, ReplacementsCountAgainstTheLimit) {
  Environment environment = FixtureEnvironment();
  environment.limits.string_bytes = 60;
  const std::string expression = "'aaaaa'.replaceMatches('a', '01234567890')";
  EXPECT_EQ(EvaluateText(expression, environment, Options()),
            "'0123456789001234567890012345678900123456789001234567890'");
  environment.limits.string_bytes = 54;
  EXPECT_EQ(EvaluateText(expression, environment, Options()).substr(0, 52),
            "too costly: the expression makes too much text (line");
}

// No element has such a name, but foreign data may.
TEST(ExtraFunctionTest, ChildrenMayHaveNamesWithoutCharacters) {
  const auto document =
      JsonDocument::Parse(R"({"resourceType": "Unheard", "": 1, "a": {"_": 2, "": [3]}})");
  const auto compiled = Compile("descendants().count()", Options());
  const auto& expression = std::get<Expression>(compiled);
  EXPECT_EQ(ToText(expression.Evaluate(Node{document.value().root(), {}, {}}, {})), "3");
}

}  // namespace
}  // namespace renal::fhir::fhirpath
