#include "hooks/internal/http_workers.h"

#include <algorithm>
#include <utility>

#include "hooks/internal/memory_reserve.h"

namespace renal::hooks::internal {

HttpWorkers::HttpWorkers(unsigned threads, std::size_t capacity, unsigned aside)
    : capacity_(threads == 0 ? 0 : capacity), threads_wanted_(threads), most_aside_(aside) {
  for (unsigned i = 0; i < threads; ++i) AddThread();
}

void HttpWorkers::AddThread() {
  threads_.emplace_back([this] { Work(); });
}

HttpWorkers::~HttpWorkers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool HttpWorkers::Submit(std::function<void()> job, const std::string& client) {
  {
    const std::lock_guard lock(mutex_);
    const auto mine = queued_.find(client);
    const std::size_t queued = mine == queued_.end() ? 0 : mine->second;
    const bool half = 2 * queued >= std::max(capacity_, std::size_t{2});
    if (queue_.size() >= capacity_ || (half && !client.empty())) return false;
    queue_.push_back({std::move(job), client});
    try {
      ++queued_[client];
    } catch (...) {
      queue_.pop_back();
      throw;
    }
  }
  changed_.notify_one();
  return true;
}

bool HttpWorkers::Aside(const std::function<void()>& wait) {
  {
    const std::lock_guard lock(mutex_);
    if (aside_ == most_aside_) return false;
    // Made when they are needed first, and kept.
    if (!ending_ && threads_.size() < threads_wanted_ + aside_ + 1) AddThread();
    ++aside_;
    --running_;
  }
  changed_.notify_one();
  const auto back = [this] {
    const std::lock_guard lock(mutex_);
    --aside_;
    ++running_;
  };
  try {
    wait();
  } catch (...) {
    back();
    throw;
  }
  back();
  return true;
}

std::pair<std::size_t, std::size_t> HttpWorkers::load() const {
  const std::lock_guard lock(mutex_);
  return {queue_.size(), aside_};
}

std::function<void()> HttpWorkers::TakeFirst() {
  Queued first = std::move(queue_.front());
  queue_.pop_front();
  const auto mine = queued_.find(first.client);
  if (--mine->second == 0) queued_.erase(mine);
  return std::move(first.job);
}

void HttpWorkers::Work() {
  TakeShareOfMemory();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] {
      return (ending_ && queue_.empty()) || (!queue_.empty() && running_ < threads_wanted_);
    });
    if (queue_.empty()) return;
    {
      const std::function<void()> job = TakeFirst();
      ++running_;
      lock.unlock();
      job();
    }
    lock.lock();
    --running_;
    if (ending_) changed_.notify_all();  // who could not take a job must see that none is left
  }
}

}  // namespace renal::hooks::internal
