#include "hooks/replay.h"

#include <utility>

#include "hooks/internal/replay_memory.h"

namespace renal::hooks {

using internal::ReplayMemory;

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

// Memory first: it knows what was used while the store was away and has not reached it yet.
ReplayVerdict ReplayGuard::Use(const UsedToken& token, std::int64_t now) {
  const bool early = token.issued < settings_.started;
  if (early && !settings_.share) return ReplayVerdict::kBeforeStart;
  const auto inserted = memory_->Insert(token.issuer, token.jti, token.keep_until, now);
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
