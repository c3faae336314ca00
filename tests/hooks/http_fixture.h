#pragma once

#include <chrono>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sched.h>

#include "hooks/http_server.h"
#include "tests/hooks/socket_client.h"

/// A server on loopback, for the tests of the HTTP server.
namespace renal::hooks {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

inline constexpr milliseconds kShort{60};  // a deadline that a test waits for
inline constexpr std::size_t kBodyLimit = 1'000'000;

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
    // Only what a test sets itself is short: a machine may stand still for seconds.
    const HttpLimits usual;
    if (limits.queue_wait == usual.queue_wait) limits.queue_wait = kPatience;
    if (limits.linger == usual.linger) limits.linger = kPatience;
    HttpHandler handler{
        .route = [](std::string_view path) { return Route(path); },
        .answer = [this](const HttpRequest& request) { return Answer(request); },
        .client =
            [](const HttpRequest& request) { return std::string(request.header("x-client")); },
        .error =
            [](int status, const fhir::Issue& issue) {
              return HttpReply{.status = status, .body = "error " + issue.diagnostics};
            },
        .finish =
            [](const HttpRequest& request, HttpReply& reply) {
              const std::string_view mark = request.header("x-finish");
              if (mark == "throw") throw std::runtime_error("secret");
              if (mark.empty()) return;
              reply.headers.emplace_back("X-Finished", std::string(request.method) + " " +
                                                           request.path + " " + std::string(mark));
            },
        .done =
            [this](const HttpExchange& exchange) {
              const std::lock_guard lock(mutex_);
              exchanges_.push_back({std::string(exchange.method), std::string(exchange.route),
                                    exchange.status, exchange.request_bytes,
                                    exchange.response_bytes});
            },
    };
    auto server =
        HttpServer::Open({.port = 0,
                          .threads = threads,
                          .workers = workers_,
                          .long_answer = kPatience,  // who waits in a test holds its place
                          .limits = limits},
                         handler);
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
    if (request.query == "policy") return {.body = std::to_string(::sched_getscheduler(0))};
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

inline std::string Get(const std::string& path, const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
inline std::string Post(const std::string& path, const std::string& body,
                        const std::string& fields = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + fields + "\r\n" + body;
}

inline HttpLimits With(std::function<void(HttpLimits&)> change) {
  HttpLimits limits;
  change(limits);
  return limits;
}

}  // namespace renal::hooks
