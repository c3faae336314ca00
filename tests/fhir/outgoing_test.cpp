#include "fhir/outgoing.h"

#include <atomic>
#include <future>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fhir/scripted_server.h"

namespace renal::fhir {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using Reply = ScriptedServer::Reply;
using Then = Reply::Then;

constexpr milliseconds kPatience{5'000};
constexpr std::size_t kMost = 10'000;  // bytes of an answer

AllowedServer Entry(const std::string& url) {
  return *AllowedServer::Read(url, {"127.0.0.0/8"}, "", true);
}

OutgoingCall CallTo(const AllowedServer& server, std::string_view path,
                    milliseconds within = kPatience) {
  return {.server = server,
          .url = *Url::Parse(server.base.ToString() + std::string(path), Url::Query::kAllowed),
          .tenant = "a",
          .token = "secret-1",
          .accept = "application/fhir+json",
          .deadline = steady_clock::now() + within,
          .max_bytes = kMost};
}

std::string FaultIn(const Result<CallAnswer>& answer) {
  return answer ? "none: " + answer->body : answer.error().diagnostics;
}

/// What a server sends, and what comes of it.
struct Row {
  std::string_view name;
  Reply reply;
  std::string_view fault;  // empty: the body is "{}"
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class OutgoingAnswerTest : public testing::TestWithParam<Row> {};

TEST_P(OutgoingAnswerTest, HasItsConsequenceInTime) {
  const Row& row = GetParam();
  ScriptedServer server([&](const std::string&) { return row.reply; });
  Outgoing outgoing;
  const auto began = steady_clock::now();
  const auto answer = outgoing.Get(CallTo(Entry(server.url()), "/x", milliseconds(600)));
  EXPECT_LT(steady_clock::now() - began, milliseconds(1'500));
  EXPECT_EQ(FaultIn(answer), row.fault.empty() ? "none: {}" : row.fault);
  // Redirects above all: nothing that a server says makes us call anything.
  EXPECT_THAT(server.requests(), SizeIs(1));
}

const std::string kOk = ScriptedServer::Ok("{}");
const std::string kHead = "HTTP/1.1 200 OK\r\n";

INSTANTIATE_TEST_SUITE_P(
    Servers, OutgoingAnswerTest,
    testing::ValuesIn<Row>({
        {"Good", {{kOk}}, ""},
        {"InPieces",
         {{kOk.substr(0, 9), kOk.substr(9, 20), kOk.substr(29)}, Then::kKeep, milliseconds(30)},
         ""},
        {"Chunked",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"}},
         ""},
        {"UntilItsEnd", {{kHead + "\r\n{}"}, Then::kClose}, ""},
        {"OldVersion", {{"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"}, Then::kClose}, ""},
        {"SilentFromTheStart", {{}, Then::kHang}, call_fault::kTimeout},
        {"SilentInTheHead", {{"HTTP/1.1 200 OK\r\nContent-"}, Then::kHang}, call_fault::kTimeout},
        {"SilentInTheBody",
         {{kHead + "Content-Length: 9\r\n\r\n{}"}, Then::kHang},
         call_fault::kTimeout},
        {"ClosedAtOnce", {{}, Then::kClose}, call_fault::kBroken},
        {"ClosedInTheHead", {{"HTTP/1.1 200 OK\r\nCont"}, Then::kClose}, call_fault::kBroken},
        {"ClosedInTheBody",
         {{kHead + "Content-Length: 9\r\n\r\n{}"}, Then::kClose},
         call_fault::kBroken},
        {"ClosedInAChunk",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\n9\r\n{}"}, Then::kClose},
         call_fault::kBroken},
        {"ClosedBeforeTheLastChunk",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"}, Then::kClose},
         call_fault::kBroken},
        {"NoHttp", {{"SSH-2.0-OpenSSH\r\n\r\n"}, Then::kHang}, call_fault::kBroken},
        {"Redirect",
         {{"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"}},
         call_fault::kRedirect},
        {"RedirectElsewhere",
         {{"HTTP/1.1 307 Go\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"}},
         call_fault::kRedirect},
        {"NotModified", {{"HTTP/1.1 304 Same\r\n\r\n"}}, call_fault::kRedirect},
        {"Unauthorized", {{"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"}}, call_fault::kRejected},
        {"NotFound", {{"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\n{}"}}, call_fault::kRejected},
        {"Overloaded",
         {{"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"}},
         call_fault::kServerFault},
        {"NoContent", {{"HTTP/1.1 204 Empty\r\n\r\n"}}, call_fault::kOddStatus},
        {"Continue", {{"HTTP/1.1 100 Continue\r\n\r\n", kOk}}, call_fault::kOddStatus},
        {"Compressed",
         {{ScriptedServer::Ok("\x1F\x8B", "Content-Encoding: gzip\r\n")}},
         call_fault::kEncoded},
        {"AtTheLimit", {{kHead + "Content-Length: 2\r\n\r\n{}"}}, ""},
        {"AnnouncedTooLarge",
         {{kHead + "Content-Length: 10001\r\n\r\n"}, Then::kHang},
         call_fault::kTooLarge},
        {"TooLargeUntilItsEnd",
         {{kHead + "\r\n" + std::string(kMost + 1, 'x')}, Then::kClose},
         call_fault::kTooLarge},
        {"TooLargeInChunks",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\n",
           "1000\r\n" + std::string(4096, 'x') + "\r\n"},
          Then::kHang,
          milliseconds(1),
          true},
         call_fault::kTooLarge},
        {"EndlessHead",
         {{kHead, "X: " + std::string(8192, 'x') + "\r\n"}, Then::kHang, milliseconds(0), true},
         call_fault::kTooLarge},
        {"EndlessHeadLine",
         {{kHead + "X: ", std::string(8192, 'x')}, Then::kHang, milliseconds(0), true},
         call_fault::kTooLarge},
        {"OneEndlessChunk",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n", std::string(8192, 'x')},
          Then::kHang,
          milliseconds(0),
          true},
         call_fault::kTooLarge},
        {"EndlessChunkLine",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\n", std::string(8192, '1')},
          Then::kHang,
          milliseconds(0),
          true},
         call_fault::kTooLarge},
        {"NegativeChunk",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n"}, Then::kHang},
         call_fault::kTooLarge},
        {"ChunkOfMinusOne",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n"}, Then::kHang},
         call_fault::kTooLarge},
        {"ChunkWithoutNumber",
         {{kHead + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"}, Then::kHang},
         call_fault::kBroken},
        {"NegativeLength",
         {{kHead + "Content-Length: -5\r\n\r\n{}"}, Then::kHang},
         call_fault::kTooLarge},
        {"DribbledForEver",
         {{kHead, "X: y\r\n"}, Then::kHang, milliseconds(50), true},
         call_fault::kTimeout},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST(OutgoingTest, SendsWhatIsNeededAndNoMore) {
  ScriptedServer server([](const std::string&) { return Reply{{kOk}}; });
  Outgoing outgoing;
  ASSERT_TRUE(
      outgoing.Get(CallTo(Entry(server.url() + "/r4"), "/Observation?code=a%7Cb,c&_count=5")));
  ASSERT_THAT(server.requests(), SizeIs(1));
  const std::string request = server.requests()[0];
  EXPECT_THAT(request, HasSubstr("GET /r4/Observation?code=a%7Cb,c&_count=5 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nHost:" + server.url().substr(7) + "\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAuthorization:Bearer secret-1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAccept:application/fhir+json\r\n"));
  EXPECT_THAT(request, AllOf(Not(HasSubstr("Cookie")), Not(HasSubstr("Accept-Encoding")),
                             Not(HasSubstr("cpprest"))));
}

TEST(OutgoingTest, SendsNoTokenWhereThereIsNone) {
  ScriptedServer server([](const std::string&) { return Reply{{kOk}}; });
  Outgoing outgoing;
  OutgoingCall call = CallTo(Entry(server.url()), "/x");
  call.token.clear();
  ASSERT_TRUE(outgoing.Get(call));
  EXPECT_THAT(server.requests()[0], Not(HasSubstr("Authorization")));
}

TEST(OutgoingTest, ReadsHowLongAnAnswerIsGood) {
  const std::pair<std::string_view, std::optional<std::chrono::seconds>> kTable[] = {
      {"", std::nullopt},
      {"Cache-Control: max-age=600\r\n", std::chrono::seconds(600)},
      {"Cache-Control: public, Max-Age=60, must-revalidate\r\n", std::chrono::seconds(60)},
      {"Cache-Control: s-maxage=5\r\n", std::nullopt},
      {"Cache-Control: no-store\r\n", std::chrono::seconds(0)},
      {"Cache-Control: no-cache, max-age=60\r\n", std::chrono::seconds(0)},
      {"Cache-Control: max-age=-1\r\n", std::nullopt},
      {"Cache-Control: max-age=99999999999999999999\r\n", std::nullopt},
  };
  Outgoing outgoing;
  for (const auto& [fields, age] : kTable) {
    ScriptedServer server(
        [&](const std::string&) { return Reply{{ScriptedServer::Ok("{}", fields)}}; });
    const auto answer = outgoing.Get(CallTo(Entry(server.url()), "/x"));
    ASSERT_TRUE(answer) << fields;
    EXPECT_EQ(answer->max_age, age) << fields;
  }
}

TEST(OutgoingTest, KeepsAConnectionForOneTenantAlone) {
  ScriptedServer server([](const std::string&) { return Reply{{kOk}}; });
  Outgoing outgoing;
  for (const char* tenant : {"a", "a", "b", "a", "b"}) {
    OutgoingCall call = CallTo(Entry(server.url()), "/x");
    call.tenant = tenant;
    ASSERT_TRUE(outgoing.Get(call));
    std::this_thread::sleep_for(milliseconds(30));
  }
  EXPECT_EQ(server.connections(), 2);
}

// What a server says unasked on a kept connection would be taken for the answer to the next
// question.
TEST(OutgoingTest, DoesNotUseAConnectionOnWhichMoreCame) {
  std::atomic<int> asked = 0;
  ScriptedServer server([&](const std::string&) {
    return ++asked == 1
               ? Reply{{kOk, ScriptedServer::Ok("[\"of another\"]")}, Then::kKeep, milliseconds(40)}
               : Reply{{kOk}};
  });
  Outgoing outgoing;
  for (int i = 0; i < 3; ++i) {
    const auto answer = outgoing.Get(CallTo(Entry(server.url()), "/x"));
    EXPECT_EQ(FaultIn(answer), "none: {}");
    std::this_thread::sleep_for(milliseconds(80));
  }
  EXPECT_EQ(server.connections(), 2);
}

TEST(OutgoingTest, DoesNotUseAConnectionThatHasEnded) {
  ScriptedServer server([&](const std::string&) { return Reply{{kOk}, Then::kClose}; });
  Outgoing outgoing;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(FaultIn(outgoing.Get(CallTo(Entry(server.url()), "/x"))), "none: {}");
    std::this_thread::sleep_for(milliseconds(50));
  }
  EXPECT_THAT(server.requests(), SizeIs(3));
}

struct RefusedCall {
  std::string_view name;
  std::string entry;
  std::vector<std::string> blocks;
  std::string url;
  std::string token;
  std::string_view fault;
};

TEST(OutgoingTest, RefusesWithoutACall) {
  ScriptedServer server([](const std::string&) { return Reply{{kOk}}; });
  const std::string port = server.url().substr(server.url().rfind(':'));
  const RefusedCall kTable[] = {
      {"other path",
       server.url() + "/r4",
       {"127.0.0.0/8"},
       server.url() + "/r4evil",
       "t",
       call_fault::kNotAllowed},
      {"other port",
       "http://127.0.0.1:1",
       {"127.0.0.0/8"},
       server.url(),
       "t",
       call_fault::kNotAllowed},
      {"address for name",
       "http://localhost" + port,
       {"127.0.0.0/8"},
       server.url(),
       "t",
       call_fault::kNotAllowed},
      {"loopback not allowed", server.url(), {}, server.url(), "t", call_fault::kAddress},
      {"another block", server.url(), {"10.0.0.0/8"}, server.url(), "t", call_fault::kAddress},
      {"name leads to loopback",
       "http://localhost" + port,
       {},
       "http://localhost" + port,
       "t",
       call_fault::kAddress},
      {"metadata",
       "http://169.254.169.254",
       {"169.254.0.0/16"},
       "http://169.254.169.254",
       "t",
       call_fault::kAddress},
      {"http beyond loopback",
       "http://10.0.0.1",
       {"10.0.0.0/8"},
       "http://10.0.0.1",
       "t",
       call_fault::kAddress},
      {"line break in the token",
       server.url(),
       {"127.0.0.0/8"},
       server.url(),
       "a\r\nX: y",
       call_fault::kToken},
      {"space in the token",
       server.url(),
       {"127.0.0.0/8"},
       server.url(),
       "a b",
       call_fault::kToken},
      {"long token",
       server.url(),
       {"127.0.0.0/8"},
       server.url(),
       std::string(8193, 'a'),
       call_fault::kToken},
  };
  Outgoing outgoing;
  for (const RefusedCall& row : kTable) {
    OutgoingCall call = CallTo(*AllowedServer::Read(row.entry, row.blocks, "", true), "");
    call.url = *Url::Parse(row.url);
    call.token = row.token;
    const auto answer = outgoing.Get(call);
    EXPECT_EQ(FaultIn(answer), row.fault) << row.name;
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, IssueCode::kForbidden) << row.name;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(OutgoingTest, CallsANameByTheAddressThatWasJudged) {
  ScriptedServer server([](const std::string&) { return Reply{{kOk}}; });
  const std::string url = "http://localhost" + server.url().substr(server.url().rfind(':'));
  Outgoing outgoing;
  // "localhost" may also be ::1, where nobody listens: the next address is tried.
  const auto entry = AllowedServer::Read(url, {"127.0.0.0/8", "::1/128"}, "", true);
  EXPECT_EQ(FaultIn(outgoing.Get(CallTo(*entry, "/x"))), "none: {}");
  EXPECT_THAT(server.requests()[0], HasSubstr("\r\nHost:" + url.substr(7) + "\r\n"));
}

TEST(OutgoingTest, FindsNobodyBehindAName) {
  Outgoing outgoing;
  const auto entry = AllowedServer::Read("https://nobody.invalid", {}, "", false);
  const std::string fault = FaultIn(outgoing.Get(CallTo(*entry, "", milliseconds(2'000))));
  EXPECT_THAT(fault, testing::AnyOf(call_fault::kUnresolved, call_fault::kTimeout));
}

TEST(OutgoingTest, HttpNeedsItsSwitch) {
  EXPECT_FALSE(AllowedServer::Read("http://127.0.0.1", {"127.0.0.0/8"}, "", false));
  EXPECT_TRUE(AllowedServer::Read("https://127.0.0.1", {"127.0.0.0/8"}, "", false));
  EXPECT_FALSE(AllowedServer::Read("https://ehr.example/?x", {}, "", false));
  EXPECT_FALSE(AllowedServer::Read("https://ehr.example/", {"10.0.0.1/8"}, "", false));
}

TEST(OutgoingTest, LeavesAServerInPeaceThatFails) {
  std::atomic<bool> well = false;
  ScriptedServer server([&](const std::string&) {
    return well ? Reply{{kOk}} : Reply{{"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"}};
  });
  Outgoing outgoing({.failures = 3, .open = milliseconds(300)});
  const AllowedServer entry = Entry(server.url());
  const auto ask = [&] { return FaultIn(outgoing.Get(CallTo(entry, "/x"))); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(), call_fault::kServerFault);
  EXPECT_EQ(ask(), call_fault::kBreaker);
  EXPECT_THAT(server.requests(), SizeIs(3));
  std::this_thread::sleep_for(milliseconds(320));
  EXPECT_EQ(ask(), call_fault::kServerFault) << "one call tries";
  EXPECT_EQ(ask(), call_fault::kBreaker);
  well = true;
  std::this_thread::sleep_for(milliseconds(320));
  EXPECT_EQ(ask(), "none: {}");
  EXPECT_EQ(ask(), "none: {}");
}

TEST(OutgoingTest, ThatSomethingIsNotThereIsNoFailure) {
  ScriptedServer server(
      [&](const std::string&) { return Reply{{"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"}}; });
  Outgoing outgoing({.failures = 2});
  const AllowedServer entry = Entry(server.url());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(FaultIn(outgoing.Get(CallTo(entry, "/x"))), call_fault::kRejected);
  }
}

// Calls beyond the limit wait for a place; those for which there is no place to wait are refused.
TEST(OutgoingTest, HasFewCallsUnderWayToOneServer) {
  ScriptedServer server([](const std::string&) {
    std::this_thread::sleep_for(milliseconds(50));
    return Reply{{kOk}};
  });
  Outgoing outgoing({.calls = 4, .waiting = 12});
  const AllowedServer entry = Entry(server.url());
  std::vector<std::promise<std::string>> results(20);
  for (auto& result : results) {
    outgoing.Start(CallTo(entry, "/x"), [&result](const Result<CallAnswer>& answer) {
      result.set_value(FaultIn(answer));
    });
  }
  int good = 0, busy = 0;
  for (auto& result : results) {
    const std::string fault = result.get_future().get();
    good += fault == "none: {}";
    busy += fault == call_fault::kBusy;
  }
  EXPECT_EQ(good, 16);
  EXPECT_EQ(busy, 4);
  EXPECT_EQ(server.most_at_once(), 4);
}

TEST(OutgoingTest, WhoWaitsForAPlaceHasItsDeadlineToo) {
  ScriptedServer server([](const std::string&) { return Reply{{}, Then::kHang}; });
  Outgoing outgoing({.calls = 1});
  const AllowedServer entry = Entry(server.url());
  outgoing.Start(CallTo(entry, "/x", milliseconds(800)), [](const Result<CallAnswer>&) {});
  const auto began = steady_clock::now();
  EXPECT_EQ(FaultIn(outgoing.Get(CallTo(entry, "/y", milliseconds(200)))), call_fault::kTimeout);
  EXPECT_LT(steady_clock::now() - began, milliseconds(600));
}

TEST(OutgoingTest, NobodyListens) {
  std::string url;
  {
    ScriptedServer server([](const std::string&) { return Reply{}; });
    url = server.url();
  }
  Outgoing outgoing;
  EXPECT_EQ(FaultIn(outgoing.Get(CallTo(Entry(url), "/x"))), call_fault::kUnreachable);
}

}  // namespace
}  // namespace renal::fhir
