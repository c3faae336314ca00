#include "hooks/http_server.h"

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hooks/http_fixture.h"

namespace renal::hooks {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(HttpServerTest, AnswersWithTheFieldsOfEveryAnswer) {
  Start();
  Client client(port());
  EXPECT_THAT(client.Ask(Get("/get?q=1", "X-Mark: here\r\n")),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("\r\nContent-Length: 27\r\n"),
                    HasSubstr("\r\nContent-Type: application/json\r\n"),
                    HasSubstr("\r\nCache-Control: no-store\r\n"),
                    HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"),
                    HasSubstr("\r\nServer: renalpath\r\n"), HasSubstr("\r\nDate: "),
                    Not(HasSubstr("Connection")),
                    testing::EndsWith("\r\n\r\nGET /get?q=1 here 127.0.0.1")));
}

// Connections do not interrupt those who work on answers.
TEST_F(HttpServerTest, ConnectionsWaitForTheirTurn) {
  const std::string before = "\r\n\r\n" + std::to_string(::sched_getscheduler(0));
  Start();
  Client client(port());
  const std::string there = client.Ask(Get("/get?policy"));
  if (there.ends_with(before)) GTEST_SKIP() << "not allowed here";
  EXPECT_THAT(there, testing::EndsWith("\r\n\r\n" + std::to_string(SCHED_BATCH)));
  EXPECT_THAT(client.Ask(Get("/waits?policy")), testing::EndsWith(before));
}

TEST_F(HttpServerTest, KeepsTheConnection) {
  Start();
  Client client(port());
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(client.Ask(Post("/echo", std::string(i * 1000, 'b'))),
                AllOf(StartsWith("HTTP/1.1 200"),
                      testing::EndsWith("\r\n\r\n" + std::string(i * 1000, 'b'))));
  }
}

TEST_F(HttpServerTest, FinishesEveryAnswerWhoseHeadWasRead) {
  Start();
  Client client(port());
  const std::string mark = "X-Finish: m\r\n";
  EXPECT_THAT(client.Ask(Get("/get", mark)), HasSubstr("\r\nX-Finished: GET /get m\r\n"));
  EXPECT_THAT(client.Ask(Get("/none", mark)),
              AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("\r\nX-Finished: GET /none m\r\n")));
  EXPECT_THAT(client.Ask(Get("/get", "X-Finish: throw\r\n")), StartsWith("HTTP/1.1 200"));
  client.Send("OPTIONS /echo HTTP/1.1\r\nHost: a\r\n" + mark + "\r\n");
  EXPECT_THAT(client.Answer(false),
              AllOf(StartsWith("HTTP/1.1 204"), HasSubstr("\r\nX-Finished: OPTIONS /echo m\r\n")));
  client.Send("GET  / HTTP/1.1\r\nHost: a\r\n" + mark + "\r\n");
  EXPECT_THAT(client.Answer(), AllOf(StartsWith("HTTP/1.1 400"), Not(HasSubstr("X-Finished"))));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  Client client(port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += Get("/get?" + std::to_string(i) + "&");
  client.Send(requests + Post("/echo", "last"));
  for (int i = 0; i < 200; ++i) {
    ASSERT_THAT(client.Answer(), HasSubstr("?" + std::to_string(i) + "&"));
  }
  EXPECT_THAT(client.Answer(), testing::EndsWith("\r\n\r\nlast"));
}

TEST_F(HttpServerTest, DropsWhatFollowsAnErrorThatCloses) {
  Start();
  Client client(port());
  client.Send(Get("/get") + "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" + Get("/get"));
  EXPECT_THAT(client.Answer(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(client.Answer(),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("\r\nConnection: close\r\n")));
  EXPECT_EQ(client.Rest(), "");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, ReadsChunkedBodiesAndWhatFollows) {
  Start();
  Client client(port());
  std::string chunks;
  std::string body;
  for (int i = 1; i < 60; ++i) {
    const std::string data(static_cast<std::size_t>(i) * 37, static_cast<char>('a' + i % 26));
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", data.size());
    chunks += size + data + "\r\n";
    body += data;
  }
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks +
              "0\r\nX: y\r\n\r\n" + Get("/get"));
  EXPECT_THAT(client.Answer(), testing::EndsWith("\r\n\r\n" + body));
  EXPECT_THAT(client.Answer(), HasSubstr("GET /get"));
}

