#include "fhir/internal/rest_lane.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cpprest/http_client.h>
#include <pplx/threadpool.h>

#include "fhir/digest.h"
#include "fhir/internal/rest_body.h"
#include "fhir/internal/rest_socket.h"

namespace renal::fhir::internal {
namespace {

namespace asio = boost::asio;
namespace http = web::http;
using std::chrono::steady_clock;

constexpr std::size_t kThreads = 2;
constexpr std::chrono::milliseconds kTick{20};
constexpr int kTries = 4;
// Above what is allowed for the body: head, chunk lines, certificates, the frames of TLS.
constexpr std::size_t kSpareBytes = std::size_t{256} * 1024;
// The library's own limit is one of silence; the whole call has a deadline here.
constexpr std::chrono::seconds kSilence{60};

/// The library's threads, their number settled before anything else uses them.
asio::io_service& Threads() {
  static asio::io_service& service = []() -> asio::io_service& {
    // OpenSSL begins before the threads, so that at the end of the program it outlives them: else
    // what it keeps for each of them is lost.
    Sha256Hex("");
    try {
      crossplat::threadpool::initialize_with_threads(kThreads);
    } catch (const std::exception&) {
      // Goes no further: they run already, as many as somebody else wanted.
    }
    return crossplat::threadpool::shared_instance().service();
  }();
  return service;
}

/// A kept connection on which something came that nobody asked for, or that has ended.
struct StaleConnection : std::runtime_error {
  StaleConnection() : std::runtime_error("stale") {}
};

void PrepareTls(asio::ssl::context& context, const std::string& ca_file) {
  using asio::ssl::context_base;
  if (!ca_file.empty()) {
    context = asio::ssl::context(asio::ssl::context::tls_client);
    context.load_verify_file(ca_file);
  }
  context.set_options(context_base::default_workarounds | context_base::no_sslv2 |
                      context_base::no_sslv3 | context_base::no_tlsv1 | context_base::no_tlsv1_1 |
                      context_base::no_compression);
}

LaneFault FaultOf(const std::exception& error) {
  const std::string_view what = error.what();
  if (what.starts_with("Failed to connect")) return LaneFault::kUnreachable;
  return what.starts_with("Error in SSL") ? LaneFault::kTls : LaneFault::kBroken;
}

class Exchange;

class Lane : public RestLane {
 public:
  explicit Lane(LanePeer peer) : peer_(std::move(peer)) {}
  void Open();
  void Send(LaneRequest request, Done done) override;

  const LanePeer& peer() const { return peer_; }
  http::client::http_client& client() { return *client_; }

 private:
  void OnConnection(void* handle);

  const LanePeer peer_;
  std::unique_ptr<http::client::http_client> client_;
  std::mutex mutex_;
  std::weak_ptr<Exchange> under_way_;
};

/// One request and its answer. Its functions run on the library's threads.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(std::shared_ptr<Lane> lane, LaneRequest request, RestLane::Done done)
      : lane_(std::move(lane)),
        wanted_(std::move(request)),
        done_(std::move(done)),
        connect_by_(steady_clock::now() + wanted_.connect),
        timer_(Threads()) {}

  void Start();
  void OnSocket(asio::ip::tcp::socket& socket);

 private:
  bool Begin();
  void Prepare();
  void Ask();
  void Watch();
  void Finish();
  void TakeHead(const http::http_response& response);
  void End(const pplx::task<void>& whole);
  void Tick();
  void Stop(LaneFault why);
  void EraseToken();

  const std::shared_ptr<Lane> lane_;
  LaneRequest wanted_;
  const RestLane::Done done_;
  const Moment connect_by_;
  asio::steady_timer timer_;

  http::http_request request_;
  std::shared_ptr<BoundedBody> body_;
  pplx::cancellation_token_source stop_;
  LaneAnswer answer_;
  bool keeps_ = false;  // the head allows another exchange
  int tries_ = 0;

