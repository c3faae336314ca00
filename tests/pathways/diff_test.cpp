#include "pathways/diff.h"

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

LoadResult Load(const Edits& edits) {
  LoadResult loaded = LoadPathway("clean.json", CleanWith(edits), {});
  for (const LoadProblem& problem : loaded.problems) {
    EXPECT_NE(problem.level, LoadProblem::Level::kError) << problem.ToString();
  }
  return loaded;
}

std::vector<std::string> DecisionsOf(const PathwayDiff& diff) {
  std::vector<std::string> rows;
  for (const DecisionChange& change : diff.decisions) {
    std::string row = change.table + " | ";
    for (const std::string& test : change.patients) row += test + ", ";
    rows.push_back(row + "| " + change.before + " | " + change.after);
  }
  return rows;
}

std::vector<std::string> TextsOf(const PathwayDiff& diff) {
  std::vector<std::string> rows;
  for (const TextChange& change : diff.texts) {
    rows.push_back(change.where + " | " + change.before + " | " + change.after);
  }
  return rows;
}

// What was changed, and for whom the decision is another one then.
struct DiffCase {
  std::string_view name;
  Edits edits;
  std::vector<std::string> problems;  // rows: table | patients | before | after

  friend void PrintTo(const DiffCase& row, std::ostream* out) { *out << row.name; }
};

class DiffTest : public ::testing::TestWithParam<DiffCase> {};

TEST_P(DiffTest, NamesThePatients) {
  const PathwayDiff diff = Diff(Load({}), Load(GetParam().edits));
  EXPECT_THAT(DecisionsOf(diff), ::testing::ElementsAreArray(GetParam().problems));
}

// And back: what was before is after.
TEST_P(DiffTest, NamesThemTheOtherWayRound) {
  const PathwayDiff diff = Diff(Load({}), Load(GetParam().edits));
  const PathwayDiff back = Diff(Load(GetParam().edits), Load({}));
  ASSERT_EQ(back.decisions.size(), diff.decisions.size());
  for (const DecisionChange& change : diff.decisions) {
    EXPECT_TRUE(std::any_of(back.decisions.begin(), back.decisions.end(), [&](const auto& other) {
      return other.before == change.after && other.after == change.before &&
             other.patients == change.patients;
    })) << change.table;
  }
}

constexpr std::string_view kStartOfGate = R"j("start": "kinds")j";
constexpr std::string_view kR5If =
    R"j({"id": "R5", "if": {"place": "inner"}, "then": {"options": [{"action": "board", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]}
      ]
    })j";

