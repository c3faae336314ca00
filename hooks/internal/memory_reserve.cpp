#include "hooks/internal/memory_reserve.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

namespace renal::hooks::internal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReserve = std::size_t{1024} * 1024;
constexpr std::size_t kPart = 256;
constexpr std::chrono::milliseconds kPause{5};
constexpr std::chrono::milliseconds kSameShortage{500};
constexpr std::chrono::seconds kLongest{30};

std::atomic<bool> in_use{false};
std::atomic<void*> reserve{nullptr};
thread_local int may_run_out = 0;
thread_local Clock::time_point short_since;
thread_local Clock::time_point short_last;

void FillReserve() {
  if (!in_use.load(std::memory_order_relaxed) || reserve.load(std::memory_order_relaxed)) return;
  void* memory = std::malloc(kReserve);
  if (memory == nullptr) return;
  std::memset(memory, 1, kReserve);  // memory that is only promised is none
  void* none = nullptr;
  if (!reserve.compare_exchange_strong(none, memory)) std::free(memory);
}

// Called by operator new, which tries again when this returns.
void OnNoMemory() {
  if (may_run_out > 0) throw std::bad_alloc();
  if (void* memory = reserve.exchange(nullptr)) return std::free(memory);
  const Clock::time_point now = Clock::now();
  if (now - short_last > kSameShortage) short_since = now;
  short_last = now;
  if (now - short_since > kLongest) throw std::bad_alloc();
  std::this_thread::sleep_for(kPause);
}

}  // namespace

void UseMemoryReserve() {
  in_use = true;
  FillReserve();
  std::set_new_handler(OnNoMemory);
}

void TakeShareOfMemory() { ::operator delete(::operator new(kPart)); }

MayRunOutOfMemory::MayRunOutOfMemory() { ++may_run_out; }

MayRunOutOfMemory::~MayRunOutOfMemory() {
  --may_run_out;
  FillReserve();
}

}  // namespace renal::hooks::internal
