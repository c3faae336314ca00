#include "hooks/fetch.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fhir/client_threads.h"
#include "tests/fhir/scripted_server.h"

namespace renal::hooks {
namespace {

using fhir::ScriptedServer;
using std::chrono::milliseconds;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Reply = ScriptedServer::Reply;

constexpr TemplateValues kValues{.patient_id = "pat-1", .user = "Practitioner/7"};

struct Template {
  std::string_view query;
  std::optional<std::string> expanded;
};

TEST(ExpandTest, PutsInWhatTheCallSays) {
  const TemplateValues values{.patient_id = "a&b=c#d /e?\xC3\xA9", .user = "Practitioner/7 8"};
  const Template kTable[] = {
      {"Patient/{{context.patientId}}", "Patient/a%26b%3Dc%23d%20/e%3F%C3%A9"},
      {"{{context.userId}}", "Practitioner/7%208"},
      {"A?x=1&y=2", "A?x=1&y=2"},
      {"A?code=http://loinc.org|1-8,b|c", "A?code=http://loinc.org%7C1-8,b%7Cc"},
      {"A?x={{context.encounterId}}", std::nullopt},  // not in this call
      {"A?x={{context.other}}", std::nullopt},
      {"A?x={{today()}}", std::nullopt},
      {"A?x={{context.patientId", std::nullopt},
      {"A?x={{}}", std::nullopt},
      {"A b\"<>\\^`{}", "A%20b%22%3C%3E%5C%5E%60%7B%7D"},
      {"", ""},
  };
  for (const Template& row : kTable)
    EXPECT_EQ(Expand(row.query, values), row.expanded) << row.query;
}

TEST(ExpandTest, AnIdIsOnePartOfAPath) {
  EXPECT_EQ(Expand("Patient/{{context.patientId}}", {.patient_id = "p.1-A"}), "Patient/p.1-A");
}

TEST(FindServerTest, LooksInTheListAlone) {
  const std::vector<fhir::AllowedServer> servers = {
      *fhir::AllowedServer::Read("https://ehr.example/r4", {}, "", false),
      *fhir::AllowedServer::Read("https://other.example", {}, "", false)};
  EXPECT_EQ(FindServer(servers, "https://EHR.example:443/r4/"), &servers[0]);
  EXPECT_EQ(FindServer(servers, "https://ehr.example/r4/tenant"), &servers[0]);
  EXPECT_EQ(FindServer(servers, "https://other.example/x"), &servers[1]);
  for (const std::string_view url :
       {"https://ehr.example/r4x", "http://ehr.example/r4", "https://ehr.example",
        "https://user@ehr.example/r4", "https://ehr.example/r4?x", "", "x"}) {
    EXPECT_EQ(FindServer(servers, url), nullptr) << url;
  }
}

std::string Entry(std::string_view type, std::string_view id, std::string_view patient = "pat-1") {
  return R"({"resource":{"resourceType":")" + std::string(type) + R"(","id":")" + std::string(id) +
         R"(","subject":{"reference":"Patient/)" + std::string(patient) + R"("}}})";
}
std::string Bundle(const std::string& entries, const std::string& next = "") {
  const std::string link =
      next.empty() ? "" : R"(,"link":[{"relation":"next","url":")" + next + R"("}])";
  return R"({"resourceType":"Bundle","type":"searchset","entry":[)" + entries + "]" + link + "}";
}
const std::string kFailure =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing"}]})";

/// Fetches from a server that answers by the path and query of a request.
class FetchTest : public testing::Test {
 protected:
  static const DataNeed& Need(std::string_view type) {
    static const std::vector<DataNeed> kNeeds = {
        {"patient", "patient", "Patient", "Patient/{{context.patientId}}", true, true},
        {"conditions", "conditions", "Condition", "Condition?patient={{context.patientId}}", true,
         true},
        {"observations", "observations", "Observation",
         "Observation?patient={{context.patientId}}&code=a|b", false, true},
        {"bodyStructures", "bodyStructures", "BodyStructure",
         "BodyStructure?patient={{context.patientId}}"},
    };
    return *std::ranges::find(kNeeds, type, &DataNeed::type);
  }

