#include "fhir/internal/real_functions.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace renal::fhir::internal {
namespace {

std::string Text(const std::optional<Decimal>& value) {
  return value ? value->ToShortString() : "nothing";
}

Decimal Number(const char* text) { return *Decimal::Parse(text); }

TEST(RealFunctionsTest, AreRoundedTo28Digits) {
  EXPECT_EQ(Text(SquareRoot(Number("2"))), "1.414213562373095048801688724");
  EXPECT_EQ(Text(Exponential(Number("1"))), "2.718281828459045235360287471");
  EXPECT_EQ(Text(NaturalLogarithm(Number("2"))), "0.6931471805599453094172321215");
  EXPECT_EQ(Text(Logarithm(Number("1000"), Number("10"))), "3");
  EXPECT_EQ(Text(Power(Number("2"), Number("0.5"))), "1.414213562373095048801688724");
}

TEST(RealFunctionsTest, AreExactForWholePowers) {
  EXPECT_EQ(Text(Power(Number("1.1"), Number("10"))), "2.5937424601");
  EXPECT_EQ(Text(Power(Number("-2"), Number("3"))), "-8");
  EXPECT_EQ(Text(Power(Number("-2"), Number("-3"))), "-0.125");
  EXPECT_EQ(Text(Power(Number("7"), Number("0"))), "1");
  EXPECT_EQ(Text(Power(Number("0"), Number("2"))), "0");
}

TEST(RealFunctionsTest, GiveNothingWithoutAValue) {
  EXPECT_EQ(Text(SquareRoot(Number("-1"))), "nothing");
  EXPECT_EQ(Text(NaturalLogarithm(Number("0"))), "nothing");
  EXPECT_EQ(Text(Logarithm(Number("2"), Number("-2"))), "nothing");
  EXPECT_EQ(Text(Power(Number("-1"), Number("0.5"))), "nothing");
  EXPECT_EQ(Text(Power(Number("0"), Number("-1"))), "nothing");
  EXPECT_EQ(Text(Exponential(Number("100"))), "nothing");
  EXPECT_EQ(Text(Power(Number("10"), Number("99999999999999999999"))), "nothing");
}

}  // namespace
}  // namespace renal::fhir::internal
