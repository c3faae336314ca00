#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/result.h"

/// HTTP/1.1 on Boost.Asio with llhttp: framing, limits and deadlines of security.md section 2.
/// Knows nothing of CDS Hooks; one handler answers what was framed well.
namespace renal::hooks {

/// A request whose head and body were framed well.
struct HttpRequest {
  std::string_view method;  ///< "GET", "POST", ...; HEAD arrives as GET
  std::string path;         ///< percent-decoded once; "/cds-services/x"
  std::string_view query;   ///< after '?', as sent
  std::vector<std::pair<std::string_view, std::string_view>> headers;  ///< names in lower case
  std::string_view body;  ///< with 64 readable bytes behind it
  std::string_view peer;  ///< the address of the other end, as text, without its port
  /// Runs what waits for a network, so that it holds no thread that other requests need. False,
  /// without running it, where too many wait already. Empty: there is no such thread.
  std::function<bool(const std::function<void()>& wait)> aside;
  std::string_view header(std::string_view lower_case_name) const;  ///< first value, else empty
};

/// What the owner wants to read again in HttpExchange: name and value.
using HttpNotes = std::vector<std::pair<std::string, std::string>>;

/// An answer. The server adds Content-Length, Cache-Control: no-store, X-Content-Type-Options:
/// nosniff, Server, Date, and on 503 Retry-After. It drops fields that are its own to set
/// (Connection, Transfer-Encoding, ...) and those with a character that no field may have.
struct HttpReply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  HttpNotes notes;  ///< never sent; for HttpExchange
};

/// What the server wants to know from its owner before it reads a body.
struct RouteInfo {
  bool known = false;                     ///< false: 404
  std::vector<std::string_view> methods;  ///< allowed; else 405 with Allow
  std::size_t body_limit = 0;             ///< bytes; more is 413
  std::string_view name;  ///< of the route, for HttpExchange; must outlive the server
  /// The answer may wait for a network or a disk: it is given on a worker thread, behind a bounded
  /// queue, so that it holds no thread that other connections need. Otherwise on the connection's
  /// own thread.
  bool waits = false;
};

