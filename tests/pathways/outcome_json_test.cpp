#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// The outcome as JSON (design: one contract for server, batch, tests and tools).
namespace renal::pathways::testing {
namespace {

Small Example() {
  Small small;
  small.inputs =
      Truths() +
      R"--(, "size": {"title": "S", "type": "Quantity", "unit": "cm", "min": "0 'cm'", "max": "40 'cm'", "question": "Size?",
      "maxAge": [{"fresh": "10 days", "limit": "60 days"}],
      "sources": [{"name": "size", "from": "Observation", "code": "size", "time": "effective", "value": "value"}]},
    "n": {"title": "N", "type": "Integer", "question": "N?",
      "sources": [{"name": "n", "from": "Observation", "code": "mass", "time": "effective", "value": "value"}]})--";
  small.tables =
      Table("collect", R"("x", "y", "z", "size", "n")",
            Rule("A", R"("x": "true")", "a") + "," + Rule("B", R"("x": "true", "y": "true")", "b") +
                "," + Rule("C", R"("size": "> 7 'cm'", "n": "> 2")", "c"));
  small.gate = R"({"id": "stop", "if": {"z": "true"}, "because": "Stopped."})";
  small.checks =
      R"({"id": "K", "title": "K", "for": ["a"], "if": {"y": "true"}, "then": {"caution": "Look."}, "because": "-", "cite": ["S"]})";
  return small;
}

std::vector<std::string> ExampleRecord() {
  std::vector<std::string> resources = Facts("t-f");
  resources.push_back(Observation("s1", "size", "2026-02-01", Quantity("69", "mm"),
                                  R"("meta": {"versionId": "4"})"));
  resources.push_back(Observation("s0", "size", "2025-02-01", Quantity("5")));
  resources.push_back(Observation("n", "mass", "2026-02-01", R"("valueInteger": 3)"));
  return resources;
}

// The members at a path of names, as JSON text.
class OutcomeJsonTest : public ::testing::Test {
 protected:
  void Parse(const Evaluated& run) {
    text_ = run.Json();
    document_.emplace_back(std::move(fhir::JsonDocument::Parse(text_).value()));
    root_ = document_.back().root();
  }
  static fhir::Json Element(const fhir::Json& array, std::size_t index) {
    for (const fhir::Json::Entry entry : array) {
      if (index-- == 0) return entry.value;
    }
    return {};
  }

  std::string text_;
  std::deque<fhir::JsonDocument> document_;
  fhir::Json root_;
};

TEST_F(OutcomeJsonTest, HasTheMembersOfTheContract) {
  Parse(Evaluated(Load(Example()), ExampleRecord(), {Order("o", "act-a")}));
  std::vector<std::string> names;
  for (const fhir::Json::Entry member : root_) names.emplace_back(member.name);
  EXPECT_THAT(names,
              ::testing::ElementsAre("outcome", "gate", "pathway", "evaluatedAt", "recommendations",
                                     "ask", "orders", "inputs", "wouldChange", "trace"));
  EXPECT_EQ(root_["outcome"].string(), "recommendation");
  EXPECT_EQ(root_["gate"].type(), fhir::JsonType::kNull);
  EXPECT_EQ(root_["evaluatedAt"].string(), kNow);
  EXPECT_EQ(root_["pathway"]["version"].string(), "1.0.0");
  EXPECT_TRUE(root_["pathway"]["hash"].string().starts_with("sha256:"));
}

TEST_F(OutcomeJsonTest, WritesARecommendation) {
  Parse(Evaluated(Load(Example()), ExampleRecord()));
  EXPECT_EQ(
      Element(root_["recommendations"], 0).ToString(),
      R"({"rule":"A","action":"a","strength":"preferred","tier":"preferred","determination":"recommended",)"
      R"("orderable":true,"mdtRequired":false,"because":["Because A."],"cautions":[],"missing":[],"assumptions":[],"cite":["S"]})");
  EXPECT_EQ(Element(root_["recommendations"], 1)["missing"].ToString(), R"(["y"])");
}

TEST_F(OutcomeJsonTest, WritesQuestionsOrdersAndChanges) {
  Parse(Evaluated(Load(Example()), ExampleRecord(), {Order("o", "act-a"), Order("u", "other")}));
  EXPECT_EQ(root_["ask"].ToString(), R"([{"input":"y","question":"Is it?","reason":"absent"}])");
  EXPECT_EQ(root_["orders"].ToString(),
            R"([{"resource":"ServiceRequest/o","action":"a","verdict":"concordant"},)"
            R"({"resource":"ServiceRequest/u","action":null,"verdict":"unrelated"}])");
  EXPECT_EQ(root_["wouldChange"].ToString(), R"([{"input":"size","to":"> 7 'cm'","then":"C c"}])");
}

