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
using testing::Lab;
using ::testing::Not;
using testing::Observed;
using testing::Scored;
using ::testing::StartsWith;

constexpr std::string_view kCreatinineMass = "2160-0";
constexpr std::string_view kCreatinineSubstance = "14682-9";
constexpr std::string_view kEgfr = "98979-8";
constexpr std::string_view kEgfrUnit = "mL/min/{1.73_m2}";

std::string Person(std::string_view gender, int age) {
  return "\"gender\": \"" + std::string(gender) + "\", \"birthDate\": \"" +
         std::to_string(2026 - age) + "-01-01\"";
}

std::string Rounded(const Scored& scored, int places) {
  const InputState& state = scored.State("egfr_computed");
  if (!state.value) return Spelling(state.reason);
  return state.value->interval().low->value.value.Round(places).ToString();
}

struct EquationCase {
  std::string_view name;
  std::string_view creatinine;  // mg/dL
  int age;
  std::string_view gender;
  std::string_view egfr;  // to three places; or why there is none

  friend void PrintTo(const EquationCase& row, std::ostream* out) { *out << row.name; }
};

class CkdEpi2021Test : public ::testing::TestWithParam<EquationCase> {};

TEST_P(CkdEpi2021Test, GivesThePublishedValue) {
  const EquationCase& row = GetParam();
  const Scored scored({Lab(kCreatinineMass, row.creatinine, "mg/dL")}, Person(row.gender, row.age));
  EXPECT_EQ(Rounded(scored, 3), row.egfr);
}

