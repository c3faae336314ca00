#include "fhir/quantity.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace renal::fhir {
namespace {

Unit U(std::string_view text) {
  const std::optional<Unit> unit = Unit::Parse(text);
  EXPECT_TRUE(unit) << text;
  return unit.value_or(Unit());
}

Quantity Q(std::string_view text) {
  const std::optional<Quantity> quantity = ParseQuantity(text);
  EXPECT_TRUE(quantity) << text;
  return quantity.value_or(Quantity{});
}

std::string Text(const std::optional<Quantity>& quantity) {
  return quantity ? quantity->ToString() : "nothing";
}

template <typename Row>
std::string NameOf(const testing::TestParamInfo<Row>& test) {
  return std::string(test.param.name);
}

struct CompareCase {
  std::string_view name;
  std::string_view a;
  std::string_view order;  // "=", "<", ">" or "?" where there is none
  std::string_view b;

  friend void PrintTo(const CompareCase& row, std::ostream* out) { *out << row.name; }
};

std::string_view OrderOf(const Quantity& a, const Quantity& b) {
  const std::optional<std::strong_ordering> order = Compare(a, b);
  if (!order) return "?";
  return *order < 0 ? "<" : *order > 0 ? ">" : "=";
}

class QuantityCompareTest : public testing::TestWithParam<CompareCase> {};

TEST_P(QuantityCompareTest, IsExactAndAntisymmetric) {
  const CompareCase& row = GetParam();
  const std::string_view reversed = row.order == "<" ? ">" : row.order == ">" ? "<" : row.order;
  EXPECT_EQ(OrderOf(Q(row.a), Q(row.b)), row.order);
  EXPECT_EQ(OrderOf(Q(row.b), Q(row.a)), reversed);
  EXPECT_EQ(Q(row.a).unit.ConvertibleTo(Q(row.b).unit), row.order != "?");
}

INSTANTIATE_TEST_SUITE_P(Lengths, QuantityCompareTest,
                         testing::ValuesIn<CompareCase>({
                             {"MetersOnTheLimit", "0.07 'm'", "=", "7 'cm'"},
                             {"MillimetersOnTheLimit", "70 'mm'", "=", "7 'cm'"},
                             {"MetersAndMillimeters", "0.070 'm'", "=", "70.0 'mm'"},
                             {"JustBelow", "69.9 'mm'", "<", "7 'cm'"},
                             {"JustAbove", "0.0700000000000000000000000001 'm'", ">", "7 'cm'"},
                             {"SameUnit", "6.99 'cm'", "<", "7.0 'cm'"},
                             {"Inch", "1 '[in_i]'", "=", "2.54 'cm'"},
                             {"Foot", "1 '[ft_i]'", "=", "304.8 'mm'"},
                             {"FarScales", "1 'Ym'", ">", "1 'ym'"},
                             {"FarScalesMinus", "-1 'Ym'", "<", "-1 'ym'"},
                             {"SignsDecide", "-1 'km'", "<", "1 'mm'"},
                             {"ZeroOfAnyLength", "0 'km'", "=", "0.0 '[in_i]'"},
                             {"AreaAsProduct", "1 'm2'", "=", "10000 'cm.cm'"},
                             {"ExponentOfAPrefix", "1 'cm3'", "=", "1 'mL'"},
                             {"MassIsNoLength", "7 'cm'", "?", "7 'g'"},
                             {"NumberIsNoLength", "7 'cm'", "?", "7"},
                             {"LongestNumbers", "99999999999999999999999999999999999999 'm'", "<",
                              "99999999999999999999999999999999999999 '[mi_i]'"},
                         }),
                         NameOf<CompareCase>);

INSTANTIATE_TEST_SUITE_P(Laboratory, QuantityCompareTest,
                         testing::ValuesIn<CompareCase>({
                             {"Creatinine", "1 'mg/dL'", "=", "10 'mg/L'"},
                             {"SmallAndLargeLiter", "1 'mg/dl'", "=", "1 'mg/dL'"},
                             {"MassAndSubstanceConcentration", "1 'mg/dL'", "?", "88.4 'umol/L'"},
                             {"Substance", "1 'mmol/L'", "=", "1000 'umol/L'"},
                             {"SubstanceIsNoNumber", "1 'mol'", "?", "1"},
                             {"EquivalentsAreNoMoles", "1 'meq/L'", "?", "1 'mmol/L'"},
                             {"OsmolesAreNoMoles", "1 'mosm/kg'", "?", "1 'mmol/kg'"},
                             {"CellCount", "5 '10*9/L'", "=", "5000 '/uL'"},
                             {"CellCountAsFactor", "5 '10*3/uL'", "=", "5 '10^9/L'"},
                             {"BareTen", "3 '10*'", "=", "30"},
                             {"NegativeTen", "1 '10*-2'", "=", "1 '%'"},
                             {"Percent", "50 '%'", "=", "0.5"},
                             {"PerThousand", "5 '[ppth]'", "=", "0.5 '%'"},
                             {"Factor", "1 '60.s'", "=", "1 'min'"},
                             {"DividingFactor", "60 's/60'", "=", "1 's'"},
                             {"InternationalUnits", "1000 '[iU]/L'", "=", "1 'k[IU]/L'"},
                             {"InternationalUnitsAreNoCatalyticUnits", "1 '[iU]/L'", "?",
                              "1 'U/L'"},
                             {"CatalyticUnits", "1 'U/L'", "=", "1 'umol/min/L'"},
                             {"MercuryIsPascal", "1 'mm[Hg]'", "=", "133.322 'Pa'"},
                             {"BloodPressure", "16 'kPa'", "<", "121 'mm[Hg]'"},
                             {"Bar", "1 'bar'", "=", "100 'kPa'"},
                             {"Calories", "1 'kcal'", "=", "4184 'J'"},
                             {"Watt", "1 'W.s'", "=", "1 'J'"},
                             {"Hertz", "60 '/min'", "=", "1 'Hz'"},
                             {"Pound", "1 '[lb_av]'", "=", "0.45359237 'kg'"},
                             {"Ounces", "16 '[oz_av]'", "=", "1 '[lb_av]'"},
                             {"BodyMassIndex", "1 'kg/m2'", "=", "0.1 'g/cm2'"},
                             {"Gallon", "1 '[gal_us]'", "=", "3.785411784 'L'"},
                             {"Teaspoons", "768 '[tsp_us]'", "=", "1 '[gal_us]'"},
                             {"Dose", "1 'Gy'", "=", "100 'cGy'"},
                         }),
                         NameOf<CompareCase>);

INSTANTIATE_TEST_SUITE_P(Structure, QuantityCompareTest,
                         testing::ValuesIn<CompareCase>({
                             {"AnnotationOnOneSide", "60 'mL/min/{1.73_m2}'", "=", "60 'mL/min'"},
                             {"SameAnnotation", "60 'mL/min/{1.73_m2}'", "=", "1 'mL/s/{1.73_m2}'"},
                             {"AnnotationBehindTheUnit", "60 'mL/min{1.73_m2}'", "=",
                              "60 'mL/min/{1.73_m2}'"},
                             {"OtherAnnotation", "1 '{A}'", "?", "1 '{B}'"},
                             {"OtherAnnotationOnTheSameUnit", "1 'mg{A}'", "?", "1 'mg{B}'"},
                             {"AnnotationOfTheOtherPart", "1 '{A}/{B}'", "?", "1 '{B}/{A}'"},
                             {"AnnotationAgainstNumber", "1 '{score}'", "=", "1"},
                             {"SlashBindsToOnePart", "1 'm/s.kg'", "=", "1 'kg.m/s'"},
                             {"LeadingSlashBindsToOnePart", "1 '/s.m'", "=", "1 'm/s'"},
                             {"Parentheses", "1 'm/(s.kg)'", "=", "1 'm/s/kg'"},
                             {"ParenthesesWithSlash", "1 'm/(s/kg)'", "=", "1 'm.kg/s'"},
                             {"NegativeExponent", "1 'm.s-1'", "=", "1 'm/s'"},
                             {"PlusExponent", "1 'm+2'", "=", "1 'm2'"},
                             {"Candela", "1 'cd'", "?", "0.01 'd'"},
                             {"MinuteIsNoMilliInch", "1 'min'", "=", "60 's'"},
                             {"CelsiusWithItself", "37 'Cel'", "<", "38.5 'Cel'"},
                             {"CelsiusAndKelvin", "37 'Cel'", "?", "310.15 'K'"},
                             {"CelsiusAndFahrenheit", "37 'Cel'", "?", "98.6 '[degF]'"},
                             {"Acidity", "7.35 '[pH]'", "<", "7.4 '[pH]'"},
                             {"AcidityIsNoNumber", "7.35 '[pH]'", "?", "7.35"},
                             {"OneAndNoUnit", "7 '1'", "=", "7"},
                         }),
                         NameOf<CompareCase>);

INSTANTIATE_TEST_SUITE_P(Time, QuantityCompareTest,
                         testing::ValuesIn<CompareCase>({
                             {"DaysOfAWeek", "7 days", "=", "1 week"},
                             {"SixDays", "6 days", "<", "1 week"},
                             {"EightDays", "8 days", ">", "1 week"},
                             {"WeekIsUcumWeek", "12 weeks", "=", "12 'wk'"},
                             {"DayIsUcumDay", "84 'd'", "=", "12 weeks"},
                             {"HourIsUcumHour", "1 hour", "=", "60 'min'"},
                             {"SecondsAndMilliseconds", "1 second", "=", "1000 'ms'"},
                             {"MillisecondWord", "1000 milliseconds", "=", "1 's'"},
                             {"YearIsNoUcumYear", "1 year", "?", "1 'a'"},
                             {"MonthIsNoUcumMonth", "1 month", "?", "1 'mo'"},
                             {"MonthIsNoDays", "1 month", "?", "30 days"},
                             {"YearIsNoDays", "1 year", "?", "365 days"},
                             {"YearInMonths", "1 year", "=", "12 months"},
                             {"UcumYear", "4 'a'", "=", "1461 'd'"},
                             {"UcumMonths", "12 'mo'", "=", "1 'a'"},
                         }),
                         NameOf<CompareCase>);

struct UnitCase {
  std::string_view name;
  std::string text;

