#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathways/replay.h"
#include "tests/pathways/evaluated.h"

// Verdicts over draft orders (pathway-format section 7, clinical pathway section 11 item 13).
namespace renal::pathways::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// a is preferred where x is true, b besides; c where x is false.
Small Offers(std::string checks = {}) {
  Small small;
  small.inputs = Truths();
  small.tables = Table("collect", R"("x", "y", "z")",
                       Rule("A", R"("x": "true")", "a") + "," +
                           Rule("B", R"("x": "true")", "b", {}, "acceptable") + "," +
                           Rule("C", R"("x": "false", "y": "true")", "c"));
  small.gate = R"({"id": "stop", "if": {"z": "true"}, "because": "-"})";
  small.checks = std::move(checks);
  return small;
}

// In what the printed outcome differs from an evaluation of its own inputs.
std::vector<std::string> Replayed(const Evaluated& run, const std::string& text) {
  const auto document = fhir::JsonDocument::Parse(text);
  const auto recorded = RecordedInputsOf(*run.outcome().pathway, document.value().root());
  if (!recorded) return {recorded.error().diagnostics};
  EvaluateRequest request;
  request.now = recorded->now;
  request.prepared = &recorded->inputs;
  return ReplayDifferences(document.value().root(), Evaluate(run.outcome().pathway, request));
}

struct OrderCase {
  std::string name;
  std::string order;
  std::string facts;
  Verdict verdict;
  std::vector<std::string> more = {};  ///< resources
  std::string checks = {};

  friend void PrintTo(const OrderCase& row, std::ostream* out) { *out << row.name; }
};

class OrdersTest : public ::testing::TestWithParam<OrderCase> {};

TEST_P(OrdersTest, GetTheFirstVerdictThatFits) {
  const OrderCase& row = GetParam();
  std::vector<std::string> resources = Facts(row.facts);
  resources.insert(resources.end(), row.more.begin(), row.more.end());
  const Evaluated run(Load(Offers(row.checks)), resources, {row.order});
  ASSERT_EQ(run.outcome().orders.size(), 1U);
  EXPECT_EQ(run.outcome().orders.front().verdict, row.verdict)
      << Spelling(run.outcome().orders.front().verdict);
  EXPECT_THAT(Replayed(run, run.Json()), IsEmpty());
}

TEST(OrdersTest, AreJudgedAgainInAReplay) {
  const Evaluated run(Load(Offers()), Facts("t--"), {Order("o", "act-a")});
  std::string text = run.Json();
  const std::string was = R"("verdict":"concordant")";
  const std::size_t at = text.find(was);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, was.size(), R"("verdict":"discordant")");
  EXPECT_THAT(Replayed(run, text),
              ElementsAre("orders[0].verdict: was \"discordant\", is \"concordant\""));
}

std::string Done(std::string_view date, std::string_view status = "completed") {
  return Procedure("p1", "act-a",
                   R"("status": ")" + std::string(status) + R"(", "performedDateTime": ")" +
                       std::string(date) + "\"");
}
const std::string kActive = R"("status": "active")";
const std::string kMedication =
    R"({"resourceType": "MedicationRequest", "id": "m1", "status": "draft", "intent": "order",
  "subject": {"reference": "Patient/p"}, "medicationReference": {"reference": "Medication/drug"}})";
const std::string kAvoid =
    R"({"id": "K", "title": "K", "for": ["a"], "if": {"y": "true"}, "then": {"tier": "avoid"},
  "because": "-", "cite": ["S"]})";

