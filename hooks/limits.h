#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/json.h"
#include "fhir/outgoing.h"
#include "hooks/feedback.h"
#include "hooks/fetch.h"
#include "hooks/http_server.h"
#include "hooks/store.h"

/// Every limit of a server that its operator may change, in one place, with the bounds within which
/// it stays safe (security.md).
namespace renal::hooks {

/// Largest body of a hook call (security.md section 2).
inline constexpr std::size_t kMaxCallBytes = std::size_t{8} * 1024 * 1024;

/// What one call may cost, and how often a client may call.
struct CallLimits {
  std::size_t call_bytes = kMaxCallBytes;          ///< of the body of a hook call
  std::size_t feedback_bytes = kMaxFeedbackBytes;  ///< of the body of feedback
  FeedbackLimits feedback;
  fhir::JsonLimits json;                        ///< of both
  std::chrono::milliseconds evaluation{5'000};  ///< from the admission of a call to its outcome
  std::size_t client_rate = 0;                  ///< calls a second of one client; 0: any
  std::size_t client_burst = 100;  ///< calls at once before the rate counts; with `client_rate`
};

/// Tokens of clients and the keys that they are checked with (security.md section 6).
struct TokenLimits {
  std::chrono::milliseconds skew{60'000};         ///< by which clocks may differ
  std::chrono::milliseconds lifetime{3'600'000};  ///< longest `exp` after `iat`
  std::size_t remembered = 1'000'000;             ///< used tokens in memory
  std::chrono::milliseconds jwks_fetch{3'000};    ///< one fetch of a JWK Set, in all
  std::size_t jwks_bytes = std::size_t{256} * 1024;
  std::chrono::milliseconds jwks_least_age{60'000};  ///< `max-age` is held within these two
  std::chrono::milliseconds jwks_most_age{3'600'000};
  std::chrono::milliseconds jwks_absent_age{600'000};  ///< where the answer names no `max-age`
  std::chrono::milliseconds jwks_grace{3'600'000};     ///< for which an old set outlives its age
};

struct Limits {
  HttpLimits http;
  CallLimits calls;
  TokenLimits tokens;
  StoreLimits store;
  FetchLimits fetch;
  fhir::Outgoing::Limits outgoing;
};

/// One limit: a key of [limits] in the configuration. Times are in milliseconds and their keys end
/// in "_ms"; sizes are in bytes.
struct LimitRow {
  std::string_view key;
  std::int64_t least;
  std::int64_t most;  ///< the hard ceiling
  std::int64_t (*get)(const Limits& limits);
  void (*set)(Limits& limits, std::int64_t value);
};

/// All of them, in the order of the example file.
std::span<const LimitRow> LimitRows();

}  // namespace renal::hooks
