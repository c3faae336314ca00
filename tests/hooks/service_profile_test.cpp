#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/json.h"
#include "fhir/own_json.h"
#include "hooks/service.h"
#include "pathways/definitions.h"
#include "tests/hooks/calls.h"

namespace renal::hooks {
namespace {

using fhir::Json;
using fhir::JsonDocument;
using testing::HasSubstr;
using testing::Not;

JsonDocument Parse(const std::string& text) {
  auto document = JsonDocument::Parse(text);
  if (!document) throw std::invalid_argument(document.error().diagnostics + "\n" + text);
  return std::move(*document);
}

std::shared_ptr<const fhir::OwnJson> Document() {
  auto read = fhir::ReadOwnJson(*pathways::EmbeddedFile("onc-kidney-2018.pathway.json"));
  return std::make_shared<const fhir::OwnJson>(std::get<fhir::OwnJson>(std::move(read)));
}

/// A service whose caller is who the test says.
class ServiceProfileTest : public testing::Test {
 protected:
  Service Make(std::string profile, bool authenticate = true) {
    ServiceOptions options{
        .pathway = pathways::ShippedPathway("onc-kidney-2018"),
        .translations = {pathways::ShippedPathway("onc-kidney-2018", "nb")},
        .document = Document(),
        .profile = std::move(profile),
        .determinism = {.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 7}};
    if (authenticate) {
      options.authenticate = [this](const HttpRequest&, std::string_view) {
        return Admission{.caller = caller_};
      };
    }
    return Service(std::move(options));
  }

  static HttpReply Ask(Service& service, std::string_view method, std::string_view path,
                       std::string body = {}) {
    if (!service.RouteOf(path).known) return {.status = 404};
    const std::size_t size = body.size();
    body.append(fhir::kJsonPadding, ' ');
    return service.Answer({.method = method,
                           .path = std::string(path),
                           .body = std::string_view(body).substr(0, size)});
  }

  static HttpReply Sign(Service& service, std::string_view prefix = {}) {
    return Ask(service, "POST", std::string(prefix) + "/cds-services/onc-kidney-2018", SignCall());
  }

