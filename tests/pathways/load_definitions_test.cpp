#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

// One mistake in the header, the constants, the value sets, the focus or the inputs.
struct AuthorErrorCase {
  std::string_view name;
  std::string_view from;              // what stands in the small pathway, exactly once
  std::string_view to;                // what the author wrote in its place
  std::vector<std::string> problems;  // line:column: level id: message

  friend void PrintTo(const AuthorErrorCase& row, std::ostream* out) { *out << row.name; }
};

class DefinitionErrorTest : public ::testing::TestWithParam<AuthorErrorCase> {};

TEST_P(DefinitionErrorTest, IsReportedWithItsPlace) {
  const AuthorErrorCase& row = GetParam();
  const LoadResult result = testing::LoadSmall(testing::Edited(row.from, row.to));
  EXPECT_THAT(testing::ProblemsOf(result), ::testing::ElementsAreArray(row.problems));
  const bool error = testing::HasError(result);
  EXPECT_EQ(result.pathway == nullptr, error);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Rows, DefinitionErrorTest, ::testing::ValuesIn<AuthorErrorCase>({
    {"NotJson", R"j("title": "Small",)j", R"j("title" "Small",)j", {"6:11: error L101: Missing a colon after a name of object member."}},
    {"DuplicateMember", R"j("title": "Small",)j", R"j("title": "Small", "title": "Again",)j", {"6:21: error L101: The object already has a member of this name."}},
    {"UnknownProperty", R"j("publisher": "Example",)j", R"j("publisher": "Example", "pubisher": "x",)j", {R"j(9:27: error L101: the file has no property "pubisher". Did you mean "publisher"?)j"}},
    {"ExtensionPropertyAndNoteAreFine", R"j("publisher": "Example",)j", R"j("publisher": "Example", "x-own": 1, "note": "n",)j", {}},
    {"MissingTitle", "\"title\": \"Small\",\n", "\n", {R"j(1:1: error L101: the file has no "title". Add it.)j"}},
    {"WrongType", R"j("title": "Small",)j", R"j("title": 7,)j", {R"j(6:12: error L101: "title" of the file must be a string, not a whole number. Rewrite it.)j"}},
    {"EmptyText", R"j("title": "Small",)j", R"j("title": "",)j", {R"j(6:12: error L101: "title" of the file is empty. Write a text, or leave it out.)j"}},
    {"UnknownFormat", R"j("pathwayFormat": "1.0")j", R"j("pathwayFormat": "2.0")j", {R"j(2:20: error L101: the format "2.0" is not known. Write "1.0".)j"}},
    {"BadVersion", R"j("version": "1.0.0")j", R"j("version": "1.0")j", {R"j(5:14: error L101: "1.0" is no version. Write MAJOR.MINOR.PATCH.)j"}},
    {"LeadingZeroInVersion", R"j("version": "1.0.0")j", R"j("version": "1.00.0")j", {R"j(5:14: error L101: "1.00.0" is no version. Write MAJOR.MINOR.PATCH.)j"}},
    {"BadId", R"j("id": "small")j", R"j("id": "1small")j", {R"j(3:9: error L101: "1small" is no id. Use letters, digits, "_" and "-".)j"}},
    {"BadStatus", R"j("status": "draft")j", R"j("status": "darft")j", {R"j(7:13: error L101: "darft" is no "status" of the file. Known: draft, active, retired.)j"}},
    {"BadDate", R"j("date": "2026-03-01")j", R"j("date": "2026-02-30")j", {R"j(8:11: error L101: "2026-02-30" is no date. Write it as 2026-03-01.)j"}},
    {"ActiveWithoutGovernance", R"j("status": "draft")j", R"j("status": "active")j", {R"j(7:13: warning L502: the pathway is active without "approvals". Add it, or have the site approve it.)j", R"j(7:13: warning L502: the pathway is active without "approvalDate". Add it, or have the site approve it.)j", R"j(7:13: warning L502: the pathway is active without "lastReviewDate". Add it, or have the site approve it.)j", R"j(7:13: warning L502: the pathway is active without "effectivePeriod". Add it, or have the site approve it.)j", "7:13: warning L502: the pathway is active, but no second person reviewed it. Name an author and another reviewer."}},
    {"UnknownHook", R"j("patient-view")j", R"j("patient-vew")j", {R"j(11:13: error L101: no hook is named "patient-vew". Did you mean "patient-view"?)j"}},
    {"UnknownCondition", R"j("condition": "disease")j", R"j("condition": "diseas")j", {R"j(10:26: error L102: no value set is named "diseas". Did you mean "disease"?)j"}},
    {"UnitOfAnotherDimension", R"j("max": "3 'cm'")j", R"j("max": "3 'kg'")j", {R"j(14:78: error L204: "3 'kg'" cannot be converted to 'cm'. Write it in a unit of that dimension.)j"}},
    {"ValueOutsideItsRange", R"j("value": "2 'cm'")j", R"j("value": "4 'cm'")j", {R"j(14:44: error L101: parameter "limit" lies outside its own range. Change value, min or max.)j"}},
    {"ParameterWithoutWhy", R"j("max": "3 'cm'", "why": "w")j", R"j("max": "3 'cm'")j", {R"j(14:14: error L101: parameter "limit" has no "why". Add it.)j"}},
    {"NumberInPlaceOfText", R"j("value": "2 'cm'")j", R"j("value": 2)j", {R"j(14:44: error L101: "value" of parameter "limit" must be a string, not a whole number. Rewrite it.)j"}},
    {"UnknownCodeOfSet", R"j("value": "a, b")j", R"j("value": "a, x")j", {R"j(15:43: error L102: parameter "tools" has no code "x". Known: a, b, c.)j"}},
    {"SeveralCodesInACode", R"j("type": "CodeSet")j", R"j("type": "Code")j", {R"j(15:40: error L101: parameter "tools" holds several codes. Give it the type CodeSet.)j"}},
    {"UnknownCitation", "\"cite\": [\"S1\"]},\n    \"tools\"", "\"cite\": [\"S2\"]},\n    \"tools\"", {R"j(14:109: error L102: no source is named "S2". Did you mean "S1"?)j"}},
    {"CitedTwice", "\"cite\": [\"S1\"]},\n    \"tools\"", "\"cite\": [\"S1\", \"S1\"]},\n    \"tools\"", {R"j(14:115: error L101: source "S1" is listed twice. Remove one.)j"}},
    {"MissingValueSetFile", R"j("file": "size.json")j", R"j("file": "sizes.json")j", {R"j(19:76: error L102: there is no value-set file "sizes.json". Add it, or write the concepts here.)j"}},
    {"PathAsValueSetFile", R"j("file": "size.json")j", R"j("file": "../size.json")j", {R"j(19:76: error L102: there is no value-set file "../size.json". Add it, or write the concepts here.)j"}},
    {"FileOfAnotherVersion", R"j("version": "1", "file")j", R"j("version": "2", "file")j", {R"j(size.json:2:80: error L101: the pathway asks for the version "2", the file has "1". Make them equal.)j"}},
    {"EmptyValueSet", R"j([{"system": "s", "code": "cut"}])j", "[]", {R"j(20:12: warning L405: value set "cut" is empty. Add its codes, or remove it.)j"}},
    {"ConceptWithoutCode", R"j({"system": "s", "code": "cut"})j", R"j({"system": "s"})j", {R"j(20:63: error L101: a concept has no "code". Add it.)j"}},
    {"BadInputName", R"j("since": {"title")j", R"j("since-when": {"title")j", {R"j(47:5: error L101: "since-when" is no valid name (input). Start with a letter and go on with letters, digits and "_", 64 characters at most.)j", R"j(67:97: error L102: no input is named "since". Known: size, grade, age, since-when, old.)j", R"j(70:51: error L102: no input is named "since". Known: size, grade, age, since-when, old.)j"}},
    {"VariableWithTwoMeanings", R"j("limit": {"type")j", R"j("age": {"type")j", {"14:5: error L101: the variable %age has another meaning already. Choose another name.", R"j(69:40: error L102: no parameter is named "limit". Known: age, tools.)j", R"j(69:151: error L102: no parameter is named "limit". Known: age, tools.)j", R"j(75:171: error L102: no parameter is named "limit". Known: age, tools.)j"}},
    {"UnknownKeyOfFocus", R"j("otherwise": "left")j", R"j("otherwise": "lift")j", {R"j(26:20: error L102: focus "side" has no key "lift". Did you mean "left"?)j"}},
    {"StepWithoutMeaning", R"j("via": "focus.resolve()", "map": [{"to": "elsewhere"}])j", R"j("via": "focus.resolve()")j", {R"j(27:19: error L101: a step of focus "side" needs one of "instance": true and "map". Write one of them.)j"}},
    {"FocusKeyedTwice", R"j("values": {"left": "left side",)j", R"j("keys": "reference", "values": {"left": "left side",)j", {R"j(24:32: error L101: focus "side" has "values" and "keys". Keep one of them.)j"}},
    {"SameWhereThereAreKeys", R"j("map": [{"when": "code.text = 'l'", "to": "left"}, {"to": "right"}])j", R"j("same": "id", "map": [{"to": "right"}])j", {R"j(25:21: error L401: a source of focus "side" is not keyed by reference. Remove "same".)j"}},
    {"FocusSourceWithAnAssumption", R"j("map": [{"when": "code.text = 'l'", "to": "left"}, {"to": "right"}])j", R"j("assumption": "a", "map": [{"to": "right"}])j", {R"j(25:21: error L401: a source of focus "side" makes no value. Remove "if" and "assumption".)j"}},
    {"SourceIfOfAnUnknownInput", R"j({"name": "s", "from": "Observation", "code": "size",)j", R"j({"name": "s", "from": "Observation", "code": "size", "if": {"grde": "low"},)j", {R"j(38:79: error L102: no input is named "grde". Did you mean "grade"?)j"}},
    {"SourceIfThatReadsItself", R"j({"name": "s", "from": "Observation", "code": "size",)j", R"j({"name": "s", "from": "Observation", "code": "size", "if": {"size": "> 1 'cm'"},)j", {"33:5: error L103: inputs depend on each other: size -> size. Remove one of these references."}},
    {"PlaceholderOfNothing", R"j("assumption": "grade low")j", R"j("assumption": "grade {grade}")j", {R"j(44:67: error L102: no parameter is named "grade". Known: limit, tools.)j"}},
    {"FocusReadsAnInput", R"j("when": "code.text = 'l'")j", R"j("when": "%old")j", {R"j(25:92: error L205: focus "side" is read before the inputs, so it cannot use %old. Remove it.)j"}},
    {"EntryAfterOneThatFitsAlways", R"j([{"when": "value.exists()", "to": "low"}, {"to": "high"}])j", R"j([{"to": "low"}, {"to": "high"}])j", {R"j(43:64: error L101: an entry without "when" fits always, so those after it are never reached. Put it last.)j"}},
    {"BadInputType", R"j("type": "Integer")j", R"j("type": "Intger")j", {R"j(46:37: error L101: "Intger" is no "type" of input "age". Did you mean "Integer"?)j"}},
    {"BadUnit", R"j("unit": "cm")j", R"j("unit": "cmm")j", {R"j(34:52: error L101: "cmm" is no UCUM unit. Write one as "cm".)j"}},
    {"UnitOfAnInteger", R"j("type": "Integer", "min")j", R"j("type": "Integer", "unit": "a", "min")j", {R"j(46:56: error L101: input "age" is no Quantity, so it has no "unit". Use "unitText".)j"}},
    {"MinAboveMax", R"j("min": "0", "max": "130")j", R"j("min": "131", "max": "130")j", {R"j(46:55: error L101: input "age" has a min above its max. Exchange them.)j"}},
    {"NotWhole", R"j("min": "0", "max": "130")j", R"j("min": "0.5", "max": "130")j", {R"j(46:55: error L101: "0.5" is no whole number. Write one, or use the type Decimal.)j"}},
    {"NoQuestion", R"j("question": "Old?", )j", "", {R"j(48:12: error L401: input "old" has no "question". Write what to ask where the datum is missing.)j"}},
    {"NeitherSourcesNorDerive", R"j(, "derive": "%age > 70")j", "", {R"j(48:12: error L401: input "old" needs one of "sources", "derive", "points" and "classes". Write one of them.)j"}},
    {"BothSourcesAndDerive", R"j("derive": "%age > 70")j", R"j("derive": "%age > 70", "sources": [])j", {R"j(48:12: error L401: input "old" needs one of "sources", "derive", "points" and "classes". Write one of them.)j"}},
    {"DerivedWithPick", R"j("derive": "%age > 70")j", R"j("derive": "%age > 70", "pick": "max")j", {R"j(48:99: error L101: input "old" is derived, so it has no candidates. Remove "pick".)j"}},
    {"ReservedCode", R"j("values": {"low": "low", "high": "high"})j", R"j("values": {"low": "low", "known": "high"})j", {R"j(41:66: error L101: "known" cannot be a code, since cells could not name it. Choose another word.)j", R"j(43:112: error L102: "high" is none of the values. Known: low, known.)j"}},
    {"UnknownTo", R"j("to": "low"}, {"to": "high"})j", R"j("to": "lower"}, {"to": "high"})j", {R"j(43:97: error L102: "lower" is none of the values. Known: low, high.)j"}},
    {"UnknownResourceType", R"j("from": "Observation", "code")j", R"j("from": "Observaton", "code")j", {R"j(38:41: error L101: "Observaton" is no "from" of a source of input "size". Did you mean "Observation"?)j"}},
    {"NeitherValueNorMap", R"j("from": "Condition", "value": "onset")j", R"j("from": "Condition")j", {R"j(47:88: error L401: a source of input "since" needs one of "value" and "map". Write one of them.)j"}},
    {"MapOfANumber", R"j("from": "Condition", "value": "onset")j", R"j("from": "Condition", "map": [{"to": "x"}])j", {R"j(47:130: error L101: input "since" holds no codes, so a "map" has nothing to give. Use "value".)j"}},
    {"AnyTrueOfACode", R"j("conflictWithin": "4 weeks")j", R"j("conflictWithin": "4 weeks", "pick": "any-true")j", {R"j(42:72: error L101: input "grade" is no Boolean, so none of its values is true. Use another "pick".)j"}},
    {"BadDuration", R"j("maxAge": "12 weeks")j", R"j("maxAge": "3 months")j", {R"j(42:74: error L101: "3 months" is no duration. Write a number and days or weeks, as "30 days".)j"}},
    {"FreshBeyondLimit", R"j("fresh": "90 days")j", R"j("fresh": "190 days")j", {R"j(36:75: error L101: an age limit of input "size" is fresh beyond its limit. Exchange the two.)j"}},
    {"UnknownIfNone", R"j("ifNone": {"value": "low")j", R"j("ifNone": {"value": "lo")j", {R"j(44:27: error L102: "lo" is no value of input "grade". Did you mean "low"?)j"}},
    {"UnknownObtain", R"j("obtain": "scan")j", R"j("obtain": "scann")j", {R"j(35:43: error L102: no action is named "scann". Did you mean "scan"?)j"}},
    {"LimitOfAnotherDimension", R"j("limits": ["2 'cm'"])j", R"j("limits": ["2 's'"])j", {R"j(36:52: error L204: "2 's'" cannot be converted to 'cm'. Write it in a unit of that dimension.)j"}},
    {"SyntaxOfAnExpression", R"j("%age > 70")j", R"j("%age > ")j", {"48:86: error L207: the expression ends too early."}},
    {"UnknownVariable", R"j("%age > 70")j", R"j("%age > 1 and %aged > 70")j", {R"j(48:92: error L205: there is no variable %aged. Did you mean "age"?)j"}},
    {"UnknownVariableAfterAnEscape", R"j("%age > 70")j", R"j("'\u00e9' & '\"' & %aged = ''")j", {R"j(48:97: error L205: there is no variable %aged. Did you mean "age"?)j"}},
    {"UnknownElement", R"j("when": "method.exists()")j", R"j("when": "methd.exists()")j", {R"j(37:73: error L201: Observation has no element 'methd'. Did you mean "method"?)j"}},
    {"WrongTypeInAnExpression", R"j("%age > 70")j", R"j("%age = 'x'")j", {"48:84: error L202: '=' cannot work on Integer and String: these are never equal."}},
    {"NoCondition", R"j("when": "method.exists()")j", R"j("when": "method")j", {"37:73: error L202: this condition needs a Boolean, not CodeableConcept: compare it, or ask with exists()."}},
    {"SeveralItems", R"j("when": "method.exists()")j", R"j("when": "method.coding.code = 'x'")j", {"37:87: error L203: this can give several items, but '=' takes one: choose it with where() or first(), or ask with exists()."}},
    {"UnitOfANumber", R"j("%age > 70")j", R"j("%age > 70 'a'")j", {"48:84: error L204: a number without a unit meets a quantity in 'a': write the unit behind the number."}},
    {"NeverChanges", R"j("%age > 70")j", R"j("%age > 70 or 1 = 1")j", {"48:94: error L206: both sides are constants, so this never changes: name what is to be compared."}},
    {"ElementWithoutAResource", R"j("%age > 70")j", R"j("gender = 'male'")j", {"48:79: error L206: there is no resource to look at here: start from a variable, as %patient."}},
    {"ValueOfAnotherType", R"j("value": "onset")j", R"j("value": "code")j", {"47:133: error L202: this gives CodeableConcept, but Date or DateTime is needed here."}},
    {"SeveralFaultsInOne", R"j("%age > 70")j", R"j("%agee > 70 and %age = 'x'")j", {R"j(48:79: error L205: there is no variable %agee. Did you mean "age"?)j", "48:99: error L202: '=' cannot work on Integer and String: these are never equal."}},
    {"UnknownFunction", R"j("%age > 70")j", R"j("%age.foo()")j", {"48:84: error L207: there is no function foo()."}},
    {"UnknownValueSetInAnExpression", R"j("when": "method.exists()")j", R"j("when": "method.memberOf('nowhere')")j", {"37:89: error L102: there is no value set 'nowhere'."}},
    {"PatientReadsAFocus", R"j("%age > 70")j", R"j("%size > 70 'cm'")j", {R"j(48:78: error L205: %size has a value for each side, input "old" has not. Give it that focus, or use another input.)j"}},
    {"KeyOutsideItsFocus", R"j("%age > 70")j", R"j("%side = 'left'")j", {R"j(48:78: error L205: input "old" cannot use %side: it stands outside that focus. Remove it.)j"}},
    {"InputsInACircle", R"j("derive": "%patient.birthDate.duration(%today, 'year')")j", R"j("derive": "iif(%old, 1, 2)")j", {"46:5: error L103: inputs depend on each other: age -> old -> age. Remove one of these references."}},
    {"InputOfItself", R"j("%age > 70")j", R"j("%old")j", {"48:5: error L103: inputs depend on each other: old -> old. Remove one of these references."}},
}), [](const auto& test) { return std::string(test.param.name); });
// clang-format on

}  // namespace
}  // namespace renal::pathways
