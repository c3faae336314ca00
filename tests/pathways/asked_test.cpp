#include "pathways/internal/asked.h"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// What an evaluation finds out about a resource for one input is there for the others, costs the
// same, and stands for no other resource.
namespace renal::pathways::testing {
namespace {

constexpr std::size_t kMostKept = 2'000;

std::string ListOf(std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    list += (i == 0 ? "" : ",") + std::string(R"({"resourceType": "Observation"})");
  }
  return "[" + list + "]";
}

TEST(AskedTest, IsKeptOfABoundedNumberOfResources) {
  const auto document = fhir::JsonDocument::Parse(ListOf(kMostKept + 2));
  std::vector<fhir::Json> all;
  for (const fhir::Json::Entry entry : document->root()) all.push_back(entry.value);
  const EvaluateRequest request;
  AskedResources resources(request);
  for (std::size_t i = 0; i < all.size(); ++i) {
    Asked& asked = resources.Of(all[i]);
    EXPECT_EQ(asked.kept, i < kMostKept) << i;
    EXPECT_EQ(asked.type, "Observation");
    asked.updated = static_cast<std::int64_t>(i);
  }
  EXPECT_EQ(resources.Of(all[0]).updated, 0);
  EXPECT_EQ(resources.Of(all[kMostKept - 1]).updated, static_cast<std::int64_t>(kMostKept) - 1);
  EXPECT_FALSE(resources.Of(all[kMostKept]).updated.has_value());
}

TEST(AskedTest, OfTwoDocumentsSamePlacesAreTwoResources) {
  const auto first = fhir::JsonDocument::Parse(R"({"resourceType": "Observation"})");
  const auto second = fhir::JsonDocument::Parse(R"({"resourceType": "Condition"})");
  const EvaluateRequest request;
  AskedResources resources(request);
  EXPECT_EQ(resources.Of(first->root()).type, "Observation");
  EXPECT_EQ(resources.Of(second->root()).type, "Condition");
  EXPECT_EQ(resources.Of(first->root()).type, "Observation");
}

// Inputs x and y of one resource; `time` is that of y.
std::string InputsTimedBy(const std::string& time) {
  const auto input = [](const std::string& name, const std::string& text) {
    return "\"" + name + R"json(": {"title": "T", "type": "Boolean", "question": "Q?", "sources": [
      {"name": "s", "from": "Observation", "code": "flag",
       "where": "status = 'final' and value.exists()", "value": "value", "time": ")json" +
           text + "\"}]}";
  };
  return input("x", "effective") + "," + input("y", time);
}

const std::string kYesOrNo =
    Rule("R1", R"("x": "true")", "a") + "," + Rule("R2", R"("x": "false")", "b");

// The steps that are left after an evaluation with so many, and its outcome.
std::string Left(const std::string& time, std::uint64_t steps) {
  Small small;
  small.inputs = InputsTimedBy(time);
  small.tables = Table("unique", R"("x")", kYesOrNo);
  const auto pathway = Load(small);
  const std::string text = Observation("o", "flag", "2026-03-01", R"("valueBoolean": true)");
  const auto document = fhir::JsonDocument::Parse(text);
  fhir::Record record("p");
  record.Add(document->root());
  fhir::fhirpath::Budget budget;
  budget.steps = steps;
  EvaluateRequest request;
  request.record = &record;
  request.now = *fhir::DateTime::Parse(kNow);
  request.budget = &budget;
  const Outcome outcome = Evaluate(pathway, request);
  std::string shown = std::to_string(budget.steps) + " " + Spelling(outcome.kind);
  for (const InputState& state : outcome.patient_inputs) {
    shown += std::string(" ") + Spelling(state.reason);
    for (const Evidence& evidence : state.from) shown += " " + evidence.time;
  }
  return shown;
}

// Another text of the same meaning is worked out anew.
TEST(AskedTest, WhatIsKnownCostsTheSameSteps) {
  EXPECT_EQ(Left("effective", 100'000), Left("(effective)", 100'000));
  for (std::uint64_t steps = 1; steps < 80; ++steps) {
    EXPECT_EQ(Left("effective", steps), Left("(effective)", steps)) << steps;
  }
}

TEST(AskedTest, PastTheNumberThatIsKeptTheNewestDecidesAllTheSame) {
  Small small;
  small.inputs = InputsTimedBy("issued");
  small.tables = Table("unique", R"("x")", kYesOrNo);
  std::vector<std::string> resources;
  for (std::size_t i = 0; i < kMostKept + 50; ++i) {
    resources.push_back(Observation("m" + std::to_string(i), "flag", "2025-03-01",
                                    R"("valueBoolean": false, "issued": "2026-01-01T00:00:00Z")"));
  }
  resources.push_back(Observation("a", "flag", "2026-02-01", R"("valueBoolean": true)"));
  resources.push_back(Observation("z", "flag", "2026-02-02", R"("valueBoolean": true)"));
  const Evaluated evaluated(Load(small), resources);
  EXPECT_EQ(evaluated.Shown("x"), "yes");
  EXPECT_EQ(evaluated.State("x").from.at(0).reference, "Observation/z");
  EXPECT_EQ(evaluated.State("x").from.at(0).time, "2026-02-02");
  EXPECT_EQ(evaluated.Shown("y"), "conflict");  // two have no time that orders them
}

}  // namespace
}  // namespace renal::pathways::testing