  std::mutex mutex_;  // guards what follows
  std::optional<SocketWatch> watch_;
  bool connected_ = false;
  bool ended_ = false;
  LaneFault stopped_ = LaneFault::kNone;
};

void Exchange::Start() {
  Watch();
  if (Begin()) return;
  answer_.fault = LaneFault::kBroken;
  Finish();
}

// False where the library does not take the request.
bool Exchange::Begin() {
  ++tries_;
  body_ = std::make_shared<BoundedBody>(wanted_.max_bytes);
  try {
    Prepare();
    Ask();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void Exchange::Prepare() {
  request_ = http::http_request(http::methods::GET);
  request_.set_request_uri(web::uri(wanted_.target));
  // Without the port: the library takes the certificate's name from it. See OnSocket().
  request_.headers().add(http::header_names::host, lane_->peer().name);
  request_.headers().add(http::header_names::accept, wanted_.accept);
  request_.headers().add(http::header_names::user_agent, "renalpath");
  if (!wanted_.token.empty()) {
    request_.headers().add(http::header_names::authorization, "Bearer " + wanted_.token);
  }
  if (!wanted_.traceparent.empty()) request_.headers().add("traceparent", wanted_.traceparent);
  if (!wanted_.tracestate.empty()) request_.headers().add("tracestate", wanted_.tracestate);
  request_.set_response_stream(
      concurrency::streams::streambuf<std::uint8_t>(body_).create_ostream());
}

void Exchange::Ask() {
  auto self = shared_from_this();
  lane_->client()
      .request(request_, stop_.get_token())
      .then([self](const http::http_response& response) {
        self->TakeHead(response);
        return response.content_ready();
      })
      .then([](const http::http_response&) {})
      .then([self](const pplx::task<void>& whole) { self->End(whole); });
}

void Exchange::TakeHead(const http::http_response& response) {
  const http::http_headers& headers = response.headers();
  answer_.status = response.status_code();
  std::string text;
  if (headers.match(http::header_names::cache_control, text)) answer_.cache_control = text;
  if (headers.match(http::header_names::content_encoding, text)) {
    answer_.encoded = text != "identity";
  }
  std::uint64_t length = 0;
  const bool sized = headers.match(http::header_names::content_length, length);
  const bool chunked = headers.has(http::header_names::transfer_encoding);
  keeps_ = answer_.status == 200 && sized != chunked;
  if (sized && length > wanted_.max_bytes) Stop(LaneFault::kTooLarge);
}

// The last of the tasks: it must look at the fault of those before it, and have none itself, or the
// library ends the process.
void Exchange::End(const pplx::task<void>& whole) {
  try {
    whole.get();
  } catch (const StaleConnection&) {
    if (tries_ < kTries && steady_clock::now() < wanted_.deadline && Begin()) return;
    answer_.fault = LaneFault::kBroken;
  } catch (const std::exception& error) {
    answer_.fault = FaultOf(error);
  } catch (...) {
    answer_.fault = LaneFault::kBroken;
  }
  Finish();
}

void Exchange::Finish() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;  // the timer sees it
    if (stopped_ != LaneFault::kNone) answer_.fault = stopped_;
    watch_.reset();
  }
  EraseToken();
  if (body_->over()) answer_.fault = LaneFault::kTooLarge;
  answer_.clean = answer_.fault == LaneFault::kNone && keeps_;
  if (answer_.fault == LaneFault::kNone) answer_.body = body_->Take();
  try {
    done_(std::move(answer_));
  } catch (...) {
    // Goes no further: an exception would end the thread.
  }
}

// Called before the library uses a connection, be it new or a kept one.
void Exchange::OnSocket(asio::ip::tcp::socket& socket) {
  const LanePeer& peer = lane_->peer();
  const bool kept = socket.is_open();
  if (!kept) socket.open(peer.address.v6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4());
  auto watch = SocketWatch::Of(socket.native_handle());
  if (kept && (!watch || !watch->Quiet())) throw StaleConnection();
  request_.headers()[http::header_names::host] = peer.authority;
  const std::lock_guard lock(mutex_);
  watch_ = std::move(watch);
  connected_ = kept;
}

void Exchange::Watch() {
  timer_.expires_after(kTick);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error) return;
    self->Tick();
  });
}