  Caller caller_;
};

// Marks of a profile in its answers.
constexpr const char* kOfEpic = "com.epic.cdshooks.card.detail.content-type";
constexpr const char* kOfPayer = R"("systemActions":[])";

TEST_F(ServiceProfileTest, IsTheDefaultWhereNobodyNamesAnother) {
  Service service = Make("payer", false);
  EXPECT_THAT(Sign(service).body, HasSubstr(kOfPayer));
  EXPECT_THROW(Make("none"), std::invalid_argument);
}

TEST_F(ServiceProfileTest, IsThatOfThePath) {
  Service service = Make("standard", false);
  EXPECT_THAT(Sign(service).body, Not(HasSubstr(kOfPayer)));
  EXPECT_THAT(Sign(service, "/payer").body, HasSubstr(kOfPayer));
  EXPECT_THAT(Sign(service, "/epic").body, HasSubstr(kOfEpic));
  EXPECT_EQ(Sign(service, "/other").status, 404);
  EXPECT_EQ(Ask(service, "GET", "/other/cds-services").status, 404);
  EXPECT_THAT(Ask(service, "GET", "/sandbox/cds-services").body,
              HasSubstr("onc-kidney-2018-order-sign"));
  EXPECT_THAT(Ask(service, "GET", "/cds-hooks-3.0/cds-services").body,
              HasSubstr(R"("version":"3.0.0")"));
}

TEST_F(ServiceProfileTest, IsThatOfTheAuthenticatedClient) {
  Service service = Make("standard");
  caller_ = {.client = "clinic", .profile = "epic"};
  EXPECT_THAT(Sign(service).body, HasSubstr(kOfEpic));
  EXPECT_THAT(Sign(service, "/epic").body, HasSubstr(kOfEpic));
  const HttpReply refused = Sign(service, "/payer");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"forbidden")"));
  caller_ = {.client = "clinic"};
  EXPECT_THAT(Sign(service, "/payer").body, HasSubstr(kOfPayer));
  EXPECT_EQ(Sign(service, "/other").status, 404);
}

TEST_F(ServiceProfileTest, SaysWhetherAnswersMayCarryTheOutcome) {
  Service service = Make("standard", false);
  EXPECT_THAT(Sign(service).body, Not(HasSubstr("org.renalpath.outcome")));
  EXPECT_THAT(Sign(service, "/sandbox").body, HasSubstr("org.renalpath.outcome"));
}

// ---- the pathway over FHIR

std::string Subject(std::string_view more) {
  return R"({"resourceType":"Parameters","parameter":[{"name":"subject","valueString":"Patient/pat-1"})" +
         std::string(more) + "]}";
}

std::string RecordBundle(bool conditions = true) {
  std::string text = R"({"resourceType":"Bundle","entry":[{"resource":)" +
                     std::string(kPatientJson) + R"(},{"resource":)" +
                     std::string(kObservationsJson) + "}";
  if (conditions) text += R"(,{"resource":)" + std::string(kConditionsJson) + "}";
  return text + "]}";
}

std::string Data(const std::string& bundle) {
  return R"(,{"name":"data","resource":)" + bundle + "}";
}

constexpr std::string_view kPlan = "/fhir/PlanDefinition/onc-kidney-2018";
constexpr std::string_view kApply = "/fhir/PlanDefinition/onc-kidney-2018/$apply";

TEST_F(ServiceProfileTest, AppliesThePlanToABundle) {
  Service service = Make("standard", false);
  const HttpReply reply =
      Ask(service, "POST", kApply,
          Subject(Data(RecordBundle()) +
                  R"(,{"name":"encounter","valueReference":{"reference":"Encounter/e"}},
                  {"name":"practitioner","valueString":"Practitioner/d"},
                  {"name":"organization","valueString":"Organization/o"},
                  {"name":"useServerData","valueBoolean":true})"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.content_type, "application/fhir+json");
  const JsonDocument plan = Parse(reply.body);
  EXPECT_EQ(plan.root()["resourceType"].string(), "CarePlan");
  EXPECT_EQ(plan.root()["subject"]["reference"].string(), "Patient/pat-1");
  EXPECT_EQ(plan.root()["encounter"]["reference"].string(), "Encounter/e");
  EXPECT_EQ(plan.root()["author"]["reference"].string(), "Practitioner/d");
  // The same rule as a hook's card names, and its treatment.
  EXPECT_THAT(Ask(service, "POST", "/cds-services/onc-kidney-2018", ViewCall()).body,
              HasSubstr("ONC-05"));
  EXPECT_THAT(reply.body, HasSubstr("ONC-05"));
  EXPECT_THAT(reply.body, HasSubstr("partial_nephrectomy"));
}

TEST_F(ServiceProfileTest, AnswersOfAUserReachThePlan) {
  Service service = Make("standard", false);
  const std::string answers =
      R"(,{"name":"parameters","resource":{"resourceType":"Parameters","parameter":[
          {"name":"tumour_size_cm","valueString":"8 'cm'"}]}})";
  const HttpReply reply = Ask(service, "POST", kApply, Subject(Data(RecordBundle()) + answers));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr("radical_nephrectomy"));
}

/// A call of $apply that is refused.
struct RefusalCase {
  std::string_view name;
  std::string body;
  int status;
  std::string_view expression;

  friend void PrintTo(const RefusalCase& row, std::ostream* out) { *out << row.name; }
};

class ApplyRefusalTest : public ServiceProfileTest,
                         public testing::WithParamInterface<RefusalCase> {};

TEST_P(ApplyRefusalTest, IsAnOperationOutcome) {
  Service service = Make("standard", false);
  const HttpReply reply = Ask(service, "POST", kApply, GetParam().body);
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  const JsonDocument outcome = Parse(reply.body);
  EXPECT_EQ(outcome.root()["resourceType"].string(), "OperationOutcome");
  for (const Json::Entry issue : outcome.root()["issue"]) {
    std::string expression;
    for (const Json::Entry each : issue.value["expression"]) expression = each.value.string();
    EXPECT_EQ(expression, GetParam().expression);
  }
}

