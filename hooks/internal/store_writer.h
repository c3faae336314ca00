#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hooks/internal/store_database.h"
#include "hooks/internal/store_line.h"
#include "hooks/internal/store_work.h"
#include "hooks/store.h"

namespace renal::hooks::internal {

/// The queue of the store and the thread that empties it, in order, several works to a commit.
/// Decisions alone are committed at most every 20 ms; what somebody waits for, at once.
class StoreWriter {
 public:
  using Clock = std::chrono::steady_clock;

  /// The line is that of the database. The thread holds the writer too.
  static std::shared_ptr<StoreWriter> Start(StoreTarget target, const StoreLimits& limits,
                                            std::unique_ptr<StoreLine> line,
                                            std::unique_ptr<StoreDatabase> database);
  /// Writes what is queued, with one attempt if the database is away, and ends the thread; leaves
  /// it alone where it waits for a database that nothing can be told of. Once, before the last
  /// owner goes.
  void End();

  /// Queues a decision; false if that would exceed a bound of the store.
  bool Enqueue(DecisionWork work);
  /// Waits for the commit; false if it did not come in time, and then it may come still.
  bool Take(const std::shared_ptr<FeedbackWork>& work, std::chrono::milliseconds wait);
  /// As Take(), but a work that is late stays in the queue, if it has room.
  bool Insert(const std::shared_ptr<TokenWork>& work, std::chrono::milliseconds wait);

  bool Flush(Clock::time_point deadline);
  StoreHealth health() const;

 private:
  struct Entry {
    StoreWork work;
    std::size_t bytes = 0;  // of a decision
  };

  StoreWriter(StoreTarget target, const StoreLimits& limits, std::unique_ptr<StoreLine> line,
              std::unique_ptr<StoreDatabase> database);

  void Run();
  bool TakeGroup();
  void AwaitGroup(std::unique_lock<std::mutex>& guard);
  std::optional<fhir::Issue> Write();
  void NoteSuccess();
  bool NoteFailure(const std::string& reason, std::chrono::milliseconds pause);
  bool Stopping() const;

  // Called with the mutex held.
  void Push(Entry entry);
  void Withdraw(const std::shared_ptr<FeedbackWork>& work);
  bool Failing() const;
  bool Stuck(std::chrono::milliseconds time) const;

  const StoreTarget target_;
  const StoreLimits limits_;
  const std::unique_ptr<StoreLine> line_;

  mutable std::mutex mutex_;
  std::condition_variable work_;      // something to write, or stopping
  std::condition_variable progress_;  // something was written, or writing fails
  std::condition_variable ended_;
  std::deque<Entry> queue_;
  std::size_t queued_records_ = 0;  // of queue and group, as are the next two
  std::size_t queued_bytes_ = 0;
  std::size_t queued_tokens_ = 0;
  std::uint64_t taken_ = 0;    // works since the start
  std::uint64_t written_ = 0;  // and of them, those that left the queue for good
  std::size_t waiting_ = 0;    // callers of Take()
  bool hurried_ = false;       // somebody waits for what is queued
  bool stopping_ = false;
  bool ran_out_ = false;  // the thread has ended
  std::optional<std::chrono::system_clock::time_point> failing_since_;
  std::string reason_;
  std::uint64_t failures_ = 0;
  std::optional<Clock::time_point> busy_since_;  // the database has the group

  // Of the thread alone.
  Clock::time_point began_;  // with the last group
  std::vector<StoreWork> group_;
  std::size_t group_bytes_ = 0;
  std::unique_ptr<StoreDatabase> database_;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace renal::hooks::internal