TEST_F(HttpServerTest, ReadsALongBodyInPieces) {
  Start();
  Client client(port());
  const std::string body(kBodyLimit, 'z');
  const std::string request = Post("/echo", body);
  for (std::size_t at = 0; at < request.size(); at += 77'777) {
    client.Send(std::string_view(request).substr(at, 77'777));
  }
  EXPECT_THAT(client.Answer(), testing::EndsWith("\r\n\r\n" + body));
}

TEST_F(HttpServerTest, TakesARequestByteByByte) {
  Start();
  Client client(port());
  for (const char byte : Post("/echo", "slowly")) client.Send({&byte, 1});
  EXPECT_THAT(client.Answer(), testing::EndsWith("\r\n\r\nslowly"));
}

TEST_F(HttpServerTest, SaysContinueOnlyWhenTheHeadIsAcceptable) {
  Start();
  Client client(port());
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(client.Answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(client.Ask("ok"), AllOf(StartsWith("HTTP/1.1 200"), testing::EndsWith("ok")));

  client.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.Answer(),
              AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("\r\nConnection: close\r\n")));
}

TEST_F(HttpServerTest, RefusesALongBodyFromItsHead) {
  Start();
  Client client(port());
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999999999999\r\n\r\n");
  EXPECT_THAT(client.Answer(), StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpServerTest, CountsChunksWhileTheyArrive) {
  Start();
  Client client(port());
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n");
  EXPECT_THAT(client.Answer(), StartsWith("HTTP/1.1 413"));
}

TEST_F(HttpServerTest, AnswersHeadAsGetWithoutTheBody) {
  Start();
  Client client(port());
  client.Send("HEAD /get HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.Answer(false),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\nContent-Length: 20\r\n"),
                    testing::EndsWith("\r\n\r\n")));
  client.Send("HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.Answer(false),
              AllOf(StartsWith("HTTP/1.1 404"), testing::EndsWith("\r\n\r\n")));
  EXPECT_THAT(client.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, AnswersOptionsUnlessTheOwnerDoes) {
  Start();
  Client client(port());
  EXPECT_THAT(client.Ask("OPTIONS /get HTTP/1.1\r\nHost: a\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 204"), HasSubstr("\r\nAllow: GET, HEAD, OPTIONS\r\n"),
                    Not(HasSubstr("Content-Length"))));
  EXPECT_THAT(client.Ask("OPTIONS /options HTTP/1.1\r\nHost: a\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 204"), HasSubstr("\r\nX-Owner: yes\r\n")));
  EXPECT_THAT(client.Ask("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 204"));
  EXPECT_THAT(client.Ask("OPTIONS /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"),
              StartsWith("HTTP/1.1 404"));
}

struct RefusalCase {
  std::string name;
  std::string request;
  int status;
  bool keeps;

  friend void PrintTo(const RefusalCase& row, std::ostream* out) { *out << row.name; }
};

class HttpRefusalTest : public HttpServerTest, public testing::WithParamInterface<RefusalCase> {};

