#include "hooks/discovery.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/json.h"
#include "pathways/data_needs.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

using fhir::Delivery;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const pathways::Pathway& Shipped() { return *pathways::ShippedPathway("onc-kidney-2018"); }

const DataNeed& NeedFor(const std::vector<DataNeed>& needs, std::string_view type) {
  const auto need = std::ranges::find(needs, type, &DataNeed::type);
  if (need == needs.end()) throw std::out_of_range(std::string(type));
  return *need;
}

TEST(DataNeedsTest, AsksForThePatientFirstByReading) {
  const std::vector<DataNeed> needs = DataNeedsOf(Shipped());
  EXPECT_EQ(needs.front().key, "patient");
  EXPECT_EQ(needs.front().query, "Patient/{{context.patientId}}");
  EXPECT_TRUE(needs.front().required);
}

// A tumour size may point to the Condition of another tumour: with only the kidney's codes asked
// for, it would look like a datum of nobody's.
TEST(DataNeedsTest, AsksForAllOfATypeThatReferencesLeadTo) {
  const std::vector<DataNeed> needs = DataNeedsOf(Shipped());
  EXPECT_EQ(NeedFor(needs, "Condition").query, "Condition?patient={{context.patientId}}");
  EXPECT_TRUE(NeedFor(needs, "Condition").required);
  EXPECT_EQ(NeedFor(needs, "BodyStructure").query, "BodyStructure?patient={{context.patientId}}");
  EXPECT_FALSE(NeedFor(needs, "BodyStructure").evidence);
}

TEST(DataNeedsTest, ListsTheCodesThatFitIntoAQuery) {
  const std::vector<DataNeed> needs = DataNeedsOf(Shipped());
  const DataNeed& orders = NeedFor(needs, "ServiceRequest");
  EXPECT_EQ(orders.key, "serviceRequests");
  EXPECT_EQ(orders.whole_key, orders.key);
  EXPECT_THAT(orders.query, HasSubstr("ServiceRequest?patient={{context.patientId}}&code="));
  EXPECT_THAT(orders.query, HasSubstr("http://snomed.info/sct|116033007"));
  const DataNeed& observations = NeedFor(needs, "Observation");
  EXPECT_FALSE(observations.required);
  EXPECT_FALSE(observations.assumed_none) << "some inputs have no other source";
  EXPECT_TRUE(NeedFor(needs, "Procedure").assumed_none);
}

std::vector<std::string> CodesIn(std::string_view query) {
  constexpr std::string_view kCodes = "&code=";
  std::vector<std::string> codes;
  std::istringstream list{std::string(query.substr(query.find(kCodes) + kCodes.size()))};
  for (std::string code; std::getline(list, code, ',');) codes.push_back(code);
  return codes;
}

// pathway-format 10.4: a set that is longer than a URL may be is split.
TEST(DataNeedsTest, AsksInSeveralQueriesForManyCodes) {
  std::vector<std::string> keys;
  std::vector<std::string> codes;
  for (const DataNeed& need : DataNeedsOf(Shipped())) {
    if (need.type != "Observation") continue;
    EXPECT_EQ(need.whole_key, "observations");
    keys.push_back(need.key);
    const std::vector<std::string> some = CodesIn(need.query);
    codes.insert(codes.end(), some.begin(), some.end());
  }
  EXPECT_THAT(keys, ElementsAre("observations1", "observations2"));
  // Each code that is looked for, once.
  std::set<std::string> wanted;
  for (const pathways::TypeNeed& need : pathways::TypeNeedsOf(Shipped())) {
    if (need.type != "Observation") continue;
    for (const pathways::CodeNeed& each : need.codes) {
      for (const fhir::Concept& code : each.codes->concepts()) {
        wanted.insert(code.system + "|" + code.code);
      }
    }
  }
  EXPECT_THAT(codes, testing::ElementsAreArray(wanted));
}

TEST(DataNeedsTest, StaysInsideTheSubsetThatClientsKnow) {
  for (const DataNeed& need : DataNeedsOf(Shipped())) {
    EXPECT_LE(need.query.size(), kMaxQueryBytes) << need.key;
    EXPECT_THAT(need.query, Not(HasSubstr("_include"))) << need.key;
    const std::string_view parameters =
        std::string_view(need.query).substr(std::min(need.query.find('?'), need.query.size()));
    EXPECT_EQ(std::ranges::count(parameters, '{'), parameters.empty() ? 0 : 2) << need.key;
    EXPECT_EQ(std::ranges::count(need.query, ' '), 0) << need.key;
  }
}

TEST(DataNeedsTest, KnowsItsOwnKeysOnly) {
  const std::vector<DataNeed> needs = DataNeedsOf(Shipped());
  EXPECT_EQ(TypeOfKey(needs, "conditions"), "Condition");
  EXPECT_EQ(TypeOfKey(needs, "bodyStructures"), "BodyStructure");
  EXPECT_EQ(TypeOfKey(needs, "observations2"), "Observation");
  EXPECT_EQ(TypeOfKey(needs, "observations"), "Observation") << "all of the type under one key";
  EXPECT_EQ(TypeOfKey(needs, "observations3"), "");
  EXPECT_EQ(TypeOfKey(needs, "Conditions"), "");
  EXPECT_EQ(TypeOfKey(needs, ""), "");
}

