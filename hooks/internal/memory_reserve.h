#pragma once

/// What happens when memory runs out while the server runs: the request that is being answered
/// fails, and everything else, whose failure would end the program, waits until there is memory
/// again.
namespace renal::hooks::internal {

/// From now on, for the whole program. The machinery of connections lives on a reserve first, which
/// is filled up again later; then it waits for others to give memory back, at most half a minute.
void UseMemoryReserve();

/// Has the allocator set up what it keeps for the calling thread. A thread that waits for its first
/// task until there is no memory would get none even where others still do.
void TakeShareOfMemory();

/// While one lives, its thread gets std::bad_alloc where there is no memory: it can give up what it
/// does.
class MayRunOutOfMemory {
 public:
  MayRunOutOfMemory();
  ~MayRunOutOfMemory();
  MayRunOutOfMemory(const MayRunOutOfMemory&) = delete;
  MayRunOutOfMemory& operator=(const MayRunOutOfMemory&) = delete;
};

}  // namespace renal::hooks::internal
