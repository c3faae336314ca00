#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

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
  /// Names the exchange between client and proxy that brought it, where a proxy of ours says so;
  /// else empty. What the proxy sends again to another instance is the same use of the token.
  std::string exchange;
};

enum class ReplayVerdict : std::uint8_t {
  kFirst,        ///< remembered now
  kRepeated,     ///< it was there already
  kBeforeStart,  ///< issued before this memory began, or began anew: it may have forgotten it
  kFull,         ///< there is no place for it
  kAway,         ///< the shared store does not answer
};

/// Puts a token into the store that several instances share, at once and for good. With kAway it
/// has not, and does so as soon as the store is back. May wait; called from any thread; may throw,
/// which is kAway.
using ShareToken = std::function<ReplayVerdict(const UsedToken&)>;

struct ReplaySettings {
  /// Tokens held in memory at most; beyond them a token is refused, never a live one forgotten.
  std::size_t capacity = 1'000'000;
  /// When memory began, in seconds since 1970: an earlier token may have been used before a
  /// restart, so that memory alone lets none in.
  std::int64_t started = 0;
  ShareToken share;     ///< empty: this instance is the only one, and memory is all there is
  bool strict = false;  ///< while the shared store is away, tokens are refused
};

/// Remembers used tokens, each atomically: of two that come at once, one is the first.
///
/// Memory always has them. Where instances share a store, it decides; while it is away memory alone
/// does, unless the settings are strict. Any thread.
class ReplayGuard {
 public:
  explicit ReplayGuard(ReplaySettings settings);
  ~ReplayGuard();
  ReplayGuard(const ReplayGuard&) = delete;
  ReplayGuard& operator=(const ReplayGuard&) = delete;

  /// `now` in seconds since 1970 decides what may be forgotten. Where it goes back by more than ten
  /// seconds, tokens may have been forgotten that are good again: then memory begins anew, and what
  /// was issued before that moment is refused, wherever tokens are kept.
  ReplayVerdict Use(const UsedToken& token, std::int64_t now);

  /// Tokens let in by memory alone while the shared store was away, since the start.
  std::uint64_t unshared() const { return unshared_; }

 private:
  ReplayVerdict Share(const UsedToken& token) const;
  bool MayBeForgotten(const UsedToken& token, std::int64_t now);

  const ReplaySettings settings_;
  std::unique_ptr<internal::ReplayMemory> memory_;
  std::atomic<std::uint64_t> unshared_{0};
  std::atomic<std::int64_t> latest_{0};  // of all `now`
  std::atomic<std::int64_t> anew_{0};    // when the clock went back
};

}  // namespace renal::hooks
