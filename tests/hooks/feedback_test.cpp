#include "hooks/feedback.h"

#include <ostream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kCard = "b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e01";
constexpr std::string_view kSuggestion = "d5c7a3ce-6d1f-4a50-8a6b-0a2c58d7a5b2";
constexpr std::string_view kTime = "2026-06-03T09:15:00Z";

fhir::Result<FeedbackReading> Read(std::string_view text) {
  const auto document = fhir::JsonDocument::Parse(text);
  if (!document) {
    ADD_FAILURE() << text << ": " << document.error().diagnostics;
    return document.error();
  }
  return ReadFeedback(document->root());
}

/// A good override with these further members.
std::string OverrideWith(const std::string& members) {
  return R"({"card": ")" + std::string(kCard) +
         R"(", "outcome": "overridden", "outcomeTimestamp": ")" + std::string(kTime) + "\"" +
         (members.empty() ? "" : ", " + members) + "}";
}

/// The one item of a body with one.
FeedbackItem ItemOf(const std::string& item) {
  const auto reading = Read(R"({"feedback": [)" + item + "]}");
  if (!reading || reading->items.size() != 1) {
    ADD_FAILURE() << item << ": " << (reading ? "no item" : reading.error().diagnostics);
    return {};
  }
  return reading->items.front();
}

TEST(ReadFeedbackTest, ReadsTheExampleOfTheSpecification) {
  const auto reading = Read(R"({"feedback": [
    { "card": "b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e01", "outcome": "accepted",
      "acceptedSuggestions": [ { "id": "d5c7a3ce-6d1f-4a50-8a6b-0a2c58d7a5b2" } ],
      "outcomeTimestamp": "2026-06-03T09:15:00Z" },
    { "card": "0a5d4e7c-13ab-4a0e-8a77-8f0e2d9bb002", "outcome": "overridden",
      "overrideReason": {
        "reason": { "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes",
                    "code": "patient-refuses" },
        "userComment": "Declined surveillance after counselling" },
      "outcomeTimestamp": "2026-06-03T09:16:12.5Z" }]})");
  ASSERT_TRUE(reading.has_value());
  EXPECT_THAT(reading->problems, IsEmpty());
  ASSERT_THAT(reading->items, SizeIs(2));
  const FeedbackItem& accepted = reading->items[0];
  EXPECT_EQ(accepted.index, 0U);
  EXPECT_EQ(accepted.card, kCard);
  EXPECT_EQ(accepted.outcome, FeedbackOutcome::kAccepted);
  EXPECT_THAT(accepted.suggestions, ElementsAre(kSuggestion));
  EXPECT_EQ(accepted.at, kTime);
  EXPECT_EQ(accepted.at_ms, 1'780'478'100'000);
  const FeedbackItem& overridden = reading->items[1];
  EXPECT_EQ(overridden.index, 1U);
  EXPECT_EQ(overridden.outcome, FeedbackOutcome::kOverridden);
  EXPECT_THAT(
      overridden.reasons,
      ElementsAre(OverrideReason{"http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes",
                                 "patient-refuses", ""}));
  EXPECT_EQ(overridden.comment, "Declined surveillance after counselling");
  EXPECT_EQ(overridden.at, "2026-06-03T09:16:12.5Z");
  EXPECT_EQ(overridden.at_ms, 1'780'478'172'500);
}

// ---- Overrides in all the ways that clients write them ----

struct OverrideCase {
  std::string_view name;
  std::string members;
  std::vector<OverrideReason> reasons;
  std::string comment;

  friend void PrintTo(const OverrideCase& row, std::ostream* out) { *out << row.name; }
};

class OverrideTest : public testing::TestWithParam<OverrideCase> {};

TEST_P(OverrideTest, IsRead) {
  const FeedbackItem item = ItemOf(OverrideWith(GetParam().members));
  EXPECT_EQ(item.reasons, GetParam().reasons);
  EXPECT_EQ(item.comment, GetParam().comment);
}

