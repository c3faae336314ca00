#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/evaluated.h"

// The demonstration pathway of the format description, with its cases as records (pathway-format
// section 15).
namespace renal::pathways::testing {
namespace {

using Texts = std::vector<std::string>;

std::string Coded(std::string_view system, std::string_view code) {
  return R"({"coding": [{"system": ")" + std::string(system) + R"(", "code": ")" +
         std::string(code) + "\"}]}";
}
std::string Demo(std::string_view code) { return Coded("https://example.org/cs/demo", code); }

std::string Observed(std::string_view id, const std::string& code, const std::string& value) {
  return R"({"resourceType": "Observation", "id": ")" + std::string(id) +
         R"(", "status": "final", "subject": {"reference": "Patient/p"}, "effectiveDateTime": "2026-02-20", "code": )" +
         code + ", " + value + "}";
}

std::string Tumour() {
  return R"({"resourceType": "Condition", "id": "tumour", "subject": {"reference": "Patient/p"},
    "clinicalStatus": {"coding": [{"code": "active"}]}, "code": )" +
         Demo("rcc") + "}";
}
std::string Spread(std::string_view category) {
  return Observed("m", Coded("http://loinc.org", "21907-1"),
                  "\"valueCodeableConcept\": " + Demo(category));
}
std::string Located(std::string_view place) {
  return Observed("location", Demo("tumour-location"), "\"valueCodeableConcept\": " + Demo(place));
}
std::string Sized(std::string_view number, std::string_view unit = "cm") {
  return Observed("size", Coded("http://loinc.org", "21889-1"),
                  R"("component": [{"code": )" + Coded("http://loinc.org", "33728-7") + ", " +
                      Quantity(number, unit) + "}]");
}

struct DemoCase {
  std::string name;
  std::vector<std::string> resources;
  std::string born;
  std::string outcome;
  Texts results;
  Texts asked = {};

  friend void PrintTo(const DemoCase& row, std::ostream* out) { *out << row.name; }
};

class DemoPathwayTest : public ::testing::TestWithParam<DemoCase> {};

TEST_P(DemoPathwayTest, GivesWhatItsCasesSay) {
  const std::filesystem::path file =
      std::filesystem::path(RENAL_SHARED) / "spec/kidney-demo.pathway.json";
  if (!std::filesystem::exists(file))
    GTEST_SKIP() << "the format description is not beside the sources";
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const DemoCase& row = GetParam();
  std::vector<std::string> resources = row.resources;
  resources.push_back(Tumour());
  const Evaluated run(LoadText(text), resources, {}, kNow, {}, row.born);
  EXPECT_EQ(Spelling(run.outcome().kind), row.outcome);
  EXPECT_EQ(run.Results(), row.results);
  EXPECT_EQ(run.Asked(), row.asked);
}

constexpr const char* kEighty = "1946-01-01";
const std::string kM0 = Spread("cM0");
const std::string kM1 = Spread("cM1");
const std::string kOutside = Located("peripheral");
const std::string kCentral = Located("central");

// Where a nephrectomy is among the results, the kidney function decides whether the board comes
// besides.
INSTANTIATE_TEST_SUITE_P(
    Cases, DemoPathwayTest,
    ::testing::ValuesIn<DemoCase>({
        {"SmallOlder",
         {kM0, kOutside, Sized("1.8")},
         kEighty,
         "recommendation",
         {"L1 active-surveillance R", "L1 partial-nephrectomy R"}},
        {"SmallAtTheAgeLimit",
         {kM0, kOutside, Sized("1.8")},
         "1951-03-02",
         "recommendation",
         {"L1 active-surveillance R", "L1 partial-nephrectomy R"}},
        {"SmallYounger",
         {kM0, kOutside, Sized("18", "mm")},
         "1951-03-03",
         "recommendation",
         {"L2 partial-nephrectomy R"}},
        {"ExactlyTwo",
         {kM0, kOutside, Sized("2")},
         kEighty,
         "recommendation",
         {"L3 partial-nephrectomy R"}},
        {"JustBelowSeven",
         {kM0, kOutside, Sized("6.99")},
         kEighty,
         "recommendation",
         {"L3 partial-nephrectomy R"}},
        {"ExactlySeven",
         {kM0, kOutside, Sized("7.0")},
         kEighty,
         "recommendation",
         {"L4 partial-nephrectomy R", "L4 radical-nephrectomy R", "L4 tumour-board R"},
         {"egfr"}},
        {"ExactlySevenInMillimetres",
         {kM0, kOutside, Sized("70", "mm")},
         kEighty,
         "recommendation",
         {"L4 partial-nephrectomy R", "L4 radical-nephrectomy R", "L4 tumour-board R"},
         {"egfr"}},
        {"ExactlySevenInMetres",
         {kM0, kOutside, Sized("0.07", "m")},
         kEighty,
         "recommendation",
         {"L4 partial-nephrectomy R", "L4 radical-nephrectomy R", "L4 tumour-board R"},
         {"egfr"}},
        {"JustAboveSeven",
         {kM0, kOutside, Sized("7.01")},
         kEighty,
         "recommendation",
         {"L5 radical-nephrectomy R"},
         {"egfr"}},
        {"CentralSizeUnknown",
         {kM0, kCentral},
         kEighty,
         "recommendation",
         {"L6 radical-nephrectomy R"},
         {"egfr"}},
        {"CentralAndSmall",
         {kM0, kCentral, Sized("1.5")},
         kEighty,
         "recommendation",
         {"L6 radical-nephrectomy R"},
         {"egfr"}},
        {"EightLocationUnknown",
         {kM0, Sized("8")},
         kEighty,
         "recommendation",
         {"L5 radical-nephrectomy R"},
         {"egfr"}},
        {"FiveLocationUnknown",
         {kM0, Sized("5")},
         kEighty,
         "need-data",
         {"L3 partial-nephrectomy K", "L6 radical-nephrectomy K"},
         {"tumorLocation", "egfr"}},
        {"SpreadUnknown", {kOutside, Sized("5")}, kEighty, "need-data", {}, {"metastatic"}},
        {"ClearCellNoRiskFactor",
         {kM1, Observed("h", Demo("histology"), "\"valueCodeableConcept\": " + Demo("clear-cell")),
          Observed("r", Demo("risk-factor-count"), "\"valueInteger\": 0")},
         kEighty,
         "recommendation",
         {"M1 io-combination R", "M1 tki-mono R"}},
        {"ClearCellOneRiskFactor",
         {kM1, Observed("h", Demo("histology"), "\"valueCodeableConcept\": " + Demo("clear-cell")),
          Observed("r", Demo("risk-factor-count"), "\"valueInteger\": 1")},
         kEighty,
         "recommendation",
         {"M2 io-combination R"}},
        {"ClearCellRiskUnknown",
         {kM1, Observed("h", Demo("histology"), "\"valueCodeableConcept\": " + Demo("clear-cell"))},
         kEighty,
         "need-data",
         {"M1 io-combination K", "M1 tki-mono K", "M2 io-combination K"},
         {"riskFactorCount"}},
        {"Child", {kM0, kOutside, Sized("5")}, "2010-01-01", "not-applicable", {}},
        {"NoBirthDateToKnowWhetherItApplies", {kM0, kOutside, Sized("5")}, "", "need-data", {}},
    }),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace renal::pathways::testing
