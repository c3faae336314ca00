#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fhir/fhirpath.h"

// The limits that an expression knows, and the variables that it hands on.
namespace renal::fhir::fhirpath {
namespace {

CompileOptions Options() {
  CompileOptions options;
  options.variables = {"a", "b", "limit"};
  return options;
}

std::string TextOf(const Item& item) {
  if (const auto* integer = std::get_if<std::int64_t>(&item)) return std::to_string(*integer);
  if (const auto* decimal = std::get_if<Decimal>(&item)) return decimal->ToString();
  if (const auto* quantity = std::get_if<Quantity>(&item)) return quantity->ToString();
  if (const auto* date = std::get_if<DateTime>(&item)) return "@" + date->ToString();
  if (const auto* text = std::get_if<std::string>(&item)) return *text;
  return "?";
}

struct ComparisonCase {
  std::string_view name;
  std::string_view expression;
  std::string comparisons;  // "a:2 a:limit", in the order of the text
  std::string passed_on = {};

  friend void PrintTo(const ComparisonCase& row, std::ostream* out) { *out << row.name; }
};

class ComparisonsTest : public testing::TestWithParam<ComparisonCase> {};

TEST_P(ComparisonsTest, AreKnownWithoutAValue) {
  const CompileOptions options = Options();
  const auto compiled = Compile(GetParam().expression, options);
  ASSERT_TRUE(std::holds_alternative<Expression>(compiled));
  const Expression& expression = std::get<Expression>(compiled);
  std::string comparisons;
  for (const Comparison& comparison : expression.comparisons()) {
    const auto* constant = std::get_if<Item>(&comparison.with);
    comparisons +=
        (comparisons.empty() ? "" : " ") + options.variables[comparison.slot] + ":" +
        (constant != nullptr ? TextOf(*constant)
                             : options.variables[std::get<std::size_t>(comparison.with)]);
  }
  std::string passed_on;
  for (const std::size_t slot : expression.passed_on()) {
    passed_on += (passed_on.empty() ? "" : " ") + options.variables[slot];
  }
  EXPECT_EQ(comparisons, GetParam().comparisons);
  EXPECT_EQ(passed_on, GetParam().passed_on);
}

const auto kName = [](const auto& test) { return std::string(test.param.name); };

INSTANTIATE_TEST_SUITE_P(Operators, ComparisonsTest,
                         testing::ValuesIn<ComparisonCase>({
                             {"Less", "%a < 2", "a:2"},
                             {"LessOrEqual", "%a <= 2.50", "a:2.50"},
                             {"Greater", "%a > 2 'cm'", "a:2 'cm'"},
                             {"GreaterOrEqual", "%a >= @2026-03", "a:@2026-03"},
                             {"Equal", "%a = 'x'", "a:x"},
                             {"NotEqual", "%a != 2", "a:2"},
                             {"Equivalent", "%a ~ 2", "a:2"},
                             {"NotEquivalent", "%a !~ 2", "a:2"},
                             {"In", "%a in (1 | 2)", "a:1 a:2"},
                             {"Contains", "(1 | 2) contains %a", "a:1 a:2"},
                             {"TheConstantOnTheLeft", "2 < %a", "a:2"},
                             {"AConstantThatIsWorkedOut", "%a < 2 + 3 * 4", "a:14"},
                             {"AVariableOnBothSides", "%a < %limit", "a:limit"},
                             {"Several", "%a >= 1 and (%b < 2 or %a = 3)", "a:1 b:2 a:3"},
                             {"NoComparison", "%a + 2", ""},
                             {"OfWhatIsComputed", "%a + 1 < 2", ""},
                             {"OfAComparison", "(%a < 2) = true", "a:2"},
                             {"OfTheRecord", "%resource.value < 2", ""},
                         }),
                         kName);

INSTANTIATE_TEST_SUITE_P(Ways, ComparisonsTest,
                         testing::ValuesIn<ComparisonCase>({
                             {"AVariable", "%a", "", "a"},
                             {"AConstant", "1", "", ""},
                             {"Union", "%a | %b", "", "a b"},
                             {"FirstOfAUnion", "(%b | %a).first() < 2", "a:2 b:2", ""},
                             {"Index", "(%a | %b)[0]", "", "a b"},
                             {"As", "%a as Quantity", "", "a"},
                             {"Is", "%a is Quantity", "", ""},
                             {"Where", "%a.where($this > 2)", "a:2", "a"},
                             {"ThisWithinThis", "%a.where(%b.where($this > 2).exists())", "b:2",
                              "a"},
                             {"Select", "%a.select($this)", "", "a"},
                             {"SelectWhatIsComputed", "%a.select($this + 1)", "", ""},
                             {"Iif", "iif(%limit > 1, %a, %b)", "limit:1", "a b"},
                             {"IifWithoutElse", "iif(%a > 1, %b)", "a:1", "b"},
                             {"IifAsACriterion", "iif(%a > 1, %a, {}) < 5", "a:1 a:5", ""},
                             {"UnionFunction", "%a.union(%b)", "", "a b"},
                             {"Combine", "%a.combine(%b)", "", "a b"},
                             {"Exclude", "%a.exclude(%b)", "", "a"},
                             {"Trace", "%a.trace('t')", "", "a"},
                             {"Conversion", "%a.toQuantity('cm') < 2 'cm'", "", ""},
                             {"Sign", "-%a < 2", "", ""},
                             {"Exists", "%a.exists() = true", "", ""},
                             {"Member", "%a.value < 2", "", ""},
                         }),
                         kName);

// Three variables with each of 200 constants: no more are kept than an expression may have nodes.
TEST(ComparisonsLimitTest, AreBounded) {
  std::string text = "(%a | %b | %limit) in (0";
  for (int i = 1; i < 200; ++i) text += " | " + std::to_string(i);
  const auto compiled = Compile(text + ")", Options());
  ASSERT_TRUE(std::holds_alternative<Expression>(compiled));
  EXPECT_EQ(std::get<Expression>(compiled).comparisons().size(), 500U);
}

}  // namespace
}  // namespace renal::fhir::fhirpath
