#include "pathways/internal/read_value.h"

#include <gtest/gtest.h>

#include "fhir/json.h"
#include "pathways/outcome.h"

// One item of FHIRPath as the value of an input.
namespace renal::pathways {
namespace {

Input InputOf(Type type) {
  Input input;
  input.type = type;
  if (type == Type::kQuantity) input.unit = fhir::Unit::Parse("cm");
  if (type == Type::kCode) input.values = {{"low", "low"}, {"high", "high"}};
  if (type == Type::kBoolean) input.values = {{"false", "no"}, {"true", "yes"}};
  return input;
}

struct ReadCase {
  std::string name;
  Type type;
  std::string json;
  std::string value;  ///< empty: unusable; "implausible"

  friend void PrintTo(const ReadCase& row, std::ostream* out) { *out << row.name; }
};

class ReadValueTest : public ::testing::TestWithParam<ReadCase> {};

TEST_P(ReadValueTest, ConvertsOrLeavesUnusable) {
  const ReadCase& row = GetParam();
  Input input = InputOf(row.type);
  if (row.type == Type::kQuantity) {
    input.min = fhir::ParseQuantity("0 'cm'");
    input.max = fhir::ParseQuantity("40 'cm'");
  }
  const auto document = fhir::JsonDocument::Parse(row.json);
  ASSERT_TRUE(document);
  auto value = ReadValue(input, fhir::fhirpath::Node{document.value().root(), {}, {}});
  std::string text;
  if (value) text = MakePlausible(input, *value) ? ValueText(input, *value) : "implausible";
  EXPECT_EQ(text, row.value);
}

INSTANTIATE_TEST_SUITE_P(
    Quantities, ReadValueTest,
    ::testing::ValuesIn<ReadCase>({
        {"Centimetres", Type::kQuantity, R"({"value": 7, "code": "cm"})", "7 'cm'"},
        {"Millimetres", Type::kQuantity, R"({"value": 70, "code": "mm"})", "7 'cm'"},
        {"Metres", Type::kQuantity, R"({"value": 0.07, "code": "m"})", "7 'cm'"},
        {"TrailingZero", Type::kQuantity, R"({"value": 7.0, "code": "cm"})", "7 'cm'"},
        {"JustBelow", Type::kQuantity, R"({"value": 6.99, "code": "cm"})", "6.99 'cm'"},
        {"PrintedUnit", Type::kQuantity, R"({"value": 7, "unit": "cm"})", "7 'cm'"},
        {"CodeBeforePrintedUnit", Type::kQuantity, R"({"value": 7, "unit": "mm", "code": "cm"})",
         "7 'cm'"},
        {"Ucum", Type::kQuantity,
         R"({"value": 7, "code": "cm", "system": "http://unitsofmeasure.org"})", "7 'cm'"},
        {"OtherSystem", Type::kQuantity,
         R"({"value": 7, "code": "cm", "system": "http://example.org"})", ""},
        {"OtherDimension", Type::kQuantity, R"({"value": 7, "code": "g"})", ""},
        {"NoUnit", Type::kQuantity, R"({"value": 7})", ""},
        {"UnitOne", Type::kQuantity, R"({"value": 7, "code": "1"})", ""},
        {"NoUcumUnit", Type::kQuantity, R"({"value": 7, "unit": "centimetres"})", ""},
        {"BareNumber", Type::kQuantity, "7", ""},
        {"String", Type::kQuantity, R"("7 cm")", ""},
        {"ValueAsString", Type::kQuantity, R"({"value": "7", "code": "cm"})", ""},
        {"NoValue", Type::kQuantity, R"({"code": "cm"})", ""},
        {"Null", Type::kQuantity, "null", ""},
        {"Less", Type::kQuantity, R"({"value": 7, "code": "cm", "comparator": "<"})", "< 7 'cm'"},
        {"AtMost", Type::kQuantity, R"({"value": 7, "code": "cm", "comparator": "<="})",
         "<= 7 'cm'"},
        {"Greater", Type::kQuantity, R"({"value": 7, "code": "cm", "comparator": ">"})",
         "> 7 'cm'"},
        {"AtLeast", Type::kQuantity, R"({"value": 7, "code": "cm", "comparator": ">="})",
         ">= 7 'cm'"},
        {"AboutIsNotKnown", Type::kQuantity, R"({"value": 7, "code": "cm", "comparator": "ad"})",
         ""},
        {"ComparatorThatIsNoText", Type::kQuantity,
         R"({"value": 7, "code": "cm", "comparator": 1})", ""},
        {"LessInMillimetres", Type::kQuantity, R"({"value": 70, "code": "mm", "comparator": "<"})",
         "< 7 'cm'"},
        {"AboveThePlausible", Type::kQuantity, R"({"value": 40, "code": "cm", "comparator": ">"})",
         "implausible"},
        {"Range", Type::kQuantity,
         R"({"low": {"value": 6, "code": "cm"}, "high": {"value": 80, "code": "mm"}})",
         "[6 'cm' .. 8 'cm']"},
        {"RangeWithoutHigh", Type::kQuantity, R"({"low": {"value": 6, "code": "cm"}})",
         ">= 6 'cm'"},
        {"RangeWithoutLow", Type::kQuantity, R"({"high": {"value": 6, "code": "cm"}})",
         "<= 6 'cm'"},
        {"RangeReversed", Type::kQuantity,
         R"({"low": {"value": 8, "code": "cm"}, "high": {"value": 6, "code": "cm"}})", ""},
        {"RangeOfTwoDimensions", Type::kQuantity,
         R"({"low": {"value": 1, "code": "cm"}, "high": {"value": 6, "code": "g"}})", ""},
        {"RangePartlyImplausible", Type::kQuantity,
         R"({"low": {"value": 39, "code": "cm"}, "high": {"value": 41, "code": "cm"}})",
         "implausible"},
        {"EmptyRange", Type::kQuantity, "{}", ""},
        {"Array", Type::kQuantity, "[]", ""},
    }),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Others, ReadValueTest,
    ::testing::ValuesIn<ReadCase>({
        {"Integer", Type::kInteger, "3", "3"},
        {"IntegerFromQuantity", Type::kInteger, R"({"value": 3})", "3"},
        {"IntegerWithFraction", Type::kInteger, "3.5", ""},
        {"IntegerWithZeroFraction", Type::kInteger, "3.0", "3"},
        {"IntegerWithUnit", Type::kInteger, R"({"value": 3, "code": "cm"})", ""},
        {"IntegerAsText", Type::kInteger, R"("3")", ""},
        {"IntegerAbove", Type::kInteger, R"({"value": 74, "comparator": ">"})", ">= 75"},
        {"IntegerBelow", Type::kInteger, R"({"value": 75, "comparator": "<"})", "<= 74"},
        {"Decimal", Type::kDecimal, "0.5", "0.5"},
        {"True", Type::kBoolean, "true", "yes"},
        {"False", Type::kBoolean, "false", "no"},
        {"TrueAsText", Type::kBoolean, R"("true")", ""},
        {"OneIsNotTrue", Type::kBoolean, "1", ""},
        {"Code", Type::kCode, R"("high")", "high"},
        {"OtherCode", Type::kCode, R"("none")", ""},
        {"CodeIsCaseSensitive", Type::kCode, R"("High")", ""},
        {"Day", Type::kDate, R"("2026-02-14")", "2026-02-14"},
        {"Month", Type::kDate, R"("2026-02")", "[2026-02-01 .. 2026-02-28]"},
        {"LeapMonth", Type::kDate, R"("2024-02")", "[2024-02-01 .. 2024-02-29]"},
        {"Year", Type::kDate, R"("1951")", "[1951-01-01 .. 1951-12-31]"},
        {"TimeCountsAsItsDay", Type::kDate, R"("2026-02-14T23:30:00-05:00")", "2026-02-14"},
        {"NoSuchDay", Type::kDate, R"("2026-02-30")", ""},
        {"NumberIsNoDate", Type::kDate, "2026", ""},
    }),
    [](const auto& row) { return row.param.name; });

TEST(ReadComputedValueTest, ReadsWhatExpressionsCompute) {
  using fhir::fhirpath::Item;
  EXPECT_FALSE(ReadValue(InputOf(Type::kDate), Item(std::int64_t{5})));
  EXPECT_FALSE(ReadValue(InputOf(Type::kQuantity), Item(std::int64_t{5})));
  EXPECT_FALSE(ReadValue(InputOf(Type::kInteger), Item(*fhir::DateTime::Parse("2026-01-01"))));
  EXPECT_TRUE(ReadValue(InputOf(Type::kInteger), Item(std::int64_t{5})));
  EXPECT_TRUE(ReadValue(InputOf(Type::kQuantity), Item(*fhir::ParseQuantity("5 'mm'"))));
  EXPECT_TRUE(ReadValue(InputOf(Type::kCode), Item(std::string("low"))));
  EXPECT_TRUE(ReadValue(InputOf(Type::kBoolean), Item(true)));
}

fhir::fhirpath::Collection ToCollection(const Input& input, const Value& value) {
  fhir::fhirpath::Collection items;
  AddItem(input, value, items);
  return items;
}

TEST(ReadComputedValueTest, VariablesHaveTheTypeOfTheInput) {
  const Input size = InputOf(Type::kQuantity);
  const auto point =
      ToCollection(size, Value::Ordered(Interval::Point(*fhir::ParseQuantity("5 'cm'"))));
  ASSERT_EQ(point.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<fhir::Quantity>(point.front()));
  const auto range =
      ToCollection(size, Value::Ordered({Bound{*fhir::ParseQuantity("5 'cm'"), true}, {}}));
  EXPECT_TRUE(std::holds_alternative<fhir::fhirpath::Range>(range.front()));
  EXPECT_EQ(std::get<std::string>(ToCollection(InputOf(Type::kCode), Value::Code(1)).front()),
            "high");
  EXPECT_EQ(std::get<bool>(ToCollection(InputOf(Type::kBoolean), Value::Code(1)).front()), true);
}

}  // namespace
}  // namespace renal::pathways
