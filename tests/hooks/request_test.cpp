#include "hooks/request.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hooks/calls.h"

namespace renal::hooks {
namespace {

using fhir::IssueCode;
using fhir::Json;
using fhir::JsonDocument;
using testing::ElementsAre;
using testing::IsEmpty;

JsonDocument Parse(const std::string& text) {
  auto document = JsonDocument::Parse(text);
  if (!document) throw std::invalid_argument(document.error().diagnostics + "\n" + text);
  return std::move(*document);
}

constexpr std::string_view kView =
    R"({"hook":"patient-view","hookInstance":"i","context":{"userId":"Practitioner/7","patientId":"pat-1"}})";

/// A whole request, and what is refused in it; or nothing.
struct RequestCase {
  std::string_view name;
  std::string text;
  std::string_view pointer;  // "ok": the request is taken
  IssueCode code = IssueCode::kValue;

  friend void PrintTo(const RequestCase& row, std::ostream* out) { *out << row.name; }
};

class ReadHookRequestTest : public testing::TestWithParam<RequestCase> {};

TEST_P(ReadHookRequestTest, TakesItOrNamesTheCulprit) {
  const RequestCase& row = GetParam();
  const JsonDocument document = Parse(row.text);
  const auto request = ReadHookRequest(document.root());
  if (row.pointer == "ok") {
    ASSERT_TRUE(request) << request.error().diagnostics << " " << request.error().expression;
    return;
  }
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().expression, row.pointer);
  EXPECT_EQ(request.error().code, row.code);
  EXPECT_FALSE(request.error().diagnostics.empty());
  EXPECT_LE(request.error().diagnostics.size(), 256U);
}

std::string View(std::string_view from, std::string_view to) {
  return With(std::string(kView), from, to);
}

std::string ViewAnd(std::string_view members) {
  return View(R"("hook":)", std::string(members) + R"(,"hook":)");
}

std::string ManyAnswers(int count) {
  std::string text = "{";
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "\"a" : ",\"a") + std::to_string(i) + "\":true";
  }
  return text + "}";
}

constexpr auto kStructure = IssueCode::kStructure;
constexpr auto kRequired = IssueCode::kRequired;
constexpr auto kValue = IssueCode::kValue;

const std::string kAuthorization =
    R"("fhirServer":"https://ehr.example/fhir","fhirAuthorization":{"access_token":"t","token_type":"Bearer","expires_in":300,"scope":"s","subject":"c"})";

