#include "cards/build.h"

#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cards/json.h"
#include "cards/markdown.h"
#include "fhir/own_json.h"
#include "tests/cards/scene.h"

namespace renal::cards {
namespace {

using namespace testing_scene;
using pathways::Determination;
using pathways::InputStatus;
using pathways::Outcome;
using pathways::OutcomeKind;
using pathways::Pathway;
using pathways::Tier;
using pathways::UnknownReason;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kView = "patient-view";

class BuildTest : public testing::Test {
 protected:
  BuildTest() : pathway_(MakePathway()), outcome_(MakeOutcome(pathway_)) {}

  Response View() const { return Build(outcome_, Request(kView)); }
  Card OnlyCard() const { return OnlyCard(Request(kView)); }
  Card OnlyCard(const BuildRequest& request) const {
    const Response response = Build(outcome_, request);
    EXPECT_EQ(response.cards.size(), 1U);
    return response.cards.empty() ? Card{} : response.cards[0];
  }
  void Recommend(pathways::Recommendation result) {
    outcome_.recommendations.push_back(std::move(result));
  }
  /// Results of several kidneys need their own data.
  void AddLeftKidney() {
    outcome_.foci.push_back({0, "left", {"Condition/c2"}});
    outcome_.focus_inputs.emplace_back(4);
  }

