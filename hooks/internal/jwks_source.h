#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "hooks/jwk.h"
#include "hooks/jwks.h"

namespace renal::hooks::internal {

/// When one JWK Set is fetched and how long it is good. Knows no clock and no network.
class JwksSource {
 public:
  using Clock = std::chrono::steady_clock;

  JwksSource(std::string url, Clock::time_point start) : url_(std::move(url)), due_(start) {}

  const std::string& url() const { return url_; }
  /// When it is to be fetched next; meaningless while it is being fetched.
  Clock::time_point due() const { return due_; }
  bool fetching() const { return fetching_; }
  /// Fetches that ended, well or not.
  std::size_t fetches() const { return fetches_; }
  /// Waits for a fetch, or is being fetched, because of a caller or its age.
  bool Awaited(Clock::time_point now) const { return fetching_ || due_ <= now; }

  /// Takes over what another source of this URL has, until it is fetched here.
  void Adopt(std::shared_ptr<const JwkSet> keys, Clock::time_point usable_until) {
    keys_ = std::move(keys);
    usable_until_ = usable_until;
  }
  void Hasten(Clock::time_point now) { due_ = std::min(due_, now); }
  void Begin() { fetching_ = true; }
  /// Takes the place of the old set at once.
  void Succeed(Clock::time_point now, std::shared_ptr<const JwkSet> keys,
               std::optional<std::chrono::seconds> max_age, const JwksSettings& settings);
  /// The old set stays.
  void Fail(Clock::time_point now, const JwksSettings& settings);

  /// The last set that was loaded, and until when it may be used; null before the first.
  const std::shared_ptr<const JwkSet>& keys() const { return keys_; }
  Clock::time_point usable_until() const { return usable_until_; }

 private:
  std::string url_;
  Clock::time_point due_;
  Clock::time_point usable_until_{};
  bool fetching_ = false;
  std::size_t fetches_ = 0;
  std::shared_ptr<const JwkSet> keys_;
};

}  // namespace renal::hooks::internal
