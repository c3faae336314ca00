#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/hooks/http_fixture.h"

namespace renal::hooks {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr milliseconds kNever = std::chrono::hours(1);  // a deadline that no test lives to see

/// Sends a byte now and then, for as long as no answer begins and no longer than any test should.
bool AnswersWhileBytesCome(Client& client) {
  const auto begin = Clock::now();
  pollfd poll_of{client.socket(), POLLIN, 0};
  while (Clock::now() - begin < kPatience) {
    if (::poll(&poll_of, 1, 5) == 1) return true;
    client.Send("x");
  }
  return false;
}

TEST_F(HttpServerTest, ClosesASilentConnectionWithoutAnAnswer) {
  Start(With([](HttpLimits& limits) { limits.first_byte = kShort; }));
  Client client(port());
  EXPECT_EQ(client.Rest(), "");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, ClosesAnIdleConnectionWithoutAnAnswer) {
  Start(With([](HttpLimits& limits) { limits.idle = kShort; }));
  Client client(port());
  EXPECT_THAT(client.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(client.Rest(), "");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, GivesAShorterDeadlineItsDueAfterALongerOne) {
  Start(With([](HttpLimits& limits) {
    limits.head = kShort;
    limits.idle = kNever;
  }));
  Client client(port());
  EXPECT_THAT(client.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(client.Ask("GET /get HT"), StartsWith("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, Says408ToASlowHead) {
  Start(With([](HttpLimits& limits) { limits.head = kShort; }));
  Client client(port());
  EXPECT_THAT(client.Ask("GET /get HTTP/1.1\r\nHost"),
              AllOf(StartsWith("HTTP/1.1 408"), HasSubstr("\r\nConnection: close\r\n")));
}

TEST_F(HttpServerTest, DoesNotProlongASlowHeadByteByByte) {
  Start(With([](HttpLimits& limits) { limits.head = kShort; }));
  Client client(port());
  client.Send("GET /get HTTP/1.1\r\nHost: ");
  EXPECT_TRUE(AnswersWhileBytesCome(client)) << "or else only when no more come";
  EXPECT_THAT(client.Answer(), StartsWith("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, Says408ToSilenceInsideABody) {
  Start(With([](HttpLimits& limits) { limits.body_silence = kShort; }));
  Client client(port());
  EXPECT_THAT(client.Ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"),
              StartsWith("HTTP/1.1 408"));
  Client chunked(port());
  EXPECT_THAT(
      chunked.Ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n"),
      StartsWith("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, Says408ToABodyThatIsSlowAltogether) {
  Start(With([](HttpLimits& limits) { limits.whole_body = kShort; }));
  Client client(port());
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n");
  EXPECT_TRUE(AnswersWhileBytesCome(client)) << "or else only when no more come";
  EXPECT_THAT(client.Answer(), StartsWith("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, ClosesWhenTheClientDoesNotReadTheAnswer) {
  Start(With([](HttpLimits& limits) { limits.write_stall = kShort; }));
  Client client(port());
  client.Send(Get("/big"));
  const auto begin = Clock::now();
  while (exchanges().empty() && Clock::now() - begin < kPatience) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  ASSERT_EQ(exchanges().size(), 1U);
  EXPECT_LT(exchanges()[0].response_bytes, 20'000'000U);
  EXPECT_LT(client.Rest().size(), 20'000'000U);
}

TEST_F(HttpServerTest, SendsALongAnswerWhole) {
  Start();
  Client client(port());
  EXPECT_GT(client.Ask(Get("/big")).size(), 20'000'000U);
  EXPECT_THAT(client.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, AnswersAWholeRequestAfterAHalfClose) {
  Start();
  Client client(port());
  client.Send(Post("/echo", "one") + Get("/get"));
  client.HalfClose();
  EXPECT_THAT(client.Answer(), testing::EndsWith("one"));
  EXPECT_THAT(client.Answer(), HasSubstr("GET /get"));
  EXPECT_EQ(client.Rest(), "");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, Says400ToARequestThatIsCutOff) {
  Start();
  for (const std::string_view part :
       {"GET /get HTTP/1.1\r\nHo", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"}) {
    Client client(port());
    client.Send(part);
    client.HalfClose();
    EXPECT_THAT(client.Rest(), StartsWith("HTTP/1.1 400")) << part;
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(HttpServerTest, SaysNothingToAConnectionThatSaysNothing) {
  Start();
  Client client(port());
  client.Send("\r\n");
  client.HalfClose();
  EXPECT_EQ(client.Rest(), "");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, DoesNotLoseAnErrorInAReset) {
  Start();
  Client client(port());
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n");
  client.Send(std::string(8'000'000, 'x'));  // although nobody wants it
  client.HalfClose();
  EXPECT_THAT(client.Rest(), StartsWith("HTTP/1.1 413"));
  EXPECT_FALSE(client.reset());
}

TEST_F(HttpServerTest, StopsReadingOnAfterItsBytesOrItsTime) {
  Start(With([](HttpLimits& limits) { limits.linger = kShort; }));
  Client client(port());
  client.Ask("GET  / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Rest(), "");
  const auto begin = Clock::now();
  bool open = true;
  while (open && Clock::now() - begin < kPatience) {
    std::this_thread::sleep_for(milliseconds(5));
    open = client.Send("x");
  }
  EXPECT_FALSE(open);
}

TEST_F(HttpServerTest, ClosesAfterTheLastRequestAllowed) {
  Start(With([](HttpLimits& limits) { limits.requests_per_connection = 3; }));
  Client client(port());
  client.Send(Get("/get") + Get("/get") + Get("/get") + Get("/get"));
  EXPECT_THAT(client.Answer(), Not(HasSubstr("Connection: close")));
  EXPECT_THAT(client.Answer(), Not(HasSubstr("Connection: close")));
  EXPECT_THAT(client.Answer(),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\nConnection: close\r\n")));
  client.HalfClose();
  EXPECT_EQ(client.Rest(), "");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, FollowsTheClientsConnectionField) {
  Start();
  Client closing(port());
  EXPECT_THAT(closing.Ask(Get("/get", "Connection: close\r\n")),
              HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(closing.Rest(), "");
  Client old(port());
  EXPECT_THAT(old.Ask("GET /get HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
              HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_THAT(old.Ask("GET /get HTTP/1.0\r\n\r\n"), HasSubstr("\r\nConnection: close\r\n"));
}

TEST_F(HttpServerTest, ClosesTheOldestIdleConnectionForANewOne) {
  Start(With([](HttpLimits& limits) { limits.connections = 2; }));
  Client first(port());
  EXPECT_THAT(first.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  Client second(port());
  EXPECT_THAT(second.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  Client third(port());
  EXPECT_THAT(third.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(first.Rest(), "");
  EXPECT_TRUE(first.ended());
  EXPECT_THAT(second.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, ClosesAnIdleConnectionOfWhicheverThread) {
  Start(With([](HttpLimits& limits) { limits.connections = 1; }), 2);
  for (int i = 0; i < 20; ++i) {  // some of them on each thread
    Client idle(port());
    std::string answer = idle.Ask(Get("/get"));
    // The one before may not have become idle yet, on its own thread.
    while (answer.starts_with("HTTP/1.1 503")) answer = Client(port()).Ask(Get("/get"));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(HttpServerTest, Says503WhereNoConnectionIsIdle) {
  Start(With([](HttpLimits& limits) { limits.connections = 1; }));
  Client busy(port());
  EXPECT_THAT(busy.Ask(Get("/get") + "GET /ge"), StartsWith("HTTP/1.1 200"));
  Client refused(port());
  const std::string answer = refused.Answer();
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("\r\nRetry-After: 1\r\n"),
                            HasSubstr("\r\nConnection: close\r\n")));
  EXPECT_THAT(busy.Ask("t HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, OnePeerGivesUpConnectionsOfItsOwn) {
  Start(With([](HttpLimits& limits) { limits.connections_per_peer = 2; }));
  Client other(port(), "127.0.0.2");  // the oldest idle one of all
  EXPECT_THAT(other.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  Client first(port());
  EXPECT_THAT(first.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  Client second(port());
  EXPECT_THAT(second.Ask(Get("/get") + "GET /ge"), StartsWith("HTTP/1.1 200"));
  Client third(port());
  EXPECT_THAT(third.Ask(Get("/get") + "GET /ge"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(first.Rest(), "");
  EXPECT_TRUE(first.ended());
  Client refused(port());
  EXPECT_THAT(refused.Answer(), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(other.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  Client another(port(), "127.0.0.2");
  EXPECT_THAT(another.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, OneClientHasHalfOfTheQueue) {
  workers_ = 1;
  Start(With([](HttpLimits& limits) { limits.queue = 4; }));
  Client waiting(port());
  waiting.Send(Get("/waits?first"));
  entered_.Wait();
  std::vector<std::unique_ptr<Client>> greedy;
  for (int i = 0; i < 5; ++i) {
    greedy.push_back(std::make_unique<Client>(port()));
    greedy.back()->Send(Get("/waits", "X-Client: greedy\r\n"));
  }
  // Three of the five are refused at once, whichever come last.
  int refused = 0;
  for (const auto deadline = Clock::now() + kPatience; refused < 3 && Clock::now() < deadline;) {
    refused = 0;
    for (const auto& client : greedy) {
      pollfd poll_of{client->socket(), POLLIN, 0};
      refused += ::poll(&poll_of, 1, 1) == 1 ? 1 : 0;
    }
  }
  EXPECT_EQ(refused, 3);
  Client modest(port());
  modest.Send(Get("/waits", "X-Client: modest\r\n"));
  pollfd poll_of{modest.socket(), POLLIN, 0};
  EXPECT_EQ(::poll(&poll_of, 1, static_cast<int>(kShort.count())), 0) << "it waits";
  leave_.Open();
  EXPECT_THAT(modest.Answer(), StartsWith("HTTP/1.1 200"));
  int served = 0;
  for (const auto& client : greedy) served += client->Answer().starts_with("HTTP/1.1 200") ? 1 : 0;
  EXPECT_EQ(served, 2);
  EXPECT_THAT(waiting.Answer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, HealthIsNeverQueued) {
  workers_ = 1;
  Start(With([](HttpLimits& limits) { limits.queue = 1; }));
  Client waiting(port());
  waiting.Send(Get("/waits?first"));
  entered_.Wait();
  Client queued(port());
  queued.Send(Get("/waits"));
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(Client(port()).Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  }
  leave_.Open();
  EXPECT_THAT(waiting.Answer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, AcceptsAgainAfterItRanOutOfDescriptors) {
  Start();
  Client first(port());
  EXPECT_THAT(first.Ask(Get("/get") + "GET /ge"), StartsWith("HTTP/1.1 200"));  // busy, not idle
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  const int next = ::dup(socket);
  ::close(next);
  none.rlim_cur = static_cast<rlim_t>(next);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  Client second(port(), socket);
  second.Send(Get("/get"));
  EXPECT_THAT(first.Ask("t HTTP/1.1\r\nHost: a\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_THAT(second.Answer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, Says503WhereBodiesHoldTooMuch) {
  Start(With([](HttpLimits& limits) {
    limits.held_body_bytes = 1000;
    limits.held_wait = kShort;
  }));
  Client holding(port());
  holding.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\nabc");
  Client refused(port());
  std::string answer;
  // The other one's bytes may arrive later than ours.
  for (int i = 0; i < 50 && !answer.starts_with("HTTP/1.1 503"); ++i) {
    Client again(port());
    answer = again.Ask(Post("/echo", std::string(500, 'x')));
  }
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("\r\nRetry-After: 1\r\n")));
  holding.Send(std::string(897, 'y'));
  EXPECT_THAT(holding.Answer(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(refused.Ask(Post("/echo", std::string(500, 'x'))), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, StopFinishesWhatIsUnderWayAndClosesTheIdle) {
  Start({}, 2);
  Client idle(port());
  EXPECT_THAT(idle.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  Client busy(port());
  busy.Send(Get("/slow") + Get("/get"));
  entered_.Wait();
  auto stopped = std::async(std::launch::async, [this] { StopAndJoin(); });
  while (Client(port()).connected()) std::this_thread::sleep_for(milliseconds(1));
  leave_.Open();
  EXPECT_THAT(busy.Answer(),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\nConnection: close\r\n")));
  busy.HalfClose();
  EXPECT_EQ(busy.Rest(), "");
  EXPECT_EQ(idle.Rest(), "");
  EXPECT_EQ(stopped.wait_for(kPatience), std::future_status::ready);
}

TEST_F(HttpServerTest, StopEndsHardAfterTheDrain) {
  Start(With([](HttpLimits& limits) {
    limits.drain = kShort;
    limits.head = limits.idle = kNever;
  }));
  Client client(port());
  EXPECT_THAT(client.Ask(Get("/get") + "GET /g"), StartsWith("HTTP/1.1 200"));
  StopAndJoin();
  EXPECT_EQ(client.Rest(), "");
}

TEST_F(HttpServerTest, StopIsSafeBeforeRunAndMoreThanOnce) {
  auto server = HttpServer::Open({.port = 0, .threads = 2}, {});
  ASSERT_TRUE(server);
  EXPECT_FALSE((*server)->stopping());
  (*server)->Stop();
  (*server)->Stop();
  EXPECT_TRUE((*server)->stopping());
  (*server)->Run();
}

TEST_F(HttpServerTest, ServesManyClientsAtOnce) {
  Start({}, 2);
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      Client client(port());
      for (int i = 0; i < 50; ++i) {
        const std::string body = std::to_string(c) + "-" + std::to_string(i);
        if (client.Ask(Post("/echo", body)).ends_with("\r\n\r\n" + body)) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 8 * 50);
}

TEST_F(HttpServerTest, AnswersOthersWhileAWorkerWaits) {
  Start();
  Client waiting(port());
  waiting.Send(Get("/waits?first") + Get("/get"));
  entered_.Wait();
  Client other(port());
  EXPECT_THAT(other.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(other.Ask(Get("/waits")), HasSubstr("GET /waits"));
  leave_.Open();
  EXPECT_THAT(waiting.Answer(), HasSubstr("GET /waits?first"));
  EXPECT_THAT(waiting.Answer(), HasSubstr("GET /get"));
}

TEST_F(HttpServerTest, Says503AtOnceWhereTheQueueIsFull) {
  workers_ = 1;
  Start(With([](HttpLimits& limits) { limits.queue = 1; }));
  Client waiting(port());
  waiting.Send(Get("/waits?first"));
  entered_.Wait();
  Client queued(port());
  queued.Send(Get("/waits"));
  Client refused(port());
  // Whoever comes first is queued, the other one refused.
  refused.Send(Get("/waits"));
  pollfd either[2] = {{queued.socket(), POLLIN, 0}, {refused.socket(), POLLIN, 0}};
  ASSERT_EQ(::poll(either, 2, static_cast<int>(kPatience.count())), 1);
  Client& first = either[0].revents != 0 ? queued : refused;
  EXPECT_THAT(first.Answer(),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("\r\nRetry-After: 1\r\n")));
  EXPECT_THAT(first.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  leave_.Open();
  EXPECT_THAT(waiting.Answer(), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT((&first == &queued ? refused : queued).Answer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, Says503ToWhatWaitedTooLongInTheQueue) {
  workers_ = 1;
  Start(With([](HttpLimits& limits) { limits.queue_wait = milliseconds(20); }));
  Client waiting(port());
  waiting.Send(Get("/waits?first"));
  entered_.Wait();
  Client late(port());
  late.Send(Get("/waits"));
  // The one thread of connections answers in the order in which requests came: then it is queued.
  EXPECT_THAT(Client(port()).Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  std::this_thread::sleep_for(kShort);
  leave_.Open();
  EXPECT_THAT(late.Answer(), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(waiting.Answer(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, StopWaitsForAWorker) {
  Start();
  Client waiting(port());
  waiting.Send(Get("/waits?first"));
  entered_.Wait();
  auto stopped = std::async(std::launch::async, [this] { StopAndJoin(); });
  while (Client(port()).connected()) std::this_thread::sleep_for(milliseconds(1));
  leave_.Open();
  EXPECT_THAT(waiting.Answer(),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\nConnection: close\r\n")));
  waiting.HalfClose();
  EXPECT_EQ(stopped.wait_for(kPatience), std::future_status::ready);
}

}  // namespace
}  // namespace renal::hooks
