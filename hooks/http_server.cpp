#include "hooks/http_server.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <unordered_set>

#include <sys/resource.h>
#include <sys/socket.h>

#include "hooks/internal/asio.h"
#include "hooks/internal/http_peers.h"
#include "hooks/internal/http_session.h"
#include "hooks/internal/memory_reserve.h"
#include "hooks/internal/process.h"

namespace renal::hooks {
namespace {

namespace asio = internal::asio;
using fhir::IssueCode;
using internal::error_code;
using internal::HttpCore;
using internal::HttpSession;
using internal::tcp;

constexpr std::chrono::milliseconds kAcceptPause{100};  // after EMFILE and its like
constexpr std::size_t kMostRefusals = 256;              // connections over the cap that are told so
constexpr rlim_t kOtherFiles = 256;                     // descriptors for all but connections

// Of the whole server.
struct Connections {
  std::atomic<std::size_t> all{0};
  internal::PeerCounts peers;

  void Begin(const std::string& peer) {
    peers.Begin(peer);
    ++all;
  }
  void End(const std::string& peer) {
    --all;
    peers.End(peer);
  }
};

// One thread: its io_context, its acceptor (the kernel spreads connections over them), its
// sessions.
class Loop {
 public:
  // Closes the oldest idle connection of the whole server, or of one peer, or says that none is
  // idle.
  using Evict = std::function<bool(const std::string* peer)>;

  Loop(HttpCore& core, Connections& connections, Evict evict)
      : core_(core), connections_(connections), evict_(std::move(evict)) {}
  ~Loop() { sessions_.clear(); }  // before io_, whose services their sockets use

  error_code Listen(const tcp::endpoint& endpoint, bool shared);
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  void Run();
  void Stop();                                                             // from any thread, once
  void Later(std::chrono::milliseconds wait, std::function<void()> what);  // from any thread, once

  // Of all sessions of this thread, or those of one peer, the one that is idle longest. From any
  // thread.
  std::shared_ptr<HttpSession> OldestIdle(const std::string* peer) const;

 private:
  void BeginAccepting();
  asio::awaitable<void> Accept();
  void Admit(tcp::socket socket);
  bool HasRoom(const std::string& peer) const;
  void Begin(std::shared_ptr<HttpSession> session, HttpSession::Task task);
  void End(const std::shared_ptr<HttpSession>& session, bool refused);
  void BeginDrain();

