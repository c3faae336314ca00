#include "cards/invariants.h"

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "cards/json.h"
#include "cards/markdown.h"

namespace renal::cards {
namespace {

using Json = fhir::WrittenJson;

constexpr std::string_view kUuidA = "b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e01";
constexpr std::string_view kUuidB = "b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e02";
constexpr std::string_view kUuidC = "b0b0f7d2-5c6a-4a86-9d0f-2a6f0b6c9e03";

Suggestion Whole(std::string_view uuid) {
  return {
      "Do",
      std::string(uuid),
      false,
      {{ActionType::kDelete, "remove", {}, "ServiceRequest/1"},
       {ActionType::kCreate, "add", Json(R"({"resourceType":"ServiceRequest"})"), ""},
       {ActionType::kUpdate, "change", Json(R"({"resourceType":"ServiceRequest","id":"2"})"), ""}}};
}

/// A response with one of everything, that holds all invariants.
Response Sound() {
  Card card{.uuid = std::string(kUuidA), .summary = "S", .detail = "d"};
  card.source = {"L", "https://a.example/x#1", "https://a.example/i.png", Coding{"s", "c", "d"}};
  card.suggestions = {Whole(kUuidB), Whole(kUuidC)};
  card.suggestions[0].is_recommended = true;
  card.selection = Selection::kAtMostOne;
  card.override_reasons = {{"s", "c", "d"}};
  card.links = {{"l", "https://b.example", LinkType::kSmart, "ctx"}, {"m", "https://c.example"}};
  card.extension = {{"org.x", Json(R"({"a":1})")}};
  return {.cards = {card},
          .extension = {{"org.renalpath.outcome", Json(R"({"gate":null,"ask":[]})")}}};
}

TEST(InvariantsTest, ASoundResponseStaysAsItIs) {
  Response response = Sound();
  const std::string before = ResponseText(response);
  EXPECT_TRUE(Check(response).empty());
  EXPECT_TRUE(Repair(response).empty());
  EXPECT_EQ(ResponseText(response), before);
}

TEST(InvariantsTest, NothingToSayIsSound) { EXPECT_TRUE(Check(Response{}).empty()); }

struct DefectCase {
  std::string_view name;
  std::function<void(Response&, Card&)> damage;
  Invariant invariant;
  std::string_view place;
  /// What is left after the repair.
  std::function<bool(const Response&)> repaired;
  friend void PrintTo(const DefectCase& row, std::ostream* out) { *out << row.name; }
};

class DefectTest : public testing::TestWithParam<DefectCase> {};

TEST_P(DefectTest, IsFoundAndTakenOut) {
  const DefectCase& row = GetParam();
  Response response = Sound();
  row.damage(response, response.cards[0]);
  const std::vector<Violation> expected = {{row.invariant, std::string(row.place)}};
  EXPECT_EQ(Check(response), expected);
  EXPECT_EQ(Repair(response), expected);
  EXPECT_TRUE(Check(response).empty());
  EXPECT_TRUE(row.repaired(response)) << ResponseText(response);
}

const Card& First(const Response& response) { return response.cards.at(0); }
bool NoCard(const Response& response) { return response.cards.empty(); }
bool OneSuggestion(const Response& response) { return First(response).suggestions.size() == 1; }
bool NoSuggestion(const Response& response) { return First(response).suggestions.empty(); }
bool OneLink(const Response& response) { return First(response).links.size() == 1; }
bool NoReason(const Response& response) { return First(response).override_reasons.empty(); }
bool NoCardExtension(const Response& response) { return First(response).extension.empty(); }

Action& Step(Card& card, std::size_t index) { return card.suggestions[0].actions[index]; }

INSTANTIATE_TEST_SUITE_P(
    NothingEmpty, DefectTest,
    testing::ValuesIn<DefectCase>({
        {"SourceLabel", [](Response&, Card& c) { c.source.label.clear(); },
         Invariant::kNothingEmpty, "/cards/0/source/label", NoCard},
        {"SourceLabelBlank", [](Response&, Card& c) { c.source.label = " "; },
         Invariant::kNothingEmpty, "/cards/0/source/label", NoCard},
        {"TopicCode", [](Response&, Card& c) { c.source.topic->code.clear(); },
         Invariant::kNothingEmpty, "/cards/0/source/topic",
         [](const Response& r) { return !First(r).source.topic; }},
        {"SuggestionLabel", [](Response&, Card& c) { c.suggestions[0].label.clear(); },
         Invariant::kNothingEmpty, "/cards/0/suggestions/0/label", OneSuggestion},
        {"LinkLabel", [](Response&, Card& c) { c.links[0].label.clear(); },
         Invariant::kNothingEmpty, "/cards/0/links/0/label", OneLink},
        {"NullInResource",
         [](Response&, Card& c) { Step(c, 1).resource = Json(R"({"resourceType":"A","b":null})"); },
         Invariant::kNothingEmpty, "/cards/0/suggestions/0/actions/1/resource", OneSuggestion},
        {"EmptyListInResource",
         [](Response&, Card& c) {
           Step(c, 1).resource = Json(R"({"resourceType":"A","b":[{"c":[]}]})");
         },
         Invariant::kNothingEmpty, "/cards/0/suggestions/0/actions/1/resource", OneSuggestion},
        {"EmptyTextInResource",
         [](Response&, Card& c) { Step(c, 1).resource = Json(R"({"resourceType":"A","b":""})"); },
         Invariant::kNothingEmpty, "/cards/0/suggestions/0/actions/1/resource", OneSuggestion},
        {"NullInExtension", [](Response&, Card& c) { c.extension[0].json = Json(R"({"a":null})"); },
         Invariant::kNothingEmpty, "/cards/0/extension/0", NoCardExtension},
        {"EmptyExtension", [](Response&, Card& c) { c.extension[0].json = Json("{}"); },
         Invariant::kNothingEmpty, "/cards/0/extension/0", NoCardExtension},
        {"BrokenExtension", [](Response&, Card& c) { c.extension[0].json = Json("{"); },
         Invariant::kNothingEmpty, "/cards/0/extension/0", NoCardExtension},
        {"NamelessExtension", [](Response&, Card& c) { c.extension[0].name.clear(); },
         Invariant::kNothingEmpty, "/cards/0/extension/0", NoCardExtension},
        {"BrokenResponseExtension", [](Response& r, Card&) { r.extension[0].json = Json("{"); },
         Invariant::kNothingEmpty, "/extension/0",
         [](const Response& r) { return r.extension.empty(); }},
    }),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Protocol, DefectTest,
    testing::ValuesIn<DefectCase>({
        {"MalformedUuid", [](Response&, Card& c) { c.uuid = "x"; }, Invariant::kUuids,
         "/cards/0/uuid", [](const Response& r) { return First(r).uuid.empty(); }},
        {"DuplicateUuid", [](Response&, Card& c) { c.suggestions[1].uuid = kUuidA; },
         Invariant::kUuids, "/cards/0/suggestions/1/uuid",
         [](const Response& r) {
           return First(r).suggestions[1].uuid.empty() && First(r).uuid == kUuidA;
         }},
        {"DuplicateUuidInOtherCase",
         [](Response&, Card& c) { c.suggestions[1].uuid = "B0B0F7D2-5C6A-4A86-9D0F-2A6F0B6C9E01"; },
         Invariant::kUuids, "/cards/0/suggestions/1/uuid",
         [](const Response& r) { return First(r).suggestions[1].uuid.empty(); }},
        {"NoSelection", [](Response&, Card& c) { c.selection = Selection::kNone; },
         Invariant::kSelection, "/cards/0/selectionBehavior", NoSuggestion},
        {"TwoRecommended", [](Response&, Card& c) { c.suggestions[1].is_recommended = true; },
         Invariant::kOneRecommended, "/cards/0/suggestions",
         [](const Response& r) {
           return !First(r).suggestions[0].is_recommended &&
                  !First(r).suggestions[1].is_recommended;
         }},
        {"NoDescription", [](Response&, Card& c) { Step(c, 0).description = " "; },
         Invariant::kDescription, "/cards/0/suggestions/0/actions/0/description", OneSuggestion},
        {"CreateWithoutResource", [](Response&, Card& c) { Step(c, 1).resource = {}; },
         Invariant::kResource, "/cards/0/suggestions/0/actions/1/resource", OneSuggestion},
        {"CreateOfAList", [](Response&, Card& c) { Step(c, 1).resource = Json("[1]"); },
         Invariant::kResource, "/cards/0/suggestions/0/actions/1/resource", OneSuggestion},
        {"CreateWithoutType",
         [](Response&, Card& c) { Step(c, 1).resource = Json(R"({"id":"1"})"); },
         Invariant::kResource, "/cards/0/suggestions/0/actions/1/resource", OneSuggestion},
        {"CreateWithResourceId", [](Response&, Card& c) { Step(c, 1).resource_id = "Task/1"; },
         Invariant::kResource, "/cards/0/suggestions/0/actions/1/resource", OneSuggestion},
        {"UpdateWithoutId",
         [](Response&, Card& c) { Step(c, 2).resource = Json(R"({"resourceType":"Task"})"); },
         Invariant::kResource, "/cards/0/suggestions/0/actions/2/resource", OneSuggestion},
        {"DeleteWithoutId", [](Response&, Card& c) { Step(c, 0).resource_id = "ServiceRequest"; },
         Invariant::kResourceId, "/cards/0/suggestions/0/actions/0/resourceId", OneSuggestion},
        {"DeleteWithResource",
         [](Response&, Card& c) { Step(c, 0).resource = Json(R"({"resourceType":"Task"})"); },
         Invariant::kResourceId, "/cards/0/suggestions/0/actions/0/resourceId", OneSuggestion},
        {"ContextOfAbsoluteLink", [](Response&, Card& c) { c.links[1].app_context = "x"; },
         Invariant::kAppContext, "/cards/0/links/1/appContext",
         [](const Response& r) { return First(r).links.at(1).app_context.empty(); }},
        {"ReasonWithoutCode", [](Response&, Card& c) { c.override_reasons[0].code.clear(); },
         Invariant::kOverrideReason, "/cards/0/overrideReasons/0", NoReason},
        {"ReasonWithoutSystem", [](Response&, Card& c) { c.override_reasons[0].system.clear(); },
         Invariant::kOverrideReason, "/cards/0/overrideReasons/0", NoReason},
        {"ReasonWithoutDisplay", [](Response&, Card& c) { c.override_reasons[0].display.clear(); },
         Invariant::kOverrideReason, "/cards/0/overrideReasons/0", NoReason},
        {"NoSummary", [](Response&, Card& c) { c.summary.clear(); }, Invariant::kSummary,
         "/cards/0/summary", NoCard},
        {"BlankSummary", [](Response&, Card& c) { c.summary = " \n"; }, Invariant::kSummary,
         "/cards/0/summary", NoCard},
        {"Summary140", [](Response&, Card& c) { c.summary = std::string(140, 'a'); },
         Invariant::kSummary, "/cards/0/summary",
         [](const Response& r) { return CountCharacters(First(r).summary) == 139; }},
    }),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    UrlsAndSizes, DefectTest,
    testing::ValuesIn<DefectCase>({
        {"RelativeSourceUrl", [](Response&, Card& c) { c.source.url = "/a"; },
         Invariant::kAbsoluteUrl, "/cards/0/source/url",
         [](const Response& r) { return First(r).source.url.empty(); }},
        {"HttpIcon", [](Response&, Card& c) { c.source.icon = "http://a.example"; },
         Invariant::kAbsoluteUrl, "/cards/0/source/icon",
         [](const Response& r) { return First(r).source.icon.empty(); }},
        {"JavascriptLink", [](Response&, Card& c) { c.links[0].url = "javascript:alert(1)"; },
         Invariant::kAbsoluteUrl, "/cards/0/links/0/url", OneLink},
        {"EmptyLink", [](Response&, Card& c) { c.links[0].url.clear(); }, Invariant::kAbsoluteUrl,
         "/cards/0/links/0/url", OneLink},
        {"LinkWithoutHost", [](Response&, Card& c) { c.links[0].url = "https:///a"; },
         Invariant::kAbsoluteUrl, "/cards/0/links/0/url", OneLink},
        {"LinkWithSpace", [](Response&, Card& c) { c.links[0].url = "https://a.example/b c"; },
         Invariant::kAbsoluteUrl, "/cards/0/links/0/url", OneLink},
        {"LongDetail", [](Response&, Card& c) { c.detail = std::string(kMaxDetailBytes + 1, 'a'); },
         Invariant::kDetailSize, "/cards/0/detail",
         [](const Response& r) { return First(r).detail.size() <= kMaxDetailBytes; }},
        {"TooManyCards",
         [](Response& r, Card& c) {
           Card plain{.summary = "S", .source = {.label = "L"}};
           c = plain;
           r.cards.insert(r.cards.end(), kMaxCards, plain);
         },
         Invariant::kCardCount, "/cards",
         [](const Response& r) { return r.cards.size() == kMaxCards; }},
        {"LargeExtension",
         [](Response& r, Card&) {
           r.extension[0].json = Json("\"" + std::string(kMaxAnswerBytes, 'a') + "\"");
         },
         Invariant::kAnswerSize, "",
         [](const Response& r) { return r.extension.empty() && r.cards.size() == 1; }},
        {"LargeCard",
         [](Response& r, Card& c) {
           r.cards.push_back(Card{.summary = "S", .source = {.label = "L"}});
           r.cards[1].links = {{std::string(kMaxAnswerBytes, 'a'), "https://a.example"}};
           (void)c;
         },
         Invariant::kAnswerSize, "",
         [](const Response& r) { return r.cards.size() == 1 && r.extension.empty(); }},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(InvariantsTest, TheLimitsThemselvesAreAllowed) {
  Response response = Sound();
  response.cards[0].summary = std::string(139, 'a');
  response.cards[0].detail = std::string(kMaxDetailBytes, 'a');
  response.cards.insert(response.cards.end(), kMaxCards - 1,
                        Card{.summary = "S", .source = {.label = "L"}});
  EXPECT_TRUE(Check(response).empty());
  response = Response{.extension = {{"org.renalpath.outcome", {}}}};
  const std::size_t rest =
      std::string_view(R"({"cards":[],"extension":{"org.renalpath.outcome":""}})").size();
  response.extension[0].json = Json("\"" + std::string(kMaxAnswerBytes - rest, 'a') + "\"");
  EXPECT_EQ(ResponseText(response).size(), kMaxAnswerBytes);
  EXPECT_TRUE(Check(response).empty());
}

TEST(InvariantsTest, AnyMayRecommendSeveral) {
  Response response = Sound();
  response.cards[0].selection = Selection::kAny;
  response.cards[0].suggestions[1].is_recommended = true;
  EXPECT_TRUE(Check(response).empty());
}

TEST(InvariantsTest, FindsEveryDefectAndKeepsTheRest) {
  Response response = Sound();
  response.cards.push_back(Card{.summary = "", .source = {.label = "L"}});
  response.cards.push_back(Card{.summary = "T", .source = {.label = "L", .url = "x"}});
  response.cards[0].links[0].url = "x";
  const std::vector<Violation> expected = {{Invariant::kAbsoluteUrl, "/cards/0/links/0/url"},
                                           {Invariant::kSummary, "/cards/1/summary"},
                                           {Invariant::kAbsoluteUrl, "/cards/2/source/url"}};
  EXPECT_EQ(Repair(response), expected);
  ASSERT_EQ(response.cards.size(), 2U);
  EXPECT_EQ(response.cards[1].summary, "T");
}

}  // namespace
}  // namespace renal::cards
