#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// Focus kinds whose things are named by the reference of their resource (README "Focus").
namespace renal::pathways::testing {
namespace {

const std::string kThings =
    R"--("thing": {"title": "Thing", "keys": "reference",
  "instances": [{"name": "condition", "from": "Condition", "code": "site"},
    {"name": "told by observations", "from": "Observation", "code": "flag", "same": "bodySite.coding.code"}],
  "belongs": [{"name": "condition", "via": "focus.resolve().ofType(Condition)", "instance": true},
    {"name": "link to nothing", "via": "focus.where(resolve().empty())", "map": [{"to": "elsewhere"}]}],
  "unlinked": "taken for the only one"})--";

Small AboutThings() {
  Small small;
  small.focus = kThings;
  small.inputs =
      R"("x": {"title": "X", "type": "Quantity", "unit": "cm", "focus": "thing", "question": "X?",
      "sources": [{"name": "size", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
    "f": {"title": "F", "type": "Boolean", "focus": "thing", "question": "F?",
      "sources": [{"name": "flag", "from": "Observation", "code": "flag", "time": "effective", "value": "value"}]})";
  small.tables =
      Table("collect", R"("x", "f")",
            Rule("R", R"("x": "< 7 'cm'")", "a") + "," + Rule("F", R"("f": "true")", "b"),
            R"("focus": "thing")");
  small.gate = R"({"id": "never", "if": {"never": "true"}, "because": "-"})";
  small.inputs +=
      R"(, "never": {"title": "Never", "type": "Boolean", "question": "?", "derive": "%thingCount > 9"})";
  return small;
}

std::string Thing(std::string_view id) { return Condition(id, "site"); }
std::string Flag(std::string_view id, const std::string& more = {}) {
  return Observation(id, "flag", "2026-02-01", R"("valueBoolean": true)", more);
}
std::string Size(std::string_view id, std::string_view cm, const std::string& more = {}) {
  return Observation(id, "size", "2026-02-01", Quantity(cm), more);
}
std::string About(std::string_view reference) {
  return R"("focus": [{"reference": ")" + std::string(reference) + "\"}]";
}
std::string At(std::string_view site) { return "\"bodySite\": " + Concept(site); }

struct ThingCase {
  std::string name;
  std::vector<std::string> resources;
  std::vector<std::string> shown;  ///< "Condition/a: 5 'cm', true" for each thing in order

  friend void PrintTo(const ThingCase& row, std::ostream* out) { *out << row.name; }
};

class ThingsTest : public ::testing::TestWithParam<ThingCase> {};

TEST_P(ThingsTest, AreNamedByTheirReference) {
  std::vector<std::string> resources = GetParam().resources;
  for (int turn = 0; turn < 2; ++turn) {  // whatever the order of the resources
    const Evaluated run(Load(AboutThings()), resources);
    std::vector<std::string> shown;
    for (const FocusInstance& thing : run.outcome().foci) {
      shown.push_back(thing.key + ": " + run.Shown("x", thing.key) + ", " +
                      run.Shown("f", thing.key));
    }
    EXPECT_EQ(shown, GetParam().shown);
    std::reverse(resources.begin(), resources.end());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ThingsTest,
    ::testing::ValuesIn<ThingCase>({
        {"None", {Size("s", "5")}, {}},
        {"One", {Thing("a"), Size("s", "5")}, {"Condition/a: 5 'cm', absent"}},
        {"Two",
         {Thing("b"), Thing("a"), Size("s", "5", About("Condition/b"))},
         {"Condition/a: absent, absent", "Condition/b: 5 'cm', absent"}},
        {"TwoAndADatumThatNamesNone",
         {Thing("b"), Thing("a"), Size("s", "5")},
         {"Condition/a: unlinked, absent", "Condition/b: unlinked, absent"}},
        {"DescribedByALinkedObservation",
         {Thing("a"), Flag("f", About("Condition/a"))},
         {"Condition/a: absent, yes"}},
        {"DescribedByTheOnlyObservation", {Flag("f")}, {"Observation/f: absent, yes"}},
        {"SeveralThatNameNoPlaceAreOne", {Flag("g"), Flag("f")}, {"Observation/f: absent, yes"}},
        {"EachPlaceIsAThing",
         {Flag("f", At("left")), Flag("g", At("right")), Flag("h", At("left"))},
         {"Observation/f: absent, yes", "Observation/g: absent, yes"}},
        {"APlaceBesideAConditionIsAThing",
         {Thing("a"), Flag("f", At("left"))},
         {"Condition/a: absent, absent", "Observation/f: absent, yes"}},
        {"NoPlaceBesideAConditionBelongsToIt",
         {Thing("a"), Flag("f")},
         {"Condition/a: absent, yes"}},
        {"ALinkThatWasNotDeliveredMakesNone",
         {Thing("a"), Flag("f", About("Condition/none"))},
         {"Condition/a: absent, absent"}},
    }),
    [](const auto& row) { return row.param.name; });

// ---- what people call a thing

struct NameCase {
  std::string name;
  std::vector<std::string> resources;
  std::string site, text, time;

  friend void PrintTo(const NameCase& row, std::ostream* out) { *out << row.name; }
};

// A diagnosis with words.
std::string Diagnosis(std::string_view id, std::string_view text) {
  std::string resource = Thing(id);
  const std::string code = Concept("site");
  const std::string words = R"(, "text": ")" + std::string(text) + "\"";
  return resource.insert(resource.find(code) + code.size() - 1, words);
}

