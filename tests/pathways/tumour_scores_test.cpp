#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pathways/scored.h"

namespace renal::pathways {
namespace {

using testing::Cancer;
using testing::Category;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::Observed;
using testing::Scored;

constexpr auto kName = [](const auto& test) { return std::string(test.param.name); };

constexpr std::string_view kEdition8 =
    R"("method": {"coding": [{"system": "http://snomed.info/sct", "code": "897275008"}]})";

// Categories as the specification writes them: "cT1a", "pN0".
std::string Tnm(const std::string& category, std::string_view more = kEdition8) {
  static const std::map<std::string, std::pair<std::string, std::string>> kCodes = {
      {"cTX", {"399504009", "1222604002"}},  {"cT0", {"399504009", "1228882005"}},
      {"cT1", {"399504009", "1228889001"}},  {"cT1a", {"399504009", "1228892002"}},
      {"cT1b", {"399504009", "1228895000"}}, {"cT2", {"399504009", "1228929004"}},
      {"cT2a", {"399504009", "1228931008"}}, {"cT2b", {"399504009", "1228934000"}},
      {"cT3", {"399504009", "1228938002"}},  {"cT3a", {"399504009", "1228939005"}},
      {"cT3b", {"399504009", "1228940007"}}, {"cT3c", {"399504009", "1228941006"}},
      {"cT4", {"399504009", "1228944003"}},  {"cNX", {"399534004", "1229966003"}},
      {"cN0", {"399534004", "1229967007"}},  {"cN1", {"399534004", "1229973008"}},
      {"pTX", {"384625004", "1228950008"}},  {"pT0", {"384625004", "1228951007"}},
      {"pT1", {"384625004", "1228957006"}},  {"pT1a", {"384625004", "1228959009"}},
      {"pT1b", {"384625004", "1228962007"}}, {"pT2", {"384625004", "1229852009"}},
      {"pT2a", {"384625004", "1229853004"}}, {"pT3", {"384625004", "1229859000"}},
      {"pT3a", {"384625004", "1229860005"}}, {"pT4", {"384625004", "1229864001"}},
      {"pNX", {"371494008", "1229945006"}},  {"pN0", {"371494008", "1229947003"}},
      {"pN1", {"371494008", "1229951001"}},  {"pN2", {"371494008", "1229957002"}}};
  const auto& [observation, value] = kCodes.at(category);
  return Category(observation, value, more);
}

struct StageCase {
  std::string_view name;
  std::string t, n;  // empty: not recorded
  std::string_view m;
  std::string_view stage;  // or why there is none
  std::string_view possible;

