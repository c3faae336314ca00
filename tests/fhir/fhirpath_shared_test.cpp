#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "fhir/fhirpath.h"
#include "tests/fhir/fhirpath_fixture.h"

// Criteria that several expressions have in common. That results are the same with kept truths is
// checked for every expression of these tests too: EvaluateText() does it.
namespace renal::fhir::fhirpath {
namespace {

using Entry = KeptTruths::Entry;

class SharedCriteriaTest : public testing::Test {
 protected:
  // Compiled together.
  void Given(const std::vector<std::string_view>& texts) {
    CompileOptions options = FixtureOptions();
    options.shared = &criteria_;
    for (const std::string_view text : texts) {
      auto compiled = Compile(text, options);
      ASSERT_TRUE(std::holds_alternative<Expression>(compiled)) << text;
      expressions_.push_back(std::get<Expression>(std::move(compiled)));
    }
    criteria_.Settle();
    entries_.assign(criteria_.size(), {});
  }

  Environment Keeping(const Item& context) {
    Environment environment = FixtureEnvironment();
    environment.kept = {std::get<Node>(context).json, entries_};
    return environment;
  }

  std::string Evaluate(std::size_t i, const Environment& environment) {
    return ToText(expressions_[i].Evaluate(FixtureContext(), environment));
  }
  std::string Evaluate(std::size_t i) { return Evaluate(i, Keeping(FixtureContext())); }

  SharedCriteria criteria_;
  std::vector<Expression> expressions_;
  std::vector<Entry> entries_;
};

TEST_F(SharedCriteriaTest, WhatStandsOnceHasNoPlace) {
  Given({"status = 'final' and code.exists()", "status = 'amended'"});
  EXPECT_EQ(criteria_.size(), 0U);
}

TEST_F(SharedCriteriaTest, WhatStandsTwiceHasOne) {
  Given({"status = 'final' and code.exists()", "value.exists() or (status='final')"});
  EXPECT_EQ(criteria_.size(), 1U);
}

TEST_F(SharedCriteriaTest, WhatStandsWithinACommonWholeAloneHasNone) {
  Given({"(status = 'final' or code.exists()) and value.exists()",
         "(status = 'final' or code.exists()) and issued.exists()"});
  EXPECT_EQ(criteria_.size(), 1U);
}

TEST_F(SharedCriteriaTest, WhatStandsElsewhereTooHasOneBesideTheWhole) {
  Given({"status = 'final' or code.exists()", "status = 'final' or code.exists()",
         "code.exists() and value.exists()"});
  EXPECT_EQ(criteria_.size(), 2U);
}

TEST_F(SharedCriteriaTest, LiteralsOfOneTextAndOtherTypesAreNotTheSame) {
  Given({"status = 'final'", "code = 'final'", "value = 7 'cm'", "value = 7", "value = '7'"});
  EXPECT_EQ(criteria_.size(), 0U);
}

TEST_F(SharedCriteriaTest, WhatIsKnownIsNotAskedAgain) {
  Given({"status = 'final'", "status = 'final' and true"});
  EXPECT_EQ(Evaluate(0), "true");
  ASSERT_EQ(entries_.size(), 1U);
  EXPECT_EQ(entries_[0].state, Entry::State::kTrue);
  EXPECT_GT(entries_[0].steps, 0U);
  entries_[0].state = Entry::State::kFalse;
  EXPECT_EQ(Evaluate(1), "false");
  entries_[0].state = Entry::State::kUnknown;
  EXPECT_EQ(Evaluate(1), "");
}

TEST_F(SharedCriteriaTest, UnknownIsKeptAsUnknown) {
  Given({"bodySite.text = 'x'", "(bodySite.text = 'x') or false"});
  EXPECT_EQ(Evaluate(0), "");
  EXPECT_EQ(entries_[0].state, Entry::State::kUnknown);
  EXPECT_EQ(Evaluate(1), "");
}

TEST_F(SharedCriteriaTest, WhatIsKnownOfOneResourceSaysNothingOfAnother) {
  Given({"status = 'final'", "status = 'final'"});
  const Item other = Node{.json = FixtureEnvironment().record->OfType("Observation").back()};
  Environment environment = Keeping(other);
  entries_[0] = {Entry::State::kFalse, 1};
  EXPECT_EQ(Evaluate(0, environment), "true");
  EXPECT_EQ(entries_[0].state, Entry::State::kFalse);
}

TEST_F(SharedCriteriaTest, CriteriaOfPartsAreNotShared) {
  Given({"component.where(code.text = 'grade').exists()",
         "note.where(code.text = 'grade').exists()",
         "component.exists(code.text = 'grade') and code.text = 'grade'"});
  EXPECT_EQ(criteria_.size(), 0U);
}

TEST_F(SharedCriteriaTest, CriteriaOfIifAreThoseOfTheResource) {
  Given({"iif(value.exists(), 1, 2)", "iif(value.exists(), 3, 4)"});
  EXPECT_EQ(criteria_.size(), 1U);
  EXPECT_EQ(Evaluate(0), "1");
  EXPECT_EQ(Evaluate(1), "3");
}

TEST_F(SharedCriteriaTest, WhatWritesOrCountsIsNotShared) {
  Given({"code.trace('seen').exists()", "code.trace('seen').exists()", "$index = 0", "$index = 0"});
  EXPECT_EQ(criteria_.size(), 0U);
  std::vector<std::pair<std::string, std::string>> output;
  Environment environment = Keeping(FixtureContext());
  environment.trace = &output;
  Evaluate(0, environment);
  Evaluate(1, environment);
  EXPECT_EQ(output.size(), 2U);
}

TEST_F(SharedCriteriaTest, AFaultIsFoundAgain) {
  Given({"status = 'final' and note < 1", "status = 'final' and note < 1"});
  const std::string first = Evaluate(0);
  EXPECT_TRUE(first.starts_with("error: ")) << first;
  EXPECT_EQ(Evaluate(1), first);
}

// Each limit of steps stops both in the same place.
TEST_F(SharedCriteriaTest, LimitsAreTheSameEitherWay) {
  Given({"component.exists(code.exists()) and %big.exists($this > 200) and status = 'final'",
         "component.exists(code.exists()) and %big.exists($this > 200) or status = 'final'"});
  const Environment plain = FixtureEnvironment();
  for (std::uint64_t steps = 0; steps < 1'500; steps += steps < 60 ? 1 : 37) {
    for (std::size_t i = 0; i < 2; ++i) {
      Environment one = plain, other = Keeping(FixtureContext());
      one.limits.steps = other.limits.steps = steps;
      Budget left, kept_left;
      one.budget = &left;
      other.budget = &kept_left;
      const std::string expected = Evaluate(i, one);
      EXPECT_EQ(Evaluate(i, other), expected) << steps;
      EXPECT_EQ(kept_left.steps, left.steps) << steps;
    }
  }
}

TEST_F(SharedCriteriaTest, ABudgetThatIsUsedUpStaysSo) {
  Given({"status = 'final'", "status = 'final'"});
  Environment environment = Keeping(FixtureContext());
  EXPECT_EQ(Evaluate(0, environment), "true");
  Budget budget;
  budget.exceeded = true;
  environment.budget = &budget;
  EXPECT_TRUE(Evaluate(1, environment).starts_with("too costly: "));
}

}  // namespace
}  // namespace renal::fhir::fhirpath