TEST_P(HttpRefusalTest, HasItsStatusAndTheErrorShape) {
  Start();
  Client client(port());
  const RefusalCase& row = GetParam();
  const std::string answer = client.Ask(row.request);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(row.status) + " "));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nerror "));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
  if (row.keeps) {
    EXPECT_THAT(client.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  } else {
    EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
    client.HalfClose();
    EXPECT_EQ(client.Rest(), "");
    EXPECT_TRUE(client.ended());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, HttpRefusalTest,
    testing::ValuesIn<RefusalCase>({
        {"UnknownPath", Get("/secret"), 404, true},
        {"BrokenEscape", Get("/secret%4"), 404, true},
        {"DotSegments", Get("/a/../get"), 404, true},
        {"UnknownPathWithBody", Post("/secret", "x"), 404, false},
        {"Method", Get("/echo"), 405, true},
        {"MethodWithBody", Post("/get", "x"), 405, false},
        {"MediaType", Post("/echo", "x", "Content-Type: text/plain\r\n"), 415, false},
        {"MediaTypeTwice",
         Post("/echo", "x", "Content-Type: application/json\r\nContent-Type: text/plain\r\n"), 415,
         false},
        {"MediaTypeWithoutBody", Post("/echo", "", "Content-Type: text/plain\r\n"), 415, true},
        {"Encoding", Post("/echo", "x", "Content-Encoding: gzip\r\n"), 415, false},
        {"Expectation", Post("/echo", "", "Expect: secret\r\n"), 417, true},
        {"ExpectationTwice", Post("/echo", "x", "Expect: 100-continue\r\nExpect: 100-continue\r\n"),
         417, false},
        {"BodyOfGet", "GET /get HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", 413, false},
        {"LongTarget", Get("/" + std::string(9000, 'x')), 414, false},
        {"ManyFields",
         Get("/get",
             [] {
               std::string fields;
               for (int i = 0; i < 100; ++i) fields += "X: y\r\n";
               return fields;
             }()),
         431, false},
        {"LongHead", Get("/get", "X: " + std::string(40'000, 'y') + "\r\n"), 431, false},
        {"BadFraming", Get("/get", "X y\r\n"), 400, false},
        {"BadChunk", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nsecret",
         400, false},
        {"OtherCoding", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501,
         false},
        {"OtherVersion", "GET /get HTTP/2.0\r\nHost: a\r\n\r\n", 505, false},
        {"HandlerThrows", Post("/throws", "{}"), 500, true},
        {"RouteThrows", Get("/throws-in-route"), 500, true},
        {"HandlerGivesNoStatus", Get("/bad-status"), 500, true},
    }),
    [](const auto& test) { return test.param.name; });

TEST_F(HttpServerTest, NamesTheMethodsWith405) {
  Start();
  Client client(port());
  EXPECT_THAT(client.Ask(Get("/echo")), HasSubstr("\r\nAllow: POST, OPTIONS\r\n"));
}

TEST_F(HttpServerTest, TakesEveryJsonMediaTypeAndIdentity) {
  Start();
  Client client(port());
  EXPECT_THAT(client.Ask(Post("/echo/", "x",
                              "Content-Type: Application/FHIR+json; charset=UTF-8\r\n"
                              "Content-Encoding: identity\r\n")),
              StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, ReportsEachExchangeWithoutAnythingMadeUp) {
  Start();
  Client client(port());
  const std::string request = Post("/echo", std::string(5000, 'x'));
  const std::size_t answer = client.Ask(request).size();
  client.Ask(Get("/secret"));
  client.Ask("GARBAGE\r\n\r\n");
  client.HalfClose();
  client.Rest();
  StopAndJoin();
  const auto seen = exchanges();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].method, "POST");
  EXPECT_EQ(seen[0].route, "/echo");
  EXPECT_EQ(seen[0].status, 200);
  EXPECT_EQ(seen[0].request_bytes, request.size());
  EXPECT_EQ(seen[0].response_bytes, answer);
  EXPECT_EQ(seen[1].method, "GET");
  EXPECT_EQ(seen[1].route, "");
  EXPECT_EQ(seen[1].status, 404);
  EXPECT_EQ(seen[2].method, "");
  EXPECT_EQ(seen[2].status, 400);
}

TEST(HttpServerOpenTest, SaysThatAnAddressIsInUse) {
  auto first = HttpServer::Open({.port = 0, .threads = 2}, {});
  ASSERT_TRUE(first);
  const auto second = HttpServer::Open({.port = (*first)->port(), .threads = 2}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, fhir::IssueCode::kTransient);
  EXPECT_THAT(second.error().diagnostics, HasSubstr("in use"));
}

TEST(HttpServerOpenTest, RefusesWhatIsNoAddress) {
  const auto server = HttpServer::Open({.address = "localhost"}, {});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, fhir::IssueCode::kValue);
}

TEST(HttpServerHandlerTest, SurvivesAnOwnerWhoseEveryFunctionThrows) {
  HttpHandler handler{
      .route = [](std::string_view) -> RouteInfo { throw 1; },
      .answer = [](const HttpRequest&) -> HttpReply { throw 2; },
      .error = [](int, const fhir::Issue&) -> HttpReply { throw 3; },
      .done = [](const HttpExchange&) { throw 4; },
  };
  auto server = HttpServer::Open({.port = 0, .threads = 1}, handler);
  ASSERT_TRUE(server);
  std::thread thread([&] { (*server)->Run(); });
  {
    Client client((*server)->port());
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(client.Ask(Get("/x")), AllOf(StartsWith("HTTP/1.1 500"),
                                               HasSubstr("\"resourceType\":\"OperationOutcome\"")));
    }
  }
  (*server)->Stop();
  thread.join();
}

}  // namespace
}  // namespace renal::hooks
