#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

/// Tokens that were used, so that none is used twice (security.md section 6, step 9).
namespace renal::hooks {

namespace internal {
class ReplayMemory;
}

/// A token by what names it.
struct UsedToken {
  std::string issuer;
  std::string jti;
  std::int64_t issued = 0;      ///< seconds since 1970, cut to whole ones
  std::int64_t keep_until = 0;  ///< seconds since 1970; from then on it may be forgotten
};

enum class TokenUse : std::uint8_t {
  kFirst,        ///< remembered now
  kRepeated,     ///< it was there already
  kBeforeStart,  ///< issued before this memory began, which may have forgotten it
  kUnavailable,  ///< there is no place for it, or the store is away
};

/// Puts a token into a store that several instances share: at once and for good, or kUnavailable.
/// May wait; called from any thread; may throw.
using ShareToken = std::function<TokenUse(const UsedToken&)>;

struct ReplaySettings {
  /// Tokens held in memory at most; beyond them a token is refused, never a live one forgotten.
  std::size_t capacity = 1'000'000;
  /// When memory began, in seconds since 1970: an earlier token may have been used before a
  /// restart, so that memory alone lets none in.
  std::int64_t started = 0;
  ShareToken share;     ///< empty: this instance is the only one, and memory is all there is
  bool strict = false;  ///< while the shared store is away, tokens are refused
  /// Between attempts to hand over to the shared store what was used while it was away.
  std::chrono::milliseconds retry{1'000};
};

/// Remembers used tokens, each atomically: of two that come at once, one is the first.
///
/// Memory always has them. Where instances share a store, it decides; while it is away memory alone
/// does, and the store is handed what was used meanwhile as soon as it is back. Any thread.
class ReplayGuard {
 public:
  explicit ReplayGuard(ReplaySettings settings);
  ~ReplayGuard();
  ReplayGuard(const ReplayGuard&) = delete;
  ReplayGuard& operator=(const ReplayGuard&) = delete;

  /// Bytes of issuers and names at most that wait for a shared store to come back.
  static constexpr std::size_t kPostponedBytes = std::size_t{64} * 1024 * 1024;

  /// `now` in seconds since 1970 decides what may be forgotten.
  TokenUse Use(const UsedToken& token, std::int64_t now);

  /// Tokens let in by memory alone while the shared store was away, since the start.
  std::uint64_t unshared() const { return unshared_; }

 private:
  TokenUse Share(const UsedToken& token) const;
  bool Postpone(const UsedToken& token);
  void HandOver();

  const ReplaySettings settings_;
  std::unique_ptr<internal::ReplayMemory> memory_;
  std::atomic<std::uint64_t> unshared_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<UsedToken> postponed_;
  std::size_t postponed_bytes_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace renal::hooks
