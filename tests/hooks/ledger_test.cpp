#include "hooks/ledger.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hooks/fetch.h"

namespace renal::hooks {
namespace {

using fhir::JsonDocument;
using testing::ElementsAre;

struct Shape {
  std::string_view name;
  std::string json;  // empty: absent
  DatumState state;
  friend void PrintTo(const Shape& row, std::ostream* out) { *out << row.name; }
};

std::string Of(std::string_view type, std::string_view patient = "pat-1") {
  return R"({"resource":{"resourceType":")" + std::string(type) +
         R"(","id":"a","subject":{"reference":"Patient/)" + std::string(patient) + R"("}}})";
}
const std::string kFailure =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"timeout"}]})";

std::string Bundle(const std::string& entries, const std::string& more = "") {
  return R"({"resourceType":"Bundle","type":"searchset","entry":[)" + entries + "]" + more + "}";
}
std::string Next(std::string_view url) {
  return R"(,"link":[{"relation":"self","url":"x"},{"relation":"next","url":")" + std::string(url) +
         R"("}])";
}

class ShapeTest : public testing::TestWithParam<Shape> {};

TEST_P(ShapeTest, IsAState) {
  const Shape& row = GetParam();
  const auto document = JsonDocument::Parse(row.json.empty() ? "{}" : row.json);
  ASSERT_TRUE(document);
  EXPECT_EQ(StateOf(row.json.empty() ? fhir::Json() : document->root(), "Observation"), row.state);
}

// cds-hooks.md 4.4, row by row.
INSTANTIATE_TEST_SUITE_P(
    Prefetch, ShapeTest,
    testing::ValuesIn<Shape>({
        {"Absent", "", DatumState::kNotDelivered},
        {"Null", "null", DatumState::kNone},
        {"Resource", R"({"resourceType":"Observation"})", DatumState::kPrefetched},
        {"OtherResource", R"({"resourceType":"Condition"})", DatumState::kWrongType},
        {"NoResource", "{}", DatumState::kWrongType},
        {"Text", R"("none")", DatumState::kWrongType},
        {"List", "[]", DatumState::kWrongType},
        {"Failure", kFailure, DatumState::kFailed},
        {"Entries", Bundle(Of("Observation")), DatumState::kPrefetched},
        {"EntriesOfOtherTypesBeside", Bundle(Of("Observation") + "," + Of("Practitioner")),
         DatumState::kPrefetched},
        {"EntriesOfOtherTypesAlone", Bundle(Of("Condition")), DatumState::kWrongType},
        {"EmptyBundle", Bundle(""), DatumState::kNone},
        {"BundleWithoutEntry", R"({"resourceType":"Bundle","total":0})", DatumState::kNone},
        {"CountWithoutEntries", R"({"resourceType":"Bundle","total":3})", DatumState::kIncomplete},
        {"FirstPage", Bundle(Of("Observation"), Next("https://x/2")), DatumState::kIncomplete},
        {"EmptyFirstPage", Bundle("", Next("https://x/2")), DatumState::kIncomplete},
        {"FailureAsEntry", Bundle(R"({"resource":)" + kFailure + "}"), DatumState::kFailed},
        {"FailureBesideData", Bundle(Of("Observation") + R"(,{"resource":)" + kFailure + "}"),
         DatumState::kIncomplete},
        {"OutcomeByItsMode", Bundle(R"({"search":{"mode":"outcome"},"resource":{}})"),
         DatumState::kFailed},
    }),
    [](const auto& test) { return std::string(test.param.name); });

const std::vector<DataNeed>& Needs() {
  static const std::vector<DataNeed> kNeeds = {
      {"patient", "patient", "Patient", "Patient/{{context.patientId}}", true, true},
      {"conditions", "conditions", "Condition", "Condition?patient={{context.patientId}}", true,
       true},
      {"observations1", "observations", "Observation",
       "Observation?patient={{context.patientId}}&code=a", false, true},
      {"observations2", "observations", "Observation",
       "Observation?patient={{context.patientId}}&code=b", false, true},
  };
  return kNeeds;
}

