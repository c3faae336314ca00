#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "fhir/fhirpath.h"
#include "tests/fhir/fhirpath_fixture.h"

// The limits of pathway-format section 13 as they are by default: on each and one beyond; and that
// costs follow the size of the data, so that no expression takes longer than its steps.
namespace renal::fhir::fhirpath {
namespace {

// Two variables: %items and %text.
class LimitsTest : public testing::Test {
 protected:
  std::string Evaluate(std::string_view expression, const EvaluationLimits& limits = {}) {
    Environment environment;
    environment.variables = &variables_;
    environment.limits = limits;
    CompileOptions options;
    options.variables = {"items", "text"};
    const auto compiled = Compile(expression, options);
    if (const auto* error = std::get_if<CompileError>(&compiled)) return error->message;
    return ToText(std::get<Expression>(compiled).Evaluate(environment));
  }

  void Fill(std::size_t items, std::size_t text) {
    variables_.assign(2, {});
    for (std::size_t i = 0; i < items; ++i)
      variables_[0].emplace_back(static_cast<std::int64_t>(i));
    variables_[1].emplace_back(std::string(text, 'a'));
  }

  // The smallest number of steps with which the expression ends.
  std::uint64_t StepsOf(std::string_view expression) {
    std::uint64_t enough = EvaluationLimits{}.steps, few = 0;
    while (enough - few > 1) {
      const std::uint64_t middle = (enough + few) / 2;
      (Evaluate(expression, {.steps = middle}).starts_with("too costly") ? few : enough) = middle;
    }
    return enough;
  }

  std::vector<Collection> variables_;
};

TEST_F(LimitsTest, AreThoseOfTheFormat) {
  EXPECT_EQ(EvaluationLimits{}.steps, 200'000U);
  EXPECT_EQ(EvaluationLimits{}.items, 10'000U);
  EXPECT_EQ(EvaluationLimits{}.string_bytes, 1'048'576U);
}

TEST_F(LimitsTest, TenThousandItemsFitInACollection) {
  Fill(10'000, 0);
  EXPECT_EQ(Evaluate("%items.combine({}).count()"), "10000");
  Fill(10'001, 0);
  EXPECT_EQ(Evaluate("%items.combine({}).count()").substr(0, 45),
            "too costly: the collection has too many items");
}

TEST_F(LimitsTest, AMebibyteOfTextCanBeMade) {
  Fill(0, (1 << 20) - 1);
  EXPECT_EQ(Evaluate("(%text + 'x').length()"), "1048576");
  Fill(0, 1 << 20);
  EXPECT_EQ(Evaluate("(%text + 'x').length()").substr(0, 46),
            "too costly: the expression makes too much text");
}

TEST_F(LimitsTest, AllNewTextCountsTogether) {
  Fill(0, (1 << 19) - 1);
  EXPECT_EQ(Evaluate("(%text + 'x').length() + (%text + 'y').length()"), "1048576");
  EXPECT_EQ(Evaluate("(%text + 'x').length() + (%text + 'yz').length()").substr(0, 10),
            "too costly");
}

TEST_F(LimitsTest, StepsEndExactlyAtTheirNumber) {
  Fill(1'000, 0);
  constexpr std::string_view kExpression = "%items.all($this >= 0)";
  const std::uint64_t steps = StepsOf(kExpression);
  EXPECT_EQ(Evaluate(kExpression, {.steps = steps}), "true");
  EXPECT_EQ(Evaluate(kExpression, {.steps = steps - 1}).substr(0, 46),
            "too costly: the expression takes too many step");
}

TEST_F(LimitsTest, TwoHundredThousandStepsEndNestedCriteria) {
  Fill(200, 0);
  EXPECT_EQ(Evaluate("%items.all(%items.all($this >= 0))"), "true");
  Fill(600, 0);
  EXPECT_EQ(Evaluate("%items.all(%items.all($this >= 0))").substr(0, 10), "too costly");
}

TEST_F(LimitsTest, SetsOfManyNumbersAreLookedUp) {
  Fill(5'000, 0);
  EXPECT_EQ(Evaluate("%items.subsetOf(%items)"), "true");
  EXPECT_EQ(Evaluate("%items.intersect(%items).count()"), "5000");
  EXPECT_EQ(Evaluate("%items.exclude(%items).count()"), "0");
  EXPECT_EQ(Evaluate("%items.distinct().count()"), "5000");
}

TEST_F(LimitsTest, SetsOfManyDatesEndAtTheLimit) {
  variables_.assign(2, {});
  for (int i = 0; i < 5'000; ++i) {
    variables_[0].emplace_back(
        *AddCalendar(*DateTime::Parse("2000-01-01"), Decimal(i), CalendarUnit::kDay));
  }
  EXPECT_EQ(Evaluate("%items.subsetOf(%items)").substr(0, 10), "too costly");
  EXPECT_EQ(Evaluate("%items.distinct().count()").substr(0, 10), "too costly");
}

TEST_F(LimitsTest, LongTextCostsMoreThanShortText) {
  for (const std::string_view expression :
       {"%text.length()", "%text.upper().length()", "%text.contains('b')", "%text = %text & ''",
        "%text ~ %text", "%text < 'b'", "%text in (%text | 'b')", "%text.indexOf('b')"}) {
    Fill(0, 100);
    const std::uint64_t few = StepsOf(expression);
    Fill(0, 256'000);
    EXPECT_GE(StepsOf(expression), few + 1'000) << expression;
  }
}

// An object with many members, and its copies.
TEST(CostTest, LargeObjectsAreComparedWithinTheLimits) {
  std::string members;
  for (int i = 0; i < 5'000; ++i) members += ",\"m" + std::to_string(i) + "\":" + std::to_string(i);
  const std::string object = "{\"id\":\"x\"" + members + "}";
  const auto document = JsonDocument::Parse("{\"a\":[" + object + "," + object + "]}");
  const auto text = [&](std::string_view expression, std::uint64_t steps) {
    Environment environment;
    environment.limits.steps = steps;
    auto compiled = Compile(expression, {});
    return ToText(std::get<Expression>(compiled).Evaluate(Node{.json = document.value().root()},
                                                          environment));
  };
  EXPECT_EQ(text("a[0] = a[1]", 200'000), "true");
  EXPECT_EQ(text("a[0] ~ a[1]", 200'000), "true");
  EXPECT_EQ(text("a.distinct().count()", 200'000), "1");
  EXPECT_EQ(text("a[0] = a[1]", 300).substr(0, 10), "too costly");
  EXPECT_EQ(text("a.distinct().count()", 300).substr(0, 10), "too costly");
}

}  // namespace
}  // namespace renal::fhir::fhirpath