  HttpCore& core_;
  Connections& connections_;
  const Evict evict_;
  mutable std::mutex mutex_;  // taken when a connection begins or ends, never for a request
  std::unordered_set<std::shared_ptr<HttpSession>> sessions_;
  std::atomic<std::size_t> refusals_{0};
  bool draining_ = false;
  int listening_ = -1;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  asio::steady_timer drain_{io_};
  asio::steady_timer notice_{io_};
};

error_code Loop::Listen(const tcp::endpoint& endpoint, bool shared) {
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  const int on = 1;
  if (!error && shared &&
      ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    error = error_code(errno, boost::system::system_category());
  }
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return error;
  listening_ = acceptor_.native_handle();
  BeginAccepting();
  return {};
}

// Whatever ends accepting early, such as a lack of memory, it begins again.
void Loop::BeginAccepting() {
  asio::co_spawn(io_, Accept(), [this](const std::exception_ptr& failed) {
    if (failed) BeginAccepting();
  });
}

void Loop::Run() {
  internal::TakeShareOfMemory();
  internal::WaitInTurn();
  while (true) {
    try {
      io_.run();
      return;
    } catch (...) {
      // Goes no further: whatever escaped one connection, the others and this thread go on.
    }
  }
}

asio::awaitable<void> Loop::Accept() {
  while (acceptor_.is_open()) {
    error_code error;
    tcp::socket socket =
        co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (core_.stopping || !acceptor_.is_open()) co_return;
    if (!error) {
      Admit(std::move(socket));
      continue;
    }
    if (error == asio::error::connection_aborted) continue;
    // Out of descriptors or memory: make room if that is possible, and let it pass.
    evict_(nullptr);
    pause_.expires_after(kAcceptPause);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
}

// A failure to begin a session must not end accepting.
void Loop::Admit(tcp::socket socket) {
  try {
    error_code gone;
    const tcp::endpoint end = socket.remote_endpoint(gone);
    if (gone) return;
    const std::string peer = internal::PeerName(end.address());
    const bool full = !HasRoom(peer);
    if (full) core_.Shed(HttpShed::kConnections);
    if (full && refusals_ >= kMostRefusals) return;
    auto session = std::make_shared<HttpSession>(std::move(socket), peer, core_);
    Begin(std::move(session), full ? HttpSession::Task::kRefuse : HttpSession::Task::kServe);
  } catch (...) {
    // Goes no further: without memory for one more connection, its socket is closed.
  }
}

// One peer gives up connections of its own; where it has too many, nobody else loses one.
bool Loop::HasRoom(const std::string& peer) const {
  const HttpLimits& limits = core_.limits;
  if (connections_.peers.Of(peer) >= limits.connections_per_peer) return evict_(&peer);
  return connections_.all < limits.connections || evict_(nullptr);
}

void Loop::Begin(std::shared_ptr<HttpSession> session, HttpSession::Task task) {
  const bool refuse = task == HttpSession::Task::kRefuse;
  auto on_end = [this, refuse, ended = std::weak_ptr(session)] { End(ended.lock(), refuse); };
  if (refuse) {
    ++refusals_;
  } else {
    connections_.Begin(session->peer());
  }
  try {
    {
      const std::lock_guard lock(mutex_);
      sessions_.insert(session);
    }
    session->Start(task, std::move(on_end));
  } catch (...) {
    End(session, refuse);
    throw;
  }
}

void Loop::End(const std::shared_ptr<HttpSession>& session, bool refused) {
  if (refused) {
    --refusals_;
  } else {
    connections_.End(session->peer());
  }
  const std::lock_guard lock(mutex_);
  sessions_.erase(session);
  if (draining_ && sessions_.empty()) drain_.cancel();
}

// Refuses new connections at once, even while a handler holds this loop's thread.
void Loop::Stop() {
  ::shutdown(listening_, SHUT_RD);
  asio::post(io_, [this] { BeginDrain(); });
}

void Loop::Later(std::chrono::milliseconds wait, std::function<void()> what) {
  asio::post(io_, [this, wait, what = std::move(what)] {
    notice_.expires_after(wait);
    notice_.async_wait([what](error_code) { what(); });
  });
}

void Loop::BeginDrain() {
  draining_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  const std::lock_guard lock(mutex_);
  for (const auto& session : sessions_) session->CloseIdle();
  if (sessions_.empty()) return;
  drain_.expires_after(core_.limits.drain);
  drain_.async_wait([this](error_code error) {
    if (error == asio::error::operation_aborted) return;
    const std::lock_guard again(mutex_);
    for (const auto& session : sessions_) session->Abort();
  });
}

std::shared_ptr<HttpSession> Loop::OldestIdle(const std::string* peer) const {
  std::shared_ptr<HttpSession> oldest;
  const std::lock_guard lock(mutex_);
  for (const auto& session : sessions_) {
    const auto since = session->idle_since();
    if (!since || (peer != nullptr && session->peer() != *peer)) continue;
    const auto best = oldest ? oldest->idle_since() : std::nullopt;
    if (!best || *since < *best) oldest = session;
  }
  return oldest;
}

// The soft limit of open files is often 1,024. Where it cannot be raised far enough, accepting
// pauses.
void RaiseFileLimit(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(connections + kOtherFiles, limit.rlim_max);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// SO_REUSEPORT would let a second server share the port in silence, so ask first without it.
error_code ProbePort(const tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return {};
  asio::io_context io;
  tcp::acceptor probe(io);
  error_code error;
  probe.open(endpoint.protocol(), error);
  if (!error) probe.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) probe.bind(endpoint, error);
  return error;
}

fhir::Issue CannotListen(const error_code& error) {
  if (error == asio::error::address_in_use) {
    return {IssueCode::kTransient, "Cannot listen: the address is in use.", {}};
  }
  if (error == asio::error::access_denied) {
    return {IssueCode::kTransient, "Cannot listen: this port needs more rights.", {}};
  }
  return {IssueCode::kTransient, "Cannot listen on this address: " + error.message() + ".", {}};
}

}  // namespace

std::string_view HttpRequest::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

struct HttpServer::State {
  State(const Options& options, HttpHandler handler) : core(options, std::move(handler)) {}

