#include "pathways/internal/fhir_form_cells.h"

#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/fhirpath.h"
#include "pathways/definitions.h"
#include "pathways/internal/facts.h"
#include "pathways/internal/fhir_form_names.h"
#include "pathways/load.h"

namespace renal::pathways::internal {
namespace {

namespace fhirpath = fhir::fhirpath;
using ::testing::ElementsAre;
using ::testing::Pair;

CellForm FormOf(const std::string& column) {
  return {column, [](std::string_view name) { return std::string(name); },
          [](std::string_view name) { return name == "several"; }};
}

struct CellCase {
  std::string name, cell, condition;
  bool back = true;  // the condition gives the cell again
  friend void PrintTo(const CellCase& row, std::ostream* out) { *out << row.name; }
};

class CellFormTest : public ::testing::TestWithParam<CellCase> {};

TEST_P(CellFormTest, TranslatesAsTheFormatSays) {
  const CellCase& row = GetParam();
  EXPECT_EQ(ConditionOfCell(row.cell, FormOf("c")), row.condition);
  const auto back =
      CellsOfCondition(row.condition, [](std::string_view name) { return name == "p"; });
  ASSERT_EQ(back.has_value(), row.back);
  if (back) {
    EXPECT_EQ(ConditionOfCell(back->at(0).second, FormOf("c")), row.condition);
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, CellFormTest,
                         ::testing::ValuesIn<CellCase>({
                             {"Any", "-", "true", false},
                             {"True", "true", "%c = true"},
                             {"False", "= false", "%c = false"},
                             {"Integer", "5", "%c = 5"},
                             {"Negative", "> -5", "%c > -5"},
                             {"Code", "central", "%c = 'central'"},
                             {"CodeWithHyphen", "clear-cell", "%c = 'clear-cell'"},
                             {"NotCode", "!= central", "%c != 'central'"},
                             {"Less", "< 2 'cm'", "%c < 2 'cm'"},
                             {"AtMost", "<=2 'cm'", "%c <= 2 'cm'"},
                             {"Parameter", ">= %p", "%c >= %p"},
                             {"Several", "%several", "(%c in %several)", false},
                             {"NoneOfSeveral", "!= %several", "(%c in %several).not()", false},
                             {"Range", "[2 'cm' .. 7 'cm')", "%c >= 2 'cm' and %c < 7 'cm'"},
                             {"OpenRange", "(2..%p]", "%c > 2 and %c <= %p"},
                             {"Or", "a or b", "(%c = 'a' or %c = 'b')"},
                             {"OrOfRanges", "[1 .. 2] or > 5", "(%c >= 1 and %c <= 2 or %c > 5)"},
                             {"Date", ">= @2020-02-29", "%c >= @2020-02-29"},
                             {"Known", "known", "%c.exists()"},
                             {"Unknown", "unknown", "%c.empty()"},
                         }),
                         [](const auto& row) { return row.param.name; });

TEST(CellsOfConditionTest, ReadsSeveralColumns) {
  const auto cells =
      CellsOfCondition(" %a >= 2 'cm'  and %a<7 'cm' and (%b = 'x' or %b = 'y') and %d.exists( ) ",
                       [](std::string_view) { return false; });
  ASSERT_TRUE(cells);
  EXPECT_THAT(*cells, ElementsAre(Pair("a", "[2 'cm' .. 7 'cm')"), Pair("b", "x or y"),
                                  Pair("d", "known")));
}

TEST(CellsOfConditionTest, LeavesEverythingElse) {
  for (const char* condition :
       {"", "%a", "%a = %b", "2 < %a", "%a = 'x' or %b = 'y'", "(%a = 'x' or %b = 'y')",
        "%a = 'known'", "%a = 'two words'", "%a.exists().not()", "%a < 2 'cm' and", "%a < 2 or 3",
        "%a = 'x' and %a = 'y'", "%a < 2 < 3", "%`a` = 3", "%a = 'o\\'x'", "(%a = 'x'", "%a = 3 )",
        "%a ~ 'x'", "%a = 1.5e3"}) {
    EXPECT_FALSE(CellsOfCondition(condition, [](std::string_view) { return false; })) << condition;
  }
}

TEST(ConstantExpressionTest, GoesBothWays) {
  for (const auto& [type, value, expression] :
       std::vector<std::array<std::string, 3>>{{"Integer", "75", "75"},
                                               {"Quantity", "7 'cm'", "7 'cm'"},
                                               {"Boolean", "true", "true"},
                                               {"Date", "@2026-03-01", "@2026-03-01"},
                                               {"Code", "it's", "'it\\'s'"},
                                               {"CodeSet", "a,b", "('a' | 'b')"}}) {
    EXPECT_EQ(ConstantExpression(type, value), expression);
    EXPECT_EQ(ConstantOfExpression(type, expression), value);
  }
}

TEST(ExpressionNamesTest, LeavesStringsAndCommentsAlone) {
  ExpressionNames names;
  names.AddVariable("a_b", "aB");
  names.AddValueSet("set", "https://example.org/set");
  EXPECT_EQ(names.ToFhir("%a_b + '%a_b' // %a_b\n + %`a_b` /* %a_b */ + %a_bc"),
            "%aB + '%a_b' // %a_b\n + %`aB` /* %a_b */ + %a_bc");
  EXPECT_EQ(names.ToFhir("code.memberOf( 'set' ) and x = 'set' and memberOf(%set)"),
            "code.memberOf( 'https://example.org/set' ) and x = 'set' and memberOf(%set)");
  EXPECT_EQ(names.ToFile(names.ToFhir("%a_b.memberOf('set')")), "%a_b.memberOf('set')");
}

// --- The translation means what the table means

fhirpath::Collection ItemOf(const Input& input, const Value& value) {
  if (value.IsCode()) {
    if (input.type == Type::kBoolean) return {value.code() == 1};
    return {input.values[value.code()].first};
  }
  const Interval& interval = value.interval();
  if (input.type == Type::kInteger) return {*interval.low->value.value.ToInteger()};
  return {interval.low->value};
}

/// All conditions of the shipped pathway, cell by cell, over a value of each segment and none.
TEST(CellFormTest, AgreesWithTheTablesOfTheShippedPathway) {
  const auto pathway = ShippedPathway("onc-kidney-2018");
  std::size_t verdicts = 0;
  const auto check = [&](const Cell& cell) {
    const Input& input = pathway->inputs[cell.input];
    const auto condition =
        ConditionOfCell(cell.text, {"v", [](std::string_view name) { return std::string(name); },
                                    [&](std::string_view name) {
                                      for (const Parameter& each : pathway->parameters) {
                                        if (each.name == name) return each.codes.size() > 1;
                                      }
                                      return false;
                                    }});
    ASSERT_TRUE(condition);
    fhirpath::CompileOptions options;
    options.variables = {"v"};
    std::vector<fhirpath::Collection> values(1);
    for (const Parameter& each : pathway->parameters) {
      options.variables.push_back(each.name);
      values.emplace_back();
      for (const std::string& code : each.codes) values.back().emplace_back(code);
      if (!each.codes.empty() || each.value.IsCode()) continue;
      const fhir::Quantity& constant = each.value.interval().low->value;
      if (each.type == Type::kInteger) {
        values.back().emplace_back(*constant.value.ToInteger());
      } else {
        values.back().emplace_back(constant);
      }
    }
    auto compiled = fhirpath::Compile(*condition, options);
    ASSERT_TRUE(std::holds_alternative<fhirpath::Expression>(compiled)) << *condition;
    const auto& expression = std::get<fhirpath::Expression>(compiled);
    std::vector<std::optional<Value>> samples = {std::nullopt};
    for (const Value& segment : input.segments) samples.emplace_back(segment);
    for (const auto& sample : samples) {
      if (sample && !sample->IsCode() && !sample->interval().IsPoint()) continue;
      values[0] = sample ? ItemOf(input, *sample) : fhirpath::Collection();
      fhirpath::Environment environment;
      environment.variables = &values;
      const auto answer = expression.Evaluate(environment);
      ASSERT_TRUE(answer.has_value()) << *condition;
      Truth found = Truth::kUnknown;
      if (!answer->empty()) found = std::get<bool>(answer->at(0)) ? Truth::kTrue : Truth::kFalse;
      Truth expected = Truth::kUnknown;
      if (cell.kind == Cell::Kind::kKnown || cell.kind == Cell::Kind::kUnknown) {
        expected =
            sample.has_value() == (cell.kind == Cell::Kind::kKnown) ? Truth::kTrue : Truth::kFalse;
      } else if (sample && cell.kind == Cell::Kind::kCodes) {
        expected = (cell.codes >> sample->code() & 1U) != 0 ? Truth::kTrue : Truth::kFalse;
      } else if (sample) {
        expected = Truth::kFalse;
        for (const Interval& range : cell.ranges) {
          if (Covers(range, sample->interval()) == Cover::kInside) expected = Truth::kTrue;
        }
      }
      EXPECT_EQ(found, expected) << *condition;
      ++verdicts;
    }
  };
  for (const Table& table : pathway->tables) {
    for (const Rule& rule : table.rules) {
      for (const Cell& cell : rule.cells) check(cell);
    }
  }
  for (const Check& each : pathway->checks) {
    for (const Cell& cell : each.cells) check(cell);
  }
  for (const GateRow& row : pathway->gate) {
    for (const Cell& cell : row.cells) check(cell);
  }
  EXPECT_GT(verdicts, 100U);
}

}  // namespace
}  // namespace renal::pathways::internal
