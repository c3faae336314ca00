#include "pathways/used_inputs.h"

#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// Which data the results of rules and checks rest on.
namespace renal::pathways::testing {
namespace {

// The first table leads to the second by x; the rule there reads y through another input.
std::shared_ptr<const Pathway> TwoTables() {
  Small small;
  small.inputs =
      Truths() +
      R"--(, "turned": {"title": "T", "type": "Boolean", "question": "?", "derive": "%y.not()"},
    "other": {"title": "O", "type": "Boolean", "question": "?", "derive": "%z.exists()"})--";
  small.tables =
      Table(
          "collect", R"("x", "other")",
          R"({"id": "R1", "if": {"x": "true"}, "then": {"go": ["second"]}, "because": "-", "cite": ["S"]},)" +
              Rule("R2", R"("other": "true")", "a")) +
      R"(, {"id": "second", "title": "Second", "hit": "collect", "columns": ["turned"], "rules": [)" +
      Rule("R3", R"("turned": "true")", "b") + "]}";
  small.checks =
      R"({"id": "K1", "title": "K", "rule": "K2", "if": {"z": "true"},
          "then": {"with": ["refer"]}, "because": "-", "cite": ["S"]})";
  return Load(small);
}

struct UsedCase {
  std::string name;
  std::vector<std::string_view> ids;
  std::vector<std::string> used;

  friend void PrintTo(const UsedCase& row, std::ostream* out) { *out << row.name; }
};

class UsedInputsTest : public ::testing::TestWithParam<UsedCase> {};

TEST_P(UsedInputsTest, AreThoseThatAReaderChecks) {
  const std::shared_ptr<const Pathway> pathway = TwoTables();
  std::vector<bool> marks(pathway->inputs.size());
  MarkUsedInputs(*pathway, GetParam().ids, marks);
  std::vector<std::string> used;
  for (Index input = 0; input < marks.size(); ++input) {
    if (marks[input]) used.push_back(pathway->inputs[input].name);
  }
  EXPECT_EQ(used, GetParam().used);
}

INSTANTIATE_TEST_SUITE_P(Used, UsedInputsTest,
                         ::testing::ValuesIn<UsedCase>({
                             {"Nothing", {}, {}},
                             {"NoSuchRule", {"R9"}, {}},
                             {"OwnCells", {"R1"}, {"x"}},
                             {"WhatAnInputIsWorkedOutFrom", {"R2"}, {"z"}},
                             {"WayToTheTable", {"R3"}, {"x", "y"}},
                             {"Several", {"R2", "R3"}, {"x", "y", "z"}},
                             {"CheckByItsId", {"K1"}, {"z"}},
                             {"CheckByWhatItsResultsAreListedUnder", {"K2"}, {"z"}},
                         }),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace renal::pathways::testing
