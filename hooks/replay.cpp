#include "hooks/replay.h"

#include <utility>

#include "hooks/internal/replay_memory.h"

namespace renal::hooks {

using internal::ReplayMemory;

namespace {

constexpr std::int64_t kClockSlack = 10;  // seconds that a clock may be set back without notice

}  // namespace

ReplayGuard::ReplayGuard(ReplaySettings settings)
    : settings_(std::move(settings)), memory_(std::make_unique<ReplayMemory>(settings_.capacity)) {}

ReplayGuard::~ReplayGuard() = default;

ReplayVerdict ReplayGuard::Share(const UsedToken& token) const {
  try {
    return settings_.share(token);
  } catch (...) {
    return ReplayVerdict::kAway;
  }
}

bool ReplayGuard::MayBeForgotten(const UsedToken& token, std::int64_t now) {
  std::int64_t latest = latest_.load();
  while (now > latest && !latest_.compare_exchange_weak(latest, now)) {
  }
  if (now + kClockSlack < latest) {
    anew_ = now;
    latest_.compare_exchange_strong(latest, now);
  }
  return token.issued < anew_;
}

// Memory first: it knows what was used while the store was away and has not reached it yet.
ReplayVerdict ReplayGuard::Use(const UsedToken& token, std::int64_t now) {
  const bool early = token.issued < settings_.started;
  if (early && !settings_.share) return ReplayVerdict::kBeforeStart;
  if (MayBeForgotten(token, now)) return ReplayVerdict::kBeforeStart;
  const auto inserted =
      memory_->Insert(token.issuer, token.jti, token.keep_until, now - kClockSlack);
  if (inserted == ReplayMemory::Insertion::kKnown) return ReplayVerdict::kRepeated;
  const bool held = inserted == ReplayMemory::Insertion::kNew;
  if (!settings_.share) return held ? ReplayVerdict::kFirst : ReplayVerdict::kFull;
  const ReplayVerdict shared = Share(token);
  if (shared == ReplayVerdict::kFirst || shared == ReplayVerdict::kRepeated) return shared;
  if (shared == ReplayVerdict::kAway && held && !early && !settings_.strict) {
    ++unshared_;
    return ReplayVerdict::kFirst;
  }
  // The caller gets 503 and may come again with the same token.
  if (held) memory_->Erase(token.issuer, token.jti);
  return shared;
}

}  // namespace renal::hooks
