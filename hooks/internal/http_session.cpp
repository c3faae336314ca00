#include "hooks/internal/http_session.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "hooks/internal/http_reply.h"
#include "hooks/internal/http_rules.h"
#include "hooks/internal/memory_reserve.h"

namespace renal::hooks::internal {
namespace {

constexpr std::size_t kReadAhead = 2048;
constexpr std::size_t kFirstBodyRoom = 16 * 1024;  // of a chunked body, whose length is unknown
constexpr std::size_t kMostBodyRoom = 256 * 1024;  // taken at once, however much is announced
constexpr std::size_t kMostChunkRead = 16 * 1024;  // what follows the last chunk must be kept
constexpr std::size_t kLingerRead = 16 * 1024;
constexpr std::chrono::milliseconds kRoomPause{10};
constexpr HttpSession::Clock::rep kEvicted = -1;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// The last resort, when the owner's own error answer throws.
constexpr std::string_view kPlainDefect =
    R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception"}]})";

}  // namespace

HttpSession::HttpSession(tcp::socket socket, std::string peer, HttpCore& core)
    : core_(core),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      pause_(socket_.get_executor()),
      peer_name_(std::move(peer)),
      reader_(core.limits),
      body_(core.bodies) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  const tcp::endpoint end = socket_.remote_endpoint(ignored);
  if (!ignored) peer_ = end.address().to_string();
}

void HttpSession::Start(Task task, std::function<void()> ended) {
  auto on_end = [self = shared_from_this(), ended = std::move(ended)](const std::exception_ptr&) {
    self->Abort();
    self->timer_.cancel();
    ended();
  };
  asio::co_spawn(socket_.get_executor(), Run(task), std::move(on_end));
}

asio::awaitable<void> HttpSession::Run(Task task) {
  if (core_.tls) {
    const bool secured = co_await Handshake();
    if (!secured) co_return;
  }
  Next next = Next::kKeep;
  if (task == Task::kRefuse) {
    BeginExchange();
    next = co_await Send(ErrorReply(kOverload), false);
  }
  while (next == Next::kKeep) next = co_await Exchange();
  if (next == Next::kLinger) co_await Linger();
}

// Counts as idle, so that connections which never finish it make room for others.
asio::awaitable<bool> HttpSession::Handshake() {
  tls_context_ = core_.tls->Get();
  tls_ = std::make_unique<TlsStream>(socket_, *tls_context_->context);
  idle_ = Clock::now().time_since_epoch().count();
  ExpireAt(Clock::now() + core_.limits.handshake);
  error_code error;
  co_await tls_->async_handshake(TlsStream::server,
                                 asio::redirect_error(asio::use_awaitable, error));
  co_return !error && BecomeBusy();
}

// One request and its answer.
asio::awaitable<HttpSession::Next> HttpSession::Exchange() {
  BeginExchange();
  Got got = co_await ReadHead();
  if (got == Got::kNothing) co_return Next::kClose;
  if (got == Got::kWhole) got = co_await ReadBody();
  if (got == Got::kNothing) co_return Next::kClose;

  const bool whole = got == Got::kWhole;
  const bool in_step = whole || (refused_by_rule_ && !reader_.head().has_body());
  HttpReply reply;
  if (!whole) {
    reply = ReplyToRefusal();
  } else if (route_.waits) {
    reply = co_await AskWorkers();
  } else {
    reply = ReplyToRequest();
  }
  body_.Clear();
  ++served_;
  const bool keep = in_step && reader_.head().keep_alive && !core_.stopping.load() &&
                    served_ < core_.limits.requests_per_connection;
  const Next next = co_await Send(std::move(reply), keep);
  co_return next;
}

void HttpSession::BeginExchange() {
  reader_.Reset();
  body_.Clear();
  route_ = {};
  refusal_ = nullptr;
  refused_by_rule_ = false;
  began_ = Clock::now();
  bytes_in_ = bytes_out_ = 0;
}

HttpSession::Got HttpSession::Refuse(const Refusal& why) {
  refusal_ = &why;
  return Got::kRefused;
}

HttpSession::Got HttpSession::RefuseEnd(Io io) {
  if (io == Io::kTimeout) return Refuse(kTooSlow);
  return io == Io::kEnd ? Refuse(kCutOff) : Got::kNothing;
}