std::string Only(std::string_view parameters) {
  return R"({"resourceType":"Parameters","parameter":[)" + std::string(parameters) + "]}";
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ApplyRefusalTest,
    testing::ValuesIn<RefusalCase>({
        {"NoJson", "{", 400, ""},
        {"NoParameters", R"({"resourceType":"Bundle"})", 400, ""},
        {"ListOfNothing", R"({"resourceType":"Parameters","parameter":{}})", 400, "parameter"},
        {"NoSubject", Only(""), 400, "subject"},
        {"SubjectOfOtherType", Only(R"({"name":"subject","valueString":"Group/1"})"), 400,
         "subject"},
        {"SubjectWithoutType", Only(R"({"name":"subject","valueString":"1"})"), 400, "subject"},
        {"SubjectAsNumber", Only(R"({"name":"subject","valueInteger":1})"), 400, "subject"},
        {"TwoSubjects", Subject(R"(,{"name":"subject","valueString":"Patient/p2"})"), 400,
         "subject"},
        {"BadEncounter", Subject(R"(,{"name":"encounter","valueString":"e"})"), 400, "encounter"},
        {"BadPractitioner", Subject(R"(,{"name":"practitioner","valueString":"Patient/p"})"), 400,
         "practitioner"},
        {"DataThatIsNoBundle", Subject(R"(,{"name":"data","resource":{"resourceType":"Patient"}})"),
         400, "data"},
        {"DataElsewhere",
         Subject(R"(,{"name":"dataEndpoint","resource":{"resourceType":"Endpoint"}})"), 400, ""},
        {"NoData", Subject(""), 412, "data"},
        {"NoConditions", Subject(Data(RecordBundle(false))), 412, "data"},
        {"AnswersThatAreNone", Subject(R"(,{"name":"parameters","valueString":"x"})"), 400,
         "parameters"},
        {"AnswerWithoutValue",
         Subject(
             R"(,{"name":"parameters","resource":{"resourceType":"Parameters","parameter":[{"name":"a"}]}})"),
         400, "parameters"},
        {"AnswerToNoQuestion",
         Subject(
             Data(RecordBundle()) +
             R"(,{"name":"parameters","resource":{"resourceType":"Parameters","parameter":[{"name":"a","valueBoolean":true}]}})"),
         400, "parameters"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(ServiceProfileTest, ReadsTheExportedResources) {
  Service service = Make("standard", false);
  const HttpReply plan = Ask(service, "GET", kPlan);
  ASSERT_EQ(plan.status, 200);
  EXPECT_EQ(plan.content_type, "application/fhir+json");
  const JsonDocument read = Parse(plan.body);
  EXPECT_EQ(read.root()["resourceType"].string(), "PlanDefinition");
  EXPECT_EQ(read.root()["id"].string(), "onc-kidney-2018");
  EXPECT_EQ(Ask(service, "GET", "/fhir/Library/onc-kidney-2018").status, 200);
  EXPECT_EQ(Ask(service, "GET", "/fhir/PlanDefinition/other").status, 404);
  EXPECT_EQ(Ask(service, "GET", "/fhir/Patient/onc-kidney-2018").status, 404);
  EXPECT_EQ(Ask(service, "POST", "/fhir/PlanDefinition/other/$apply", Subject("")).status, 404);
}

TEST_F(ServiceProfileTest, SaysWhatItCanDoOverFhir) {
  Service service = Make("standard", false);
  const JsonDocument statement = Parse(Ask(service, "GET", "/fhir/metadata").body);
  EXPECT_EQ(statement.root()["resourceType"].string(), "CapabilityStatement");
  EXPECT_EQ(statement.root()["fhirVersion"].string(), "4.0.1");
  EXPECT_THAT(statement.root().ToString(), HasSubstr("OperationDefinition/PlanDefinition-apply"));
}

TEST_F(ServiceProfileTest, FhirIsForAuthenticatedCallersToo) {
  ServiceOptions options{.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                         .document = Document()};
  options.authenticate = [](const HttpRequest&, std::string_view) {
    return Admission{.refusal = fhir::Issue{fhir::IssueCode::kLogin, "No.", {}}};
  };
  Service service(std::move(options));
  for (const std::string_view path : {kPlan, kApply, std::string_view("/fhir/metadata"),
                                      std::string_view("/fhir/PlanDefinition/other")}) {
    EXPECT_EQ(Ask(service, "GET", path).status, 401) << path;
  }
}

}  // namespace
}  // namespace renal::hooks
