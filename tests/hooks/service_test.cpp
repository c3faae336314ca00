#include "hooks/service.h"

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/json.h"
#include "hooks/batch.h"
#include "hooks/internal/patient_hash.h"
#include "pathways/definitions.h"
#include "tests/hooks/calls.h"
#include "tests/hooks/patient_store.h"

namespace renal::hooks {
namespace {

using fhir::Json;
using fhir::JsonDocument;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr std::string_view kSign = "/cds-services/onc-kidney-2018-order-sign";
constexpr std::string_view kAll = "/cds-services/onc-kidney-2018";

Determinism Fixed() { return {.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 7}; }

class ServiceTest : public testing::Test {
 protected:
  Service Make(bool outcome = true) {
    return Service({.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                    .determinism = Fixed(),
                    .outcome = outcome,
                    .log = &log_});
  }

  /// What the server would do with a request whose framing is good.
  HttpReply Ask(std::string_view method, std::string_view path, std::string body = {}) {
    const std::size_t size = body.size();
    body.append(fhir::kJsonPadding, ' ');
    if (!service_.RouteOf(path).known) return {.status = 404};
    return service_.Answer({.method = method,
                            .path = std::string(path),
                            .body = std::string_view(body).substr(0, size)});
  }
  HttpReply Post(std::string_view path, std::string body) {
    return Ask("POST", path, std::move(body));
  }

