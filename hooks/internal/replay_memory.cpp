#include "hooks/internal/replay_memory.h"

#include <string>

#include "fhir/digest.h"

namespace renal::hooks::internal {
namespace {

constexpr std::int64_t kSweepEvery = 10;  // seconds, of one shard

}  // namespace

// The length in front of the issuer, so that no two pairs make one text.
ReplayMemory::Digest ReplayMemory::DigestOf(std::string_view issuer, std::string_view name) {
  std::string text = std::to_string(issuer.size());
  text.append(":").append(issuer).append(name);
  const auto bytes = fhir::Sha256(text);
  Digest digest;
  std::memcpy(digest.data(), bytes.data(), sizeof(digest));
  return digest;
}

void ReplayMemory::Sweep(Shard& shard, std::int64_t now) {
  const std::lock_guard lock(shard.mutex);
  shard.swept = now;
  size_ -= std::erase_if(shard.kept, [now](const auto& entry) { return entry.second <= now; });
}

/// When full, names past their time in any shard must make room; at most once a second.
void ReplayMemory::SweepAll(std::int64_t now) {
  if (swept_all_.exchange(now) == now) return;
  for (Shard& shard : shards_) Sweep(shard, now);
}

bool ReplayMemory::Reserve() {
  if (size_.fetch_add(1) < capacity_) return true;
  --size_;
  return false;
}

ReplayMemory::Insertion ReplayMemory::Insert(std::string_view issuer, std::string_view name,
                                             std::int64_t keep_until, std::int64_t now) {
  const Digest digest = DigestOf(issuer, name);
  Shard& shard = ShardOf(digest);
  if (!Reserve()) {
    SweepAll(now);
    if (!Reserve()) {
      const std::lock_guard lock(shard.mutex);
      const auto known = shard.kept.find(digest);
      return known != shard.kept.end() && known->second > now ? Insertion::kKnown
                                                              : Insertion::kFull;
    }
  }
  bool sweep = false;
  bool fresh = false;
  {
    const std::lock_guard lock(shard.mutex);
    const auto [entry, inserted] = shard.kept.try_emplace(digest, keep_until);
    fresh = inserted || entry->second <= now;
    if (!inserted) {
      --size_;  // its place was counted already
      if (fresh) entry->second = keep_until;
    }
    sweep = now - shard.swept >= kSweepEvery;
  }
  if (sweep) Sweep(shard, now);
  return fresh ? Insertion::kNew : Insertion::kKnown;
}

void ReplayMemory::Erase(std::string_view issuer, std::string_view name) {
  const Digest digest = DigestOf(issuer, name);
  Shard& shard = ShardOf(digest);
  const std::lock_guard lock(shard.mutex);
  size_ -= shard.kept.erase(digest);
}

}  // namespace renal::hooks::internal