// clang-format off
INSTANTIATE_TEST_SUITE_P(Rows, DiffTest, ::testing::ValuesIn<DiffCase>({
    {"Nothing", {}, {}},
    {"WordsAlone", {{R"j("question": "Where?")j", R"j("question": "Whither?")j"}}, {}},
    {"AnotherIdOfARule", {{R"j("id": "R5")j", R"j("id": "R9")j"}}, {}},
    {"AnotherUnit", {{">= %large", ">= 70 'mm'"}}, {}},
    {"ALimitMoves", {{R"j("value": "2 'cm'")j", R"j("value": "2.5 'cm'")j"}}, {R"j(kinds | Place: outer, Size: [2 'cm' .. 2.5 'cm'), Age: >= 75, | R3: Cut (acceptable) with Board | R1: Watch (preferred))j", R"j(kinds | Place: outer, Size: [2 'cm' .. 2.5 'cm'), Age: < 75, | R3: Cut (acceptable) with Board | R2: Cut (preferred))j"}},
    {"APointChanges", {{"[%limit .. %large)", "[%limit .. %large]"}, {">= %large", "> %large"}}, {R"j(kinds | Place: outer, Size: = 7 'cm', | R4: Cut (preferred) | R3: Cut (acceptable) with Board)j"}},
    {"AnotherOption", {{R"j("action": "watch", "strength": "preferred")j", R"j("action": "cut", "strength": "preferred")j"}}, {R"j(kinds | Place: outer, Size: < 2 'cm', Age: >= 75, | R1: Watch (preferred) | R1: Cut (preferred))j"}},
    {"AnotherStrength", {{R"j("strength": "acceptable")j", R"j("strength": "consider")j"}}, {R"j(kinds | Place: outer, Size: [2 'cm' .. 7 'cm'), | R3: Cut (acceptable) with Board | R3: Cut (consider) with Board)j"}},
    {"WithoutBoard", {{R"j(], "with": ["board"])j", "]"}}, {R"j(kinds | Place: outer, Size: [2 'cm' .. 7 'cm'), | R3: Cut (acceptable) with Board | R3: Cut (acceptable))j"}},
    {"ARuleIsGone", {{R"j({"place": "inner"}, "then")j", R"j({"place": "inner", "age": "< 90"}, "then")j"}}, {R"j(kinds | Place: inner, Age: >= 90, | R5: Board (preferred) | )j"}},
    {"ACheckIsNarrowed", {{R"j("if": {"frail": "true"})j", R"j("if": {"frail": "true", "age": ">= 80"})j"}}, {R"j(checks | Age: < 80, Frail: true, | K1: Cut: at most avoid | )j"}},
    {"ACheckDoesSomethingElse", {{R"j("then": {"strength": "avoid"})j", R"j("then": {"mdtRequired": true})j"}}, {R"j(checks | Frail: true, | K1: Cut: at most avoid | K1: Cut: referral only)j"}},
    {"AGate", {{kStartOfGate, R"j("gate": [{"id": "young", "if": {"age": "< 18"}, "because": "b"}], "start": "kinds")j"}}, {R"j(gate | Age: < 18, |  | stops: young)j"}},
    {"APlausibleRange", {{R"j("max": "40 'cm'")j", R"j("max": "30 'cm'")j"}}, {R"j(kinds | Place: outer, Size: > 30 'cm', | R4: Cut (preferred) | )j"}},
    {"ANewCode", {{R"j("outer": "outer"})j", R"j("outer": "outer", "both": "both"})j"}, {R"j({"place": "inner"}, "then")j", R"j({"place": "inner or both"}, "then")j"}}, {R"j(kinds | Place: both, |  | R5: Board (preferred))j"}},
    {"ATableIsSplit", {{kR5If, R"j({"id": "R5", "if": {"place": "inner"}, "then": {"go": ["rest"]}}
      ]
    },
    {"id": "rest", "title": "Rest", "columns": ["age"], "rules": [
      {"id": "S1", "if": {"age": "< 50"}, "then": {"options": [{"action": "board", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]},
      {"id": "S2", "if": {"age": ">= 50"}, "then": {"options": [{"action": "board", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]}
    ]})j"}}, {}},
    {"ADecisionBehindGo", {{kR5If, R"j({"id": "R5", "if": {"place": "inner"}, "then": {"go": ["rest"]}}
      ]
    },
    {"id": "rest", "title": "Rest", "columns": ["age"], "rules": [
      {"id": "S1", "if": {"age": "< 50"}, "then": {"options": [{"action": "board", "strength": "preferred"}]}, "because": "b", "cite": ["S1"]},
      {"id": "S2", "if": {"age": ">= 50"}, "then": {"options": [{"action": "watch", "strength": "acceptable"}]}, "because": "b", "cite": ["S1"]}
    ]})j"}}, {R"j(rest | Place: inner, Age: >= 50, | R5: Board (preferred) | S2: Watch (acceptable))j"}},
    {"OrderInAFirstTable", {{R"j("title": "Kinds",)j", R"j("title": "Kinds", "hit": "first",)j"}, {R"j("size": "< %limit", "age": "< 75")j", R"j("size": "< %limit")j"}}, {}},
}), [](const auto& test) { return std::string(test.param.name); });
// clang-format on

TEST(DiffTextTest, ListsWhatIsNoDecision) {
  const PathwayDiff diff = Diff(
      Load({}),
      Load(
          {{R"j("version": "1.1.0")j", R"j("version": "1.2.0")j"},
           {R"j("maxAge": "12 weeks",)j", R"j("maxAge": "10 weeks",)j"},
           {R"j("question": "Where?",)j", R"j("question": "Where?", "note": "n",)j"},
           {R"j({"S1": {"label": "Source", "edition": "2026"}})j",
            R"j({"S1": {"label": "Source", "edition": "2027"}})j"},
           {R"j([{"system": "s", "code": "out"}])j",
            R"j([{"system": "s", "code": "out", "display": "Out"}, {"system": "s", "code": "rim"}])j"},
           {R"j("board": {"title": "Board")j", R"j("board": {"title": "Tumour board")j"},
           {R"j(because": "b", "cite": ["S1"]}
      ])j",
            R"j(because": "c", "cite": ["S1"]}
      ])j"}}));
  EXPECT_THAT(diff.decisions, ::testing::IsEmpty());
  EXPECT_TRUE(diff.complete);
  EXPECT_THAT(
      TextsOf(diff),
      ::testing::ElementsAre("version | 1.1.0 | 1.2.0", "sources.S1.edition | 2026 | 2027",
                             "valueSets.outer.concepts.s|out.display |  | Out",
                             R"(valueSets.outer.concepts.s|rim |  | {"code":"rim","system":"s"})",
                             "inputs.size.maxAge | 12 weeks | 10 weeks", "inputs.place.note |  | n",
                             "actions.board.title | Board | Tumour board",
                             "tables.kinds.rules.R5.because | b | c"));
}

TEST(DiffTextTest, SaysWhatCannotBeCompared) {
  const Edits with_when = {{R"j({"place": "inner"}, "then")j",
                            R"j({"place": "inner"}, "when": "%age > 3 and %frail", "then")j"}};
  const PathwayDiff same = Diff(Load(with_when), Load(with_when));
  EXPECT_FALSE(same.complete);
  EXPECT_THAT(same.decisions, ::testing::IsEmpty());
  EXPECT_THAT(same.notes, ::testing::ElementsAre(::testing::HasSubstr("table kinds holds")));
  EXPECT_THAT(Diff(Load({}), Load(with_when)).decisions, ::testing::SizeIs(1));
}

TEST(DiffTextTest, IsMarkdownAndJson) {
  const PathwayDiff diff =
      Diff(Load({}), Load({{R"j("strength": "acceptable")j", R"j("strength": "consider")j"}}));
  EXPECT_THAT(DiffMarkdown(diff),
              ::testing::AllOf(::testing::HasSubstr("# From version 1.1.0 to 1.1.0"),
                               ::testing::HasSubstr("| kinds | Place: outer<br>Size: ")));
  const auto parsed = fhir::ReadOwnJson(DiffJson(diff));
  const auto* json = std::get_if<fhir::OwnJson>(&parsed);
  ASSERT_NE(json, nullptr);
  EXPECT_EQ(json->Find("decisions")->items.front().Find("table")->text, "kinds");
}

}  // namespace
}  // namespace renal::pathways::testing
