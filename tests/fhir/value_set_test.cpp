#include "fhir/value_set.h"

#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace renal::fhir {
namespace {

constexpr std::string_view kLetters = "http://example.org/letters";
constexpr std::string_view kDigits = "http://example.org/digits";

ValueSet Mixed() {
  return ValueSet("http://example.org/ValueSet/mixed", "1.2.0", "Mixed",
                  {{std::string(kLetters), "a", "Letter a"},
                   {std::string(kDigits), "1", "Digit 1"},
                   {std::string(kLetters), "a", "Again"}});
}

TEST(ValueSetTest, KeepsWhatItWasGiven) {
  const ValueSet set = Mixed();
  EXPECT_EQ(set.url(), "http://example.org/ValueSet/mixed");
  EXPECT_EQ(set.version(), "1.2.0");
  EXPECT_EQ(set.title(), "Mixed");
  ASSERT_EQ(set.concepts().size(), 3U);
  EXPECT_EQ(set.concepts()[1].display, "Digit 1");
}

struct MemberCase {
  std::string name;
  std::string system;
  std::string code;
  bool member;

  friend void PrintTo(const MemberCase& row, std::ostream* out) { *out << row.name; }
};

class ValueSetContainsTest : public testing::TestWithParam<MemberCase> {};

TEST_P(ValueSetContainsTest, ComparesSystemAndCode) {
  const MemberCase& row = GetParam();
  EXPECT_EQ(Mixed().Contains(row.system, row.code), row.member);
}

INSTANTIATE_TEST_SUITE_P(Rows, ValueSetContainsTest,
                         testing::ValuesIn<MemberCase>({
                             {"First", std::string(kLetters), "a", true},
                             {"Second", std::string(kDigits), "1", true},
                             {"CodeOfOtherSystem", std::string(kLetters), "1", false},
                             {"UnknownCode", std::string(kLetters), "b", false},
                             {"LetterCaseCounts", std::string(kLetters), "A", false},
                             {"SpaceCounts", std::string(kLetters), "a ", false},
                             {"SystemWithSlash", std::string(kLetters) + "/", "a", false},
                             {"Empty", "", "", false},
                             {"NoSystem", "", "a", false},
                             {"NoCode", std::string(kLetters), "", false},
                             {"Display", std::string(kLetters), "Letter a", false},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(ValueSetTest, SystemAndCodeDoNotRunTogether) {
  const ValueSet set("u", "1", "t", {{"a|b", "c", ""}});
  EXPECT_TRUE(set.Contains("a|b", "c"));
  EXPECT_FALSE(set.Contains("a", "b|c"));
}

TEST(ValueSetTest, CopiesAndMovesStayWhole) {
  const ValueSet copy = [] {
    const ValueSet original = Mixed();
    return ValueSet(original);
  }();
  EXPECT_TRUE(copy.Contains(kLetters, "a"));
  ValueSet source = Mixed();
  const ValueSet moved = std::move(source);
  EXPECT_TRUE(moved.Contains(kDigits, "1"));
}

TEST(ValueSetTest, FindsEachOfMany) {
  std::vector<Concept> concepts;
  for (int i = 0; i < 20'000; ++i) concepts.push_back({"s", std::to_string(i), ""});
  const ValueSet set("u", "1", "t", std::move(concepts));
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(set.Contains("s", std::to_string(i)));
  EXPECT_FALSE(set.Contains("s", "20000"));
  EXPECT_FALSE(set.Contains("s", "-1"));
}

TEST(ValueSetTest, NamesItsOnlySystem) {
  EXPECT_EQ(ValueSet().only_system(), "");
  EXPECT_EQ(Mixed().only_system(), "");
  EXPECT_EQ(ValueSet("u", "1", "t", {{"s", "a", ""}, {"s", "b", ""}}).only_system(), "s");
}

struct CodingCase {
  std::string name;
  std::string json;
  bool member;

  friend void PrintTo(const CodingCase& row, std::ostream* out) { *out << row.name; }
};

class ValueSetCodingTest : public testing::TestWithParam<CodingCase> {};

TEST_P(ValueSetCodingTest, ReadsCodingsAndConcepts) {
  const CodingCase& row = GetParam();
  const auto document = JsonDocument::Parse(row.json);
  ASSERT_TRUE(document.has_value());
  const ValueSet set("u", "1", "t", {{"s", "a", ""}, {"s", "b", ""}});
  EXPECT_EQ(set.ContainsCoding(document->root()), row.member);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ValueSetCodingTest,
    testing::ValuesIn<CodingCase>({
        {"Coding", R"({"system":"s","code":"a"})", true},
        {"CodingOfOtherSystem", R"({"system":"t","code":"a"})", false},
        {"CodingWithoutSystem", R"({"code":"a"})", false},
        {"CodingWithoutCode", R"({"system":"s"})", false},
        {"Concept", R"({"coding":[{"system":"s","code":"b"}],"text":"x"})", true},
        {"ConceptSecondCoding",
         R"({"coding":[{"system":"t","code":"z"},{"system":"s","code":"a"}]})", true},
        {"ConceptWithoutMatch", R"({"coding":[{"system":"s","code":"c"}]})", false},
        {"ConceptWithText", R"({"text":"a"})", false},
        {"EmptyConcept", R"({"coding":[]})", false},
        {"BrokenCodings", R"({"coding":[null,1,"a",[],{"system":"s","code":"a"}]})", true},
        {"CodingIsNoArray", R"({"coding":{"system":"s","code":"a"}})", false},
        {"CodeIsNumber", R"({"system":"s","code":1})", false},
        {"Text", R"("a")", false},
        {"Array", R"([{"system":"s","code":"a"}])", false},
        {"Null", "null", false},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ValueSetTest, AbsentIsNoMember) { EXPECT_FALSE(Mixed().ContainsCoding(Json{})); }

TEST(ValueSetTest, EmptySetHasNothing) {
  EXPECT_FALSE(ValueSet().Contains("", ""));
  EXPECT_FALSE(ValueSet().Contains("s", "a"));
}

}  // namespace
}  // namespace renal::fhir