/// The limits of security.md section 2, in one place.
struct HttpLimits {
  std::size_t target_bytes = 8 * 1024;
  std::size_t header_bytes = 32 * 1024;
  std::size_t header_fields = 100;
  std::size_t chunk_line_bytes = 4 * 1024;
  std::size_t trailer_bytes = 8 * 1024;
  std::size_t trailer_fields = 20;
  std::size_t requests_per_connection = 1'000;
  std::size_t connections = 4'096;
  /// Of these from one peer: an IPv4 address, or the first 64 bits of an IPv6 address.
  std::size_t connections_per_peer = 2'048;
  std::chrono::milliseconds handshake{5'000};    ///< of TLS
  std::chrono::milliseconds first_byte{10'000};  ///< silence after connect
  std::chrono::milliseconds head{10'000};        ///< first byte to end of headers
  std::chrono::milliseconds body_silence{10'000};
  std::chrono::milliseconds whole_body{30'000};
  std::chrono::milliseconds idle{60'000};  ///< of a kept connection after a request
  std::chrono::milliseconds write_stall{10'000};
  std::chrono::milliseconds drain{10'000};  ///< after Stop()
  /// Before Stop(): how long callers are still served who are being told to go elsewhere.
  std::chrono::milliseconds notice{0};
  std::chrono::milliseconds linger{2'000};  ///< reading on after an error answer
  std::size_t linger_bytes = 64 * 1024 * 1024;
  /// Bytes of all bodies held together; beyond it reading pauses for `held_wait`, then 503.
  std::size_t held_body_bytes = 256 * 1024 * 1024;
  std::chrono::milliseconds held_wait{500};
  std::size_t queue =
      256;  ///< waiting answers not yet begun; beyond them, or half for one client, 503
  std::chrono::milliseconds queue_wait{500};  ///< the longest that one may stay there; then 503
};

/// What may be logged of one answered request: nothing in it but `notes`, which are the owner's,
/// can have been made up by the client.
struct HttpExchange {
  std::string_view method;  ///< empty where the request line was not understood
  std::string_view route;   ///< RouteInfo::name; empty for an unknown path
  int status = 0;
  std::size_t request_bytes = 0;          ///< head and body as they came over the wire
  std::size_t response_bytes = 0;         ///< as far as they were sent
  std::chrono::microseconds duration{0};  ///< first byte of the request to last byte of the answer
  std::span<const std::pair<std::string, std::string>> notes;  ///< those of the HttpReply
};

/// Limits of a server at which something was turned away, or a connection closed.
enum class HttpShed : std::uint8_t {
  kConnections,  ///< a new one was refused
  kIdle,         ///< an idle one was closed to make room
  kQueue,        ///< the queue, or the client's part of it, was full
  kQueueWait,    ///< waited too long there
  kBodies,       ///< no room for a body
  kMemory        ///< no memory for the answer
};
inline constexpr std::size_t kHttpSheds = 6;

/// What a server is doing, for metrics.
struct HttpLoad {
  std::size_t connections = 0;
  std::size_t queued = 0;  ///< answers that wait for a worker
  std::size_t aside = 0;   ///< answers that wait for a network and hold no worker
  std::size_t body_bytes = 0;
  std::array<std::uint64_t, kHttpSheds> shed{};  ///< since the start, by HttpShed
};

struct HttpHandler {
  /// Called from any server thread.
  std::function<RouteInfo(std::string_view path)> route;
  /// Called from any server thread, or from a worker (RouteInfo::waits); may throw, which gives
  /// 503 for want of memory and 500 for everything else.
  std::function<HttpReply(const HttpRequest&)> answer;
  /// Whose share of the queue an answer takes that waits: one name for each client, from what the
  /// head says; may be empty. The peer's address is part of it in any case.
  std::function<std::string(const HttpRequest&)> client;
  /// Error answers, also those of framing: status and an Issue give the OperationOutcome. One place
  /// (decision D-11).
  std::function<HttpReply(int status, const fhir::Issue&)> error;
  /// Adds fields to each answer to a request whose head was framed well, also to errors and to
  /// OPTIONS; may be empty. Of the request, method, path, query and headers are given.
  std::function<void(const HttpRequest&, HttpReply&)> finish;
  /// Called after each answer, also those of framing; may be empty. What it throws is dropped.
  std::function<void(const HttpExchange&)> done;
};

/// TLS of a server: PEM files.
struct HttpTls {
  std::string certificate;  ///< the chain, our own first
  std::string key;
  std::string client_ca;  ///< who signs the certificates of clients; empty: none is asked for
  bool clients_required = false;  ///< with `client_ca`: a client must show one
};

/// Listens on 127.0.0.1 (or another address) with one io_context a thread and SO_REUSEPORT.
class HttpServer {
 public:
  struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0 takes a free one
    unsigned threads = 0;       ///< 0: as many as processors
    unsigned workers = 16;      ///< answers that wait (RouteInfo::waits) made at a time
    unsigned aside = 64;        ///< most answers that wait for a network (HttpRequest::aside)
    /// One that takes longer is worked on beside the others, so that they need not wait for it.
    std::chrono::milliseconds long_answer{10};
    HttpLimits limits;
    std::optional<HttpTls> tls;  ///< else plain HTTP
  };

  /// Binds and listens at once; fails with kTransient ("address in use", ...) or kValue (an address
  /// or a TLS file that cannot be used) and a sentence for the operator.
  static fhir::Result<std::unique_ptr<HttpServer>> Open(const Options& options, HttpHandler handler);
  ~HttpServer();

  std::uint16_t port() const;
  HttpLoad load() const;  ///< from any thread
  /// Serves until Stop(); returns when every connection has ended or `drain` is over, though never
  /// before a function of the handler that is still running. The calling thread serves connections,
  /// and keeps to what that asks of it: to wait for its turn (decision 39).
  void Run();
  /// Stops accepting, finishes what is under way; safe from any thread, more than once.
  void Stop();
  /// Stop() when the limit `notice` is over; returns at once. From any thread, once.
  void StopAfterNotice();
  bool stopping() const;
  /// Reads TLS files, these or other ones, for new connections. They get what the files say once
  /// the function is called that this gives, which cannot fail. An Issue where they cannot be used.
  /// For a server with TLS; from any thread.
  fhir::Result<std::function<void()>> PrepareTls(const HttpTls& files);

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace renal::hooks