// What the library does not bound itself: the whole time, the time to connect, and what it collects
// of a head or of a chunk.
void Exchange::Tick() {
  LaneFault why = LaneFault::kNone;
  const Moment now = steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    if (watch_ && !connected_) {
      const auto peer = watch_->Peer();
      connected_ = peer.has_value();
      if (peer && *peer != lane_->peer().address) why = LaneFault::kUnreachable;
    }
    if (now >= wanted_.deadline) {
      why = LaneFault::kTimeout;
    } else if (!connected_ && now >= connect_by_) {
      why = LaneFault::kUnreachable;
    } else if (watch_ &&
               watch_->Received() > wanted_.max_bytes + wanted_.max_bytes / 4 + kSpareBytes) {
      why = LaneFault::kTooLarge;
    }
  }
  if (why != LaneFault::kNone) return Stop(why);
  Watch();
}

void Exchange::Stop(LaneFault why) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || stopped_ != LaneFault::kNone) return;
    stopped_ = why;
  }
  stop_.cancel();
}

void Exchange::EraseToken() {
  std::fill(wanted_.token.begin(), wanted_.token.end(), '\0');
  const auto field = request_.headers().find(http::header_names::authorization);
  if (field == request_.headers().end()) return;
  std::fill(field->second.begin(), field->second.end(), '\0');
  request_.headers().remove(http::header_names::authorization);
}

void Lane::Open() {
  http::client::http_client_config config;
  config.set_max_redirects(0);
  config.set_proxy(web::web_proxy(web::web_proxy::disabled));
  config.set_timeout(kSilence);
  config.set_validate_certificates(true);
  config.set_ssl_context_callback(
      [ca_file = peer_.ca_file](asio::ssl::context& context) { PrepareTls(context, ca_file); });
  const auto self = std::weak_ptr<RestLane>(weak_from_this());
  config.set_nativehandle_options([self](http::client::native_handle handle) {
    if (const auto lane = self.lock()) static_cast<Lane&>(*lane).OnConnection(handle);
  });
  // An IPv6 address stands here without brackets: the library would look "[::1]" up as a name.
  const std::string base = std::string(peer_.tls ? "https" : "http") + "://" +
                           peer_.address.ToString() + ":" + std::to_string(peer_.port);
  client_ = std::make_unique<http::client::http_client>(web::uri(base), config);
}

void Lane::OnConnection(void* handle) {
  std::shared_ptr<Exchange> exchange;
  {
    const std::lock_guard lock(mutex_);
    exchange = under_way_.lock();
  }
  if (!exchange) throw StaleConnection();
  using Socket = asio::ip::tcp::socket;
  exchange->OnSocket(peer_.tls ? static_cast<asio::ssl::stream<Socket&>*>(handle)->next_layer()
                               : *static_cast<Socket*>(handle));
}

void Lane::Send(LaneRequest request, Done done) {
  const auto self = std::static_pointer_cast<Lane>(shared_from_this());
  const auto exchange = std::make_shared<Exchange>(self, std::move(request), std::move(done));
  {
    const std::lock_guard lock(mutex_);
    under_way_ = exchange;
  }
  exchange->Start();
}

}  // namespace

void RunAt(Moment moment, std::function<void()> task) {
  const auto timer = std::make_shared<asio::steady_timer>(Threads(), moment);
  timer->async_wait([timer, task = std::move(task)](const boost::system::error_code&) {
    try {
      task();
    } catch (...) {
      // Goes no further: an exception would end the thread.
    }
  });
}

std::shared_ptr<RestLane> RestLane::Make(const LanePeer& peer) {
  Threads();
  auto lane = std::make_shared<Lane>(peer);
  lane->Open();
  return lane;
}

}  // namespace renal::fhir::internal