  std::ostringstream lines_;
  Log log_{LogLevel::kDebug, lines_};
  Service service_ = Make();
};

/// A service with both languages.
class ServiceLanguageTest : public testing::Test {
 protected:
  static Service Make(std::string language) {
    return Service({.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                    .translations = {pathways::ShippedPathway("onc-kidney-2018", "nb")},
                    .language = std::move(language),
                    .determinism = Fixed()});
  }
  using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
  static HttpReply Ask(Service& service, std::string_view path, std::string body, Headers headers) {
    const std::size_t size = body.size();
    body.append(fhir::kJsonPadding, ' ');
    return service.Answer({.method = size == 0 ? "GET" : "POST",
                           .path = std::string(path),
                           .headers = std::move(headers),
                           .body = std::string_view(body).substr(0, size)});
  }
  static std::string LanguageOf(const HttpReply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_THAT(reply.headers, testing::Contains(testing::Pair("Vary", "Accept-Language")));
    for (const auto& [name, value] : reply.headers) {
      if (name == "Content-Language") return value;
    }
    return {};
  }
};

TEST_F(ServiceLanguageTest, CardsComeInTheLanguageOfTheReader) {
  Service service = Make("en");
  const HttpReply english = Ask(service, kSign, SignCall(), {});
  EXPECT_EQ(LanguageOf(english), "en");
  EXPECT_THAT(english.body, HasSubstr("**Recommended**"));
  const HttpReply norwegian =
      Ask(service, kSign, SignCall(), {{"accept-language", "nn-NO, en;q=0.5"}});
  EXPECT_EQ(LanguageOf(norwegian), "nb");
  EXPECT_THAT(norwegian.body, AllOf(HasSubstr("**Anbefalt**"), Not(HasSubstr("**Recommended"))));
}

TEST_F(ServiceLanguageTest, DiscoveryComesInTheLanguageOfTheReader) {
  Service service = Make("en");
  EXPECT_THAT(Ask(service, "/cds-services", "", {}).body,
              HasSubstr("\"title\":\"Treatment of kidney cancer"));
  const HttpReply norwegian = Ask(service, "/cds-services/", "", {{"accept-language", "nb"}});
  EXPECT_EQ(LanguageOf(norwegian), "nb");
  EXPECT_THAT(norwegian.body, AllOf(HasSubstr("\"title\":\"Behandling av nyrekreft"),
                                    HasSubstr("Trenger Patient og Condition ved prefetch"),
                                    HasSubstr("\"id\":\"onc-kidney-2018-order-sign\"")));
}

TEST_F(ServiceLanguageTest, TheServerHasALanguageOfItsOwn) {
  Service service = Make("nb");
  EXPECT_EQ(LanguageOf(Ask(service, kSign, SignCall(), {})), "nb");
  EXPECT_EQ(LanguageOf(Ask(service, kSign, SignCall(), {{"accept-language", "fr"}})), "nb");
  EXPECT_EQ(LanguageOf(Ask(service, kSign, SignCall(), {{"accept-language", "fr, en;q=0.1"}})),
            "en");
  EXPECT_THROW(Make("sv"), std::invalid_argument);
}

TEST_F(ServiceLanguageTest, SeveralFieldsAreOneList) {
  Service service = Make("en");
  EXPECT_EQ(LanguageOf(Ask(service, kSign, SignCall(),
                           {{"accept-language", "fr"}, {"accept-language", "nb;q=0.2"}})),
            "nb");
  EXPECT_EQ(LanguageOf(Ask(service, kSign, SignCall(),
                           {{"accept-language", "nb"}, {"accept-language", "nb;q=7"}})),
            "en");
}

TEST_F(ServiceLanguageTest, ErrorsAreForEngineers) {
  Service service = Make("nb");
  const HttpReply reply = Ask(service, kSign, "{}", {{"accept-language", "nb"}});
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(reply.headers.empty());
}

JsonDocument Parse(const std::string& text) {
  auto document = JsonDocument::Parse(text);
  if (!document) throw std::invalid_argument(document.error().diagnostics + "\n" + text);
  return std::move(*document);
}

TEST_F(ServiceTest, WarnsAboutADiscordantOrder) {
  const HttpReply reply = Post(kSign, SignCall());
  ASSERT_EQ(reply.status, 200) << reply.body;
  const JsonDocument answer = Parse(reply.body);
  ASSERT_EQ(answer.root()["cards"].size(), 1U) << reply.body;
  for (const Json::Entry card : answer.root()["cards"]) {
    EXPECT_EQ(card.value["indicator"].string(), "warning");
    EXPECT_EQ(card.value["source"]["topic"]["code"].string(), "ONC-05");
  }
  const Json outcome = answer.root()["extension"][kOutcomeExtension];
  EXPECT_EQ(outcome["outcome"].string(), "recommendation");
  EXPECT_EQ(outcome["evaluatedAt"].string(), "2026-03-02T09:00:00+01:00");
}

TEST_F(ServiceTest, TakesAnswersOfTheUserBeforeTheRecord) {
  const std::string answered =
      With(SignCall(), R"("org.renalpath.outcome":true)",
           R"("org.renalpath.outcome":true,"pathwayAnswers":{"tumour_size_cm":"8 'cm'"})");
  const HttpReply reply = Post(kSign, answered);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("tumour_size_cm":{"state":"asserted","value":"8 'cm'")"));
  EXPECT_THAT(
      reply.body,
      HasSubstr(
          R"("answers":[{"input":"tumour_size_cm","focus":"right","value":"8 'cm'","author":"Practitioner/7")"));
  EXPECT_NE(Post(kSign, SignCall()).body, reply.body);
}

TEST_F(ServiceTest, RefusesAnswersToQuestionsThatNobodyAsks) {
  const HttpReply reply = Post(kSign, With(SignCall(), R"("org.renalpath.outcome":true)",
                                           R"("pathwayAnswers":{"tumour_size":"8 'cm'"})"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("/extension/pathwayAnswers"));
  EXPECT_THAT(reply.body, Not(HasSubstr("8 'cm'")));
}

TEST_F(ServiceTest, GivesTheSameBytesForTheSameCall) {
  const std::string first = Post(kSign, SignCall()).body;
  EXPECT_EQ(Post(kSign, SignCall()).body, first);
  EXPECT_NE(Post(kSign, With(SignCall(), "call-1", "call-2")).body, first) << "UUIDs of its own";
}

TEST_F(ServiceTest, AttachesTheOutcomeWhereBothSidesWantIt) {
  const std::string unasked = With(SignCall(), R"("org.renalpath.outcome":true)", "");
  EXPECT_THAT(Post(kSign, unasked).body, Not(HasSubstr("org.renalpath.outcome")));
  Service quiet = Make(false);
  std::string body = SignCall();
  const std::size_t size = body.size();
  body.append(fhir::kJsonPadding, ' ');
  const HttpReply reply = quiet.Answer({.method = "POST",
                                        .path = std::string(kSign),
                                        .body = std::string_view(body).substr(0, size)});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, Not(HasSubstr("org.renalpath.outcome")));
}

/// A change to a good order-sign call, and the status that comes back.
struct StatusCase {
  std::string_view name;
  std::string_view path;
  std::string body;
  int status;
  std::string_view code;  // of the issue; empty: no error

  friend void PrintTo(const StatusCase& row, std::ostream* out) { *out << row.name; }
};

class ServiceStatusTest : public ServiceTest, public testing::WithParamInterface<StatusCase> {};

TEST_P(ServiceStatusTest, AnswersWithAnOutcomeOfTheOperation) {
  const StatusCase& row = GetParam();
  const HttpReply reply = Post(row.path, row.body);
  EXPECT_EQ(reply.status, row.status) << reply.body;
  if (row.code.empty()) return;
  const JsonDocument answer = Parse(reply.body);
  EXPECT_EQ(answer.root()["resourceType"].string(), "OperationOutcome");
  ASSERT_EQ(answer.root()["issue"].size(), 1U);
  for (const Json::Entry entry : answer.root()["issue"]) {
    EXPECT_EQ(entry.value["severity"].string(), "error");
    EXPECT_EQ(entry.value["code"].string(), row.code);
    EXPECT_LE(entry.value["diagnostics"].string().size(), 256U);
    EXPECT_THAT(std::string(entry.value["diagnostics"].string()), Not(HasSubstr("pat-1")));
  }
  EXPECT_LE(reply.body.size(), 4'096U);
}

std::string Prefetched(std::string_view prefetch) {
  return CallJson("order-sign", SignContext(), std::string(prefetch));
}

const std::string kPatientOnly = R"({"patient":)" + std::string(kPatientJson);

std::string Conditions(std::string_view value) {
  return Prefetched(kPatientOnly + R"(,"conditions":)" + std::string(value) + "}");
}

constexpr std::string_view kFailure =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"timeout"}]})";

