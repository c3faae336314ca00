#include "hooks/discovery.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/json.h"
#include "hooks/ledger.h"
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
  std::string codes;
  for (const DataNeed& need : needs) {
    if (need.type != "ServiceRequest") continue;
    EXPECT_THAT(need.key, testing::StartsWith("serviceRequests"));
    EXPECT_EQ(need.whole_key, "serviceRequests");
    EXPECT_THAT(need.query, HasSubstr("ServiceRequest?patient={{context.patientId}}&code="));
    codes += need.query;
  }
  EXPECT_THAT(codes, HasSubstr("http://snomed.info/sct|116033007"));
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
  EXPECT_THAT(types, ElementsAre("BodyStructure", "Condition", "MedicationAdministration",
                                 "MedicationRequest", "Observation", "Procedure"));
}

const ClientProfile& Profile(std::string_view name) {
  const ClientProfile* profile = Profiles::Shipped()->Find(name);
  if (profile == nullptr) throw std::out_of_range(std::string(name));
  return *profile;
}

TEST(ServiceIdTest, AnswersBothFormsOfAnId) {
  const ClientProfile& standard = Profile("standard");
  EXPECT_EQ(HooksOfService(Shipped(), standard, "onc-kidney-2018"), Shipped().hooks);
  EXPECT_THAT(HooksOfService(Shipped(), standard, "onc-kidney-2018-order-sign"),
              ElementsAre("order-sign"));
  for (const std::string_view id :
       {"", "onc-kidney", "onc-kidney-2018-", "ONC-KIDNEY-2018", "onc-kidney-2018-encounter-end",
        "onc-kidney-2018/x", "onc-kidney-2018-order-review", "onc-kidney-2018-fhirpath"}) {
    EXPECT_THAT(HooksOfService(Shipped(), standard, id), IsEmpty()) << id;
  }
}

TEST(ServiceIdTest, OldNamesOfHooksAreThoseOfOldClients) {
  const ClientProfile& old = Profile("cds-hooks-1.0");
  EXPECT_THAT(HooksOfService(Shipped(), old, "onc-kidney-2018-order-review"),
              ElementsAre("order-review"));
  EXPECT_THAT(HooksOfService(Shipped(), old, "onc-kidney-2018"), testing::Contains("order-review"));
}

fhir::JsonDocument Discovered(const ClientProfile& profile) {
  auto document = fhir::JsonDocument::Parse(
      DiscoveryText(Shipped(), DataNeedsOf(Shipped()), profile, cards::Catalogue::English()));
  if (!document) throw std::logic_error(document.error().diagnostics);
  return std::move(*document);
}

class DiscoveryTest : public testing::TestWithParam<std::string> {};

TEST_P(DiscoveryTest, DescribesEveryService) {
  const ClientProfile& profile = Profile(GetParam());
  const fhir::JsonDocument document = Discovered(profile);
  const std::vector<ServiceEntry> entries = ServicesOf(Shipped(), profile);
  ASSERT_EQ(document.root()["services"].size(), entries.size());
  EXPECT_EQ(entries.size(), Shipped().hooks.size() + profile.hooks.size());
  std::size_t place = 0;
  for (const fhir::Json::Entry entry : document.root()["services"]) {
    const fhir::Json service = entry.value;
    const ServiceEntry& wanted = entries[place++];
    EXPECT_EQ(service["hook"].string(), wanted.hook);
    EXPECT_EQ(service["id"].string(), profile.service_ids == ServiceIds::kSandbox
                                          ? "onc-kidney-2018-" + wanted.hook
                                          : "onc-kidney-2018");
    EXPECT_THAT(HooksOfService(Shipped(), profile, wanted.id), testing::Contains(wanted.hook));
    EXPECT_FALSE(service["title"].string().empty());
    EXPECT_FALSE(service["description"].string().empty());
    EXPECT_EQ(service["prefetch"]["conditions"].string(),
              "Condition?patient={{context.patientId}}");
    const bool newer = profile.protocol >= cards::Protocol::k2_0;
    EXPECT_EQ(!service["usageRequirements"].absent(), newer);
    EXPECT_EQ(service["version"].string(),
              profile.protocol == cards::Protocol::k3_0 ? "3.0.0" : "");
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, DiscoveryTest,
                         testing::Values("standard", "sandbox", "cds-hooks-1.0", "cds-hooks-1.1",
                                         "cds-hooks-3.0", "epic", "oracle-health", "payer"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
                           return name;
                         });

TEST(DiscoveryVersionTest, NamesTheVersionOfAHookWhereOneIsPublished) {
  const fhir::JsonDocument document = Discovered(Profile("cds-hooks-3.0"));
  for (const fhir::Json::Entry entry : document.root()["services"]) {
    const std::string_view hook = entry.value["hook"].string();
    const std::string_view version = entry.value["hookVersion"].string();
    if (hook == "order-dispatch") {
      EXPECT_EQ(version, "1.1");
    } else if (hook == "order-sign") {
      EXPECT_EQ(version, "") << "header and change log do not agree";
    } else if (hook == "problem-list-item-create") {
      EXPECT_EQ(version, "0.1.0");
    }
  }
}

// Decision D-09.
TEST(DiscoveryFhirPathTest, TokensStandUnderASecondId) {
  ClientProfile profile = Profile("standard");
  profile.fhirpath_tokens = true;
  const fhir::JsonDocument document = Discovered(profile);
  std::vector<std::string> with;
  for (const fhir::Json::Entry entry : document.root()["services"]) {
    const std::string_view query = entry.value["prefetch"]["draftedMedications"].string();
    if (query.empty()) continue;
    with.emplace_back(entry.value["hook"].string());
    EXPECT_EQ(entry.value["id"].string(), "onc-kidney-2018-fhirpath");
    EXPECT_THAT(std::string(query), HasSubstr("ofType(Medication)"));
  }
  EXPECT_THAT(with, ElementsAre("order-select", "order-sign"));
  EXPECT_THAT(HooksOfService(Shipped(), profile, "onc-kidney-2018-fhirpath"),
              ElementsAre("order-select", "order-sign"));
  EXPECT_THAT(HooksOfService(Shipped(), profile, "onc-kidney-2018-order-sign-fhirpath"),
              ElementsAre("order-sign"));
}

}  // namespace
}  // namespace renal::hooks