INSTANTIATE_TEST_SUITE_P(
    Verdicts, OrdersTest,
    ::testing::ValuesIn<OrderCase>({
        {"Unrelated", Order("o", "other"), "tff", Verdict::kUnrelated},
        {"UnrelatedBehindAGate", Order("o", "other"), "fft", Verdict::kUnrelated},
        {"OtherTypeIsUnrelated", Observation("o", "act-a", "", ""), "tff", Verdict::kUnrelated},
        {"OutsideBehindAGate", Order("o", "act-c"), "fft", Verdict::kOutside},
        {"OutsideWhereNothingFits", Order("o", "act-a"), "fff", Verdict::kOutside},
        {"Supporting", Order("o", "refer"), "tff", Verdict::kSupporting},
        {"SupportingData", Order("o", "collect"), "tff", Verdict::kSupporting},
        {"Concordant", Order("o", "act-a"), "tff", Verdict::kConcordant},
        {"Acceptable", Order("o", "act-b"), "tff", Verdict::kAcceptable},
        {"Undecided", Order("o", "act-a"), "-ff", Verdict::kUndecided},
        {"Premature", Order("o", "act-c"), "-ff", Verdict::kPremature},
        {"Discordant", Order("o", "act-c"), "tff", Verdict::kDiscordant},
        {"Avoid", Order("o", "act-a"), "ttf", Verdict::kAvoid, {}, kAvoid},
        {"AvoidOnlyWhereTheCheckIsTrue",
         Order("o", "act-a"),
         "tff",
         Verdict::kConcordant,
         {},
         kAvoid},
        {"DuplicateOfAnActiveOrder",
         Order("o", "act-a"),
         "tff",
         Verdict::kDuplicate,
         {Order("o2", "act-a", kActive)}},
        {"ItselfIsNoDuplicate",
         Order("o", "act-a"),
         "tff",
         Verdict::kConcordant,
         {Order("o", "act-a", kActive)}},
        {"ItselfBesideAnother",
         Order("o", "act-a"),
         "tff",
         Verdict::kDuplicate,
         {Order("o", "act-a", kActive), Order("o2", "act-a", kActive)}},
        {"DraftIsNoDuplicate",
         Order("o", "act-a"),
         "tff",
         Verdict::kConcordant,
         {Order("o2", "act-a")}},
        {"OtherActionIsNoDuplicate",
         Order("o", "act-a"),
         "tff",
         Verdict::kConcordant,
         {Order("o2", "act-b", kActive)}},
        {"DoneToday", Order("o", "act-a"), "tff", Verdict::kDuplicate, {Done("2026-03-02")}},
        {"DoneNinetyDaysAgo",
         Order("o", "act-a"),
         "tff",
         Verdict::kDuplicate,
         {Done("2025-12-02")}},
        {"DoneNinetyOneDaysAgo",
         Order("o", "act-a"),
         "tff",
         Verdict::kConcordant,
         {Done("2025-12-01")}},
        {"DoneTomorrow", Order("o", "act-a"), "tff", Verdict::kConcordant, {Done("2026-03-03")}},
        {"NotDone",
         Order("o", "act-a"),
         "tff",
         Verdict::kConcordant,
         {Done("2026-03-01", "not-done")}},
        {"DoneWithoutTime",
         Order("o", "act-a"),
         "tff",
         Verdict::kConcordant,
         {Procedure("p1", "act-a", R"("status": "completed")")}},
        {"DoneInAPeriod",
         Order("o", "act-a"),
         "tff",
         Verdict::kDuplicate,
         {Procedure(
             "p1", "act-a",
             R"("status": "completed", "performedPeriod": {"start": "2025-01-01", "end": "2026-02-01"})")}},
        {"DoneInAPeriodWithoutEnd",
         Order("o", "act-a"),
         "tff",
         Verdict::kDuplicate,
         {Procedure("p1", "act-a",
                    R"("status": "completed", "performedPeriod": {"start": "2026-02-01"})")}},
        {"DoneInAPeriodLongAgo",
         Order("o", "act-a"),
         "tff",
         Verdict::kConcordant,
         {Procedure(
             "p1", "act-a",
             R"("status": "completed", "performedPeriod": {"start": "2024-02-01", "end": "2025-02-01"})")}},
    }),
    [](const auto& row) { return row.param.name; });

TEST(OrderMedicationTest, TheCodeMayStandInAReference) {
  std::string text = TextOf(Offers());
  const std::string match = R"("match": {"codes": "act-a"})";
  text.replace(text.find(match), match.size(),
               R"("match": {"codes": "act-a", "resourceTypes": ["MedicationRequest"]})");
  std::vector<std::string> resources = Facts("tff");
  resources.push_back(R"({"resourceType": "Medication", "id": "drug", "code": )" +
                      Concept("act-a") + "}");
  const Evaluated run(LoadText(text), resources, {kMedication});
  EXPECT_EQ(run.outcome().orders.front().verdict, Verdict::kConcordant);
  EXPECT_EQ(Evaluated(LoadText(text), Facts("tff"), {kMedication}).outcome().orders.front().verdict,
            Verdict::kUnrelated);
}