  friend void PrintTo(const UnitCase& row, std::ostream* out) { *out << row.name; }
};

class UnitAcceptedTest : public testing::TestWithParam<UnitCase> {};

TEST_P(UnitAcceptedTest, KeepsItsText) { EXPECT_EQ(U(GetParam().text).text(), GetParam().text); }

std::string Repeat(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(Texts, UnitAcceptedTest,
                         testing::ValuesIn<UnitCase>({
                             {"LongestText", "{" + std::string(126, 'x') + "}"},
                             {"MostComponents", Repeat("m/", 15) + "m"},
                             {"LargestPower", "m12"},
                             {"SmallestPower", "m-12"},
                             {"LargestPowerOfTen", "10*60"},
                             {"SmallestPowerOfTen", "10*-60"},
                             {"LargestFactor", "999999999"},
                             {"DeepestNesting", "((((((((m))))))))"},
                             {"Deca", "dam"},
                             {"DecaLiter", "daL"},
                             {"HectAre", "har"},
                             {"MilliCelsius", "mCel"},
                             {"PrefixBeforeBracket", "m[iU]/mL"},
                             {"WaterColumn", "cm[H2O]"},
                             {"AnnotatedCelsius", "Cel{oral}"},
                             {"EstimatedGlomerularFiltrationRate", "mL/min/{1.73_m2}"},
                         }),
                         NameOf<UnitCase>);

class UnitRefusedTest : public testing::TestWithParam<UnitCase> {};

TEST_P(UnitRefusedTest, GivesNothing) { EXPECT_FALSE(Unit::Parse(GetParam().text)); }

INSTANTIATE_TEST_SUITE_P(Texts, UnitRefusedTest,
                         testing::ValuesIn<UnitCase>({
                             {"Empty", ""},
                             {"Space", " "},
                             {"SpaceInside", "mg /dL"},
                             {"Unknown", "foo"},
                             {"OtherCase", "CM"},
                             {"Word", "week"},
                             {"PrefixOnly", "k"},
                             {"TwoPrefixes", "mkg"},
                             {"PrefixOnPlainUnit", "kmin"},
                             {"PrefixOnPercent", "k%"},
                             {"MercuryWithoutBrackets", "mmHg"},
                             {"TrailingDot", "m."},
                             {"TrailingSlash", "m/"},
                             {"SlashOnly", "/"},
                             {"TwoSlashes", "m//s"},
                             {"LeadingDot", ".m"},
                             {"ZeroPower", "m0"},
                             {"PowerBeyond", "m13"},
                             {"NegativePowerBeyond", "m-13"},
                             {"LongPower", "m0000000000002"},
                             {"SignWithoutPower", "m-"},
                             {"PowerInFront", "2m"},
                             {"CaretPower", "m^2"},
                             {"PowerOfTenBeyond", "10*61"},
                             {"NegativePowerOfTenBeyond", "10*-61"},
                             {"PowerOfTenIsNoNumber", "10*x"},
                             {"ZeroFactor", "0.m"},
                             {"FactorBeyond", "1000000000"},
                             {"DecimalFactor", "2.54cm"},
                             {"OpenParenthesis", "(m"},
                             {"ClosingParenthesis", "m)"},
                             {"EmptyParentheses", "()"},
                             {"PowerOfParentheses", "(m)2"},
                             {"NestingBeyond", "(((((((((m)))))))))"},
                             {"OpenBrace", "m{x"},
                             {"ClosingBrace", "m}"},
                             {"EmptyAnnotation", "m{}"},
                             {"NestedAnnotation", "m{a{b}}"},
                             {"SpaceInAnnotation", "mL/min/{1.73 m2}"},
                             {"ControlInAnnotation", "m{\x01}"},
                             {"NoAsciiInAnnotation", "m{\xc2\xb5}"},
                             {"TextBehindAnnotation", "{x}m"},
                             {"OpenBracket", "[in_i"},
                             {"UnknownBracket", "[s]"},
                             {"TooLong", "{" + std::string(127, 'x') + "}"},
                             {"TooManyComponents", Repeat("m/", 16) + "m"},
                             {"TooLargeTogether", Repeat("Ym12.", 2) + "m"},
                             {"TooSmallTogether", Repeat("ym12.", 2) + "m"},
                             {"TooFineTogether", Repeat("[gal_us]12.", 4) + "[mi_i]12"},
                             {"CelsiusInAProduct", "Cel.m"},
                             {"CelsiusPerTime", "Cel/min"},
                             {"PerCelsius", "/Cel"},
                             {"PowerOfCelsius", "Cel2"},
                         }),
                         NameOf<UnitCase>);

struct ConvertCase {
  std::string_view name;
  std::string_view quantity;
  std::string_view unit;
  std::string_view result;

  friend void PrintTo(const ConvertCase& row, std::ostream* out) { *out << row.name; }
};

class QuantityConvertTest : public testing::TestWithParam<ConvertCase> {};

TEST_P(QuantityConvertTest, IsExactOrRoundedOrNothing) {
  const ConvertCase& row = GetParam();
  EXPECT_EQ(Text(Convert(Q(row.quantity), Q("1 " + std::string(row.unit)).unit)), row.result);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, QuantityConvertTest,
    testing::ValuesIn<ConvertCase>({
        {"Meters", "0.07 'm'", "'cm'", "7 'cm'"},
        {"Millimeters", "69 'mm'", "'cm'", "6.9 'cm'"},
        {"Negative", "-69 'mm'", "'cm'", "-6.9 'cm'"},
        {"Zero", "0.00 'mm'", "'cm'", "0 'cm'"},
        {"SameUnitKeepsItsScale", "7.00 'cm'", "'cm'", "7.00 'cm'"},
        {"SameSizeKeepsItsScale", "1.50 'mL'", "'cm3'", "1.50 'cm3'"},
        {"Pounds", "150 '[lb_av]'", "'kg'", "68.0388555 'kg'"},
        {"DoesNotEnd", "1 'm'", "'[ft_i]'", "3.280839895013123359580052493 '[ft_i]'"},
        {"Negated", "-1 'm'", "'[ft_i]'", "-3.280839895013123359580052493 '[ft_i]'"},
        {"BeyondTheLargestNumber", "12345678901234567890123456789012345678 'm'", "'cm'", "nothing"},
        {"ExactWith38Digits", "12345678901234567890123456789012345678 'cm'", "'m'",
         "123456789012345678901234567890123456.78 'm'"},
        {"Weeks", "84 days", "weeks", "12 weeks"},
        {"OneWeek", "7 'd'", "week", "1 week"},
        {"ToUcum", "12 weeks", "'d'", "84 'd'"},
        {"Years", "3 years", "months", "36 months"},
        {"Percent", "0.5", "'%'", "50 '%'"},
        {"FromPercent", "50 '%'", "'1'", "0.5"},
        {"DropsAnAnnotation", "60 'mL/min/{1.73_m2}'", "'mL/min'", "60 'mL/min'"},
        {"NotConvertible", "7 'cm'", "'g'", "nothing"},
        {"YearToUcum", "1 year", "'a'", "nothing"},
        {"TooLarge", "1 'Ym'", "'ym'", "nothing"},
        {"TooSmall", "1 'ym'", "'Ym'", "nothing"},
    }),
    NameOf<ConvertCase>);

struct ParseCase {
  std::string_view name;
  std::string_view text;
  std::string_view result;

  friend void PrintTo(const ParseCase& row, std::ostream* out) { *out << row.name; }
};

class ParseQuantityTest : public testing::TestWithParam<ParseCase> {};

TEST_P(ParseQuantityTest, ReadsAndPrints) {
  EXPECT_EQ(Text(ParseQuantity(GetParam().text)), GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(Rows, ParseQuantityTest,
                         testing::ValuesIn<ParseCase>({
                             {"Plain", "7 'cm'", "7 'cm'"},
                             {"WithoutSpace", "7.0'cm'", "7.0 'cm'"},
                             {"ManySpaces", "7 \t\n 'cm'", "7 'cm'"},
                             {"Number", "75", "75"},
                             {"UnitOne", "75 '1'", "75"},
                             {"Minus", "-0.50 'mm'", "-0.50 'mm'"},
                             {"Plus", "+5", "5"},
                             {"Weeks", "12 weeks", "12 weeks"},
                             {"WordWithoutSpace", "26weeks", "26 weeks"},
                             {"OneWeek", "1 week", "1 week"},
                             {"SingularWordPrintsInThePlural", "2 week", "2 weeks"},
                             {"PluralWordPrintsInTheSingular", "1.0 days", "1.0 day"},
                             {"MinusOne", "-1 day", "-1 day"},
                             {"HalfAYear", "0.5 year", "0.5 years"},
                             {"Zero", "0 minutes", "0 minutes"},
                             {"Empty", "", "nothing"},
                             {"SignOnly", "-", "nothing"},
                             {"UnitOnly", "'cm'", "nothing"},
                             {"WordOnly", "weeks", "nothing"},
                             {"NoQuotes", "7 cm", "nothing"},
                             {"OpenQuote", "7 'cm", "nothing"},
                             {"QuoteOnly", "7 '", "nothing"},
                             {"EmptyUnit", "7 ''", "nothing"},
                             {"TextBehind", "7 'cm' x", "nothing"},
                             {"LeadingSpace", " 7", "nothing"},
                             {"TrailingSpace", "7 ", "nothing"},
                             {"UnknownWord", "7 fortnights", "nothing"},
                             {"PluralOfPlural", "7 weekss", "nothing"},
                             {"OnlyTheLetterOfThePlural", "7 s", "nothing"},
                             {"Capital", "7 Weeks", "nothing"},
                             {"Exponent", "1e3 'cm'", "nothing"},
                             {"TwoPoints", "1.2.3 'cm'", "nothing"},
                             {"TwoSigns", "--1 'cm'", "nothing"},
                         }),
                         NameOf<ParseCase>);

TEST(UnitTest, IsOneByDefault) {
  EXPECT_TRUE(Unit().IsOne());
  EXPECT_TRUE(U("1").IsOne());
  EXPECT_EQ(Unit(), U("1"));
  EXPECT_FALSE(U("%").IsOne());
  EXPECT_FALSE(U("1{score}").IsOne());
  EXPECT_FALSE(U("{score}").IsOne());
}

TEST(UnitTest, IsEqualByText) {
  EXPECT_EQ(U("cm"), U("cm"));
  EXPECT_EQ(&U("cm").definition(), &U("cm").definition());
  EXPECT_FALSE(U("mL") == U("ml"));
}

TEST(UnitTest, KnowsCalendarWords) {
  EXPECT_EQ(Unit::Calendar("weeks"), Unit::Calendar("week"));
  EXPECT_EQ(Unit::Calendar("weeks").value().text(), "week");
  EXPECT_TRUE(Unit::Calendar("month").value().IsCalendar());
  EXPECT_FALSE(U("mo").IsCalendar());
  EXPECT_FALSE(Unit::Calendar("wk"));
  EXPECT_FALSE(Unit::Calendar(""));
}

TEST(UnitTest, WorksWithMoreUnitsThanAreKept) {
  std::vector<Unit> held;
  for (int i = 0; i < 5000; ++i) held.push_back(U("mm{" + std::to_string(i) + "}"));
  EXPECT_EQ(held.back(), U("mm{4999}"));
  EXPECT_EQ(Compare(Quantity{10, held.back()}, Q("1 'cm'")), std::strong_ordering::equal);
  EXPECT_NE(&held.back().definition(), &U("mm{4999}").definition());
  held.clear();
  for (int i = 0; i < 2000; ++i) U("km{" + std::to_string(i) + "}");
  EXPECT_EQ(&U("mm{4999}").definition(), &U("mm{4999}").definition());
}

TEST(UnitTest, GivesOneHandleToAllThreads) {
  constexpr int kUnits = 200;
  std::vector<std::vector<Unit>> seen(4);
  std::vector<std::thread> threads;
  for (std::vector<Unit>& mine : seen) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < kUnits; ++i) mine.push_back(U("kg{t" + std::to_string(i) + "}"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kUnits; ++i) {
    const auto at = static_cast<std::size_t>(i);
    for (const std::vector<Unit>& mine : seen) {
      EXPECT_EQ(&mine[at].definition(), &seen[0][at].definition());
    }
  }
}

}  // namespace
}  // namespace renal::fhir
