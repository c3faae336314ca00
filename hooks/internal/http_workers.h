#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace renal::hooks::internal {

/// A pool of threads behind a bounded queue, for answers that wait for something.
///
/// As many jobs run at a time as there are threads. One that waits for a network steps aside, and
/// another runs in its place on a further thread, so that what answers slowly holds up nothing
/// else.
class HttpWorkers {
 public:
  /// `threads` of 0: nothing is ever taken. `aside`: most jobs that may stand aside at a time.
  HttpWorkers(unsigned threads, std::size_t capacity, unsigned aside = 0);
  /// Finishes what was taken.
  ~HttpWorkers();
  HttpWorkers(const HttpWorkers&) = delete;
  HttpWorkers& operator=(const HttpWorkers&) = delete;

  /// False, at once, where the queue is full, or `client`, unless empty, has half of it
  /// already. `job` must not throw. From any thread.
  [[nodiscard]] bool Submit(std::function<void()> job, const std::string& client = {});

  /// Runs `wait` while the job that calls it stands aside. False, without running it, where too
  /// many do. Only from a job.
  bool Aside(const std::function<void()>& wait);

  /// How many jobs wait for a thread, and how many stand aside.
  std::pair<std::size_t, std::size_t> load() const;

 private:
  struct Queued {
    std::function<void()> job;
    std::string client;
  };

  void Work();
  std::function<void()> TakeFirst();
  void AddThread();

  const std::size_t capacity_;
  const unsigned threads_wanted_;
  const unsigned most_aside_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Queued> queue_;
  std::unordered_map<std::string, std::size_t> queued_;  // of each client; none of them 0
  bool ending_ = false;
  unsigned running_ = 0;  // jobs that do not stand aside
  unsigned aside_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace renal::hooks::internal
