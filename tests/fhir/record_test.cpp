#include "fhir/record.h"

#include <algorithm>
#include <deque>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace renal::fhir {
namespace {

/// A value under a prefetch key, and the type that the key asks for.
struct Key {
  std::string json;
  std::string expected = {};
};

/// A record of patient p1, with the documents it points into.
class Chart {
 public:
  explicit Chart(const std::vector<Key>& keys = {}) {
    for (const Key& key : keys) Add(key);
  }
  void Add(const Key& key) {
    Result<JsonDocument> document = JsonDocument::Parse(key.json);
    ASSERT_TRUE(document.has_value()) << key.json.substr(0, 200);
    documents_.push_back(std::move(*document));
    record.Add(documents_.back().root(), key.expected);
  }
  /// All resources as "Type/id", joined.
  std::string Listed() const {
    std::string out;
    for (const Json& resource : record.All()) out += Record::Reference(resource) + " ";
    return out.empty() ? out : out.substr(0, out.size() - 1);
  }

  Record record{"p1"};

 private:
  std::deque<JsonDocument> documents_;
};

std::string Resource(const std::string& type, const std::string& id, const std::string& more = "") {
  return R"({"resourceType":")" + type + R"(","id":")" + id + "\"" + more + "}";
}

std::string Of(const std::string& reference) {
  return R"(,"subject":{"reference":")" + reference + R"("})";
}

std::string Observation(const std::string& id, const std::string& reference = "Patient/p1") {
  return Resource("Observation", id, Of(reference));
}

std::string Entry(const std::string& resource, const std::string& full_url = "") {
  return R"({"fullUrl":")" + full_url + R"(","resource":)" + resource + "}";
}

std::string Bundle(const std::vector<std::string>& entries, const std::string& more = "") {
  std::string out = R"({"resourceType":"Bundle","type":"searchset","entry":[)";
  for (std::size_t i = 0; i < entries.size(); ++i) out += (i > 0 ? "," : "") + entries[i];
  return out + "]" + more + "}";
}

const std::string kOutcome =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"error"}]})";
const std::string kNext = R"(,"link":[{"relation":"self"},{"relation":"next","url":"https://x"}])";

TEST(RecordPagesTest, ALinkToAPageThatFollowsSaysNothing) {
  const auto first = JsonDocument::Parse(Bundle({Entry(Observation("o1"))}, kNext));
  const auto last = JsonDocument::Parse(Bundle({Entry(Observation("o2"))}));
  Record whole("p1");
  whole.Add(first->root(), "Observation", true);
  whole.Add(last->root(), "Observation");
  EXPECT_EQ(whole.delivery("Observation"), Delivery::kDelivered);
  EXPECT_EQ(whole.OfType("Observation").size(), 2U);
  Record cut("p1");
  cut.Add(last->root(), "Observation");
  cut.Add(first->root(), "Observation");
  EXPECT_EQ(cut.delivery("Observation"), Delivery::kIncomplete);
}

// --- Whose a resource is
// ---------------------------------------------------------------------------

struct OwnerCase {
  std::string name;
  std::string resource;
  bool taken;

  friend void PrintTo(const OwnerCase& row, std::ostream* out) { *out << row.name; }
};

class RecordOwnerTest : public testing::TestWithParam<OwnerCase> {};