TEST(OrderMatchTest, WhereDecidesToo) {
  std::string text = TextOf(Offers());
  const std::string match = R"("match": {"codes": "act-a"})";
  text.replace(text.find(match), match.size(),
               R"("match": {"codes": "act-a", "where": "intent = 'plan'"})");
  EXPECT_EQ(Evaluated(LoadText(text), Facts("tff"), {Order("o", "act-a")})
                .outcome()
                .orders.front()
                .verdict,
            Verdict::kUnrelated);
}

// The actions with another "match" for one of them.
std::string Matching(std::string_view code, std::string_view match) {
  std::string text = TextOf(Offers());
  const std::string old = R"("match": {"codes": ")" + std::string(code) + R"("})";
  text.replace(text.find(old), old.size(), R"("match": )" + std::string(match));
  return text;
}

OrderVerdict VerdictOf(const std::string& text, std::string_view facts, const std::string& order) {
  return Evaluated(LoadText(text), Facts(facts), {order}).outcome().orders.front();
}

TEST(OrderMatchTest, WhereAloneIsEnough) {
  const std::string text = Matching("act-a", R"--({"where": "code.memberOf('site')"})--");
  EXPECT_EQ(VerdictOf(text, "tff", Order("o", "site")).verdict, Verdict::kConcordant);
  EXPECT_EQ(VerdictOf(text, "tff", Order("o", "act-a")).verdict, Verdict::kUnrelated);
}

TEST(OrderMatchTest, IsPresumedWhereTheCellsAreTrue) {
  const std::string text =
      Matching("act-a", R"--({"where": "reasonCode.exists($this.memberOf('disease'))",
      "presumed": {"where": "code.memberOf('site') and reasonCode.empty()", "if": {"y": "false"}}})--");
  EXPECT_EQ(VerdictOf(text, "tff", Order("o", "site")).verdict, Verdict::kConcordant);
  EXPECT_EQ(VerdictOf(text, "ttf", Order("o", "site")).verdict, Verdict::kUnrelated);
  EXPECT_EQ(VerdictOf(text, "t--", Order("o", "site")).verdict, Verdict::kUnrelated);
  const std::string told = R"("reasonCode": [)" + Concept("disease") + "]";
  EXPECT_EQ(VerdictOf(text, "ttf", Order("o", "site", told)).verdict, Verdict::kConcordant);
}

TEST(OrderMatchTest, TheActionThatFitsBestSpeaksForTheOrder) {
  // The code of c stands for a as well.
  const std::string text = Matching("act-c", R"({"codes": "act-a"})");
  const std::string a = TextOf(Offers());
  const OrderVerdict wanted = VerdictOf(text, "tff", Order("o", "act-a"));
  EXPECT_EQ(wanted.verdict, Verdict::kConcordant);
  EXPECT_EQ(LoadText(text)->actions[wanted.action].id, "a");
  const OrderVerdict other = VerdictOf(text, "ftf", Order("o", "act-a"));
  EXPECT_EQ(other.verdict, Verdict::kConcordant);
  EXPECT_EQ(LoadText(text)->actions[other.action].id, "c");
}

TEST(OrderMatchTest, AnOrderMayCarryOutAnotherActionWhereThatIsRecommended) {
  const std::string text = Matching("act-a", R"({"codes": "act-a", "alsoFor": ["c"]})");
  const OrderVerdict wanted = VerdictOf(text, "tff", Order("o", "act-c"));
  EXPECT_EQ(wanted.verdict, Verdict::kConcordant);
  EXPECT_EQ(LoadText(text)->actions[wanted.action].id, "c");
  EXPECT_EQ(VerdictOf(text, "-ff", Order("o", "act-c")).verdict, Verdict::kPremature);
}

