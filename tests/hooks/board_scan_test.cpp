#include "hooks/internal/board_scan.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct ScanCase {
  std::string name;
  std::string text;
  std::vector<std::string> patients;  ///< of the parts; empty ones are of nobody
  bool usable = true;

  friend void PrintTo(const ScanCase& row, std::ostream* out) { *out << row.name; }
};

class ScanTextTest : public testing::TestWithParam<ScanCase> {};

TEST_P(ScanTextTest, SaysOfWhomItIs) {
  const Scanned scanned = ScanText(GetParam().text);
  std::vector<std::string> patients;
  for (const ScannedPart& part : scanned.parts) patients.push_back(part.patient);
  EXPECT_EQ(patients, GetParam().patients);
  EXPECT_EQ(scanned.problem.empty(), GetParam().usable) << scanned.problem;
}

std::string Bundle(const std::string& entries) {
  return R"({"resourceType":"Bundle","entry":[)" + entries + "]}";
}
std::string Entry(const std::string& resource) { return R"({"resource":)" + resource + "}"; }

const std::string kAnna = R"({"resourceType":"Patient","id":"anna"})";
const std::string kBerit = R"({"resourceType":"Patient","id":"berit"})";
const std::string kOfAnna =
    R"({"resourceType":"Condition","id":"c","subject":{"reference":"Patient/anna"}})";
const std::string kOfNobody = R"({"resourceType":"Condition","id":"c"})";
const std::string kDrug = R"({"resourceType":"Medication","id":"m"})";

INSTANTIATE_TEST_SUITE_P(
    Texts, ScanTextTest,
    testing::ValuesIn<ScanCase>({
        {"Patient", kAnna, {"anna"}},
        {"PatientWithoutId", R"({"resourceType":"Patient"})", {}, false},
        {"PatientWithAnImpossibleId", R"({"resourceType":"Patient","id":"../x"})", {}, false},
        {"Resource", kOfAnna, {"anna"}},
        {"AbsoluteReference",
         R"({"resourceType":"Condition","subject":{"reference":"https://h.example/fhir/Patient/anna/_history/2"}})",
         {"anna"}},
        {"MemberPatient",
         R"({"resourceType":"BodyStructure","patient":{"reference":"Patient/anna"}})",
         {"anna"}},
        {"OfNobody", kOfNobody, {}, false},
        {"OfAGroup",
         R"({"resourceType":"Condition","subject":{"reference":"Group/g"}})",
         {},
         false},
        {"OfTwoPatients",
         R"({"resourceType":"Condition","subject":{"reference":"Patient/anna"},"patient":{"reference":"Patient/berit"}})",
         {},
         false},
        {"OfAUrlWithoutABundle",
         R"({"resourceType":"Condition","subject":{"reference":"urn:uuid:1"}})",
         {},
         false},
        {"SharedResource", kDrug, {""}},
        {"SharedResourceWithoutId", R"({"resourceType":"Medication"})", {}},
        {"WordOfTheServer", R"({"resourceType":"OperationOutcome"})", {}},
        {"Request", R"({"hook":"patient-view","context":{"patientId":"anna"}})", {"anna"}},
        {"RequestWithoutPatient", R"({"hook":"patient-view","context":{}})", {}, false},
        {"NeitherNor", R"({"a":1})", {}, false},
        {"List", "[]", {}, false},
        {"NoJson", "{", {}, false},
        {"NoUtf8", "\"\xff\"", {}, false},
        {"BundleOfOne", Bundle(Entry(kAnna) + "," + Entry(kOfNobody)), {"anna"}},
        {"BundleOfTwo",
         Bundle(Entry(kAnna) + "," + Entry(kBerit) + "," + Entry(kOfAnna)),
         {"anna", "berit"}},
        {"BundleOfTwoWithShared",
         Bundle(Entry(kAnna) + "," + Entry(kBerit) + "," + Entry(kDrug)),
         {"", "anna", "berit"}},
        {"BundleOfNobody", Bundle(Entry(kOfAnna) + "," + Entry(kOfNobody)), {"anna"}, false},
        {"BundleInABundle",
         Bundle(Entry(Bundle(Entry(kAnna))) + "," + Entry(kBerit)),
         {"anna", "berit"}},
        {"BundleWhosePatientHasNoId", Bundle(Entry(R"({"resourceType":"Patient"})")), {}, false},
        {"EmptyBundle", Bundle(""), {}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(ScanBundleTest, PartsAreBundlesOfTheirOwn) {
  const Scanned scanned =
      ScanText(Bundle(Entry(kAnna) + "," + Entry(kBerit) + "," + Entry(kOfAnna)));
  ASSERT_EQ(scanned.parts.size(), 2U);
  EXPECT_THAT(scanned.parts[0].text, HasSubstr(kOfAnna));
  EXPECT_THAT(scanned.parts[0].text, Not(HasSubstr("berit")));
  EXPECT_THAT(scanned.parts[1].text, Not(HasSubstr("anna")));
}

TEST(ScanBundleTest, UrlsThatNameTwoPatientsNameNone) {
  const Scanned scanned = ScanText(
      Bundle(R"({"fullUrl":"urn:uuid:1","resource":)" + kAnna +
             R"(},{"fullUrl":"urn:uuid:1","resource":)" + kBerit + "}," +
             Entry(R"({"resourceType":"Condition","subject":{"reference":"urn:uuid:1"}})")));
  EXPECT_EQ(scanned.parts.size(), 2U);
  EXPECT_THAT(scanned.problem, Not(IsEmpty()));
}

TEST(ScanBundleTest, RequestsStayApart) {
  EXPECT_TRUE(ScanText(R"({"hook":"patient-view","context":{"patientId":"a"}})").parts[0].apart);
  EXPECT_FALSE(ScanText(kAnna).parts[0].apart);
}

TEST(ScanBundleTest, SharedResourcesKeepTheirNames) {
  const Scanned scanned = ScanText(Bundle(R"({"fullUrl":"urn:uuid:9","resource":)" + kDrug + "}"));
  ASSERT_EQ(scanned.parts.size(), 1U);
  EXPECT_THAT(scanned.parts[0].references, ElementsAre("Medication/m", "urn:uuid:9"));
}

}  // namespace
}  // namespace renal::hooks::internal
