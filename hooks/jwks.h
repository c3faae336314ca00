#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "fhir/outgoing.h"
#include "fhir/result.h"

/// JWK Sets of clients at URLs of our configuration: how they are fetched and for how long they are
/// good (security.md section 6). No other URL is ever fetched, whatever a token names.
namespace renal::hooks {

/// Fetches one configured URL of the client with this name, under the rules of every outgoing call:
/// HTTPS, no redirect, 256 KiB, 3 s in all. May throw; called from any thread.
using FetchJwks =
    std::function<fhir::Result<fhir::CallAnswer>(std::string_view client, const std::string& url)>;

/// What became of one fetch, for log and metrics.
struct JwksReport {
  std::string_view client;  ///< its name in our configuration
  bool loaded = false;      ///< the set took the place of the old one
  std::size_t keys = 0;     ///< that can be used
  std::size_t skipped = 0;  ///< that cannot
  std::string reason;       ///< why it was not loaded: a sentence of ours
};

struct JwksSettings {
  static constexpr std::chrono::seconds kLeastCooldown{5};

  /// Between two fetches that unknown keys cause, of one client; and after a fetch that failed.
  std::chrono::milliseconds cooldown{30'000};
  std::chrono::milliseconds least_age{60'000};  ///< max-age is held within these two
  std::chrono::milliseconds most_age{3'600'000};
  std::chrono::milliseconds age_if_absent{600'000};  ///< where the answer names no max-age
  std::chrono::milliseconds grace{3'600'000};  ///< for which an old set outlives its age, at most
  std::chrono::milliseconds wait{3'500};       ///< of a caller for a fetch under way
  /// Callers that may wait at once; further ones are refused. Keep it below the number of threads
  /// that answer, or unknown keys could hold all of them.
  std::size_t waiting = 2;
  unsigned threads = 4;  ///< fetches at once; one slow endpoint must not hold up the others
  std::function<void(const JwksReport&)> report;  ///< may be empty; called from any thread
};

}  // namespace renal::hooks
