#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

// One mistake in the actions, the gate, the tables, the checks or the cards.
struct AuthorErrorCase {
  std::string_view name;
  std::string_view from;              // what stands in the small pathway, exactly once
  std::string_view to;                // what the author wrote in its place
  std::vector<std::string> problems;  // line:column: level id: message

  friend void PrintTo(const AuthorErrorCase& row, std::ostream* out) { *out << row.name; }
};

class RuleErrorTest : public ::testing::TestWithParam<AuthorErrorCase> {};

TEST_P(RuleErrorTest, IsReportedWithItsPlace) {
  const AuthorErrorCase& row = GetParam();
  const LoadResult result = testing::LoadSmall(testing::Edited(row.from, row.to));
  EXPECT_THAT(testing::ProblemsOf(result), ::testing::ElementsAreArray(row.problems));
  const bool error = testing::HasError(result);
  EXPECT_EQ(result.pathway == nullptr, error);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Rows, RuleErrorTest, ::testing::ValuesIn<AuthorErrorCase>({
    {"ActionWithoutMatch", R"j("kind": "collect-data", "match": {"codes": "cut"})j", R"j("kind": "collect-data")j", {R"j(53:13: error L505: action "scan" has no codes to know it by among the orders. Write "match": {"codes": ...}.)j"}},
    {"FrameWithMatch", R"j("kind": "frame")j", R"j("kind": "frame", "match": {"codes": "cut"})j", {R"j(54:14: error L101: action "group" is a frame, which is never ordered. Remove "resource" and "match".)j"}},
    {"ResourceWithoutType", R"j({"resourceType": "ServiceRequest"})j", R"j({"status": "draft"})j", {R"j(51:68: error L101: the resource of action "cut" has no "resourceType". Add it.)j"}},
    {"UnknownInputInACell", R"j("if": {"age": "< 18"})j", R"j("if": {"agge": "< 18"})j", {R"j(56:35: error L102: no input is named "agge". Did you mean "age"?)j"}},
    {"FocusInTheGate", R"j("if": {"age": "< 18"})j", R"j("if": {"size": "< 18 'cm'"})j", {R"j(56:35: error L102: input "size" has a value for each side, gate row "young" has not. Give it that focus, or use another input.)j"}},
    {"ColumnMissing", R"j("columns": ["size", "since"])j", R"j("columns": ["size"])j", {R"j(70:51: error L102: rule "R2" has no column "since". Add it to "columns" of the table.)j"}},
    {"FocusInAPatientTable", R"j("columns": ["age", "grade"])j", R"j("columns": ["age", "grade", "size"])j", {R"j(60:51: error L102: input "size" has a value for each side, table "first" has not. Give the table that focus.)j"}},
    {"CellSyntax", R"j("[18 .. 130]")j", R"j("[18 - 130]")j", {R"j(62:65: error L208: a range has two ends. Write ".." between them.)j"}},
    {"CellWithoutClosing", R"j("[18 .. 130]")j", R"j("[18 .. 130")j", {R"j(62:71: error L208: the range does not end. Close it with "]" (with its end) or ")" (without).)j"}},
    {"CellOfAnotherUnit", R"j(">= 20 'mm'")j", R"j(">= 20 'g'")j", {R"j(70:41: error L208: "20 'g'" cannot be converted to 'cm'. Write it in a unit of that dimension.)j"}},
    {"CellWithoutUnit", R"j(">= 20 'mm'")j", R"j(">= 20")j", {R"j(70:41: error L208: "20" cannot be converted to 'cm'. Write it in a unit of that dimension.)j"}},
    {"CellOfAnUnknownCode", R"j("low or high")j", R"j("low or hgh")j", {R"j(62:46: error L208: "hgh" is no value of input "grade". Did you mean "high"?)j"}},
    {"CellOfAnUnknownParameter", R"j("< %limit")j", R"j("< %limt")j", {R"j(69:40: error L102: no parameter is named "limt". Did you mean "limit"?)j"}},
    {"CellWithAParameterOfAnotherType", R"j("< %limit")j", R"j("< %tools")j", {R"j(69:40: error L208: parameter "tools" does not fit input "size". Use one of its type.)j"}},
    {"OrderOfCodes", R"j("low or high")j", R"j("> low")j", {R"j(62:39: error L208: input "grade" is a Code, which has no order. List its values, joined by " or ".)j"}},
    {"RangeUpsideDown", R"j("[18 .. 130]")j", R"j("[130 .. 18]")j", {"62:61: error L208: the range holds no value. Write its smaller end first."}},
    {"RangeWithoutAWholeNumber", R"j("[18 .. 130]")j", R"j("(18 .. 19)")j", {"62:61: error L208: the range holds no value. Write its smaller end first."}},
    {"KnownBesideAnother", R"j("low or high")j", R"j("known or low")j", {R"j(62:39: error L208: "known" and "unknown" stand alone in a cell. Write two rules.)j"}},
    {"UnknownCellOffersATreatment", R"j("size": "< %limit")j", R"j("size": "unknown")j", {R"j(69:28: error L310: rule "R1" offers a treatment because "size" is unknown. Offer a referral, or ask for the datum.)j"}},
    {"UnknownCellBringsATreatment", R"j("if": {"grade": "-", "age": "< 18"}, "then": {"options": [{"strength": "info"}], "with": ["board"]})j", R"j("if": {"grade": "unknown"}, "then": {"options": [{"strength": "info"}], "with": ["cut"]})j", {R"j(63:28: error L310: rule "F2" offers a treatment because "grade" is unknown. Offer a referral, or ask for the datum.)j"}},
    {"UnknownCellBringsAReferral", R"j("if": {"grade": "-", "age": "< 18"})j", R"j("if": {"grade": "unknown"})j", {}},
    {"UnknownCellLeadsToATreatment", R"j("low or high")j", R"j("unknown")j", {R"j(62:28: error L310: rule "F1" leads to a treatment because "grade" is unknown. Offer a referral, or ask for the datum.)j"}},
    {"CheckBringsATreatment", R"j({"suppress": true, "with": ["board"])j", R"j({"suppress": true, "with": ["cut"])j", {R"j(75:108: error L101: "then" of check "K1" brings the treatment "cut". A check never adds one: offer it in a table.)j"}},
    {"SetOfNoElement", R"j("resource": {"resourceType": "ServiceRequest"})j", R"j("resource": {"resourceType": "ServiceRequest"}, "set": [{"path": "note.text", "expression": "'x'"}])j", {R"j(51:121: error L101: "note.text" is no element that can be set. Name one at the top of the resource that the server does not fill in.)j"}},
    {"SetOfWhatIsFilledIn", R"j("resource": {"resourceType": "ServiceRequest"})j", R"j("resource": {"resourceType": "ServiceRequest"}, "set": [{"path": "subject", "expression": "'x'"}])j", {R"j(51:121: error L101: "subject" is no element that can be set. Name one at the top of the resource that the server does not fill in.)j"}},
    {"SetWithoutExpression", R"j("resource": {"resourceType": "ServiceRequest"})j", R"j("resource": {"resourceType": "ServiceRequest"}, "set": [{"path": "priority"}])j", {R"j(51:112: error L101: an entry of "set" of action "cut" has no "expression". Add it.)j"}},
    {"SetFromTheRecord", R"j("resource": {"resourceType": "ServiceRequest"})j", R"j("resource": {"resourceType": "ServiceRequest"}, "set": [{"path": "priority", "expression": "%patient.id"}])j", {R"j(51:148: error L205: "set" cannot read %patient, which is gone when an order is made. Use inputs.)j"}},
    {"SetOfNothing", R"j("title": "Scan", "kind")j", R"j("title": "Scan", "set": [{"path": "priority", "expression": "'x'"}], "kind")j", {R"j(53:38: error L101: action "scan" sets elements of nothing. Give it a "resource".)j"}},
    {"UnknownTable", R"j("go": ["second"])j", R"j("go": ["secnd"])j", {R"j(62:92: error L102: no table is named "secnd". Did you mean "second"?)j"}},
    {"TablesInACircle", R"j("then": {"options": [{"action": "group", "strength": "consider", "determination": "conditional"}]}, "because": "Large.", "cite": ["S1"])j", R"j("then": {"go": ["first"]})j", {R"j(59:5: error L103: tables lead to each other: first -> second -> first. Remove one of these "go".)j"}},
    {"UnknownStart", R"j("start": ["first"])j", R"j("start": "frist")j", {R"j(57:12: error L102: no table is named "frist". Known: first, second.)j"}},
    {"UnreachedTable", R"j("start": ["first"])j", R"j("start": "second")j", {R"j(59:5: warning L104: table "first" is reached neither from "start" nor by "go". Remove it, or lead to it.)j"}},
    {"UnknownAction", R"j("action": "cut", "strength")j", R"j("action": "cutt", "strength")j", {R"j(69:99: error L102: no action is named "cutt". Did you mean "cut"?)j"}},
    {"UnknownStrength", R"j("strength": "preferred")j", R"j("strength": "best")j", {R"j(69:118: error L102: no strength is named "best". Known: preferred, acceptable, consider, info, avoid.)j"}},
    {"OptionsWithoutBecause", R"j("because": "Child.", )j", "", {R"j(63:9: error L501: rule "F2" offers something without "because". Add it.)j"}},
    {"OptionsWithoutCite", R"j("because": "Child.", "cite": ["S1"])j", R"j("because": "Child.")j", {R"j(63:9: error L501: rule "F2" offers something without "cite". Add it.)j"}},
    {"ThenWithoutAnything", R"j("then": {"go": ["second"]})j", R"j("then": {})j", {R"j(62:84: error L101: "then" of rule "F1" needs one of "go" and "options". Write one of them.)j"}},
    {"RuleTwice", R"j("id": "F2")j", R"j("id": "F1")j", {R"j(63:16: error L101: rule "F1" is defined twice. Rename one of them.)j"}},
    {"IncompleteWithoutWhy", R"j("id": "first", "title")j", R"j("id": "first", "complete": false, "title")j", {R"j(59:5: error L101: table "first" has no "why". Add it.)j"}},
    {"JoinsARuleThatJoins", R"j("yieldsTo": ["R1"])j", R"j("joins": "R1")j", {R"j(69:9: error L103: rule "R1" joins "R2", which joins another one. Join the last one.)j", R"j(70:9: error L103: rule "R2" joins "R1", which joins another one. Join the last one.)j"}},
    {"UnknownYield", R"j("yieldsTo": ["R1"])j", R"j("yieldsTo": ["R7"])j", {R"j(70:229: error L102: no rule is named "R7". Did you mean "R1"?)j"}},
    {"UnknownPlaceholder", R"j("Small: {tools}.")j", R"j("Small: {tool}.")j", {R"j(69:181: error L102: no parameter is named "tool". Did you mean "tools"?)j"}},
    {"RulesOutsideACaution", R"j("Small: {tools}.")j", R"j("Small: {rules}.")j", {R"j(69:181: error L102: no parameter is named "rules". Known: limit, tools.)j"}},
    {"CheckWithoutEffect", R"j("then": {"suppress": true, "with": ["board"], "strength": "consider", "caution": "Old: {rules} at {limit}."})j", R"j("then": {"strength": "consider"})j", {R"j(75:81: error L101: "then" of check "K1" changes nothing. Say what it does.)j"}},
    {"CheckForBoth", R"j("for": ["cut"])j", R"j("for": ["cut"], "rules": ["R1"])j", {R"j(75:5: error L101: check "K1" has "for" and "rules". Keep one of them.)j"}},
    {"CheckWithTheIdOfARule", R"j("id": "K1")j", R"j("id": "R1")j", {R"j(75:12: error L101: check "R1" has the id of a rule. Rename one of them.)j"}},
    {"CheckWithoutCite", R"j("because": "Old.", "cite": ["S1"])j", R"j("because": "Old.")j", {R"j(75:5: error L501: check "K1" acts without "cite". Add it.)j"}},
    {"BadQuietFor", R"j("quietFor": "2 days")j", R"j("quietFor": "2 moons")j", {R"j(77:121: error L101: "2 moons" is no duration. Write a number and hours, days or weeks, as "24 hours".)j"}},
    {"NotVerifiedWithoutWords", R"j("then": {"suppress": true)j", R"j("notVerified": true, "then": {"suppress": true)j", {R"j(77:12: error L101: a check has "notVerified", but no words say so. Write "notVerified": "not verified: {check}" in "cards".)j"}},
    {"MaxOutOfRange", R"j("max": 3,)j", R"j("max": 0,)j", {R"j(77:106: error L101: "max" of "cards" must be from 1 to 100. Change it.)j"}},
    {"UnusedAction", R"j("actions": {)j", "\"actions\": {\n    \"spare\": {\"title\": \"Spare\", \"kind\": \"information\"},", {R"j(51:5: warning L104: action "spare" is never used. Remove it, or use it.)j"}},
}), [](const auto& test) { return std::string(test.param.name); });
// clang-format on

}  // namespace
}  // namespace renal::pathways
