#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace renal::hooks::internal {

/// Work on many items by several threads, taken and given in order.
///
/// Every thread takes the next item (`next` gives it, nothing at the end), works on it (`work`),
/// and hands what it made to `finish`, which sees the results in the order of the items. `next` and
/// `finish` are each called by one thread at a time. So many items are under way at most that
/// memory does not grow with their number. What a function throws ends the work, and is thrown to
/// the caller as soon as no other thread is in `next` or `work`. Where there can be no more
/// threads, those that there are do the work.
template <class Next, class Work, class Finish>
class OrderedWork {
  using Item = typename std::invoke_result_t<Next>::value_type;
  using Done = std::invoke_result_t<Work, Item>;

 public:
  OrderedWork(Next next, Work work, Finish finish)
      : next_(std::move(next)), work_(std::move(work)), finish_(std::move(finish)) {}

  void Run(std::size_t threads) {
    window_ = 4 * threads;
    {
      std::vector<std::jthread> crew;
      Hire(crew, threads - 1);
      Take();
    }
    if (fault_) std::rethrow_exception(fault_);
  }

 private:
  void Hire(std::vector<std::jthread>& crew, std::size_t threads) {
    crew.reserve(threads);
    try {
      while (crew.size() < threads) crew.emplace_back([this] { Take(); });
    } catch (const std::system_error&) {
      // Goes no further: there are no more threads.
    }
  }

  void Take() {
    try {
      while (std::optional<std::pair<std::size_t, Item>> taken = TakeNext()) {
        Done done = work_(std::move(taken->second));
        Hand(taken->first, std::move(done));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!fault_) fault_ = std::current_exception();
      ended_ = true;
      room_.notify_all();
    }
  }

  std::optional<std::pair<std::size_t, Item>> TakeNext() {
    const std::lock_guard turn(source_);
    std::size_t number = 0;
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [this] { return ended_ || taken_ < finished_ + window_; });
      if (ended_) return std::nullopt;
      number = taken_++;
    }
    std::optional<Item> item = next_();
    if (item) return std::pair(number, std::move(*item));
    const std::lock_guard lock(mutex_);
    ended_ = true;
    return std::nullopt;
  }

  // Whoever brings the result that is due finishes it and all that wait behind it.
  void Hand(std::size_t number, Done done) {
    std::unique_lock lock(mutex_);
    waiting_.emplace(number, std::move(done));
    if (finishing_) return;
    finishing_ = true;
    for (auto due = waiting_.find(finished_); due != waiting_.end();
         due = waiting_.find(finished_)) {
      Done result = std::move(due->second);
      waiting_.erase(due);
      lock.unlock();
      finish_(std::move(result));
      lock.lock();
      ++finished_;
      room_.notify_all();
    }
    finishing_ = false;
  }

  Next next_;
  Work work_;
  Finish finish_;
  std::mutex source_, mutex_;
  std::condition_variable room_;
  std::map<std::size_t, Done> waiting_;
  std::size_t window_ = 1, taken_ = 0, finished_ = 0;
  bool ended_ = false, finishing_ = false;
  std::exception_ptr fault_;
};

/// As OrderedWork, with so many threads.
template <class Next, class Work, class Finish>
void WorkInOrder(std::size_t threads, Next next, Work work, Finish finish) {
  OrderedWork<Next, Work, Finish>(std::move(next), std::move(work), std::move(finish))
      .Run(threads == 0 ? 1 : threads);
}

}  // namespace renal::hooks::internal
