#pragma once

#include <cstdint>

/// Allocations of C++ that fail on purpose: this replaces the global operator new of the test
/// program. Threads that called ExemptThisThread() are never refused memory.
namespace renal::hooks {

void ExemptThisThread();

/// From now on the `nth` allocation, counted from 1, of all other threads together fails, and so do
/// those after it, `count` in all.
void FailAllocation(std::int64_t nth, std::int64_t count);

/// Whether it came to that.
bool StopFailing();

}  // namespace renal::hooks
