#include "hooks/internal/store_reader.h"

namespace renal::hooks::internal {
namespace {

using std::chrono::milliseconds;

// What one query may take on a server.
constexpr milliseconds kStatement{2'000};

// After a failure questions are turned away for so long, so that each does not wait in vain.
constexpr milliseconds kAfterFailure{1'000};

// An overdue question's connection is cut then.
constexpr milliseconds kDead{8'000};

constexpr std::size_t kMaxJobs = 256;

}  // namespace

StoreReader::StoreReader(StoreTarget target, milliseconds patience)
    : target_(std::move(target)), patience_(patience), thread_([this] { Serve(); }) {}

StoreReader::~StoreReader() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
    if (busy_since_) line_.Cut();
  }
  asked_.notify_all();
  thread_.join();
}

bool StoreReader::Run(Work work) {
  std::unique_lock guard(mutex_);
  const auto now = Clock::now();
  if (busy_since_ && now - *busy_since_ > kDead) line_.Cut();
  if (busy_since_ && now - *busy_since_ > patience_) return false;
  if (failed_at_ && now - *failed_at_ < kAfterFailure) return false;
  if (jobs_.size() >= kMaxJobs) return false;
  const auto job = std::make_shared<Job>(Job{std::move(work)});
  jobs_.push_back(job);
  asked_.notify_one();
  answered_.wait_for(guard, patience_, [&] { return job->done; });
  return job->done && job->good;
}

void StoreReader::Serve() {
  // The first who asks should not have to wait for this; whether it fails is seen then.
  if (auto opened = StoreQueries::Open(target_, kStatement, line_)) queries_ = std::move(*opened);
  std::unique_lock guard(mutex_);
  for (;;) {
    asked_.wait(guard, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) break;
    const std::shared_ptr<Job> job = std::move(jobs_.front());
    jobs_.pop_front();
    if (job.use_count() == 1) continue;  // nobody waits for it any more
    busy_since_ = Clock::now();
    guard.unlock();
    const bool good = Answer(*job);
    guard.lock();
    busy_since_.reset();
    failed_at_.reset();
    if (!good) failed_at_ = Clock::now();
    job->good = good;
    job->done = true;
    answered_.notify_all();
  }
  guard.unlock();
  queries_.reset();
}

// A connection that was kept may have been ended meanwhile: that costs one more attempt.
bool StoreReader::Answer(Job& job) {
  if (queries_ && job.work(*queries_)) return true;
  queries_.reset();
  auto opened = StoreQueries::Open(target_, kStatement, line_);
  if (!opened) return false;
  queries_ = std::move(*opened);
  if (job.work(*queries_)) return true;
  queries_.reset();
  return false;
}

}  // namespace renal::hooks::internal
