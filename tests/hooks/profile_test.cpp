#include "hooks/profile.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cards/json.h"
#include "fhir/json.h"
#include "hooks/internal/fit_cards.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const ClientProfile& Shipped(std::string_view name) { return *Profiles::Shipped()->Find(name); }

TEST(ShippedProfilesTest, AreThere) {
  std::vector<std::string> names;
  for (const ClientProfile& profile : Profiles::Shipped()->all()) {
    names.push_back(profile.name);
    EXPECT_FALSE(profile.title.empty()) << profile.name;
  }
  EXPECT_THAT(names, ElementsAre("standard", "sandbox", "cds-hooks-1.0", "cds-hooks-1.1",
                                 "cds-hooks-3.0", "epic", "oracle-health", "payer"));
}

TEST(ShippedProfilesTest, SayWhatTheirClientsNeed) {
  EXPECT_EQ(StandardProfile().name, "standard");
  EXPECT_EQ(StandardProfile().protocol, cards::Protocol::k2_0);
  EXPECT_FALSE(StandardProfile().outcome);
  EXPECT_TRUE(Shipped("sandbox").outcome);
  EXPECT_EQ(Shipped("sandbox").service_ids, ServiceIds::kSandbox);
  const ClientProfile& epic = Shipped("epic");
  EXPECT_FALSE(epic.cards.several_actions);
  EXPECT_FALSE(epic.cards.at_most_one);
  EXPECT_TRUE(epic.alphanumeric_topics);
  EXPECT_EQ(Shipped("oracle-health").protocol, cards::Protocol::k1_0);
  EXPECT_THAT(Shipped("payer").empty_system_actions,
              ElementsAre("appointment-book", "order-dispatch", "order-sign"));
}

std::vector<std::string> ProblemsOf(const std::string& text) {
  std::vector<ProfileProblem> problems;
  const auto profiles = Profiles::With({{"ours.json", text}}, problems);
  EXPECT_EQ(profiles == nullptr, !problems.empty());
  std::vector<std::string> lines;
  for (const ProfileProblem& problem : problems) lines.push_back(problem.ToString());
  return lines;
}

TEST(ProfileFileTest, ReadsEveryMember) {
  std::vector<ProfileProblem> problems;
  const auto profiles = Profiles::With({{"ours.json", R"({
    "name": "our-clinic", "title": "Ours", "note": "n", "protocol": "3.0", "serviceIds": "sandbox",
    "fhirPathTokens": true, "outcome": true, "language": "nb",
    "cards": {"max": 3, "detail": "plain", "actions": "one", "selection": "any", "recommended": false,
      "loneDeletes": false, "topicCode": "alphanumeric", "links": ["www.legeforeningen.no"],
      "overrideReasons": [{"system": "http://s", "code": "patient-refuses"},
                          {"system": "http://s", "code": "own", "display": "Our own"}],
      "extension": {"a.b": "c"}},
    "emptySystemActions": ["order-sign"],
    "hooks": {"order-look": {"as": "order-select", "fields": {"chosen": "selections"}}},
    "fields": {"pending": "draftOrders"}, "prefetch": {"problems": "Condition"},
    "harmlessWarnings": ["w"], "trigger": {"extension": "t", "hooks": {"1": "order-sign"}}})"}},
                                       problems);
  ASSERT_NE(profiles, nullptr) << problems.front().ToString();
  const ClientProfile& ours = *profiles->Find("our-clinic");
  EXPECT_EQ(&ours, &profiles->all()[profiles->PlaceOf("our-clinic")]);
  EXPECT_EQ(ours.protocol, cards::Protocol::k3_0);
  EXPECT_EQ(ours.service_ids, ServiceIds::kSandbox);
  EXPECT_TRUE(ours.fhirpath_tokens);
  EXPECT_TRUE(ours.outcome);
  EXPECT_EQ(ours.language, "nb");
  EXPECT_EQ(ours.cards.max_cards, 3U);
  EXPECT_FALSE(ours.cards.markdown);
  EXPECT_FALSE(ours.cards.several_actions);
  EXPECT_FALSE(ours.cards.at_most_one);
  EXPECT_FALSE(ours.cards.recommended);
  EXPECT_FALSE(ours.lone_deletes);
  EXPECT_TRUE(ours.alphanumeric_topics);
  EXPECT_THAT(ours.link_hosts, ElementsAre("www.legeforeningen.no"));
  EXPECT_THAT(ours.own_reasons, ElementsAre(cards::Coding{"http://s", "patient-refuses", ""},
                                            cards::Coding{"http://s", "own", "Our own"}));
  ASSERT_EQ(ours.card_extension.size(), 1U);
  EXPECT_EQ(ours.card_extension[0].json.text(), R"("c")");
  EXPECT_EQ(ours.HookFor("order-look"), "order-select");
  EXPECT_EQ(ours.HookFor("order-sign"), "order-sign");
  EXPECT_THAT(FieldNames(ours, "order-look", "selections"), ElementsAre("chosen"));
  EXPECT_THAT(FieldNames(ours, "order-sign", "selections"), IsEmpty());
  EXPECT_THAT(FieldNames(ours, "order-sign", "draftOrders"), ElementsAre("pending"));
  EXPECT_THAT(ours.prefetch, ElementsAre(Alias{"problems", "Condition"}));
}

