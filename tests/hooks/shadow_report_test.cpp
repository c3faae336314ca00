#include "hooks/shadow_report.h"

#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

constexpr std::string_view kPair =
    R"("version":"1.0.0","hash":"h1","shadow":"p","shadow_version":"2.0.0","shadow_hash":"h2")";

std::string Compared(std::string_view same, std::string_view shown = "recommendation",
                     std::string_view shadow = "recommendation") {
  std::string line = R"({"event":"shadow","id":"1",)";
  line.append(kPair).append(R"(,"outcome":")").append(shown);
  line.append(R"(","shadow_outcome":")").append(shadow);
  return line.append(R"(","same":")").append(same).append("\"}");
}

std::string Difference(std::string_view only_in, std::string_view rule = "R1") {
  std::string line = R"({"event":"shadow-difference",)";
  line.append(kPair).append(R"(,"only_in":")").append(only_in);
  line.append(R"(","rule":")").append(rule);
  return line.append(R"(","action":"a","determination":"recommended"})");
}

TEST(ShadowReportTest, CountsCallsOutcomesAndResults) {
  ShadowReport report;
  report.Add(Compared("yes"));
  report.Add(Compared("no", "recommendation", "need-data"));
  report.Add(Difference("shown"));
  report.Add(Difference("shadow", "R2"));
  report.Add(Compared("no"));
  report.Add(Difference("shadow"));
  ASSERT_THAT(report.pairs(), SizeIs(1));
  const auto& [pair, counts] = *report.pairs().begin();
  EXPECT_EQ(pair, (ShadowPair{"1.0.0", "h1", "p", "2.0.0", "h2"}));
  EXPECT_EQ(counts.calls, 3);
  EXPECT_EQ(counts.different, 2);
  EXPECT_THAT(counts.outcomes, ElementsAre(Pair(Pair("recommendation", "need-data"), 1),
                                           Pair(Pair("recommendation", "recommendation"), 2)));
  ASSERT_THAT(counts.results, SizeIs(2));
  const ShadowResultCount first = counts.results.at({"R1", "a", "recommended"});
  EXPECT_EQ(first.only_shown, 1);
  EXPECT_EQ(first.only_shadow, 1);
  EXPECT_THAT(report.Json(), HasSubstr(R"("calls":3,"different":2)"));
  EXPECT_THAT(report.Table(), HasSubstr("R2 a recommended: only shown 0, only in shadow 1\n"));
}

TEST(ShadowReportTest, KeepsVersionsApart) {
  ShadowReport report;
  std::string other = Compared("yes");
  other.replace(other.find("2.0.0"), 5, "2.0.1");
  report.Add(Compared("yes"));
  report.Add(other);
  EXPECT_THAT(report.pairs(), SizeIs(2));
}

TEST(ShadowReportTest, CountsWhatHadNoAnswer) {
  ShadowReport report;
  report.Add(R"({"event":"shadow-defect","id":"1"})");
  report.Add(R"({"event":"shadow-without-answer","id":"2"})");
  report.Add(R"({"event":"shadow-without-answer","id":"3"})");
  EXPECT_EQ(report.failed(), 1);
  EXPECT_EQ(report.refused(), 2);
}

TEST(ShadowReportTest, PassesOverEverythingElse) {
  ShadowReport report;
  std::istringstream log(
      "\n{\n[]\n\"shadow\"\n{\"event\":\"request\",\"shadow\":1}\n{\"shadow\":7}\n" +
      std::string(100'000, '"') + "\"shadow\"\n{\"event\":\"shadow");
  report.AddAll(log);
  EXPECT_TRUE(report.pairs().empty());
  EXPECT_EQ(report.Table(), "No call was evaluated in shadow.\n");
}

TEST(ShadowReportTest, HoldsNoMoreThanItMay) {
  ShadowReport report;
  for (std::size_t i = 0; i < ShadowReport::kMostResults + 10; ++i) {
    report.Add(Difference("shown", "R" + std::to_string(i)));
  }
  report.Add(Difference("shadow", "R0"));
  const ShadowCounts& counts = report.pairs().begin()->second;
  EXPECT_THAT(counts.results, SizeIs(ShadowReport::kMostResults));
  EXPECT_EQ(counts.results.at({"R0", "a", "recommended"}).only_shadow, 1);
  for (std::size_t i = 0; i < ShadowReport::kMostPairs + 10; ++i) {
    std::string line = Compared("yes");
    line.replace(line.find("2.0.0"), 5, "3.0." + std::to_string(i));
    report.Add(line);
  }
  EXPECT_THAT(report.pairs(), SizeIs(ShadowReport::kMostPairs));
}

TEST(ShadowReportTest, ShowsNoControlCharacters) {
  ShadowReport report;
  report.Add(Compared("no", R"(\u001b[31mred\nline)", "x"));
  EXPECT_THAT(report.Table(), testing::Not(HasSubstr("\x1b")));
  EXPECT_THAT(report.Table(), HasSubstr("line -> x: 1\n"));
}

}  // namespace
}  // namespace renal::hooks
