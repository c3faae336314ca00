#include "hooks/http_server.h"

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace renal::hooks {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kShort{60};        // a deadline that a test waits for
constexpr milliseconds kPatience{5'000};  // what no test should ever wait for
constexpr std::size_t kBodyLimit = 1'000'000;

/// A client with a plain socket, which sees what really goes over the wire.
class Client {
 public:
  explicit Client(std::uint16_t port) : Client(port, ::socket(AF_INET, SOCK_STREAM, 0)) {}
  Client(std::uint16_t port, int socket) : socket_(socket) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int done = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    connected_ = done == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  int socket() const { return socket_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void HalfClose() { ::shutdown(socket_, SHUT_WR); }

  /// One whole answer, by its Content-Length; what had come when the connection ended, otherwise.
  std::string Answer(bool with_body = true) {
    while (true) {
      const std::size_t end = in_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t size = end + 4 + (with_body ? LengthIn(in_.substr(0, end)) : 0);
        if (in_.size() >= size) {
          std::string answer = in_.substr(0, size);
          in_.erase(0, size);
          return answer;
        }
      }
      if (!Receive()) return std::exchange(in_, {});
    }
  }

  std::string Ask(std::string_view request) {
    Send(request);
    return Answer();
  }

  /// Everything up to the end of the connection.
  std::string Rest() {
    while (Receive()) {
    }
    return std::exchange(in_, {});
  }

  bool ended() const { return ended_; }  ///< by the server, in order
  bool reset() const { return reset_; }  ///< by the server, with loss

 private:
  static std::size_t LengthIn(std::string_view head) {
    const std::size_t at = head.find("Content-Length: ");
    return at == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(at + 16, 12)));
  }

  bool Receive() {
    pollfd wait{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, static_cast<int>(kPatience.count())) != 1) return false;
    char bytes[16 * 1024];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    ended_ = got == 0;
    reset_ = got < 0;
    if (got > 0) in_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  bool connected_ = false;
  bool ended_ = false;
  bool reset_ = false;
  std::string in_;
};

/// What a route's handler can be made to wait for.
class Gate {
 public:
  void Open() { opened_.set_value(); }
  void Wait() { future_.wait_for(kPatience); }

 private:
  std::promise<void> opened_;
  std::shared_future<void> future_ = opened_.get_future().share();
};

class HttpServerTest : public testing::Test {
 protected:
  ~HttpServerTest() override { StopAndJoin(); }

  void Start(HttpLimits limits = {}, unsigned threads = 1) {
    limits.linger = std::min(limits.linger, milliseconds(300));
    HttpHandler handler{
        .route = [](std::string_view path) { return Route(path); },
        .answer = [this](const HttpRequest& request) { return Answer(request); },
        .error =
            [](int status, const fhir::Issue& issue) {
              return HttpReply{.status = status, .body = "error " + issue.diagnostics};
            },
        .done =
            [this](const HttpExchange& exchange) {
              const std::lock_guard lock(mutex_);
              exchanges_.push_back({std::string(exchange.method), std::string(exchange.route),
                                    exchange.status, exchange.request_bytes,
                                    exchange.response_bytes});
            },
    };
    auto server = HttpServer::Open(
        {.port = 0, .threads = threads, .workers = workers_, .limits = limits}, handler);
    ASSERT_TRUE(server) << server.error().diagnostics;
    server_ = std::move(*server);
    thread_ = std::thread([this] { server_->Run(); });
  }

  void StopAndJoin() {
    if (server_) server_->Stop();
    if (thread_.joinable()) thread_.join();
  }

  std::uint16_t port() const { return server_->port(); }

  struct Logged {
    std::string method;
    std::string route;
    int status;
    std::size_t request_bytes;
    std::size_t response_bytes;
  };
  std::vector<Logged> exchanges() {
    const std::lock_guard lock(mutex_);
    return exchanges_;
  }

  unsigned workers_ = 2;
  Gate entered_;
  Gate leave_;

 private:
  static RouteInfo Route(std::string_view path) {
    if (path == "/throws-in-route") throw std::runtime_error("secret");
    if (path == "/get") return {true, {"GET"}, 0, "/get"};
    if (path == "/big" || path == "/slow" || path == "/bad-status")
      return {true, {"GET"}, 0, "/get"};
    if (path == "/waits") return {true, {"GET"}, 0, "/waits", true};
    if (path == "/options") return {true, {"GET", "OPTIONS"}, 0, "/options"};
    if (path == "/echo" || path == "/throws") return {true, {"POST"}, kBodyLimit, "/echo"};
    return {};
  }

  HttpReply Answer(const HttpRequest& request) {
    if (request.path == "/throws") throw std::runtime_error("secret");
    if (request.path == "/bad-status") return {.status = 99};
    if (request.path == "/big") return {.body = std::string(20'000'000, 'x')};
    if (request.path == "/options") return {.status = 204, .headers = {{"X-Owner", "yes"}}};
    if (request.path == "/slow" || (request.path == "/waits" && request.query == "first")) {
      entered_.Open();
      leave_.Wait();
    }
    if (request.path == "/echo") {
      // The padding must be readable and the body whole.
      const std::string_view padding(request.body.data() + request.body.size(), 64);
      if (padding != std::string(64, '\0')) return {.status = 500};
      return {.body = std::string(request.body)};
    }
    return {.body = std::string(request.method) + " " + request.path + "?" +
                    std::string(request.query) + " " + std::string(request.header("x-mark")) + " " +
                    std::string(request.peer)};
  }

  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<Logged> exchanges_;
};

std::string Get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
std::string Post(const std::string& path, const std::string& body, const std::string& fields = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + fields + "\r\n" + body;
}

HttpLimits With(std::function<void(HttpLimits&)> change) {
  HttpLimits limits;
  change(limits);
  return limits;
}

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

TEST_F(HttpServerTest, KeepsTheConnection) {
  Start();
  Client client(port());
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(client.Ask(Post("/echo", std::string(i * 1000, 'b'))),
                AllOf(StartsWith("HTTP/1.1 200"),
                      testing::EndsWith("\r\n\r\n" + std::string(i * 1000, 'b'))));
  }
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
  Start(With([](HttpLimits& limits) { limits.head = kShort; }));
  Client client(port());
  EXPECT_THAT(client.Ask(Get("/get")), StartsWith("HTTP/1.1 200"));
  const auto begin = Clock::now();
  EXPECT_THAT(client.Ask("GET /get HT"), StartsWith("HTTP/1.1 408"));
  EXPECT_LT(Clock::now() - begin, kPatience / 2);
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
  const auto begin = Clock::now();
  std::string_view rest = "GET /get HTTP/1.1\r\nHost: aaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  for (; Clock::now() - begin < 2 * kShort && !rest.empty(); rest.remove_prefix(1)) {
    client.Send(rest.substr(0, 1));
    std::this_thread::sleep_for(milliseconds(5));
  }
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
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n");
  const auto begin = Clock::now();
  while (Clock::now() - begin < 2 * kShort) {
    client.Send("x");
    std::this_thread::sleep_for(milliseconds(5));
  }
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
  Start(With([](HttpLimits& limits) { limits.linger = kPatience; }));
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
  Start(With([](HttpLimits& limits) { limits.connections = 2; }), 2);
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
  Start(With([](HttpLimits& limits) { limits.drain = kShort; }));
  Client client(port());
  EXPECT_THAT(client.Ask(Get("/get") + "GET /g"), StartsWith("HTTP/1.1 200"));
  const auto begin = Clock::now();
  StopAndJoin();
  EXPECT_LT(Clock::now() - begin, kPatience);
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