TEST(OrderDatumTest, WhatIsDraftedIsADatum) {
  Small small = Offers();
  small.inputs +=
      R"--(, "drafted": {"title": "Drafted", "type": "Boolean", "question": "?", "sources": [
      {"name": "draft", "from": "ServiceRequest", "code": "act-b", "where": "status = 'draft'", "value": "true"}]})--";
  small.tables = Table("collect", R"("x", "y", "z", "drafted")",
                       Rule("D", R"("drafted": "true")", "a") + "," +
                           Rule("R", R"("x": "true", "y": "true", "z": "true")", "b"));
  const Evaluated run(Load(small), Facts("fff"), {Order("o", "act-b")});
  EXPECT_THAT(run.Results(), ElementsAre("D a R"));
  EXPECT_EQ(run.State("drafted").from.front().reference, "ServiceRequest/o");
  EXPECT_THAT(Evaluated(Load(small), Facts("fff")).Results(), ElementsAre("D a K"));
}

TEST(OrderObstaclesTest, NameTheCellsThatFail) {
  const Evaluated run(Load(Offers()), Facts("tff"), {Order("o", "act-c")});
  const OrderVerdict& verdict = run.outcome().orders.front();
  ASSERT_EQ(verdict.obstacles.size(), 1U);
  EXPECT_EQ(verdict.obstacles.front().rule, "C");
  ASSERT_EQ(verdict.obstacles.front().cells.size(), 2U);
  EXPECT_EQ(verdict.obstacles.front().cells.front().cell, "false");
  EXPECT_EQ(verdict.obstacles.front().cells.front().value, "yes");
}

TEST(OrderObstaclesTest, AMissingDatumThatARuleAsksForHasNoValue) {
  Small small = Offers();
  small.tables = Table("collect", R"("x", "y", "z")",
                       Rule("A", R"("x": "true")", "a") + "," + Rule("C", R"("y": "known")", "c"));
  const Evaluated run(Load(small), Facts("t-f"), {Order("o", "act-c")});
  const OrderVerdict& verdict = run.outcome().orders.front();
  ASSERT_EQ(verdict.obstacles.size(), 1U);
  EXPECT_EQ(verdict.obstacles.front().cells.front().value, "");
}

// ---- whose an order is

Small Sided() {
  Small small;
  small.focus = R"--("kidney": {"title": "Kidney", "values": {"left": "left", "right": "right"},
    "instances": [{"name": "tumour", "from": "Condition", "code": "tumour", "map": [
      {"when": "bodySite.exists($this.memberOf('left'))", "to": "left"}, {"when": "bodySite.exists($this.memberOf('right'))", "to": "right"}]}],
    "belongs": [{"name": "site", "via": "$this", "map": [{"when": "bodySite.exists($this.memberOf('left'))", "to": "left"},
      {"when": "bodySite.exists($this.memberOf('right'))", "to": "right"}]}]},
   "lesion": {"title": "Lesion", "values": {"one": "one"},
    "instances": [{"name": "lesion", "from": "Condition", "code": "site", "map": [{"to": "one"}]}]})--";
  small.inputs =
      R"("size": {"title": "S", "type": "Quantity", "unit": "cm", "focus": "kidney", "question": "?",
      "sources": [{"name": "s", "from": "Observation", "code": "size", "value": "value"}]},
    "big": {"title": "B", "type": "Boolean", "focus": "lesion", "question": "?",
      "sources": [{"name": "b", "from": "Observation", "code": "flag", "value": "value"}]},
    "n": {"title": "N", "type": "Integer", "question": "?", "derive": "%kidneyCount"})";
  small.start = R"(["t", "lesions"])";
  small.tables =
      Table("collect", R"("size")",
            Rule("A", R"("size": "< 7 'cm'")", "a") + "," + Rule("B", R"("size": "> 7 'cm'")", "b"),
            R"("focus": "kidney")") +
      R"(, {"id": "lesions", "title": "L", "hit": "collect", "focus": "lesion", "columns": ["big"], "rules": [)" +
      Rule("C", R"("big": "true")", "c") + "]}";
  small.gate = R"({"id": "none", "if": {"n": "0"}, "because": "-"})";
  return small;
}

