#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathways/internal/cell_parser.h"
#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

// The ranges of a cell as one text: "(* .. 2 'cm') [20 'mm' .. *)".
std::string RangesOf(const Cell& cell) {
  std::string text;
  for (const Interval& range : cell.ranges) {
    text += text.empty() ? "" : " ";
    text += range.low ? (range.low->closed ? "[" : "(") + range.low->value.ToString() : "(*";
    text += " .. ";
    text += range.high ? range.high->value.ToString() + (range.high->closed ? "]" : ")") : "*)";
  }
  return text;
}

// The cell of rule R1 on `size`, of type Quantity in cm.
Cell SizeCell(std::string_view cell) {
  const std::string text =
      testing::Edited("\"size\": \"< %limit\"", "\"size\": \"" + std::string(cell) + "\"");
  const LoadResult result = testing::LoadSmall(text);
  EXPECT_THAT(testing::ProblemsOf(result), ::testing::Each(::testing::HasSubstr("warning")));
  if (result.pathway == nullptr) return {};
  return result.pathway->FindRule("R1").second->cells.at(0);
}

struct RangeCase {
  std::string_view name, cell, ranges, shown;

  friend void PrintTo(const RangeCase& row, std::ostream* out) { *out << row.name; }
};

class RangeCellTest : public ::testing::TestWithParam<RangeCase> {};

TEST_P(RangeCellTest, AcceptsThese) {
  const Cell cell = SizeCell(GetParam().cell);
  EXPECT_EQ(cell.kind, Cell::Kind::kRanges);
  EXPECT_EQ(cell.text, GetParam().cell);
  EXPECT_EQ(RangesOf(cell), GetParam().ranges);
  EXPECT_EQ(cell.shown, GetParam().shown);
}