INSTANTIATE_TEST_SUITE_P(
    Faults, ServiceStatusTest,
    testing::ValuesIn<StatusCase>({
        {"Good", kSign, SignCall(), 200, ""},
        {"SlashAtTheEnd", "/cds-services/onc-kidney-2018-order-sign/", SignCall(), 200, ""},
        {"EmptySegment", "/cds-services//onc-kidney-2018-order-sign", SignCall(), 200, ""},
        {"OneIdForAll", kAll, SignCall(), 200, ""},
        {"View", kAll, ViewCall(), 200, ""},
        {"Empty", kSign, "", 400, "structure"},
        {"NoJson", kSign, "{", 400, "structure"},
        {"NoObject", kSign, "[]", 400, "structure"},
        {"TwoValues", kSign, "{}{}", 400, "structure"},
        {"DuplicateMember", kSign, With(SignCall(), R"("hook":)", R"("hook":"x","hook":)"), 400,
         "structure"},
        {"TooDeep", kSign, std::string(200, '[') + std::string(200, ']'), 400, "structure"},
        {"MissingInstance", kSign, With(SignCall(), R"("hookInstance":"call-1",)", ""), 400,
         "required"},
        {"BadPatient", kSign, With(SignCall(), R"("patientId":"pat-1")", R"("patientId":"pat 1")"),
         400, "value"},
        {"HookOfAnotherService", kSign, ViewCall(), 400, "value"},
        {"HookThatIsNotOffered", kAll,
         CallJson("encounter-discharge",
                  R"({"userId":"Practitioner/7","patientId":"pat-1","encounterId":"e"})",
                  PrefetchJson()),
         400, "value"},
        {"UnknownService", "/cds-services/other", SignCall(), 404, ""},
        {"CaseOfTheId", "/cds-services/ONC-KIDNEY-2018", SignCall(), 404, ""},
        {"NoPrefetch", kSign, Prefetched("null"), 412, "processing"},
        {"EmptyPrefetch", kSign, Prefetched("{}"), 412, "processing"},
        {"NoPatient", kSign, Prefetched(R"({"conditions":)" + std::string(kConditionsJson) + "}"),
         412, "processing"},
        {"OtherPatient", kSign,
         Prefetched(R"({"patient":{"resourceType":"Patient","id":"pat-2"},"conditions":null})"),
         412, "processing"},
        {"NullPatient", kSign, Prefetched(R"({"patient":null,"conditions":null})"), 200, ""},
        {"NoConditions", kSign, Prefetched(kPatientOnly + "}"), 412, "processing"},
        {"NullConditions", kSign, Conditions("null"), 200, ""},
        {"EmptyBundle", kSign, Conditions(R"({"resourceType":"Bundle"})"), 200, ""},
        {"FailedConditions", kSign, Conditions(kFailure), 412, "processing"},
        {"OtherTypeUnderTheKey", kSign, Conditions(kObservationsJson), 412, "processing"},
        {"TextUnderTheKey", kSign, Conditions(R"("x")"), 412, "processing"},
        {"KeysOfTheClient", kSign,
         Prefetched(R"({"p":)" + std::string(kPatientJson) + R"(,"q":)" +
                    std::string(kConditionsJson) + "}"),
         200, ""},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(ServiceTest, NamesTheMissingData) {
  const HttpReply reply = Post(kSign, Prefetched(kPatientOnly + "}"));
  EXPECT_THAT(reply.body, AllOf(HasSubstr("Condition"), HasSubstr("/prefetch/conditions"),
                                HasSubstr(R"("expression":["prefetch.conditions"])")));
}

TEST_F(ServiceTest, TellsFailureFromNone) {
  const std::string failed = Prefetched(
      kPatientOnly + R"(,"conditions":)" + std::string(kConditionsJson) + R"(,"observations":)" +
      std::string(kObservationsJson) + R"(,"procedures":)" + std::string(kFailure) + "}");
  const HttpReply reply = Post(kSign, failed);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("Could not be read: procedures"));
}

TEST_F(ServiceTest, AnswersDiscoveryAndHealth) {
  EXPECT_THAT(Ask("GET", "/cds-services").body, HasSubstr(R"("id":"onc-kidney-2018-order-sign")"));
  EXPECT_EQ(Ask("GET", "/cds-services/").status, 200);
  EXPECT_EQ(Ask("GET", "/health/live").status, 200);
  EXPECT_EQ(Ask("GET", "/health/ready").status, 200);
  service_.Drain();
  EXPECT_EQ(Ask("GET", "/health/live").status, 200);
  EXPECT_EQ(Ask("GET", "/health/ready").status, 503);
  EXPECT_EQ(Post(kSign, SignCall()).status, 200) << "what is under way is finished";
}

TEST_F(ServiceTest, KnowsItsRoutes) {
  EXPECT_THAT(service_.RouteOf("/cds-services").methods, testing::ElementsAre("GET"));
  EXPECT_THAT(service_.RouteOf(kSign).methods, testing::ElementsAre("POST"));
  EXPECT_EQ(service_.RouteOf(kSign).body_limit, kMaxCallBytes);
  EXPECT_TRUE(service_.RouteOf(kSign).waits);
  EXPECT_FALSE(service_.RouteOf("/health/live").waits) << "never queued";
  for (const std::string_view path :
       {"/", "//", "", "/cds-service", "/cds-servicesx", "/cds-services//", "/cds-services///x",
        "/cds-services/onc-kidney-2018//", "/cds-services/onc-kidney-2018/feedback/x", "/health",
        "/health/ready/x"}) {
    EXPECT_FALSE(service_.RouteOf(path).known) << path;
  }
}

TEST_F(ServiceTest, LimitsOfBodiesAreThoseOfItsOptions) {
  const Service service({.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                         .limits = {.call_bytes = 5'000, .feedback_bytes = 3'000}});
  EXPECT_EQ(service.RouteOf(kSign).body_limit, 5'000U);
  EXPECT_EQ(service.RouteOf(std::string(kSign) + "/feedback").body_limit, 3'000U);
}

TEST_F(ServiceTest, AClientThatCallsTooOftenGets429) {
  Service service({.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                   .limits = {.client_rate = 1, .client_burst = 3}});
  const auto ask = [&](std::string_view path, std::string_view peer) {
    return service.Answer({.method = "GET", .path = std::string(path), .peer = peer});
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("/cds-services", "10.0.0.1").status, 200);
  const HttpReply refused = ask("/cds-services", "10.0.0.1");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"throttled")"));
  EXPECT_THAT(refused.headers, testing::Contains(testing::Pair("Retry-After", "1")));
  EXPECT_EQ(ask("/cds-services", "10.0.0.2").status, 200) << "others have their own";
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask("/health/ready", "10.0.0.1").status, 200);
}

TEST_F(ServiceTest, LogsAnExchangeWithoutThePatient) {
  const HttpReply reply = Post(kSign, With(SignCall(), "1960-05-04", "1961-06-05"));
  service_.Handler().done({.method = "POST",
                           .route = "/cds-services/{id}",
                           .status = 200,
                           .request_bytes = 10,
                           .response_bytes = 20,
                           .duration = std::chrono::microseconds(30),
                           .notes = reply.notes});
  const std::string line = lines_.str();
  const JsonDocument read = Parse(line);
  EXPECT_EQ(read.root()["event"].string(), "request");
  EXPECT_EQ(read.root()["level"].string(), "info");
  EXPECT_EQ(read.root()["service"].string(), "onc-kidney-2018-order-sign");
  EXPECT_EQ(read.root()["hook_instance"].string(), "call-1");
  EXPECT_EQ(read.root()["outcome"].string(), "recommendation");
  EXPECT_EQ(read.root()["cards"].integer(), 1);
  EXPECT_FALSE(read.root()["id"].string().empty());
  EXPECT_THAT(
      line, AllOf(Not(HasSubstr("pat-1")), Not(HasSubstr("1961")), Not(HasSubstr("Practitioner"))));
}

/// The one line that the batch command prints for a text.
std::string Evaluated(const std::string& text, bool cards) {
  std::istringstream in(text);
  std::ostringstream out;
  std::ostringstream messages;
  const int status = EvaluateBatch(pathways::ShippedPathway("onc-kidney-2018"),
                                   {.cards = cards, .determinism = Fixed()}, {in, out, messages});
  EXPECT_EQ(status, 0) << messages.str();
  std::string line = out.str();
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

TEST_F(ServiceTest, AgreesWithTheBatchCommand) {
  for (const std::string& call : {SignCall(), ViewCall()}) {
    const std::string answer = Post(kAll, call).body;
    EXPECT_EQ(Evaluated(call, true), answer);
    EXPECT_THAT(answer, HasSubstr("{\"org.renalpath.outcome\":" + Evaluated(call, false) + "}"));
  }
}

class RecordingTest : public ServiceTest {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(dir_);
    store_ = std::move(*Store::Open(StoreTarget::InFolder(dir_), {}, PatientLimits()));
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(dir_);
  }

  const std::filesystem::path dir_ =
      std::filesystem::path(testing::TempDir()) /
      ("service-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  std::unique_ptr<Store> store_;
};

TEST_F(RecordingTest, RefusesCallsThatCannotBeRecorded) {
  Service service(
      {.pathway = pathways::ShippedPathway("onc-kidney-2018"),
       .store = store_.get(),
       .patient_key = [](std::string_view) { return std::string(Store::kQueueBytes, 'k'); }});
  std::string body = SignCall();
  const std::size_t size = body.size();
  body.append(fhir::kJsonPadding, ' ');
  const HttpReply reply = service.Answer({.method = "POST",
                                          .path = std::string(kSign),
                                          .body = std::string_view(body).substr(0, size)});
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("transient"));
  EXPECT_THAT(reply.headers, testing::Contains(testing::Pair("Retry-After", "1")));
}

TEST_F(RecordingTest, HidesDefectsBehind500) {
  Metrics metrics;
  Service service({.pathway = pathways::ShippedPathway("onc-kidney-2018"),
                   .store = store_.get(),
                   .patient_key = [](std::string_view patient) -> std::string {
                     throw std::runtime_error("no hash for " + std::string(patient));
                   },
                   .log = &log_,
                   .metrics = &metrics});
  std::string body = SignCall();
  const std::size_t size = body.size();
  body.append(fhir::kJsonPadding, ' ');
  const HttpReply reply = service.Answer({.method = "POST",
                                          .path = std::string(kSign),
                                          .body = std::string_view(body).substr(0, size)});
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, AllOf(HasSubstr("exception"), Not(HasSubstr("hash"))));
  EXPECT_THAT(lines_.str(), AllOf(HasSubstr(R"("event":"defect")"), Not(HasSubstr("pat-1"))));
  EXPECT_THAT(
      metrics.Text(),
      AllOf(HasSubstr(R"(renalpath_defects_total{kind="exception"} 1)"),
            HasSubstr(R"(hook="order-sign",profile="sandbox",service="onc-kidney-2018"} 1)")));
}

TEST_F(RecordingTest, KeepsOneKeyOfPatients) {
  const auto first = internal::PatientHash::Open(dir_);
  const auto again = internal::PatientHash::Open(dir_);
  ASSERT_TRUE(first && again);
  EXPECT_THAT(first->Of("pat-1"), MatchesRegex("[0-9a-f]{64}"));
  EXPECT_EQ(first->Of("pat-1"), again->Of("pat-1"));
  EXPECT_NE(first->Of("pat-1"), first->Of("pat-2"));
  const auto key = dir_ / internal::PatientHash::kFileName;
  EXPECT_EQ(std::filesystem::status(key).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::resize_file(key, 31);
  const auto broken = internal::PatientHash::Open(dir_);
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().diagnostics, HasSubstr("no key of 32 bytes"));
}

}  // namespace
}  // namespace renal::hooks