INSTANTIATE_TEST_SUITE_P(Table, CkdEpi2021Test,
                         ::testing::ValuesIn<EquationCase>({
                             {"Man55", "1.2", 55, "male", "71.418"},
                             {"Woman55", "0.9", 55, "female", "75.499"},
                             {"WomanAtTheKnot", "0.7", 40, "female", "112.054"},
                             {"WomanBelowTheKnot", "0.69", 40, "female", "112.444"},
                             {"WomanAboveTheKnot", "0.71", 40, "female", "110.163"},
                             {"ManAtTheKnot", "0.9", 40, "male", "110.726"},
                             {"ManBelowTheKnot", "0.89", 40, "male", "111.100"},
                             {"ManAboveTheKnot", "0.91", 40, "male", "109.267"},
                             {"Man70", "2.5", 70, "male", "26.964"},
                             {"WomanYoung", "0.5", 25, "female", "133.401"},
                             {"Man60", "1.0", 60, "male", "86.163"},
                             {"Woman60", "1.0", 60, "female", "64.495"},
                             {"From18YearsOn", "1.0", 18, "male", "111.882"},
                             {"NotBelow18", "1.0", 17, "male", "absent"},
                             {"OtherSex", "1.0", 60, "other", "absent"},
                             {"UnknownSex", "1.0", 60, "unknown", "absent"},
                             {"ImplausibleCreatinine", "51", 60, "male", "absent"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(CkdEpi2021Test, KeepsAllDigits) {
  const Scored scored({Lab(kCreatinineMass, "1.2", "mg/dL")}, Person("male", 55));
  EXPECT_THAT(scored.Shown("egfr_computed"), StartsWith("71.4177959219210175606600513"));
}

struct UnitCase {
  std::string_view name;
  std::string_view code;
  std::string_view number;
  std::string_view unit;
  std::string_view egfr;
  std::string_view recorded;

  friend void PrintTo(const UnitCase& row, std::ostream* out) { *out << row.name; }
};

class CreatinineUnitTest : public ::testing::TestWithParam<UnitCase> {};

TEST_P(CreatinineUnitTest, IsConvertedOrRefused) {
  const UnitCase& row = GetParam();
  const Scored scored({Lab(row.code, row.number, row.unit)}, Person("male", 55));
  EXPECT_EQ(Rounded(scored, 3), row.egfr);
  const InputState& creatinine = scored.State("creatinine");
  if (creatinine.known()) {
    ASSERT_EQ(creatinine.from.size(), 1U);
    EXPECT_EQ(creatinine.from.front().recorded, row.recorded);
    EXPECT_EQ(creatinine.from.front().path, "valueQuantity");
  } else {
    ASSERT_EQ(creatinine.dropped.size(), 1U);
    EXPECT_EQ(creatinine.dropped.front().reason, UnknownReason::kUnusable);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Units, CreatinineUnitTest,
    ::testing::ValuesIn<UnitCase>({
        {"MilligramPerDecilitre", kCreatinineMass, "1.2", "mg/dL", "71.418", "1.2 'mg/dL'"},
        {"MilligramPerLitre", kCreatinineMass, "12", "mg/L", "71.418", "12 'mg/L'"},
        {"MicromolePerLitre", kCreatinineSubstance, "106.08", "umol/L", "71.418",
         "106.08 'umol/L'"},
        {"MillimolePerLitre", kCreatinineSubstance, "0.10608", "mmol/L", "71.418",
         "0.10608 'mmol/L'"},
        {"UnitDecidesNotTheCode", kCreatinineMass, "106.08", "umol/L", "71.418", "106.08 'umol/L'"},
        {"AtTheKnotExactly", kCreatinineSubstance, "79.56", "umol/L", "100.863", "79.56 'umol/L'"},
        {"OtherDimension", kCreatinineMass, "1.2", "cm", "absent", ""},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(KidneyFunctionTest, NeedsAgeAndSexAndCreatinine) {
  const std::string creatinine = Lab(kCreatinineMass, "1.2", "mg/dL");
  EXPECT_THAT(Scored({creatinine}, R"("birthDate": "1966-01-01")").Missing("egfr_computed"),
              ElementsAre("Sex"));
  EXPECT_THAT(Scored({creatinine}, R"("gender": "male")").Missing("egfr_computed"),
              ElementsAre("Age"));
  EXPECT_THAT(Scored({}).Missing("egfr_computed"), ElementsAre("Creatinine"));
  EXPECT_THAT(Scored({creatinine}).Missing("egfr_computed"), IsEmpty());
  // A year of birth leaves the age, and so the value, open.
  EXPECT_EQ(Scored({creatinine}, R"("gender": "male", "birthDate": "1966")").Shown("egfr_computed"),
            "absent");
}

struct CategoryCase {
  std::string_view name;
  std::string_view egfr;
  std::string_view category;
};

TEST(KidneyFunctionTest, HasItsCategory) {
  for (const CategoryCase& row : std::vector<CategoryCase>{{"", "91", "G1"},
                                                           {"", "90", "G1"},
                                                           {"", "89.999", "G2"},
                                                           {"", "60", "G2"},
                                                           {"", "59.999", "G3a"},
                                                           {"", "45", "G3a"},
                                                           {"", "44.999", "G3b"},
                                                           {"", "30", "G3b"},
                                                           {"", "29.999", "G4"},
                                                           {"", "15", "G4"},
                                                           {"", "14.999", "G5"}}) {
    EXPECT_EQ(Scored({Lab(kEgfr, row.egfr, kEgfrUnit)}).Shown("kidney_function"), row.category)
        << row.egfr;
  }
  EXPECT_EQ(Scored({}).Possible("kidney_function"), "G1|G2|G3a|G3b|G4|G5");
}

TEST(KidneyFunctionTest, OfAnIntervalKeepsWhatIsPossible) {
  const Scored scored({Observed(
      testing::kLoinc, kEgfr,
      R"("valueQuantity": {"value": 60, "comparator": ">", "system": "http://unitsofmeasure.org", "code": "mL/min/{1.73_m2}"})")});
  EXPECT_EQ(scored.Shown("kidney_function"), "absent");
  EXPECT_EQ(scored.Possible("kidney_function"), "G1|G2");
}

// A tumour of 8 cm in the only cancer: the kidney is removed, unless something withholds that.
std::vector<std::string> WithTumour(std::vector<std::string> resources) {
  resources.push_back(Cancer());
  resources.push_back(testing::Spread(false));
  resources.push_back(Observed(testing::kLoinc, "21889-1", testing::QuantityValue("8", "cm")));
  return resources;
}

constexpr char kBoard[] = "AMB-20 mdt_discussion R";

TEST(ComputedEgfrTest, WithholdsAnOperationWhereNoneIsRecorded) {
  const Scored low(WithTumour({Lab(kCreatinineMass, "2.5", "mg/dL")}));
  EXPECT_THAT(low.Results(), Contains(kBoard));
  EXPECT_EQ(low.Shown("reduced_kidney_function"), "yes");
  const Scored good(WithTumour({Lab(kCreatinineMass, "1.0", "mg/dL")}));
  EXPECT_THAT(good.Results(), Not(Contains(kBoard)));
  EXPECT_EQ(good.Shown("reduced_kidney_function"), "no");
  EXPECT_EQ(good.State("reduced_kidney_function").status, InputStatus::kDerived);
}

TEST(ComputedEgfrTest, IsComparedWithoutRounding) {
  // 59.57, which people see as 60.
  const Scored scored(WithTumour({Lab(kCreatinineMass, "1.36", "mg/dL")}));
  EXPECT_EQ(Rounded(scored, 0), "60");
  EXPECT_THAT(scored.Results(), Contains(kBoard));
  EXPECT_EQ(scored.Shown("kidney_function"), "G3a");
}

TEST(ComputedEgfrTest, StandsBehindARecordedOne) {
  const Scored recorded(
      WithTumour({Lab(kCreatinineMass, "2.5", "mg/dL"), Lab(kEgfr, "80", kEgfrUnit)}));
  EXPECT_THAT(recorded.Results(), Not(Contains(kBoard)));
  EXPECT_FALSE(recorded.State("egfr_computed").score->shown);
  const Scored too_old(WithTumour({Lab(kCreatinineMass, "2.5", "mg/dL"),
                                   testing::ObservedOn("2024-12-01", testing::kLoinc, kEgfr,
                                                       testing::QuantityValue("80", kEgfrUnit))}));
  EXPECT_THAT(too_old.Results(), Contains(kBoard));
  EXPECT_TRUE(too_old.State("egfr_computed").score->shown);
  EXPECT_THAT(too_old.Remarks("egfr_computed"),
              ElementsAre("Computed, since no current eGFR is on record."));
}

TEST(ComputedEgfrTest, AsksForTheSexOnlyWhereItMatters) {
  constexpr char kNoSex[] = R"("birthDate": "1966-01-01")";
  EXPECT_THAT(Scored(WithTumour({Lab(kCreatinineMass, "1.36", "mg/dL")}), kNoSex).Asked(),
              Contains("sex"));
  EXPECT_THAT(Scored(WithTumour({Lab(kCreatinineMass, "0.9", "mg/dL")}), kNoSex).Asked(),
              Not(Contains("sex")));
  EXPECT_THAT(Scored(WithTumour({}), kNoSex).Asked(), Not(Contains("sex")));
  EXPECT_THAT(
      Scored(WithTumour({Lab(kCreatinineMass, "1.36", "mg/dL"), Lab(kEgfr, "80", kEgfrUnit)}),
             kNoSex)
          .Asked(),
      Not(Contains("sex")));
}

TEST(ComputedEgfrTest, OfAnUnusableCreatinineIsNoEvidenceOfGoodFunction) {
  const Scored scored(WithTumour({Lab(kCreatinineMass, "1.2", "cm")}));
  EXPECT_EQ(scored.State("reduced_kidney_function").status, InputStatus::kUnknown);
}

}  // namespace
}  // namespace renal::pathways