TEST(ProfileFileTest, BuildsUponAnother) {
  std::vector<ProfileProblem> problems;
  const auto profiles =
      Profiles::With({{"a.json", R"({"name": "a", "basedOn": "epic", "cards": {"max": 2}})"},
                      {"b.json", R"({"name": "b", "basedOn": "a", "cards": {"links": true}})"}},
                     problems);
  ASSERT_NE(profiles, nullptr) << problems.front().ToString();
  const ClientProfile& b = *profiles->Find("b");
  EXPECT_EQ(b.protocol, Shipped("epic").protocol);
  EXPECT_EQ(b.cards.max_cards, 2U);
  EXPECT_TRUE(b.links);
  EXPECT_FALSE(profiles->Find("a")->links);
  EXPECT_EQ(Profiles::Shipped()->Find("a"), nullptr) << "the shipped ones stay as they are";
}

/// A profile file, and what its author is told.
struct ProblemCase {
  std::string_view name;
  std::string text;
  std::string_view problem;

  friend void PrintTo(const ProblemCase& row, std::ostream* out) { *out << row.name; }
};

class ProfileProblemTest : public testing::TestWithParam<ProblemCase> {};

TEST_P(ProfileProblemTest, NamesPlaceAndRemedy) {
  EXPECT_THAT(ProblemsOf(GetParam().text), ElementsAre(std::string(GetParam().problem)));
}

