#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// Whose a datum is: instances of a focus kind, links to them, and what happens without a link.
namespace renal::pathways::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kRelated =
    "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition";

const std::string kKidney =
    R"--("kidney": {"title": "Kidney", "values": {"left": "left", "right": "right", "unknown": "unknown"},
  "instances": [{"name": "tumour", "from": "Condition", "code": "tumour", "map": [
    {"when": "bodySite.exists($this.memberOf('left'))", "to": "left"}, {"when": "bodySite.exists($this.memberOf('right'))", "to": "right"}]}],
  "otherwise": "unknown", "belongs": [
    {"name": "condition", "via": "focus.resolve().ofType(Condition)", "instance": true},
    {"name": "condition of the structure", "via": "focus.resolve().ofType(BodyStructure).extension('http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition').value.resolve()", "instance": true},
    {"name": "site", "via": "$this", "map": [{"when": "bodySite.exists($this.memberOf('left'))", "to": "left"},
      {"when": "bodySite.exists($this.memberOf('right'))", "to": "right"}, {"when": "bodySite.exists()", "to": "elsewhere"}]}],
  "unlinked": "taken for the only one"})--";

Small AboutKidneys() {
  Small small;
  small.focus = kKidney;
  small.inputs =
      R"("x": {"title": "X", "type": "Quantity", "unit": "cm", "focus": "kidney", "question": "X?",
      "sources": [{"name": "size", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
    "count": {"title": "N", "type": "Integer", "question": "N?", "derive": "%kidneyCount"},
    "seen": {"title": "Seen", "type": "Boolean", "focus": "kidney", "question": "Seen?", "fact": true,
      "sources": [{"name": "tumour", "from": "Condition", "code": "tumour", "map": [{"to": "true"}]}]})";
  small.tables = Table("collect", R"("x", "count")", Rule("R", R"("x": "< 7 'cm'")", "a"),
                       R"("focus": "kidney")");
  small.gate = R"({"id": "many", "if": {"count": "> 9"}, "because": "-"})";
  return small;
}

std::string Sites(std::initializer_list<std::string_view> sites) {
  std::string text = R"("bodySite": [)";
  for (const std::string_view site : sites) text += (text.back() == '[' ? "" : ",") + Concept(site);
  return text + "]";
}
std::string Tumour(std::string_view id, std::initializer_list<std::string_view> sites = {}) {
  return Condition(id, "tumour", sites.size() == 0 ? std::string() : Sites(sites));
}
// An Observation's bodySite is one concept.
std::string Size(std::string_view id, std::string_view number, const std::string& more = {}) {
  return Observation(id, "size", "2026-02-01", Quantity(number), more);
}
std::string At(std::string_view site) { return "\"bodySite\": " + Concept(site); }
std::string Focus(std::string_view reference) {
  return R"("focus": [{"reference": ")" + std::string(reference) + "\"}]";
}
std::string Structure(std::string_view id, std::string_view condition) {
  return R"({"resourceType": "BodyStructure", "id": ")" + std::string(id) +
         R"(", "patient": {"reference": "Patient/p"}, "extension": [{"url": ")" +
         std::string(kRelated) + R"(", "valueReference": {"reference": ")" +
         std::string(condition) + "\"}}]}";
}

struct FocusCase {
  std::string name;
  std::vector<std::string> resources;
  std::vector<std::string> shown;  ///< "left: 5 'cm'", for each instance in order

  friend void PrintTo(const FocusCase& row, std::ostream* out) { *out << row.name; }
};

class FocusTest : public ::testing::TestWithParam<FocusCase> {};

TEST_P(FocusTest, GivesEachInstanceItsOwnData) {
  const Evaluated run(Load(AboutKidneys()), GetParam().resources);
  std::vector<std::string> shown;
  for (const FocusInstance& instance : run.outcome().foci) {
    shown.push_back(instance.key + ": " + run.Shown("x", instance.key));
  }
  EXPECT_EQ(shown, GetParam().shown);
}

const std::vector<std::string> kBoth{Tumour("l", {"left"}), Tumour("r", {"right"})};

std::vector<std::string> Both(std::initializer_list<std::string> more) {
  std::vector<std::string> all = kBoth;
  all.insert(all.end(), more);
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Instances, FocusTest,
    ::testing::ValuesIn<FocusCase>({
        {"None", {Size("s", "5")}, {}},
        {"Sided", {Tumour("c", {"left"}), Size("s", "5")}, {"left: 5 'cm'"}},
        {"NotSided", {Tumour("c"), Size("s", "5")}, {"unknown: 5 'cm'"}},
        {"NotSidedWithSidedData", {Tumour("c"), Size("s", "5", At("left"))}, {"unknown: 5 'cm'"}},
        {"NotSidedMergesWithTheOnlySided",
         {Tumour("c1"), Tumour("c2", {"left"}), Size("s", "5", Focus("Condition/c1"))},
         {"left: 5 'cm'"}},
        {"SeveralOfOneSideAreOne",
         {Tumour("c1", {"left"}), Tumour("c2", {"left"}), Size("s", "5", Focus("Condition/c2"))},
         {"left: 5 'cm'"}},
        {"BothSidesInTheOrderOfTheFile",
         {Tumour("a", {"right"}), Tumour("b", {"left"})},
         {"left: absent", "right: absent"}},
        {"OneOnBothSidesMakesTwo",
         {Tumour("c", {"left", "right"}), Size("s", "5", At("right"))},
         {"left: absent", "right: 5 'cm'"}},
    }),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Links, FocusTest,
    ::testing::ValuesIn<FocusCase>({
        {"ByCondition",
         Both({Size("s", "5", Focus("Condition/r"))}),
         {"left: absent", "right: 5 'cm'"}},
        {"ByBodyStructure",
         Both({Structure("b", "Condition/r"), Size("s", "5", Focus("BodyStructure/b"))}),
         {"left: absent", "right: 5 'cm'"}},
        {"BySite", Both({Size("s", "5", At("left"))}), {"left: 5 'cm'", "right: absent"}},
        {"ConditionBeforeSite",
         Both({Size("s", "5", Focus("Condition/r") + ", " + At("left"))}),
         {"left: absent", "right: 5 'cm'"}},
        {"SiteElsewhere", {Tumour("c", {"left"}), Size("s", "5", At("other"))}, {"left: absent"}},
        {"SiteOfNoInstance",
         {Tumour("c", {"left"}), Size("s", "5", At("right"))},
         {"left: absent"}},
        {"ConditionElsewhere",
         {Tumour("c", {"left"}), Condition("other", "other"),
          Size("s", "5", Focus("Condition/other"))},
         {"left: absent"}},
        {"UnlinkedWithOne", {Tumour("c", {"left"}), Size("s", "5")}, {"left: 5 'cm'"}},
        {"UnlinkedWithTwo", Both({Size("s", "5")}), {"left: unlinked", "right: unlinked"}},
        {"UnlinkedBesideLinkedThatAgrees",
         Both({Size("s1", "5"), Size("s2", "5", At("left"))}),
         {"left: 5 'cm'", "right: unlinked"}},
        {"UnlinkedBesideLinkedThatDiffers",
         Both({Size("s1", "8"), Size("s2", "5", At("left"))}),
         {"left: unlinked", "right: unlinked"}},
        {"LinkedToBothByTwoConditions",
         Both({Size("s", "5",
                    R"("focus": [{"reference": "Condition/l"}, {"reference": "Condition/r"}])")}),
         {"left: unlinked", "right: unlinked"}},
        {"LinkedToOneThatIsOnBothSides",
         {Tumour("c", {"left", "right"}), Size("s", "5", Focus("Condition/c"))},
         {"left: unlinked", "right: unlinked"}},
        {"LinkedToOneOnBothSidesButSited",
         {Tumour("c", {"left", "right"}), Size("s", "5", Focus("Condition/c") + ", " + At("left"))},
         {"left: 5 'cm'", "right: absent"}},
    }),
    [](const auto& row) { return row.param.name; });

TEST(FocusResultsTest, EachInstanceHasItsOwnResults) {
  const Evaluated run(Load(AboutKidneys()),
                      Both({Size("s1", "5", At("left")), Size("s2", "8", At("right"))}));
  EXPECT_THAT(run.Results(), ElementsAre("R a R@left"));
  EXPECT_EQ(run.Shown("count"), "2");
}

TEST(FocusResultsTest, DataWithoutLinkAreListedOnceAsAssumption) {
  const Evaluated one(Load(AboutKidneys()), {Tumour("c", {"left"}), Size("s", "5")});
  EXPECT_THAT(one.Result("R").assumptions, ElementsAre("taken for the only one"));
  EXPECT_TRUE(one.State("x", "left").from.front().unlinked);
  const Evaluated linked(Load(AboutKidneys()), {Tumour("c", {"left"}), Size("s", "5", At("left"))});
  EXPECT_THAT(linked.Result("R").assumptions, IsEmpty());
}

TEST(FocusResultsTest, WhatMakesTwoInstancesIsADatumOfBoth) {
  const Evaluated run(Load(AboutKidneys()), {Tumour("c", {"left", "right"})});
  EXPECT_EQ(run.Shown("seen", "left"), "yes");
  EXPECT_EQ(run.Shown("seen", "right"), "yes");
}

TEST(FocusResultsTest, NamesTheResourcesOfAnInstanceOnce) {
  Small small = AboutKidneys();
  const std::string source =
      R"({"name": "tumour", "from": "Condition", "code": "tumour", "map": [)";
  const std::size_t at = small.focus.find(source);
  small.focus.insert(
      at,
      R"--({"name": "again", "from": "Condition", "map": [{"when": "bodySite.exists($this.memberOf('left'))", "to": "left"}]}, )--");
  const Evaluated run(Load(small), {Tumour("c", {"left"})});
  ASSERT_EQ(run.outcome().foci.size(), 1U);
  EXPECT_THAT(run.outcome().foci.front().references, ElementsAre("Condition/c"));
}

TEST(FocusResultsTest, QuestionsNameTheInstance) {
  const Evaluated run(Load(AboutKidneys()), Both({Size("s1", "5", At("left"))}));
  EXPECT_THAT(run.Asked(), ElementsAre("x@right"));
  EXPECT_THAT(run.Results(), ElementsAre("R a K@right", "R a R@left"));
}

TEST(FocusResultsTest, APatientTableMayNeedAnInputOfAFocusAndThenWaits) {
  Small small = AboutKidneys();
  small.start = R"(["t", "patient"])";
  small.tables +=
      R"(, {"id": "patient", "title": "P", "hit": "collect", "columns": ["count"], "rules": [)" +
      Rule("P", R"("count": "> 0")", "b", R"("needs": ["x"])") + "]}";
  EXPECT_THAT(Evaluated(Load(small), {Tumour("c", {"left"}), Size("s", "5")}).Results(),
              ElementsAre("R a R@left"));
}

TEST(FocusResultsTest, AChecksCellOnAFocusIsUnknownAtThePatient) {
  Small small = AboutKidneys();
  small.start = R"(["t", "patient"])";
  small.inputs +=
      R"(, "half": {"title": "H", "type": "Quantity", "unit": "cm", "focus": "kidney", "question": "H?", "derive": "%x / 2"})";
  small.tables +=
      R"(, {"id": "patient", "title": "P", "hit": "collect", "columns": ["count"], "rules": [)" +
      Rule("P", R"("count": "> 0")", "b") + "]}";
  small.checks =
      R"({"id": "K", "title": "Check", "for": ["b"], "if": {"half": "> 1 'cm'"}, "then": {"caution": "Look."},
    "because": "-", "cite": ["S"]})";
  const Evaluated run(Load(small), {Tumour("c", {"left"}), Size("s", "5")});
  EXPECT_THAT(run.Result("P").cautions, IsEmpty());
  ASSERT_EQ(run.outcome().checks.size(), 1U);
  EXPECT_EQ(run.outcome().checks.front().verdict, Truth::kUnknown);
}

}  // namespace
}  // namespace renal::pathways::testing
