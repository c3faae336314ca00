#include "hooks/replay.h"

#include <utility>

#include "hooks/internal/replay_memory.h"

namespace renal::hooks {

using internal::ReplayMemory;

namespace {

std::size_t BytesOf(const UsedToken& token) {
  return sizeof(token) + token.issuer.size() + token.jti.size();
}

}  // namespace

ReplayGuard::ReplayGuard(ReplaySettings settings)
    : settings_(std::move(settings)), memory_(std::make_unique<ReplayMemory>(settings_.capacity)) {
  if (settings_.share && !settings_.strict) thread_ = std::thread([this] { HandOver(); });
}

ReplayGuard::~ReplayGuard() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

TokenUse ReplayGuard::Share(const UsedToken& token) const {
  try {
    return settings_.share(token);
  } catch (...) {
    return TokenUse::kUnavailable;
  }
}

// Memory first: it knows what was used while the store was away and is not yet handed over.
TokenUse ReplayGuard::Use(const UsedToken& token, std::int64_t now) {
  const bool early = token.issued < settings_.started;
  if (early && !settings_.share) return TokenUse::kBeforeStart;
  const auto inserted = memory_->Insert(token.issuer, token.jti, token.keep_until, now);
  if (inserted == ReplayMemory::Insertion::kKnown) return TokenUse::kRepeated;
  const bool held = inserted == ReplayMemory::Insertion::kNew;
  if (!settings_.share) return held ? TokenUse::kFirst : TokenUse::kUnavailable;
  const TokenUse shared = Share(token);
  if (shared != TokenUse::kUnavailable) return shared;
  if (held && !early && !settings_.strict && Postpone(token)) {
    ++unshared_;
    return TokenUse::kFirst;
  }
  // The caller gets 503 and may come again with the same token.
  if (held) memory_->Erase(token.issuer, token.jti);
  return TokenUse::kUnavailable;
}

bool ReplayGuard::Postpone(const UsedToken& token) {
  const std::lock_guard lock(mutex_);
  const std::size_t bytes = BytesOf(token);
  if (postponed_bytes_ + bytes > kPostponedBytes) return false;
  postponed_bytes_ += bytes;
  postponed_.push_back(token);
  return true;
}

void ReplayGuard::HandOver() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    changed_.wait_for(lock, settings_.retry);
    while (!ending_ && !postponed_.empty()) {
      const UsedToken token = postponed_.front();
      lock.unlock();
      const bool taken = Share(token) != TokenUse::kUnavailable;
      lock.lock();
      if (!taken) break;
      postponed_bytes_ -= BytesOf(token);
      postponed_.pop_front();
    }
  }
}

}  // namespace renal::hooks
