#include "hooks/internal/recorder.h"

#include <cerrno>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hooks/evaluation.h"
#include "hooks/internal/masked_outcome.h"

namespace renal::hooks::internal {
namespace {

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

fhir::Issue Fault(std::string text) { return {fhir::IssueCode::kProcessing, std::move(text), {}}; }

}  // namespace

fhir::Result<std::shared_ptr<Recorder>> Recorder::Open(const std::filesystem::path& folder,
                                                       const std::filesystem::path& key_file,
                                                       std::uint64_t most, Log& log) {
  std::ostringstream messages;
  auto pseudonyms = Pseudonyms::Open(key_file, messages);
  if (!pseudonyms) {
    std::string text = messages.str();
    while (text.ends_with('\n')) text.pop_back();
    return Fault(std::move(text));
  }
  std::error_code error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  const std::filesystem::path path = folder / kFileName;
  const int file =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat status = {};
  if (file < 0 || ::fstat(file, &status) != 0) {
    if (file >= 0) ::close(file);
    return Fault(path.string() + ": outcomes cannot be recorded: the file cannot be written");
  }
  return std::shared_ptr<Recorder>(new Recorder(
      *std::move(pseudonyms), file, static_cast<std::uint64_t>(status.st_size), most, log));
}

Recorder::~Recorder() { ::close(file_); }

void Recorder::Record(pathways::Outcome outcome) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
  }
  MaskOutcome(pseudonyms_, outcome);
  const std::string line = OutcomeText(outcome) + '\n';
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  if (line.size() > most_ || size_ > most_ - line.size()) return Stop("recording-full");
  if (!WriteAll(file_, line)) return Stop("recording-failed");
  size_ += line.size();
}

void Recorder::Stop(const char* event) {
  stopped_ = true;
  log_.Write(LogLevel::kWarning, event, {{"bytes", static_cast<std::int64_t>(size_)}});
}

}  // namespace renal::hooks::internal
