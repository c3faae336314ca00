#include "hooks/internal/masked_outcome.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "hooks/internal/unit_names.h"
#include "pathways/definitions.h"

namespace renal::hooks::internal {
namespace {

Pseudonyms Made(const std::string& key) {
  const std::string file = testing::TempDir() + "masked_outcome_key";
  std::ofstream(file) << key;
  std::ostringstream messages;
  return *Pseudonyms::Open(file, messages);
}

const Pseudonyms& Names() {
  static const Pseudonyms kNames = Made("a key of more than 16 bytes");
  return kNames;
}

std::string Masked(const std::string& reference) {
  pathways::Outcome outcome;
  outcome.pathway = pathways::ShippedPathway("onc-kidney-2018");
  outcome.recommendations.emplace_back().focus = reference;
  MaskOutcome(Names(), outcome);
  return outcome.recommendations.front().focus;
}

TEST(MaskOutcomeTest, SidesStayWhatTheyAre) {
  EXPECT_EQ(Masked("left"), "left");
  EXPECT_EQ(Masked(""), "");
}

TEST(MaskOutcomeTest, ReferencesKeepTheirTypeAlone) {
  EXPECT_EQ(Masked("Condition/met-1"), "Condition/" + Names().Of("Condition/met-1"));
  EXPECT_EQ(Masked("Observation"), "Observation");
  for (const std::string whole :
       {"urn:uuid:9f0c", "https://ehr.example/Condition/met-1", "#met", "/met-1"}) {
    EXPECT_EQ(Masked(whole), Names().Of(whole)) << whole;
  }
}

struct Amount {
  std::string recorded;
  bool stays;
};

TEST(MaskOutcomeTest, OfWhatWasRecordedOnlyAmountsStay) {
  for (const auto& [recorded, stays] : std::initializer_list<Amount>{{"70 'mm'", true},
                                                                     {"< 6.5 'cm'", true},
                                                                     {"1950-03-01", false},
                                                                     {"Ola 7 'cm'", false},
                                                                     {"7 cm, Ola 'cm'", false},
                                                                     {"Ola", false}}) {
    pathways::Outcome outcome;
    outcome.pathway = pathways::ShippedPathway("onc-kidney-2018");
    pathways::InputState& state = outcome.patient_inputs.emplace_back();
    state.from.push_back({.reference = "Observation/o1", .display = "Ola", .recorded = recorded});
    state.dropped.push_back({.evidence = {.version_id = "Ola", .recorded = recorded}});
    MaskOutcome(Names(), outcome);
    EXPECT_EQ(state.from.front().recorded, stays ? recorded : "") << recorded;
    EXPECT_EQ(state.dropped.front().evidence.recorded, stays ? recorded : "") << recorded;
    EXPECT_EQ(state.from.front().display, "");
    EXPECT_EQ(state.dropped.front().evidence.version_id, "");
  }
}

TEST(UnitNamesTest, GivePatientsBack) {
  const UnitNames plain, hidden(&Names());
  EXPECT_EQ(plain.KeyOf("p-1"), "p-1");
  EXPECT_EQ(plain.PatientOf("p-1 000000000003"), "p-1");
  EXPECT_TRUE(hidden.KeyOf("p-1").starts_with(Names().Of("p-1")));
  EXPECT_EQ(hidden.PatientOf(hidden.KeyOf("p-1") + " 000000000003"), "p-1");
}

}  // namespace
}  // namespace renal::hooks::internal
