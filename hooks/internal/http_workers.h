#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace renal::hooks::internal {

/// A fixed pool of threads behind a bounded queue, for answers that wait for something.
class HttpWorkers {
 public:
  /// `threads` of 0: nothing is ever taken.
  HttpWorkers(unsigned threads, std::size_t capacity);
  /// Finishes what was taken.
  ~HttpWorkers();
  HttpWorkers(const HttpWorkers&) = delete;
  HttpWorkers& operator=(const HttpWorkers&) = delete;

  /// False, at once, where the queue is full. `job` must not throw. From any thread.
  [[nodiscard]] bool Submit(std::function<void()> job);

 private:
  void Work();

  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace renal::hooks::internal
