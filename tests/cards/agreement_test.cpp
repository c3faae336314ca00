#include "cards/agreement.h"

#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace renal::cards {
namespace {

struct KappaCase {
  std::string name;
  std::vector<std::tuple<std::string, std::string, int>> pairs;
  double value, low, high;

  friend void PrintTo(const KappaCase& row, std::ostream* out) { *out << row.name; }
};

class KappaTest : public testing::TestWithParam<KappaCase> {};

TEST_P(KappaTest, HasItsInterval) {
  Agreement agreement;
  for (const auto& [one, other, count] : GetParam().pairs) {
    for (int i = 0; i < count; ++i) agreement.Add(one, other);
  }
  const auto kappa = agreement.kappa();
  ASSERT_TRUE(kappa);
  EXPECT_NEAR(kappa->value, GetParam().value, 1e-9);
  EXPECT_NEAR(kappa->low, GetParam().low, 1e-9);
  EXPECT_NEAR(kappa->high, GetParam().high, 1e-9);
}

// Figures of a second implementation of the same formulas.
INSTANTIATE_TEST_SUITE_P(Tables, KappaTest,
                         testing::ValuesIn<KappaCase>({
                             {"TwoByTwo",
                              {{"a", "a", 20}, {"a", "b", 5}, {"b", "a", 10}, {"b", "b", 15}},
                              0.4,
                              0.15109228851330878,
                              0.648907711486691},
                             {"ThreeByThree",
                              {{"a", "a", 88},
                               {"a", "b", 10},
                               {"a", "c", 2},
                               {"b", "a", 14},
                               {"b", "b", 40},
                               {"b", "c", 6},
                               {"c", "a", 18},
                               {"c", "b", 10},
                               {"c", "c", 12}},
                              0.49152542372881347,
                              0.3915637012650616,
                              0.5914871461925654},
                             {"Perfect", {{"a", "a", 7}, {"b", "b", 3}}, 1, 1, 1},
                             {"Opposite", {{"a", "b", 5}, {"b", "a", 5}}, -1, -1, -1},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(AgreementTest, SaysNothingWithoutPairs) { EXPECT_FALSE(Agreement().kappa()); }

TEST(AgreementTest, SaysNothingWhereChanceAlwaysAgrees) {
  Agreement agreement;
  agreement.Add("a", "a");
  EXPECT_FALSE(agreement.kappa());
  EXPECT_EQ(agreement.same(), 1);
}

TEST(AgreementTest, SaysNothingWhereAJudgeAlwaysSaysTheSame) {
  Agreement agreement;
  agreement.Add("a", "a");
  agreement.Add("a", "b");
  EXPECT_FALSE(agreement.kappa());
  agreement.Add("b", "b");
  EXPECT_TRUE(agreement.kappa());
}

TEST(AgreementTest, CountsPairs) {
  Agreement agreement;
  agreement.Add("a", "a");
  agreement.Add("a", "b");
  agreement.Add("a", "b");
  EXPECT_EQ(agreement.total(), 3);
  EXPECT_EQ(agreement.same(), 1);
}

}  // namespace
}  // namespace renal::cards