// Idle until the first byte; from then on busy, with the deadline of a head.
asio::awaitable<HttpSession::Got> HttpSession::ReadHead() {
  const HttpLimits& limits = core_.limits;
  bool begun = !ahead().empty();
  if (!begun) {
    idle_ = std::max<Clock::rep>(began_.time_since_epoch().count(), 1);
    if (core_.stopping) co_return Got::kNothing;
  }
  ExpireAt(began_ + (begun ? limits.head : served_ == 0 ? limits.first_byte : limits.idle));
  while (true) {
    if (ahead().empty()) {
      if (ahead_.capacity() > 2 * kReadAhead) ahead_ = {};
      ahead_.resize(kReadAhead);
      ahead_begin_ = ahead_end_ = 0;
      const Arrival arrival = co_await Read(ahead_.data(), kReadAhead);
      if (!begun && !BecomeBusy()) co_return Got::kNothing;
      if (arrival.io != Io::kOk) {
        co_return reader_.empty() ? Got::kNothing : RefuseEnd(arrival.io);
      }
      ahead_end_ = arrival.size;
    }
    if (!begun) {
      begun = true;
      began_ = Clock::now();
      ExpireAt(began_ + limits.head);
    }
    const std::size_t taken = reader_.Push(ahead());
    TakeAhead(taken);
    if (reader_.state() == HeadReader::State::kDone) co_return Got::kWhole;
    if (reader_.state() == HeadReader::State::kRefused) co_return Refuse(reader_.refusal());
  }
}

asio::awaitable<HttpSession::Got> HttpSession::ReadBody() {
  FindRoute();
  if (refusal_ != nullptr) co_return Got::kRefused;
  const RequestHead& head = reader_.head();
  if (!head.has_body()) co_return Got::kWhole;
  body_deadline_ = Clock::now() + core_.limits.whole_body;
  ExpireAt(body_deadline_);
  if (AwaitsContinue(head) && ahead().empty()) {
    const bool sent = co_await Write(kContinue, {});
    if (!sent) co_return Got::kNothing;
  }
  Got got;
  if (head.chunked) {
    got = co_await ReadChunks();
  } else {
    got = co_await ReadPlainBody();
  }
  co_return got;
}

// Asks the owner about the path and judges the head.
void HttpSession::FindRoute() {
  const RequestHead& head = reader_.head();
  refused_by_rule_ = true;
  try {
    if (head.path == "*") {
      route_ = {.known = true, .methods = {"GET", "POST"}};
    } else if (head.path) {
      route_ = core_.handler.route(*head.path);
    }
    refusal_ = Judge(head, route_);
  } catch (...) {
    refusal_ = &kDefect;
  }
}

// Straight into the body's own memory, apart from what came with the head.
asio::awaitable<HttpSession::Got> HttpSession::ReadPlainBody() {
  const std::size_t length = static_cast<std::size_t>(reader_.head().content_length);
  while (body_.size() < length) {
    const std::size_t missing = length - body_.size();
    const bool room = co_await WaitForRoom(std::min(missing, kMostBodyRoom));
    if (!room) co_return Refuse(kOverload);
    const std::size_t most = std::min(missing, body_.room());
    if (const std::size_t early = ahead().copy(body_.tail(), most); early > 0) {
      TakeAhead(early);
      body_.Append(early);
      continue;
    }
    const Arrival arrival = co_await ReadBodyBytes(most);
    if (arrival.io != Io::kOk) co_return RefuseEnd(arrival.io);
    bytes_in_ += arrival.size;
    body_.Append(arrival.size);
  }
  co_return Got::kWhole;
}

asio::awaitable<HttpSession::Got> HttpSession::ReadChunks() {
  ChunkDecoder decoder(core_.limits, route_.body_limit);
  const bool first_room = co_await WaitForRoom(std::max(ahead().size(), kFirstBodyRoom));
  if (!first_room) co_return Refuse(kOverload);
  const std::string early(ahead());
  ahead_begin_ = ahead_end_;
  TakeChunks(decoder, early);
  while (decoder.state() == ChunkDecoder::State::kReading) {
    const bool room = co_await WaitForRoom(std::clamp(body_.size(), kFirstBodyRoom, kMostBodyRoom));
    if (!room) co_return Refuse(kOverload);
    const Arrival arrival = co_await ReadBodyBytes(std::min(body_.room(), kMostChunkRead));
    if (arrival.io != Io::kOk) co_return RefuseEnd(arrival.io);
    TakeChunks(decoder, {body_.tail(), arrival.size});  // decoded where it lies
  }
  if (decoder.state() == ChunkDecoder::State::kRefused) co_return Refuse(decoder.refusal());
  co_return Got::kWhole;
}

// What follows the last chunk belongs to the next request.
void HttpSession::TakeChunks(ChunkDecoder& decoder, std::string_view bytes) {
  const ChunkDecoder::Step step = decoder.Push(bytes, body_.tail());
  bytes_in_ += step.read;
  body_.Append(step.written);
  if (step.read == bytes.size()) return;
  ahead_.assign(bytes.substr(step.read));
  ahead_begin_ = 0;
  ahead_end_ = ahead_.size();
}

