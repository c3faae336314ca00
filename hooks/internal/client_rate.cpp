#include "hooks/internal/client_rate.h"

#include <algorithm>

namespace renal::hooks::internal {

ClientRate::ClientRate(std::size_t rate, std::size_t burst)
    : rate_(static_cast<double>(rate)), burst_(static_cast<double>(burst)) {}

bool ClientRate::Take(std::string_view client, Clock::time_point now) {
  if (rate_ == 0) return true;
  const std::lock_guard lock(mutex_);
  Bucket& bucket = BucketOf(client, now);
  bucket.calls = CallsOf(bucket, now);
  bucket.at = std::max(bucket.at, now);
  if (bucket.calls < 1) return false;
  bucket.calls -= 1;
  return true;
}

double ClientRate::CallsOf(const Bucket& bucket, Clock::time_point now) const {
  const std::chrono::duration<double> since = std::max(now, bucket.at) - bucket.at;
  return std::min(burst_, bucket.calls + since.count() * rate_);
}

// A full bucket says nothing that a new one does not.
ClientRate::Bucket& ClientRate::BucketOf(std::string_view client, Clock::time_point now) {
  if (const auto found = buckets_.find(client); found != buckets_.end()) return found->second;
  if (buckets_.size() >= kMostClients) {
    std::erase_if(buckets_, [&](const auto& entry) {
      return CallsOf(entry.second, now) >= burst_ && !entry.first.empty();
    });
  }
  const std::string_view name = buckets_.size() >= kMostClients ? std::string_view() : client;
  return buckets_.try_emplace(std::string(name), Bucket{burst_, now}).first->second;
}

}  // namespace renal::hooks::internal
