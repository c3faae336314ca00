#include "fhir/internal/rest_resolver.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace renal::fhir::internal {

using std::chrono::steady_clock;

struct RestResolver::State {
  struct Known {
    std::vector<IpAddress> addresses;
    steady_clock::time_point until;
  };
  Lookup lookup;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, Known, std::less<>> known;
  std::map<std::string, std::vector<Done>, std::less<>> waiting;
  std::deque<std::string> queue;
  std::size_t threads = 0;
  std::size_t idle = 0;
  bool ending = false;
};

RestResolver::RestResolver(Lookup lookup) : state_(std::make_shared<State>()) {
  state_->lookup = std::move(lookup);
}

RestResolver::~RestResolver() {
  const std::lock_guard lock(state_->mutex);
  state_->ending = true;
  state_->changed.notify_all();
}

void RestResolver::Resolve(const std::string& host, Done done) {
  std::unique_lock lock(state_->mutex);
  const auto known = state_->known.find(host);
  if (known != state_->known.end() && steady_clock::now() < known->second.until) {
    const std::vector<IpAddress> addresses = known->second.addresses;
    lock.unlock();
    return done(addresses);
  }
  if (const auto asked = state_->waiting.find(host); asked != state_->waiting.end()) {
    asked->second.push_back(std::move(done));
    return;
  }
  if (state_->queue.size() >= kQueue) {
    lock.unlock();
    return done({});
  }
  state_->waiting[host].push_back(std::move(done));
  state_->queue.push_back(host);
  if (state_->idle < state_->queue.size() && state_->threads < kThreads) {
    ++state_->threads;
    std::thread([state = state_] { Work(state); }).detach();
  }
  state_->changed.notify_one();
}

void RestResolver::Work(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  while (true) {
    ++state->idle;
    state->changed.wait(lock, [&] { return state->ending || !state->queue.empty(); });
    --state->idle;
    if (state->ending) return;
    const std::string host = std::move(state->queue.front());
    state->queue.pop_front();
    lock.unlock();
    std::vector<IpAddress> addresses;
    try {
      addresses = state->lookup(host);
    } catch (...) {
      // Goes no further: without memory it is as though the name had no address.
    }
    lock.lock();
    // Failures are not kept: the next call asks again.
    if (!addresses.empty()) state->known[host] = {addresses, steady_clock::now() + kKeep};
    const auto waiting = state->waiting.extract(host);
    lock.unlock();
    for (const Done& done : waiting.mapped()) {
      try {
        done(addresses);
      } catch (...) {
        // Goes no further: who asked has a deadline.
      }
    }
    lock.lock();
  }
}

}  // namespace renal::fhir::internal