TEST_F(OutcomeJsonTest, WritesInputsWithTheirEvidence) {
  Parse(Evaluated(Load(Example()), ExampleRecord()));
  const fhir::Json size = root_["inputs"]["size"];
  EXPECT_EQ(size["state"].string(), "known");
  EXPECT_EQ(size["value"].string(), "6.9 'cm'");
  EXPECT_EQ(size["recorded"].string(), "69 'mm'");
  EXPECT_TRUE(size["stale"].boolean());
  EXPECT_EQ(Element(size["from"], 0)["reference"].string(), "Observation/s1");
  EXPECT_EQ(Element(size["from"], 0)["versionId"].string(), "4");
  EXPECT_EQ(Element(size["dropped"], 0)["reason"].string(), "stale");
  EXPECT_EQ(root_["inputs"]["n"]["value"].integer(), 3);
  EXPECT_EQ(root_["inputs"]["n"]["value"].type(), fhir::JsonType::kInteger);
  EXPECT_EQ(root_["inputs"]["x"]["value"].string(), "yes");
  EXPECT_EQ(root_["inputs"]["y"]["state"].string(), "unknown");
  EXPECT_EQ(root_["inputs"]["y"]["reason"].string(), "absent");
}

TEST_F(OutcomeJsonTest, TheTraceRepeatsNeitherInputsNorChanges) {
  Parse(Evaluated(Load(Example()), ExampleRecord()));
  EXPECT_EQ(root_["trace"]["id"].string(), "trace-1");
  EXPECT_FALSE(root_["trace"]["inputs"]);
  EXPECT_FALSE(root_["trace"]["wouldChange"]);
  EXPECT_EQ(
      Element(Element(root_["trace"]["tables"], 0)["rules"], 1).ToString(),
      R"({"rule":"B","verdict":null,"cells":[{"column":"x","cell":"true","fhirpath":"%x = true","verdict":true},{"column":"y","cell":"true","fhirpath":"%y = true","verdict":null}]})");
  EXPECT_EQ(root_["trace"]["checks"].ToString(), R"([{"id":"K","verdict":null,"missing":["y"]}])");
}

TEST_F(OutcomeJsonTest, NamesTheGate) {
  std::vector<std::string> resources = Facts("--t");
  Parse(Evaluated(Load(Example()), resources));
  EXPECT_EQ(root_["outcome"].string(), "not-applicable");
  EXPECT_EQ(root_["gate"].string(), "stop");
  EXPECT_EQ(root_["recommendations"].size(), 0U);
  EXPECT_EQ(root_["trace"]["gateBecause"].string(), "Stopped.");
}

TEST_F(OutcomeJsonTest, KeysOfInputsNameTheFocusOnlyWhereThereAreSeveral) {
  Small small = Example();
  small.focus =
      R"--("side": {"title": "Side", "values": {"left": "l", "right": "r"}, "instances": [{"name": "t", "from": "Condition",
    "code": "tumour", "map": [{"when": "id = 'left'", "to": "left"}, {"when": "id = 'right'", "to": "right"}]}]})--";
  small.inputs +=
      R"(, "w": {"title": "W", "type": "Boolean", "focus": "side", "question": "?", "sources": [{"name": "w", "from": "Observation", "code": "born", "value": "value"}]})";
  std::vector<std::string> resources = ExampleRecord();
  resources.push_back(Condition("left", "tumour"));
  Parse(Evaluated(Load(small), resources));
  EXPECT_TRUE(root_["inputs"]["w"]);
  resources.push_back(Condition("right", "tumour"));
  Parse(Evaluated(Load(small), resources));
  EXPECT_TRUE(root_["inputs"]["w@left"]);
  EXPECT_TRUE(root_["inputs"]["w@right"]);
  EXPECT_FALSE(root_["inputs"]["w"]);
}

TEST_F(OutcomeJsonTest, TheOrderOfResourcesNeverMatters) {
  const auto pathway = Load(Example());
  std::vector<std::string> resources = ExampleRecord();
  resources.push_back(Observation("s2", "size", "2026-02-01", Quantity("6.9")));
  resources.push_back(Observation("again", "flag", "2026-02-01", R"("valueBoolean": false)"));
  const std::string expected = Evaluated(pathway, resources).Json();
  std::mt19937 random(1);
  for (int i = 0; i < 50; ++i) {
    std::shuffle(resources.begin(), resources.end(), random);
    ASSERT_EQ(Evaluated(pathway, resources).Json(), expected);
  }
}

TEST_F(OutcomeJsonTest, NoDataGiveNoRecommendationAndNoError) {
  Parse(Evaluated(Load(Example()), {}));
  EXPECT_EQ(root_["outcome"].string(), "need-data");
  for (const fhir::Json::Entry entry : root_["recommendations"]) {
    EXPECT_EQ(entry.value["determination"].string(), "conditional");
  }
  EXPECT_EQ(root_["trace"]["errors"].size(), 0U);
}

}  // namespace
}  // namespace renal::pathways::testing
