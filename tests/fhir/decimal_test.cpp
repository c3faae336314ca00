#include "fhir/decimal.h"

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

namespace renal::fhir {
namespace {

constexpr std::string_view kNines = "99999999999999999999999999999999999999";  // the largest number

Decimal D(std::string_view text) {
  const std::optional<Decimal> decimal = Decimal::Parse(text);
  EXPECT_TRUE(decimal) << text;
  return decimal.value_or(Decimal());
}

std::string Text(const std::optional<Decimal>& decimal) {
  return decimal ? decimal->ToString() : "nothing";
}

template <typename Row>
std::string NameOf(const testing::TestParamInfo<Row>& test) {
  return std::string(test.param.name);
}

struct ParseCase {
  std::string_view name;
  std::string text;
  std::string plain;  // as printed, or "nothing"
  std::string shortened;

  friend void PrintTo(const ParseCase& row, std::ostream* out) { *out << row.name; }
};

class DecimalParseTest : public testing::TestWithParam<ParseCase> {};

TEST_P(DecimalParseTest, ReadsAndPrints) {
  const ParseCase& row = GetParam();
  const std::optional<Decimal> decimal = Decimal::Parse(row.text);
  EXPECT_EQ(Text(decimal), row.plain);
  if (decimal) {
    EXPECT_EQ(decimal->ToShortString(), row.shortened);
    EXPECT_EQ(Text(Decimal::Parse(row.plain)), row.plain);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, DecimalParseTest,
    testing::ValuesIn<ParseCase>({
        {"Zero", "0", "0", "0"},
        {"MinusZeroHasNoSign", "-0", "0", "0"},
        {"MinusZeroKeepsItsScale", "-0.00", "0.00", "0"},
        {"Integer", "75", "75", "75"},
        {"Plus", "+5", "5", "5"},
        {"Minus", "-0.50", "-0.50", "-0.5"},
        {"LeadingZeros", "007.5", "7.5", "7.5"},
        {"TrailingZerosAreKept", "1.10", "1.10", "1.1"},
        {"WholeWithZeros", "7.0", "7.0", "7"},
        {"TensKeepTheirZeros", "100", "100", "100"},
        {"SmallFraction", "0.07", "0.07", "0.07"},
        {"Exponent", "12e3", "12000", "12000"},
        {"ExponentWithPlus", "1.5E+2", "150", "150"},
        {"ExponentEatsThePoint", "1.25e1", "12.5", "12.5"},
        {"NegativeExponent", "7e-2", "0.07", "0.07"},
        {"LongestNumber", std::string(kNines), std::string(kNines), std::string(kNines)},
        {"ManyLeadingZeros", std::string(100, '0') + "1", "1", "1"},
        {"MostPlaces", "1e-38", "0." + std::string(37, '0') + "1",
         "0." + std::string(37, '0') + "1"},
        {"LargestPowerOfTen", "1e37", "1" + std::string(37, '0'), "1" + std::string(37, '0')},
        {"ZeroWithExponent", "0e38", "0", "0"},
    }),
    NameOf<ParseCase>);

INSTANTIATE_TEST_SUITE_P(Refused, DecimalParseTest,
                         testing::ValuesIn<ParseCase>({
                             {"Empty", "", "nothing"},
                             {"SignOnly", "-", "nothing"},
                             {"TwoSigns", "+-1", "nothing"},
                             {"NoDigitBeforeThePoint", ".5", "nothing"},
                             {"NoDigitAfterThePoint", "5.", "nothing"},
                             {"PointOnly", ".", "nothing"},
                             {"TwoPoints", "1.2.3", "nothing"},
                             {"Comma", "1,5", "nothing"},
                             {"LeadingSpace", " 1", "nothing"},
                             {"TrailingSpace", "1 ", "nothing"},
                             {"Letters", "NaN", "nothing"},
                             {"Hexadecimal", "0x10", "nothing"},
                             {"EmptyExponent", "1e", "nothing"},
                             {"SignOfExponentOnly", "1e-", "nothing"},
                             {"FractionalExponent", "1e1.5", "nothing"},
                             {"NulByte", std::string("1\0", 2), "nothing"},
                             {"TooManyDigits", std::string(39, '9'), "nothing"},
                             {"TooManyDigitsWithPoint", "1." + std::string(38, '1'), "nothing"},
                             {"TooLargeByExponent", "1e38", "nothing"},
                             {"TooManyPlaces", "1e-39", "nothing"},
                             {"ZeroWithTooManyPlaces", "0." + std::string(39, '0'), "nothing"},
                             {"HugeExponent", "1e99999999999999999999", "nothing"},
                             {"HugeNegativeExponent", "1e-99999999999999999999", "nothing"},
                             {"HugeFraction", "0." + std::string(20'000, '0') + "1", "nothing"},
                         }),
                         NameOf<ParseCase>);

struct OrderCase {
  std::string_view name;
  std::string_view a;
  std::string_view b;
  std::strong_ordering order;

  friend void PrintTo(const OrderCase& row, std::ostream* out) { *out << row.name; }
};

class DecimalOrderTest : public testing::TestWithParam<OrderCase> {};

TEST_P(DecimalOrderTest, IsByValueAndAntisymmetric) {
  const OrderCase& row = GetParam();
  EXPECT_EQ(D(row.a) <=> D(row.b), row.order);
  EXPECT_EQ(D(row.b) <=> D(row.a), 0 <=> row.order);
  EXPECT_EQ(-D(row.a) <=> -D(row.b), 0 <=> row.order);
  EXPECT_EQ(D(row.a) == D(row.b), row.order == 0);
}

INSTANTIATE_TEST_SUITE_P(Pairs, DecimalOrderTest,
                         testing::ValuesIn<OrderCase>({
                             {"ScalesDoNotCount", "1.10", "1.1", std::strong_ordering::equal},
                             {"ZerosAreEqual", "0.00", "0", std::strong_ordering::equal},
                             {"MinusZeroIsZero", "-0", "0.0", std::strong_ordering::equal},
                             {"Less", "6.99", "7", std::strong_ordering::less},
                             {"Greater", "7.01", "7.0", std::strong_ordering::greater},
                             {"Signs", "-1", "1", std::strong_ordering::less},
                             {"ZeroAndMinus", "0", "-0.01", std::strong_ordering::greater},
                             {"FarApartInScale", "1e37", "1e-38", std::strong_ordering::greater},
                             {"LongAgainstLong", "99999999999999999999999999999999999999",
                              "0.99999999999999999999999999999999999999",
                              std::strong_ordering::greater},
                             {"LastDigit", "0.00000000000000000000000000000000000001", "0",
                              std::strong_ordering::greater},
                         }),
                         NameOf<OrderCase>);

struct ArithmeticCase {
  std::string_view name;
  std::string a;
  char operation;  // + - * / d (integer division) m (modulo) r (rounded product) p (power)
  std::string b;
  std::string result;

  friend void PrintTo(const ArithmeticCase& row, std::ostream* out) { *out << row.name; }
};

std::optional<Decimal> Calculate(const ArithmeticCase& row) {
  const Decimal a = D(row.a);
  const Decimal b = D(row.b);
  switch (row.operation) {
    case '+':
      return Add(a, b);
    case '-':
      return Subtract(a, b);
    case '*':
      return Multiply(a, b);
    case '/':
      return Divide(a, b);
    case 'd':
      return IntegerDivide(a, b);
    case 'm':
      return Modulo(a, b);
    case 'r':
      return MultiplyRounded(a, b);
    case 'p':
      return Power(a, b);
    default:
      ADD_FAILURE() << row.operation;
      return std::nullopt;
  }
}

class DecimalArithmeticTest : public testing::TestWithParam<ArithmeticCase> {};

TEST_P(DecimalArithmeticTest, IsExactOrRoundedOrNothing) {
  EXPECT_EQ(Text(Calculate(GetParam())), GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(
    Sums, DecimalArithmeticTest,
    testing::ValuesIn<ArithmeticCase>({
        {"BinaryTrap", "0.1", '+', "0.2", "0.3"},
        {"LargerScaleStays", "1.10", '+', "2", "3.10"},
        {"Difference", "7", '-', "7.01", "-0.01"},
        {"ToZero", "1.5", '-', "1.5", "0.0"},
        {"CarryDropsAZeroBeyond38", "99999999999999999999999999999999999999", '+', "1", "nothing"},
        {"JustFits", "99999999999999999999999999999999999998", '+', "1", std::string(kNines)},
        {"WideScalesDoNotFit", "1e37", '+', "1e-38", "nothing"},
        {"WideScalesWithZerosFit", "1e37", '+', "0.00", "1" + std::string(37, '0')},
        {"ZerosAreDroppedToFit", "1e37", '+', "1.000", "1" + std::string(36, '0') + "1"},
        {"BothLong", std::string(kNines), '-', std::string(kNines), "0"},
        {"MinusBeyond", "-" + std::string(kNines), '-', "1", "nothing"},
    }),
    NameOf<ArithmeticCase>);

INSTANTIATE_TEST_SUITE_P(
    Products, DecimalArithmeticTest,
    testing::ValuesIn<ArithmeticCase>({
        {"CentimetersFromMeters", "0.07", '*', "100", "7.00"},
        {"ScalesAdd", "1.5", '*', "1.50", "2.250"},
        {"Signs", "-3", '*', "-0.5", "1.5"},
        {"ByZero", "-3.5", '*', "0", "0.0"},
        {"LongTimesZeros", "1e-38", '*', "1e37", "0.1" + std::string(37, '0')},
        {"ScaleBeyond38", "1e-20", '*', "1e-20", "nothing"},
        {"ZeroScaleIsCapped", "0e-38", '*', "0.1", "0." + std::string(38, '0')},
        {"TooLarge", "1e20", '*', "1e20", "nothing"},
        {"BeyondInt128ThenNothing", std::string(kNines), '*', std::string(kNines), "nothing"},
        {"BeyondInt128ButFits", "5" + std::string(37, '0'), '*', "0.2000000000",
         "1" + std::string(37, '0')},
    }),
    NameOf<ArithmeticCase>);

INSTANTIATE_TEST_SUITE_P(
    Quotients, DecimalArithmeticTest,
    testing::ValuesIn<ArithmeticCase>({
        {"Exact", "1", '/', "8", "0.125"},
        {"ScaleOfTheDividendStays", "6.0", '/', "2", "3.0"},
        {"ScaleNeverNegative", "6", '/', "2.00", "3"},
        {"Zero", "0", '/', "7", "0"},
        {"Third", "1", '/', "3", "0.3333333333333333333333333333"},
        {"TwoThirdsUp", "2", '/', "3", "0.6666666666666666666666666667"},
        {"Signs", "-2", '/', "3", "-0.6666666666666666666666666667"},
        {"BothNegative", "-2", '/', "-3", "0.6666666666666666666666666667"},
        {"LargeThird", "1e30", '/', "3", "333333333333333333333333333300"},
        {"ExactBeyond28", std::string(kNines), '/', "1", std::string(kNines)},
        {"EndsWithin38", "1", '/', "1073741824", "0.000000000931322574615478515625"},
        {"EndsBeyond38", "12345678901234567890123456789012345678", '/', "1024",
         "12056327051986882705198688270000000"},
        {"ThirdAtTheLastPlace", "1e-20", '/', "3", "0.00000000000000000000333333333333333333"},
        {"HalfOfTheLastPlaceToEvenIsNothing", "1e-38", '/', "2", "nothing"},
        {"MoreThanHalfOfTheLastPlace", "2e-38", '/', "3", "0." + std::string(37, '0') + "1"},
        {"HalfToEvenDown", "25e-38", '/', "10", "0." + std::string(37, '0') + "2"},
        {"HalfToEvenUp", "35e-38", '/', "10", "0." + std::string(37, '0') + "4"},
        {"Underflow", "1e-38", '/', "1e37", "nothing"},
        {"Overflow", "1e37", '/', "0.1", "nothing"},
        {"LargestExact", "1e37", '/', "1", "1" + std::string(37, '0')},
        {"ByZero", "1", '/', "0.00", "nothing"},
        {"ZeroByZero", "0", '/', "0", "nothing"},
    }),
    NameOf<ArithmeticCase>);

INSTANTIATE_TEST_SUITE_P(IntegerDivisions, DecimalArithmeticTest,
                         testing::ValuesIn<ArithmeticCase>({
                             {"Cuts", "7", 'd', "2", "3"},
                             {"CutsTowardZero", "-7", 'd', "2", "-3"},
                             {"Fractions", "2.2", 'd', "1.8", "1"},
                             {"DividesByZero", "5", 'd', "0", "nothing"},
                             {"LongQuotient", "1", 'd', "1e-37", "1" + std::string(37, '0')},
                             {"QuotientTooLong", "1", 'd', "1e-38", "nothing"},
                             {"QuotientFarTooLong", "1e37", 'd', "1e-38", "nothing"},
                             {"ToZero", "1e-38", 'd', "1e37", "0"},
                             {"Rest", "7", 'm', "2", "1"},
                             {"RestHasTheSignOfTheDividend", "-7", 'm', "2", "-1"},
                             {"RestIgnoresTheSignOfTheDivisor", "7", 'm', "-2", "1"},
                             {"RestOfFractions", "2.2", 'm', "1.8", "0.4"},
                             {"RestByZero", "5", 'm', "0.0", "nothing"},
                             {"RestOfFarScales", "1e37", 'm', "3e-38",
                              "0." + std::string(37, '0') + "1"},
                             {"RestIsAll", "1e-38", 'm', "1e37", "0." + std::string(37, '0') + "1"},
                         }),
                         NameOf<ArithmeticCase>);

INSTANTIATE_TEST_SUITE_P(
    RoundedProducts, DecimalArithmeticTest,
    testing::ValuesIn<ArithmeticCase>({
        {"ExactWhereItFits", "1.10", 'r', "2", "2.20"},
        {"ExactWith38Digits", "1234567890123456789", 'r', "1000000000000000001",
         "1234567890123456790234567890123456789"},
        {"RoundsWhatIsLonger", "0.3333333333333333333333333333", 'r', "1.000000000000000001",
         "0.3333333333333333336666666666"},
        {"RoundsANegativeOne", "-0.3333333333333333333333333333", 'r', "1.000000000000000001",
         "-0.3333333333333333336666666666"},
        {"TooLarge", "1e20", 'r', "1e18", "nothing"},
        {"WouldBeNothing", "1e-20", 'r', "1e-19", "nothing"},
        {"HalfToEvenUp", "1e-30", 'r', "1.5e-8", "0." + std::string(37, '0') + "2"},
        {"HalfToEvenDown", "-1e-30", 'r', "2.5e-8", "-0." + std::string(37, '0') + "2"},
        {"HalfOfTheLeastIsNothing", "1e-30", 'r', "5e-9", "nothing"},
        {"DropsZerosThatRoundingLeaves", "10000000000000000000000000005", 'r', "0.10000000001",
         "1000000000100000000000000001"},
        {"CarriesThroughAllDigits", "9999999999999999999999999999.9", 'r',
         "0.99999999999999999999999999999999", "10000000000000000000000000000"},
    }),
    NameOf<ArithmeticCase>);

INSTANTIATE_TEST_SUITE_P(
    Powers, DecimalArithmeticTest,
    testing::ValuesIn<ArithmeticCase>({
        {"Whole", "2", 'p', "3", "8"},
        {"OfADecimal", "2.5", 'p', "2", "6.25"},
        {"WholeExponentWithZeros", "2", 'p', "3.00", "8"},
        {"ExactWith31Digits", "2", 'p', "100", "1267650600228229401496703205376"},
        {"TooLargePower", "2", 'p', "127", "nothing"},
        {"ToTheNothing", "7.5", 'p', "0", "1"},
        {"ZeroToTheNothing", "0", 'p', "0.0", "1"},
        {"OfZero", "0", 'p', "0.5", "0"},
        {"NegativePowerOfZero", "0", 'p', "-1", "nothing"},
        {"NegativePower", "2", 'p', "-3", "0.125"},
        {"NegativePowerWithoutEnd", "3", 'p', "-1", "0.3333333333333333333333333333"},
        {"Root", "2", 'p', "0.5", "1.414213562373095048801688724"},
        {"ExactRoot", "9", 'p', "0.5", "3"},
        {"Fraction", "0.5", 'p', "-0.241", "1.181811546934365369691917621"},
        {"SmallPower", "10", 'p', "-1.2", "0.06309573444801932494343601366"},
        {"ManyFactors", "0.9938", 'p', "55", "0.7103045269075810315823379062"},
        {"OfOne", "1.000", 'p', "-1.200", "1"},
        {"OfNearlyOne", "1.000001", 'p', "-1000000", "0.367879625111086265804761271"},
        {"ExponentBeyondItsLimit", "1.000001", 'p', "1000001", "nothing"},
        {"OddPowerOfANegative", "-2", 'p', "3", "-8"},
        {"EvenPowerOfANegative", "-2", 'p', "-2", "0.25"},
        {"RootOfANegative", "-4", 'p', "0.5", "nothing"},
        {"TooSmallPower", "10", 'p', "-39", "nothing"},
        {"LastPlace", "10", 'p', "-38", "0." + std::string(37, '0') + "1"},
    }),
    NameOf<ArithmeticCase>);

// Powers that were worked out lately are kept: more of them than there is room for, each asked for
// again after all the others, and each twice.
TEST(DecimalPowerTest, IsTheSameHoweverOftenItIsAskedFor) {
  const auto power = [](int base) {
    return Text(Power(*Decimal::FromParts(1000 + base, 3), *Decimal::Parse("-0.302")));
  };
  std::vector<std::string> first;
  for (int base = 1; base <= 2'000; ++base) first.push_back(power(base));
  for (int base = 1; base <= 2'000; ++base) {
    const std::string& known = first[static_cast<std::size_t>(base - 1)];
    EXPECT_EQ(power(base), known);
    EXPECT_EQ(power(base), known);
    if (base > 1) {
      EXPECT_NE(known, first[static_cast<std::size_t>(base - 2)]);
    }
  }
}

TEST(DecimalPowerTest, TellsNumbersApartThatDifferInTheirZerosAlone) {
  EXPECT_EQ(Text(Power(*Decimal::Parse("1.5"), Decimal(2))), "2.25");
  EXPECT_EQ(Text(Power(*Decimal::Parse("1.50"), Decimal(2))), "2.2500");
  EXPECT_EQ(Text(Power(*Decimal::Parse("15"), Decimal(2))), "225");
}

struct RoundCase {
  std::string_view name;
  std::string text;
  std::string floor;
  std::string ceiling;
  std::string truncated;
  std::string rounded;
  std::string rounded_to_2;

  friend void PrintTo(const RoundCase& row, std::ostream* out) { *out << row.name; }
};

class DecimalRoundTest : public testing::TestWithParam<RoundCase> {};

TEST_P(DecimalRoundTest, GoesTheRightWay) {
  const RoundCase& row = GetParam();
  const Decimal decimal = D(row.text);
  EXPECT_EQ(decimal.Floor().ToString(), row.floor);
  EXPECT_EQ(decimal.Ceiling().ToString(), row.ceiling);
  EXPECT_EQ(decimal.Truncate().ToString(), row.truncated);
  EXPECT_EQ(decimal.Round(0).ToString(), row.rounded);
  EXPECT_EQ(decimal.Round(2).ToString(), row.rounded_to_2);
}

INSTANTIATE_TEST_SUITE_P(Numbers, DecimalRoundTest,
                         testing::ValuesIn<RoundCase>({
                             {"Integer", "7", "7", "7", "7", "7", "7"},
                             {"WholeWithZeros", "7.000", "7", "7", "7", "7", "7.00"},
                             {"MinusWhole", "-7.0", "-7", "-7", "-7", "-7", "-7.0"},
                             {"JustBelowHalf", "2.499", "2", "3", "2", "2", "2.50"},
                             {"Half", "2.5", "2", "3", "2", "3", "2.5"},
                             {"MinusHalf", "-2.5", "-3", "-2", "-2", "-3", "-2.5"},
                             {"MinusJustBelowHalf", "-2.499", "-3", "-2", "-2", "-2", "-2.50"},
                             {"HalfCent", "0.125", "0", "1", "0", "0", "0.13"},
                             {"Small", "-0.001", "-1", "0", "0", "0", "0.00"},
                             {"Carry", "9.999", "9", "10", "9", "10", "10.00"},
                         }),
                         NameOf<RoundCase>);

TEST(DecimalTest, RoundsWithinItsPlaces) {
  const std::string long_fraction = "0." + std::string(38, '5');
  EXPECT_EQ(D(long_fraction).Round(37).ToString(), "0." + std::string(36, '5') + "6");
  EXPECT_EQ(D(long_fraction).Round(38).ToString(), long_fraction);
  EXPECT_EQ(D(long_fraction).Round(99).ToString(), long_fraction);
  EXPECT_EQ(D("1.5").Round(-1).ToString(), "2");
}

TEST(DecimalTest, KnowsIntegersByValue) {
  EXPECT_TRUE(D("7.0").IsInteger());
  EXPECT_FALSE(D("7.01").IsInteger());
  EXPECT_EQ(D("7.00").ToInteger(), 7);
  EXPECT_EQ(D("-7").ToInteger(), -7);
  EXPECT_EQ(D("0.5").ToInteger(), std::nullopt);
}

TEST(DecimalTest, GivesIntegersOfAtMost64Bits) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(D("9223372036854775807").ToInteger(), kMost);
  EXPECT_EQ(D("9223372036854775808").ToInteger(), std::nullopt);
  EXPECT_EQ(D("-9223372036854775808").ToInteger(), kLeast);
  EXPECT_EQ(D("-9223372036854775809").ToInteger(), std::nullopt);
  EXPECT_EQ(Decimal(kLeast).ToString(), "-9223372036854775808");
}

TEST(DecimalTest, HasASignAndAnAmount) {
  EXPECT_EQ(D("-0.1").sign(), -1);
  EXPECT_EQ(D("-0.0").sign(), 0);
  EXPECT_EQ(D("3").sign(), 1);
  EXPECT_EQ((-D("-1.50")).ToString(), "1.50");
  EXPECT_EQ(D("-1.50").Abs().ToString(), "1.50");
  EXPECT_EQ(D("1.50").Abs().ToString(), "1.50");
  EXPECT_EQ(D("1.50").scale(), 2);
}

TEST(DecimalTest, IsMadeOfParts) {
  EXPECT_EQ(Text(Decimal::FromParts(125, 2)), "1.25");
  EXPECT_EQ(Text(Decimal::FromParts(125, -2)), "12500");
  EXPECT_EQ(Text(Decimal::FromParts(1, -37)), "1" + std::string(37, '0'));
  EXPECT_EQ(Text(Decimal::FromParts(1, -38)), "nothing");
  EXPECT_EQ(Text(Decimal::FromParts(10, -38)), "nothing");
  EXPECT_EQ(Text(Decimal::FromParts(1, -1'000'000)), "nothing");
  EXPECT_EQ(Text(Decimal::FromParts(1, 39)), "nothing");
  EXPECT_EQ(Text(Decimal::FromParts(1000, 41)), "0." + std::string(37, '0') + "1");
  EXPECT_EQ(Text(Decimal::FromParts(0, 2'000'000'000)), "0." + std::string(38, '0'));
  EXPECT_EQ(Text(Decimal::FromParts(0, -2'000'000'000)), "0");
}

static_assert(!std::is_constructible_v<Decimal, double>, "0.07 would become 0");

}  // namespace
}  // namespace renal::fhir