std::string Site(std::string_view side) { return R"("bodySite": [)" + Concept(side) + "]"; }
std::string Tumour(std::string_view side) { return Condition(side, "tumour", Site(side)); }
std::string Size(std::string_view side, std::string_view number) {
  return Observation("size-" + std::string(side), "size", "2026-02-01", Quantity(number),
                     "\"bodySite\": " + Concept(side));
}

struct SideCase {
  std::string name;
  std::vector<std::string> resources;
  std::string order;
  Verdict verdict;
  std::string focus;
  bool wrong = false;

  friend void PrintTo(const SideCase& row, std::ostream* out) { *out << row.name; }
};

class OrderSideTest : public ::testing::TestWithParam<SideCase> {};

TEST_P(OrderSideTest, IsComparedWithItsOwnSide) {
  const Evaluated run(Load(Sided()), GetParam().resources, {GetParam().order});
  const OrderVerdict& verdict = run.outcome().orders.front();
  EXPECT_EQ(verdict.verdict, GetParam().verdict) << Spelling(verdict.verdict);
  EXPECT_EQ(verdict.focus, GetParam().focus);
  EXPECT_EQ(verdict.wrong_focus, GetParam().wrong);
}

const std::vector<std::string> kLeft{Tumour("left"), Size("left", "5")};
const std::vector<std::string> kTwo{Tumour("left"), Size("left", "5"), Tumour("right"),
                                    Size("right", "8")};

std::vector<std::string> With(std::vector<std::string> resources,
                              std::initializer_list<std::string> more) {
  resources.insert(resources.end(), more.begin(), more.end());
  return resources;
}

std::string DoneOn(const std::string& site) {
  return Procedure("p1", "act-a",
                   R"("status": "completed", "performedDateTime": "2026-02-20")" +
                       (site.empty() ? site : ", " + site));
}

INSTANTIATE_TEST_SUITE_P(
    Side, OrderSideTest,
    ::testing::ValuesIn<SideCase>({
        {"NotTold", kLeft, Order("o", "act-a"), Verdict::kConcordant, "left"},
        {"ItsOwn", kLeft, Order("o", "act-a", Site("left")), Verdict::kConcordant, "left"},
        {"TheOtherKidney", kLeft, Order("o", "act-a", Site("right")), Verdict::kDiscordant, "",
         true},
        {"LeftOfTwo", kTwo, Order("o", "act-a", Site("left")), Verdict::kConcordant, "left"},
        {"RightOfTwo", kTwo, Order("o", "act-a", Site("right")), Verdict::kDiscordant, "right"},
        {"NotToldOfTwo", kTwo, Order("o", "act-b"), Verdict::kConcordant, ""},
        {"BesideALesion", With(kLeft, {Condition("m", "site")}), Order("o", "act-a"),
         Verdict::kConcordant, "left"},
        {"OfALesion",
         With(kLeft, {Condition("m", "site"),
                      Observation("b", "flag", "2026-02-01", R"("valueBoolean": true)")}),
         Order("o", "act-c"), Verdict::kConcordant, "one"},
        {"DoneOnThisSide", With(kTwo, {DoneOn(Site("left"))}), Order("o", "act-a", Site("left")),
         Verdict::kDuplicate, "left"},
        {"DoneOnTheOtherSide", With(kTwo, {DoneOn(Site("right"))}),
         Order("o", "act-a", Site("left")), Verdict::kConcordant, "left"},
        {"DoneOnTheOnlySideAndOrderedForTheOther", With(kLeft, {DoneOn(Site("left"))}),
         Order("o", "act-a", Site("right")), Verdict::kDiscordant, "", true},
        {"DoneOnTheSideWithoutTumour", With(kLeft, {DoneOn(Site("right"))}), Order("o", "act-a"),
         Verdict::kConcordant, "left"},
        {"DoneOnTheSideWithoutTumourAndOrderedAgain", With(kLeft, {DoneOn(Site("right"))}),
         Order("o", "act-a", Site("right")), Verdict::kDuplicate, "", true},
    }),
    [](const auto& row) { return row.param.name; });