  std::optional<fhir::Issue> LoadTls(const std::optional<HttpTls>& files) {
    if (!files) return std::nullopt;
    auto loaded = internal::LoadTls(*files);
    if (!loaded) return loaded.error();
    core.tls.emplace(std::make_shared<const internal::TlsContext>(std::move(*loaded)));
    return std::nullopt;
  }

  // False where no connection is idle. One that became busy meanwhile is passed over.
  bool EvictOldestIdle(const std::string* peer) {
    while (true) {
      std::shared_ptr<HttpSession> oldest;
      for (const auto& loop : loops) {
        std::shared_ptr<HttpSession> candidate = loop->OldestIdle(peer);
        if (!candidate) continue;
        if (!oldest || candidate->idle_since() < oldest->idle_since()) oldest = candidate;
      }
      if (!oldest) return false;
      if (oldest->CloseIdle()) {
        core.Shed(HttpShed::kIdle);
        return true;
      }
    }
  }

  HttpCore core;
  Connections connections;
  std::vector<std::unique_ptr<Loop>> loops;
  std::uint16_t port = 0;
};

fhir::Result<std::unique_ptr<HttpServer>> HttpServer::Open(const Options& options,
                                                           HttpHandler handler) {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options.address, error);
  if (error)
    return fhir::Issue{IssueCode::kValue, "The address to listen on is no IP address.", {}};
  tcp::endpoint endpoint(address, options.port);
  error = ProbePort(endpoint);
  if (error) return CannotListen(error);

  RaiseFileLimit(options.limits.connections);
  auto state = std::make_unique<State>(options, std::move(handler));
  if (const auto issue = state->LoadTls(options.tls)) return *issue;
  const unsigned threads = options.threads == 0 ? internal::Processors() : options.threads;
  for (unsigned i = 0; i < threads; ++i) {
    auto evict = [raw = state.get()](const std::string* peer) {
      return raw->EvictOldestIdle(peer);
    };
    auto loop = std::make_unique<Loop>(state->core, state->connections, std::move(evict));
    error = loop->Listen(endpoint, threads > 1);
    if (error) return CannotListen(error);
    endpoint.port(loop->port());
    state->loops.push_back(std::move(loop));
  }
  state->port = endpoint.port();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return state_->port; }

HttpLoad HttpServer::load() const {
  const HttpCore& core = state_->core;
  HttpLoad load{.connections = state_->connections.all, .body_bytes = core.bodies.used()};
  std::tie(load.queued, load.aside) = core.workers.load();
  for (std::size_t i = 0; i < kHttpSheds; ++i) load.shed[i] = core.shed[i];
  return load;
}

fhir::Result<std::function<void()>> HttpServer::PrepareTls(const HttpTls& files) {
  auto loaded = internal::LoadTls(files);
  if (!loaded) return loaded.error();
  auto context = std::make_shared<const internal::TlsContext>(std::move(*loaded));
  return std::function<void()>([this, context] { state_->core.tls->Replace(context); });
}

bool HttpServer::stopping() const { return state_->core.stopping.load(); }

void HttpServer::Run() {
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < state_->loops.size(); ++i) {
    others.emplace_back([loop = state_->loops[i].get()] { loop->Run(); });
  }
  state_->loops.front()->Run();
  for (std::thread& thread : others) thread.join();
}

void HttpServer::Stop() {
  if (state_->core.stopping.exchange(true)) return;
  for (const auto& loop : state_->loops) loop->Stop();
}

void HttpServer::StopAfterNotice() {
  const std::chrono::milliseconds wait = state_->core.limits.notice;
  if (wait == wait.zero()) return Stop();
  state_->loops.front()->Later(wait, [this] { Stop(); });
}

}  // namespace renal::hooks