const auto kName = [](const auto& test) { return std::string(test.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Forms, RangeCellTest,
    ::testing::ValuesIn<RangeCase>({
        {"Less", "< 2 'cm'", "(* .. 2 'cm')", "< 2 'cm'"},
        {"AtMost", "<= 2 'cm'", "(* .. 2 'cm']", "<= 2 'cm'"},
        {"Greater", "> 2 'cm'", "(2 'cm' .. *)", "> 2 'cm'"},
        {"AtLeast", ">= 2 'cm'", "[2 'cm' .. *)", ">= 2 'cm'"},
        {"Equal", "= 2 'cm'", "[2 'cm' .. 2 'cm']", "= 2 'cm'"},
        {"Bare", "2 'cm'", "[2 'cm' .. 2 'cm']", "2 'cm'"},
        {"NotEqual", "!= 2 'cm'", "(* .. 2 'cm') (2 'cm' .. *)", "!= 2 'cm'"},
        {"Closed", "[2 'cm' .. 7 'cm']", "[2 'cm' .. 7 'cm']", "[2 'cm' .. 7 'cm']"},
        {"Open", "(2 'cm' .. 7 'cm')", "(2 'cm' .. 7 'cm')", "(2 'cm' .. 7 'cm')"},
        {"NoSpace", "[2'cm'..7'cm')", "[2 'cm' .. 7 'cm')", "[2'cm'..7'cm')"},
        {"MuchSpace", "  <   2   'cm'  ", "(* .. 2 'cm')", "  <   2   'cm'  "},
        {"Millimetres", "< 20 'mm'", "(* .. 20 'mm')", "< 20 'mm'"},
        {"Parameter", ">= %limit", "[2 'cm' .. *)", ">= 2 'cm'"},
        {"ParametersInARange", "[%limit .. 7 'cm')", "[2 'cm' .. 7 'cm')", "[2 'cm' .. 7 'cm')"},
        {"ParameterTwice", "< %limit or > %limit", "(* .. 2 'cm') (2 'cm' .. *)",
         "< 2 'cm' or > 2 'cm'"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Unions, RangeCellTest,
    ::testing::ValuesIn<RangeCase>({
        {"Apart", "> 7 'cm' or < 2 'cm'", "(* .. 2 'cm') (7 'cm' .. *)", "> 7 'cm' or < 2 'cm'"},
        {"Touching", "[2 'cm' .. 4 'cm'] or (4 'cm' .. 7 'cm']", "[2 'cm' .. 7 'cm']",
         "[2 'cm' .. 4 'cm'] or (4 'cm' .. 7 'cm']"},
        {"APointLeftOut", "[2 'cm' .. 4 'cm') or (4 'cm' .. 7 'cm']",
         "[2 'cm' .. 4 'cm') (4 'cm' .. 7 'cm']", "[2 'cm' .. 4 'cm') or (4 'cm' .. 7 'cm']"},
        {"ClosedByAPoint", "!= 2 'cm' or 20 'mm'", "(* .. *)", "!= 2 'cm' or 20 'mm'"},
        {"OneInsideTheOther", "[1 'cm' .. 9 'cm'] or [2 'cm' .. 3 'cm']", "[1 'cm' .. 9 'cm']",
         "[1 'cm' .. 9 'cm'] or [2 'cm' .. 3 'cm']"},
    }),
    kName);

struct TruthCase {
  std::string_view name, cell, value;
  bool passes;

  friend void PrintTo(const TruthCase& row, std::ostream* out) { *out << row.name; }
};

class CellTruthTest : public ::testing::TestWithParam<TruthCase> {};

TEST_P(CellTruthTest, CoversThePoint) {
  const Cell cell = SizeCell(GetParam().cell);
  const Interval point = Interval::Point(fhir::ParseQuantity(GetParam().value).value());
  bool passes = false;
  for (const Interval& range : cell.ranges) passes |= Covers(range, point) == Cover::kInside;
  EXPECT_EQ(passes, GetParam().passes);
}

INSTANTIATE_TEST_SUITE_P(Limits, CellTruthTest,
                         ::testing::ValuesIn<TruthCase>({
                             {"BelowLess", "< 7 'cm'", "69.9 'mm'", true},
                             {"OnLess", "< 7 'cm'", "0.07 'm'", false},
                             {"AboveLess", "< 7 'cm'", "70.1 'mm'", false},
                             {"BelowAtMost", "<= 7 'cm'", "69.9 'mm'", true},
                             {"OnAtMost", "<= 7 'cm'", "0.07 'm'", true},
                             {"AboveAtMost", "<= 7 'cm'", "70.1 'mm'", false},
                             {"BelowEqual", "= 7 'cm'", "69.9 'mm'", false},
                             {"OnEqual", "= 7 'cm'", "70 'mm'", true},
                             {"AboveEqual", "= 7 'cm'", "70.1 'mm'", false},
                             {"BelowParameter", ">= %limit", "19.9 'mm'", false},
                             {"OnParameter", ">= %limit", "0.02 'm'", true},
                             {"AboveParameter", ">= %limit", "20.1 'mm'", true},
                             {"OtherDimension", ">= 2 'cm'", "20 'g'", false},
                         }),
                         kName);

struct CodeCase {
  std::string_view name, cell;
  std::uint64_t codes;
  Cell::Kind kind = Cell::Kind::kCodes;

  friend void PrintTo(const CodeCase& row, std::ostream* out) { *out << row.name; }
};

class CodeCellTest : public ::testing::TestWithParam<CodeCase> {};

// Rule F1 tests age, then grade (low, high): cells stand in the order of the columns. It leads to a
// referral, since "unknown" may lead to nothing else.
TEST_P(CodeCellTest, AcceptsTheseCodes) {
  std::string text =
      testing::Edited("\"low or high\"", "\"" + std::string(GetParam().cell) + "\"");
  constexpr std::string_view kTreatment = R"({"action": "cut", "strength")";
  text.replace(text.find(kTreatment), kTreatment.size(), R"({"action": "board", "strength")");
  const LoadResult result = testing::LoadSmall(text);
  ASSERT_NE(result.pathway, nullptr) << ::testing::PrintToString(testing::ProblemsOf(result));
  const Rule& rule = *result.pathway->FindRule("F1").second;
  ASSERT_EQ(rule.cells.size(), 2U);
  EXPECT_EQ(rule.cells[1].kind, GetParam().kind);
  EXPECT_EQ(rule.cells[1].codes, GetParam().codes);
}

INSTANTIATE_TEST_SUITE_P(Rows, CodeCellTest,
                         ::testing::ValuesIn<CodeCase>({
                             {"One", "low", 1},
                             {"WithEquals", "= high", 2},
                             {"Not", "!= low", 2},
                             {"Both", "low or high", 3},
                             {"Known", "known", 0, Cell::Kind::kKnown},
                             {"Unknown", "unknown", 0, Cell::Kind::kUnknown},
                         }),
                         kName);

TEST(CellTest, ADashLeavesTheColumnOut) {
  const LoadResult result = testing::LoadSmall(testing::kSmallPathway);
  ASSERT_NE(result.pathway, nullptr);
  const Rule& rule = *result.pathway->FindRule("F2").second;
  ASSERT_EQ(rule.cells.size(), 1U);
  EXPECT_EQ(result.pathway->inputs[rule.cells[0].input].name, "age");
}

TEST(CellTest, CountsDatesInDays) {
  const LoadResult result = testing::LoadSmall(testing::kSmallPathway);
  ASSERT_NE(result.pathway, nullptr);
  const Cell& cell = result.pathway->FindRule("R2").second->cells.at(1);
  EXPECT_EQ(RangesOf(cell), "[18321 .. *)");  // 2020-02-29
  EXPECT_EQ(cell.shown, ">= @2020-02-29");
}

struct SyntaxCase {
  std::string_view name, cell;
  std::size_t at;
  std::string_view message;

  friend void PrintTo(const SyntaxCase& row, std::ostream* out) { *out << row.name; }
};

class CellSyntaxTest : public ::testing::TestWithParam<SyntaxCase> {};

TEST_P(CellSyntaxTest, NamesThePlace) {
  const auto parsed = internal::ParseCell(GetParam().cell);
  const auto* error = std::get_if<internal::CellError>(&parsed);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->at, GetParam().at);
  EXPECT_EQ(error->message, GetParam().message);
}

constexpr std::string_view kNoValue =
    "a value is missing here. Write a number, a code, a %parameter or a @date";
constexpr std::string_view kJoin = "a test ends here. Join the next one with \" or \"";

INSTANTIATE_TEST_SUITE_P(
    Rows, CellSyntaxTest,
    ::testing::ValuesIn<SyntaxCase>({
        {"Empty", "", 0, kNoValue},
        {"OnlySpace", "  ", 2, kNoValue},
        {"OnlyAnOperator", "<", 1, kNoValue},
        {"OperatorOfAnotherLanguage", "== 2", 1, kNoValue},
        {"TwoValues", "low high", 4, kJoin},
        {"OrWithoutSpace", "2or 3", 1, kJoin},
        {"NothingAfterOr", "low or ", 7, kNoValue},
        {"PointWithoutDigits", "2.", 1, kJoin},
        {"DashBesideAnother", "- or 2", 2, "\"-\" stands alone. Remove what follows"},
        {"UnitWithoutEnd", "< 2 'cm", 4, "the unit does not end. Close it with \"'\""},
        {"ParameterWithoutName", "< %", 2, "\"%\" starts a parameter. Write its name after it"},
        {"RangeWithOneEnd", "[2]", 2, "a range has two ends. Write \"..\" between them"},
        {"RangeWithoutEnd", "[2 .. 3", 7,
         "the range does not end. Close it with \"]\" (with its end) or \")\" (without)"},
    }),
    kName);

TEST(CellParserTest, AcceptsANegativeNumber) {
  const auto parsed = internal::ParseCell("-2.5");
  const auto* tests = std::get_if<std::vector<internal::CellTest>>(&parsed);
  ASSERT_NE(tests, nullptr);
  ASSERT_EQ(tests->size(), 1U);
  EXPECT_EQ(tests->front().value.text, "-2.5");
}

TEST(CellParserTest, RefusesACellThatIsTooLong) {
  EXPECT_TRUE(std::holds_alternative<internal::CellError>(
      internal::ParseCell(std::string(1'025, ' ') + "2")));
  EXPECT_FALSE(std::holds_alternative<internal::CellError>(
      internal::ParseCell(std::string(1'023, ' ') + "2")));
}

}  // namespace
}  // namespace renal::pathways
