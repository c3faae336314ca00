#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace renal::hooks::internal {

/// A bounded set of names with the time until which each is kept. About 80 bytes a name, however
/// long it is, since its digest stands for it. Any thread.
class ReplayMemory {
 public:
  enum class Insertion : std::uint8_t { kNew, kKnown, kFull };

  explicit ReplayMemory(std::size_t capacity) : capacity_(capacity) {}

  /// Times in seconds since 1970. A name whose time is past is as good as gone.
  Insertion Insert(std::string_view issuer, std::string_view name, std::int64_t keep_until,
                   std::int64_t now);
  void Erase(std::string_view issuer, std::string_view name);
  std::size_t size() const { return size_; }

 private:
  using Digest = std::array<std::uint64_t, 2>;  // 128 bits of SHA-256
  struct FirstBytes {
    std::size_t operator()(const Digest& digest) const {
      return static_cast<std::size_t>(digest[0]);
    }
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<Digest, std::int64_t, FirstBytes> kept;
    std::int64_t swept = 0;  // when names past their time were looked for last
  };
  static constexpr std::size_t kShards = 64;

  static Digest DigestOf(std::string_view issuer, std::string_view name);
  Shard& ShardOf(const Digest& digest) { return shards_[digest[1] % kShards]; }
  void Sweep(Shard& shard, std::int64_t now);
  void SweepAll(std::int64_t now);
  bool Reserve();

  const std::size_t capacity_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::int64_t> swept_all_{0};
  std::array<Shard, kShards> shards_;
};

}  // namespace renal::hooks::internal