/// How Patient and Condition were delivered, and which of them is missing.
struct MissingCase {
  std::string_view name;
  Delivery patient;
  Delivery conditions;
  std::string_view pointer;  // empty: all is there

  friend void PrintTo(const MissingCase& row, std::ostream* out) { *out << row.name; }
};

class MissingDataTest : public testing::TestWithParam<MissingCase> {};

TEST_P(MissingDataTest, NamesTheFirstRequiredTypeWithoutAWord) {
  const MissingCase& row = GetParam();
  fhir::Record record("pat-1");
  record.SetDelivery("Patient", row.patient);
  record.SetDelivery("Condition", row.conditions);
  const auto issue = MissingData(DataNeedsOf(Shipped()), record);
  ASSERT_EQ(issue.has_value(), !row.pointer.empty());
  if (issue) {
    EXPECT_EQ(issue->expression, row.pointer);
    EXPECT_EQ(issue->code, fhir::IssueCode::kProcessing);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Deliveries, MissingDataTest,
    testing::ValuesIn<MissingCase>({
        {"BothDelivered", Delivery::kDelivered, Delivery::kDelivered, ""},
        {"NoneIsAnAnswer", Delivery::kNone, Delivery::kNone, ""},
        {"PartIsAnAnswer", Delivery::kDelivered, Delivery::kIncomplete, ""},
        {"NoPatient", Delivery::kAbsent, Delivery::kDelivered, "/prefetch/patient"},
        {"FailedPatient", Delivery::kFailed, Delivery::kDelivered, "/prefetch/patient"},
        {"NoConditions", Delivery::kDelivered, Delivery::kAbsent, "/prefetch/conditions"},
        {"FailedConditions", Delivery::kDelivered, Delivery::kFailed, "/prefetch/conditions"},
        {"Nothing", Delivery::kAbsent, Delivery::kAbsent, "/prefetch/patient"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(DeliveryNotesTest, NamesWhatWasNotDeliveredWhole) {
  fhir::Record record("pat-1");
  record.SetDelivery("Patient", Delivery::kDelivered);
  record.SetDelivery("Condition", Delivery::kIncomplete);
  record.SetDelivery("BodyStructure", Delivery::kFailed);
  const auto notes = DeliveryNotesOf(DataNeedsOf(Shipped()), record);
  std::vector<std::string> types;
  for (const cards::DeliveryNote& note : notes) types.push_back(note.type);
  // Types that are only followed to are named where asking for them failed, not where nobody sent
  // them.
  EXPECT_THAT(types,
              ElementsAre("BodyStructure", "Condition", "MedicationAdministration",
                          "MedicationRequest", "Observation", "Procedure"));
}

TEST(ServiceIdTest, AnswersBothFormsOfAnId) {
  EXPECT_THAT(HooksOfService(Shipped(), "onc-kidney-2018"),
              ElementsAre("patient-view", "order-select", "order-sign"));
  EXPECT_THAT(HooksOfService(Shipped(), "onc-kidney-2018-order-sign"), ElementsAre("order-sign"));
  for (const std::string_view id : {"", "onc-kidney", "onc-kidney-2018-", "ONC-KIDNEY-2018",
                                    "onc-kidney-2018-order-dispatch", "onc-kidney-2018/x"}) {
    EXPECT_THAT(HooksOfService(Shipped(), id), IsEmpty()) << id;
  }
}

class DiscoveryTest : public testing::TestWithParam<ServiceProfile> {};

TEST_P(DiscoveryTest, DescribesOneServiceAHook) {
  const auto& words = cards::Catalogue::English();
  const std::string text = DiscoveryText(Shipped(), DataNeedsOf(Shipped()), GetParam(), words);
  const auto document = fhir::JsonDocument::Parse(text);
  ASSERT_TRUE(document);
  const fhir::Json services = document->root()["services"];
  ASSERT_EQ(services.size(), Shipped().hooks.size());
  std::size_t place = 0;
  for (const fhir::Json::Entry entry : services) {
    const fhir::Json service = entry.value;
    const std::string& hook = Shipped().hooks[place++];
    EXPECT_EQ(service["hook"].string(), hook);
    const std::string id =
        GetParam() == ServiceProfile::kSandbox ? "onc-kidney-2018-" + hook : "onc-kidney-2018";
    EXPECT_EQ(service["id"].string(), id);
    EXPECT_FALSE(service["title"].string().empty());
    EXPECT_FALSE(service["description"].string().empty());
    EXPECT_THAT(std::string(service["usageRequirements"].string()),
                HasSubstr("Needs Patient and Condition"));
    EXPECT_EQ(service["prefetch"]["conditions"].string(),
              "Condition?patient={{context.patientId}}");
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, DiscoveryTest,
                         testing::Values(ServiceProfile::kSandbox, ServiceProfile::kStandard),
                         [](const auto& test) {
                           return test.param == ServiceProfile::kSandbox ? "Sandbox" : "Standard";
                         });

}  // namespace
}  // namespace renal::hooks