  friend void PrintTo(const StageCase& row, std::ostream* out) { *out << row.name; }
};

class StageGroupTest : public ::testing::TestWithParam<StageCase> {};

std::vector<std::string> Staged(const StageCase& row) {
  std::vector<std::string> resources{Cancer()};
  if (!row.t.empty()) resources.push_back(Tnm(row.t));
  if (!row.n.empty()) resources.push_back(Tnm(row.n));
  if (!row.m.empty()) resources.push_back(testing::Spread(row.m == "M1"));
  return resources;
}

TEST_P(StageGroupTest, FollowsTheTable) {
  const Scored scored(Staged(GetParam()));
  EXPECT_EQ(scored.Shown("stage_group"), GetParam().stage);
  EXPECT_EQ(scored.Possible("stage_group"), GetParam().possible);
}

INSTANTIATE_TEST_SUITE_P(Table, StageGroupTest,
                         ::testing::ValuesIn<StageCase>({
                             {"T1aN0M0", "cT1a", "cN0", "M0", "I", ""},
                             {"T1bN0M0", "cT1b", "cN0", "M0", "I", ""},
                             {"T1N0M0", "cT1", "cN0", "M0", "I", ""},
                             {"T2N0M0", "cT2", "cN0", "M0", "II", ""},
                             {"T2aN0M0", "cT2a", "cN0", "M0", "II", ""},
                             {"T2bN0M0", "cT2b", "cN0", "M0", "II", ""},
                             {"T3N0M0", "cT3", "cN0", "M0", "III", ""},
                             {"T3aN1M0", "cT3a", "cN1", "M0", "III", ""},
                             {"T3bNXM0", "cT3b", "cNX", "M0", "III", ""},
                             {"T3cN0M0", "cT3c", "cN0", "M0", "III", ""},
                             {"T1N1M0", "cT1", "cN1", "M0", "III", ""},
                             {"T1aN1M0", "cT1a", "cN1", "M0", "III", ""},
                             {"T2N1M0", "cT2", "cN1", "M0", "III", ""},
                             {"T0N1M0", "cT0", "cN1", "M0", "III", ""},
                             {"T4N0M0", "cT4", "cN0", "M0", "IV", ""},
                             {"T4N1M0", "cT4", "cN1", "M0", "IV", ""},
                             {"T4NXM0", "cT4", "cNX", "M0", "IV", ""},
                             {"T1aN0M1", "cT1a", "cN0", "M1", "IV", ""},
                             {"TXNXM1", "cTX", "cNX", "M1", "IV", ""},
                             {"T1NXM0", "cT1", "cNX", "M0", "unusable", ""},
                             {"T2NXM0", "cT2", "cNX", "M0", "unusable", ""},
                             {"TXN0M0", "cTX", "cN0", "M0", "unusable", ""},
                             {"TXN1M0", "cTX", "cN1", "M0", "unusable", ""},
                             {"T0N0M0", "cT0", "cN0", "M0", "unusable", ""},
                         }),
                         kName);

INSTANTIATE_TEST_SUITE_P(Unknown, StageGroupTest,
                         ::testing::ValuesIn<StageCase>({
                             {"NodesOfT3DoNotMatter", "cT3a", "", "M0", "III", ""},
                             {"NodesOfT1Do", "cT1a", "", "M0", "absent", "I|III"},
                             {"NodesOfT2Do", "cT2", "", "M0", "absent", "II|III"},
                             {"MetastasisOfT4DoesNotMatter", "cT4", "cN0", "", "IV", ""},
                             {"MetastasisOfT3Does", "cT3", "cN0", "", "absent", "III|IV"},
                             {"MetastasisOfT1Does", "cT1", "cN0", "", "absent", "I|IV"},
                             {"OnlyMetastasis", "", "", "M1", "IV", ""},
                             {"OnlyNoMetastasis", "", "", "M0", "absent", "I|II|III|IV"},
                             {"PrimaryUnknownWithNodes", "", "cN1", "M0", "absent", "III|IV"},
                             {"PrimaryUnknownWithoutNodes", "", "cN0", "M0", "absent",
                              "I|II|III|IV"},
                             {"PrimaryNotAssessable", "cTX", "cN0", "", "absent", "IV"},
                             {"Nothing", "", "", "", "absent", "I|II|III|IV"},
                         }),
                         kName);

TEST(StageGroupTest, SaysWhyThereIsNone) {
  const Scored nx(Staged({.t = "cT1", .n = "cNX", .m = "M0"}));
  EXPECT_THAT(nx.Remarks("stage_group"),
              ElementsAre("The regional nodes could not be assessed (NX), and the stage depends on "
                          "them."));
  const Scored invalid(Staged({.t = "cT0", .n = "cN0", .m = "M0"}));
  EXPECT_THAT(invalid.Remarks("stage_group"),
              ElementsAre("T0 N0 M0 is no stage: please check the categories."));
  const Scored missing(Staged({.t = "cT1", .n = "", .m = "M0"}));
  EXPECT_THAT(missing.Missing("stage_group"), ElementsAre("Regional nodes (N)"));
}

TEST(StageGroupTest, TheSpecimenGoesBeforeTheClinicalCategory) {
  const Scored scored({Cancer(), testing::Spread(false), Tnm("cT1a"), Tnm("cN0"),
                       testing::ObservedOn("2025-12-01", testing::kSnomed, "384625004",
                                           testing::ConceptValue(testing::kSnomed, "1229860005"))});
  EXPECT_EQ(scored.Shown("t_category"), "T3");
  EXPECT_EQ(scored.Shown("stage_group"), "III");
}

TEST(StageGroupTest, NamesTheEditionOfTheCategory) {
  const auto edition = [](std::string_view code, std::string_view system) {
    const std::string method = R"("method": {"coding": [{"system": ")" + std::string(system) +
                               R"(", "code": ")" + std::string(code) + "\"}]}";
    return Scored({Cancer(), testing::Spread(false), Tnm("cT3a", code.empty() ? "" : method)})
        .Remarks("stage_group");
  };
  EXPECT_THAT(edition("897275008", testing::kSnomed), IsEmpty());
  constexpr char kBefore[] = "The T category is recorded by an edition before the 8th.";
  EXPECT_THAT(edition("443830009", testing::kSnomed), ElementsAre(kBefore));
  EXPECT_THAT(edition("444256004", testing::kSnomed), ElementsAre(kBefore));
  EXPECT_THAT(edition("1269566009", testing::kSnomed),
              ElementsAre("The T category is recorded by the 9th version."));
  EXPECT_THAT(edition("C188404", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"),
              ElementsAre("The T category is recorded by UICC."));
  EXPECT_THAT(edition("", ""),
              ElementsAre("The edition of the recorded T category is not stated."));
}

// ---- Leibovich

std::string SpecimenSize(std::string_view cm) {
  return Observed(
      testing::kLoinc, "33728-7", testing::QuantityValue(cm, "cm"),
      R"("method": {"coding": [{"system": "http://snomed.info/sct", "code": "787377000"}]})");
}
std::string IsupGrade(std::string_view grade) {
  return Observed(testing::kLocal, "isup-grade", "\"valueInteger\": " + std::string(grade));
}
std::string Necrosis(std::string_view percent) {
  return Observed(testing::kSnomed, "405921002", testing::QuantityValue(percent, "%"));
}

struct LeibovichCase {
  std::string_view name;
  std::string t, n;
  std::string_view size, grade, necrosis;  // empty: not recorded
  std::string_view points;
  std::string_view group;
  std::string_view possible;

  friend void PrintTo(const LeibovichCase& row, std::ostream* out) { *out << row.name; }
};

std::vector<std::string> Specimen(const LeibovichCase& row) {
  std::vector<std::string> resources{Cancer(), testing::Nephrectomy(), testing::Spread(false)};
  if (!row.t.empty()) resources.push_back(Tnm(row.t));
  if (!row.n.empty()) resources.push_back(Tnm(row.n));
  if (!row.size.empty()) resources.push_back(SpecimenSize(row.size));
  if (!row.grade.empty()) resources.push_back(IsupGrade(row.grade));
  if (!row.necrosis.empty()) resources.push_back(Necrosis(row.necrosis));
  return resources;
}

class LeibovichTest : public ::testing::TestWithParam<LeibovichCase> {};

TEST_P(LeibovichTest, AddsUp) {
  const Scored scored(Specimen(GetParam()));
  EXPECT_EQ(scored.Shown("leibovich_points"), GetParam().points);
  EXPECT_EQ(scored.Shown("leibovich_risk"), GetParam().group);
  EXPECT_EQ(scored.Possible("leibovich_risk"), GetParam().possible);
}

INSTANTIATE_TEST_SUITE_P(
    Examples, LeibovichTest,
    ::testing::ValuesIn<LeibovichCase>({
        {"Smallest", "pT1a", "pN0", "3", "2", "0", "0", "low", ""},
        {"T1b", "pT1b", "pNX", "6", "3", "0", "3", "intermediate", ""},
        {"T2", "pT2", "pNX", "9", "2", "0", "3", "intermediate", ""},
        {"T3a", "pT3a", "pN0", "8", "3", "5", "6", "high", ""},
        {"Largest", "pT3a", "pN1", "12", "4", "30", "11", "high", ""},
        {"Exactly10", "pT2", "pN0", "10.0", "1", "0", "4", "intermediate", ""},
        {"JustBelow10", "pT2", "pN0", "9.99", "1", "0", "3", "intermediate", ""},
        {"JustAbove10", "pT2", "pN0", "10.01", "1", "0", "4", "intermediate", ""},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Items, LeibovichTest,
    ::testing::ValuesIn<LeibovichCase>({
        {"T4AsT3", "pT4", "pN0", "8", "1", "0", "4", "intermediate", ""},
        {"T2a", "pT2a", "pN0", "8", "1", "0", "3", "intermediate", ""},
        {"N2OfOlderEditionsAsN1", "pT1a", "pN2", "3", "1", "0", "2", "low", ""},
        {"Grade1", "pT1a", "pN0", "3", "1", "0", "0", "low", ""},
        {"Grade3", "pT1a", "pN0", "3", "3", "0", "1", "low", ""},
        {"Grade4", "pT1a", "pN0", "3", "4", "0", "3", "intermediate", ""},
        {"LittleNecrosis", "pT1a", "pN0", "3", "1", "1", "1", "low", ""},
        {"TwoIsLow", "pT1b", "pN0", "5", "2", "0", "2", "low", ""},
        {"FiveIsIntermediate", "pT3a", "pN0", "8", "2", "5", "5", "intermediate", ""},
        {"T1WithoutLetterAt4", "pT1", "pN0", "4.0", "1", "0", "0", "low", ""},
        {"T1WithoutLetterAbove4", "pT1", "pN0", "4.01", "1", "0", "2", "low", ""},
        {"T1WithoutLetterAt7", "pT1", "pN0", "7", "1", "0", "2", "low", ""},
        {"T1OfAnImpossibleSize", "pT1", "pN0", "7.01", "1", "0", "unusable", "absent",
         "low|intermediate|high"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Missing, LeibovichTest,
    ::testing::ValuesIn<LeibovichCase>({
        {"Tumour", "", "pN0", "3", "1", "0", "<= 4", "absent", "low|intermediate"},
        {"Nodes", "pT1a", "", "3", "1", "0", "<= 2", "low", ""},
        {"Size", "pT1a", "pN0", "", "1", "0", "<= 1", "low", ""},
        {"Grade", "pT1a", "pN0", "3", "", "0", "<= 3", "absent", "low|intermediate"},
        {"NecrosisMatters", "pT1b", "pN0", "5", "1", "", "[2 .. 3]", "absent", "low|intermediate"},
        {"NecrosisDoesNotMatter", "pT3a", "pN1", "8", "3", "", "[7 .. 8]", "high", ""},
        {"LetterOfT1", "pT1", "pN0", "", "1", "0", "<= 3", "absent", "low|intermediate"},
        {"Everything", "", "", "", "", "", "absent", "absent", "low|intermediate|high"},
        {"TumourNotAssessable", "pTX", "pN0", "3", "1", "0", "<= 4", "absent", "low|intermediate"},
        {"ClinicalCategoriesDoNotCount", "cT1a", "cN0", "3", "1", "0", "<= 6", "absent",
         "low|intermediate|high"},
    }),
    kName);

const LeibovichCase kComplete{"", "pT1b", "pN0", "6", "3", "0", "", "", ""};

TEST(LeibovichTest, NamesWhatIsMissingOrOutside) {
  LeibovichCase row = kComplete;
  row.t = "pT1";
  row.size = "";
  row.n = "";
  const Scored missing(Specimen(row));
  EXPECT_THAT(missing.Missing("leibovich_points"),
              ElementsAre("Primary tumour (pT)", "Regional nodes (pN)", "Largest diameter"));
  EXPECT_THAT(missing.MissingInputs("leibovich_points", "Primary tumour (pT)"),
              ElementsAre("specimen_size_cm"));
  EXPECT_THAT(missing.MissingInputs("leibovich_points", "Regional nodes (pN)"),
              ElementsAre("pn_category"));
  row = kComplete;
  row.t = "pT1";
  row.size = "8";
  EXPECT_THAT(Scored(Specimen(row)).Outside("leibovich_points"),
              ElementsAre("Primary tumour (pT)"));
}

TEST(LeibovichTest, IsForTumoursThatWereRemovedAndHaveNotSpread) {
  auto in_place = Specimen(kComplete);
  in_place.erase(in_place.begin() + 1);  // no operation on record
  EXPECT_EQ(Scored(in_place).Shown("leibovich_risk"), "not-applicable");
  auto metastatic = Specimen(kComplete);
  metastatic[2] = testing::Spread(true);
  EXPECT_EQ(Scored(metastatic).Shown("leibovich_risk"), "not-applicable");
  auto unknown = Specimen(kComplete);
  unknown.erase(unknown.begin() + 2);
  EXPECT_EQ(Scored(unknown).Shown("leibovich_points"), "absent");
  EXPECT_THAT(Scored(unknown).Missing("leibovich_points"), ElementsAre("Distant metastasis"));
  EXPECT_FALSE(Scored(unknown).State("leibovich_risk").score->shown);
  EXPECT_TRUE(Scored(Specimen(kComplete)).State("leibovich_risk").score->shown);
}

TEST(LeibovichTest, SaysWhatItWasMadeFor) {
  constexpr char kBuilt[] = "Built on TNM 2002 and Fuhrman grade, for clear cell tumours.";
  constexpr char kIsup[] = "Applied to a WHO/ISUP grade.";
  EXPECT_THAT(Scored(Specimen(kComplete)).Remarks("leibovich_risk"), ElementsAre(kBuilt, kIsup));
  LeibovichCase row = kComplete;
  row.grade = "";
  auto other_scale = Specimen(row);
  other_scale.push_back(Observed("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C18000",
                                 R"("valueInteger": 3)"));
  EXPECT_EQ(Scored(other_scale).Shown("leibovich_points"), "3");
  EXPECT_THAT(Scored(other_scale).Remarks("leibovich_risk"), ElementsAre(kBuilt));
  row = kComplete;
  row.size = "10";
  EXPECT_THAT(Scored(Specimen(row)).Remarks("leibovich_risk"),
              Contains("A tumour of exactly 10 cm counts as 10 cm or more."));
  // The code of the diagnosis names the clear cell type too: a contradiction, so not known.
  auto contradicted = Specimen(kComplete);
  contradicted[0] = Cancer(
      "2026-01-10",
      R"("extension": [{"url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior", "valueCodeableConcept": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "8260/3"}]}}])");
  EXPECT_THAT(Scored(contradicted).Remarks("leibovich_risk"), ElementsAre(kBuilt, kIsup));
  auto papillary = contradicted;
  const std::string clear_cell = "254915003";
  papillary[0].replace(papillary[0].find(clear_cell), clear_cell.size(), "702391001");
  EXPECT_THAT(
      Scored(papillary).Remarks("leibovich_risk"),
      Contains("This tumour is not of the clear cell type: the score was not made for it."));
}

// ---- R.E.N.A.L.

struct RenalCase {
  std::string_view name;
  std::string_view size;              // cm on imaging
  std::string_view r, e, n, a, l, h;  // recorded points, descriptor, "true"; empty: not recorded
  std::string_view points;
  std::string_view complexity;
  std::string_view notation;

  friend void PrintTo(const RenalCase& row, std::ostream* out) { *out << row.name; }
};

std::vector<std::string> Measured(const RenalCase& row) {
  std::vector<std::string> resources{Cancer()};
  const auto add = [&](std::string_view code, const std::string& value) {
    resources.push_back(Observed(testing::kLocal, code, value));
  };
  const auto points = [&](std::string_view code, std::string_view value) {
    if (!value.empty()) add(code, "\"valueInteger\": " + std::string(value));
  };
  if (!row.size.empty()) {
    resources.push_back(
        Observed(testing::kLoinc, "21889-1", testing::QuantityValue(row.size, "cm")));
  }
  points("nephrometry-radius", row.r);
  points("nephrometry-exophytic", row.e);
  points("nephrometry-nearness", row.n);
  points("nephrometry-location", row.l);
  if (!row.a.empty())
    add("nephrometry-anterior", "\"valueString\": \"" + std::string(row.a) + "\"");
  if (!row.h.empty()) add("nephrometry-hilar", "\"valueBoolean\": " + std::string(row.h));
  return resources;
}

class RenalTest : public ::testing::TestWithParam<RenalCase> {};

TEST_P(RenalTest, AddsUp) {
  const Scored scored(Measured(GetParam()));
  EXPECT_EQ(scored.Shown("renal_points"), GetParam().points);
  EXPECT_EQ(scored.Shown("renal_complexity"), GetParam().complexity);
  EXPECT_EQ(scored.State("renal_complexity").score->notation, GetParam().notation);
  EXPECT_EQ(scored.State("renal_points").score->notation, GetParam().notation);
}

INSTANTIATE_TEST_SUITE_P(
    Examples, RenalTest,
    ::testing::ValuesIn<RenalCase>({
        {"Simplest", "3.2", "", "1", "1", "a", "1", "false", "4", "low", "4a"},
        {"Hardest", "7.0", "", "3", "3", "x", "3", "true", "12", "high", "12xh"},
        {"Between", "5", "", "2", "2", "p", "2", "false", "8", "moderate", "8p"},
        {"AsPrinted", "5", "", "2", "2", "p", "1", "true", "7", "moderate", "7ph"},
        {"CapitalDescriptor", "5", "", "2", "2", "P", "2", "false", "8", "moderate", "8p"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Limits, RenalTest,
    ::testing::ValuesIn<RenalCase>({
        {"At4", "4", "", "1", "1", "a", "1", "false", "4", "low", "4a"},
        {"Above4", "4.01", "", "1", "1", "a", "1", "false", "5", "low", "5a"},
        {"Below7", "6.99", "", "1", "1", "a", "1", "false", "5", "low", "5a"},
        {"At7", "7", "", "1", "1", "a", "1", "false", "6", "low", "6a"},
        {"SixIsLow", "3", "", "2", "2", "a", "1", "false", "6", "low", "6a"},
        {"SevenIsModerate", "3", "", "2", "2", "a", "2", "false", "7", "moderate", "7a"},
        {"NineIsModerate", "3", "", "3", "3", "a", "2", "false", "9", "moderate", "9a"},
        {"TenIsHigh", "3", "", "3", "3", "a", "3", "false", "10", "high", "10a"},
        {"RecordedRadiusGoesFirst", "3", "2", "1", "1", "a", "1", "false", "5", "low", "5a"},
        {"RecordedRadiusAlone", "", "3", "1", "1", "a", "1", "false", "6", "low", "6a"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(Missing, RenalTest,
                         ::testing::ValuesIn<RenalCase>({
                             {"R", "", "", "1", "1", "a", "1", "false", "<= 6", "low", ""},
                             {"E", "3", "", "", "1", "a", "1", "false", "<= 6", "low", ""},
                             {"N", "3", "", "3", "", "a", "3", "false", "[8 .. 10]", "absent", ""},
                             {"L", "8", "", "3", "3", "a", "", "false", ">= 10", "high", ""},
                             {"A", "3", "", "1", "1", "", "1", "false", "4", "low", ""},
                             {"H", "3", "", "1", "1", "a", "1", "", "4", "low", ""},
                             {"Everything", "", "", "", "", "", "", "", "absent", "absent", ""},
                         }),
                         kName);

TEST(RenalTest, IsShownWhereItIsRecorded) {
  const RenalCase only_size{.size = "3"};
  EXPECT_FALSE(Scored(Measured(only_size)).State("renal_complexity").score->shown);
  RenalCase recorded = only_size;
  recorded.n = "2";
  EXPECT_TRUE(Scored(Measured(recorded)).State("renal_complexity").score->shown);
  EXPECT_THAT(Scored(Measured(recorded)).Missing("renal_complexity"),
              ElementsAre("E (exophytic part)", "L (location to the polar lines)",
                          "A (anterior, posterior or neither)",
                          "h (touches the main renal artery or vein)"));
  auto removed = Measured(recorded);
  removed.erase(removed.begin() + 1);
  removed.push_back(testing::Nephrectomy());
  EXPECT_EQ(Scored(removed).Shown("renal_complexity"), "not-applicable");
}

TEST(RenalTest, PointsBeyondTheirRangeDoNotCount) {
  RenalCase row{.size = "3"};
  row.e = "4";
  EXPECT_EQ(Scored(Measured(row)).Points("renal_points", "E (exophytic part)"), "[1 .. 3]");
}

}  // namespace
}  // namespace renal::pathways
