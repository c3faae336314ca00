#pragma once

#include <chrono>
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
/// As many jobs run at a time as there are places, in the order in which they came. One that waits
/// for a network steps aside, and another runs in its place on a further thread, so that what
/// answers slowly holds up nothing else. One that has run for long while others wait loses its
/// place to the next, and goes on beside it; as many may as there are places.
class HttpWorkers {
 public:
  using Clock = std::chrono::steady_clock;

  /// `places` of 0: nothing is ever taken. `aside`: most jobs that may stand aside at a time.
  HttpWorkers(unsigned places, std::size_t capacity, unsigned aside = 0,
              std::chrono::milliseconds long_job = std::chrono::milliseconds(10));
  /// Finishes what was taken.
  ~HttpWorkers();
  HttpWorkers(const HttpWorkers&) = delete;
  HttpWorkers& operator=(const HttpWorkers&) = delete;

  /// False, at once, where the queue is full, or `client`, unless empty, has half of it
  /// already. `job` must not throw. From any thread.
  [[nodiscard]] bool Submit(std::function<void()> job, const std::string& client = {});

  /// Runs `wait` while the job that calls it stands aside. False, without running it, where too
  /// many do. Only from a job, and not from a `wait`.
  bool Aside(const std::function<void()>& wait);

  /// How many jobs wait for a place, and how many stand aside.
  std::pair<std::size_t, std::size_t> load() const;

 private:
  struct Queued {
    std::function<void()> job;
    std::string client;
  };
  /// A job under way.
  struct Running {
    Clock::time_point since;
    bool has_place = true;
  };

  void Work();
  void Watch();
  void WatchThoseWhoRun();
  void RelieveLong();
  void GiveUpPlace(Running& running);
  void Run(std::function<void()> job, std::unique_lock<std::mutex>& lock);
  std::function<void()> TakeFirst();
  void AddThread();
  void AddThreadFor(unsigned beside);

  static thread_local Running* current_;  // of this thread

  const std::size_t capacity_;
  const unsigned places_;
  const unsigned most_aside_;
  const std::chrono::milliseconds long_job_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Queued> queue_;
  std::unordered_map<std::string, std::size_t> queued_;  // of each client; none of them 0
  bool ending_ = false;
  std::vector<Running*> running_;
  unsigned taken_ = 0;  // places
  unsigned long_ = 0;   // jobs that lost theirs
  unsigned aside_ = 0;
  std::vector<std::thread> threads_;
  // Looks for long jobs, while any wait.
  bool watching_ = false;
  std::condition_variable watch_;
  std::thread watcher_;
};

}  // namespace renal::hooks::internal
