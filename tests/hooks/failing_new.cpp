#include "tests/hooks/failing_new.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace renal::hooks {
namespace {

std::atomic<std::int64_t> made{0};   // allocations since FailAllocation()
std::atomic<std::int64_t> first{0};  // of those that fail; 0: none does
std::atomic<std::int64_t> last{0};
thread_local bool exempt = false;

bool Fails() {
  if (exempt || first.load(std::memory_order_relaxed) == 0) return false;
  const std::int64_t nth = made.fetch_add(1) + 1;
  return nth >= first && nth <= last;
}

void* AllocateOnce(std::size_t size, std::size_t alignment) {
  if (Fails()) return nullptr;
  const std::size_t some = size == 0 ? 1 : size;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(some);
  return std::aligned_alloc(alignment, (some + alignment - 1) / alignment * alignment);
}

// As the standard has it: the handler is asked until there is memory, or it throws.
void* Allocate(std::size_t size, std::size_t alignment) {
  while (true) {
    if (void* memory = AllocateOnce(size, alignment)) return memory;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

}  // namespace

void ExemptThisThread() { exempt = true; }

void FailAllocation(std::int64_t nth, std::int64_t count) {
  made = 0;
  last = nth + count - 1;
  first = nth;
}

bool StopFailing() {
  const bool came_to_it = made >= first;
  first = 0;
  return came_to_it;
}

}  // namespace renal::hooks

using renal::hooks::Allocate;

void* operator new(std::size_t size) { return Allocate(size, 0); }
void* operator new[](std::size_t size) { return Allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return Allocate(size, 0);
  } catch (...) {
    return nullptr;
  }
}
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t /*size*/,
                       std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