const OverrideReason kCoded = {"s", "c", "d"};
constexpr const char* kCoding = R"({"system": "s", "code": "c", "display": "d"})";

INSTANTIATE_TEST_SUITE_P(
    Spellings, OverrideTest,
    testing::ValuesIn<OverrideCase>({
        {"PlainDismissal", "", {}, ""},
        {"Null", R"("overrideReason": null)", {}, ""},
        {"Empty", R"("overrideReason": {})", {}, ""},
        {"NullInside", R"("overrideReason": {"reason": null, "userComment": null})", {}, ""},
        {"Coded", std::string(R"("overrideReason": {"reason": )") + kCoding + "}", {kCoded}, ""},
        {"WithoutDisplay",
         R"("overrideReason": {"reason": {"system": "s", "code": "c"}})",
         {{"s", "c", ""}},
         ""},
        {"WithoutSystem", R"("overrideReason": {"reason": {"code": "c"}})", {{"", "c", ""}}, ""},
        {"DisplayOnly", R"("overrideReason": {"reason": {"display": "d"}})", {{"", "", "d"}}, ""},
        {"CommentOnly", R"("overrideReason": {"userComment": "text"})", {}, "text"},
        {"EmptyComment", R"("overrideReason": {"userComment": ""})", {}, ""},
        {"Both",
         std::string(R"("overrideReason": {"userComment": "text", "reason": )") + kCoding + "}",
         {kCoded},
         "text"},
        {"Plural",
         std::string(R"("overrideReasons": {"userComment": "text", "reason": )") + kCoding + "}",
         {kCoded},
         "text"},
        {"PluralList",
         std::string(R"("overrideReasons": [{"reason": )") + kCoding +
             R"(}, {"reason": {"code": "e"}, "userComment": "text"}])",
         {kCoded, {"", "e", ""}},
         "text"},
        {"PluralListOfCodings",
         std::string(R"("overrideReasons": [)") + kCoding + "]",
         {kCoded},
         ""},
        {"EmptyList", R"("overrideReasons": [])", {}, ""},
        {"BothNames",
         std::string(R"("overrideReasons": [)") + kCoding + R"(], "overrideReason": {"reason": )" +
             kCoding + R"(, "userComment": "text"})",
         {kCoded},
         "text"},
        {"ExtensionMembers",
         std::string(R"("extension": {"com.epic.cdshooks.feedback.overrideReason.id": [1]},
           "com.epic.cdshooks.feedback.overrideReason.text": 7,
           "overrideReason": {"x": [], "reason": )") +
             kCoding + "}",
         {kCoded},
         ""},
        {"AcceptedSuggestionsAreNotLookedAt",
         std::string(R"("acceptedSuggestions": "none", "overrideReason": {"reason": )") + kCoding +
             "}",
         {kCoded},
         ""},
        {"NulInFreeText",
         R"("overrideReason": {"userComment": "a\u0000b", "reason": {"code": "c", "display": "\u0000d"}})",
         {{"", "c", "d"}},
         "ab"},
        {"EightKibibytes",
         R"("overrideReason": {"userComment": ")" + std::string(8'192, 'x') + "\"}",
         {},
         std::string(8'192, 'x')},
    }),
    [](const auto& test) { return std::string(test.param.name); });

// ---- What makes an item unusable ----

struct BadItem {
  std::string_view name;
  std::string item;
  std::string_view field;
  std::string_view says;

  friend void PrintTo(const BadItem& row, std::ostream* out) { *out << row.name; }
};

class BadItemTest : public testing::TestWithParam<BadItem> {};

// Alone it is a bad request; beside a good item it is named, and the good one is taken.
TEST_P(BadItemTest, IsNamedByItsIndex) {
  const BadItem& row = GetParam();
  const auto alone = Read(R"({"feedback": [)" + row.item + "]}");
  ASSERT_FALSE(alone.has_value());
  EXPECT_EQ(alone.error().code, fhir::IssueCode::kValue);
  EXPECT_EQ(alone.error().expression, "/feedback/0" + std::string(row.field));
  const auto beside = Read(R"({"feedback": [)" + OverrideWith("") + ", " + row.item + "]}");
  ASSERT_TRUE(beside.has_value());
  EXPECT_THAT(beside->items, SizeIs(1));
  ASSERT_THAT(beside->problems, SizeIs(1));
  EXPECT_EQ(beside->problems[0].index, 1U);
  EXPECT_EQ(beside->problems[0].field, row.field);
  EXPECT_THAT(beside->problems[0].problem, HasSubstr(row.says));
  EXPECT_EQ(alone.error().diagnostics.find("secret"), std::string::npos);
}

std::string Item(std::string_view card, std::string_view outcome, std::string_view time,
                 const std::string& more = "") {
  std::string text = "{";
  for (const auto& [name, value] : {std::pair<std::string_view, std::string_view>("card", card),
                                    {"outcome", outcome},
                                    {"outcomeTimestamp", time}}) {
    if (value.empty()) continue;
    if (text.size() > 1) text += ", ";
    text += "\"" + std::string(name) + "\": " + std::string(value);
  }
  return text + more + "}";
}

const std::string kGoodCard = "\"" + std::string(kCard) + "\"";
const std::string kGoodTime = "\"" + std::string(kTime) + "\"";
std::string Accepted(const std::string& suggestions) {
  return Item(kGoodCard, "\"accepted\"", kGoodTime, suggestions);
}
std::string At(const std::string& time) { return Item(kGoodCard, "\"overridden\"", time); }
std::string Repeated(const std::string& text, int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i > 0 ? "," : "") + text;
  return list;
}
std::string Ids(int count) {
  return R"(, "acceptedSuggestions": [)" +
         Repeated("{\"id\": \"" + std::string(kSuggestion) + "\"}", count) + "]";
}

INSTANTIATE_TEST_SUITE_P(
    Items, BadItemTest,
    testing::ValuesIn<BadItem>({
        {"NoObject", "\"secret\"", "", "no object"},
        {"Null", "null", "", "no object"},
        {"NoCard", Item("", "\"overridden\"", kGoodTime), "/card", "missing"},
        {"CardIsNumber", Item("7", "\"overridden\"", kGoodTime), "/card", "no UUID"},
        {"CardIsNoUuid", Item("\"secret\"", "\"overridden\"", kGoodTime), "/card", "no UUID"},
        {"CardHasNul",
         Item(R"("b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e0\u0000")", "\"overridden\"", kGoodTime),
         "/card", "no UUID"},
        {"CardIsUrn", Item("\"urn:uuid:" + std::string(kCard) + "\"", "\"overridden\"", kGoodTime),
         "/card", "no UUID"},
        {"CardWithoutHyphen",
         Item("\"b0b0f7d2-5c6a-4a86-9d0f02a6f0b6c9e01\"", "\"overridden\"", kGoodTime), "/card",
         "no UUID"},
        {"NoOutcome", Item(kGoodCard, "", kGoodTime), "/outcome", "missing"},
        {"AnotherOutcome", Item(kGoodCard, "\"secret\"", kGoodTime), "/outcome", "neither"},
        {"OutcomeInCapitals", Item(kGoodCard, "\"ACCEPTED\"", kGoodTime), "/outcome", "neither"},
        {"NoTime", Item(kGoodCard, "\"overridden\"", ""), "/outcomeTimestamp", "missing"},
        {"TimeIsNumber", At("1780478100"), "/outcomeTimestamp", "RFC 3339"},
        {"TimeWithoutOffset", At("\"2026-06-03T09:15:00\""), "/outcomeTimestamp", "RFC 3339"},
        {"TimeWithoutSeconds", At("\"2026-06-03T09:15Z\""), "/outcomeTimestamp", "RFC 3339"},
        {"Day", At("\"2026-06-03\""), "/outcomeTimestamp", "RFC 3339"},
        {"NoSuchDay", At("\"2026-02-30T09:15:00Z\""), "/outcomeTimestamp", "RFC 3339"},
        {"PointWithoutFraction", At("\"2026-06-03T09:15:00.Z\""), "/outcomeTimestamp", "RFC 3339"},
        {"TimeWithMore", At("\"2026-06-03T09:15:00Z secret\""), "/outcomeTimestamp", "RFC 3339"},
        {"EndlessFraction", At("\"2026-06-03T09:15:00." + std::string(100, '1') + "Z\""),
         "/outcomeTimestamp", "RFC 3339"},
        {"NoSuggestions", Accepted(""), "/acceptedSuggestions", "names the suggestions"},
        {"EmptySuggestions", Accepted(R"(, "acceptedSuggestions": [])"), "/acceptedSuggestions",
         "names the suggestions"},
        {"SuggestionsAreNoList", Accepted(R"(, "acceptedSuggestions": {})"), "/acceptedSuggestions",
         "no list"},
        {"SuggestionWithoutId", Accepted(R"(, "acceptedSuggestions": [{}])"),
         "/acceptedSuggestions", "no UUID"},
        {"SuggestionIsText", Accepted(R"(, "acceptedSuggestions": ["secret"])"),
         "/acceptedSuggestions", "no UUID"},
        {"TooManySuggestions", Accepted(Ids(101)), "/acceptedSuggestions", "more than 100"},
        {"OverrideIsText", OverrideWith(R"("overrideReason": "secret")"), "/overrideReason",
         "no object"},
        {"ReasonIsText", OverrideWith(R"("overrideReason": {"reason": "secret"})"),
         "/overrideReason/reason", "no Coding"},
        {"ReasonSaysNothing", OverrideWith(R"("overrideReason": {"reason": {"system": "s"}})"),
         "/overrideReason/reason", "neither a code nor a display"},
        {"CodeIsNumber", OverrideWith(R"("overrideReason": {"reason": {"code": 1}})"),
         "/overrideReason/reason/code", "no string"},
        {"CodeHasNul", OverrideWith(R"("overrideReason": {"reason": {"code": "a\u0000"}})"),
         "/overrideReason/reason/code", "NUL"},
        {"SystemHasNul",
         OverrideWith(R"("overrideReason": {"reason": {"code": "a", "system": "\u0000"}})"),
         "/overrideReason/reason/system", "NUL"},
        {"CommentIsList", OverrideWith(R"("overrideReason": {"userComment": []})"),
         "/overrideReason/userComment", "no string"},
        {"LongComment",
         OverrideWith(R"("overrideReason": {"userComment": ")" + std::string(8'193, 'x') + "\"}"),
         "/overrideReason/userComment", "too long"},
        {"LongCode",
         OverrideWith(R"("overrideReason": {"reason": {"code": ")" + std::string(8'193, 'x') +
                      "\"}}"),
         "/overrideReason/reason/code", "too long"},
        {"PluralIsText", OverrideWith(R"("overrideReasons": ["secret"])"), "/overrideReasons",
         "no object"},
        {"TooManyReasons", OverrideWith(R"("overrideReasons": [)" + Repeated("{}", 101) + "]"),
         "/overrideReasons", "more than 100"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

// ---- Times and UUIDs ----

TEST(ReadFeedbackTest, BringsTimesToOneForm) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"2026-06-03T09:15:00Z", "2026-06-03T09:15:00Z"},
      {"2026-06-03t09:15:00z", "2026-06-03T09:15:00Z"},
      {"2026-06-03T11:15:00+02:00", "2026-06-03T09:15:00Z"},
      {"2026-06-02T23:15:00-10:00", "2026-06-03T09:15:00Z"},
      {"2026-06-03T09:15:00-00:00", "2026-06-03T09:15:00Z"},
      {"2026-06-03T09:15:00.000Z", "2026-06-03T09:15:00Z"},
      {"2026-06-03T09:15:00.5Z", "2026-06-03T09:15:00.5Z"},
      {"2026-06-03T09:15:00.500Z", "2026-06-03T09:15:00.5Z"},
      {"2026-06-03T09:15:00.123456789Z", "2026-06-03T09:15:00.123456789Z"},
      {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
  };
  for (const auto& [sent, kept] : rows) {
    EXPECT_EQ(ItemOf(At("\"" + sent + "\"")).at, kept) << sent;
  }
  EXPECT_EQ(ItemOf(At("\"2026-06-03T09:15:00.123456789Z\"")).at_ms, 1'780'478'100'123);
}

TEST(ReadFeedbackTest, BringsUuidsToOneForm) {
  const FeedbackItem item = ItemOf(R"({"card": "B0B0F7D2-5C6A-4A86-9D0F-2A6F0B6C9E01",
    "outcome": "accepted", "outcomeTimestamp": "2026-06-03T09:15:00Z", "acceptedSuggestions": [
    {"id": "FFFFFFFF-6d1f-4a50-8a6b-0a2c58d7a5b2"}, {"id": "D5C7A3CE-6d1f-4a50-8a6b-0a2c58d7a5b2"},
    {"id": "d5c7a3ce-6d1f-4a50-8a6b-0a2c58d7a5b2", "x": 1}]})");
  EXPECT_EQ(item.card, kCard);
  EXPECT_THAT(item.suggestions, ElementsAre(kSuggestion, "ffffffff-6d1f-4a50-8a6b-0a2c58d7a5b2"));
}

