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
}

TEST(RealFunctionsTest, GiveNothingWithoutAValue) {
  EXPECT_EQ(Text(SquareRoot(Number("-1"))), "nothing");
  EXPECT_EQ(Text(NaturalLogarithm(Number("0"))), "nothing");
  EXPECT_EQ(Text(Logarithm(Number("2"), Number("-2"))), "nothing");
  EXPECT_EQ(Text(Exponential(Number("100"))), "nothing");
}

}  // namespace
}  // namespace renal::fhir::internal