asio::awaitable<HttpSession::Arrival> HttpSession::ReadBodyBytes(std::size_t most) {
  // A client that is never silent would otherwise win every race against the timer.
  if (Clock::now() >= body_deadline_) co_return Arrival{Io::kTimeout};
  ExpireAt(std::min(body_deadline_, Clock::now() + core_.limits.body_silence));
  const Arrival arrival = co_await Read(body_.tail(), most);
  co_return arrival;
}

// False where the bodies of all connections hold too much, and still do after a pause.
asio::awaitable<bool> HttpSession::WaitForRoom(std::size_t bytes) {
  const Clock::time_point give_up = Clock::now() + core_.limits.held_wait;
  while (!body_.MakeRoom(bytes)) {
    if (Clock::now() >= give_up || !socket_.is_open()) {
      core_.Shed(HttpShed::kBodies);
      co_return false;
    }
    error_code ignored;
    pause_.expires_after(kRoomPause);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return true;
}

asio::awaitable<HttpSession::Arrival> HttpSession::Read(char* to, std::size_t size) {
  if (timed_out_) co_return Arrival{Io::kTimeout};
  error_code error;
  auto done = asio::redirect_error(asio::use_awaitable, error);
  std::size_t got = 0;
  if (tls_) {
    got = co_await tls_->async_read_some(asio::buffer(to, size), done);
  } else {
    got = co_await socket_.async_read_some(asio::buffer(to, size), done);
  }
  if (!error) co_return Arrival{Io::kOk, got};
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    co_return Arrival{Io::kEnd};
  }
  co_return Arrival{timed_out_ && socket_.is_open() ? Io::kTimeout : Io::kBroken};
}

HttpReply HttpSession::ErrorReply(const Refusal& why) const {
  try {
    return core_.handler.error(why.status, why.issue());
  } catch (...) {
    return {.status = 500, .body = std::string(kPlainDefect)};
  }
}

HttpReply HttpSession::ReplyToRefusal() const {
  HttpReply reply = ErrorReply(*refusal_);
  if (refusal_->status == 405) reply.headers.emplace_back("Allow", AllowOf(route_));
  return reply;
}

HttpReply HttpSession::AnswerOf(const HttpRequest& request) const {
  const MayRunOutOfMemory given_up;
  return core_.handler.answer(request);
}

HttpReply HttpSession::ReplyToRequest() {
  const RequestHead& head = reader_.head();
  if (head.method == "OPTIONS" && !OwnsOptions(route_)) {
    return {.status = 204, .headers = {{"Allow", AllowOf(route_)}}};
  }
  try {
    HttpRequest request = Request();
    request.body = body_.Padded();
    if (route_.waits) {
      request.aside = [this](const std::function<void()>& wait) {
        return core_.workers.Aside(wait);
      };
    }
    HttpReply reply = AnswerOf(request);
    if (reply.status >= 200 && reply.status <= 599) return reply;
  } catch (const std::bad_alloc&) {
    core_.Shed(HttpShed::kMemory);
    return ErrorReply(kOverload);
  } catch (...) {
    // Goes no further, whatever it is (security.md, rule 3): answered below.
  }
  return ErrorReply(kDefect);
}

HttpRequest HttpSession::Request() const {
  const RequestHead& head = reader_.head();
  return {.method = head.method == "HEAD" ? "GET" : head.method,
          .path = *head.path,
          .query = head.query,
          .headers = head.fields,
          .peer = peer_};
}

std::string HttpSession::Share() const {
  if (!core_.handler.client) return peer_name_;
  return peer_name_ + '\n' + core_.handler.client(Request());
}

HttpReply HttpSession::ReplyUnlessLate(Clock::time_point asked) {
  const bool late = Clock::now() - asked > core_.limits.queue_wait;
  if (late) core_.Shed(HttpShed::kQueueWait);
  return late ? ErrorReply(kOverload) : ReplyToRequest();
}

// Gives the request to a worker and comes back, on this connection's thread, with the reply.
asio::awaitable<HttpReply> HttpSession::AskWorkers() {
  HttpReply reply;
  auto initiate = [this, &reply](auto handler) {
    auto resume = [executor = timer_.get_executor(),
                   kept = std::make_shared<decltype(handler)>(std::move(handler))] {
      asio::post(executor, [kept] { std::move (*kept)(); });
    };
    auto job = [this, &reply, resume, asked = Clock::now()] {
      reply = ReplyUnlessLate(asked);
      resume();
    };
    if (Submit(std::move(job))) return;
    core_.Shed(HttpShed::kQueue);
    reply = ErrorReply(kOverload);
    resume();
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate,
                                                                       asio::use_awaitable);
  co_return reply;
}

