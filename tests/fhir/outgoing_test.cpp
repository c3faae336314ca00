#include "fhir/outgoing.h"

#include <atomic>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fhir/client_threads.h"
#include "tests/fhir/scripted_server.h"

namespace renal::fhir {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using Reply = ScriptedServer::Reply;
using Then = Reply::Then;

// No test should ever wait for it; a machine may stand still for seconds.
constexpr milliseconds kPatience{60'000};
constexpr milliseconds kSoon{300};     // a deadline that a test waits for
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

/// Limits under which a slow machine is no server that is away.
Outgoing::Limits Unhurried() {
  Outgoing::Limits limits;
  limits.connect = kPatience;
  return limits;
}

std::string FaultIn(const Result<CallAnswer>& answer) {
  return answer ? "none: " + answer->body : answer.error().diagnostics;
}

/// What comes of a call that was started; "nothing came" where that is nothing.
class Outcome {
 public:
  Outgoing::Done Taker() {
    return [told = told_](const Result<CallAnswer>& answer) { told->set_value(FaultIn(answer)); };
  }
  bool is_there() const { return future_.wait_for(milliseconds(0)) == std::future_status::ready; }
  std::string Wait() {
    const auto state = future_.wait_for(kPatience);
    return state == std::future_status::ready ? future_.get() : "nothing came";
  }

 private:
  std::shared_ptr<std::promise<std::string>> told_ = std::make_shared<std::promise<std::string>>();
  std::shared_future<std::string> future_ = told_->get_future().share();
};

/// What a server sends, and what comes of it.
struct Row {
  std::string_view name;
  Reply reply;
  std::string_view fault;  // empty: the body is "{}"
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};

class OutgoingAnswerTest : public testing::TestWithParam<Row> {};

// Servers that hang do so until the test is over, and who need not wait for a deadline has a
// minute: an answer that comes, comes in time.
TEST_P(OutgoingAnswerTest, HasItsConsequenceInTime) {
  const Row& row = GetParam();
  const bool late = row.fault == call_fault::kTimeout;
  ScriptedServer server([&](const std::string&) { return row.reply; });
  Outgoing outgoing(Unhurried());
  const OutgoingCall call = CallTo(Entry(server.url()), "/x", late ? kSoon : kPatience);
  Outcome outcome;
  outgoing.Start(call, outcome.Taker());
  EXPECT_EQ(outcome.Wait(), row.fault.empty() ? "none: {}" : row.fault);
  EXPECT_EQ(steady_clock::now() >= call.deadline, late);
  // Redirects above all: nothing that a server says makes us call anything. A deadline may be over
  // before anything was sent.
  const std::size_t requests = server.requests().size();
  EXPECT_LE(requests, 1U);
  EXPECT_TRUE(late || requests == 1);
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
  Outgoing outgoing(Unhurried());
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
  Outgoing outgoing(Unhurried());
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
  Outgoing outgoing(Unhurried());
  for (const auto& [fields, age] : kTable) {
    ScriptedServer server(
        [&](const std::string&) { return Reply{{ScriptedServer::Ok("{}", fields)}}; });
    const auto answer = outgoing.Get(CallTo(Entry(server.url()), "/x"));
    ASSERT_TRUE(answer) << fields;
    EXPECT_EQ(answer->max_age, age) << fields;
  }
}

/// Who asked on each connection, each name once.
std::vector<std::set<std::string>> AskersByConnection(ScriptedServer& server) {
  std::vector<std::set<std::string>> all;
  for (const auto& requests : server.requests_by_connection()) {
    auto& askers = all.emplace_back();
    for (const std::string& request : requests) askers.insert(request.substr(4, 2));
  }
  return all;
}

// An answer may come a moment before its connection can be used again, so that at times a further
// one is opened: never for more than one tenant, and not each time.
TEST(OutgoingTest, KeepsAConnectionForOneTenantAlone) {
  ScriptedServer server([](const std::string&) { return Reply{{kOk}}; });
  Outgoing outgoing(Unhurried());
  const auto ask = [&](const std::string& tenant) {
    OutgoingCall call = CallTo(Entry(server.url()), "/" + tenant);
    call.tenant = tenant;
    ASSERT_EQ(FaultIn(outgoing.Get(call)), "none: {}");
  };
  for (const char* tenant : {"a", "a", "b", "a", "b"}) ask(tenant);
  const auto end = steady_clock::now() + kPatience;
  for (const std::string tenant : {"a", "b"}) {
    for (int before = -1; before != server.connections() && steady_clock::now() < end;) {
      before = server.connections();
      ask(tenant);
    }
  }
  EXPECT_LT(server.connections(), static_cast<int>(server.requests().size())) << "none was kept";
  EXPECT_THAT(AskersByConnection(server), Each(SizeIs(testing::Le(1U))));
}

// What a server says unasked on a kept connection would be taken for the answer to the next
// question.
TEST(OutgoingTest, DoesNotUseAConnectionOnWhichMoreCame) {
  ScriptedServer server([&](const std::string&) { return Reply{{kOk}}; });
  Outgoing outgoing(Unhurried());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(FaultIn(outgoing.Get(CallTo(Entry(server.url()), "/x"))), "none: {}");
    EXPECT_TRUE(server.SayUnasked(ScriptedServer::Ok("[\"of another\"]")));
  }
  EXPECT_THAT(server.requests_by_connection(), AllOf(SizeIs(3), Each(SizeIs(1))));
}

TEST(OutgoingTest, DoesNotUseAConnectionThatHasEnded) {
  ScriptedServer server([&](const std::string&) { return Reply{{kOk}, Then::kClose}; });
  Outgoing outgoing(Unhurried());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(FaultIn(outgoing.Get(CallTo(Entry(server.url()), "/x"))), "none: {}");
    EXPECT_TRUE(server.WaitForClosed(i + 1));
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
  Outgoing outgoing(Unhurried());
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
  Outgoing outgoing(Unhurried());
  // "localhost" may also be ::1, where nobody listens: the next address is tried.
  const auto entry = AllowedServer::Read(url, {"127.0.0.0/8", "::1/128"}, "", true);
  EXPECT_EQ(FaultIn(outgoing.Get(CallTo(*entry, "/x"))), "none: {}");
  EXPECT_THAT(server.requests()[0], HasSubstr("\r\nHost:" + url.substr(7) + "\r\n"));
}

TEST(OutgoingTest, FindsNobodyBehindAName) {
  Outgoing outgoing(Unhurried());
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
  const AllowedServer entry = Entry(server.url());
  Outgoing closed({.connect = kPatience, .failures = 3, .open = std::chrono::hours(1)});
  const auto ask = [&](Outgoing& outgoing) { return FaultIn(outgoing.Get(CallTo(entry, "/x"))); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(closed), call_fault::kServerFault);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(closed), call_fault::kBreaker);
  EXPECT_THAT(server.requests(), SizeIs(3));
  well = true;
  EXPECT_EQ(ask(closed), call_fault::kBreaker);
}