std::string Named(std::string_view members) {
  return R"({"name": "ours", )" + std::string(members) + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Files, ProfileProblemTest,
    testing::ValuesIn<ProblemCase>({
        {"NoName", R"({"title": "t"})",
         "ours.json:1:1: error: the profile has no \"name\". Give it one: it is a segment of "
         "paths."},
        {"PathOfTheServer", R"({"name": "health"})",
         "ours.json:1:10: error: \"health\" cannot name a profile. Take lower-case letters, "
         "digits, "
         "- and . for a name that is no path of the server."},
        {"NameWithSlash", R"({"name": "a/b"})",
         "ours.json:1:10: error: \"a/b\" cannot name a profile. Take lower-case letters, digits, - "
         "and . for a name that is no path of the server."},
        {"TakenName", R"({"name": "epic"})",
         "ours.json:1:10: error: there is a profile \"epic\" already. Take another name, and name "
         "it in \"basedOn\" to change a few things only."},
        {"UnknownBase", Named(R"("basedOn": "epik")"),
         "ours.json:1:29: error: there is no profile \"epik\". Name a shipped one, or a file that "
         "stands before this one."},
        {"UnknownMember", Named(R"("protokoll": "2.0")"),
         "ours.json:1:18: error: \"protokoll\" is no member of the profile. Correct its spelling, "
         "or remove it."},
        {"Protocol", Named(R"("protocol": "4.0")"),
         "ours.json:1:30: error: \"4.0\" is none of the words for \"protocol\". Write one of "
         "\"1.0\", \"1.1\", \"2.0\", \"3.0\"."},
        {"WrongType", Named(R"("outcome": "yes")"),
         "ours.json:1:29: error: \"outcome\" of the profile must be true or false."},
        {"TooManyCards", Named(R"("cards": {"max": 21})"),
         "ours.json:1:35: error: \"max\" must be from 1 to 20."},
        {"Language", Named(R"("language": "sv")"),
         "ours.json:1:30: error: there are no card words in the language \"sv\". Take one that has "
         "a "
         "catalogue."},
        {"Hook", Named(R"("emptySystemActions": ["order-sing"])"),
         "ours.json:1:40: error: no hook is named \"order-sing\". Take one of the specification."},
        {"AliasOfAHook", Named(R"("hooks": {"order-sign": {"as": "order-select"}})"),
         "ours.json:1:28: error: \"order-sign\" is a hook of the server. It needs no alias."},
        {"AliasWithoutHook", Named(R"("hooks": {"x": {}})"),
         "ours.json:1:33: error: hook \"x\" says not which hook it stands for. Add \"as\"."},
        {"Field", Named(R"("fields": {"a": "selektions"})"),
         "ours.json:1:28: error: \"selektions\" is no field of a hook's context. Name the field "
         "that "
         "the client's own stands for."},
        {"ReasonWithoutWords",
         Named(R"("cards": {"overrideReasons": [{"system": "s", "code": "c"}]})"),
         "ours.json:1:48: error: the catalogue has no words for \"c\". Add a \"display\"."},
        {"ReasonWithoutCode", Named(R"("cards": {"overrideReasons": [{"system": "s"}]})"),
         "ours.json:1:48: error: an override reason needs \"system\" and \"code\". Add them."},
        {"LinkWithPath", Named(R"("cards": {"links": ["https://a"]})"),
         "ours.json:1:38: error: \"https://a\" is no host. Write it without scheme and path."},
        {"TriggerWithoutExtension", Named(R"("trigger": {"hooks": {}})"),
         "ours.json:1:29: error: the trigger names no member of the request's extension. Add "
         "\"extension\"."},
        {"NoObject", "[]", "ours.json:1:1: error: the profile must be an object in { }."},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ProfileFileTest, SaysAllAtOnce) {
  EXPECT_EQ(ProblemsOf("{\"name\": 1,\n \"protocol\": 2,\n \"cards\": {\"max\": 0, \"links\": 3}}")
                .size(),
            4U);
  EXPECT_EQ(ProblemsOf("{").size(), 1U);
}

TEST(ProfileFileTest, FilesThatCannotBeReadAreNamed) {
  std::ostringstream messages;
  EXPECT_EQ(Profiles::Open({"no-such-folder/x.json"}, messages), nullptr);
  EXPECT_EQ(messages.str(),
            "no-such-folder/x.json:1:1: error: the profile cannot be read. Correct its path.\n");
  EXPECT_NE(Profiles::Open({}, messages), nullptr);
}

/// An OperationOutcome, and whether it says more than "nothing found".
struct WarningCase {
  std::string_view name;
  std::string issues;
  bool harmless;

  friend void PrintTo(const WarningCase& row, std::ostream* out) { *out << row.name; }
};

class HarmlessTest : public testing::TestWithParam<WarningCase> {};

TEST_P(HarmlessTest, IsWhatTheProfileNames) {
  const auto document = fhir::JsonDocument::Parse(R"({"resourceType":"OperationOutcome","issue":)" +
                                                  GetParam().issues + "}");
  ASSERT_TRUE(document);
  EXPECT_EQ(IsHarmless(Shipped("epic"), document->root()), GetParam().harmless);
  EXPECT_FALSE(IsHarmless(StandardProfile(), document->root()));
}

INSTANTIATE_TEST_SUITE_P(
    Outcomes, HarmlessTest,
    testing::ValuesIn<WarningCase>({
        {"NothingFound", R"([{"severity":"warning","details":{"coding":[{"code":"4101"}]}}])",
         true},
        {"Information", R"([{"severity":"information","details":{"coding":[{"code":"4101"}]}}])",
         true},
        {"Error", R"([{"severity":"error","details":{"coding":[{"code":"4101"}]}}])", false},
        {"AnotherCode", R"([{"severity":"warning","details":{"coding":[{"code":"4119"}]}}])",
         false},
        {"OneOfTwo",
         R"([{"severity":"warning","details":{"coding":[{"code":"4101"}]}},{"severity":"warning"}])",
         false},
        {"NoIssue", "[]", false},
        {"NoList", "{}", false},
    }),
    [](const auto& test) { return std::string(test.param.name); });

// ---- cards

cards::Card CardOf() {
  cards::Card card{.uuid = "u", .summary = "s", .rule = "ONC-05"};
  card.source = {.label = "l", .topic = cards::Coding{"http://p", "ONC-05", "d"}};
  card.links = {{.label = "a", .url = "https://a.example/x"},
                {.label = "b", .url = "https://b.example:8/y"}};
  card.override_reasons = {{"http://s", "patient-refuses", "declines"}};
  card.suggestions = {
      {.label = "replace",
       .actions = {{.type = cards::ActionType::kDelete,
                    .description = "d",
                    .resource_id = "ServiceRequest/1"},
                   {.description = "c",
                    .resource = fhir::WrittenJson(R"({"resourceType":"ServiceRequest"})")}}},
      {.label = "other type",
       .actions = {{.type = cards::ActionType::kDelete,
                    .description = "d",
                    .resource_id = "MedicationRequest/1"},
                   {.description = "c",
                    .resource = fhir::WrittenJson(R"({"resourceType":"ServiceRequest"})")}}},
      {.label = "remove",
       .actions = {{.type = cards::ActionType::kDelete,
                    .description = "d",
                    .resource_id = "ServiceRequest/1"}}}};
  card.selection = cards::Selection::kAtMostOne;
  return card;
}

cards::Response Fitted(const ClientProfile& profile, std::string_view hook = "order-sign",
                       std::string_view language = {}) {
  cards::Response response{.cards = {CardOf()}};
  internal::FitCards(profile, hook, *pathways::ShippedPathway("onc-kidney-2018", language),
                     response);
  return response;
}

TEST(FitCardsTest, TheStandardLeavesThemAsTheyAre) {
  EXPECT_EQ(cards::ResponseText(Fitted(StandardProfile())),
            cards::ResponseText({.cards = {CardOf()}}));
}

TEST(FitCardsTest, LinksAreThoseThatTheSiteAllows) {
  ClientProfile profile = StandardProfile();
  profile.link_hosts = {"b.example"};
  ASSERT_EQ(Fitted(profile).cards[0].links.size(), 1U);
  EXPECT_EQ(Fitted(profile).cards[0].links[0].label, "b");
  EXPECT_THAT(Fitted(Shipped("epic")).cards[0].links, IsEmpty());
}

TEST(FitCardsTest, TopicsAreWrittenAsTheClientRemembersThem) {
  const cards::Card card = Fitted(Shipped("epic")).cards[0];
  EXPECT_EQ(card.source.topic->code, "ONC05");
  EXPECT_EQ(card.rule, "ONC-05") << "the record of the decision names the rule itself";
  ASSERT_EQ(card.extension.size(), 1U);
  EXPECT_EQ(card.extension[0].name, "com.epic.cdshooks.card.detail.content-type");
}

TEST(FitCardsTest, OverrideReasonsHaveWordsOfTheLanguage) {
  ClientProfile profile = StandardProfile();
  profile.own_reasons = {{"http://s", "action-completed", ""}, {"http://s", "x", "Own words"}};
  EXPECT_EQ(Fitted(profile).cards[0].override_reasons[0].display, "Done already");
  EXPECT_EQ(Fitted(profile, "order-sign", "nb").cards[0].override_reasons[0].display,
            "Allerede utført");
  EXPECT_EQ(Fitted(profile).cards[0].override_reasons[1].display, "Own words");
  profile.override_reasons = false;
  EXPECT_THAT(Fitted(profile).cards[0].override_reasons, IsEmpty());
}

TEST(FitCardsTest, PayersGetDeletesInPairsAndEmptySystemActions) {
  const cards::Response answer = Fitted(Shipped("payer"));
  ASSERT_EQ(answer.cards[0].suggestions.size(), 1U);
  EXPECT_EQ(answer.cards[0].suggestions[0].label, "replace");
  EXPECT_TRUE(answer.empty_system_actions);
  EXPECT_TRUE(Fitted(Shipped("payer"), "appointment-book").empty_system_actions);
  EXPECT_FALSE(Fitted(Shipped("payer"), "order-select").empty_system_actions);
  EXPECT_FALSE(Fitted(StandardProfile()).empty_system_actions);
}

}  // namespace
}  // namespace renal::hooks
