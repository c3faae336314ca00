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

// What the end waits for a database that does not answer: a connection may just be opened, which
// takes its time and cannot be cut.
constexpr milliseconds kEnd{3'000};

constexpr std::size_t kMaxJobs = 256;

}  // namespace

StoreReader::StoreReader(StoreTarget target, milliseconds patience)
    : target_(std::move(target)), patience_(patience) {}

std::shared_ptr<StoreReader> StoreReader::Start(StoreTarget target, milliseconds patience) {
  std::shared_ptr<StoreReader> reader(new StoreReader(std::move(target), patience));
  reader->busy_since_ = Clock::now();
  reader->thread_ = std::thread([reader] { reader->Serve(); });
  return reader;
}

void StoreReader::End() {
  std::unique_lock guard(mutex_);
  stopping_ = true;
  asked_.notify_all();
  if (busy_since_) line_.Cut();
  if (answered_.wait_for(guard, kEnd, [this] { return ended_; })) {
    guard.unlock();
    thread_.join();
  } else {
    thread_.detach();
  }
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
  busy_since_.reset();
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
  queries_.reset();
  ended_ = true;
  answered_.notify_all();
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