INSTANTIATE_TEST_SUITE_P(
    Top, ReadHookRequestTest,
    testing::ValuesIn<RequestCase>({
        {"Whole", std::string(kView), "ok"},
        {"UnknownMembers", ViewAnd(R"("x":{"y":[1]},"extension":[])"), "ok"},
        {"NoObject", "[]", "", kStructure},
        {"NoHook", View(R"("hook":"patient-view",)", ""), "/hook", kRequired},
        {"NullHook", View(R"("patient-view")", "null"), "/hook", kRequired},
        {"NumberHook", View(R"("patient-view")", "1"), "/hook", kStructure},
        {"UnknownHook", View("patient-view", "patient-seen"), "/hook", kValue},
        {"NoInstance", View(R"("hookInstance":"i",)", ""), "/hookInstance", kRequired},
        {"NumberInstance", View(R"(:"i")", ":1"), "/hookInstance", kStructure},
        {"EmptyInstance", View(R"(:"i")", R"(:"")"), "/hookInstance", kValue},
        {"Instance128", View(R"(:"i")", ":\"" + std::string(128, 'i') + "\""), "ok"},
        {"Instance129", View(R"(:"i")", ":\"" + std::string(129, 'i') + "\""), "/hookInstance"},
        {"InstanceWithNul", View(R"(:"i")", R"(:"a\u0000b")"), "/hookInstance"},
        {"InstanceBeyondAscii", View(R"(:"i")", R"(:"é")"), "/hookInstance"},
        {"InstanceWithTilde", View(R"(:"i")", R"(:"a ~")"), "ok"},
        {"InstanceWithDel", View(R"(:"i")", R"(:"\u007f")"), "/hookInstance"},
        {"NoContext", R"({"hook":"patient-view","hookInstance":"i"})", "/context", kRequired},
        {"ListContext", R"({"hook":"patient-view","hookInstance":"i","context":[]})", "/context",
         kStructure},
        {"NullPrefetch", ViewAnd(R"("prefetch":null)"), "ok"},
        {"EmptyPrefetch", ViewAnd(R"("prefetch":{})"), "ok"},
        {"ListPrefetch", ViewAnd(R"("prefetch":[])"), "/prefetch", kStructure},
        {"TextPrefetch", ViewAnd(R"("prefetch":"x")"), "/prefetch", kStructure},
        {"Answers", ViewAnd(R"("extension":{"pathwayAnswers":{"a":true,"b":1,"c":"x","d":null}})"),
         "ok"},
        {"NullAnswers", ViewAnd(R"("extension":{"pathwayAnswers":null})"), "ok"},
        {"ListOfAnswers", ViewAnd(R"("extension":{"pathwayAnswers":[true]})"),
         "/extension/pathwayAnswers", kStructure},
        {"AnswerThatIsAnObject", ViewAnd(R"("extension":{"pathwayAnswers":{"a":{"value":1}}})"),
         "/extension/pathwayAnswers", kStructure},
        {"AnswerThatIsAList", ViewAnd(R"("extension":{"pathwayAnswers":{"a":[1]}})"),
         "/extension/pathwayAnswers", kStructure},
        {"TooManyAnswers", ViewAnd("\"extension\":{\"pathwayAnswers\":" + ManyAnswers(1'001) + "}"),
         "/extension/pathwayAnswers"},
        {"ManyAnswers", ViewAnd("\"extension\":{\"pathwayAnswers\":" + ManyAnswers(1'000) + "}"),
         "ok"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Access, ReadHookRequestTest,
    testing::ValuesIn<RequestCase>({
        {"Server", ViewAnd(R"("fhirServer":"https://ehr.example/fhir")"), "ok"},
        {"PlainServer", ViewAnd(R"("fhirServer":"http://ehr.example")"), "ok"},
        {"NullServer", ViewAnd(R"("fhirServer":null,"fhirAuthorization":null)"), "ok"},
        {"NumberServer", ViewAnd(R"("fhirServer":1)"), "/fhirServer", kStructure},
        {"EmptyServer", ViewAnd(R"("fhirServer":"")"), "/fhirServer"},
        {"RelativeServer", ViewAnd(R"("fhirServer":"ehr.example/fhir")"), "/fhirServer"},
        {"FileServer", ViewAnd(R"("fhirServer":"file:///etc")"), "/fhirServer"},
        {"ServerWithoutHost", ViewAnd(R"("fhirServer":"https:///fhir")"), "/fhirServer"},
        {"ServerWithSpace", ViewAnd(R"("fhirServer":"https://ehr example")"), "/fhirServer"},
        {"ServerWithNul", ViewAnd(R"("fhirServer":"https://e\u0000")"), "/fhirServer"},
        {"Authorization", ViewAnd(kAuthorization), "ok"},
        {"AuthorizationWithoutServer", ViewAnd(R"("fhirAuthorization":{})"), "/fhirServer",
         kRequired},
        {"TextAuthorization", ViewAnd(R"("fhirServer":"https://e","fhirAuthorization":"x")"),
         "/fhirAuthorization", kStructure},
        {"NoToken", ViewAnd(With(kAuthorization, R"("access_token":"t",)", "")),
         "/fhirAuthorization/access_token", kRequired},
        {"NumberToken", ViewAnd(With(kAuthorization, R"("t")", "1")),
         "/fhirAuthorization/access_token", kStructure},
        {"NoTokenType", ViewAnd(With(kAuthorization, R"("token_type":"Bearer",)", "")),
         "/fhirAuthorization/token_type", kRequired},
        {"ListScope", ViewAnd(With(kAuthorization, R"("s")", "[]")), "/fhirAuthorization/scope",
         kStructure},
        {"NoSubject", ViewAnd(With(kAuthorization, R"(,"subject":"c")", "")),
         "/fhirAuthorization/subject", kRequired},
        {"TextSeconds", ViewAnd(With(kAuthorization, "300", R"("300")")),
         "/fhirAuthorization/expires_in", kStructure},
        {"ZeroSeconds", ViewAnd(With(kAuthorization, "300", "0")), "ok"},
        {"NegativeSeconds", ViewAnd(With(kAuthorization, "300", "-1")),
         "/fhirAuthorization/expires_in"},
        {"NoSeconds", ViewAnd(With(kAuthorization, R"("expires_in":300,)", "")),
         "/fhirAuthorization/expires_in", kRequired},
    }),
    [](const auto& test) { return std::string(test.param.name); });

std::string Hook(std::string_view hook, std::string_view context) {
  return std::string(R"({"hook":")").append(hook) + R"(","hookInstance":"i","context":)" +
         std::string(context) + "}";
}

constexpr std::string_view kWho = R"("userId":"Practitioner/7","patientId":"pat-1")";

std::string Sign(std::string_view more) {
  return Hook("order-sign", "{" + std::string(kWho) + std::string(more) + "}");
}

std::string Select(std::string_view more) {
  return Hook("order-select",
              "{" + std::string(kWho) + R"(,"draftOrders":{})" + std::string(more) + "}");
}

std::string Entries(std::size_t count) {
  std::string text = R"(,"draftOrders":{"entry":[{})";
  for (std::size_t i = 1; i < count; ++i) text += ",{}";
  return text + "]}";
}

INSTANTIATE_TEST_SUITE_P(
    Context, ReadHookRequestTest,
    testing::ValuesIn<RequestCase>({
        {"NoUser", View(R"("userId":"Practitioner/7",)", ""), "/context/userId", kRequired},
        {"BareUser", View("Practitioner/7", "7"), "/context/userId"},
        {"OtherUser", View("Practitioner/7", "Device/7"), "/context/userId"},
        {"RoleUser", View("Practitioner/7", "PractitionerRole/7"), "ok"},
        {"AbsoluteUser", View("Practitioner/7", "https://ehr.example/fhir/Practitioner/7"), "ok"},
        {"VersionedUser", View("Practitioner/7", "Practitioner/7/_history/2"), "ok"},
        {"TwoFoldUser", View("Practitioner/7", "x/Practitioner/7"), "/context/userId"},
        {"NoPatient", View(R"(,"patientId":"pat-1")", ""), "/context/patientId", kRequired},
        {"NumberPatient", View(R"("pat-1")", "1"), "/context/patientId", kStructure},
        {"EmptyPatient", View("pat-1", ""), "/context/patientId"},
        {"ReferencePatient", View("pat-1", "Patient/pat-1"), "/context/patientId"},
        {"Patient64", View("pat-1", std::string(64, 'p')), "ok"},
        {"Patient65", View("pat-1", std::string(65, 'p')), "/context/patientId"},
        {"PatientWithNul", View("pat-1", R"(pat\u0000)"), "/context/patientId"},
        {"PatientWithUnderscore", View("pat-1", "pat_1"), "/context/patientId"},
        {"NullEncounter", View(R"("patientId")", R"("encounterId":null,"patientId")"), "ok"},
        {"BadEncounter", View(R"("patientId")", R"("encounterId":"a/b","patientId")"),
         "/context/encounterId"},
        {"NoVisit", Hook("encounter-start", "{" + std::string(kWho) + "}"), "/context/encounterId",
         kRequired},
        {"Visit", Hook("encounter-discharge", "{" + std::string(kWho) + R"(,"encounterId":"e"})"),
         "ok"},
        {"NoDrafts", Sign(""), "/context/draftOrders", kRequired},
        {"ListDrafts", Sign(R"(,"draftOrders":[])"), "/context/draftOrders", kStructure},
        {"DraftsWithoutType", Sign(R"(,"draftOrders":{"entry":[]})"), "ok"},
        {"DraftsOfOtherType", Sign(R"(,"draftOrders":{"resourceType":"List"})"),
         "/context/draftOrders"},
        {"DraftsWithBadEntries", Sign(R"(,"draftOrders":{"entry":[1,{"resource":null},{}]})"),
         "ok"},
        {"Drafts1000", Sign(Entries(1'000)), "ok"},
        {"Drafts1001", Sign(Entries(1'001)), "/context/draftOrders"},
        {"NoSelections", Select(""), "/context/selections", kRequired},
        {"Selections", Select(R"(,"selections":["ServiceRequest/a"])"), "ok"},
        {"OlderSelection", Select(R"(,"selection":["ServiceRequest/a"])"), "ok"},
        {"OneSelection", Select(R"(,"selection":"ServiceRequest/a")"), "ok"},
        {"UrnSelection", Select(R"(,"selections":["urn:uuid:1"])"), "ok"},
        {"BareSelection", Select(R"(,"selections":["a"])"), "/context/selections"},
        {"NumberSelection", Select(R"(,"selections":[1])"), "/context/selections", kStructure},
        {"ObjectSelections", Select(R"(,"selections":{})"), "/context/selections", kStructure},
        {"Dispatch",
         Hook(
             "order-dispatch",
             R"({"patientId":"p","dispatchedOrders":["ServiceRequest/a"],"performer":"Organization/b"})"),
         "ok"},
        {"OlderDispatch",
         Hook("order-dispatch",
              R"({"patientId":"p","order":"ServiceRequest/a","performer":"Organization/b"})"),
         "ok"},
        {"NoPerformer",
         Hook("order-dispatch", R"({"patientId":"p","dispatchedOrders":["ServiceRequest/a"]})"),
         "/context/performer", kRequired},
        {"Refill", Hook("medication-refill", R"({"patientId":"p","medications":{}})"), "ok"},
        {"Appointment",
         Hook("appointment-book", "{" + std::string(kWho) + R"(,"appointments":{}})"), "ok"},
        {"NoProblem", Hook("problem-list-item-create", "{" + std::string(kWho) + "}"),
         "/context/conditions", kRequired},
        {"Allergy",
         Hook("allergyintolerance-create",
              "{" + std::string(kWho) + R"(,"allergyIntolerance":{}})"),
         "ok"},
        {"TextAllergy",
         Hook("allergyintolerance-create",
              "{" + std::string(kWho) + R"(,"allergyIntolerance":"x"})"),
         "/context/allergyIntolerance", kStructure},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(HookRequestTest, HoldsWhatWasSaid) {
  const std::string text = With(
      With(SignCall(), "Practitioner/7", "https://ehr.example/fhir/PractitionerRole/r/_history/3"),
      R"("patientId":"pat-1",)", R"("patientId":"pat-1","encounterId":"enc-5",)");
  const JsonDocument document = Parse(text);
  const auto request = ReadHookRequest(document.root());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->hook, "order-sign");
  EXPECT_EQ(request->hook_instance, "call-1");
  EXPECT_EQ(request->user, "PractitionerRole/r");
  EXPECT_EQ(request->patient_id, "pat-1");
  EXPECT_EQ(request->encounter_id, "enc-5");
  EXPECT_EQ(request->draft_orders["entry"].size(), 1U);
  EXPECT_EQ(request->prefetch.size(), 4U);
  EXPECT_FALSE(request->selections);
  EXPECT_TRUE(request->wants_outcome);
}

TEST(HookRequestTest, GivesTheOutcomeOnlyToThoseWhoSayTrue) {
  for (const std::string_view value : {"false", "null", "1", R"("true")", "{}"}) {
    const JsonDocument document =
        Parse(ViewAnd(R"("extension":{"org.renalpath.outcome":)" + std::string(value) + "}"));
    const auto request = ReadHookRequest(document.root());
    ASSERT_TRUE(request) << value;
    EXPECT_FALSE(request->wants_outcome) << value;
  }
}

/// A draft, and whether it is looked at.
struct DraftCase {
  std::string_view name;
  std::string entry;
  bool used;
  std::string selections;  // of order-select; empty: order-sign

  friend void PrintTo(const DraftCase& row, std::ostream* out) { *out << row.name; }
};

class DraftsOfTest : public testing::TestWithParam<DraftCase> {};

TEST_P(DraftsOfTest, TakesThoseOfThePatient) {
  const DraftCase& row = GetParam();
  const std::string drafts = R"(,"draftOrders":{"entry":[)" + row.entry + "]}";
  const JsonDocument document =
      Parse(row.selections.empty()
                ? Sign(drafts)
                : Hook("order-select", "{" + std::string(kWho) + drafts + R"(,"selections":)" +
                                           row.selections + "}"));
  const JsonDocument bundle =
      Parse(R"({"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:77","resource":)" +
            std::string(kPatientJson) + "}]}");
  fhir::Record record("pat-1");
  record.Add(bundle.root());
  const auto request = ReadHookRequest(document.root());
  ASSERT_TRUE(request);
  EXPECT_EQ(DraftsOf(*request, record).size(), row.used ? 1U : 0U);
}

std::string Draft(std::string_view members, std::string_view type = "ServiceRequest") {
  return R"({"fullUrl":"urn:uuid:1","resource":{"resourceType":")" + std::string(type) + "\"" +
         std::string(members) + "}}";
}

INSTANTIATE_TEST_SUITE_P(
    Drafts, DraftsOfTest,
    testing::ValuesIn<DraftCase>({
        {"OwnSubject", Draft(R"(,"subject":{"reference":"Patient/pat-1"})"), true, ""},
        {"AbsoluteSubject", Draft(R"(,"subject":{"reference":"https://e/fhir/Patient/pat-1"})"),
         true, ""},
        {"OtherSubject", Draft(R"(,"subject":{"reference":"Patient/pat-2"})"), false, ""},
        {"GroupSubject", Draft(R"(,"subject":{"reference":"Group/pat-1"})"), false, ""},
        {"NoSubject", Draft(""), true, ""},
        {"SubjectWithoutReference", Draft(R"(,"subject":{"display":"somebody"})"), false, ""},
        {"UrnOfThePatient", Draft(R"(,"subject":{"reference":"urn:uuid:77"})"), true, ""},
        {"UrnOfNobody", Draft(R"(,"subject":{"reference":"urn:uuid:78"})"), false, ""},
        {"OtherPatientMember",
         Draft(R"(,"patient":{"reference":"Patient/pat-2"})", "VisionPrescription"), false, ""},
        {"Prescription", Draft("", "MedicationRequest"), true, ""},
        {"DrugBesideIt", Draft("", "Medication"), false, ""},
        {"NoType", R"({"resource":{"id":"a"}})", false, ""},
        {"NoResource", R"({"fullUrl":"urn:uuid:1"})", false, ""},
        {"NoEntry", "null", false, ""},
        {"Selected", Draft(R"(,"id":"a")"), true, R"(["ServiceRequest/a"])"},
        {"SelectedAbsolutely", Draft(R"(,"id":"a")"), true,
         R"(["https://e/fhir/ServiceRequest/a"])"},
        {"SelectedByUrl", Draft(""), true, R"(["urn:uuid:1"])"},
        {"Background", Draft(R"(,"id":"a")"), false, R"(["ServiceRequest/b"])"},
        {"NothingSelected", Draft(R"(,"id":"a")"), false, "[]"},
        {"SelectedOfOtherPatient", Draft(R"(,"id":"a","subject":{"reference":"Patient/pat-2"})"),
         false, R"(["ServiceRequest/a"])"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace renal::hooks