/// Keys and values of a prefetch, with the meaning of each key.
class LedgerTest : public testing::Test {
 protected:
  void Arrive(std::string_view type, std::string_view key, const std::string& json) {
    documents_.push_back(std::move(*JsonDocument::Parse(json)));
    arrivals_.push_back({documents_.back().root(), type, key});
    record_.Add(documents_.back().root(), type);
  }
  std::vector<std::string> States() const {
    std::vector<std::string> states;
    for (const LedgerEntry& entry : Made()) {
      states.push_back(Spelling(entry.state) + (entry.reason.empty() ? "" : ": " + entry.reason));
    }
    return states;
  }
  Ledger Made() const { return LedgerOf(Needs(), arrivals_, record_); }
  std::vector<std::string> Tasks() const {
    std::vector<std::string> tasks;
    const Ledger ledger = Made();
    for (const FetchTask& task : TasksOf(Needs(), ledger, arrivals_)) {
      tasks.push_back(task.need->key + (task.next.empty() ? "" : " " + task.next));
    }
    return tasks;
  }

  std::vector<JsonDocument> documents_;
  std::vector<Arrival> arrivals_;
  fhir::Record record_{"pat-1"};
};

TEST_F(LedgerTest, NothingCame) {
  EXPECT_THAT(States(),
              ElementsAre("not-delivered", "not-delivered", "not-delivered", "not-delivered"));
  EXPECT_FALSE(IsPartial(Made(), "Observation"));
  EXPECT_THAT(Tasks(), ElementsAre("patient", "conditions", "observations1", "observations2"));
}

TEST_F(LedgerTest, WhatWasLookedForIsNotAskedForAgain) {
  Arrive("Patient", "patient", R"({"resourceType":"Patient","id":"pat-1"})");
  Arrive("Condition", "conditions", "null");
  Arrive("Observation", "observations1", kFailure);
  Arrive("Observation", "observations2", Bundle(""));
  EXPECT_THAT(States(), ElementsAre("prefetched", "none", "failed", "none"));
  EXPECT_THAT(Tasks(), ElementsAre());
}

TEST_F(LedgerTest, OneOfSeveralQueriesSaysNothingOfTheOthers) {
  Arrive("Observation", "observations1", Bundle(Of("Observation")));
  EXPECT_THAT(States(),
              ElementsAre("not-delivered", "not-delivered", "prefetched", "not-delivered"));
  EXPECT_TRUE(IsPartial(Made(), "Observation"));
  EXPECT_THAT(Tasks(), ElementsAre("patient", "conditions", "observations2"));
}

TEST_F(LedgerTest, OneKeyMayBringAllOfAType) {
  Arrive("Observation", "", Bundle(Of("Observation")));
  EXPECT_THAT(States(), ElementsAre("not-delivered", "not-delivered", "prefetched", "prefetched"));
  EXPECT_FALSE(IsPartial(Made(), "Observation"));
  EXPECT_THAT(Tasks(), ElementsAre("patient", "conditions"));
}

TEST_F(LedgerTest, KeysThatAreNotOursBringDataToo) {
  Arrive("", "", Bundle(Of("Condition") + "," + Of("Observation")));
  EXPECT_THAT(States(), ElementsAre("not-delivered", "prefetched", "prefetched", "prefetched"));
  EXPECT_THAT(Tasks(), ElementsAre("patient"));
}

TEST_F(LedgerTest, SomethingElseCameInItsPlace) {
  Arrive("Patient", "patient", R"({"resourceType":"Patient","id":"pat-2"})");
  Arrive("Condition", "conditions", Bundle(Of("Procedure")));
  Arrive("Observation", "observations1", Bundle(Of("Observation", "pat-2")));
  Arrive("Observation", "observations2", R"("later")");
  EXPECT_THAT(States(), ElementsAre("wrong-type: other-patient", "wrong-type",
                                    "wrong-type: other-patient", "wrong-type"));
  EXPECT_THAT(Tasks(), ElementsAre("patient", "conditions", "observations1", "observations2"));
}

TEST_F(LedgerTest, FurtherPagesAreAskedFor) {
  Arrive("Condition", "conditions", Bundle(Of("Condition"), Next("https://ehr.example/r4?page=2")));
  Arrive("Observation", "", Bundle(Of("Observation"), Next("https://ehr.example/r4?page=b")));
  EXPECT_THAT(States(), ElementsAre("not-delivered", "incomplete", "incomplete", "incomplete"));
  EXPECT_THAT(Tasks(), ElementsAre("patient", "conditions https://ehr.example/r4?page=2",
                                   "observations1 https://ehr.example/r4?page=b"));
}

}  // namespace
}  // namespace renal::hooks
