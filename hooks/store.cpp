#include "hooks/store.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "hooks/internal/folder_lock.h"
#include "hooks/internal/store_database.h"

namespace renal::hooks {
namespace {

using internal::FolderLock;
using internal::StoreDatabase;
using std::chrono::milliseconds;

// Records of one commit at most: enough that the disk's sync is shared, few enough that a Flush
// does not wait long behind others.
constexpr std::size_t kGroupRecords = 512;

// Pause after the first failure, doubled with each further one. With the second that SQLite waits
// for a lock, the last pause keeps within the 10 s in which the store has to be back.
constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLastPause{4'000};

std::size_t SizeOf(const DecisionCard& card) {
  std::size_t size = sizeof(card) + card.uuid.size() + card.rule.size() + card.indicator.size() +
                     card.topic.size() + card.order.reference.size() + card.order.action.size() +
                     card.order.verdict.size();
  for (const std::string& suggestion : card.suggestions) {
    size += sizeof(std::string) + suggestion.size();
  }
  return size;
}

std::size_t SizeOf(const DecisionRecord& record) {
  std::size_t size = sizeof(record);
  for (const std::string* text :
       {&record.id, &record.at, &record.hook, &record.hook_instance, &record.service,
        &record.client, &record.pathway_url, &record.pathway_version, &record.pathway_hash,
        &record.outcome, &record.patient_key, &record.input_digest}) {
    size += text->size();
  }
  for (const DecisionCard& card : record.cards) size += SizeOf(card);
  return size;
}

}  // namespace

// The queue and the thread that empties it. Records leave the counts only when they are committed.
class Store::Writer {
 public:
  Writer(FolderLock lock, std::filesystem::path file, std::unique_ptr<StoreDatabase> database)
      : lock_(std::move(lock)),
        file_(std::move(file)),
        database_(std::move(database)),
        thread_([this] { Run(); }) {}

  ~Writer() {
    {
      const std::lock_guard guard(mutex_);
      stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
  }

  bool Enqueue(DecisionRecord record) {
    const std::size_t size = SizeOf(record);
    {
      const std::lock_guard guard(mutex_);
      if (accepted_ - written_ >= kQueueRecords) return false;
      if (size > kQueueBytes || queued_bytes_ > kQueueBytes - size) return false;
      queue_.push_back(std::move(record));
      queued_bytes_ += size;
      ++accepted_;
    }
    work_.notify_one();
    return true;
  }

  bool Flush(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock guard(mutex_);
    const std::uint64_t target = accepted_;
    return progress_.wait_until(guard, deadline, [&] { return written_ >= target; });
  }

  StoreHealth health() const {
    const std::lock_guard guard(mutex_);
    return {.ok = !failing_since_,
            .failing_since = failing_since_,
            .reason = reason_,
            .queued = static_cast<std::size_t>(accepted_ - written_),
            .queued_bytes = queued_bytes_};
  }

 private:
  void Run() {
    milliseconds pause = kFirstPause;
    while (TakeGroup()) {
      if (const auto issue = WriteGroup()) {
        database_.reset();  // after a failed sync a connection is never tried again
        if (!NoteFailure(issue->diagnostics, pause)) return;
        pause = std::min(pause * 2, kLastPause);
      } else {
        NoteSuccess();
        pause = kFirstPause;
      }
    }
  }

  // Waits for records unless some are left from a failure; false once stopped with nothing left.
  bool TakeGroup() {
    std::unique_lock guard(mutex_);
    if (!group_.empty()) return true;
    work_.wait(guard, [this] { return stopping_ || !queue_.empty(); });
    const auto end =
        queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kGroupRecords));
    group_.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
    queue_.erase(queue_.begin(), end);
    return !group_.empty();
  }

  std::optional<fhir::Issue> WriteGroup() {
    if (!database_) {
      auto opened = StoreDatabase::Open(file_);
      if (!opened) return opened.error();
      database_ = std::move(*opened);
    }
    return database_->Write(group_);
  }

  void NoteSuccess() {
    std::size_t bytes = 0;
    for (const DecisionRecord& record : group_) bytes += SizeOf(record);
    {
      const std::lock_guard guard(mutex_);
      written_ += group_.size();
      queued_bytes_ -= bytes;
      failing_since_.reset();
      reason_.clear();
    }
    progress_.notify_all();
    group_.clear();
  }

  // Says so, and waits; false if the store is being closed.
  bool NoteFailure(const std::string& reason, milliseconds pause) {
    std::unique_lock guard(mutex_);
    if (!failing_since_) failing_since_ = std::chrono::system_clock::now();
    reason_ = reason;
    if (stopping_) return false;
    work_.wait_for(guard, pause, [this] { return stopping_; });
    return true;
  }

  const FolderLock lock_;
  const std::filesystem::path file_;

  mutable std::mutex mutex_;
  std::condition_variable work_;      // records to write, or stopping
  std::condition_variable progress_;  // records written
  std::deque<DecisionRecord> queue_;
  std::size_t queued_bytes_ = 0;  // of queue and group
  std::uint64_t accepted_ = 0;    // records taken and written since the start
  std::uint64_t written_ = 0;
  bool stopping_ = false;
  std::optional<std::chrono::system_clock::time_point> failing_since_;
  std::string reason_;

  // Of the thread alone.
  std::vector<DecisionRecord> group_;
  std::unique_ptr<StoreDatabase> database_;
  std::thread thread_;  // last: it uses all of the above
};

Store::Store(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
Store::~Store() = default;

fhir::Result<std::unique_ptr<Store>> Store::Open(const std::filesystem::path& dir) {
  auto lock = FolderLock::Take(dir);
  if (!lock) return lock.error();
  const std::filesystem::path file = std::filesystem::absolute(dir) / kFileName;
  auto database = StoreDatabase::Open(file);
  if (!database) {
    fhir::Issue issue = database.error();
    issue.diagnostics = file.string() + ": " + issue.diagnostics;
    return issue;
  }
  auto writer = std::make_unique<Writer>(std::move(*lock), file, std::move(*database));
  return std::unique_ptr<Store>(new Store(std::move(writer)));
}

bool Store::Enqueue(DecisionRecord record) { return writer_->Enqueue(std::move(record)); }

bool Store::Flush(std::chrono::steady_clock::time_point deadline) {
  return writer_->Flush(deadline);
}

StoreHealth Store::health() const { return writer_->health(); }

}  // namespace renal::hooks
