#include "cards/json.h"

#include <ostream>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "cards/card.h"
#include "fhir/own_json.h"

namespace renal::cards {
namespace {

using fhir::JsonType;
using fhir::OwnJson;
using Json = fhir::WrittenJson;

OwnJson Parsed(const std::string& text) {
  auto read = fhir::ReadOwnJson(text);
  EXPECT_TRUE(std::holds_alternative<OwnJson>(read)) << text;
  return std::holds_alternative<OwnJson>(read) ? std::get<OwnJson>(read) : OwnJson{};
}

/// Pointers to everything null or empty.
std::string EmptyPlaces(const OwnJson& value, const std::string& place = "") {
  std::string found;
  const bool empty_text = value.type == JsonType::kString && value.text.empty();
  const bool empty_list = value.type == JsonType::kArray && value.items.empty();
  const bool empty_object = value.type == JsonType::kObject && value.members.empty();
  if (value.type == JsonType::kNull || empty_text || empty_list || empty_object)
    found += place + " ";
  for (const auto& [name, member] : value.members) found += EmptyPlaces(member, place + "/" + name);
  for (const OwnJson& item : value.items) found += EmptyPlaces(item, place + "/-");
  return found;
}

Card Minimal() { return {.summary = "S", .source = {.label = "L"}}; }

Card Full() {
  Card card = Minimal();
  card.uuid = "b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e01";
  card.detail = "d";
  card.indicator = Indicator::kCritical;
  card.source = {"L", "https://a.example", "https://a.example/i.png", Coding{"s", "c", "d"}};
  card.suggestions = {{"Do",
                       "b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e02",
                       true,
                       {{ActionType::kDelete, "remove", {}, "ServiceRequest/1"},
                        {ActionType::kCreate, "add", Json(R"({"resourceType":"Task"})"), ""}}}};
  card.selection = Selection::kAtMostOne;
  card.override_reasons = {{"s", "c", "d"}};
  card.links = {{"l", "https://b.example", LinkType::kSmart, "ctx"}};
  card.extension = {{"org.x", Json(R"({"a":1.50})")}};
  return card;
}

TEST(WriteResponseTest, SendsAnEmptyListOfCards) { EXPECT_EQ(ResponseText({}), R"({"cards":[]})"); }

TEST(WriteResponseTest, SendsEmptySystemActionsOnlyWhenToldTo) {
  EXPECT_EQ(ResponseText({.empty_system_actions = true}), R"({"cards":[],"systemActions":[]})");
}

TEST(WriteResponseTest, LeavesOutWhatIsEmpty) {
  EXPECT_EQ(ResponseText({.cards = {Minimal()}}),
            R"({"cards":[{"summary":"S","indicator":"info","source":{"label":"L"}}]})");
}

TEST(WriteResponseTest, LeavesOutASelectionWithoutSuggestions) {
  Card card = Minimal();
  card.selection = Selection::kAny;
  EXPECT_EQ(ResponseText({.cards = {card}}).find("selectionBehavior"), std::string::npos);
}

TEST(WriteResponseTest, WritesEveryMember) {
  EXPECT_EQ(
      ResponseText({.cards = {Full()}, .extension = {{"org.y", Json(R"({"b":[true]})")}}}),
      R"({"cards":[{"uuid":"b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e01","summary":"S","detail":"d",)"
      R"("indicator":"critical","source":{"label":"L","url":"https://a.example",)"
      R"("icon":"https://a.example/i.png","topic":{"system":"s","code":"c","display":"d"}},)"
      R"("suggestions":[{"label":"Do","uuid":"b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e02",)"
      R"("isRecommended":true,"actions":[{"type":"delete","description":"remove",)"
      R"("resourceId":"ServiceRequest/1"},{"type":"create","description":"add",)"
      R"("resource":{"resourceType":"Task"}}]}],"selectionBehavior":"at-most-one",)"
      R"("overrideReasons":[{"system":"s","code":"c","display":"d"}],)"
      R"("links":[{"label":"l","url":"https://b.example","type":"smart","appContext":"ctx"}],)"
      R"("extension":{"org.x":{"a":1.50}}}],"extension":{"org.y":{"b":[true]}}})");
}

TEST(WriteResponseTest, HasNothingEmptyBesideCards) {
  EXPECT_EQ(EmptyPlaces(Parsed(ResponseText({.cards = {Full(), Minimal()}}))), "");
}

TEST(WriteResponseTest, LeavesOutWhatIsNoJson) {
  Card card = Full();
  card.suggestions[0].actions[1].resource = Json("{broken");
  const OwnJson root = Parsed(ResponseText({.cards = {card}}));
  const OwnJson& actions =
      *root.Find("cards")->items[0].Find("suggestions")->items[0].Find("actions");
  EXPECT_EQ(actions.items[1].Find("resource"), nullptr);
}

TEST(WriteResponseTest, LeavesOutAnExtensionWithoutReadableMembers) {
  Card card = Minimal();
  card.extension = {{"org.x", Json("{")}};
  EXPECT_EQ(EmptyPlaces(Parsed(ResponseText({.cards = {card}}))), "");
}

// Control characters have the longest escape, and every text is of them.
TEST(MostBytesTest, IsNeverLessThanTheText) {
  const std::string worst(100, '\x01');
  Card card = Full();
  card.summary = card.detail = card.source.label = card.source.icon = worst;
  card.source.topic = Coding{worst, worst, worst};
  card.override_reasons.assign(5, {worst, worst, worst});
  card.links.assign(5, {worst, worst, LinkType::kSmart, worst});
  card.suggestions.assign(3, {worst, worst, true, {{ActionType::kDelete, worst, {}, worst}}});
  const Response response{.cards = {card, Minimal(), card},
                          .empty_system_actions = true,
                          .extension = {{worst, Json(R"({"b":[true]})")}}};
  EXPECT_GE(MostBytes(response), ResponseText(response).size());
  EXPECT_GE(MostBytes({}), ResponseText({}).size());
  EXPECT_GE(MostBytes({.cards = {Minimal()}}), ResponseText({.cards = {Minimal()}}).size());
}

struct HostileCase {
  std::string_view name;
  std::string text, read_back;
  friend void PrintTo(const HostileCase& row, std::ostream* out) { *out << row.name; }
};

class HostileStringTest : public testing::TestWithParam<HostileCase> {};

TEST_P(HostileStringTest, StaysOneStringOfValidUtf8) {
  Card card = Minimal();
  card.summary = GetParam().text;
  const OwnJson root = Parsed(ResponseText({.cards = {card}}));
  EXPECT_EQ(root.Find("cards")->items[0].Find("summary")->text, GetParam().read_back);
}

INSTANTIATE_TEST_SUITE_P(Strings, HostileStringTest,
                         testing::ValuesIn<HostileCase>({
                             {"Quote", "a\",\"x\":\"b", "a\",\"x\":\"b"},
                             {"Backslash", "a\\", "a\\"},
                             {"Newline", "a\nb\r\t", "a\nb\r\t"},
                             {"Control", "a\x01\x1f", "a\x01\x1f"},
                             {"Null", std::string("a\0b", 3), std::string("a\0b", 3)},
                             {"Html", "</script><!--", "</script><!--"},
                             {"Separator", "a\u2028b", "a\u2028b"},
                             {"BrokenUtf8",
                              "a\xff"
                              "b",
                              "a\uFFFD"
                              "b"},
                             {"CutUtf8", "a\xe2\x82", "a\uFFFD"},
                             {"Wide", "\U0001F600", "\U0001F600"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace renal::cards
