#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hooks/internal/asio.h"
#include "hooks/internal/http_body.h"
#include "hooks/internal/http_framing.h"
#include "hooks/internal/http_workers.h"
#include "hooks/internal/snapshot.h"
#include "hooks/internal/tls.h"

/// One connection: its requests one after the other, each with its deadlines.
namespace renal::hooks::internal {

/// What every connection of a server works with.
struct HttpCore {
  HttpCore(const HttpServer::Options& options, HttpHandler the_handler)
      : limits(options.limits),
        handler(std::move(the_handler)),
        bodies(limits.held_body_bytes),
        workers(options.workers, limits.queue, options.aside, options.long_answer) {}

  const HttpLimits limits;
  const HttpHandler handler;
  BodyBudget bodies;
  HttpWorkers workers;
  std::optional<Snapshot<TlsContext>> tls;  ///< none: plain HTTP
  std::atomic<bool> stopping{false};
  std::array<std::atomic<std::uint64_t>, kHttpSheds> shed{};

  void Shed(HttpShed what) { ++shed[static_cast<std::size_t>(what)]; }
};

/// A coroutine with its socket. All of it runs on the thread of the socket's io_context, apart from
/// the two functions that say otherwise.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Task {
    kServe,   ///< answer requests
    kRefuse,  ///< say 503 and close
  };

  /// `core` must outlive the session; `peer` is the other end, by PeerName().
  HttpSession(tcp::socket socket, std::string peer, HttpCore& core);

  const std::string& peer() const { return peer_name_; }

  /// Begins; `ended` is called once, on the session's thread, after which nothing of it runs.
  void Start(Task task, std::function<void()> ended);

  /// When the connection became idle, in ticks of Clock; none while it is busy. From any thread.
  std::optional<Clock::rep> idle_since() const;
  /// Closes the connection if it is idle, and says whether it will. From any thread.
  bool CloseIdle();
  /// Closes the connection, whatever it does.
  void Abort();

 private:
  enum class Got { kWhole, kNothing, kRefused };
  enum class Next { kKeep, kClose, kLinger };
  enum class Io { kOk, kEnd, kTimeout, kBroken };
  struct Arrival {
    Io io = Io::kOk;
    std::size_t size = 0;  // of kOk: at least 1
  };

  asio::awaitable<void> Run(Task task);
  asio::awaitable<bool> Handshake();
  asio::awaitable<Next> Exchange();
  asio::awaitable<Got> ReadHead();
  asio::awaitable<void> AwaitBytes();
  asio::awaitable<Got> ReadBody();
  asio::awaitable<Got> ReadPlainBody();
  asio::awaitable<Got> ReadChunks();
  asio::awaitable<Arrival> ReadBodyBytes(std::size_t most);
  asio::awaitable<bool> WaitForRoom(std::size_t bytes);
  asio::awaitable<Arrival> Read(char* to, std::size_t size);
  asio::awaitable<HttpReply> AskWorkers();
  asio::awaitable<Next> Send(HttpReply reply, bool keep);
  asio::awaitable<bool> Write(std::string_view head, std::string_view body);
  asio::awaitable<void> Linger();

  void BeginExchange();
  void FindRoute();
  HttpReply ReplyToRefusal() const;
  HttpReply ReplyToRequest();
  HttpReply AnswerOf(const HttpRequest& request) const;
  HttpRequest Request() const;
  std::string Share() const;
  bool Submit(std::function<void()> job);
  HttpReply ReplyUnlessLate(Clock::time_point asked);
  HttpReply ErrorReply(const Refusal& why) const;
  void Finish(HttpReply& reply) const;
  void Report(const HttpReply& reply) const;
  Got Refuse(const Refusal& why);
  Got RefuseEnd(Io io);
  void TakeChunks(ChunkDecoder& decoder, std::string_view bytes);

  bool BecomeBusy();
  void ExpireAt(Clock::time_point deadline);
  void ArmTimer();
  void OnTimer();
  std::string_view ahead() const;
  void TakeAhead(std::size_t bytes);

  HttpCore& core_;
  tcp::socket socket_;
  std::shared_ptr<const TlsContext> tls_context_;
  std::unique_ptr<TlsStream> tls_;  // null: plain HTTP
  asio::steady_timer timer_;
  asio::steady_timer pause_;
  const std::string peer_name_;
  std::string peer_;  // its address

  // 0: busy; kEvicted: to be closed; else the tick at which it became idle.
  std::atomic<Clock::rep> idle_{0};
  Clock::time_point deadline_;
  bool timer_armed_ = false;
  bool timed_out_ = false;

  // What was read beyond the part under way: usually the start of a body, or the next request.
  std::string ahead_;
  std::size_t ahead_begin_ = 0;
  std::size_t ahead_end_ = 0;

  HeadReader reader_;
  BodyBuffer body_;
  RouteInfo route_;
  const Refusal* refusal_ = nullptr;
  bool refused_by_rule_ = false;  // the framing is intact, so the connection may go on
  std::size_t served_ = 0;
  Clock::time_point began_;
  Clock::time_point body_deadline_;
  std::size_t bytes_in_ = 0;
  std::size_t bytes_out_ = 0;
  std::string out_;
};

}  // namespace renal::hooks::internal
