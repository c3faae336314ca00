#include "hooks/internal/store_writer.h"

#include <algorithm>
#include <utility>

#include "hooks/internal/process.h"

namespace renal::hooks::internal {
namespace {

using std::chrono::milliseconds;

// Works of one commit at most: enough that the disk's sync is shared, few enough that a Flush does
// not wait long behind others.
constexpr std::size_t kGroup = 512;

// While only decisions come, which nobody waits for, commits begin no closer together than this, so
// that under load many share one sync and the pages that all of them touch. A crash loses at most
// what came in such a time and what was being written.
constexpr milliseconds kBetweenCommits{20};

// Pause after the first failure, doubled with each further one. With the seconds that opening a
// database may take, the last pause keeps within the 10 s in which the store has to be back.
constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLastPause{4'000};

// While a database takes so long over a group, tokens do not wait for it, and feedback only that of
// a few callers: other calls need the threads.
constexpr milliseconds kSlow{500};
constexpr std::size_t kWaitersForSlow = 8;

// A database that has had a group for so long does not answer; after the longer time its connection
// is cut.
constexpr milliseconds kSilent{4'000};
constexpr milliseconds kDead{8'000};

// How long the end waits for a database that does not answer.
constexpr milliseconds kEnd{5'000};
// And after its connection was cut: another may just be opened, which takes its time.
constexpr milliseconds kCut{3'000};

std::size_t SizeOf(const DecisionCard& card) {
  std::size_t size = sizeof(card);
  for (const std::string* text :
       {&card.uuid, &card.rule, &card.focus, &card.indicator, &card.topic, &card.order.reference,
        &card.order.action, &card.order.verdict, &card.order.code}) {
    size += text->size();
  }
  for (const std::string& suggestion : card.suggestions) {
    size += sizeof(std::string) + suggestion.size();
  }
  return size;
}

std::size_t SizeOf(const DecisionRecord& record) {
  std::size_t size = sizeof(record);
  for (const std::string* text :
       {&record.id, &record.at, &record.hook, &record.hook_instance, &record.service,
        &record.client, &record.tenant, &record.pathway_url, &record.pathway_version,
        &record.pathway_hash, &record.outcome, &record.rules, &record.patient_key, &record.user_key,
        &record.input_digest, &record.inputs_digest}) {
    size += text->size();
  }
  for (const DecisionCard& card : record.cards) size += SizeOf(card);
  return size;
}

template <class T>
bool Holds(const StoreWork& work, const std::shared_ptr<T>& what) {
  const auto* held = std::get_if<std::shared_ptr<T>>(&work);
  return held != nullptr && *held == what;
}

}  // namespace

StoreWriter::StoreWriter(StoreTarget target, const StoreLimits& limits,
                         std::unique_ptr<StoreLine> line, std::unique_ptr<StoreDatabase> database)
    : target_(std::move(target)),
      limits_(limits),
      line_(std::move(line)),
      database_(std::move(database)) {}

std::shared_ptr<StoreWriter> StoreWriter::Start(StoreTarget target, const StoreLimits& limits,
                                                std::unique_ptr<StoreLine> line,
                                                std::unique_ptr<StoreDatabase> database) {
  std::shared_ptr<StoreWriter> writer(
      new StoreWriter(std::move(target), limits, std::move(line), std::move(database)));
  writer->thread_ = std::thread([writer] { writer->Run(); });
  return writer;
}

void StoreWriter::End() {
  std::unique_lock guard(mutex_);
  stopping_ = true;
  work_.notify_one();
  const auto ended = [this] { return ran_out_; };
  if (!ended_.wait_for(guard, kEnd, ended)) line_->Cut();  // a silent server is waited for
  if (ended_.wait_for(guard, kCut, ended)) {
    guard.unlock();
    thread_.join();
  } else {
    thread_.detach();
  }
}

bool StoreWriter::Stopping() const {
  const std::lock_guard guard(mutex_);
  return stopping_;
}

bool StoreWriter::Enqueue(DecisionWork work) {
  const std::size_t size = SizeOf(work.record);
  const std::lock_guard guard(mutex_);
  if (Stuck(kDead)) line_->Cut();
  if (queued_records_ >= limits_.queue_records) return false;
  if (size > limits_.queue_bytes || queued_bytes_ > limits_.queue_bytes - size) return false;
  ++queued_records_;
  queued_bytes_ += size;
  Push({std::move(work), size});
  return true;
}

bool StoreWriter::Take(const std::shared_ptr<FeedbackWork>& work, milliseconds wait) {
  std::unique_lock guard(mutex_);
  if (Failing() || (waiting_ >= kWaitersForSlow && Stuck(kSlow))) return false;
  Push({work});
  const std::uint64_t target = taken_;
  ++waiting_;
  progress_.wait_for(guard, wait, [&] { return written_ >= target || failing_since_; });
  --waiting_;
  if (written_ >= target) return true;
  Withdraw(work);
  return false;
}

bool StoreWriter::Insert(const std::shared_ptr<TokenWork>& work, milliseconds wait) {
  std::unique_lock guard(mutex_);
  if (queued_tokens_ >= limits_.queue_tokens) return false;
  ++queued_tokens_;
  Push({work});
  if (Failing() || Stuck(kSlow)) return false;
  const std::uint64_t target = taken_;
  progress_.wait_for(guard, wait, [&] { return written_ >= target || failing_since_; });
  return written_ >= target;
}

bool StoreWriter::Flush(Clock::time_point deadline) {
  std::unique_lock guard(mutex_);
  const std::uint64_t target = taken_;
  hurried_ = true;
  work_.notify_one();
  return progress_.wait_until(guard, deadline, [&] { return written_ >= target; });
}

StoreHealth StoreWriter::health() const {
  const std::lock_guard guard(mutex_);
  StoreHealth health{.ok = !Failing(),
                     .failing_since = failing_since_,
                     .reason = reason_,
                     .queued = queued_records_,
                     .queued_bytes = queued_bytes_,
                     .failures = failures_};
  if (!health.ok && !failing_since_) {
    health.failing_since = std::chrono::system_clock::now() - kSilent;
    health.reason = "the database of the decision store does not answer";
  }
  return health;
}

// The thread is woken for the first of a group, for work that somebody waits for, and for a group
// that is full; what comes between joins the group that is gathering.
void StoreWriter::Push(Entry entry) {
  const bool patient = std::holds_alternative<DecisionWork>(entry.work);
  queue_.push_back(std::move(entry));
  ++taken_;
  if (!patient) hurried_ = true;
  if (!patient || queue_.size() == 1 || queue_.size() == kGroup) work_.notify_one();
}

// Feedback that nobody waits for any more is not kept for a database that is away: its sender was
// told to repeat it.
void StoreWriter::Withdraw(const std::shared_ptr<FeedbackWork>& work) {
  if (Stuck(kDead)) line_->Cut();
  const auto place =
      std::ranges::find_if(queue_, [&](const Entry& entry) { return Holds(entry.work, work); });
  // Its place stays, so that what was taken can be counted; the database may have it already.
  if (place != queue_.end()) place->work = std::shared_ptr<FeedbackWork>();
}

bool StoreWriter::Failing() const { return failing_since_ || Stuck(kSilent); }

bool StoreWriter::Stuck(milliseconds time) const {
  return busy_since_ && Clock::now() - *busy_since_ > time;
}

void StoreWriter::Run() {
  WaitInTurn();
  milliseconds pause = kFirstPause;
  while (TakeGroup()) {
    if (const auto issue = Write()) {
      if (!NoteFailure(issue->diagnostics, pause)) break;
      pause = std::min(pause * 2, kLastPause);
    } else {
      NoteSuccess();
      pause = kFirstPause;
    }
  }
  database_.reset();
  const std::lock_guard guard(mutex_);
  ran_out_ = true;
  ended_.notify_all();
}

// Waits for works unless some are left from a failure, or nobody knows whether the database is
// back; false once stopped with nothing left.
bool StoreWriter::TakeGroup() {
  std::unique_lock guard(mutex_);
  if (group_.empty()) {
    if (!failing_since_) AwaitGroup(guard);
    if (queue_.empty() && stopping_) return false;
    const std::size_t count = std::min(queue_.size(), kGroup);
    for (std::size_t i = 0; i < count; ++i) {
      group_bytes_ += queue_.front().bytes;
      group_.push_back(std::move(queue_.front().work));
      queue_.pop_front();
    }
    if (queue_.empty()) hurried_ = false;
  }
  busy_since_ = began_ = Clock::now();
  return true;
}

void StoreWriter::AwaitGroup(std::unique_lock<std::mutex>& guard) {
  work_.wait(guard, [this] { return stopping_ || !queue_.empty(); });
  work_.wait_until(guard, began_ + kBetweenCommits,
                   [this] { return stopping_ || hurried_ || queue_.size() >= kGroup; });
}

// A server that was started anew ends the connections that it had: that is found out only by using
// one, and the same work is repeated at once.
std::optional<fhir::Issue> StoreWriter::Write() {
  if (database_) {
    auto issue = database_->Write(group_);
    if (!issue) return std::nullopt;
    database_.reset();  // after a failed sync a connection is never tried again
    const bool lost = !target_.is_folder() && issue->code == fhir::IssueCode::kTransient;
    if (!lost || Stopping()) return issue;
  }
  auto opened = StoreDatabase::Open(target_, limits_, *line_);
  if (!opened) return opened.error();
  database_ = std::move(*opened);
  auto issue = database_->Write(group_);
  if (issue) database_.reset();
  return issue;
}

void StoreWriter::NoteSuccess() {
  {
    const std::lock_guard guard(mutex_);
    written_ += group_.size();
    for (const StoreWork& work : group_) {
      if (std::holds_alternative<DecisionWork>(work)) --queued_records_;
      if (std::holds_alternative<std::shared_ptr<TokenWork>>(work)) --queued_tokens_;
    }
    queued_bytes_ -= group_bytes_;
    failing_since_.reset();
    reason_.clear();
    busy_since_.reset();
  }
  progress_.notify_all();
  group_.clear();
  group_bytes_ = 0;
}

// Says so, and waits; false if the store is being closed.
bool StoreWriter::NoteFailure(const std::string& reason, milliseconds pause) {
  std::unique_lock guard(mutex_);
  if (!failing_since_) failing_since_ = std::chrono::system_clock::now();
  reason_ = reason;
  ++failures_;
  busy_since_.reset();
  // Those who waited for feedback are told to repeat it, whatever the receipt said before the
  // commit failed.
  for (StoreWork& work : group_) {
    auto* post = std::get_if<std::shared_ptr<FeedbackWork>>(&work);
    if (post == nullptr || !*post) continue;
    (*post)->receipt = {};
    post->reset();
  }
  progress_.notify_all();
  if (stopping_) return false;
  work_.wait_for(guard, pause, [this] { return stopping_; });
  return true;
}

}  // namespace renal::hooks::internal
