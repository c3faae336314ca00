#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cards/build.h"
#include "cards/json.h"
#include "tests/cards/scene.h"

namespace renal::cards {
namespace {

using namespace testing_scene;
using pathways::Determination;
using pathways::Outcome;
using pathways::OutcomeKind;
using pathways::Pathway;
using pathways::Tier;
using pathways::Truth;
using pathways::UnknownReason;
using pathways::Verdict;
using testing::HasSubstr;
using testing::Not;

class OrderCardsTest : public testing::Test {
 protected:
  OrderCardsTest() : pathway_(MakePathway()), outcome_(MakeOutcome(pathway_)) {
    outcome_.recommendations.push_back(Result("R-05", kPartial));
  }

  Response Sign() const { return Build(outcome_, Request("order-sign")); }
  Card OnlyCard() const {
    const Response response = Sign();
    EXPECT_EQ(response.cards.size(), 1U);
    return response.cards.empty() ? Card{} : response.cards[0];
  }
  /// The card of one draft with this verdict.
  Card CardOf(Verdict verdict) {
    outcome_.orders = {Draft(verdict)};
    return OnlyCard();
  }

  std::shared_ptr<Pathway> pathway_;
  Outcome outcome_;
};

struct VerdictCase {
  std::string_view name;
  Verdict verdict;
  bool card;
  Indicator indicator;
  std::string_view summary;
  friend void PrintTo(const VerdictCase& row, std::ostream* out) { *out << row.name; }
};

class VerdictTest : public OrderCardsTest, public testing::WithParamInterface<VerdictCase> {};

TEST_P(VerdictTest, GivesItsCardOnBothOrderHooks) {
  const VerdictCase& row = GetParam();
  outcome_.orders = {Draft(row.verdict)};
  outcome_.ask = {{kSpread, "", UnknownReason::kAbsent}};
  outcome_.orders[0].existing = "Procedure/9";
  for (const char* hook : {"order-select", "order-sign"}) {
    const Response response = Build(outcome_, Request(hook));
    ASSERT_EQ(response.cards.size(), row.card ? 1U : 0U);
    if (!row.card) continue;
    EXPECT_EQ(response.cards[0].indicator, row.indicator);
    EXPECT_EQ(response.cards[0].summary, row.summary);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Verdicts, VerdictTest,
    testing::ValuesIn<VerdictCase>({
        {"Unrelated", Verdict::kUnrelated, false, Indicator::kInfo, ""},
        {"Outside", Verdict::kOutside, false, Indicator::kInfo, ""},
        {"Supporting", Verdict::kSupporting, false, Indicator::kInfo, ""},
        {"Concordant", Verdict::kConcordant, false, Indicator::kInfo, ""},
        {"Acceptable", Verdict::kAcceptable, false, Indicator::kInfo, ""},
        {"Duplicate", Verdict::kDuplicate, true, Indicator::kInfo,
         "Radical nephrectomy is already ordered or done: Procedure/9"},
        {"Avoid", Verdict::kAvoid, true, Indicator::kWarning,
         "Right kidney, 6.9 cm: Radical nephrectomy is to be avoided according to the pathway"},
        {"Undecided", Verdict::kUndecided, true, Indicator::kInfo,
         "Recorded data do not yet decide on Radical nephrectomy; needed: Distant spread"},
        {"Premature", Verdict::kPremature, true, Indicator::kWarning,
         "Right kidney, 6.9 cm: Radical nephrectomy is ahead of the data; needed first: Distant "
         "spread"},
        {"Discordant", Verdict::kDiscordant, true, Indicator::kWarning,
         "Right kidney, 6.9 cm: the pathway names Partial nephrectomy, not Radical nephrectomy"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(OrderCardsTest, AcceptableIsShownWhereThePathwayWantsIt) {
  pathway_->cards.show_acceptable = true;
  const Card card = CardOf(Verdict::kAcceptable);
  EXPECT_EQ(card.indicator, Indicator::kInfo);
  EXPECT_EQ(card.summary,
            "Radical nephrectomy is acceptable; the pathway prefers Partial nephrectomy");
  EXPECT_TRUE(card.suggestions.empty());
}

TEST_F(OrderCardsTest, OneOfSeveralIsToBeChosen) {
  outcome_.orders = {Draft(Verdict::kDiscordant)};
  outcome_.orders[0].others = {kPartial};
  const Card card = OnlyCard();
  EXPECT_EQ(card.indicator, Indicator::kWarning);
  EXPECT_EQ(card.summary,
            "Right kidney, 6.9 cm: choose one of Radical nephrectomy and Partial nephrectomy; both "
            "are drafted");
  ASSERT_EQ(card.suggestions.size(), 1U);
  ASSERT_EQ(card.suggestions[0].actions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].actions[0].type, ActionType::kDelete);
  EXPECT_EQ(card.suggestions[0].actions[0].resource_id, "ServiceRequest/draft-1");
}

TEST_F(OrderCardsTest, WhatBelongsBesideAnOrderIsOffered) {
  outcome_.orders = {Draft(Verdict::kIncomplete)};
  outcome_.orders[0].others = {kPartial};
  const Card card = OnlyCard();
  EXPECT_EQ(card.indicator, Indicator::kInfo);
  EXPECT_EQ(card.summary,
            "Right kidney, 6.9 cm: Radical nephrectomy belongs together with Partial nephrectomy, "
            "which is not ordered");
  ASSERT_EQ(card.suggestions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].label, "Partial nephrectomy, right kidney");
  EXPECT_EQ(card.suggestions[0].actions[0].type, ActionType::kCreate);
}

TEST_F(OrderCardsTest, ADiscordantOrderIsReplaced) {
  const Card card = CardOf(Verdict::kDiscordant);
  ASSERT_EQ(card.suggestions.size(), 1U);
  const Suggestion& suggestion = card.suggestions[0];
  EXPECT_EQ(card.selection, Selection::kAtMostOne);
  EXPECT_EQ(suggestion.label, "Replace by: Partial nephrectomy, right kidney");
  EXPECT_TRUE(suggestion.is_recommended);
  ASSERT_EQ(suggestion.actions.size(), 2U);
  EXPECT_EQ(suggestion.actions[0].type, ActionType::kDelete);
  EXPECT_EQ(suggestion.actions[0].resource_id, "ServiceRequest/draft-1");
  EXPECT_EQ(suggestion.actions[0].description, "Remove the draft order: Radical nephrectomy");
  EXPECT_EQ(suggestion.actions[1].type, ActionType::kCreate);
  EXPECT_THAT(suggestion.actions[1].resource.text(), HasSubstr(R"("code":"partial")"));
}

TEST_F(OrderCardsTest, ADraftWithoutIdIsNotDeleted) {
  outcome_.orders = {Draft(Verdict::kDiscordant)};
  outcome_.orders[0].reference = "ServiceRequest";
  const Card card = OnlyCard();
  ASSERT_EQ(card.suggestions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].label, "Order instead: Partial nephrectomy, right kidney");
  ASSERT_EQ(card.suggestions[0].actions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].actions[0].type, ActionType::kCreate);
}

TEST_F(OrderCardsTest, AClientOfSingleActionsGetsTheCreateAlone) {
  outcome_.orders = {Draft(Verdict::kDiscordant)};
  BuildRequest request = Request("order-sign");
  request.options.several_actions = false;
  const Response response = Build(outcome_, request);
  ASSERT_EQ(response.cards.at(0).suggestions.size(), 1U);
  EXPECT_EQ(response.cards[0].suggestions[0].actions.size(), 1U);
}

TEST_F(OrderCardsTest, PreferredAlternativesHideAcceptableOnes) {
  outcome_.recommendations.push_back(Result("R-18", kWatch, kMay, Tier::kAcceptable));
  EXPECT_EQ(CardOf(Verdict::kDiscordant).suggestions.size(), 1U);
  outcome_.recommendations.erase(outcome_.recommendations.begin());
  const Card card = OnlyCard();
  ASSERT_EQ(card.suggestions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].label, "Replace by: Active surveillance, right kidney");
  EXPECT_FALSE(card.suggestions[0].is_recommended);
}

TEST_F(OrderCardsTest, TheOtherKidneyIsNoAlternative) {
  outcome_.foci.push_back({0, "left", {}});
  outcome_.focus_inputs.emplace_back(4);
  outcome_.recommendations[0].focus = "left";
  const Card card = CardOf(Verdict::kDiscordant);
  EXPECT_TRUE(card.suggestions.empty());
  EXPECT_EQ(card.summary, "Right kidney: Radical nephrectomy is not what the pathway names here");
}

TEST_F(OrderCardsTest, TheBoardComesFirstAndTheDraftStays) {
  outcome_.recommendations[0].mdt_required = true;
  outcome_.recommendations.push_back(Result("AMB-20", kBoard));
  for (const Verdict verdict :
       {Verdict::kDiscordant, Verdict::kAvoid, Verdict::kPremature, Verdict::kUndecided}) {
    const Card card = CardOf(verdict);
    ASSERT_EQ(card.suggestions.size(), 1U);
    EXPECT_EQ(card.suggestions[0].label, "Tumour board, right kidney");
    ASSERT_EQ(card.suggestions[0].actions.size(), 1U);
    EXPECT_EQ(card.suggestions[0].actions[0].type, ActionType::kCreate);
  }
}

TEST_F(OrderCardsTest, TheBoardWithoutAReferralLeavesNoSuggestion) {
  outcome_.recommendations[0].mdt_required = true;
  outcome_.ask = {{kSpread, "", UnknownReason::kAbsent}};
  EXPECT_TRUE(CardOf(Verdict::kPremature).suggestions.empty());
}

TEST_F(OrderCardsTest, TheOtherKidneyIsWarnedOf) {
  outcome_.orders = {Draft(Verdict::kDiscordant)};
  outcome_.orders[0].wrong_focus = true;
  outcome_.orders[0].ordered_focus = "left";
  const Card card = OnlyCard();
  EXPECT_EQ(card.indicator, Indicator::kWarning);
  EXPECT_EQ(card.summary,
            "Radical nephrectomy is ordered for the left kidney; the record concerns the right kidney");
  EXPECT_TRUE(card.suggestions.empty());
  EXPECT_THAT(card.detail, HasSubstr("Please check for which side"));
}

TEST_F(OrderCardsTest, EvenAConcordantOrderForTheOtherKidneyIsWarnedOf) {
  outcome_.orders = {Draft(Verdict::kConcordant)};
  outcome_.orders[0].wrong_focus = true;
  EXPECT_EQ(OnlyCard().indicator, Indicator::kWarning);
  EXPECT_EQ(OnlyCard().summary,
            "Radical nephrectomy is ordered for another place than the record concerns");
}

TEST_F(OrderCardsTest, ObstaclesExplainTheDifference) {
  outcome_.orders = {Draft(Verdict::kDiscordant)};
  outcome_.orders[0].obstacles = {
      {"R-07", {{kSize, "> 7 'cm'", "6.9 'cm'"}, {kCentral, "yes", "no"}, {kSpread, "M0", ""}}}};
  EXPECT_THAT(
      OnlyCard().detail,
      HasSubstr(
          "**Why the order differs**\n\n- R-07 (Radical nephrectomy) asks for: Tumour size: > 7 cm. "
          "Recorded: 6.9 cm. And for: Central location: central. Recorded: not central. And for: "
          "Distant spread: no distant metastasis (M0). Recorded: nothing.\n"));
}

TEST_F(OrderCardsTest, TheDetailStartsWithTheOrder) {
  EXPECT_THAT(CardOf(Verdict::kDiscordant).detail,
              testing::StartsWith("Order reviewed: **Radical nephrectomy** "
                                  "(ServiceRequest/draft-1).\n\n**Recommended**\n\n- **Partial"));
}

TEST_F(OrderCardsTest, AnUndecidedOrderAsks) {
  outcome_.ask = {{kSpread, "", UnknownReason::kAbsent}};
  const Card card = CardOf(Verdict::kUndecided);
  EXPECT_THAT(card.detail, HasSubstr("- **Distant spread**: What about"));
  ASSERT_EQ(card.suggestions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].label, "CT of the chest");
}

TEST_F(OrderCardsTest, AnUndecidedOrderWithoutQuestionsSaysSo) {
  EXPECT_EQ(CardOf(Verdict::kUndecided).summary,
            "Recorded data alone do not decide on Radical nephrectomy");
  outcome_.recommendations.push_back(Result("R-07", kRadical));
  outcome_.recommendations.back().determination = Determination::kConditional;
  outcome_.recommendations.back().missing = {"central"};
  EXPECT_EQ(OnlyCard().summary,
            "Recorded data do not yet decide on Radical nephrectomy; needed: Central location");
}

struct CriticalCase {
  std::string_view name;
  Truth truth;
  bool critical;
  std::string focus;
  std::vector<pathways::Index> actions;
  Verdict verdict;
  Indicator indicator;
  friend void PrintTo(const CriticalCase& row, std::ostream* out) { *out << row.name; }
};

class CriticalTest : public OrderCardsTest, public testing::WithParamInterface<CriticalCase> {};

TEST_P(CriticalTest, ComesFromATrueCheckOnly) {
  const CriticalCase& row = GetParam();
  pathways::Check check;
  check.id = "K1";
  check.critical = row.critical;
  check.for_actions = row.actions;
  pathway_->checks.push_back(std::move(check));
  outcome_.checks = {{&pathway_->checks.back(), row.focus, row.truth, {}}};
  EXPECT_EQ(CardOf(row.verdict).indicator, row.indicator);
}

INSTANTIATE_TEST_SUITE_P(
    Checks, CriticalTest,
    testing::ValuesIn<CriticalCase>({
        {"True", Truth::kTrue, true, "right", {kRadical}, Verdict::kAvoid, Indicator::kCritical},
        {"OfThePatient", Truth::kTrue, true, "", {kRadical}, Verdict::kAvoid, Indicator::kCritical},
        {"OfEveryTreatment", Truth::kTrue, true, "", {}, Verdict::kAvoid, Indicator::kCritical},
        {"Unknown", Truth::kUnknown, true, "", {kRadical}, Verdict::kAvoid, Indicator::kWarning},
        {"False", Truth::kFalse, true, "", {kRadical}, Verdict::kAvoid, Indicator::kWarning},
        {"NotCritical", Truth::kTrue, false, "", {kRadical}, Verdict::kAvoid, Indicator::kWarning},
        {"OtherAction", Truth::kTrue, true, "", {kPartial}, Verdict::kAvoid, Indicator::kWarning},
        {"OtherKidney",
         Truth::kTrue,
         true,
         "left",
         {kRadical},
         Verdict::kAvoid,
         Indicator::kWarning},
        {"NotAvoided",
         Truth::kTrue,
         true,
         "",
         {kRadical},
         Verdict::kDiscordant,
         Indicator::kWarning},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(OrderCardsTest, EachDraftHasItsCardWarningsFirst) {
  outcome_.orders = {Draft(Verdict::kDuplicate), Draft(Verdict::kConcordant),
                     Draft(Verdict::kDiscordant)};
  const Response response = Sign();
  ASSERT_EQ(response.cards.size(), 2U);
  EXPECT_EQ(response.cards[0].indicator, Indicator::kWarning);
  EXPECT_EQ(response.cards[1].indicator, Indicator::kInfo);
  EXPECT_EQ(response.cards[1].summary, "Radical nephrectomy is already ordered or done");
}

TEST_F(OrderCardsTest, AConflictWithholdsSuggestions) {
  outcome_.kind = OutcomeKind::kConflict;
  outcome_.orders = {Draft(Verdict::kDiscordant)};
  const Response response = Sign();
  ASSERT_EQ(response.cards.size(), 2U);
  EXPECT_EQ(response.cards[0].source.topic->code, "conflict");
  EXPECT_TRUE(response.cards[1].suggestions.empty());
  outcome_.orders = {Draft(Verdict::kUnrelated)};
  EXPECT_TRUE(Sign().cards.empty());
}

TEST_F(OrderCardsTest, ADraftThatMakesARecommendationTrueShowsIt) {
  outcome_.orders = {Draft(Verdict::kSupporting)};
  outcome_.orders[0].action = kBoard;
  EXPECT_TRUE(Sign().cards.empty());
  outcome_.focus_inputs[0][kSize].from[0].reference = "ServiceRequest/draft-1";
  EXPECT_EQ(OnlyCard().summary, "Right kidney, 6.9 cm: Partial nephrectomy (endeavoured)");
  outcome_.orders[0].verdict = Verdict::kUnrelated;
  EXPECT_TRUE(Sign().cards.empty());
}

// Why an operation is done, and how, stands beside it on the card of the order too.
TEST_F(OrderCardsTest, FactsThatBelongToAResultAreThere) {
  pathways::Rule why;
  why.id = "R-10";
  why.together = {"R-05"};
  pathway_->tables[0].rules.push_back(std::move(why));
  pathways::Recommendation fact = Result("R-10", pathways::kNone);
  fact.background = true;
  fact.because = {"It removes symptoms."};
  outcome_.recommendations.push_back(fact);
  outcome_.orders = {Draft(Verdict::kDiscordant)};
  EXPECT_THAT(OnlyCard().detail, HasSubstr("**Background**\n\n- **It removes symptoms."));
  outcome_.orders = {Draft(Verdict::kSupporting)};
  outcome_.orders[0].action = kBoard;
  outcome_.focus_inputs[0][kSize].from[0].reference = "ServiceRequest/draft-1";
  EXPECT_THAT(OnlyCard().detail, HasSubstr("It removes symptoms."));
  outcome_.recommendations[1].focus = "left";
  EXPECT_THAT(OnlyCard().detail, Not(HasSubstr("It removes symptoms.")));
}

TEST_F(OrderCardsTest, WithoutDraftsThereAreNoCards) { EXPECT_TRUE(Sign().cards.empty()); }

TEST_F(OrderCardsTest, TheTopicIsTheRuleOfTheAlternative) {
  EXPECT_EQ(CardOf(Verdict::kDiscordant).source.topic->code, "R-05");
  outcome_.recommendations.clear();
  outcome_.orders[0].obstacles = {{"R-07", {{kSize, "> 7 'cm'", "6.9 'cm'"}}}};
  EXPECT_EQ(OnlyCard().source.topic->code, "R-07");
  outcome_.orders[0].obstacles.clear();
  EXPECT_EQ(OnlyCard().source.topic->code, "order");
}

TEST_F(OrderCardsTest, AHostileReferenceIsNeitherDeletedNorRendered) {
  outcome_.orders = {Draft(Verdict::kDiscordant)};
  outcome_.orders[0].reference = "ServiceRequest/*x*](javascript:1)";
  const Card card = OnlyCard();
  EXPECT_EQ(card.suggestions.at(0).actions.size(), 1U);
  EXPECT_THAT(card.detail, Not(HasSubstr("*x*](")));
}

}  // namespace
}  // namespace renal::cards