TEST_P(RecordOwnerTest, TakesOrCounts) {
  const OwnerCase& row = GetParam();
  const Chart chart({{row.resource}});
  EXPECT_EQ(chart.record.All().size(), row.taken ? 1U : 0U);
  EXPECT_EQ(chart.record.foreign_count(), row.taken ? 0U : 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RecordOwnerTest,
    testing::ValuesIn<OwnerCase>({
        {"Patient", Resource("Patient", "p1"), true},
        {"OtherPatient", Resource("Patient", "p2"), false},
        {"PatientWithoutId", R"({"resourceType":"Patient"})", false},
        {"PatientWithNumberAsId", R"({"resourceType":"Patient","id":1})", false},
        {"Relative", Observation("o"), true},
        {"RelativeVersion", Observation("o", "Patient/p1/_history/3"), true},
        {"Absolute", Observation("o", "https://ehr.example/fhir/Patient/p1"), true},
        {"AbsoluteVersion", Observation("o", "https://ehr.example/fhir/Patient/p1/_history/3"),
         true},
        {"Other", Observation("o", "Patient/p2"), false},
        {"OtherAbsolute", Observation("o", "https://ehr.example/fhir/Patient/p2"), false},
        {"LongerId", Observation("o", "Patient/p11"), false},
        {"IdInOtherCase", Observation("o", "Patient/P1"), false},
        {"PrefixedType", Observation("o", "XPatient/p1"), false},
        {"Pathless", Observation("o", "evil/Patient/p1"), false},
        {"SameIdInHistory", Observation("o", "Patient/p2/_history/Patient/p1"), false},
        {"Group", Observation("o", "Group/p1"), false},
        {"BareId", Observation("o", "p1"), false},
        {"Contained", Observation("o", "#p1"), false},
        {"EmptyReference", Observation("o", ""), false},
        {"UnknownUrn", Observation("o", "urn:uuid:1"), false},
        {"Conditional", Observation("o", "Patient?identifier=p1"), false},
        {"NoSubject", Resource("Observation", "o"), false},
        {"NullSubject", Resource("Observation", "o", R"(,"subject":null)"), false},
        {"SubjectIsText", Resource("Observation", "o", R"(,"subject":"Patient/p1")"), false},
        {"SubjectByIdentifier",
         Resource("Condition", "c", R"(,"subject":{"identifier":{"value":"p1"}})"), false},
        {"PatientMember",
         Resource("AllergyIntolerance", "a", R"(,"patient":{"reference":"Patient/p1"})"), true},
        {"Beneficiary", Resource("Coverage", "c", R"(,"beneficiary":{"reference":"Patient/p1"})"),
         true},
        {"OtherBeneficiary",
         Resource("Coverage", "c", R"(,"beneficiary":{"reference":"Patient/p2"})"), false},
        {"TaskFor", Resource("Task", "t", R"(,"for":{"reference":"Patient/p1"})"), true},
        {"ListOfSubjects", Resource("Account", "a", R"(,"subject":[{"reference":"Patient/p1"}])"),
         true},
        {"ListWithAnother",
         Resource("Account", "a",
                  R"(,"subject":[{"reference":"Patient/p1"},{"reference":"Patient/p2"}])"),
         false},
        {"ListOfNone", Resource("Account", "a", R"(,"subject":[])"), false},
        {"TwoMembersThatDisagree",
         Resource("Procedure", "x", Of("Patient/p1") + R"(,"patient":{"reference":"Patient/p2"})"),
         false},
        {"Medication", Resource("Medication", "m"), true},
        {"Organization", Resource("Organization", "o"), true},
        {"DeviceWithoutPatient", Resource("Device", "d"), true},
        {"DeviceOfAnother", Resource("Device", "d", R"(,"patient":{"reference":"Patient/p2"})"),
         false},
    }),
    [](const auto& test) { return test.param.name; });

class RecordPatientTypeTest : public testing::TestWithParam<std::string> {};

TEST_P(RecordPatientTypeTest, NeedsAPatient) {
  EXPECT_EQ(Chart({{Resource(GetParam(), "x")}}).record.foreign_count(), 1U);
  EXPECT_EQ(Chart({{Resource(GetParam(), "x", Of("Patient/p1"))}}).record.foreign_count(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Types, RecordPatientTypeTest,
                         testing::Values("Observation", "Condition", "Procedure", "ServiceRequest",
                                         "MedicationRequest", "MedicationAdministration",
                                         "MedicationStatement", "DiagnosticReport", "BodyStructure",
                                         "Specimen", "Encounter", "CarePlan", "FamilyMemberHistory",
                                         "AllergyIntolerance"),
                         [](const auto& test) { return test.param; });

// --- URLs that only a Bundle explains
// --------------------------------------------------------------

struct UrlCase {
  std::string name;
  std::vector<Key> keys;  // added in this order, and in the opposite one
  std::string listed;
  std::size_t foreign = 0;

  friend void PrintTo(const UrlCase& row, std::ostream* out) { *out << row.name; }
};

class RecordUrlTest : public testing::TestWithParam<UrlCase> {};

TEST_P(RecordUrlTest, DoesNotDependOnOrder) {
  UrlCase row = GetParam();
  for (int turn = 0; turn < 2; ++turn) {
    const Chart chart(row.keys);
    EXPECT_EQ(chart.Listed(), row.listed);
    EXPECT_EQ(chart.record.foreign_count(), row.foreign);
    std::reverse(row.keys.begin(), row.keys.end());
  }
}

const std::string kOurEntry = Entry(Resource("Patient", "p1"), "urn:uuid:1");
const std::string kOtherEntry = Entry(Resource("Patient", "p2"), "urn:uuid:1");
const std::string kUrnEntry = Entry(Observation("o", "urn:uuid:1"), "urn:uuid:9");

INSTANTIATE_TEST_SUITE_P(
    Rows, RecordUrlTest,
    testing::ValuesIn<UrlCase>({
        {"PatientFirst", {{Bundle({kOurEntry, kUrnEntry})}}, "Observation/o Patient/p1"},
        {"PatientLast", {{Bundle({kUrnEntry, kOurEntry})}}, "Observation/o Patient/p1"},
        {"PatientInOtherKey",
         {{Bundle({kOurEntry})}, {Bundle({kUrnEntry})}},
         "Observation/o Patient/p1"},
        {"NobodyExplains", {{Bundle({kUrnEntry})}, {Resource("Patient", "p1")}}, "Patient/p1", 1},
        {"AnotherPatient", {{Bundle({kOtherEntry, kUrnEntry})}}, "", 2},
        {"OwnBundleDecidesForAnother",
         {{Bundle({kOurEntry})}, {Bundle({kOtherEntry, kUrnEntry})}},
         "Patient/p1",
         2},
        {"OwnBundleDecidesForOurs",
         {{Bundle({kOtherEntry})}, {Bundle({kOurEntry, kUrnEntry})}},
         "Observation/o Patient/p1",
         1},
        {"OtherKeysDisagree",
         {{Bundle({kOtherEntry})}, {Bundle({kUrnEntry})}, {Bundle({kOurEntry})}},
         "Patient/p1",
         2},
        {"SameBundleDisagrees", {{Bundle({kOurEntry, kOtherEntry, kUrnEntry})}}, "Patient/p1", 2},
        {"PatientWithoutId",
         {{Bundle({Entry(R"({"resourceType":"Patient"})", "urn:uuid:1"), kUrnEntry})}},
         "",
         2},
    }),
    [](const auto& test) { return test.param.name; });

// --- Delivery
// --------------------------------------------------------------------------------------

struct DeliveryCase {
  std::string name;
  std::vector<Key> keys;
  Delivery delivery;  // of Observation

  friend void PrintTo(const DeliveryCase& row, std::ostream* out) { *out << row.name; }
};

class RecordDeliveryTest : public testing::TestWithParam<DeliveryCase> {};

TEST_P(RecordDeliveryTest, AddsUpInAnyOrder) {
  DeliveryCase row = GetParam();
  for (int turn = 0; turn < 2; ++turn) {
    EXPECT_EQ(Chart(row.keys).record.delivery("Observation"), row.delivery);
    std::reverse(row.keys.begin(), row.keys.end());
  }
}

const Key kNoneKey{"null", "Observation"};
const Key kFailedKey{kOutcome, "Observation"};
const Key kDataKey{Bundle({Entry(Observation("o"))}), "Observation"};

/// An Observation of ours with one more member.
std::string WithMember(const std::string& member) {
  std::string text = Observation("o");
  return text.insert(text.size() - 1, "," + member);
}

Key KeyWith(const std::string& member) { return {WithMember(member), "Observation"}; }

// Elements that turn around what a resource says.
INSTANTIATE_TEST_SUITE_P(
    Meaning, RecordDeliveryTest,
    testing::ValuesIn<DeliveryCase>({
        {"Status", {KeyWith(R"("status":"final")")}, Delivery::kDelivered},
        {"NullStatus", {KeyWith(R"("status":null)")}, Delivery::kDelivered},
        {"NumberAsStatus", {KeyWith(R"("status":7)")}, Delivery::kIncomplete},
        {"ListAsStatus", {KeyWith(R"("status":["final"])")}, Delivery::kIncomplete},
        {"DoNotPerform", {KeyWith(R"("doNotPerform":true)")}, Delivery::kDelivered},
        {"TextAsDoNotPerform", {KeyWith(R"("doNotPerform":"true")")}, Delivery::kIncomplete},
        {"ClinicalStatus",
         {KeyWith(R"("clinicalStatus":{"coding":[{"code":"active"},{"display":"On"}]})")},
         Delivery::kDelivered},
        {"ClinicalStatusIsNotSaid",
         {KeyWith(R"("clinicalStatus":{"extension":[{"url":"x","valueCode":"unknown"}]})")},
         Delivery::kDelivered},
        {"NumberAsClinicalStatus", {KeyWith(R"("clinicalStatus":7)")}, Delivery::kIncomplete},
        {"TextAsClinicalStatus", {KeyWith(R"("clinicalStatus":"active")")}, Delivery::kIncomplete},
        {"EmptyClinicalStatus", {KeyWith(R"("clinicalStatus":{})")}, Delivery::kIncomplete},
        {"WordsAsClinicalStatus",
         {KeyWith(R"("clinicalStatus":{"text":"resolved"})")},
         Delivery::kIncomplete},
        {"NumberAsCode",
         {KeyWith(R"("verificationStatus":{"coding":[{"code":7}]})")},
         Delivery::kIncomplete},
        {"NoCode",
         {KeyWith(R"("verificationStatus":{"coding":[{"display":"x"}]})")},
         Delivery::kIncomplete},
        {"NumberAsCoding",
         {KeyWith(R"("verificationStatus":{"coding":[7]})")},
         Delivery::kIncomplete},
        {"NumberAsListOfCodings",
         {KeyWith(R"("verificationStatus":{"coding":7})")},
         Delivery::kIncomplete},
        {"OfUnknownKey", {{WithMember(R"("status":7)")}}, Delivery::kIncomplete},
        {"BesideData",
         {{Bundle({Entry(Observation("p")), Entry(WithMember(R"("status":7)"))}), "Observation"}},
         Delivery::kIncomplete},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(RecordTest, LeavesOutWhatDoesNotSayWhatItMeans) {
  const Chart chart(
      {{Bundle({Entry(Observation("p")), Entry(WithMember(R"("status":7)"))}), "Observation"}});
  EXPECT_EQ(chart.record.OfType("Observation").size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RecordDeliveryTest,
    testing::ValuesIn<DeliveryCase>({
        {"Nothing", {}, Delivery::kAbsent},
        {"Null", {kNoneKey}, Delivery::kNone},
        {"NullOfAnotherType", {{"null", "Condition"}}, Delivery::kAbsent},
        {"NullOfAnUnknownType", {{"null"}}, Delivery::kAbsent},
        {"EmptyBundle", {{Bundle({}), "Observation"}}, Delivery::kNone},
        {"BundleWithoutEntry", {{R"({"resourceType":"Bundle"})", "Observation"}}, Delivery::kNone},
        {"TotalZero", {{R"({"resourceType":"Bundle","total":0})", "Observation"}}, Delivery::kNone},
        {"TotalWithoutEntries",
         {{R"({"resourceType":"Bundle","total":4})", "Observation"}},
         Delivery::kIncomplete},
        {"Data", {kDataKey}, Delivery::kDelivered},
        {"SingleResource", {{Observation("o"), "Observation"}}, Delivery::kDelivered},
        {"DataOfAnUnknownKey", {{Observation("o")}}, Delivery::kDelivered},
        {"DataUnderAnotherKey", {{Observation("o"), "Condition"}}, Delivery::kDelivered},
        {"OtherTypeUnderTheKey", {{Resource("Medication", "m"), "Observation"}}, Delivery::kAbsent},
        {"LoneOutcome", {kFailedKey}, Delivery::kFailed},
        {"LoneOutcomeOfUnknownType", {{kOutcome}}, Delivery::kAbsent},
        {"OutcomeAsOnlyEntry", {{Bundle({Entry(kOutcome)}), "Observation"}}, Delivery::kFailed},
        {"OutcomeBesideData",
         {{Bundle({Entry(Observation("o")), Entry(kOutcome)}), "Observation"}},
         Delivery::kIncomplete},
        {"OutcomeBesideDataOfUnknownKey",
         {{Bundle({Entry(Observation("o")), Entry(kOutcome)})}},
         Delivery::kDelivered},
        {"ModeOutcomeIsNoData",
         {{Bundle({R"({"search":{"mode":"outcome"},"resource":)" + Observation("o") + "}"}),
           "Observation"}},
         Delivery::kFailed},
        {"IncludedEntriesAreData",
         {{Bundle({R"({"search":{"mode":"include"},"resource":)" + Observation("o") + "}"}),
           "Condition"}},
         Delivery::kDelivered},
        {"NextLink",
         {{Bundle({Entry(Observation("o"))}, kNext), "Observation"}},
         Delivery::kIncomplete},
        {"NextLinkOfUnknownKey",
         {{Bundle({Entry(Observation("o"))}, kNext)}},
         Delivery::kIncomplete},
        {"NextLinkWithoutEntries", {{Bundle({}, kNext), "Observation"}}, Delivery::kIncomplete},
        {"OnlyForeign",
         {{Bundle({Entry(Observation("o", "Patient/p2"))}), "Observation"}},
         Delivery::kAbsent},
        {"ForeignBesideOurs",
         {{Bundle({Entry(Observation("o")), Entry(Observation("x", "Patient/p2"))}),
           "Observation"}},
         Delivery::kDelivered},
        {"UnknownWhose", {{Resource("Observation", "o"), "Observation"}}, Delivery::kIncomplete},
        {"UnknownWhoseBesideOurs",
         {{Bundle({Entry(Observation("o")), Entry(Resource("Observation", "x"))}), "Observation"}},
         Delivery::kIncomplete},
        {"BrokenEntry",
         {{Bundle({Entry(Observation("o")), "7"}), "Observation"}},
         Delivery::kIncomplete},
        {"BrokenEntries",
         {{R"({"resourceType":"Bundle","entry":{}})", "Observation"}},
         Delivery::kIncomplete},
        {"Text", {{R"("x")", "Observation"}}, Delivery::kAbsent},
        {"Array", {{"[" + Observation("o") + "]", "Observation"}}, Delivery::kAbsent},
        {"NoResourceType", {{R"({"id":"o"})", "Observation"}}, Delivery::kAbsent},
        {"NumberAsResourceType", {{R"({"resourceType":1})", "Observation"}}, Delivery::kAbsent},
        {"NoneAndData", {kNoneKey, kDataKey}, Delivery::kDelivered},
        {"FailedAndData", {kFailedKey, kDataKey}, Delivery::kIncomplete},
        {"FailedAndNone", {kFailedKey, kNoneKey}, Delivery::kFailed},
        {"IncompleteAndData",
         {{Bundle({}, kNext), "Observation"}, kDataKey},
         Delivery::kIncomplete},
        {"IncompleteAndFailed",
         {{Bundle({}, kNext), "Observation"}, kFailedKey},
         Delivery::kIncomplete},
    }),
    [](const auto& test) { return test.param.name; });

TEST(RecordTest, ReportsAddToDelivery) {
  Chart chart({kDataKey});
  chart.record.SetDelivery("Observation", Delivery::kAbsent);
  EXPECT_EQ(chart.record.delivery("Observation"), Delivery::kDelivered);
  chart.record.SetDelivery("Observation", Delivery::kFailed);
  EXPECT_EQ(chart.record.delivery("Observation"), Delivery::kIncomplete);
  chart.record.SetDelivery("Procedure", Delivery::kNone);
  EXPECT_EQ(chart.record.delivery("Procedure"), Delivery::kNone);
  chart.record.SetDelivery("Procedure", Delivery::kDelivered);
  EXPECT_EQ(chart.record.delivery("Procedure"), Delivery::kDelivered);
  chart.record.SetDelivery("Procedure", Delivery::kIncomplete);
  EXPECT_EQ(chart.record.delivery("Procedure"), Delivery::kIncomplete);
}

TEST(RecordTest, AnAbsentValueSaysNothing) {
  Record record("p1");
  record.Add(Json{}, "Observation");
  EXPECT_EQ(record.delivery("Observation"), Delivery::kAbsent);
  EXPECT_TRUE(record.patient().absent());
  EXPECT_TRUE(record.All().empty());
}

// --- Order and duplicates
// --------------------------------------------------------------------------

TEST(RecordTest, SortsByTypeAndId) {
  const Chart chart({{Bundle({Entry(Observation("b")), Entry(Resource("Patient", "p1"))})},
                     {Observation("c")},
                     {Bundle({Entry(Resource("Medication", "m")), Entry(Observation("a"))})}});
  EXPECT_EQ(chart.Listed(), "Medication/m Observation/a Observation/b Observation/c Patient/p1");
  EXPECT_EQ(chart.record.OfType("Observation").size(), 3U);
  EXPECT_TRUE(chart.record.OfType("Condition").empty());
  EXPECT_EQ(chart.record.patient()["id"].string(), "p1");
}

struct DuplicateCase {
  std::string name;
  std::string winner;  // members of the resource
  std::string loser;

  friend void PrintTo(const DuplicateCase& row, std::ostream* out) { *out << row.name; }
};

class RecordDuplicateTest : public testing::TestWithParam<DuplicateCase> {};

TEST_P(RecordDuplicateTest, OneCounts) {
  const std::string winner = Resource("Medication", "m", GetParam().winner + R"(,"mark":"won")");
  const std::string loser = Resource("Medication", "m", GetParam().loser + R"(,"mark":"zlost")");
  for (const auto& keys : std::vector<std::vector<Key>>{
           {{winner}, {loser}}, {{loser}, {winner}}, {{Bundle({Entry(loser), Entry(winner)})}}}) {
    const Chart chart(keys);
    ASSERT_EQ(chart.record.OfType("Medication").size(), 1U);
    EXPECT_EQ(chart.record.OfType("Medication")[0]["mark"].string(), "won");
  }
}

std::string Meta(const std::string& members) { return R"(,"meta":{)" + members + "}"; }
std::string Updated(const std::string& time) { return Meta(R"("lastUpdated":")" + time + "\""); }
std::string Version(const std::string& id) { return Meta(R"("versionId":")" + id + "\""); }

INSTANTIATE_TEST_SUITE_P(
    Rows, RecordDuplicateTest,
    testing::ValuesIn<DuplicateCase>({
        {"NewerCounts", Updated("2026-02-02T00:00:00Z"), Updated("2026-02-01T00:00:00Z")},
        {"NewerInAnotherZone", Updated("2026-02-02T00:30:00+02:00"),
         Updated("2026-02-01T22:00:00Z")},
        {"ATimeBeforeNone", Updated("2026-02-02T00:00:00Z"), ""},
        {"LargerVersion", Version("10"), Version("9")},
        {"NumbersAboveTexts", Version("1"), Version("x")},
        {"LeadingZeros", Version("11"), Version("010")},
        {"TimeBeforeVersion", Meta(R"("lastUpdated":"2026-02-02T00:00:00Z","versionId":"1")"),
         Meta(R"("lastUpdated":"2026-02-01T00:00:00Z","versionId":"2")")},
        {"SmallerText", "", ""},
    }),
    [](const auto& test) { return test.param.name; });

// Ids are compared by their first 16 bytes, then whole: on both sides of every such border.
TEST(RecordTest, SortsIdsThatBeginAlike) {
  std::vector<std::string> ids;
  for (const std::size_t size : {1, 7, 8, 9, 15, 16, 17, 63}) {
    const std::string start(size, 'm');
    ids.insert(ids.end(), {start, start + "a", start + "z", start + "-"});
  }
  ids.insert(ids.end(), {"A", "0", "Z.1", "mmmmmmmmmmmmmmmmA", "mmmmmmmmA"});
  Chart chart;
  for (const std::string& id : ids) chart.Add({Observation(id)});
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::vector<std::string> listed;
  for (const Json& resource : chart.record.OfType("Observation")) {
    listed.emplace_back(resource["id"].string());
  }
  EXPECT_EQ(listed, ids);
  for (const std::string& id : ids) {
    EXPECT_EQ(chart.record.Resolve("Observation/" + id)["id"].string(), id);
  }
}

TEST(RecordTest, ResourcesWithoutIdAllCount) {
  const std::string bare = R"({"resourceType":"Medication"})";
  EXPECT_EQ(Chart({{bare}, {bare}}).record.OfType("Medication").size(), 2U);
}

TEST(RecordTest, AForeignCopyNeverReplacesOurs) {
  const Chart chart(
      {{Observation("o")},
       {Resource("Observation", "o", Of("Patient/p2") + Updated("2026-02-02T00:00:00Z"))}});
  ASSERT_EQ(chart.record.OfType("Observation").size(), 1U);
  EXPECT_EQ(chart.record.OfType("Observation")[0]["subject"]["reference"].string(), "Patient/p1");
}

// --- Bundles
// ---------------------------------------------------------------------------------------

std::string Wrapped(std::string json, int times) {
  while (times-- > 0) json = Bundle({Entry(json)});
  return json;
}

TEST(RecordTest, TakesNestedBundlesToADepthOfEight) {
  const Chart within({{Wrapped(Observation("o"), 8), "Observation"}});
  EXPECT_EQ(within.Listed(), "Observation/o");
  EXPECT_EQ(within.record.delivery("Observation"), Delivery::kDelivered);
  const Chart beyond({{Wrapped(Observation("o"), 9), "Observation"}});
  EXPECT_EQ(beyond.Listed(), "");
  EXPECT_EQ(beyond.record.delivery("Observation"), Delivery::kIncomplete);
}

TEST(RecordTest, DoesNotEnterParametersOrContained) {
  const Chart chart(
      {{R"({"resourceType":"Parameters","parameter":[{"resource":)" + Observation("o") + "}]}"},
       {Resource("Medication", "m", R"(,"contained":[)" + Observation("x") + "]")}});
  EXPECT_EQ(chart.Listed(), "Medication/m Parameters");
}

std::string ManyMedications(std::size_t first, std::size_t count) {
  std::vector<std::string> entries;
  for (std::size_t i = first; i < first + count; ++i) {
    entries.push_back(Entry(Resource("Medication", std::to_string(i))));
  }
  return Bundle(entries);
}

TEST(RecordTest, IsCutAtItsLimit) {
  Chart chart({{ManyMedications(0, 10'000)}, {ManyMedications(10'000, 10'000)}});
  EXPECT_EQ(chart.record.All().size(), Record::kMaxResources);
  EXPECT_FALSE(chart.record.truncated());
  EXPECT_EQ(chart.record.delivery("Medication"), Delivery::kDelivered);
  chart.Add({Resource("Medication", "more")});
  EXPECT_EQ(chart.record.All().size(), Record::kMaxResources);
  EXPECT_TRUE(chart.record.truncated());
  EXPECT_EQ(chart.record.delivery("Medication"), Delivery::kIncomplete);
}

// --- References
// ------------------------------------------------------------------------------------

struct ResolveCase {
  std::string name;
  std::string reference;
  std::string found;  // "Type/id" or empty

  friend void PrintTo(const ResolveCase& row, std::ostream* out) { *out << row.name; }
};

class RecordResolveTest : public testing::TestWithParam<ResolveCase> {};

TEST_P(RecordResolveTest, FindsTheResource) {
  const std::string holder =
      Resource("Medication", "m", R"(,"contained":[)" + Resource("Organization", "org") + "]");
  const Chart chart({{Bundle({Entry(holder, "https://ehr.example/Medication/m"),
                              Entry(Observation("o"), "urn:uuid:9"),
                              Entry(Resource("Location", "l1"), "urn:uuid:twice"),
                              Entry(Resource("Location", "l2"), "urn:uuid:twice"),
                              Entry(Observation("f", "Patient/p2"), "urn:uuid:foreign")})}});
  const Json from = chart.record.OfType("Medication")[0];
  EXPECT_EQ(Record::Reference(chart.record.Resolve(GetParam().reference, from)), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(Rows, RecordResolveTest,
                         testing::ValuesIn<ResolveCase>({
                             {"Relative", "Observation/o", "Observation/o"},
                             {"Version", "Observation/o/_history/2", "Observation/o"},
                             {"FullUrl", "https://ehr.example/Medication/m", "Medication/m"},
                             {"Absolute", "https://ehr.example/fhir/Observation/o",
                              "Observation/o"},
                             {"Urn", "urn:uuid:9", "Observation/o"},
                             {"UrnOfTwo", "urn:uuid:twice", ""},
                             {"Contained", "#org", "Organization/org"},
                             {"Container", "#", "Medication/m"},
                             {"NotContained", "#nobody", ""},
                             {"OtherType", "Condition/o", ""},
                             {"OtherId", "Observation/x", ""},
                             {"Foreign", "Observation/f", ""},
                             {"ForeignUrn", "urn:uuid:foreign", ""},
                             {"BareId", "o", ""},
                             {"Empty", "", ""},
                             {"NoId", "Observation/", ""},
                         }),
                         [](const auto& test) { return test.param.name; });

TEST(RecordTest, AUrlLeadsToTheCopyThatCounts) {
  const Chart chart(
      {{Bundle({Entry(Resource("Medication", "m", R"(,"mark":"old")"), "urn:uuid:1")})},
       {Resource("Medication", "m", Updated("2026-02-02T00:00:00Z") + R"(,"mark":"new")")}});
  EXPECT_EQ(chart.record.Resolve("urn:uuid:1")["mark"].string(), "new");
  EXPECT_TRUE(chart.record.Resolve("#x").absent());
}

TEST(RecordTest, WritesReferences) {
  EXPECT_EQ(Record::Reference(Json{}), "");
  const Chart chart({{R"({"resourceType":"Medication"})"}});
  EXPECT_EQ(chart.Listed(), "Medication");
}

}  // namespace
}  // namespace renal::fhir
