#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/address.h"
#include "fhir/result.h"
#include "fhir/url.h"

/// Calls that we make: to FHIR servers and for key sets (security.md section 7). Nothing else in
/// the program opens an outgoing connection.
namespace renal::fhir {

/// A server that may be called.
struct AllowedServer {
  Url base;  ///< it and what is below it
  /// Private or loopback addresses that its name may lead to; link-local ones never.
  std::vector<AddressBlock> allow_cidr;
  std::string ca_file;      ///< the certificate authorities for it, PEM; empty: those of the system
  bool allow_http = false;  ///< for development: plain http, and to loopback alone

  /// Fails with kValue and a sentence for the operator that names `url` or the block.
  static Result<AllowedServer> Read(std::string_view url, const std::vector<std::string>& blocks,
                                    std::string ca_file, bool allow_http);
};

/// Why a call gave no answer: the diagnostics of its Issue. Codes of ours, fit for logs and cards;
/// never a word of the peer.
namespace call_fault {
inline constexpr std::string_view kNotAllowed = "not-allowed";   ///< not below the entry
inline constexpr std::string_view kAddress = "address-refused";  ///< where the name leads
inline constexpr std::string_view kToken = "token-unusable";     ///< no field can hold it
inline constexpr std::string_view kBreaker = "breaker-open";     ///< failed lately, not asked
inline constexpr std::string_view kBusy = "too-many-calls";      ///< of ours to that server
inline constexpr std::string_view kUnresolved = "name-unresolved";
inline constexpr std::string_view kUnreachable = "unreachable";
inline constexpr std::string_view kTls = "tls";
inline constexpr std::string_view kTimeout = "timeout";
inline constexpr std::string_view kBroken = "broken-answer";  ///< cut off, or no HTTP
inline constexpr std::string_view kTooLarge = "answer-too-large";
inline constexpr std::string_view kEncoded = "answer-compressed";
inline constexpr std::string_view kRedirect = "status-3xx";
inline constexpr std::string_view kRejected = "status-4xx";
inline constexpr std::string_view kServerFault = "status-5xx";
inline constexpr std::string_view kOddStatus = "status-other";
}  // namespace call_fault

/// What came back, with status 200.
struct CallAnswer {
  std::string body;
  /// `max-age` of Cache-Control; 0 for `no-store` and `no-cache`; nothing where it is silent.
  std::optional<std::chrono::seconds> max_age;
};

/// One GET.
struct OutgoingCall {
  AllowedServer server;
  Url url;             ///< the base of `server`, or below it
  std::string tenant;  ///< kept connections are not shared between tenants
  std::string token;   ///< bearer token; empty: none
  std::string accept;  ///< "application/fhir+json"
  std::string traceparent;  ///< W3C Trace Context; empty: none
  std::string tracestate;   ///< goes along with it; may be empty
  std::chrono::steady_clock::time_point deadline;
  std::size_t max_bytes = std::size_t{4} * 1024 * 1024;  ///< of the body
};

/// Makes calls, all in one process. Any thread.
///
/// A name is resolved once for a call, each of its addresses must be one that may be called, and
/// the connection goes to one of those that were judged. No redirects, proxies, cookies,
/// compression; TLS 1.2 or later, with the name of the URL. Beyond 32 calls under way to one server
/// further ones wait for a place; after 5 failures in a row none is made for 10 s, then one tries.
class Outgoing {
 public:
  using Done = std::function<void(Result<CallAnswer>)>;

  struct Limits {
    std::chrono::milliseconds connect{1'000};
    std::size_t calls = 32;     ///< under way to one server
    std::size_t waiting = 256;  ///< for a place; more are refused
    unsigned failures = 5;      ///< in a row that open the breaker
    std::chrono::milliseconds open{10'000};
    std::chrono::milliseconds keep{30'000};  ///< an unused connection
  };

  Outgoing() : Outgoing(Limits()) {}
  explicit Outgoing(const Limits& limits);
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  /// Calls `done` once, at the deadline at the latest, on a thread that must not be held up;
  /// perhaps before it returns. Issues: kForbidden (refused without a call), kTimeout, kTooLong,
  /// kTransient (all else), with a call_fault as diagnostics.
  void Start(OutgoingCall call, Done done);

  /// The same, and waits.
  Result<CallAnswer> Get(OutgoingCall call);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace renal::fhir
