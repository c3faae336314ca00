#include "fhir/internal/regex.h"

#include <string>

#include <gtest/gtest.h>

namespace renal::fhir::internal {
namespace {

TEST(RegexTest, RefusesWhatCouldTakeLong) {
  for (const char* pattern : {"(", "a{1001}", "(a)\\1", "(?=a)", "(?<=a)b", "(?<!a)b"}) {
    EXPECT_FALSE(Regex::Parse(pattern)) << pattern;
  }
  // As large as RE2 lets a repetition be, within itself: too much memory.
  EXPECT_FALSE(Regex::Parse("((a{100}){100}){100}"));
}

TEST(RegexTest, FindsAndMatches) {
  const auto regex = Regex::Parse("a.c");
  ASSERT_TRUE(regex);
  EXPECT_TRUE(regex->IsFoundIn("xxa\nc"));
  EXPECT_FALSE(regex->IsFoundIn("ac"));
  EXPECT_TRUE(regex->MatchesAll("abc"));
  EXPECT_FALSE(regex->MatchesAll("abcd"));
}

TEST(RegexTest, ReplacesWithGroups) {
  const auto regex = Regex::Parse("(?<first>a)(b)?");
  ASSERT_TRUE(regex);
  EXPECT_EQ(regex->ReplaceIn("ab a", "<$1|$2|${first}|$$|$9|${x}>", 100),
            "<a|b|a|$|$9|${x}> <a||a|$|$9|${x}>");
  EXPECT_EQ(regex->ReplaceIn("xyz", "-", 100), "xyz");
}

TEST(RegexTest, ReplacesEmptyMatchesOnce) {
  EXPECT_EQ(Regex::Parse("x*")->ReplaceIn("axb", "-", 100), "-a--b-");
}

TEST(RegexTest, StopsAtTheLimit) {
  const auto regex = Regex::Parse("a");
  EXPECT_EQ(regex->ReplaceIn("aa", "12345", 10), "1234512345");
  EXPECT_EQ(regex->ReplaceIn("aa", "12345", 9), std::nullopt);
}

}  // namespace
}  // namespace renal::fhir::internal