// How long a server is left in peace, and that one call alone tries, is RestBreakerTest's.
TEST(OutgoingTest, AsksAServerAgainThatFailed) {
  std::atomic<bool> well = false;
  ScriptedServer server([&](const std::string&) {
    return well ? Reply{{kOk}} : Reply{{"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"}};
  });
  Outgoing outgoing({.connect = kPatience, .failures = 1, .open = milliseconds(20)});
  const auto ask = [&] { return FaultIn(outgoing.Get(CallTo(Entry(server.url()), "/x"))); };
  EXPECT_EQ(ask(), call_fault::kServerFault);
  well = true;
  std::string fault(call_fault::kBreaker);
  for (const auto end = steady_clock::now() + kPatience;
       fault == call_fault::kBreaker && steady_clock::now() < end;) {
    fault = ask();
  }
  EXPECT_EQ(fault, "none: {}");
  EXPECT_EQ(ask(), "none: {}");
}

TEST(OutgoingTest, ThatSomethingIsNotThereIsNoFailure) {
  ScriptedServer server(
      [&](const std::string&) { return Reply{{"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"}}; });
  Outgoing outgoing({.connect = kPatience, .failures = 2});
  const AllowedServer entry = Entry(server.url());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(FaultIn(outgoing.Get(CallTo(entry, "/x"))), call_fault::kRejected);
  }
}

// Calls beyond the limit wait for a place; those for which there is no place to wait are refused.
TEST(OutgoingTest, HasFewCallsUnderWayToOneServer) {
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  ScriptedServer server([gone](const std::string&) {
    gone.wait();
    return Reply{{kOk}};
  });
  Outgoing outgoing({.connect = kPatience, .calls = 4, .waiting = 12});
  const AllowedServer entry = Entry(server.url());
  std::vector<Outcome> outcomes(20);
  for (Outcome& outcome : outcomes) outgoing.Start(CallTo(entry, "/x"), outcome.Taker());
  for (std::size_t i = 16; i < 20; ++i) {
    EXPECT_TRUE(outcomes[i].is_there()) << "refused at once";
    EXPECT_EQ(outcomes[i].Wait(), call_fault::kBusy);
  }
  EXPECT_TRUE(server.WaitForRequests(4));
  go.set_value();
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(outcomes[i].Wait(), "none: {}");
  EXPECT_EQ(server.most_at_once(), 4);
}

TEST(OutgoingTest, WhoWaitsForAPlaceHasItsDeadlineToo) {
  ScriptedServer server([](const std::string&) { return Reply{{}, Then::kHang}; });
  Outgoing outgoing({.connect = kPatience, .calls = 1});
  const AllowedServer entry = Entry(server.url());
  Outcome holds, waits;
  outgoing.Start(CallTo(entry, "/holds"), holds.Taker());
  outgoing.Start(CallTo(entry, "/waits", kSoon), waits.Taker());
  EXPECT_EQ(waits.Wait(), call_fault::kTimeout);
  EXPECT_FALSE(holds.is_there()) << "the place was still taken";
  EXPECT_TRUE(server.WaitForRequests(1));
  EXPECT_THAT(server.requests(), ElementsAre(HasSubstr("GET /holds ")));
}

TEST(OutgoingTest, NobodyListens) {
  // Bound, so that nobody else listens there meanwhile.
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  Outgoing outgoing(Unhurried());
  EXPECT_EQ(FaultIn(outgoing.Get(CallTo(Entry(url), "/x"))), call_fault::kUnreachable);
  ::close(socket);
}

}  // namespace
}  // namespace renal::fhir