// ---- The body ----

TEST(ReadFeedbackTest, RefusesABodyThatIsNone) {
  for (const char* body : {"[]", "null", "7", "\"feedback\"", "{}", R"({"feedback": null})",
                           R"({"feedback": {}})", R"({"Feedback": []})"}) {
    const auto reading = Read(body);
    ASSERT_FALSE(reading.has_value()) << body;
    EXPECT_EQ(reading.error().code, fhir::IssueCode::kStructure) << body;
  }
}

TEST(ReadFeedbackTest, TakesAnEmptyList) {
  const auto reading = Read(R"({"feedback": []})");
  ASSERT_TRUE(reading.has_value());
  EXPECT_THAT(reading->items, IsEmpty());
  EXPECT_THAT(reading->problems, IsEmpty());
}

TEST(ReadFeedbackTest, TakesAThousandItemsAndNoMore) {
  const auto full = Read(R"({"feedback": [)" + Repeated(OverrideWith(""), 1'000) + "]}");
  ASSERT_TRUE(full.has_value());
  EXPECT_THAT(full->items, SizeIs(1'000));
  EXPECT_EQ(full->items.back().index, 999U);
  const auto more = Read(R"({"feedback": [)" + Repeated(OverrideWith(""), 1'001) + "]}");
  ASSERT_FALSE(more.has_value());
  EXPECT_EQ(more.error().code, fhir::IssueCode::kTooLong);
}

TEST(ReadFeedbackTest, TakesTheMostThatAnItemMayHave) {
  EXPECT_THAT(ItemOf(Accepted(Ids(100))).suggestions, SizeIs(1));
  std::string reasons;
  for (int i = 0; i < 100; ++i) {
    reasons += (i > 0 ? "," : "") + std::string(R"({"code": ")") + std::to_string(i) + "\"}";
  }
  EXPECT_THAT(ItemOf(OverrideWith(R"("overrideReasons": [)" + reasons + "]")).reasons, SizeIs(100));
  const auto more = Read(R"({"feedback": [)" +
                         OverrideWith(R"("overrideReasons": [)" + reasons +
                                      R"(], "overrideReason": {"reason": {"code": "more"}})") +
                         "]}");
  ASSERT_FALSE(more.has_value());
}

}  // namespace
}  // namespace renal::hooks
