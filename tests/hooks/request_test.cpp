#include "hooks/request.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathways/hooks.h"
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

// ---- every field of every hook: absent, null, of each wrong type

/// A field of a hook's context, with a value that it may have.
struct FieldCase {
  std::string hook;
  std::string field;
  std::string good;
  bool required;
  std::string wrong;  // JSON values of wrong types, separated by spaces
  std::string bad;    // values of the right type that are refused, separated by spaces

  friend void PrintTo(const FieldCase& row, std::ostream* out) {
    *out << row.hook << "/" << row.field;
  }
};

constexpr const char* kNoText = "1 true [] {}";
constexpr const char* kNoObject = R"(1 true "x" [])";
constexpr const char* kNoId = R"("a/b" "" "a_b")";
constexpr const char* kNoReference = R"("7" "" "x/y/z?q" "practitioner/7")";

const std::string kAnyUser = R"("7" "" "Device/7" "Group/7")";
const std::string kNoClinician = R"("7" "" "Device/7" "Patient/7" "RelatedPerson/7")";

std::vector<FieldCase> Fields() {
  std::vector<FieldCase> rows;
  const auto user = [&](const char* hook, bool required, const std::string& bad) {
    rows.push_back({hook, "userId", R"("Practitioner/7")", required, kNoText, bad});
  };
  const auto common = [&](const char* hook, bool visit) {
    rows.push_back({hook, "patientId", R"("pat-1")", true, kNoText, kNoId});
    rows.push_back({hook, "encounterId", R"("enc-1")", visit, kNoText, kNoId});
  };
  const auto bundle = [&](const char* hook, const char* field) {
    rows.push_back({hook, field, R"({"resourceType":"Bundle","entry":[]})", true, kNoObject,
                    R"({"resourceType":"List"} {"resourceType":1})"});
  };
  for (const char* hook :
       {"order-select", "order-sign", "encounter-start", "encounter-discharge"}) {
    user(hook, true, kNoClinician);
    common(hook, std::string_view(hook).starts_with("encounter"));
  }
  for (const char* hook :
       {"patient-view", "appointment-book", "problem-list-item-create", "medication-verify"}) {
    user(hook, true, kAnyUser);
    common(hook, false);
  }
  user("allergyintolerance-create", true, kNoClinician + R"( "PractitionerRole/7")");
  common("allergyintolerance-create", false);
  user("medication-refill", false, kAnyUser);
  common("medication-refill", false);
  bundle("order-select", "draftOrders");
  bundle("order-sign", "draftOrders");
  bundle("appointment-book", "appointments");
  bundle("problem-list-item-create", "conditions");
  bundle("medication-refill", "medications");
  rows.push_back({"order-select", "selections", R"(["ServiceRequest/a"])", true,
                  "1 true {} [1] [{}]", R"(["a"] [""] ["ServiceRequest/"] "a")"});
  rows.push_back({"order-dispatch", "patientId", R"("pat-1")", true, kNoText, kNoId});
  rows.push_back({"order-dispatch", "dispatchedOrders", R"(["ServiceRequest/a"])", true,
                  "1 true {} [1]", R"(["a"] "a")"});
  rows.push_back(
      {"order-dispatch", "performer", R"("Organization/b")", true, kNoText, kNoReference});
  rows.push_back({"order-dispatch", "fulfillmentTasks", R"([{"resourceType":"Task"}])", false,
                  R"(1 true "x" [1] ["x"])", ""});
  rows.push_back({"allergyintolerance-create", "allergyIntolerance",
                  R"({"resourceType":"AllergyIntolerance"})", true, kNoObject, ""});
  rows.push_back({"medication-verify", "medication", R"({"resourceType":"MedicationRequest"})",
                  true, kNoObject, ""});
  return rows;
}

/// A call of the row's hook; its own field has `value`, or is left out where that is empty.
std::string CallOf(const FieldCase& row, const std::string& value) {
  std::string context;
  for (const FieldCase& other : Fields()) {
    if (other.hook != row.hook) continue;
    const std::string& member = other.field == row.field ? value : other.good;
    if (member.empty()) continue;
    context.append(context.empty() ? "" : ",").append("\"" + other.field + "\":" + member);
  }
  return Hook(row.hook, "{" + context + "}");
}

std::vector<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

class ContextFieldTest : public testing::TestWithParam<FieldCase> {
 protected:
  static std::string Refusal(const std::string& text) {
    const JsonDocument document = Parse(text);
    const auto request = ReadHookRequest(document.root());
    if (request) return "ok";
    return std::string(fhir::Spelling(request.error().code)) + " " + request.error().expression;
  }
};

TEST_P(ContextFieldTest, IsTakenWithAGoodValue) {
  EXPECT_EQ(Refusal(CallOf(GetParam(), GetParam().good)), "ok");
}

