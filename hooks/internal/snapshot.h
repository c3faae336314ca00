#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace renal::hooks::internal {

/// A value that many threads read while one replaces it. Readers take no lock: each thread keeps
/// the value that it got last, and looks only whether there is another one. Whoever got a value
/// keeps it whole for as long as it likes.
///
/// A thread that reads no more keeps the last value that it got: memory, nothing else.
template <class T>
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const T> value) { Replace(std::move(value)); }

  void Replace(std::shared_ptr<const T> value) {
    // Numbers are never used twice, so that a thread does not take a value of one object for that
    // of another at the same address.
    static std::atomic<std::uint64_t> last{0};
    const std::lock_guard<std::mutex> lock(mutex_);
    value_ = std::move(value);
    number_.store(++last, std::memory_order_release);
  }

  std::shared_ptr<const T> Get() const {
    struct Slot {
      std::uint64_t number = 0;
      std::shared_ptr<const T> value;
    };
    thread_local Slot slot;
    if (slot.number != number_.load(std::memory_order_acquire)) {
      const std::lock_guard<std::mutex> lock(mutex_);
      slot.value = value_;
      slot.number = number_.load(std::memory_order_relaxed);
    }
    return slot.value;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
  std::atomic<std::uint64_t> number_{0};
};

}  // namespace renal::hooks::internal
