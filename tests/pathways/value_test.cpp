#include "pathways/value.h"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace renal::pathways {
namespace {

// "[2 'cm' .. 7 'cm')"; an end "*" is infinite.
std::optional<Bound> End(std::string_view text, bool closed) {
  if (text == "*") return std::nullopt;
  return Bound{fhir::ParseQuantity(text).value(), closed};
}

Interval Range(std::string_view text) {
  const std::size_t dots = text.find(" .. ");
  return {End(text.substr(1, dots - 1), text.front() == '['),
          End(text.substr(dots + 4, text.size() - dots - 5), text.back() == ']')};
}

struct CoverCase {
  std::string_view name, outer, inner;
  Cover cover;

  friend void PrintTo(const CoverCase& row, std::ostream* out) { *out << row.name; }
};

class CoversTest : public testing::TestWithParam<CoverCase> {};

TEST_P(CoversTest, SaysHowTheyLie) {
  const CoverCase& row = GetParam();
  EXPECT_EQ(Covers(Range(row.outer), Range(row.inner)), row.cover);
}

const auto kName = [](const auto& test) { return std::string(test.param.name); };

INSTANTIATE_TEST_SUITE_P(
    PointAtAnOpenLimit, CoversTest,
    testing::ValuesIn<CoverCase>({
        {"Below", "(* .. 7 'cm')", "[6.999 'cm' .. 6.999 'cm']", Cover::kInside},
        {"On", "(* .. 7 'cm')", "[7 'cm' .. 7 'cm']", Cover::kDisjoint},
        {"Above", "(* .. 7 'cm')", "[7.001 'cm' .. 7.001 'cm']", Cover::kDisjoint},
        {"OnInMillimetres", "(* .. 7 'cm')", "[70 'mm' .. 70 'mm']", Cover::kDisjoint},
        {"OnInMetres", "(* .. 7 'cm')", "[0.07 'm' .. 0.07 'm']", Cover::kDisjoint},
        {"BelowInMetres", "(* .. 7 'cm')", "[0.0699 'm' .. 0.0699 'm']", Cover::kInside},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    PointAtAClosedLimit, CoversTest,
    testing::ValuesIn<CoverCase>({
        {"Below", "[2 'cm' .. *)", "[19 'mm' .. 19 'mm']", Cover::kDisjoint},
        {"On", "[2 'cm' .. *)", "[20 'mm' .. 20 'mm']", Cover::kInside},
        {"Above", "[2 'cm' .. *)", "[21 'mm' .. 21 'mm']", Cover::kInside},
        {"OnAPoint", "[2 'cm' .. 2 'cm']", "[0.02 'm' .. 0.02 'm']", Cover::kInside},
        {"BesideAPoint", "[2 'cm' .. 2 'cm']", "[0.021 'm' .. 0.021 'm']", Cover::kDisjoint},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(Intervals, CoversTest,
                         testing::ValuesIn<CoverCase>({
                             {"Equal", "[2 .. 7)", "[2 .. 7)", Cover::kInside},
                             {"OpenInClosed", "[2 .. 7]", "(2 .. 7)", Cover::kInside},
                             {"ClosedInOpen", "(2 .. 7)", "[2 .. 7]", Cover::kPartly},
                             {"OneEndSticksOut", "(2 .. 7)", "(2 .. 7]", Cover::kPartly},
                             {"TouchingOpen", "(2 .. 7)", "[7 .. 9]", Cover::kDisjoint},
                             {"TouchingClosed", "(2 .. 7]", "[7 .. 9]", Cover::kPartly},
                             {"TouchingFromBelow", "[7 .. 9]", "(2 .. 7)", Cover::kDisjoint},
                             {"Apart", "[1 .. 2]", "[3 .. 4]", Cover::kDisjoint},
                             {"Wider", "[3 .. 4]", "[1 .. 9]", Cover::kPartly},
                             {"BothInfinite", "(* .. *)", "(* .. *)", Cover::kInside},
                             {"InfiniteInFinite", "[1 .. 2]", "(* .. *)", Cover::kPartly},
                             {"FiniteInInfinite", "(* .. *)", "[1 'cm' .. 2 'cm']", Cover::kInside},
                             {"HalfInfiniteInside", "(* .. 7)", "(* .. 7)", Cover::kInside},
                             {"HalfInfiniteApart", "(* .. 7)", "[7 .. *)", Cover::kDisjoint},
                         }),
                         kName);

INSTANTIATE_TEST_SUITE_P(
    Dimensions, CoversTest,
    testing::ValuesIn<CoverCase>({
        {"LengthAndMass", "[1 'cm' .. 2 'cm']", "[1 'g' .. 1 'g']", Cover::kIncomparable},
        {"OnlyOppositeEnds", "(* .. 2 'cm']", "[1 'g' .. *)", Cover::kIncomparable},
        {"LengthAndNumber", "(* .. 2 'cm']", "[1 .. 1]", Cover::kIncomparable},
    }),
    kName);

struct PointCase {
  std::string_view name, interval;
  bool point;

  friend void PrintTo(const PointCase& row, std::ostream* out) { *out << row.name; }
};

class IsPointTest : public testing::TestWithParam<PointCase> {};

TEST_P(IsPointTest, NeedsTwoEqualClosedEnds) {
  EXPECT_EQ(Range(GetParam().interval).IsPoint(), GetParam().point);
}

INSTANTIATE_TEST_SUITE_P(Rows, IsPointTest,
                         testing::ValuesIn<PointCase>({
                             {"Point", "[2 'cm' .. 2 'cm']", true},
                             {"EqualAfterConversion", "[2 'cm' .. 20 'mm']", true},
                             {"HalfOpen", "[2 'cm' .. 2 'cm')", false},
                             {"Open", "(2 'cm' .. 2 'cm')", false},
                             {"Wide", "[2 'cm' .. 3 'cm']", false},
                             {"NoLowEnd", "(* .. 2 'cm']", false},
                             {"NoHighEnd", "[2 'cm' .. *)", false},
                             {"OtherDimension", "[2 'cm' .. 2 'g']", false},
                         }),
                         kName);

struct SameCase {
  std::string_view name, a, b;
  bool same;

  friend void PrintTo(const SameCase& row, std::ostream* out) { *out << row.name; }
};

class SameValueTest : public testing::TestWithParam<SameCase> {};

TEST_P(SameValueTest, ComparesBothEnds) {
  const SameCase& row = GetParam();
  const Value a = Value::Ordered(Range(row.a));
  const Value b = Value::Ordered(Range(row.b));
  EXPECT_EQ(SameValue(a, b), row.same);
  EXPECT_EQ(SameValue(b, a), row.same);
}

INSTANTIATE_TEST_SUITE_P(Rows, SameValueTest,
                         testing::ValuesIn<SameCase>({
                             {"EqualAfterConversion", "[7 'cm' .. 7 'cm']", "[70 'mm' .. 0.07 'm']",
                              true},
                             {"Differ", "[7 'cm' .. 7 'cm']", "[70.1 'mm' .. 70.1 'mm']", false},
                             {"OpenAndClosed", "[1 .. 2]", "[1 .. 2)", false},
                             {"FiniteAndInfinite", "[1 .. 2]", "[1 .. *)", false},
                             {"BothInfinite", "(* .. 2]", "(* .. 2]", true},
                             {"OtherDimension", "[1 'cm' .. *)", "[1 'g' .. *)", false},
                         }),
                         kName);

TEST(SameValueOfCodesTest, ComparesTheCodes) {
  EXPECT_TRUE(SameValue(Value::Code(1), Value::Code(1)));
  EXPECT_FALSE(SameValue(Value::Code(1), Value::Code(2)));
  EXPECT_FALSE(SameValue(Value::Code(1), Value::Ordered(Range("[1 .. 1]"))));
}

}  // namespace
}  // namespace renal::pathways
