#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

/// What the program asks of the operating system for itself.
namespace renal::hooks::internal {

/// No core dumps (they would hold patient data), no SIGPIPE, as many open files as are allowed, and
/// files for the owner alone.
void PrepareProcess();

/// How many processors this process may run on (sched_setaffinity(2); sets of containers), at
/// least 1.
unsigned Processors();

/// From now on the calling thread, when it has something to do, waits for its turn where another
/// thread is at work, instead of interrupting it (SCHED_BATCH; sched(7)). For threads that do a
/// little at a time, beside others whose work an interruption makes dearer (decision 39). Nothing
/// changes where the system does not allow it.
void WaitInTurn();

/// Makes an IANA zone, "Europe/Oslo", that of local time; empty: leaves the system's. False where
/// the system knows none of that name. Call it before there are other threads.
bool UseZone(const std::string& name);

/// Waits for SIGTERM, SIGINT and SIGHUP on a thread of its own. Of the first two, the first one
/// calls `on_first`; the second ends the program at once, with the status that a shell gives for a
/// signal. SIGHUP calls `on_hangup`, each time, until the end has begun.
///
/// Blocks these signals in the calling thread, hence in all that it starts from then on.
class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  /// Begins to wait; a signal that came before counts. Call it once.
  void Start(std::function<void()> on_first, std::function<void()> on_hangup);

  /// Returns when neither function is running any more, nor will be: what they use may then go. A
  /// second signal still ends the program.
  void Finish();

 private:
  void Wait();
  void Call(const std::function<void()>& function);

  std::mutex calling_;
  bool finished_ = false;  // under calling_
  std::function<void()> on_first_;
  std::function<void()> on_hangup_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace renal::hooks::internal