  std::shared_ptr<Pathway> pathway_;
  Outcome outcome_;
};

TEST_F(BuildTest, NothingToSayGivesNoCards) { EXPECT_EQ(ResponseText(View()), R"({"cards":[]})"); }

struct SilentCase {
  std::string_view name;
  OutcomeKind kind;
  std::string gate;
  friend void PrintTo(const SilentCase& row, std::ostream* out) { *out << row.name; }
};

class SilentTest : public BuildTest, public testing::WithParamInterface<SilentCase> {};

TEST_P(SilentTest, GivesNoCards) {
  Recommend(Result("R-05", kPartial));
  outcome_.kind = GetParam().kind;
  outcome_.gate = GetParam().gate;
  EXPECT_TRUE(View().cards.empty());
  EXPECT_TRUE(Build(outcome_, Request("order-sign")).cards.empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, SilentTest,
                         testing::ValuesIn<SilentCase>({
                             {"Gate", OutcomeKind::kNotApplicable, "age"},
                             {"GateAlone", OutcomeKind::kRecommendation, "deceased"},
                             {"NotApplicable", OutcomeKind::kNotApplicable, ""},
                             {"Error", OutcomeKind::kError, ""},
                             {"OutOfScope", OutcomeKind::kOutOfScope, ""},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(BuildTest, NoPathwayGivesNoCards) {
  outcome_.pathway = nullptr;
  EXPECT_TRUE(View().cards.empty());
}

TEST_F(BuildTest, TheFocusCardSaysEverything) {
  Recommend(Result("R-05", kPartial));
  outcome_.recommendations[0].cautions = {"Bleeding is possible."};
  outcome_.recommendations[0].assumptions = {"no record of a solitary kidney"};
  outcome_.would_change = {{kSize, "right", "> 7 'cm'", "R-07 radical"}};
  const Card card = OnlyCard();
  EXPECT_EQ(card.summary, "Right kidney, 6.9 cm: Partial nephrectomy (endeavoured)");
  EXPECT_EQ(card.indicator, Indicator::kInfo);
  EXPECT_EQ(card.detail,
            "**Recommended**\n\n"
            "- **Partial nephrectomy** (R-05; is aimed for) "
            "Reason of R-05.\n\n"
            "**Data used**\n\n"
            "- Tumour size: 6.9 cm (recorded 69 mm, Observation/s2, 2026-02-14)\n"
            "- Central location: not central (Observation/c, 2026-02-15)\n\n"
            "**Assumed or not delivered**\n\n"
            "- Assumed: no record of a solitary kidney\n\n"
            "**Cautions**\n\n"
            "- Bleeding is possible.\n\n"
            "**Would change the advice**\n\n"
            "- Tumour size: > 7 cm. Then: R-07 Radical nephrectomy.\n\n"
            "Source: Demo guideline (2018), section 4.2.\n\n"
            "Pathway: Demo pathway 1.2.3 (sha256:0123456789ab), evaluated 2026-03-02.\n\n"
            "No substitute for clinical judgement.\n");
}

TEST_F(BuildTest, PlainTextHasNoMarkup) {
  Recommend(Result("R-05", kPartial));
  BuildRequest request = Request(kView);
  request.options.markdown = false;
  EXPECT_THAT(OnlyCard(request).detail,
              HasSubstr("Recommended\n\n- Partial nephrectomy (R-05; is aimed for)"));
  EXPECT_THAT(OnlyCard(request).detail, Not(HasSubstr("*")));
}

TEST_F(BuildTest, EveryCardNamesWhereItComesFrom) {
  Recommend(Result("R-05", kPartial));
  outcome_.recommendations[0].cite = {0, 1, 0};
  const Card card = OnlyCard();
  EXPECT_EQ(card.source.label, "Demo guideline");
  EXPECT_EQ(card.source.url, "https://x.example/guideline");
  EXPECT_EQ(*card.source.topic, (Coding{pathway_->url, "R-05", "Partial nephrectomy"}));
  ASSERT_EQ(card.links.size(), 1U);  // the other source has no https URL
  EXPECT_EQ(card.links[0].label, "Demo guideline");
  ASSERT_EQ(card.override_reasons.size(), 1U);
  EXPECT_EQ(card.override_reasons[0].display, "Patient declines");
  ASSERT_EQ(card.extension.size(), 1U);
  EXPECT_EQ(card.extension[0].name, "org.renalpath.card");
  EXPECT_EQ(card.extension[0].json.text(),
            R"({"pathway":"https://x.example/pathways/demo","version":"1.2.3",)"
            R"("hash":"sha256:0123456789abcdef0123","rule":"R-05","focus":"right",)"
            R"("traceId":"trace-1"})");
}

TEST_F(BuildTest, AnUrlThatIsNotHttpsIsLeftOut) {
  Recommend(Result("R-05", kPartial));
  outcome_.recommendations[0].cite = {1};
  EXPECT_EQ(OnlyCard().source.url, "");
  EXPECT_TRUE(OnlyCard().links.empty());
}

TEST_F(BuildTest, WithoutSourcesThePathwayIsTheSource) {
  pathway_->sources.clear();
  Recommend(Result("R-05", kPartial));
  EXPECT_EQ(OnlyCard().source.label, "Demo pathway");
}

TEST_F(BuildTest, TheCreatedResourceIsWhole) {
  Recommend(Result("R-05", kPartial));
  const Card card = OnlyCard();
  ASSERT_EQ(card.suggestions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].label, "Partial nephrectomy, right kidney");
  EXPECT_TRUE(card.suggestions[0].is_recommended);
  EXPECT_EQ(card.selection, Selection::kAtMostOne);
  ASSERT_EQ(card.suggestions[0].actions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].actions[0].description,
            "Create a draft order: Partial nephrectomy, right kidney");
  EXPECT_EQ(card.suggestions[0].actions[0].resource.text(),
            R"({"resourceType":"ServiceRequest","status":"draft","intent":"order",)"
            R"("code":{"coding":[{"system":"https://x.example/cs","code":"partial"}]},)"
            R"("subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},)"
            R"("requester":{"reference":"Practitioner/7"},)"
            R"("authoredOn":"2026-03-02T09:00:00+01:00",)"
            R"("instantiatesCanonical":["https://x.example/pathways/demo|1.2.3#partial"],)"
            R"("bodySite":[{"text":"right kidney"}]})");
}

struct ResourceCase {
  std::string_view name, type, encounter, requester, canonical, has, lacks;
  friend void PrintTo(const ResourceCase& row, std::ostream* out) { *out << row.name; }
};

class ResourceTest : public BuildTest, public testing::WithParamInterface<ResourceCase> {};

TEST_P(ResourceTest, FitsItsType) {
  const ResourceCase& row = GetParam();
  pathway_->actions[kPartial].resource = std::get<fhir::OwnJson>(
      fhir::ReadOwnJson(R"({"resourceType":")" + std::string(row.type) + R"("})"));
  Recommend(Result("R-05", kPartial));
  BuildRequest request = Request(kView);
  request.encounter_id = row.encounter;
  request.requester = row.requester;
  const Card card = OnlyCard(request);
  ASSERT_EQ(card.suggestions.size(), 1U);
  const std::string& text = card.suggestions[0].actions[0].resource.text();
  EXPECT_THAT(text, HasSubstr(std::string(row.has)));
  EXPECT_THAT(text, Not(HasSubstr(std::string(row.lacks))));
}

INSTANTIATE_TEST_SUITE_P(
    Types, ResourceTest,
    testing::ValuesIn<ResourceCase>({
        {"NoEncounter", "ServiceRequest", "", "Practitioner/7", "", "\"requester\"",
         "\"encounter\""},
        {"BadEncounter", "ServiceRequest", "a/b", "", "", "\"subject\"", "\"encounter\""},
        {"NoRequester", "ServiceRequest", "e1", "", "", "\"encounter\"", "\"requester\""},
        {"BadRequester", "ServiceRequest", "e1", "x\"y", "", "\"encounter\"", "\"requester\""},
        {"Drug", "MedicationRequest", "e1", "Practitioner/7", "", "\"instantiatesCanonical\":[",
         "\"bodySite\""},
        {"Task", "Task", "e1", "Practitioner/7", "", "\"instantiatesCanonical\":\"https",
         "\"subject\""},
        {"TaskFor", "Task", "e1", "", "", "\"for\":{\"reference\":\"Patient/p1\"}", "\"bodySite\""},
        {"CarePlan", "CarePlan", "e1", "Practitioner/7", "", "\"author\":", "\"authoredOn\""},
        {"Message", "CommunicationRequest", "e1", "Practitioner/7", "", "\"requester\"",
         "\"instantiatesCanonical\""},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(BuildTest, NoResourceForAnUnknownTypeOrAHostilePatientId) {
  Recommend(Result("R-05", kPartial));
  BuildRequest request = Request(kView);
  request.patient_id = "p1/../x";
  EXPECT_TRUE(OnlyCard(request).suggestions.empty());
  pathway_->actions[kPartial].resource =
      std::get<fhir::OwnJson>(fhir::ReadOwnJson(R"({"resourceType":"Patient"})"));
  EXPECT_TRUE(OnlyCard().suggestions.empty());
  pathway_->actions[kPartial].resource = {};
  EXPECT_TRUE(OnlyCard().suggestions.empty());
}

TEST_F(BuildTest, ALesionIsTheReasonOfTheOrder) {
  outcome_.foci = {{1, "Condition/m5", {"Condition/m5"}}};
  Recommend(Result("R-05", kPartial));
  outcome_.recommendations[0].focus_kind = 1;
  outcome_.recommendations[0].focus = "Condition/m5";
  const Card card = OnlyCard();
  EXPECT_THAT(card.summary, testing::StartsWith("Metastasis Condition/m5: "));
  EXPECT_THAT(card.suggestions.at(0).actions.at(0).resource.text(),
              HasSubstr(R"("reasonReference":[{"reference":"Condition/m5"}])"));
}

struct ThingCase {
  std::string_view name;
  std::string_view site, text, time;  // what the record says of the metastasis
  std::string_view other_site, other_time;
  std::string_view about;  // begin of the summary
  friend void PrintTo(const ThingCase& row, std::ostream* out) { *out << row.name; }
};

class ThingTest : public BuildTest, public testing::WithParamInterface<ThingCase> {};

// A metastasis is called by what the record says of it.
TEST_P(ThingTest, IsCalledByItsWords) {
  const ThingCase& row = GetParam();
  outcome_.foci = {{1,
                    "Condition/m5",
                    {"Condition/m5"},
                    std::string(row.site),
                    std::string(row.text),
                    std::string(row.time)},
                   {1,
                    "Condition/m6",
                    {"Condition/m6"},
                    std::string(row.other_site),
                    "Another",
                    std::string(row.other_time)}};
  outcome_.focus_inputs.resize(2);
  Recommend(Result("R-05", kPartial));
  outcome_.recommendations[0].focus_kind = 1;
  outcome_.recommendations[0].focus = "Condition/m5";
  const Card card = OnlyCard();
  EXPECT_THAT(card.summary, testing::StartsWith(std::string(row.about) + ": Partial"));
}

INSTANTIATE_TEST_SUITE_P(
    Words, ThingTest,
    testing::ValuesIn<ThingCase>({
        {"Site", "Femur, Left", "Bone metastasis", "2026-02-19", "Skull", "",
         "Metastasis: Femur, Left"},
        {"Diagnosis", "", "Bone metastasis", "2026-02-19", "Skull", "",
         "Metastasis: Bone metastasis"},
        {"Day", "", "", "2026-02-19T10:00:00Z", "Skull", "", "Metastasis recorded 2026-02-19"},
        {"Nothing", "", "", "", "Skull", "", "Metastasis Condition/m5"},
        {"SameSiteOtherDay", "Lung", "", "2026-02-19", "Lung", "2026-01-05",
         "Metastasis: Lung, 2026-02-19"},
        {"SameSiteSameDay", "Lung", "", "2026-02-19", "Lung", "2026-02-19",
         "Metastasis: Lung, 2026-02-19, Condition/m5"},
        {"SameSiteNoDays", "Lung", "", "", "Lung", "", "Metastasis: Lung, Condition/m5"},
        {"LineBreak", "Lung\n# Heading", "", "", "Skull", "", "Metastasis: Lung # Heading"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(BuildTest, WordsOfAMetastasisAreNeverMarkup) {
  outcome_.foci = {{1,
                    "Condition/m5",
                    {"Condition/m5"},
                    "[Skull](https://evil.example)",
                    "<b>x</b>",
                    "2026-02-19"},
                   {1, "Condition/m6", {"Condition/m6"}, "Rib", "", ""}};
  outcome_.focus_inputs.assign(2, std::vector<pathways::InputState>(4));
  pathway_->inputs[kCentral].focus = 1;
  outcome_.focus_inputs[0][kCentral] = {.status = pathways::InputStatus::kKnown,
                                        .value = pathways::Value::Code(1)};
  Recommend(Result("R-05", kPartial));
  outcome_.recommendations[0].focus_kind = 1;
  outcome_.recommendations[0].focus = "Condition/m5";
  const std::string detail = OnlyCard().detail;
  EXPECT_THAT(detail, HasSubstr("- metastasis: \\[Skull\\]\\(https\\:\\/\\/evil\\.example\\); "
                                "\\<b\\>x\\<\\/b\\> (Condition/m5, 2026-02-19)"));
  EXPECT_THAT(detail, HasSubstr("- Central location: central"));  // the card's own
  EXPECT_THAT(detail, Not(HasSubstr("https://evil")));
}

TEST_F(BuildTest, TheSummaryOfABoardSaysWhy) {
  pathways::Check check{.id = "both", .title = "Tumours in both kidneys", .rule = "B-34"};
  check.with = {kBoard};
  pathway_->checks.push_back(std::move(check));
  outcome_.checks = {{.check = &pathway_->checks.back(), .focus = "right", .verdict = pathways::Truth::kTrue}};
  Recommend(Result("B-34", kBoard));
  outcome_.recommendations[0].origin = pathways::Origin::kCheck;
  EXPECT_EQ(OnlyCard().summary, "Tumour board: tumours in both kidneys (right kidney)");
  outcome_.checks[0].focus = "left";
  EXPECT_EQ(OnlyCard().summary, "Right kidney: Tumour board (endeavoured)");
}

TEST_F(BuildTest, AFactNamesWhatItMissesOnce) {
  pathways::Recommendation fact = Result("R-05", pathways::kNone);
  fact.determination = Determination::kConditional;
  fact.missing = {"central"};
  Recommend(Result("R-07", kRadical));
  Recommend(fact);
  EXPECT_THAT(OnlyCard().detail, HasSubstr("Depends on: Central location."));
  pathway_->inputs[kCentral].when_unknown = "not reported";
  EXPECT_THAT(OnlyCard().detail, Not(HasSubstr("Depends on")));
}

TEST_F(BuildTest, OnlyTheFirstPreferredIsRecommended) {
  Recommend(Result("R-18", kWatch, kMay, Tier::kAcceptable));
  Recommend(Result("R-05", kPartial));
  Recommend(Result("R-07", kRadical));
  const Card card = OnlyCard();
  ASSERT_EQ(card.suggestions.size(), 3U);
  EXPECT_FALSE(card.suggestions[0].is_recommended);
  EXPECT_TRUE(card.suggestions[1].is_recommended);
  EXPECT_FALSE(card.suggestions[2].is_recommended);
  EXPECT_EQ(
      card.summary,
      "Right kidney, 6.9 cm: Active surveillance (may), Partial nephrectomy (endeavoured) and "
      "Radical nephrectomy (endeavoured)");
}

TEST_F(BuildTest, OptionsOfTheClientAreKept) {
  Recommend(Result("R-05", kPartial));
  BuildRequest request = Request(kView);
  request.options.recommended = false;
  request.options.at_most_one = false;
  const Card card = OnlyCard(request);
  EXPECT_FALSE(card.suggestions.at(0).is_recommended);
  EXPECT_EQ(card.selection, Selection::kAny);
}

TEST_F(BuildTest, NothingIsSuggestedThatIsNotOrderable) {
  Recommend(Result("R-05", kPartial));
  Recommend(Result("R-02", kFrame, kStandard));
  Recommend(Result("R-07", kRadical));
  Recommend(Result("R-18", kWatch));
  outcome_.recommendations[0].orderable = false;
  outcome_.recommendations[1].frame = true;
  outcome_.recommendations[2].determination = Determination::kConditional;
  outcome_.recommendations[3].tier = Tier::kAvoid;
  const Card card = OnlyCard();
  EXPECT_TRUE(card.suggestions.empty());
  EXPECT_EQ(card.selection, Selection::kNone);
  EXPECT_THAT(card.detail, testing::StartsWith("**To be avoided**\n\n- **Active surveillance**"));
}

TEST_F(BuildTest, TheBoardComesFirst) {
  Recommend(Result("R-05", kPartial));
  Recommend(Result("R-07", kRadical));
  Recommend(Result("AMB-20", kBoard, kMay, Tier::kAcceptable));
  outcome_.recommendations[1].mdt_required = true;
  outcome_.recommendations[2].focus.clear();
  outcome_.recommendations[2].policy = true;
  const Card card = OnlyCard();
  ASSERT_EQ(card.suggestions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].label, "Tumour board");
  EXPECT_THAT(card.detail, HasSubstr("no other order is offered here"));
  EXPECT_THAT(card.detail, HasSubstr("Local policy, not from the source."));
}

TEST_F(BuildTest, TheBoardOfThePatientHoldsForEachKidney) {
  AddLeftKidney();
  Recommend(Result("R-05", kPartial));
  Recommend(Result("R-05", kPartial));
  Recommend(Result("AMB-34", kBoard));
  outcome_.recommendations[1].focus = "left";
  outcome_.recommendations[2].focus.clear();
  outcome_.recommendations[2].mdt_required = true;
  const Response response = View();
  ASSERT_EQ(response.cards.size(), 3U);
  for (const Card& card : response.cards) {
    ASSERT_EQ(card.suggestions.size(), 1U);
    EXPECT_EQ(card.suggestions[0].label, "Tumour board");
  }
  EXPECT_THAT(response.cards[1].summary, testing::StartsWith("Left kidney: "));
  EXPECT_THAT(response.cards[0].detail, HasSubstr("Tumour size (right kidney): 6.9 cm"));
  EXPECT_THAT(response.cards[1].detail, Not(HasSubstr("6.9")));
  EXPECT_THAT(response.cards[2].summary, testing::StartsWith("This patient: "));
}

TEST_F(BuildTest, ReferralsGoWithTreatments) {
  Recommend(Result("R-05", kPartial));
  Recommend(Result("AMB-12", kBoard));
  const Card card = OnlyCard();
  EXPECT_EQ(card.suggestions.size(), 2U);
  EXPECT_EQ(card.selection, Selection::kAny);
}

TEST_F(BuildTest, ConditionalResultsSayWhatDecides) {
  Recommend(Result("R-05", kPartial));
  outcome_.recommendations[0].determination = Determination::kConditional;
  outcome_.recommendations[0].missing = {"central", "m_status", "nothing_of_ours"};
  outcome_.focus_inputs[0][kCentral] = {};
  const Card one = OnlyCard();
  EXPECT_EQ(one.summary,
            "Right kidney, 6.9 cm: Partial nephrectomy is possible, but not yet decided");
  EXPECT_THAT(one.detail, HasSubstr("**Possible, not yet decided**"));
  EXPECT_THAT(one.detail, HasSubstr("Depends on: Central location and Distant spread."));
  EXPECT_THAT(one.detail, HasSubstr("**Missing**\n\n- Central location: not recorded\n"));
  Recommend(outcome_.recommendations[0]);
  outcome_.recommendations[1].action = kRadical;
  EXPECT_EQ(OnlyCard().summary,
            "Right kidney, 6.9 cm: not yet decided between Partial nephrectomy and Radical "
            "nephrectomy");
}

TEST_F(BuildTest, RecommendedComesBeforeConditionalAndFactsLast) {
  Recommend(Result("R-17", pathways::kNone));
  Recommend(Result("R-07", kRadical));
  Recommend(Result("R-05", kPartial));
  outcome_.recommendations[1].determination = Determination::kConditional;
  const std::string detail = OnlyCard().detail;
  EXPECT_LT(detail.find("Partial nephrectomy"), detail.find("Radical nephrectomy"));
  EXPECT_LT(detail.find("Radical nephrectomy"), detail.find("**Background**"));
  EXPECT_THAT(detail, HasSubstr("- **Reason of R-17.** (R-17; is aimed for)"));
}

struct ReasonCase {
  std::string_view name;
  UnknownReason reason;
  std::string_view text;
  friend void PrintTo(const ReasonCase& row, std::ostream* out) { *out << row.name; }
};

class ReasonTest : public BuildTest, public testing::WithParamInterface<ReasonCase> {};

TEST_P(ReasonTest, IsSaid) {
  outcome_.kind = OutcomeKind::kNeedData;
  outcome_.ask = {{kSpread, "", GetParam().reason}};
  EXPECT_THAT(OnlyCard().detail, HasSubstr("- **Distant spread**: What about: Distant spread? (" +
                                           std::string(GetParam().text) + ")\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, ReasonTest,
    testing::ValuesIn<ReasonCase>({
        {"None", UnknownReason::kNotUnknown, "not recorded"},
        {"Absent", UnknownReason::kAbsent, "not recorded"},
        {"Unusable", UnknownReason::kUnusable, "recorded in a form that cannot be used"},
        {"Stale", UnknownReason::kStale, "recorded too long ago"},
        {"Implausible", UnknownReason::kImplausible, "recorded with an implausible value"},
        {"Conflict", UnknownReason::kConflict, "recorded values contradict each other"},
        {"Error", UnknownReason::kError, "could not be worked out"},
        {"Failed", UnknownReason::kFailed, "could not be read from the record"},
        {"Unlinked", UnknownReason::kUnlinked, "recorded without saying for which side or place"},
        {"Undated", UnknownReason::kUndated, "recorded without a date"},
        {"Future", UnknownReason::kFuture, "dated in the future"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(BuildTest, QuestionsHaveACardThatOffersToObtainTheData) {
  outcome_.kind = OutcomeKind::kNeedData;
  outcome_.ask = {{kSpread, "", UnknownReason::kAbsent},
                  {kCentral, "right", UnknownReason::kStale}};
  const Card card = OnlyCard();
  EXPECT_EQ(card.summary, "Needed to decide: Distant spread and Central location");
  EXPECT_EQ(card.source.topic->code, "need-data");
  ASSERT_EQ(card.suggestions.size(), 1U);
  EXPECT_EQ(card.suggestions[0].label, "CT of the chest");
  EXPECT_EQ(card.selection, Selection::kAny);
}

TEST_F(BuildTest, AContradictionShowsBothValuesWithTheirDates) {
  outcome_.kind = OutcomeKind::kNeedData;
  outcome_.ask = {{kCentral, "right", UnknownReason::kConflict}};
  pathways::InputState& state = outcome_.focus_inputs[0][kCentral];
  state = {.reason = UnknownReason::kConflict};
  state.rivals = {{.reference = "Observation/a", .time = "2026-02-01", .value = "yes"},
                  {.reference = "Observation/b", .time = "2026-02-03", .value = "no"}};
  EXPECT_THAT(OnlyCard().detail,
              HasSubstr("**To be confirmed**\n\n- Central location: central (Observation/a, "
                        "2026-02-01); not central (Observation/b, 2026-02-03)\n"));
}

TEST_F(BuildTest, AConflictGivesOneWarningWithoutSuggestions) {
  outcome_.kind = OutcomeKind::kConflict;
  outcome_.errors = {"table operation: more than one rule holds"};
  pathway_->tables[0].title = "<Operation>";
  pathways::TableTrace table{.table = &pathway_->tables[0]};
  table.result = pathways::TableTrace::Result::kConflict;
  table.holds = {&pathway_->tables[0].rules[0], &pathway_->tables[0].rules[1]};
  outcome_.tables = {table};
  outcome_.ask = {{kSpread, "", UnknownReason::kAbsent}};
  Recommend(Result("R-05", kPartial));
  const Card card = OnlyCard();
  EXPECT_EQ(card.indicator, Indicator::kWarning);
  EXPECT_TRUE(card.suggestions.empty());
  EXPECT_EQ(card.source.topic->code, "conflict");
  EXPECT_THAT(card.detail, HasSubstr("- \\<Operation>: R-05 and R-07 hold at the same time"));
  EXPECT_THAT(card.detail, Not(HasSubstr("more than one rule")));  // for those who write pathways
}

TEST_F(BuildTest, OutOfScopeIsShownWhereThePathwayWantsIt) {
  outcome_.kind = OutcomeKind::kOutOfScope;
  pathway_->cards.show_out_of_scope = true;
  EXPECT_EQ(OnlyCard().summary, "Demo pathway does not cover this situation");
  EXPECT_EQ(OnlyCard().indicator, Indicator::kInfo);
}

struct DeliveryCase {
  std::string_view name;
  fhir::Delivery state;
  bool assumed_none;
  std::string_view line;
  DeliveryCause cause = DeliveryCause::kPlain;
  friend void PrintTo(const DeliveryCase& row, std::ostream* out) { *out << row.name; }
};

class DeliveryTest : public BuildTest, public testing::WithParamInterface<DeliveryCase> {};

TEST_P(DeliveryTest, IsMentioned) {
  Recommend(Result("R-05", kPartial));
  BuildRequest request = Request(kView);
  request.deliveries = {{"Procedure", GetParam().state, GetParam().assumed_none, GetParam().cause}};
  const std::string detail = OnlyCard(request).detail;
  if (GetParam().line.empty()) {
    EXPECT_THAT(detail, Not(HasSubstr("procedures")));
  } else {
    EXPECT_THAT(detail, HasSubstr("- " + std::string(GetParam().line) + "\n"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    States, DeliveryTest,
    testing::ValuesIn<DeliveryCase>({
        {"AssumedNone", fhir::Delivery::kAbsent, true, "Not delivered: procedures; assumed none"},
        {"Absent", fhir::Delivery::kAbsent, false, "Not delivered: procedures; unknown, not none"},
        {"None", fhir::Delivery::kNone, false, "Delivered without an entry: procedures"},
        {"Incomplete", fhir::Delivery::kIncomplete, false,
         "Delivered incompletely: procedures; what was left out is unknown"},
        {"Failed", fhir::Delivery::kFailed, false,
         "Could not be read: procedures; unknown, not none"},
        {"Delivered", fhir::Delivery::kDelivered, false, ""},
        {"Refused", fhir::Delivery::kAbsent, false,
         "Not delivered, and not fetched from a server that is not allowed: procedures; unknown, "
         "not none",
         DeliveryCause::kRefused},
        {"RefusedAssumedNone", fhir::Delivery::kAbsent, true,
         "Not delivered, and not fetched from a server that is not allowed: procedures; assumed "
         "none",
         DeliveryCause::kRefused},
        {"WrongType", fhir::Delivery::kFailed, false,
         "Something else came in place of: procedures; unknown, not none",
         DeliveryCause::kWrongType},
        {"WrongTypeFailedIsNeverNone", fhir::Delivery::kFailed, true,
         "Something else came in place of: procedures; unknown, not none",
         DeliveryCause::kWrongType},
        {"WrongTypeAssumedNone", fhir::Delivery::kAbsent, true,
         "Something else came in place of: procedures; assumed none", DeliveryCause::kWrongType},
        {"PartsOfOneThatWasRefused", fhir::Delivery::kIncomplete, false,
         "Delivered incompletely: procedures; what was left out is unknown",
         DeliveryCause::kRefused},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(BuildTest, StaleAndUnlinkedDataAreFlagged) {
  Recommend(Result("R-05", kPartial));
  pathways::InputState& size = outcome_.focus_inputs[0][kSize];
  size.stale = true;
  size.age_days = 100;
  size.from[0].note = "preliminary";
  size.from[0].unlinked = true;
  const std::string detail = OnlyCard().detail;
  EXPECT_THAT(detail,
              HasSubstr("(recorded 69 mm, preliminary, Observation/s2, 2026-02-14, 100 days "
                        "old: please confirm that it still holds)"));
  EXPECT_THAT(detail, HasSubstr("Assumed: the datum belongs to the only kidney with a tumour"));
  size.age_days = -1;
  EXPECT_THAT(OnlyCard().detail, HasSubstr("no longer fresh: please confirm"));
}

TEST_F(BuildTest, DerivedAndAnsweredDataSaySo) {
  Recommend(Result("R-05", kPartial));
  outcome_.focus_inputs[0][kSize].status = InputStatus::kDerived;
  outcome_.focus_inputs[0][kSize].from.clear();
  outcome_.focus_inputs[0][kCentral].status = InputStatus::kAsserted;
  const std::string detail = OnlyCard().detail;
  EXPECT_THAT(detail, HasSubstr("Tumour size: 6.9 cm (derived)"));
  EXPECT_THAT(detail, HasSubstr("Central location: not central (as answered, Observation/c"));
}

struct IntervalCase {
  std::string_view name, low, high;
  bool low_closed, high_closed;
  std::string_view shown;
  friend void PrintTo(const IntervalCase& row, std::ostream* out) { *out << row.name; }
};

class IntervalTest : public BuildTest, public testing::WithParamInterface<IntervalCase> {};

TEST_P(IntervalTest, IsShownInWords) {
  const auto bound = [](std::string_view text, bool closed) -> std::optional<pathways::Bound> {
    if (text.empty()) return std::nullopt;
    return pathways::Bound{Centimeters(text).interval().low->value, closed};
  };
  const IntervalCase& row = GetParam();
  outcome_.focus_inputs[0][kSize].value =
      pathways::Value::Ordered({bound(row.low, row.low_closed), bound(row.high, row.high_closed)});
  Recommend(Result("R-05", kPartial));
  EXPECT_THAT(OnlyCard().summary,
              testing::StartsWith("Right kidney, " + std::string(row.shown) + ":"));
}

INSTANTIATE_TEST_SUITE_P(Forms, IntervalTest,
                         testing::ValuesIn<IntervalCase>({
                             {"Point", "7.0", "7", true, true, "7 cm"},
                             {"Range", "6", "8", true, true, "6 cm to 8 cm"},
                             {"HalfOpen", "6", "8", true, false,
                              "at least 6 cm and less than 8 cm"},
                             {"Open", "6", "8", false, false, "more than 6 cm and less than 8 cm"},
                             {"AtLeast", "7", "", true, true, "at least 7 cm"},
                             {"MoreThan", "7", "", false, true, "more than 7 cm"},
                             {"AtMost", "", "7", true, true, "at most 7 cm"},
                             {"LessThan", "", "7", true, false, "less than 7 cm"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

struct LengthCase {
  std::string_view name;
  std::size_t title, summary;
  friend void PrintTo(const LengthCase& row, std::ostream* out) { *out << row.name; }
};

class SummaryLengthTest : public BuildTest, public testing::WithParamInterface<LengthCase> {};

TEST_P(SummaryLengthTest, StaysBelow140) {
  // "Right kidney, 6.9 cm: " and " (endeavoured)" take 36 of the characters.
  pathway_->actions[kPartial].title = std::string(GetParam().title, 'x');
  Recommend(Result("R-05", kPartial));
  EXPECT_EQ(CountCharacters(OnlyCard().summary), GetParam().summary);
}

INSTANTIATE_TEST_SUITE_P(Lengths, SummaryLengthTest,
                         testing::ValuesIn<LengthCase>({
                             {"Is138", 102, 138},
                             {"Is139", 103, 139},
                             {"Would140CutAtTheLastWord", 104, 127},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(BuildTest, HostileTextStaysText) {
  Recommend(Result("R-05", kPartial));
  pathways::Evidence& evidence = outcome_.focus_inputs[0][kSize].from[0];
  evidence.recorded = "[69](https://evil.example) <img src=x>\n# mm";
  evidence.reference = "Observation/*s*";
  evidence.time = "2026\u202E<b>";
  const std::string detail = OnlyCard().detail;
  EXPECT_THAT(detail, HasSubstr("(recorded \\[69\\]\\(https\\:\\/\\/evil\\.example\\) "
                                "\\<img src\\=x\\> \\# mm, Observation\\/\\*s\\*, 2026\\<b\\>)"));
}

TEST_F(BuildTest, LongDetailsAreCut) {
  Recommend(Result("R-05", kPartial));
  for (int i = 0; i < 400; ++i) {
    outcome_.recommendations[0].cautions.push_back(std::to_string(i) + std::string(100, 'x'));
  }
  EXPECT_LE(OnlyCard().detail.size(), 16U * 1024U);
}

TEST_F(BuildTest, CardsStandInOrderAndAreCut) {
  AddLeftKidney();
  Recommend(Result("R-05", kPartial));
  Recommend(Result("R-07", kRadical));
  outcome_.recommendations[0].determination = Determination::kConditional;
  outcome_.recommendations[1].focus = "left";
  outcome_.ask = {{kSpread, "", UnknownReason::kAbsent}};
  Response response = View();
  ASSERT_EQ(response.cards.size(), 3U);
  EXPECT_THAT(response.cards[0].summary, HasSubstr("Radical"));
  EXPECT_THAT(response.cards[1].summary, HasSubstr("Needed to decide"));
  EXPECT_THAT(response.cards[2].summary, HasSubstr("Partial"));
  BuildRequest request = Request(kView);
  request.options.max_cards = 2;
  EXPECT_EQ(Build(outcome_, request).cards.size(), 2U);
  request.options.max_cards = 9;
  EXPECT_EQ(Build(outcome_, request).cards.size(), 3U);
  pathway_->cards.max = 1;
  EXPECT_EQ(Build(outcome_, request).cards.size(), 1U);
}

TEST_F(BuildTest, TheSameSeedGivesTheSameBytes) {
  Recommend(Result("R-05", kPartial));
  outcome_.ask = {{kSpread, "", UnknownReason::kAbsent}};
  EXPECT_EQ(ResponseText(View()), ResponseText(View()));
  SeededUuidSource other(2);
  EXPECT_NE(ResponseText(BuildCards(outcome_, Request(kView), other)), ResponseText(View()));
}

}  // namespace
}  // namespace renal::cards
