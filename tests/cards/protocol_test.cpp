#include "cards/protocol.h"

#include <string>

#include <gtest/gtest.h>

#include "cards/json.h"

namespace renal::cards {
namespace {

Response Full() {
  Card card{.uuid = "11111111-1111-4111-8111-111111111111", .summary = "s", .detail = "d"};
  card.source = {.label = "l", .url = "https://l.example", .topic = Coding{"http://p", "t", "d"}};
  card.suggestions = {
      {.label = "x",
       .uuid = "22222222-2222-4222-8222-222222222222",
       .is_recommended = true,
       .actions = {
           {.type = ActionType::kDelete, .description = "d", .resource_id = "ServiceRequest/1"},
           {.description = "c",
            .resource = fhir::WrittenJson(R"({"resourceType":"ServiceRequest"})")}}}};
  card.selection = Selection::kAny;
  card.override_reasons = {{"http://s", "c", "d"}};
  return {.cards = {card}, .empty_system_actions = true};
}

std::string Converted(Protocol protocol) {
  Response response = Full();
  ConvertTo(protocol, response);
  return ResponseText(response);
}

constexpr const char* kCommon =
    R"("summary":"s","detail":"d","indicator":"info","source":{"label":"l","url":"https://l.example")";

TEST(ConvertToTest, NewVersionsKnowAllOfIt) {
  Response response = Full();
  EXPECT_EQ(Converted(Protocol::k2_0), ResponseText(response));
  EXPECT_EQ(Converted(Protocol::k3_0), ResponseText(response));
}

TEST(ConvertToTest, DeletesOf1_1NameTheirResourceByAString) {
  EXPECT_EQ(
      Converted(Protocol::k1_1),
      std::string(R"({"cards":[{"uuid":"11111111-1111-4111-8111-111111111111",)") + kCommon +
          R"(,"topic":{"system":"http://p","code":"t","display":"d"}},"suggestions":[{"label":"x",)"
          R"("uuid":"22222222-2222-4222-8222-222222222222","isRecommended":true,"actions":[)"
          R"({"type":"delete","description":"d","resource":"ServiceRequest/1"},)"
          R"({"type":"create","description":"c","resource":{"resourceType":"ServiceRequest"}}]}],)"
          R"("selectionBehavior":"any","overrideReasons":[{"system":"http://s","code":"c","display":"d"}]}],)"
          R"("systemActions":[]})");
}

TEST(ConvertToTest, What1_0LacksIsLeftOut) {
  EXPECT_EQ(
      Converted(Protocol::k1_0),
      std::string(R"({"cards":[{)") + kCommon +
          R"(},"suggestions":[{"label":"x","uuid":"22222222-2222-4222-8222-222222222222","actions":[)"
          R"({"type":"delete","description":"d","resource":"ServiceRequest/1"},)"
          R"({"type":"create","description":"c","resource":{"resourceType":"ServiceRequest"}}]}],)"
          R"("selectionBehavior":"at-most-one"}]})");
}

TEST(ProtocolTest, IsSpeltAsItIsRead) {
  for (const char* version : {"1.0", "1.1", "2.0", "3.0"}) {
    ASSERT_TRUE(ReadProtocol(version));
    EXPECT_STREQ(Spelling(*ReadProtocol(version)), version);
  }
  EXPECT_FALSE(ReadProtocol("2.0.1"));
  EXPECT_FALSE(ReadProtocol(""));
}

}  // namespace
}  // namespace renal::cards
