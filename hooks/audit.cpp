#include "hooks/audit.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "cards/uuid.h"
#include "hooks/internal/audit_file.h"

namespace renal::hooks {
namespace {

// Records of one write and sync at most.
constexpr std::size_t kGroup = 512;
constexpr std::chrono::milliseconds kPause{1'000};  // after a failure

fhir::Issue CannotWrite(const std::filesystem::path& file, int error) {
  return {fhir::IssueCode::kProcessing,
          "the audit trail " + file.string() +
              " cannot be written: " + std::generic_category().message(error),
          {}};
}

}  // namespace

struct AuditLog::State {
  State(const std::filesystem::path& path, Log* the_log) : file(path), log(the_log) {}

  void Run();
  bool TakeGroup();
  void AddLine(const AuditRecord& record);
  bool Write();
  void NoteFailure(int error);
  void NoteSuccess();
  void Tell(LogLevel level, std::string_view event, const LogFields& fields) const {
    if (log != nullptr) log->Write(level, event, fields);
  }

  internal::AuditFile file;
  Log* const log;

  mutable std::mutex mutex;
  std::condition_variable work;      // something to write, or the end
  std::condition_variable progress;  // something was written
  std::deque<AuditRecord> queue;
  std::uint64_t taken = 0;  // since the start
  std::uint64_t done = 0;
  std::uint64_t lost = 0;
  std::uint64_t failures = 0;
  bool reopen = false;
  bool ending = false;

  // Of the thread alone.
  std::size_t group = 0;  // records that `lines` began with
  std::string lines;
  bool failing = false;
  std::uint64_t told = 0;  // losses that the log knows of
  std::thread thread;      // last: it uses all of the above
};

fhir::Result<std::unique_ptr<AuditLog>> AuditLog::Open(const std::filesystem::path& file,
                                                       Log* log) {
  auto state = std::make_unique<State>(file, log);
  if (const int error = state->file.Open(); error != 0) return CannotWrite(file, error);
  state->thread = std::thread([raw = state.get()] { raw->Run(); });
  return std::unique_ptr<AuditLog>(new AuditLog(std::move(state)));
}

AuditLog::AuditLog(std::unique_ptr<State> state) : state_(std::move(state)) {}

AuditLog::~AuditLog() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->work.notify_one();
  state_->thread.join();
}

void AuditLog::Add(AuditRecord record) noexcept {
  const std::lock_guard lock(state_->mutex);
  try {
    if (state_->queue.size() < kQueue) {
      state_->queue.push_back(std::move(record));
      ++state_->taken;
      state_->work.notify_one();
      return;
    }
  } catch (...) {
    // Goes no further: without memory for it, it is lost, as where there is no place.
  }
  ++state_->lost;
}

void AuditLog::Reopen() {
  const std::lock_guard lock(state_->mutex);
  state_->reopen = true;
  state_->work.notify_one();
}

bool AuditLog::Flush(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(state_->mutex);
  const std::uint64_t target = state_->taken;
  return state_->progress.wait_until(lock, deadline, [&] { return state_->done >= target; });
}

AuditLog::Stats AuditLog::stats() const {
  const std::lock_guard lock(state_->mutex);
  return {.queued = static_cast<std::size_t>(state_->taken - state_->done),
          .written = state_->done,
          .lost = state_->lost,
          .failures = state_->failures};
}

void AuditLog::State::Run() {
  while (TakeGroup()) {
    if (Write()) {
      NoteSuccess();
      continue;
    }
    std::unique_lock lock(mutex);
    if (ending) break;
    work.wait_for(lock, kPause, [this] { return ending; });
  }
}

// Waits for records or for a new file, unless some are left from a failure; false at the end with
// nothing left.
bool AuditLog::State::TakeGroup() {
  if (group > 0) return true;
  std::deque<AuditRecord> records;
  {
    std::unique_lock lock(mutex);
    work.wait(lock, [this] { return ending || reopen || !queue.empty(); });
    if (ending && queue.empty()) return false;
    while (!queue.empty() && records.size() < kGroup) {
      records.push_back(std::move(queue.front()));
      queue.pop_front();
    }
  }
  group = records.size();
  for (const AuditRecord& record : records) AddLine(record);
  return true;
}

void AuditLog::State::AddLine(const AuditRecord& record) {
  try {
    lines += AuditLine(record, cards::RandomUuidSource().Next()) + "\n";
  } catch (...) {
    // The system has no randomness, or no memory: this one is lost, the thread goes on.
    const std::lock_guard lock(mutex);
    ++lost;
  }
}

bool AuditLog::State::Write() {
  bool anew = false;
  {
    const std::lock_guard lock(mutex);
    anew = std::exchange(reopen, false);
  }
  int error = anew ? file.Open() : 0;
  if (error == 0) error = file.Append(lines);
  if (error != 0) NoteFailure(error);
  return error == 0;
}

void AuditLog::State::NoteFailure(int error) {
  {
    const std::lock_guard lock(mutex);
    ++failures;
  }
  if (!std::exchange(failing, true)) {
    Tell(LogLevel::kError, "audit-not-written",
         {{"reason", std::generic_category().message(error)}});
  }
}

void AuditLog::State::NoteSuccess() {
  std::uint64_t gone = 0;
  {
    const std::lock_guard lock(mutex);
    done += std::exchange(group, 0);
    gone = lost - std::exchange(told, lost);
  }
  progress.notify_all();
  if (std::exchange(failing, false)) Tell(LogLevel::kInfo, "audit-written-again", {});
  if (gone > 0) {
    Tell(LogLevel::kError, "audit-lost", {{"records", static_cast<std::int64_t>(gone)}});
  }
}

}  // namespace renal::hooks
