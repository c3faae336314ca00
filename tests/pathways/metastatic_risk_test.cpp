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
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Lab;
using testing::Observed;
using testing::ObservedOn;
using testing::Scored;

using Changes = std::map<std::string, std::string>;  // an empty text takes the datum away

std::string Karnofsky(std::string_view value) {
  return Observed(testing::kLoinc, "89243-0", "\"valueInteger\": " + std::string(value));
}
std::string Ecog(std::string_view value) {
  return Observed(testing::kLoinc, "89247-1", "\"valueInteger\": " + std::string(value));
}
std::string Haemoglobin(std::string_view value, std::string_view low = "11.7") {
  return Lab("718-7", value, "g/dL", low, "15.3");
}
std::string Calcium(std::string_view value, std::string_view high = "2.51") {
  return Lab("29265-6", value, "mmol/L", "2.15", high);
}
std::string Neutrophils(std::string_view value, std::string_view high = "7.3") {
  return Lab("751-8", value, "10*9/L", "1.5", high);
}
std::string Platelets(std::string_view value, std::string_view high = "387") {
  return Lab("777-3", value, "10*9/L", "165", high);
}
std::string Ldh(std::string_view value, std::string_view high = "205") {
  return Lab("2532-0", value, "U/L", "105", high);
}
std::string Administered(std::string_view day, std::string_view code = "357977",
                         std::string_view more = {}) {
  return R"({"resourceType": "MedicationAdministration", "id": "a", "status": "completed",
    "subject": {"reference": "Patient/p"}, "effectivePeriod": {"start": ")" +
         std::string(day) +
         R"(", "end": "2026-02-28"}, "medicationCodeableConcept": {"coding": [{"system":
    "http://www.nlm.nih.gov/research/umls/rxnorm", "code": ")" +
         std::string(code) + "\"}]}" + std::string(more) + "}";
}
std::string Prescribed(std::string_view day, std::string_view status = "active") {
  return R"({"resourceType": "MedicationRequest", "id": "r", "intent": "order",
    "subject": {"reference": "Patient/p"}, "status": ")" +
         std::string(status) + R"(", "authoredOn": ")" + std::string(day) +
         R"(", "medicationCodeableConcept": {"coding": [{"system": "http://www.whocc.no/atc",
    "code": "L01EX03"}]}})";
}

// Metastatic, diagnosed more than a year ago, and no factor of either score present.
std::vector<std::string> Patient(const Changes& changes) {
  Changes all{{"cancer", Cancer("2024-11-05")}, {"m", testing::Spread(true)},
              {"karnofsky", Karnofsky("90")},   {"hb", Haemoglobin("13.1")},
              {"ca", Calcium("2.3")},           {"neutrophils", Neutrophils("5.0")},
              {"platelets", Platelets("300")},  {"ldh", Ldh("180")}};
  for (const auto& [name, text] : changes) all[name] = text;
  std::vector<std::string> resources;
  for (const auto& [name, text] : all) {
    if (!text.empty()) resources.push_back(text);
  }
  return resources;
}

struct RiskCase {
  std::string_view name;
  Changes changes;
  std::string_view points;
  std::string_view risk;  // or why there is none
  std::string_view possible;

  friend void PrintTo(const RiskCase& row, std::ostream* out) { *out << row.name; }
};

class ImdcTest : public ::testing::TestWithParam<RiskCase> {};
class MskccTest : public ::testing::TestWithParam<RiskCase> {};

void ExpectRisk(const RiskCase& row, const std::string& score) {
  const Scored scored(Patient(row.changes));
  EXPECT_EQ(scored.Shown(score + "_points"), row.points);
  EXPECT_EQ(scored.Shown(score + "_risk"), row.risk);
  EXPECT_EQ(scored.Possible(score + "_risk"), row.possible);
  for (const Question& question : scored.outcome().ask) {  // scores inform, they ask nothing
    EXPECT_FALSE(scored.outcome().pathway->inputs[question.input].information);
  }
}

TEST_P(ImdcTest, CountsWhatIsKnown) { ExpectRisk(GetParam(), "imdc"); }
TEST_P(MskccTest, CountsWhatIsKnown) { ExpectRisk(GetParam(), "mskcc"); }

constexpr auto kName = [](const auto& test) { return std::string(test.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Groups, ImdcTest,
    ::testing::ValuesIn<RiskCase>({
        {"NoneOfSix", {}, "0", "favourable", ""},
        {"LowHaemoglobinSoonAfterTheDiagnosis",
         {{"cancer", Cancer("2025-10-02")}, {"hb", Haemoglobin("10.9")}},
         "2",
         "intermediate",
         ""},
        {"One", {{"hb", Haemoglobin("10.9")}}, "1", "intermediate", ""},
        {"Three",
         {{"hb", Haemoglobin("10.9")}, {"platelets", Platelets("480")}, {"ca", Calcium("2.6")}},
         "3",
         "poor",
         ""},
        {"AllButTheCondition",
         {{"cancer", Cancer("2025-10-02")},
          {"hb", Haemoglobin("10.9")},
          {"ca", Calcium("2.6")},
          {"neutrophils", Neutrophils("9")},
          {"platelets", Platelets("480")}},
         "5",
         "poor",
         ""},
        {"TwoAndOneMissing",
         {{"hb", Haemoglobin("10.9")}, {"platelets", Platelets("480")}, {"ca", ""}},
         "[2 .. 3]",
         "absent",
         "intermediate|poor"},
        {"OneMissing", {{"neutrophils", ""}}, "<= 1", "absent", "favourable|intermediate"},
        {"ThreeMissing",
         {{"neutrophils", ""}, {"platelets", ""}, {"ca", ""}},
         "<= 3",
         "absent",
         "favourable|intermediate|poor"},
        {"OneAndOneMissingIsIntermediateAllTheSame",
         {{"hb", Haemoglobin("10.9")}, {"ca", ""}},
         "[1 .. 2]",
         "intermediate",
         ""},
        {"ThreeAndThreeMissingIsPoorAlready",
         {{"cancer", Cancer("2025-10-02")},
          {"hb", Haemoglobin("10.9")},
          {"platelets", Platelets("480")},
          {"ca", ""},
          {"neutrophils", ""}},
         "[3 .. 5]",
         "poor",
         ""},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Limits, ImdcTest,
    ::testing::ValuesIn<RiskCase>({
        {"Karnofsky80", {{"karnofsky", Karnofsky("80")}}, "0", "favourable", ""},
        {"HaemoglobinAtTheLimit", {{"hb", Haemoglobin("11.7")}}, "0", "favourable", ""},
        {"HaemoglobinBelow", {{"hb", Haemoglobin("11.6")}}, "1", "intermediate", ""},
        {"HaemoglobinAbove", {{"hb", Haemoglobin("11.8")}}, "0", "favourable", ""},
        {"CalciumAtTheLimit", {{"ca", Calcium("2.51")}}, "0", "favourable", ""},
        {"CalciumAbove", {{"ca", Calcium("2.52")}}, "1", "intermediate", ""},
        {"CalciumBelow", {{"ca", Calcium("2.50")}}, "0", "favourable", ""},
        {"NeutrophilsAtTheLimit", {{"neutrophils", Neutrophils("7.30")}}, "0", "favourable", ""},
        {"NeutrophilsAbove", {{"neutrophils", Neutrophils("7.31")}}, "1", "intermediate", ""},
        {"NeutrophilsBelow", {{"neutrophils", Neutrophils("7.29")}}, "0", "favourable", ""},
        {"PlateletsAtTheLimit", {{"platelets", Platelets("387")}}, "0", "favourable", ""},
        {"PlateletsAbove", {{"platelets", Platelets("388")}}, "1", "intermediate", ""},
        {"PlateletsBelow", {{"platelets", Platelets("386")}}, "0", "favourable", ""},
        {"OneYearToTheDay", {{"cancer", Cancer("2025-03-02")}}, "0", "favourable", ""},
        {"OneDayLessThanAYear", {{"cancer", Cancer("2025-03-03")}}, "1", "intermediate", ""},
        {"OneDayMoreThanAYear", {{"cancer", Cancer("2025-03-01")}}, "0", "favourable", ""},
        {"LeapDay", {{"cancer", Cancer("2024-02-29")}}, "0", "favourable", ""},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Therapy, ImdcTest,
    ::testing::ValuesIn<RiskCase>({
        {"OnTheAnniversary",
         {{"cancer", Cancer("2024-11-05")}, {"drug", Administered("2025-11-05")}},
         "0",
         "favourable",
         ""},
        {"TheDayBefore",
         {{"cancer", Cancer("2024-11-05")}, {"drug", Administered("2025-11-04")}},
         "1",
         "intermediate",
         ""},
        {"APrescriptionCountsToo",
         {{"cancer", Cancer("2024-11-05")}, {"drug", Prescribed("2025-11-04")}},
         "1",
         "intermediate",
         ""},
        {"ADraftIsNoStart",
         {{"cancer", Cancer("2024-11-05")}, {"drug", Prescribed("2025-11-04", "draft")}},
         "0",
         "favourable",
         ""},
        {"TheFirstOfTwo",
         {{"cancer", Cancer("2024-11-05")},
          {"drug", Administered("2025-12-20")},
          {"drug2", Prescribed("2025-11-01")}},
         "1",
         "intermediate",
         ""},
        {"AnotherDrug",
         {{"cancer", Cancer("2024-11-05")}, {"drug", Administered("2025-11-04", "161")}},
         "0",
         "favourable",
         ""},
        {"OnlyTheYearOfTheDiagnosis",
         {{"cancer", Cancer("2025")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"AYearThatIsLongAgo", {{"cancer", Cancer("2023")}}, "0", "favourable", ""},
        {"ThisYear", {{"cancer", Cancer("2026")}}, "1", "intermediate", ""},
        {"TheMonthAcrossTheAnniversary",
         {{"cancer", Cancer("2025-03")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"TheMonthBefore", {{"cancer", Cancer("2025-02")}}, "0", "favourable", ""},
        {"TheDateOfTheDiagnosisGoesBeforeOnset",
         {{"cancer",
           Cancer(
               "2025-03-03",
               R"("extension": [{"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", "valueDateTime": "2025-03-02"}])")}},
         "0",
         "favourable",
         ""},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    WithoutALimit, ImdcTest,
    ::testing::ValuesIn<RiskCase>({
        {"Haemoglobin",
         {{"hb", Lab("718-7", "9", "g/dL")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"HaemoglobinWithAnUpperLimitOnly",
         {{"hb", Haemoglobin("9", "")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"Calcium", {{"ca", Calcium("2.9", "")}}, "<= 1", "absent", "favourable|intermediate"},
        {"Neutrophils",
         {{"neutrophils", Neutrophils("9", "")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"Platelets",
         {{"platelets", Platelets("500", "")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"LimitInAnotherUnit",
         {{"hb", Observed(testing::kLoinc, "718-7", testing::QuantityValue("117", "g/L"),
                          R"("referenceRange": [{"low": {"value": 11.7, "code": "g/dL"}}])")}},
         "0",
         "favourable",
         ""},
        {"LimitOfAnotherKind",
         {{"hb", Observed(testing::kLoinc, "718-7", testing::QuantityValue("9", "g/dL"),
                          R"("referenceRange": [{"low": {"value": 11.7, "code": "mmol/L"}}])")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"TwoRanges",
         {{"hb", Observed(testing::kLoinc, "718-7", testing::QuantityValue("9", "g/dL"),
                          R"("referenceRange": [{"low": {"value": 11.7, "code": "g/dL"}},
                             {"low": {"value": 13.4, "code": "g/dL"}}])")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"ARangeThatIsNotTheNormalOne",
         {{"hb", Observed(testing::kLoinc, "718-7", testing::QuantityValue("9", "g/dL"),
                          R"("referenceRange": [{"low": {"value": 11.7, "code": "g/dL"},
                             "type": {"coding": [{"code": "treatment"}]}}])")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"AnOlderResultDoesNotStandIn",
         {{"hb", Lab("718-7", "9", "g/dL")},
          {"hb2",
           ObservedOn("2026-02-10", testing::kLoinc, "718-7", testing::QuantityValue("13", "g/dL"),
                      R"("referenceRange": [{"low": {"value": 11.7, "code": "g/dL"}}])")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"TotalCalciumIsNotCorrected",
         {{"ca", Lab("2000-8", "2.9", "mmol/L", "2.1", "2.5")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"TooOld",
         {{"hb",
           ObservedOn("2025-11-20", testing::kLoinc, "718-7", testing::QuantityValue("9", "g/dL"),
                      R"("referenceRange": [{"low": {"value": 11.7, "code": "g/dL"}}])")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
    }),
    kName);

INSTANTIATE_TEST_SUITE_P(
    Groups, MskccTest,
    ::testing::ValuesIn<RiskCase>({
        {"NoneOfFive", {}, "0", "favourable", ""},
        {"LdhAtTheLimit", {{"ldh", Ldh("307.5")}}, "0", "favourable", ""},
        {"LdhAbove", {{"ldh", Ldh("307.6")}}, "1", "intermediate", ""},
        {"LdhBelow", {{"ldh", Ldh("307.4")}}, "0", "favourable", ""},
        {"LdhWithoutALimit",
         {{"ldh", Ldh("400", "")}},
         "<= 1",
         "absent",
         "favourable|intermediate"},
        {"LdhMissing", {{"ldh", ""}}, "<= 1", "absent", "favourable|intermediate"},
        {"CalciumAtTheLimit", {{"ca", Lab("29265-6", "10.0", "mg/dL")}}, "0", "favourable", ""},
        {"CalciumAbove", {{"ca", Lab("29265-6", "10.1", "mg/dL")}}, "1", "intermediate", ""},
        {"CalciumBelow", {{"ca", Lab("29265-6", "9.9", "mg/dL")}}, "0", "favourable", ""},
        {"CalciumAtTheLimitInMoles", {{"ca", Calcium("2.495")}}, "0", "favourable", ""},
        {"CalciumAboveInMoles", {{"ca", Calcium("2.496")}}, "1", "intermediate", ""},
        {"CalciumBelowInMoles", {{"ca", Calcium("2.494")}}, "0", "favourable", ""},
        {"CalciumMissing", {{"ca", ""}}, "<= 1", "absent", "favourable|intermediate"},
        {"HaemoglobinMissing", {{"hb", ""}}, "<= 1", "absent", "favourable|intermediate"},
        {"TwelveMonthsToTheDay", {{"cancer", Cancer("2025-03-02")}}, "0", "favourable", ""},
        {"LessThanTwelveMonths", {{"cancer", Cancer("2025-03-03")}}, "1", "intermediate", ""},
        {"Three",
         {{"cancer", Cancer("2025-03-03")}, {"ldh", Ldh("400")}, {"ca", Calcium("2.7")}},
         "3",
         "poor",
         ""},
        {"Two", {{"ldh", Ldh("400")}, {"ca", Calcium("2.7")}}, "2", "intermediate", ""},
        {"NeutrophilsAndPlateletsDoNotCount",
         {{"neutrophils", Neutrophils("9")}, {"platelets", Platelets("500")}},
         "0",
         "favourable",
         ""},
    }),
    kName);

// Karnofsky and ECOG, without the questions of other rules.
struct ConditionCase {
  std::string_view name;
  std::vector<std::string> scales;
  std::string_view item;

  friend void PrintTo(const ConditionCase& row, std::ostream* out) { *out << row.name; }
};

class KarnofskyTest : public ::testing::TestWithParam<ConditionCase> {};

TEST_P(KarnofskyTest, EcogStandsInWhereItDecides) {
  const ConditionCase& row = GetParam();
  auto resources = Patient({{"karnofsky", ""}});
  resources.insert(resources.end(), row.scales.begin(), row.scales.end());
  const Scored scored(resources);
  EXPECT_EQ(scored.Points("imdc_points", "Karnofsky below 80"), row.item);
  EXPECT_EQ(scored.Points("mskcc_points", "Karnofsky below 80"), row.item);
}

INSTANTIATE_TEST_SUITE_P(
    Scales, KarnofskyTest,
    ::testing::ValuesIn<ConditionCase>({
        {"Nothing", {}, "[0 .. 1]"},
        {"Karnofsky70", {Karnofsky("70")}, "1"},
        {"Karnofsky79", {Karnofsky("79")}, "1"},
        {"Karnofsky80", {Karnofsky("80")}, "0"},
        {"Karnofsky81", {Karnofsky("81")}, "0"},
        {"KarnofskyAsAQuantity",
         {Observed(testing::kLoinc, "89243-0", R"("valueQuantity": {"value": 70})")},
         "1"},
        {"KarnofskyAsAnAnswer",
         {Observed(testing::kLoinc, "89243-0",
                   testing::ConceptValue(testing::kLoinc, "LA29176-7"))},
         "0"},
        {"Ecog0", {Ecog("0")}, "0"},
        {"Ecog1LeavesItOpen", {Ecog("1")}, "[0 .. 1]"},
        {"Ecog2", {Ecog("2")}, "1"},
        {"Ecog4", {Ecog("4")}, "1"},
        {"EcogAsAnAnswer",
         {Observed(testing::kLoinc, "89247-1", testing::ConceptValue(testing::kLoinc, "LA9622-7"))},
         "0"},
        {"EcogThatContradictsItself",
         {Observed(
             testing::kLoinc, "89247-1", R"("valueInteger": 0)",
             R"("interpretation": [{"coding": [{"system": "http://loinc.org", "code": "LA9624-3"}]}])")},
         "[0 .. 1]"},
        {"KarnofskyGoesFirst", {Karnofsky("70"), Ecog("0")}, "1"},
        {"KarnofskyGoesFirstTheOtherWay", {Karnofsky("90"), Ecog("2")}, "0"},
    }),
    kName);

TEST(MetastaticRiskTest, NamesWhatIsMissing) {
  const Scored scored(Patient({{"karnofsky", Ecog("1")}, {"ca", ""}, {"ldh", Ldh("200", "")}}));
  EXPECT_THAT(
      scored.Missing("imdc_points"),
      ElementsAre("Karnofsky below 80", "Calcium corrected for albumin above the upper limit"));
  EXPECT_THAT(scored.MissingInputs("imdc_points", "Karnofsky below 80"), ElementsAre("karnofsky"));
  EXPECT_THAT(scored.Missing("mskcc_risk"),
              ElementsAre("Karnofsky below 80", "Calcium corrected for albumin above 10 mg/dL",
                          "Lactate dehydrogenase above 1.5 times the upper limit"));
  EXPECT_THAT(
      scored.MissingInputs("mskcc_points", "Lactate dehydrogenase above 1.5 times the upper limit"),
      ElementsAre("ldh_level"));
}

TEST(MetastaticRiskTest, TimeWithoutADiagnosisDateNamesTheDate) {
  const Scored scored(Patient({{"cancer", Cancer("2025")}}));
  EXPECT_THAT(
      scored.MissingInputs("imdc_points", "Less than one year from diagnosis to systemic therapy"),
      ElementsAre("therapy_within_year"));
}

TEST(MetastaticRiskTest, IsForMetastaticDiseaseOnly) {
  const Scored localised(Patient({{"m", testing::Spread(false)}}));
  for (const char* input : {"imdc_points", "imdc_risk", "mskcc_points", "mskcc_risk"}) {
    EXPECT_EQ(localised.Shown(input), "not-applicable") << input;
  }
  EXPECT_FALSE(localised.State("imdc_risk").score->shown);
  const Scored unknown(Patient({{"m", ""}}));
  EXPECT_EQ(unknown.Shown("imdc_points"), "absent");
  EXPECT_EQ(unknown.Shown("imdc_risk"), "absent");
  EXPECT_THAT(unknown.Missing("imdc_points"), ElementsAre("Distant metastasis"));
  EXPECT_FALSE(unknown.State("imdc_risk").score->shown);
  EXPECT_TRUE(Scored(Patient({})).State("imdc_risk").score->shown);
}

TEST(MetastaticRiskTest, SaysToWhenTheTimeIsCountedAndWhichVersionItIs) {
  const Scored untreated(Patient({{"karnofsky", Ecog("0")}}));
  EXPECT_THAT(
      untreated.Remarks("imdc_risk"),
      ElementsAre("No systemic therapy is on record: the time from the diagnosis is counted to "
                  "today.",
                  "ECOG stands in for Karnofsky, where it decides."));
  const Scored treated(Patient({{"drug", Administered("2025-11-05")}}));
  EXPECT_THAT(treated.Remarks("imdc_risk"), IsEmpty());
  EXPECT_THAT(treated.Remarks("mskcc_risk"),
              ElementsAre("Version of 2002, with the time to therapy; the version of 1999 counts a "
                          "missing nephrectomy instead."));
}

TEST(MetastaticRiskTest, TimeIsOpenWhereDrugsCouldNotBeRead) {
  const std::string_view person = R"("gender": "male", "birthDate": "1966-01-01")";
  const Scored long_ago(Patient({}), person, "MedicationAdministration");
  EXPECT_EQ(long_ago.Points("imdc_points", "Less than one year from diagnosis to systemic therapy"),
            "[0 .. 1]");
  // Within a year to today is within a year to every start before.
  const Scored recent(Patient({{"cancer", Cancer("2025-10-02")}}), person,
                      "MedicationAdministration");
  EXPECT_EQ(recent.Points("imdc_points", "Less than one year from diagnosis to systemic therapy"),
            "1");
}

TEST(MetastaticRiskTest, DrugsInOtherUsesAreNoSystemicTherapy) {
  constexpr char kTransplant[] = R"({"resourceType": "MedicationRequest", "id": "r",
    "intent": "order", "status": "active", "subject": {"reference": "Patient/p"},
    "authoredOn": "2025-01-20", "medicationCodeableConcept": {"coding": [
      {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "141704"},
      {"system": "http://www.whocc.no/atc", "code": "L04AH02"}]}})";
  EXPECT_EQ(Scored(Patient({{"drug", kTransplant}})).Shown("systemic_therapy"), "none");
  EXPECT_EQ(Scored(Patient({{"drug", Prescribed("2025-01-20")}})).Shown("systemic_therapy"),
            "started");
}

TEST(MetastaticRiskTest, ChangesNoRule) {
  const Scored good(Patient({}));
  const Scored poor(Patient({{"hb", Haemoglobin("9")},
                             {"platelets", Platelets("500")},
                             {"ca", Calcium("2.9")},
                             {"ldh", Ldh("900")}}));
  EXPECT_EQ(good.Results(), poor.Results());
  EXPECT_EQ(good.Asked(), poor.Asked());
}

}  // namespace
}  // namespace renal::pathways