TEST(OrderManyTest, ManyOrdersAgainstManyEarlierOnesStayCheap) {
  std::vector<std::string> resources = kTwo;
  std::vector<std::string> orders;
  for (int i = 0; i < 1'500; ++i) {
    const std::string id = std::to_string(i);
    resources.push_back(Order("e" + id, "act-a", R"("status": "active", )" + Site("right")));
    orders.push_back(Order("o" + id, "act-a", Site("left")));
  }
  const Evaluated run(Load(Sided()), resources, orders);
  EXPECT_EQ(run.outcome().orders.size(), 1'500U);
  EXPECT_EQ(run.outcome().orders.back().verdict, Verdict::kConcordant);
}

// ---- drafts together

struct TogetherCase {
  std::string name;
  std::string choose;
  std::vector<std::string> orders;
  std::vector<Verdict> verdicts;
  std::vector<std::string> others;  // of the first order
  std::vector<std::string> more = {};

  friend void PrintTo(const TogetherCase& row, std::ostream* out) { *out << row.name; }
};

class TogetherTest : public ::testing::TestWithParam<TogetherCase> {};

TEST_P(TogetherTest, DraftsOfOneRuleAreJudgedTogether) {
  const TogetherCase& row = GetParam();
  Small small;
  small.inputs = Truths();
  small.gate = R"({"id": "stop", "if": {"z": "true"}, "because": "-"})";
  small.tables = Table("unique", R"("x")",
                       R"({"id": "R", "if": {"x": "true"}, "then": {"choose": ")" + row.choose +
                           R"(", "options": [{"action": "a", "strength": "preferred"},
        {"action": "b", "strength": "acceptable"}]}, "because": "-", "cite": ["S"]},
        )" + Rule("S", R"("x": "false")", "c"));
  std::vector<std::string> resources = Facts("t--");
  resources.insert(resources.end(), row.more.begin(), row.more.end());
  const Evaluated run(Load(small), resources, row.orders);
  std::vector<Verdict> verdicts;
  for (const OrderVerdict& order : run.outcome().orders) verdicts.push_back(order.verdict);
  EXPECT_EQ(verdicts, row.verdicts);
  std::vector<std::string> others;
  for (const Index action : run.outcome().orders.front().others) {
    others.push_back(run.outcome().pathway->actions[action].id);
  }
  EXPECT_EQ(others, row.others);
  EXPECT_THAT(Replayed(run, run.Json()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Choices, TogetherTest,
    ::testing::ValuesIn<TogetherCase>({
        {"OneOfOne", "one", {Order("o", "act-a")}, {Verdict::kConcordant}, {}},
        {"TwoOfOne",
         "one",
         {Order("o", "act-a"), Order("p", "act-b")},
         {Verdict::kDiscordant, Verdict::kDiscordant},
         {"b"}},
        {"TheSameTwice",
         "one",
         {Order("o", "act-a"), Order("p", "act-a")},
         {Verdict::kConcordant, Verdict::kConcordant},
         {}},
        {"OneBesideAnUnfitOne",
         "one",
         {Order("o", "act-a"), Order("p", "act-c")},
         {Verdict::kConcordant, Verdict::kPremature},
         {}},
        {"OneBesideADuplicate",
         "one",
         {Order("o", "act-b"), Order("p", "act-a")},
         {Verdict::kAcceptable, Verdict::kDuplicate},
         {},
         {Done("2026-02-20")}},
        {"TwoOfAny",
         "any",
         {Order("o", "act-a"), Order("p", "act-b")},
         {Verdict::kConcordant, Verdict::kAcceptable},
         {}},
        {"OneOfAll", "all", {Order("o", "act-a")}, {Verdict::kIncomplete}, {"b"}},
        {"AllOfAll",
         "all",
         {Order("o", "act-a"), Order("p", "act-b")},
         {Verdict::kConcordant, Verdict::kAcceptable},
         {}},
        {"TheOtherIsDone",
         "all",
         {Order("o", "act-b")},
         {Verdict::kAcceptable},
         {},
         {Done("2026-02-20")}},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace renal::pathways::testing
