#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

// One mistake in an input that is a sum of points, a class, or shown as a score. The input stands
// in place of "old", in line 48.
struct AuthorErrorCase {
  std::string_view name;
  std::string_view members;           // behind `"title": "T", "question": "Q?"`
  std::vector<std::string> problems;  // without line 48, and what the change breaks elsewhere

  friend void PrintTo(const AuthorErrorCase& row, std::ostream* out) { *out << row.name; }
};

class ScoreErrorTest : public ::testing::TestWithParam<AuthorErrorCase> {};

TEST_P(ScoreErrorTest, IsReportedWithItsPlace) {
  const AuthorErrorCase& row = GetParam();
  const LoadResult result = testing::LoadSmall(testing::Edited(
      R"("derive": "%age > 70"})",
      R"("derive": "%age > 70"}, "score": {"title": "T", "question": "Q?", "fact": true, )" +
          std::string(row.members) + "}"));
  std::vector<std::string> expected;
  for (const std::string& problem : row.problems) expected.push_back("48:" + problem);
  EXPECT_THAT(testing::ProblemsOf(result), ::testing::ElementsAreArray(expected));
  EXPECT_EQ(result.pathway == nullptr, testing::HasError(result));
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(Rows, ScoreErrorTest, ::testing::ValuesIn<AuthorErrorCase>({
    {"GoodPoints", R"j("type": "Integer", "min": "0", "max": "4", "points": [{"title": "A", "if": {"age": "> 60"}, "add": "1"}, {"title": "B", "rows": [{"if": {"grade": "low"}, "add": "[0 .. 3]"}, {"add": "2"}]}])j", {}},
    {"GoodClasses", R"j("type": "Code", "values": {"a": "A"}, "classes": [{"if": {"age": "> 60"}, "value": "a"}, {"if": {"age": "<= 60"}, "because": "Too young."}], "onlyIf": {"grade": "low"}, "cite": ["S1"], "score": {"showWhen": [{"age": "known"}], "remarks": [{"text": "R"}, {"if": {"score": "known"}, "text": "S"}]})j", {}},
    {"PointsThatAreNoNumber", R"j("type": "Integer", "points": [{"title": "A", "if": {"age": "> 60"}, "add": "one"}])j", {R"j(223: error L101: "one" are no points. Write a whole number as "1", or "[0 .. 1]" where the row leaves them open.)j"}},
    {"PointsOfAnotherType", R"j("type": "Code", "values": {"a": "A"}, "points": [{"title": "A", "if": {"age": "> 60"}, "add": "1"}])j", {R"j(196: error L101: input "score" is a sum of points: it needs items, and the type Integer. Add them.)j"}},
    {"NoItems", R"j("type": "Integer", "points": [])j", {R"j(177: error L101: input "score" is a sum of points: it needs items, and the type Integer. Add them.)j"}},
    {"ItemWithoutRows", R"j("type": "Integer", "points": [{"title": "A", "rows": []}])j", {R"j(178: error L101: an item of input "score" has no rows. Write one.)j"}},
    {"ItemWithoutACondition", R"j("type": "Integer", "points": [{"title": "A", "add": "1"}])j", {R"j(178: error L101: an item of input "score" has no "if". Add it.)j"}},
    {"ItemWithoutPoints", R"j("type": "Integer", "points": [{"title": "A", "if": {"age": "> 60"}}])j", {R"j(178: error L101: an item of input "score" has no "add". Add it.)j"}},
    {"RowAfterOneThatFitsAlways", R"j("type": "Integer", "points": [{"title": "A", "rows": [{"add": "1"}, {"if": {"age": "> 60"}, "add": "2"}]}])j", {R"j(202: error L101: a row without "if" fits always, so those after it are never reached. Put it last.)j"}},
    {"OpenPointsTheWrongWay", R"j("type": "Integer", "points": [{"title": "A", "if": {"age": "> 60"}, "add": "[2 .. 1]"}])j", {R"j(223: error L101: "[2 .. 1]" are no points. Write a whole number as "1", or "[0 .. 1]" where the row leaves them open.)j"}},
    {"EndsThatDoNotAddUp", R"j("type": "Integer", "min": "0", "max": "10", "points": [{"title": "A", "if": {"age": "> 60"}, "add": "11"}])j", {R"j(186: error L101: the points of input "score" add up to 0 to 11. Correct them, or "max".)j"}},
    {"UnknownClass", R"j("type": "Code", "values": {"alpha": "A"}, "classes": [{"if": {"age": "> 60"}, "value": "alpah"}])j", {R"j(235: error L102: "alpah" is none of the values. Known: alpha.)j"}},
    {"NoClassWithoutAReason", R"j("type": "Code", "values": {"a": "A"}, "classes": [{"if": {"age": "> 60"}}])j", {R"j(198: error L101: a class of input "score" has no "because". Add it.)j"}},
    {"ClassesOfAnotherType", R"j("type": "Integer", "classes": [{"if": {"age": "> 60"}, "because": "x"}])j", {R"j(178: error L101: input "score" is a class: it needs rows, and the type Code. Add them.)j"}},
    {"ClassWithoutACondition", R"j("type": "Code", "values": {"a": "A"}, "classes": [{"value": "a"}])j", {R"j(198: error L101: a class of input "score" has no "if". Add it.)j"}},
    {"OnlyIfOfAnExpression", R"j("type": "Boolean", "derive": "%age > 5", "onlyIf": {"age": "> 60"})j", {R"j(199: error L101: input "score" has "onlyIf", which belongs to sums of points and classes. Remove it.)j"}},
    {"IfNoneOfAClass", R"j("type": "Code", "values": {"a": "A"}, "classes": [{"if": {"age": "> 60"}, "value": "a"}], "ifNone": {"value": "a", "why": "w"})j", {R"j(248: error L101: input "score" has "ifNone", which belongs to inputs that are found or derived by an expression. Remove it.)j"}},
    {"PickOfASum", R"j("type": "Integer", "points": [{"title": "A", "if": {"age": "> 60"}, "add": "1"}], "pick": "max")j", {R"j(238: error L101: input "score" is derived, so it has no candidates. Remove "pick".)j"}},
    {"ScoreOfSomethingFound", R"j("type": "Integer", "sources": [{"name": "s", "from": "Observation", "value": "value"}], "score": {})j", {R"j(245: error L101: input "score" has "score", which belongs to derived inputs. Remove it.)j"}},
    {"PlacesOfACode", R"j("type": "Code", "values": {"a": "A"}, "classes": [{"if": {"age": "> 60"}, "value": "a"}], "places": 1)j", {R"j(248: error L101: input "score" has "places", which belongs to numbers. Remove it.)j"}},
    {"ShowWhenWithoutCells", R"j("type": "Integer", "points": [{"title": "A", "if": {"age": "> 60"}, "add": "1"}], "score": {"showWhen": [{}]})j", {R"j(253: error L101: an entry of "showWhen" is an object of cells. Write one as {"input": "known"}.)j"}},
    {"RemarkWithoutText", R"j("type": "Integer", "points": [{"title": "A", "if": {"age": "> 60"}, "add": "1"}], "score": {"remarks": [{"if": {"age": "> 60"}}]})j", {R"j(252: error L101: a remark of input "score" has no "text". Add it.)j"}},
    {"FocusOfAnother", R"j("type": "Integer", "points": [{"title": "A", "if": {"size": "> 6 'cm'"}, "add": "1"}])j", {R"j(200: error L102: input "size" has a value for each side, input "score" has not. Give it that focus, or use another input.)j"}},
    {"SumOfItself", R"j("type": "Integer", "points": [{"title": "A", "if": {"score": "> 6"}, "add": "1"}])j", {R"j(92: error L103: inputs depend on each other: score -> score. Remove one of these references.)j"}},
    {"TwoOrigins", R"j("type": "Integer", "derive": "1", "points": [{"title": "A", "if": {"age": "> 6"}, "add": "1"}])j", {R"j(101: error L401: input "score" needs one of "sources", "derive", "points" and "classes". Write one of them.)j"}},
}), [](const auto& test) { return std::string(test.param.name); });
// clang-format on

}  // namespace
}  // namespace renal::pathways
