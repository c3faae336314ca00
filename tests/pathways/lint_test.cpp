#include "pathways/lint.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/clean_pathway.h"

namespace renal::pathways::testing {
namespace {

TEST(LintTest, FindsNothingInACleanFile) {
  EXPECT_THAT(TextsOf(Lint(RequestFor(std::string(kCleanPathway)))), ::testing::IsEmpty());
}

// One finding: what an author wrote, what lint says of it, and something near by that is right.
struct FindingCase {
  std::string_view name;
  Edits wrong;
  std::vector<std::string> problems;  // line:column: level id: message
  Edits right = {};

  friend void PrintTo(const FindingCase& row, std::ostream* out) { *out << row.name; }
};

// The findings about the file itself: what the test file lacks after a change is another matter.
std::vector<std::string> FindingsOf(const Edits& edits) {
  std::vector<LoadProblem> problems = Lint(RequestFor(CleanWith(edits)));
  std::erase_if(problems, [](const LoadProblem& p) { return p.id == "L601" || p.id == "L602"; });
  return TextsOf(problems);
}

class FindingTest : public ::testing::TestWithParam<FindingCase> {};

TEST_P(FindingTest, IsReportedWithItsPlace) {
  EXPECT_THAT(FindingsOf(GetParam().wrong), ::testing::ElementsAreArray(GetParam().problems));
}

TEST_P(FindingTest, IsNotReportedOfItsNeighbour) {
  EXPECT_THAT(FindingsOf(GetParam().right), ::testing::IsEmpty());
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Tables, FindingTest, ::testing::ValuesIn<FindingCase>({
    {"L301Gap", {{"[%limit .. %large)", "(%limit .. %large)"}}, {R"j(44:13: error L301: table "kinds" has a gap: no rule covers place: outer, size: = 2 'cm'. Example: place = outer, size = 2 'cm', age = 0. Add a rule or widen a cell; or write "complete": false and why.)j"}, {{"[%limit .. %large)", "[ %limit..7 'cm' )"}}},
    {"L301GapOfWholeNumbers", {{">= 75", "> 75"}}, {R"j(44:13: error L301: table "kinds" has a gap: no rule covers place: outer, size: < 2 'cm', age: = 75. Example: place = outer, size = 0 'cm', age = 75. Add a rule or widen a cell; or write "complete": false and why.)j"}, {{">= 75", "> 74"}}},
    {"L301GapOfACode", {{R"j("outer": "outer"})j", R"j("outer": "outer", "both": "both"})j"}, {R"j("to": "outer"})j", R"j("to": "outer"}, {"to": "both"})j"}}, {R"j(44:13: error L301: table "kinds" has a gap: no rule covers place: both. Example: place = both, size = 0 'cm', age = 0. Add a rule or widen a cell; or write "complete": false and why.)j"}, {{R"j("if": {"place": "inner"})j", R"j("if": {"place": "!= outer"})j"}}},
    {"L301GapWhereADatumIsMissing", {{R"j("place": "inner"}, "then")j", R"j("place": "inner", "age": "known"}, "then")j"}}, {R"j(44:13: error L301: table "kinds" has a gap: no rule covers place: inner, age: unknown. Example: place = inner, size = 0 'cm', age = unknown. Add a rule for the case that the datum is missing.)j"}, {}},
    {"L301DeclaredOpen", {{R"j({"place": "inner"})j", R"j({"place": "inner", "age": "< 90"})j"}}, {R"j(44:13: error L301: table "kinds" has a gap: no rule covers place: inner, age: >= 90. Example: place = inner, size = 0 'cm', age = 90. Add a rule or widen a cell; or write "complete": false and why.)j"}, {{R"j({"place": "inner"})j", R"j({"place": "inner", "age": "< 90"})j"}, {R"j("title": "Kinds",)j", R"j("title": "Kinds", "complete": false, "why": "w",)j"}}},
    {"L302Overlap", {{"< 75", "<= 75"}}, {R"j(47:9: error L302: rules "R1" and "R2" overlap: both are true for place: outer, size: < 2 'cm', age: = 75. Example: place = outer, size = 0 'cm', age = 75. Narrow one of them, or make the table "first".)j"}, {{"< 75", "<= 74"}}},
    {"L302OverlapWhereADatumIsMissing", {{R"j("if": {"place": "inner"})j", R"j("if": {"place": "inner", "age": "known"})j"}, {R"j("cite": ["S1"]}
      ])j", R"j("cite": ["S1"]},
        {"id": "R6", "if": {"age": "unknown"}, "then": {"options": [{"action": "board", "strength": "info"}]}, "because": "b", "cite": ["S1"]}
      ])j"}}, {R"j(51:9: error L302: rules "R1" and "R6" overlap: one is true while the other is undecided for place: outer, size: < 2 'cm', age: unknown. Example: place = outer, size = 0 'cm', age = unknown. Make the table "first", or let their other cells exclude each other.)j", R"j(51:9: error L302: rules "R2" and "R6" overlap: one is true while the other is undecided for place: outer, size: < 2 'cm', age: unknown. Example: place = outer, size = 0 'cm', age = unknown. Make the table "first", or let their other cells exclude each other.)j", R"j(51:9: error L302: rules "R3" and "R6" overlap: both are true for place: outer, size: [2 'cm' .. 7 'cm'), age: unknown. Example: place = outer, size = 2 'cm', age = unknown. Narrow one of them, or make the table "first".)j", R"j(51:9: error L302: rules "R4" and "R6" overlap: both are true for place: outer, size: >= 7 'cm', age: unknown. Example: place = outer, size = 7 'cm', age = unknown. Narrow one of them, or make the table "first".)j"}, {{R"j("title": "Kinds",)j", R"j("title": "Kinds", "hit": "first",)j"}}},
    {"L303EmptyCell", {{">= %large", ">= 41 'cm'"}, {R"j({"id": "R5")j", R"j({"id": "R6", "if": {"place": "outer", "size": "[%large .. 41 'cm')"}, "then": {"go": []}},
        {"id": "R5")j"}}, {R"j(49:55: error L303: rule "R4" can never be true: no plausible value of "size" passes the cell ">= 41 'cm'". Correct the cell, or the min and max of the input.)j"}, {{">= %large", "[%large .. 40 'cm']"}}},
    {"L303CoveredByRowsAbove", {{R"j("title": "Kinds",)j", R"j("title": "Kinds", "hit": "first",)j"}, {R"j("cite": ["S1"]}
      ])j", R"j("cite": ["S1"]},
        {"id": "R6", "if": {"place": "outer", "age": "< 75"}, "then": {"options": [{"action": "board", "strength": "info"}]}, "because": "b", "cite": ["S1"]}
      ])j"}}, {R"j(51:9: error L303: rule "R6" never decides: the rows above it take all of its patients ("R2", "R3", "R4"). Move it up, or remove it.)j"}, {{R"j("title": "Kinds",)j", R"j("title": "Kinds", "hit": "first",)j"}}},
    {"L303StoppedByTheGate", {{R"j("start")j", R"j("gate": [{"id": "g", "if": {"place": "inner"}, "because": "b"}], "start")j"}}, {R"j(50:9: error L303: rule "R5" never decides: the gate stops all of its patients. Remove one of them.)j"}, {{R"j("start")j", R"j("gate": [{"id": "g", "if": {"age": "< 18"}, "because": "b"}], "start")j"}}},
    {"L304OneRow", {{R"j("action": "watch", "strength")j", R"j("action": "cut", "strength")j"}, {"\"watch\": {\"title\": \"Watch\", \"match\": {\"codes\": \"cut\"}},\n", ""}}, {R"j(46:9: warning L304: rules "R1" and "R2" say the same and could be one row with "age": "-". Join them, or accept this with the reason for two rows.)j"}, {{"\"watch\", \"strength\": \"preferred\"", "\"cut\", \"strength\": \"consider\""}, {"\"watch\": {\"title\": \"Watch\", \"match\": {\"codes\": \"cut\"}},\n", ""}, {R"j("strength": "consider"}])j", R"j("strength": "consider"}], "with": ["board"])j"}}},
    {"L305PresenceInWhen", {{R"j("if": {"place": "inner"})j", R"j("if": {"place": "inner"}, "when": "%age.exists() and %frail")j"}}, {R"j(50:56: info L309: table "kinds" holds "when": that it covers every patient cannot be proven. Write cells on a derived input instead, where that is possible.)j", R"j(50:62: error L305: "when" of rule "R5" asks whether "age" is there, so a missing datum becomes a definite answer. Test its value, or use the cell "known".)j"}, {}},
    {"L305PresenceOfSeveral", {{R"j("if": {"place": "inner"})j", R"j("if": {"place": "inner"}, "when": "(%age > 3 and %frail) or (%size | {}).count() > 0")j"}}, {R"j(50:56: info L309: table "kinds" holds "when": that it covers every patient cannot be proven. Write cells on a derived input instead, where that is possible.)j", R"j(50:95: error L305: "when" of rule "R5" asks whether "size" is there, so a missing datum becomes a definite answer. Test its value, or use the cell "known".)j"}, {}},
    {"L309When", {{R"j("if": {"place": "inner"})j", R"j("if": {"place": "inner"}, "when": "%age > 3 and %frail")j"}}, {R"j(50:56: info L309: table "kinds" holds "when": that it covers every patient cannot be proven. Write cells on a derived input instead, where that is possible.)j"}, {}},
    {"L307AlwaysAvoided", {{R"j("checks": [)j", R"j("checks": [{"id": "K2", "title": "Large", "for": ["cut"], "if": {"size": ">= %large"}, "then": {"tier": "avoid"}, "because": "b", "cite": ["S1"]},)j"}}, {R"j(49:9: error L307: rule "R4" has no patient left for whom an option is not to be avoided (checks "K2"). Remove the rule, or narrow the checks.)j"}, {{R"j("checks": [)j", R"j("checks": [{"id": "K2", "title": "Large", "for": ["cut"], "if": {"size": "> %large"}, "then": {"tier": "avoid"}, "because": "b", "cite": ["S1"]},)j"}}},
    {"L307AvoidedByTwoChecks", {{R"j("checks": [)j", R"j("checks": [{"id": "K2", "title": "Large", "rules": ["R4"], "if": {"size": "> %large"}, "then": {"suppress": true}, "because": "b", "cite": ["S1"]}, {"id": "K3", "title": "Seven", "rules": ["R4"], "if": {"size": "= %large"}, "then": {"strength": "avoid"}, "because": "b", "cite": ["S1"]},)j"}}, {R"j(49:9: error L307: rule "R4" has no patient left for whom an option is not to be avoided (checks "K2", "K3"). Remove the rule, or narrow the checks.)j"}, {{R"j("checks": [)j", R"j("checks": [{"id": "K2", "title": "Large", "rules": ["R4"], "if": {"size": ">= %large"}, "then": {"mdtRequired": true}, "because": "b", "cite": ["S1"]},)j"}}},
    {"L308NothingPreferred", {{R"j(], "with": ["board"])j", "]"}}, {R"j(48:86: warning L308: rule "R3" asks to choose one of options of which none is preferred, and brings nobody who chooses. Prefer one, or add "with": a referral.)j"}, {{R"j("choose": "one", "options": [{"action": "cut", "strength": "acceptable"}], "with": ["board"])j", R"j("choose": "any", "options": [{"action": "cut", "strength": "acceptable"}])j"}}},
    {"L310TreatmentBecauseUnknown", {{R"j("if": {"place": "outer", "size": ">= %large"})j", R"j("if": {"place": "unknown"})j"}}, {R"j(49:28: error L310: rule "R4" offers a treatment because "place" is unknown. Offer a referral, or ask for the datum.)j"}, {}},
    {"L311GapAtACorner", {{"[%limit .. %large)", "[2 'cm' .. %large)"}}, {R"j(9:61: error L311: at the corner limit = 1 'cm' of the allowed ranges: table "kinds" has a gap: no rule covers place: outer, size: [1 'cm' .. 2 'cm'). Example: place = outer, size = 1 'cm', age = 0. Add a rule or widen a cell; or write "complete": false and why. Or narrow the range of the parameter.)j", R"j(9:78: error L311: at the corner limit = 3 'cm' of the allowed ranges: rules "R1" and "R3" overlap: both are true for place: outer, size: [2 'cm' .. 3 'cm'), age: >= 75. Example: place = outer, size = 2 'cm', age = 75. Narrow one of them, or make the table "first". Or narrow the range of the parameter.)j", R"j(9:78: error L311: at the corner limit = 3 'cm' of the allowed ranges: rules "R2" and "R3" overlap: both are true for place: outer, size: [2 'cm' .. 3 'cm'), age: < 75. Example: place = outer, size = 2 'cm', age = 0. Narrow one of them, or make the table "first". Or narrow the range of the parameter.)j"}, {{"\"min\": \"1 'cm'\", \"max\": \"3 'cm'\"", "\"min\": \"2 'cm'\", \"max\": \"2 'cm'\""}, {"[%limit .. %large)", "[2 'cm' .. %large)"}}},
    {"L311GapWithTheOtherBoolean", {{R"j({"place": "inner"}, "then")j", R"j({"place": "inner", "frail": "%frailToo or false"}, "then")j"}, {R"j("columns": ["place", "size", "age"])j", R"j("columns": ["place", "size", "age", "frail"])j"}, {R"j("parameters": {)j", R"j("parameters": { "frailToo": {"type": "Boolean", "value": "true", "why": "w"},)j"}}, {R"j(8:31: error L311: at the corner frailToo = false of the allowed ranges: table "kinds" has a gap: no rule covers place: inner, frail: true. Example: place = inner, size = 0 'cm', age = 0, frail = true. Add a rule or widen a cell; or write "complete": false and why. Or narrow the range of the parameter.)j"}, {{R"j({"place": "inner"}, "then")j", R"j({"place": "inner", "frail": "%frailToo or false"}, "then")j"}, {R"j("columns": ["place", "size", "age"])j", R"j("columns": ["place", "size", "age", "frail"])j"}, {R"j("parameters": {)j", R"j("parameters": { "frailToo": {"type": "Boolean", "value": "true", "min": "true", "max": "true", "why": "w"},)j"}}},
    {"L311ConstantsOfACheckCross", {{R"j("if": {"frail": "true"})j", R"j("if": {"frail": "true", "size": "[%limit .. %least]"})j"}, {R"j("parameters": {)j", R"j("parameters": { "least": {"type": "Quantity", "value": "2.5 'cm'", "min": "2.5 'cm'", "max": "2.5 'cm'", "why": "w"},)j"}}, {R"j(9:78: error L311: at the corner limit = 3 'cm' of the allowed ranges: at 55:85 the range holds no value. Write its smaller end first. Or narrow the range of the parameter.)j"}, {{R"j("if": {"frail": "true"})j", R"j("if": {"frail": "true", "size": "[%limit .. 3 'cm']"})j"}}},
    {"L311ConstantsCross", {{"\"max\": \"3 'cm'\"", "\"max\": \"8 'cm'\""}}, {R"j(9:78: error L311: at the corner limit = 8 'cm' of the allowed ranges: at 48:56 the range holds no value. Write its smaller end first. Or narrow the range of the parameter.)j"}, {{"\"max\": \"3 'cm'\"", "\"max\": \"6.9 'cm'\""}}},
}), [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(Inputs, FindingTest, ::testing::ValuesIn<FindingCase>({
    {"L209HiddenRoundNumber", {{">= %large", ">= 0.07 'm'"}}, {R"j(49:59: warning L209: "0.07 'm'" is 7 'cm', which the reader of the column looks for. Write it so.)j"}, {{">= %large", ">= 7 'cm'"}}},
    {"L209InAnAgeLimit", {{R"j("maxAge": "12 weeks")j", R"j("maxAge": [{"if": {"age": ">= 75"}, "limit": "12 weeks"}])j"}, {R"j("question": "Where?",)j", R"j("question": "Where?", "askUnless": {"size": "> 0.3 'm'"},)j"}}, {R"j(27:136: warning L209: "0.3 'm'" is 30 'cm', which the reader of the column looks for. Write it so.)j"}, {{R"j("question": "Where?",)j", R"j("question": "Where?", "askUnless": {"size": "> 30 'cm'"},)j"}}},
    {"L209InAScore", {{R"j("frail": {)j", R"j("sum": {"title": "Sum", "type": "Integer", "question": "Sum?", "fact": true, "points": [{"title": "i", "rows": [{"if": {"size": "> 0.07 'm'"}, "add": "1"}, {"add": "0"}]}], "score": {"showWhen": [{"size": "> 0.08 'm'"}], "remarks": [{"if": {"size": "> 0.09 'm'"}, "text": "t"}]}},
    "frail": {)j"}}, {R"j(31:136: warning L209: "0.07 'm'" is 7 'cm', which the reader of the column looks for. Write it so.)j", R"j(31:213: warning L209: "0.08 'm'" is 8 'cm', which the reader of the column looks for. Write it so.)j", R"j(31:257: warning L209: "0.09 'm'" is 9 'cm', which the reader of the column looks for. Write it so.)j"}, {}},
    {"L306NeverAskedFor", {{R"j("question": "Where?",)j", R"j("question": "Where?", "fact": true,)j"}}, {R"j(26:14: warning L306: without input "place" table "kinds" stays undecided with size = 0 'cm', age = 75, and it is a fact, which is never asked for. Give it a source or a way to be asked for.)j"}, {{R"j("question": "Frail?",)j", R"j("question": "Frail?", "fact": true,)j"}}},
    {"L306SourcesNeverMatch", {{R"j("concepts": [{"system": "s", "code": "size"}])j", R"j("concepts": [])j"}}, {R"j(14:13: warning L405: value set "size" is empty. Add its codes, or remove it.)j", R"j(21:13: warning L306: without input "size" table "kinds" stays undecided with place = outer, age = 75, and none of its sources can ever match. Give it a source or a way to be asked for.)j"}, {}},
    {"L402Assumed", {{R"j("question": "Where?",)j", R"j("question": "Where?", "ifNone": {"value": "outer", "why": "w"},)j"}}, {R"j(27:121: warning L402: input "place" is assumed where nothing is on record. Accept this with the reason, or leave it unknown.)j"}, {}},
    {"L403NoRange", {{R"j("min": "0", "max": "130")j", R"j("min": "0")j"}}, {R"j(30:12: warning L403: input "age" is a number without "max", so no mistyped value is noticed. Add what is plausible.)j"}, {}},
    {"L403NoAge", {{R"j("maxAge": "12 weeks",)j", ""}}, {R"j(21:13: warning L403: input "size" is measured, but any age of it counts. Add "maxAge".)j"}, {{R"j("maxAge": "12 weeks",)j", ""}, {R"j("code": "size", "time")j", R"j("code": "size", "ageless": true, "time")j"}}},
    {"L404CodeWithoutSource", {{R"j(, {"when": "value.memberOf('outer')", "to": "outer"})j", ""}, {R"j(    "outer": {"url": "https://example.org/vs/outer", "concepts": [{"system": "s", "code": "out"}]},
)j", ""}}, {R"j(27:18: warning L404: no source of input "place" gives "outer". Add it to a "map", or remove it from "values".)j"}, {{R"j(, {"when": "value.memberOf('outer')", "to": "outer"}]}])j", R"j(]}, {"name": "q", "from": "Observation", "map": [{"when": "value.memberOf('outer')", "to": "outer"}]}])j"}}},
    {"L405SameCodeTwice", {{R"j("code": "out"})j", R"j("code": "out"}, {"system": "s", "code": "in"})j"}}, {R"j(28:142: warning L405: code "in" gives "inner" and "outer" in one map of input "place": the first entry wins. Remove it from one of the value sets.)j"}, {{R"j("code": "out"})j", R"j("code": "out"}, {"system": "t", "code": "in"})j"}}},
    {"L405EmptySet", {{R"j("concepts": [{"system": "s", "code": "out"}])j", R"j("concepts": [])j"}}, {R"j(17:14: warning L405: value set "outer" is empty. Add its codes, or remove it.)j"}, {}},
    {"L406FalseOnlyByAssumption", {{R"j("to": "true"}, {"to": "false"}])j", R"j("to": "true"}], "time": "effective")j"}, {R"j("question": "Frail?",)j", R"j("question": "Frail?", "ifNone": {"value": "false", "why": "w"},)j"}}, {R"j(32:76: warning L402: input "frail" is assumed where nothing is on record. Accept this with the reason, or leave it unknown.)j", R"j(32:76: warning L406: input "frail" is false only because nothing is on record. Add a source that can say no, or leave it unknown.)j"}, {}},
}), [](const auto& test) { return std::string(test.param.name); });

constexpr std::string_view kDraft = R"j("status": "draft",)j";
constexpr std::string_view kUnreviewed = R"j("status": "active", "approvalDate": "2026-01-01", "lastReviewDate": "2026-01-01", "effectivePeriod": {"start": "2026-01-01"}, "authors": [{"name": "A"}], "reviewers": [{"name": "A"}],)j";

INSTANTIATE_TEST_SUITE_P(Governance, FindingTest, ::testing::ValuesIn<FindingCase>({
    {"L501NoReason", {{R"j("because": "b", "cite": ["S1"]})j" "\n      ]", R"j("cite": ["S1"]})j" "\n      ]"}}, {R"j(50:9: error L501: rule "R5" offers something without "because". Add it.)j"}, {}},
    {"L502NobodyReviewed", {{kDraft, kUnreviewed}}, {R"j(3:111: warning L502: the pathway is active without "approvals". Add it, or have the site approve it.)j", R"j(3:111: warning L502: the pathway is active, but no second person reviewed it. Name an author and another reviewer.)j"}},
    {"L503OldReview", {{kDraft, R"j("status": "draft", "lastReviewDate": "2025-03-01",)j"}}, {R"j(3:138: warning L503: the last review is older than 12 months. Review the pathway again.)j"}, {{kDraft, R"j("status": "draft", "lastReviewDate": "2025-03-02",)j"}}},
    {"L503PeriodEnds", {{kDraft, R"j("status": "draft", "effectivePeriod": {"start": "2026-01-01", "end": "2026-05-01"},)j"}}, {R"j(3:170: warning L503: the effective period ends in 60 days. Review the pathway, or prepare its successor.)j"}, {{kDraft, R"j("status": "draft", "effectivePeriod": {"start": "2026-01-01", "end": "2026-05-02"},)j"}}},
    {"L503PeriodEndsWithAMonth", {{kDraft, R"j("status": "draft", "effectivePeriod": {"start": "2026-01-01", "end": "2026-04"},)j"}}, {R"j(3:170: warning L503: the effective period ends in 59 days. Review the pathway, or prepare its successor.)j"}, {{kDraft, R"j("status": "draft", "effectivePeriod": {"start": "2026-01-01", "end": "2026-05"},)j"}}},
    {"L503PeriodIsOver", {{kDraft, R"j("status": "draft", "effectivePeriod": {"start": "2026-01-01", "end": "2026-03-01"},)j"}}, {R"j(3:170: warning L503: the effective period is over. Review the pathway, or retire it.)j"}, {}},
    {"L503NoEdition", {{R"j(, "edition": "2026")j", ""}}, {R"j(7:21: warning L503: source "S1" has no "edition", so nobody can tell whether it was replaced. Add it.)j"}, {}},
    {"L505NoCodes", {{R"j("kind": "referral", "match": {"codes": "cut"})j", R"j("kind": "referral")j"}}, {R"j(39:14: error L505: action "board" has no codes to know it by among the orders. Write "match": {"codes": ...}.)j"}, {{R"j(, "order-sign")j", ""}, {R"j("kind": "referral", "match": {"codes": "cut"})j", R"j("kind": "referral")j"}}},
    {"L702Cql", {{R"j("question": "Where?",)j", R"j("question": "Where?", "x-cql": "exists [Observation]",)j"}}, {R"j(27:120: warning L702: input "place" was imported with CQL, which is not executed. Write it as cells or FHIRPath, then remove "x-cql".)j"}, {{R"j("question": "Where?",)j", R"j("question": "Where?", "x-source": "s",)j"}}},
}), [](const auto& test) { return std::string(test.param.name); });
// clang-format on

// An approval binds what it names: the content without the approvals.
TEST(LintTest, FindsNothingInAnActiveFileThatIsApproved) {
  const std::string active =
      std::string(kUnreviewed).replace(kUnreviewed.rfind("\"A\""), 3, "\"B\"");
  const LoadResult unapproved = LoadPathway("clean.json", CleanWith({{kDraft, active}}), {});
  ASSERT_NE(unapproved.pathway, nullptr);
  const std::string approved =
      active + R"( "approvals": [{"name": "C", "hash": ")" + unapproved.pathway->hash + R"("}],)";
  EXPECT_THAT(FindingsOf({{kDraft, approved}}), ::testing::IsEmpty());
}

// ---- the test file

struct CasesCase {
  std::string_view name;
  Edits edits;  // of the test file
  std::vector<std::string> problems;

  friend void PrintTo(const CasesCase& row, std::ostream* out) { *out << row.name; }
};

class CasesFindingTest : public ::testing::TestWithParam<CasesCase> {};

TEST_P(CasesFindingTest, IsReportedWithItsPlace) {
  LintRequest request = RequestFor(std::string(kCleanPathway));
  request.cases = Edited(kCleanCases, GetParam().edits);
  EXPECT_THAT(TextsOf(Lint(request)), ::testing::ElementsAreArray(GetParam().problems));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Rows, CasesFindingTest, ::testing::ValuesIn<CasesCase>({
    {"L601FailingCase", {{R"j({"age": 74}, "expect": {"rule": "R2"})j", R"j({"age": 74}, "expect": {"rule": "R1"})j"}}, {R"j(30:12: warning L602: age: no case is just below 75. Add one that reaches table kinds.)j", R"j(46:74: warning L602: R1.age: the cell ">= 75" is never false. Add a case that reaches table kinds and makes it so.)j", R"j(47:9: error L601: R2: no case makes the rule true. Add one in which all its cells hold and table kinds is reached.)j", R"j(47:74: warning L602: R2.age: the cell "< 75" is never true. Add a case that reaches table kinds and makes it so.)j", R"j(clean.cases.json:7:5: error L601: case "younger" fails: rules: expected R1, got R2. Correct the case, or the pathway.)j"}},
    {"L601RuleNeverTrue", {{R"j(    {"name": "inner", "inputs": {"place": "inner"}, "expect": {"rule": "R5"}},
)j", ""}}, {R"j(46:38: warning L602: R1.place: the cell "outer" is never false. Add a case that reaches table kinds and makes it so.)j", R"j(47:38: warning L602: R2.place: the cell "outer" is never false. Add a case that reaches table kinds and makes it so.)j", R"j(48:38: warning L602: R3.place: the cell "outer" is never false. Add a case that reaches table kinds and makes it so.)j", R"j(49:38: warning L602: R4.place: the cell "outer" is never false. Add a case that reaches table kinds and makes it so.)j", R"j(50:9: error L601: R5: no case makes the rule true. Add one in which all its cells hold and table kinds is reached.)j", R"j(50:38: warning L602: R5.place: the cell "inner" is never true. Add a case that reaches table kinds and makes it so.)j"}},
    {"L602BoundaryWithoutCase", {{R"j(    {"name": "older", "inputs": {"age": 76}, "expect": {"rule": "R1"}},
)j", R"j()j"}, {R"j("age": 80)j", R"j("age": 75)j"}}, {R"j(30:12: warning L602: age: no case is just above 75. Add one that reaches table kinds.)j"}},
    {"L602NeverMissing", {{R"j("frail": null)j", R"j("frail": true)j"}}, {R"j(31:14: warning L602: frail: the input is missing in no case. Add one without it.)j"}},
    {"L101NothingExpected", {{R"j("expect": {"rule": "R5"})j", R"j("expect": {"note": "to do"})j"}}, {R"j(clean.cases.json:14:63: error L101: the case expects nothing, so it can never fail. Write what it must give.)j"}},
    {"L101NotJson", {{R"j("cases": [)j", R"j("cases": )j"}}, {R"j(clean.cases.json:6:5: error L101: Missing a name for object member.)j"}},
}), [](const auto& test) { return std::string(test.param.name); });
// clang-format on

TEST(LintTest, MissesTheTestFile) {
  LintRequest request = RequestFor(std::string(kCleanPathway));
  request.cases.reset();
  EXPECT_THAT(TextsOf(Lint(request)),
              ::testing::ElementsAre("3:9: error L601: there is no test file \"clean.cases.json\" "
                                     "beside the pathway. Write one."));
}

// ---- without the file

TEST(ProofObjectionsTest, AreTheErrorsThatAPathwayShowsByItself) {
  const auto objections = [](const Edits& edits) {
    const LoadResult loaded = LoadPathway("clean.json", CleanWith(edits), {});
    return ProofObjections(*loaded.pathway);
  };
  EXPECT_THAT(objections({}), ::testing::IsEmpty());
  EXPECT_THAT(objections({{">= 75", "> 75"}}), ::testing::ElementsAre(::testing::StartsWith("L301: table")));
  EXPECT_THAT(objections({{R"j("if": {"place": "inner"})j", R"j("if": {"place": "inner"}, "when": "%age.exists() and %frail")j"}}),
              ::testing::ElementsAre(::testing::StartsWith("L305: \"when\" of rule \"R5\"")));
  EXPECT_THAT(objections({{R"j("for": ["cut"], "if": {"frail": "true"})j", R"j("for": ["cut"], "if": {"size": ">= %limit"})j"}}),
              ::testing::ElementsAre(::testing::StartsWith("L307: rule \"R3\""), ::testing::StartsWith("L307: rule \"R4\"")));
  EXPECT_THAT(objections({{R"j("question": "Where?",)j", R"j("question": "Where?", "ifNone": {"value": "outer", "why": "w"},)j"}}), ::testing::IsEmpty()) << "a warning";
}

// ---- the last active version

struct VersionCase {
  std::string_view name;
  Edits before, now;
  std::vector<std::string> problems;

  friend void PrintTo(const VersionCase& row, std::ostream* out) { *out << row.name; }
};

class VersionFindingTest : public ::testing::TestWithParam<VersionCase> {};

TEST_P(VersionFindingTest, IsReportedWithItsPlace) {
  LintRequest request = RequestFor(CleanWith(GetParam().now));
  request.cases.reset();
  request.previous = CleanWith(GetParam().before);
  std::vector<LoadProblem> problems = Lint(request);
  std::erase_if(problems, [](const LoadProblem& p) { return p.id == "L601"; });
  EXPECT_THAT(TextsOf(problems), ::testing::ElementsAreArray(GetParam().problems));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Rows, VersionFindingTest, ::testing::ValuesIn<VersionCase>({
    {"SameFile", {}, {}, {}},
    {"L504SameVersionOtherContent", {{R"j("title": "Clean")j", R"j("title": "Clear")j"}}, {}, {R"j(3:74: error L504: version 1.1.0 is the last active one, but the content differs. Raise the version.)j"}},
    {"L504Lower", {{R"j("version": "1.1.0")j", R"j("version": "1.1.1")j"}}, {}, {R"j(3:74: error L504: version 1.1.0 is below the last active one, 1.1.1. Raise it.)j"}},
    {"L504LowerByNumberNotByText", {{R"j("version": "1.1.0")j", R"j("version": "1.9.0")j"}}, {{R"j("version": "1.1.0")j", R"j("version": "1.10.0")j"}}, {}},
    {"MinorWithOtherWords", {{R"j("version": "1.1.0")j", R"j("version": "1.0.9")j"}, {R"j("question": "Where?")j", R"j("question": "Whither?")j"}}, {}, {}},
    {"L504MinorWithAnotherDecision", {{R"j("version": "1.1.0")j", R"j("version": "1.0.9")j"}, {R"j("value": "2 'cm'")j", R"j("value": "2.5 'cm'")j"}}, {}, {R"j(3:74: error L504: version 1.1.0 after 1.0.9 promises that no outcome differs, but it does, first in "kinds" for Place: outer, Size: [2 'cm' .. 2.5 'cm'), Age: >= 75. Give it the next MAJOR version.)j"}},
    {"BeforeTheFirstRelease", {{R"j("version": "1.1.0")j", R"j("version": "0.1.0")j"}, {R"j("value": "2 'cm'")j", R"j("value": "2.5 'cm'")j"}}, {{R"j("version": "1.1.0")j", R"j("version": "0.2.0")j"}}, {}},
    {"L504MinorThatCannotBeVerified", {{R"j("version": "1.1.0")j", R"j("version": "1.0.9")j"}, {R"j("if": {"place": "inner"})j", R"j("if": {"place": "inner"}, "when": "%age > 3 and %frail")j"}}, {{R"j("if": {"place": "inner"})j", R"j("if": {"place": "inner"}, "when": "%age > 3 and %frail")j"}}, {R"j(3:74: warning L504: version 1.1.0 after 1.0.9 promises that no outcome differs, which cannot be verified: table kinds holds "when": its conditions are compared as texts, not by patients. Compare these by hand, or give it the next MAJOR version.)j", R"j(50:56: info L309: table "kinds" holds "when": that it covers every patient cannot be proven. Write cells on a derived input instead, where that is possible.)j"}},
    {"MajorWithAnotherDecision", {{R"j("version": "1.1.0")j", R"j("version": "1.0.9")j"}, {R"j("value": "2 'cm'")j", R"j("value": "2.5 'cm'")j"}}, {{R"j("version": "1.1.0")j", R"j("version": "2.0.0")j"}}, {}},
    {"L504AnotherPathway", {{R"j("id": "clean")j", R"j("id": "other")j"}}, {}, {R"j(3:74: error L504: the last active version is of "other", not of "clean". Name its file.)j"}},
    {"L504Unreadable", {{R"j("start": "kinds")j", R"j("start": "none")j"}}, {}, {R"j(3:74: error L504: the last active version cannot be read, so nothing can be said about this one. Name its file.)j"}},
}), [](const auto& test) { return std::string(test.param.name); });
// clang-format on

// ---- accepted findings

constexpr std::string_view kStart = R"j("start": "kinds")j";

struct AcceptCase {
  std::string_view name;
  Edits edits;
  std::vector<std::string> problems;

  friend void PrintTo(const AcceptCase& row, std::ostream* out) { *out << row.name; }
};

class AcceptTest : public ::testing::TestWithParam<AcceptCase> {};

TEST_P(AcceptTest, MakesInformationOfAWarning) {
  EXPECT_THAT(FindingsOf(GetParam().edits), ::testing::ElementsAreArray(GetParam().problems));
}

constexpr std::pair<std::string_view, std::string_view> kNoRange = {R"j("min": "0", "max": "130")j",
                                                                    R"j("min": "0")j"};
constexpr std::pair<std::string_view, std::string_view> kNothingPreferred = {
    R"j(], "with": ["board"])j", "]"};

// clang-format off
INSTANTIATE_TEST_SUITE_P(Rows, AcceptTest, ::testing::ValuesIn<AcceptCase>({
    {"OfAnInput", {kNoRange, {kStart, R"j("accept": [{"id": "L403", "at": "inputs.age", "why": "Nobody mistypes it"}], "start": "kinds")j"}}, {R"j(30:12: info L403: input "age" is a number without "max", so no mistyped value is noticed. Add what is plausible. Accepted: Nobody mistypes it.)j"}},
    {"OfARule", {kNothingPreferred, {kStart, R"j("accept": [{"id": "L308", "at": "tables.kinds.rules.R3", "why": "w"}], "start": "kinds")j"}}, {R"j(48:86: info L308: rule "R3" asks to choose one of options of which none is preferred, and brings nobody who chooses. Prefer one, or add "with": a referral. Accepted: w.)j"}},
    {"OfAWholeSection", {kNothingPreferred, {kStart, R"j("accept": [{"id": "L308", "at": "tables", "why": "w"}], "start": "kinds")j"}}, {R"j(48:86: info L308: rule "R3" asks to choose one of options of which none is preferred, and brings nobody who chooses. Prefer one, or add "with": a referral. Accepted: w.)j"}},
    {"OfAnotherRule", {kNothingPreferred, {kStart, R"j("accept": [{"id": "L308", "at": "tables.kinds.rules.R4", "why": "w"}], "start": "kinds")j"}}, {R"j(41:14: warning L104: nothing is found of L308 at "tables.kinds.rules.R4". Remove this entry of "accept".)j", R"j(48:86: warning L308: rule "R3" asks to choose one of options of which none is preferred, and brings nobody who chooses. Prefer one, or add "with": a referral.)j"}},
    {"OfAnotherFinding", {kNoRange, {kStart, R"j("accept": [{"id": "L402", "at": "inputs.age", "why": "w"}], "start": "kinds")j"}}, {R"j(30:12: warning L403: input "age" is a number without "max", so no mistyped value is noticed. Add what is plausible.)j", R"j(41:14: warning L104: nothing is found of L402 at "inputs.age". Remove this entry of "accept".)j"}},
    {"OfNothing", {{kStart, R"j("accept": [{"id": "L403", "at": "inputs.agge", "why": "w"}], "start": "kinds")j"}}, {R"j(41:14: warning L104: nothing is found of L403 at "inputs.agge". Remove this entry of "accept".)j"}},
    {"OfAnError", {{"< 75", "<= 75"}, {kStart, R"j("accept": [{"id": "L302", "at": "tables.kinds", "why": "w"}], "start": "kinds")j"}}, {R"j(41:14: warning L104: L302 at "tables.kinds" is an error, which cannot be accepted. Correct it.)j", R"j(47:9: error L302: rules "R1" and "R2" overlap: both are true for place: outer, size: < 2 'cm', age: = 75. Example: place = outer, size = 0 'cm', age = 75. Narrow one of them, or make the table "first".)j"}},
    {"WithoutReason", {{kStart, R"j("accept": [{"id": "L403", "at": "inputs.age"}], "start": "kinds")j"}}, {R"j(41:14: error L101: an entry of "accept" has no "why". Add it.)j"}},
    {"OfNoId", {{kStart, R"j("accept": [{"id": "gap", "at": "inputs.age", "why": "w"}], "start": "kinds")j"}}, {R"j(41:21: error L101: "gap" is no id of a finding. Write it as "L402".)j"}},
}), [](const auto& test) { return std::string(test.param.name); });
// clang-format on

// ---- limits

// Rows that cut each other into ever more pieces end the proof, not the program.
TEST(LintTest, SaysWhereATableIsTooLarge) {
  constexpr int kStrides[] = {1, 7, 11, 13};
  std::string inputs, columns, rules;
  for (int i = 0; i < 30; ++i) {
    const std::string name = "x" + std::to_string(i);
    inputs +=
        ", \"" + name +
        R"(": {"title": "t", "type": "Boolean", "question": "q", "sources": [{"name": "n", "from": "Observation", "value": "value"}]})";
    columns += ", \"" + name + "\"";
  }
  for (int i = 0; i < 60; ++i) {
    std::string cells;
    for (int j = 0; j < 6; ++j) {
      cells += std::string(j == 0 ? "" : ", ") + "\"x" +
               std::to_string((i * 7 + j * kStrides[i % 4]) % 30) + "\": \"" +
               ((i + j) % 3 == 0 ? "true" : "false") + "\"";
    }
    rules +=
        R"(, {"id": "N)" + std::to_string(i) + R"(", "if": {)" + cells +
        R"(}, "then": {"options": [{"action": "board", "strength": "info"}]}, "because": "b", "cite": ["S1"]})";
  }
  const std::string age =
      R"j("age": {"title": "Age", "type": "Integer", "min": "0", "max": "130", "question": "Age?", "derive": "%patient.birthDate.duration(%today, 'year')"})j";
  const std::string text = CleanWith(
      {{age, age + inputs},
       {R"j("title": "Kinds", "columns": ["place", "size", "age"])j", ""},
       {R"j("id": "kinds", )j",
        R"j("title": "Kinds", "id": "kinds", "hit": "first", "columns": ["place", "size", "age")j" +
            columns + "]"},
       {R"j({"place": "inner"}, "then": {"options": [{"action": "board", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]})j",
        R"j({"place": "inner", "x0": "true", "x1": "true"}, "then": {"options": [{"action": "board", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]})j" +
            rules}});
  const std::vector<LoadProblem> problems = Lint(RequestFor(text));
  const auto large = std::find_if(problems.begin(), problems.end(),
                                  [](const LoadProblem& p) { return p.id == "L312"; });
  ASSERT_NE(large, problems.end()) << ::testing::PrintToString(TextsOf(problems)).substr(0, 2000);
  EXPECT_EQ(large->level, LoadProblem::Level::kError);
  EXPECT_EQ(large->message, "table \"kinds\" is too large to be proven. Split the table.");
}

}  // namespace
}  // namespace renal::pathways::testing