  Reply Answer(const std::string& request) {
    const std::string target = request.substr(4, request.find(' ', 4) - 4);
    for (const auto& [part, reply] : replies_) {
      if (target.find(part) != std::string::npos) return reply;
    }
    return {{"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"}};
  }
  void On(const std::string& part, const std::string& body) {
    replies_.emplace_back(part, Reply{{ScriptedServer::Ok(body)}});
  }

  FetchedDatum One(std::string_view type) {
    auto data = All({{.need = &Need(type)}});
    return std::move(data.front());
  }
  std::vector<FetchedDatum> All(const std::vector<FetchTask>& tasks) {
    const auto server =
        *fhir::AllowedServer::Read(server_.url() + "/r4", {"127.0.0.0/8"}, "", true);
    const FetchSource source{.outgoing = &outgoing_,
                             .server = &server,
                             .base = server.base,
                             .tenant = "t",
                             .token = "secret"};
    return Fetch(tasks, source, kValues, limits_);
  }
  static std::string What(const FetchedDatum& datum) {
    return Spelling(datum.state) + (datum.reason.empty() ? "" : ": " + datum.reason);
  }
  std::string base() const { return server_.url() + "/r4"; }

  std::vector<std::pair<std::string, Reply>> replies_;
  // No test waits for these, unless it says so; a machine may stand still for seconds.
  FetchLimits limits_{.within = milliseconds(60'000)};
  fhir::Outgoing outgoing_{{.connect = milliseconds(60'000)}};
  ScriptedServer server_{[this](const std::string& request) { return Answer(request); }};
};

struct Row {
  std::string_view name;
  std::string_view type;
  std::string body;
  std::string_view what;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class FetchedAnswerTest : public FetchTest, public testing::WithParamInterface<Row> {};

TEST_P(FetchedAnswerTest, IsJudged) {
  On("/r4/", GetParam().body);
  EXPECT_EQ(What(One(GetParam().type)), GetParam().what);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, FetchedAnswerTest,
    testing::ValuesIn<Row>({
        {"Patient", "Patient", R"({"resourceType":"Patient","id":"pat-1"})", "fetched"},
        {"OtherPatient", "Patient", R"({"resourceType":"Patient","id":"pat-2"})",
         "wrong-type: other-patient"},
        {"PatientWithoutId", "Patient", R"({"resourceType":"Patient"})",
         "wrong-type: other-patient"},
        {"NoPatient", "Patient", R"({"resourceType":"Person","id":"pat-1"})",
         "wrong-type: other-type"},
        {"BundleForARead", "Patient", Bundle(""), "wrong-type: other-type"},
        {"Entries", "Condition", Bundle(Entry("Condition", "c")), "fetched"},
        {"NoEntries", "Condition", Bundle(""), "none"},
        {"NoBundle", "Condition",
         R"({"resourceType":"Condition","subject":{"reference":"Patient/pat-1"}})",
         "wrong-type: other-type"},
        {"OtherType", "Condition", Bundle(Entry("Procedure", "c")), "wrong-type: other-type"},
        {"OtherTypeAmongThem", "Condition",
         Bundle(Entry("Condition", "c") + "," + Entry("Procedure", "p")), "wrong-type: other-type"},
        {"OtherPatientAmongThem", "Condition",
         Bundle(Entry("Condition", "c") + "," + Entry("Condition", "d", "pat-2")),
         "wrong-type: other-patient"},
        {"OtherPatientAlone", "Condition", Bundle(Entry("Condition", "c", "pat-2")),
         "wrong-type: other-patient"},
        {"ErrorAlone", "Condition", kFailure, "failed: operation-outcome"},
        {"ErrorAsEntry", "Condition", Bundle(R"({"resource":)" + kFailure + "}"),
         "failed: operation-outcome"},
        {"ErrorBesideData", "Condition",
         Bundle(Entry("Condition", "c") + R"(,{"resource":)" + kFailure + "}"),
         "incomplete: operation-outcome"},
        {"NoJson", "Condition", "<html>", "failed: not-json"},
        {"Empty", "Condition", "", "failed: not-json"},
        {"Deep", "Condition", std::string(200, '[') + std::string(200, ']'), "failed: not-json"},
        {"DuplicateMember", "Patient", R"({"resourceType":"Patient","id":"pat-1","id":"pat-2"})",
         "failed: not-json"},
        {"Null", "Condition", "null", "wrong-type: other-type"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(FetchTest, AsksWhatTheTemplatesSay) {
  On("Patient/pat-1", R"({"resourceType":"Patient","id":"pat-1"})");
  On("Observation", Bundle(""));
  EXPECT_EQ(What(One("Patient")), "fetched");
  EXPECT_EQ(What(One("Observation")), "none");
  const auto requests = server_.requests();
  EXPECT_THAT(requests[0], HasSubstr("GET /r4/Patient/pat-1 HTTP"));
  EXPECT_THAT(requests[1],
              HasSubstr("GET /r4/Observation?patient=pat-1&code=a%7Cb&_count=250 HTTP"));
  EXPECT_THAT(requests, Each(HasSubstr("Authorization:Bearer secret\r\n")));
}

TEST_F(FetchTest, FollowsPagesInsideTheBase) {
  On("page=3", Bundle(Entry("Condition", "c3")));
  On("page=2", Bundle(Entry("Condition", "c2"), base() + "/Condition?page=3&x=a|b"));
  On("Condition", Bundle(Entry("Condition", "c1"), base() + "?page=2"));
  const FetchedDatum datum = One("Condition");
  EXPECT_EQ(What(datum), "fetched");
  EXPECT_EQ(datum.pages.size(), 3U);
  EXPECT_FALSE(datum.more);
  EXPECT_THAT(server_.requests()[2], HasSubstr("/r4/Condition?page=3&x=a%7Cb HTTP"));
}

TEST_F(FetchTest, LinksLeadNowhereElse) {
  for (const std::string& link :
       {std::string("http://169.254.169.254/latest"), server_.url() + "/r4evil?page=2",
        server_.url() + "/?page=2", std::string("https://127.0.0.1/r4?page=2"),
        base() + "/../admin?page=2", std::string("/admin?page=2"),
        std::string("file:///etc/passwd"), "http://user@" + base().substr(7) + "?page=2",
        std::string("//evil.example/r4")}) {
    replies_.clear();
    On("Condition?patient", Bundle(Entry("Condition", "c"), link));
    const FetchedDatum datum = One("Condition");
    EXPECT_EQ(What(datum), "incomplete: link-refused") << link;
    EXPECT_TRUE(datum.more) << link;
  }
  EXPECT_THAT(server_.requests(), Each(HasSubstr("GET /r4/Condition?patient=pat-1")));
}

TEST_F(FetchTest, RelativeLinksAreRelativeToTheBase) {
  On("page=2", Bundle(Entry("Condition", "c2")));
  On("Condition", Bundle(Entry("Condition", "c1"), "Condition?page=2"));
  EXPECT_EQ(What(One("Condition")), "fetched");
}

TEST_F(FetchTest, PagesHaveAnEnd) {
  On("Condition", Bundle(Entry("Condition", "c"), base() + "/Condition?again"));
  const FetchedDatum datum = One("Condition");
  EXPECT_EQ(What(datum), "incomplete: too-many-pages");
  EXPECT_TRUE(datum.more);
  EXPECT_THAT(server_.requests(), SizeIs(6));
}

TEST_F(FetchTest, APageThatFailsLeavesThoseBefore) {
  On("page=2", "no json");
  On("Condition", Bundle(Entry("Condition", "c1"), base() + "?page=2"));
  const FetchedDatum datum = One("Condition");
  EXPECT_EQ(What(datum), "incomplete: not-json");
  EXPECT_EQ(datum.pages.size(), 1U);
}

TEST_F(FetchTest, GoesOnWhereTheClientStopped) {
  On("page=2", Bundle(Entry("Condition", "c2")));
  auto data = All({{.need = &Need("Condition"), .next = base() + "?page=2"},
                   {.need = &Need("Observation"), .next = "https://evil.example/r4?page=2"},
                   {.need = &Need("BodyStructure"), .next = base() + "?page=404"}});
  EXPECT_EQ(What(data[0]), "fetched");
  EXPECT_FALSE(data[0].more);
  EXPECT_EQ(What(data[1]), "incomplete: link-refused");
  EXPECT_EQ(What(data[2]), "incomplete: status-4xx");
  EXPECT_TRUE(data[2].more);
}

TEST_F(FetchTest, FourAtATimeAndSixteenInAll) {
  replies_.emplace_back(
      "Condition",
      Reply{{"", ScriptedServer::Ok(Bundle(""))}, Reply::Then::kKeep, milliseconds(30)});
  const std::vector<FetchTask> tasks(20, {.need = &Need("Condition")});
  const auto data = All(tasks);
  EXPECT_THAT(server_.requests(), SizeIs(16));
  EXPECT_LE(server_.most_at_once(), 4);
  std::map<std::string, int> counts;
  for (const FetchedDatum& datum : data) ++counts[What(datum)];
  EXPECT_EQ(counts["none"], 16);
  EXPECT_EQ(counts["failed: too-many-queries"], 4);
}

TEST_F(FetchTest, OneDeadlineForAll) {
  replies_.emplace_back("Condition", Reply{{}, Reply::Then::kHang});
  On("Patient", R"({"resourceType":"Patient","id":"pat-1"})");
  limits_.within = milliseconds(300);
  std::vector<FetchTask> tasks(6, {.need = &Need("Condition")});
  tasks.push_back({.need = &Need("Patient")});
  // A server that hangs does so for as long as it lives: only the deadline ends this.
  const auto data = All(tasks);
  EXPECT_EQ(What(data.front()), "failed: timeout");
  EXPECT_EQ(What(data.back()), "failed: timeout") << "behind those that hang";
  EXPECT_LE(server_.requests().size(), limits_.at_once) << "each had no time of its own";
}

TEST_F(FetchTest, RequiredDataComeFirst) {
  On("Patient", R"({"resourceType":"Patient","id":"pat-1"})");
  On("BodyStructure", Bundle(""));
  On("Observation", Bundle(""));
  limits_.at_once = 1;
  All({{.need = &Need("BodyStructure")},
       {.need = &Need("Observation")},
       {.need = &Need("Patient")}});
  EXPECT_THAT(server_.requests(), ElementsAre(HasSubstr("Patient/pat-1"), HasSubstr("Observation?"),
                                              HasSubstr("BodyStructure?")));
}

TEST_F(FetchTest, AnswersTogetherHaveALimit) {
  const std::string big =
      Bundle(Entry("Condition", "c") + "," + Entry("Condition", std::string(900, 'd')));
  On("Condition", big);
  limits_.at_once = 1;
  limits_.total_bytes = 2 * big.size() + 10;
  std::vector<std::string> what;
  for (const FetchedDatum& datum : All(std::vector<FetchTask>(3, {.need = &Need("Condition")})))
    what.push_back(What(datum));
  EXPECT_THAT(what, ElementsAre("fetched", "fetched", "failed: answer-too-large"));
}

TEST_F(FetchTest, ABreakerIsARefusal) {
  replies_.emplace_back("r4", Reply{{"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"}});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(What(One("Condition")), "failed: status-5xx");
  EXPECT_EQ(What(One("Condition")), "refused: breaker-open");
}

}  // namespace
}  // namespace renal::hooks