// False also where there is no memory for one more.
bool HttpSession::Submit(std::function<void()> job) {
  try {
    return core_.workers.Submit(std::move(job), Share());
  } catch (...) {
    return false;
  }
}

asio::awaitable<HttpSession::Next> HttpSession::Send(HttpReply reply, bool keep) {
  const RequestHead& head = reader_.head();
  const bool framed = reader_.state() == HeadReader::State::kDone;
  if (framed) Finish(reply);
  FormatHead(reply, {.close = !keep, .http_1_1 = !framed || head.http_1_1}, out_);
  const bool with_body = StatusHasBody(reply.status) && !reader_.is_head();
  const bool sent = co_await Write(out_, with_body ? std::string_view(reply.body) : "");
  Report(reply);
  if (!sent) co_return Next::kClose;
  co_return keep ? Next::kKeep : Next::kLinger;
}

asio::awaitable<bool> HttpSession::Write(std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    const std::array<asio::const_buffer, 2> rest{asio::buffer(head), asio::buffer(body)};
    ExpireAt(Clock::now() + core_.limits.write_stall);
    error_code error;
    auto done = asio::redirect_error(asio::use_awaitable, error);
    std::size_t sent = 0;
    if (tls_) {
      sent = co_await tls_->async_write_some(rest, done);
    } else {
      sent = co_await socket_.async_write_some(rest, done);
    }
    if (error) co_return false;
    bytes_out_ += sent;
    const std::size_t of_head = std::min(sent, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(sent - of_head);
  }
  co_return true;
}

void HttpSession::Finish(HttpReply& reply) const {
  if (!core_.handler.finish) return;
  const RequestHead& head = reader_.head();
  try {
    core_.handler.finish({.method = head.method,
                          .path = head.path.value_or(std::string()),
                          .query = head.query,
                          .headers = head.fields,
                          .peer = peer_},
                         reply);
  } catch (...) {
    // Goes no further: the answer goes out without them.
  }
}

void HttpSession::Report(const HttpReply& reply) const {
  if (!core_.handler.done) return;
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
  try {
    core_.handler.done({.method = reader_.head().method,
                        .route = route_.name,
                        .status = reply.status,
                        .request_bytes = bytes_in_,
                        .response_bytes = bytes_out_,
                        .duration = took,
                        .notes = reply.notes});
  } catch (...) {
    // Goes no further: a log that fails must not end a connection.
  }
}

// Closing with unread bytes in the socket resets the connection, and the reset may overtake the
// answer: so say that no more comes, and read on for a while.
asio::awaitable<void> HttpSession::Linger() {
  error_code ignored;
  ExpireAt(Clock::now() + core_.limits.linger);
  if (tls_) {
    co_await tls_->async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
    tls_.reset();  // what still comes is dropped without being read
  }
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  ahead_.resize(kLingerRead);
  std::size_t dropped = 0;
  while (dropped < core_.limits.linger_bytes) {
    const Arrival arrival = co_await Read(ahead_.data(), kLingerRead);
    if (arrival.io != Io::kOk) co_return;
    dropped += arrival.size;
  }
}

std::optional<HttpSession::Clock::rep> HttpSession::idle_since() const {
  const Clock::rep since = idle_.load();
  return since > 0 ? std::optional(since) : std::nullopt;
}

bool HttpSession::CloseIdle() {
  Clock::rep since = idle_.load();
  if (since <= 0 || !idle_.compare_exchange_strong(since, kEvicted)) return false;
  asio::post(timer_.get_executor(), [self = shared_from_this()] { self->Abort(); });
  return true;
}

void HttpSession::Abort() {
  error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
}

// False where another thread has just chosen the connection to be closed.
bool HttpSession::BecomeBusy() {
  Clock::rep since = idle_.load();
  return since > 0 && idle_.compare_exchange_strong(since, 0);
}

// Setting a later deadline costs nothing: the timer looks again when it fires.
void HttpSession::ExpireAt(Clock::time_point deadline) {
  deadline_ = deadline;
  timed_out_ = false;
  if (!timer_armed_ || deadline < timer_.expiry()) ArmTimer();
}

void HttpSession::ArmTimer() {
  timer_armed_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (error != asio::error::operation_aborted) self->OnTimer();
  });
}

void HttpSession::OnTimer() {
  timer_armed_ = false;
  if (Clock::now() < deadline_) return ArmTimer();
  timed_out_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

std::string_view HttpSession::ahead() const {
  return std::string_view(ahead_).substr(ahead_begin_, ahead_end_ - ahead_begin_);
}

void HttpSession::TakeAhead(std::size_t bytes) {
  ahead_begin_ += bytes;
  bytes_in_ += bytes;
}

}  // namespace renal::hooks::internal