TEST_P(ContextFieldTest, IsNeededWhereTheHookSaysSo) {
  const std::string missing = GetParam().required ? "required /context/" + GetParam().field : "ok";
  EXPECT_EQ(Refusal(CallOf(GetParam(), "")), missing);
  EXPECT_EQ(Refusal(CallOf(GetParam(), "null")), missing);
}

TEST_P(ContextFieldTest, IsRefusedWithAnotherType) {
  for (const std::string& value : Words(GetParam().wrong)) {
    EXPECT_EQ(Refusal(CallOf(GetParam(), value)), "structure /context/" + GetParam().field)
        << value;
  }
}

TEST_P(ContextFieldTest, IsRefusedWithABadValue) {
  for (const std::string& value : Words(GetParam().bad)) {
    EXPECT_EQ(Refusal(CallOf(GetParam(), value)), "value /context/" + GetParam().field) << value;
  }
}

TEST_P(ContextFieldTest, UnknownFieldsBesideItChangeNothing) {
  const std::string text = With(CallOf(GetParam(), GetParam().good), R"("context":{)",
                                R"("context":{"x":[1],"extension":{"a":null},)");
  EXPECT_EQ(Refusal(text), "ok");
}

INSTANTIATE_TEST_SUITE_P(AllHooks, ContextFieldTest, testing::ValuesIn(Fields()),
                         [](const auto& test) {
                           std::string name = test.param.hook + "_" + test.param.field;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(ContextFieldsTest, NoHookOfPathwaysIsWithoutAShape) {
  for (const pathways::HookInfo& hook : pathways::KnownHooks()) {
    EXPECT_TRUE(IsKnownHook(hook.name)) << hook.name;
    const auto rows = Fields();
    EXPECT_TRUE(std::ranges::any_of(rows, [&](const FieldCase& row) {
      return row.hook == hook.name;
    })) << hook.name;
  }
}

// ---- spellings

const ClientProfile& Profile(std::string_view name) { return *Profiles::Shipped()->Find(name); }

TEST(SpellingTest, OrderDispatchIsReadInAllOfThem) {
  for (const char* orders : {R"("dispatchedOrders":["ServiceRequest/a"])",
                             R"("order":"ServiceRequest/a")", R"("order":["ServiceRequest/a"])",
                             R"("dispatchedOrders":"https://e/fhir/ServiceRequest/a")"}) {
    for (const char* tasks : {R"("fulfillmentTasks":[{}])", R"("fulfillment-tasks":[{}])",
                              R"("task":{})", R"("x":1)"}) {
      const JsonDocument document =
          Parse(Hook("order-dispatch", R"({"patientId":"pat-1","performer":"Organization/b",)" +
                                           std::string(orders) + "," + tasks + "}"));
      const auto request = ReadHookRequest(document.root());
      ASSERT_TRUE(request) << orders << tasks;
      EXPECT_THAT(request->dispatched, ElementsAre("ServiceRequest/a"));
      EXPECT_EQ(request->user, "");
    }
  }
}

TEST(SpellingTest, OldHooksAreReadForOldClientsAlone) {
  const std::string context = "{" + std::string(kWho) + R"(,"orders":{"entry":[{}]}})";
  const JsonDocument document = Parse(Hook("order-review", context));
  EXPECT_FALSE(ReadHookRequest(document.root()));
  const auto request = ReadHookRequest(document.root(), Profile("cds-hooks-1.0"));
  ASSERT_TRUE(request) << request.error().expression;
  EXPECT_EQ(request->hook, "order-sign");
  EXPECT_EQ(request->sent_hook, "order-review");
  EXPECT_EQ(request->draft_orders["entry"].size(), 1U);
  const JsonDocument without = Parse(Hook("medication-prescribe", context));
  EXPECT_EQ(ReadHookRequest(without.root(), Profile("cds-hooks-1.0")).error().expression,
            "/context/draftOrders");
}

TEST(SpellingTest, FieldsHaveTheNamesOfTheProfile) {
  ClientProfile profile = StandardProfile();
  profile.fields = {{"chosen", "selections"}, {"pending", "draftOrders"}};
  const JsonDocument document = Parse(Hook(
      "order-select", "{" + std::string(kWho) + R"(,"pending":{},"chosen":["ServiceRequest/a"]})"));
  EXPECT_FALSE(ReadHookRequest(document.root()));
  const auto request = ReadHookRequest(document.root(), profile);
  ASSERT_TRUE(request);
  EXPECT_THAT(*request->selections, ElementsAre("ServiceRequest/a"));
}

/// What a client that sends patient-view for everything really means.
struct TriggerCase {
  std::string_view name;
  std::string value;
  std::string_view more;  // members of the context
  std::string_view hook;

  friend void PrintTo(const TriggerCase& row, std::ostream* out) { *out << row.name; }
};

class TriggerTest : public testing::TestWithParam<TriggerCase> {};

TEST_P(TriggerTest, SaysWhatTheCallIsAbout) {
  const std::string text =
      With(Hook("patient-view", "{" + std::string(kWho) + std::string(GetParam().more) + "}"),
           R"("context")",
           R"("extension":{"com.epic.cdshooks.request.bpa-trigger-action":)" + GetParam().value +
               R"(},"context")");
  const JsonDocument document = Parse(text);
  const auto request = ReadHookRequest(document.root(), Profile("epic"));
  ASSERT_TRUE(request) << request.error().expression;
  EXPECT_EQ(request->hook, GetParam().hook);
  EXPECT_EQ(request->sent_hook, "patient-view");
  EXPECT_FALSE(request->selections) << "all drafts are meant";
  const auto plain = ReadHookRequest(document.root());
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->hook, "patient-view") << "of another client the extension says nothing";
}

INSTANTIATE_TEST_SUITE_P(Values, TriggerTest,
                         testing::ValuesIn<TriggerCase>({
                             {"Sign", "23", R"(,"draftOrders":{})", "order-sign"},
                             {"SignAsText", R"("23")", R"(,"draftOrders":{})", "order-sign"},
                             {"Enter", "18", R"(,"draftOrders":{})", "order-select"},
                             {"EnterWithoutOrders", "18", "", "patient-view"},
                             {"Open", "60", "", "patient-view"},
                             {"Another", "61", R"(,"draftOrders":{})", "patient-view"},
                             {"None", "null", "", "patient-view"},
                             {"AnObject", "{}", R"(,"draftOrders":{})", "patient-view"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(SpellingTest, FactsMayBeWrappedOnceMore) {
  for (const char* fact : {R"({"resourceType":"AllergyIntolerance","id":"a"})",
                           R"({"resource":{"resourceType":"AllergyIntolerance","id":"a"}})"}) {
    const JsonDocument document =
        Parse(Hook("allergyintolerance-create",
                   "{" + std::string(kWho) + R"(,"allergyIntolerance":)" + fact + "}"));
    const auto request = ReadHookRequest(document.root());
    ASSERT_TRUE(request);
    ASSERT_EQ(request->facts.size(), 1U);
    EXPECT_EQ(request->facts[0]["id"].string(), "a");
  }
}

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

enum class Use { kNot, kBackground, kCompared };

/// A draft, and how it is looked at.
struct DraftCase {
  std::string_view name;
  std::string entry;
  Use use;
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
  const CallOrders orders = OrdersOf(*request, record);
  EXPECT_EQ(orders.compared.size(), row.use == Use::kCompared ? 1U : 0U);
  EXPECT_EQ(orders.background.size(), row.use == Use::kBackground ? 1U : 0U);
}

std::string Draft(std::string_view members, std::string_view type = "ServiceRequest") {
  return R"({"fullUrl":"urn:uuid:1","resource":{"resourceType":")" + std::string(type) + "\"" +
         std::string(members) + "}}";
}

INSTANTIATE_TEST_SUITE_P(
    Drafts, DraftsOfTest,
    testing::ValuesIn<DraftCase>({
        {"OwnSubject", Draft(R"(,"subject":{"reference":"Patient/pat-1"})"), Use::kCompared, ""},
        {"AbsoluteSubject", Draft(R"(,"subject":{"reference":"https://e/fhir/Patient/pat-1"})"),
         Use::kCompared, ""},
        {"OtherSubject", Draft(R"(,"subject":{"reference":"Patient/pat-2"})"), Use::kNot, ""},
        {"GroupSubject", Draft(R"(,"subject":{"reference":"Group/pat-1"})"), Use::kNot, ""},
        {"NoSubject", Draft(""), Use::kCompared, ""},
        {"SubjectWithoutReference", Draft(R"(,"subject":{"display":"somebody"})"), Use::kNot, ""},
        {"UrnOfThePatient", Draft(R"(,"subject":{"reference":"urn:uuid:77"})"), Use::kCompared, ""},
        {"UrnOfNobody", Draft(R"(,"subject":{"reference":"urn:uuid:78"})"), Use::kNot, ""},
        {"OtherPatientMember",
         Draft(R"(,"patient":{"reference":"Patient/pat-2"})", "VisionPrescription"), Use::kNot, ""},
        {"Prescription", Draft("", "MedicationRequest"), Use::kCompared, ""},
        {"DrugBesideIt", Draft("", "Medication"), Use::kNot, ""},
        {"NoType", R"({"resource":{"id":"a"}})", Use::kNot, ""},
        {"NoResource", R"({"fullUrl":"urn:uuid:1"})", Use::kNot, ""},
        {"NoEntry", "null", Use::kNot, ""},
        {"Selected", Draft(R"(,"id":"a")"), Use::kCompared, R"(["ServiceRequest/a"])"},
        {"SelectedAbsolutely", Draft(R"(,"id":"a")"), Use::kCompared,
         R"(["https://e/fhir/ServiceRequest/a"])"},
        {"SelectedByUrl", Draft(""), Use::kCompared, R"(["urn:uuid:1"])"},
        {"Background", Draft(R"(,"id":"a")"), Use::kBackground, R"(["ServiceRequest/b"])"},
        {"NothingSelected", Draft(R"(,"id":"a")"), Use::kBackground, "[]"},
        {"Revised", Draft(R"(,"id":"a","status":"active")"), Use::kCompared, ""},
        {"OnHold", Draft(R"(,"id":"a","status":"on-hold")"), Use::kCompared, ""},
        {"Revoked", Draft(R"(,"id":"a","status":"revoked")"), Use::kNot, ""},
        {"Completed", Draft(R"(,"id":"a","status":"completed")"), Use::kNot, ""},
        {"Stopped", Draft(R"(,"id":"a","status":"stopped")", "MedicationRequest"), Use::kNot, ""},
        {"NotToBeDone", Draft(R"(,"id":"a","doNotPerform":true)"), Use::kNot, ""},
        {"RevokedInTheBackground", Draft(R"(,"id":"a","status":"revoked")"), Use::kNot,
         R"(["ServiceRequest/b"])"},
        {"SelectedOfOtherPatient", Draft(R"(,"id":"a","subject":{"reference":"Patient/pat-2"})"),
         Use::kNot, R"(["ServiceRequest/a"])"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

// What a call brings is newer than the record, also where it takes an order back.
TEST(CallOrdersTest, NamesWhatTheRecordIsOutOfDateAbout) {
  const JsonDocument document =
      Parse(Sign(R"(,"draftOrders":{"entry":[)" + Draft(R"(,"id":"a","status":"revoked")") + "," +
                 Draft(R"(,"id":"b","status":"active")") + "," + Draft("") + "," +
                 Draft(R"(,"id":"c","subject":{"reference":"Patient/pat-2"})") + "]}"));
  const auto request = ReadHookRequest(document.root());
  ASSERT_TRUE(request);
  EXPECT_THAT(OrdersOf(*request, fhir::Record("pat-1")).superseded,
              ElementsAre("ServiceRequest/a", "ServiceRequest/b"));
}

// The hook order-dispatch carries no orders: they are in the record, or nowhere.
TEST(CallOrdersTest, DispatchedOrdersAreThoseOfTheRecord) {
  const JsonDocument document = Parse(Hook(
      "order-dispatch",
      R"({"patientId":"pat-1","performer":"Organization/o","dispatchedOrders":["ServiceRequest/a",
             "ServiceRequest/a","ServiceRequest/done","ServiceRequest/foreign","ServiceRequest/none",
             "Observation/o"]})"));
  const JsonDocument bundle = Parse(R"({"resourceType":"Bundle","entry":[
    {"resource":{"resourceType":"ServiceRequest","id":"a","status":"active","subject":{"reference":"Patient/pat-1"}}},
    {"resource":{"resourceType":"ServiceRequest","id":"b","status":"active","subject":{"reference":"Patient/pat-1"}}},
    {"resource":{"resourceType":"ServiceRequest","id":"done","status":"completed","subject":{"reference":"Patient/pat-1"}}},
    {"resource":{"resourceType":"ServiceRequest","id":"foreign","status":"active","subject":{"reference":"Patient/pat-2"}}},
    {"resource":{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/pat-1"}}}]})");
  fhir::Record record("pat-1");
  record.Add(bundle.root());
  const auto request = ReadHookRequest(document.root());
  ASSERT_TRUE(request);
  const CallOrders orders = OrdersOf(*request, record);
  ASSERT_EQ(orders.compared.size(), 1U);
  EXPECT_EQ(orders.compared[0]["id"].string(), "a");
  EXPECT_THAT(orders.background, IsEmpty());
  EXPECT_THAT(orders.superseded, IsEmpty());
}

TEST(CallOrdersTest, OneOrderAloneIsCompared) {
  for (
      const char* form :
      {R"("medication":{"resourceType":"MedicationRequest","id":"m","status":"active"})",
       R"("order":{"resource":{"resourceType":"MedicationRequest","id":"m","status":"active"}})"}) {
    const JsonDocument document =
        Parse(Hook("medication-verify", "{" + std::string(kWho) + "," + form + "}"));
    const auto request = ReadHookRequest(document.root());
    ASSERT_TRUE(request);
    EXPECT_EQ(OrdersOf(*request, fhir::Record("pat-1")).compared.size(), 1U) << form;
  }
}

}  // namespace
}  // namespace renal::hooks
