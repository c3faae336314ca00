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

/// Every limit of a server that its operator may change, in one place, with the bounds within which
/// it stays safe (security.md).
namespace renal::hooks {

/// Largest body of a hook call (security.md section 2).
inline constexpr std::size_t kMaxCallBytes = std::size_t{8} * 1024 * 1024;

/// What one call may cost, and how often a client may call.
struct CallLimits {
  std::size_t call_bytes = kMaxCallBytes;          ///< of the body of a hook call
  std::size_t feedback_bytes = kMaxFeedbackBytes;  ///< of the body of feedback
  fhir::JsonLimits json;                           ///< of both
  std::chrono::milliseconds evaluation{5'000};     ///< from the admission of a call to its outcome
  std::size_t client_rate = 0;                     ///< calls a second of one client; 0: any
  std::size_t client_burst = 100;  ///< calls at once before the rate counts; with `client_rate`
};

struct Limits {
  HttpLimits http;
  CallLimits calls;
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
