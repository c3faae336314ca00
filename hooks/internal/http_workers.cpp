#include "hooks/internal/http_workers.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "hooks/internal/memory_reserve.h"

namespace renal::hooks::internal {

thread_local HttpWorkers::Running* HttpWorkers::current_ = nullptr;

HttpWorkers::HttpWorkers(unsigned places, std::size_t capacity, unsigned aside,
                         std::chrono::milliseconds long_job)
    : capacity_(places == 0 ? 0 : capacity),
      places_(places),
      most_aside_(aside),
      long_job_(long_job) {
  running_.reserve(2 * std::size_t{places} + aside + 1);  // as many as there may be threads
  for (unsigned i = 0; i < places; ++i) AddThread();
  if (places > 0) watcher_ = std::thread([this] { Watch(); });
}

void HttpWorkers::AddThread() {
  threads_.emplace_back([this] { Work(); });
}

// Threads are made when they are needed first, and kept.
void HttpWorkers::AddThreadFor(unsigned beside) {
  if (!ending_ && threads_.size() < std::size_t{places_} + beside) AddThread();
}

HttpWorkers::~HttpWorkers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  watch_.notify_one();
  for (std::thread& thread : threads_) thread.join();
  if (watcher_.joinable()) watcher_.join();
}

bool HttpWorkers::Submit(std::function<void()> job, const std::string& client) {
  bool place = false;
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
    place = taken_ < places_;
    WatchThoseWhoRun();
  }
  if (place) changed_.notify_one();  // otherwise whoever is done takes it
  return true;
}

bool HttpWorkers::Aside(const std::function<void()>& wait) {
  Running& mine = *current_;
  {
    const std::lock_guard lock(mutex_);
    if (aside_ == most_aside_) return false;
    AddThreadFor(aside_ + 1 + long_);
    ++aside_;
    if (mine.has_place) {
      GiveUpPlace(mine);
    } else {
      --long_;
    }
  }
  changed_.notify_one();
  const auto back = [&] {
    const std::lock_guard lock(mutex_);
    --aside_;
    mine = {Clock::now()};
    ++taken_;
    WatchThoseWhoRun();
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

void HttpWorkers::GiveUpPlace(Running& running) {
  running.has_place = false;
  --taken_;
}

void HttpWorkers::Work() {
  TakeShareOfMemory();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] {
      return (ending_ && queue_.empty()) || (!queue_.empty() && taken_ < places_);
    });
    if (queue_.empty()) return;
    Run(TakeFirst(), lock);
    if (ending_) changed_.notify_all();  // who could not take a job must see that none is left
  }
}

// Not under the lock, which is held again at the end.
void HttpWorkers::Run(std::function<void()> job, std::unique_lock<std::mutex>& lock) {
  Running mine{Clock::now()};
  current_ = &mine;
  running_.push_back(&mine);
  ++taken_;
  WatchThoseWhoRun();
  lock.unlock();
  job();
  job = nullptr;
  lock.lock();
  current_ = nullptr;
  std::erase(running_, &mine);
  --(mine.has_place ? taken_ : long_);
}

// While somebody waits because all places are taken.
void HttpWorkers::WatchThoseWhoRun() {
  if (queue_.empty() || taken_ < places_ || watching_) return;
  watching_ = true;
  watch_.notify_one();
}

void HttpWorkers::Watch() {
  TakeShareOfMemory();
  std::unique_lock lock(mutex_);
  while (true) {
    watch_.wait(lock, [this] { return ending_ || watching_; });
    watch_.wait_for(lock, long_job_, [this] { return ending_; });
    if (ending_) return;
    RelieveLong();
    watching_ = !queue_.empty();
  }
}

void HttpWorkers::RelieveLong() {
  const Clock::time_point before = Clock::now() - long_job_;
  for (Running* running : running_) {
    if (queue_.empty() || taken_ < places_) return;
    if (!running->has_place || running->since > before || long_ == places_) continue;
    try {
      const MayRunOutOfMemory given_up;  // others wait for the lock
      AddThreadFor(aside_ + long_ + 1);
    } catch (const std::exception&) {
      return;  // no thread can be made: who waits, waits on
    }
    GiveUpPlace(*running);
    ++long_;
    changed_.notify_one();
  }
}

}  // namespace renal::hooks::internal