class ThingNamesTest : public ::testing::TestWithParam<NameCase> {};

TEST_P(ThingNamesTest, AreThoseOfTheRecord) {
  const Evaluated run(Load(AboutThings()), GetParam().resources);
  ASSERT_EQ(run.outcome().foci.size(), 1U);
  const FocusInstance& thing = run.outcome().foci[0];
  EXPECT_EQ(thing.site, GetParam().site);
  EXPECT_EQ(thing.text, GetParam().text);
  EXPECT_EQ(thing.time, GetParam().time);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ThingNamesTest,
    ::testing::ValuesIn<NameCase>({
        {"DisplayOfTheCode", {Thing("a")}, "", "site", ""},
        {"TextOfTheSite",
         {Condition("a", "site", R"("bodySite": [{"text": "Femur"}])")},
         "Femur",
         "site",
         ""},
        {"DisplayOfTheSite",
         {Condition("a", "site",
                    R"("bodySite": [{"coding": [{}, {"display": "Bone of femur"}]}])")},
         "Bone of femur",
         "site",
         ""},
        {"SideOfTheSite",
         {Condition("a", "site",
                    R"("bodySite": [{"extension": [{"url": "u", "valueCodeableConcept":
                      {"text": "Left"}}], "text": "Femur"}])")},
         "Femur, Left",
         "site",
         ""},
        {"ASideAloneIsNoSite",
         {Condition("a", "site",
                    R"("bodySite": [{"extension": [{"url": "u", "valueCodeableConcept":
                      {"text": "Left"}}]}])")},
         "",
         "site",
         ""},
        {"SeveralSites",
         {Condition("a", "site", R"("bodySite": [{"text": "Femur"}, {"text": "Rib"}])")},
         "Femur, Rib",
         "site",
         ""},
        {"Diagnosis", {Diagnosis("a", "Bone metastasis")}, "", "Bone metastasis", ""},
        {"Day",
         {Condition("a", "site", R"("recordedDate": "2026-02-19", "onsetDateTime": "2025")")},
         "",
         "site",
         "2026-02-19"},
        {"TheCodeOfAnObservationIsNoName",
         {Flag("f", R"("bodySite": {"text": "Skull"})")},
         "Skull",
         "",
         "2026-02-01"},
        {"SiteOfTheStructure",
         {Flag("f", About("BodyStructure/s")),
          R"({"resourceType": "BodyStructure", "id": "s", "patient": {"reference": "Patient/p"},
              "location": {"text": "Rib"}, "locationQualifier": [{"text": "Left"}]})"},
         "Rib, Left",
         "",
         "2026-02-01"},
        {"WordsThatAreNoText",
         {Condition("a", "site", R"("bodySite": [{"text": 7}], "recordedDate": {})")},
         "",
         "site",
         ""},
    }),
    [](const auto& row) { return row.param.name; });

TEST(ThingsTest, ResultsAndQuestionsNameTheirThing) {
  const Evaluated run(Load(AboutThings()),
                      {Thing("b"), Thing("a"), Size("s", "5", About("Condition/b"))});
  EXPECT_THAT(run.Results(), ::testing::ElementsAre("F b K@Condition/a", "F b K@Condition/b",
                                                    "R a K@Condition/a", "R a R@Condition/b"));
  EXPECT_THAT(run.Asked(),
              ::testing::UnorderedElementsAre("f@Condition/a", "f@Condition/b", "x@Condition/a"));
}

}  // namespace
}  // namespace renal::pathways::testing
