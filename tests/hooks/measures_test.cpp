#include "hooks/measures.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks {
namespace {

using testing::HasSubstr;
using testing::Not;

MeasureQuery::Time At(std::int64_t milliseconds) {
  return MeasureQuery::Time(std::chrono::milliseconds(milliseconds));
}

Measures Sample() {
  Measures measures;
  measures.query = {.from = At(1'772'409'600'000), .to = At(1'772'442'000'500)};
  measures.rules = {
      {.rule = "RULE-1",
       .client = "east",
       .service = "kidney",
       .cards = {.shown = 10, .accepted = 3, .overridden = 2},
       .reasons = {{"https://example.org/reasons", "not-now", 2}, {"", "", 1}}},
      {.rule = "RULE-22", .service = "kidney-order-sign", .cards = {.shown = 1}},
  };
  return measures;
}

TEST(MeasuresTest, WritesJsonWithoutAnythingEmpty) {
  EXPECT_EQ(MeasuresJson(Sample()),
            R"({"from":"2026-03-02T00:00:00Z","to":"2026-03-02T09:00:00.500Z","measures":[)"
            R"({"rule":"RULE-1","client":"east","service":"kidney","shown":10,"accepted":3,)"
            R"("overridden":2,"withoutFeedback":5,"overrideReasons":[)"
            R"({"system":"https://example.org/reasons","code":"not-now","count":2},{"count":1}]},)"
            R"({"rule":"RULE-22","service":"kidney-order-sign","shown":1,"accepted":0,)"
            R"("overridden":0,"withoutFeedback":1}],)"
            R"("total":{"shown":11,"accepted":3,"overridden":2,"withoutFeedback":6}})");
  EXPECT_EQ(MeasuresJson({}), R"({"measures":[],"total":{"shown":0,"accepted":0,"overridden":0,)"
                              R"("withoutFeedback":0}})");
}

TEST(MeasuresTest, PrintsATable) {
  EXPECT_EQ(MeasuresTable(Sample()),
            "Cards shown from 2026-03-02T00:00:00Z to before 2026-03-02T09:00:00.500Z.\n"
            "\n"
            "rule     client  service            shown  accepted  overridden  no feedback\n"
            "RULE-1   east    kidney                10         3           2            5\n"
            "    2 x not-now (https://example.org/reasons)\n"
            "    1 x (without a code)\n"
            "RULE-22  -       kidney-order-sign      1         0           0            1\n"
            "all                                    11         3           2            6\n");
}

TEST(MeasuresTest, PrintsNothingThatSteersATerminal) {
  Measures measures = Sample();
  measures.rules[0].reasons[0].code = "a\x1B[2J\nb\x7F" + std::string(500, 'x');
  const std::string table = MeasuresTable(measures);
  EXPECT_THAT(table, HasSubstr("2 x a[2Jbxxx"));
  EXPECT_THAT(table, Not(HasSubstr("\x1B")));
  EXPECT_THAT(table, Not(HasSubstr(std::string(200, 'x'))));
}

TEST(MeasuresTest, ReadsDaysAndTimes) {
  EXPECT_EQ(ReadMeasureTime("2026-03-02"), At(1'772'409'600'000));
  EXPECT_EQ(ReadMeasureTime("2026-03-02T01:00:00+01:00"), At(1'772'409'600'000));
  EXPECT_EQ(ReadMeasureTime("2026-03-02T00:00:00.5Z"), At(1'772'409'600'500));
  for (const char* text : {"", "2026", "2026-03", "2026-02-30", "2026-03-02T00:00:00",
                           "2026-03-02T00:00Z", "yesterday", "T09:00:00"}) {
    EXPECT_EQ(ReadMeasureTime(text), std::nullopt) << text;
  }
}

TEST(MeasuresTest, ReadsTheQueryOfAUrl) {
  const auto query =
      ReadMeasureQuery("from=2026-03-02T01:00:00%2B01%3A00&to=2026-03-03&client=a%20b+c");
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->from, At(1'772'409'600'000));
  EXPECT_EQ(query->to, At(1'772'496'000'000));
  EXPECT_EQ(query->client, "a b+c");
  const auto nothing = ReadMeasureQuery("");
  ASSERT_TRUE(nothing.has_value());
  EXPECT_EQ(nothing->from, std::nullopt);
  EXPECT_EQ(nothing->client, std::nullopt);
}

TEST(MeasuresTest, RefusesAQueryThatItDoesNotKnow) {
  for (const char* text : {"from=", "from=secret", "to=2026", "until=2026-03-02", "from",
                           "from=2026-03-02&from=2026-03-02", "client=%zz", "client=%a",
                           "client=a&client=b", "=", "&"}) {
    const auto query = ReadMeasureQuery(text);
    ASSERT_FALSE(query.has_value()) << text;
    EXPECT_EQ(query.error().code, fhir::IssueCode::kValue);
    EXPECT_THAT(query.error().diagnostics, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace renal::hooks
