#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace renal::hooks::internal {

/// How often each client may call: a bucket of `burst` calls for each, filled at `rate` a second.
/// Remembers at most kMostClients of them; beyond that, those that have not called for long are
/// forgotten, and where there are none, further ones share one bucket. Any thread.
class ClientRate {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMostClients = 10'000;

  /// `rate` of 0: every call is taken. `burst` is at least 1.
  ClientRate(std::size_t rate, std::size_t burst);

  /// False where this call is one too many now.
  bool Take(std::string_view client, Clock::time_point now);

 private:
  struct Bucket {
    double calls = 0;  // left
    Clock::time_point at;
  };

  double CallsOf(const Bucket& bucket, Clock::time_point now) const;
  Bucket& BucketOf(std::string_view client, Clock::time_point now);

  const double rate_;
  const double burst_;
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace renal::hooks::internal
