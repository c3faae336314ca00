#include "hooks/internal/audit_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace renal::hooks::internal {
namespace {

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

bool EndsInsideLine(int file) {
  const off_t size = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  return size > 0 && ::pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

AuditFile::~AuditFile() { Close(); }

void AuditFile::Close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

// What this file has of a line, another one lacks: there it is written whole.
int AuditFile::Open() {
  Close();
  inside_ = 0;
  const int file = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (file < 0) return errno;
  file_ = file;
  const ssize_t ended = EndsInsideLine(file_) ? ::write(file_, "\n", 1) : 1;
  if (ended == 1) return 0;
  const int error = ended < 0 ? errno : EIO;
  Close();
  return error;
}

int AuditFile::Append(std::string& lines) {
  if (file_ < 0) {
    const int error = Open();
    if (file_ < 0) return error;
  }
  while (inside_ < lines.size()) {
    const ssize_t written = ::write(file_, lines.data() + inside_, lines.size() - inside_);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = written < 0 ? errno : EIO;
      // Whole lines are done with; of the one under way it is known how much is there.
      const std::size_t end = inside_ == 0 ? std::string::npos : lines.rfind('\n', inside_ - 1);
      const std::size_t whole = end == std::string::npos ? 0 : end + 1;
      lines.erase(0, whole);
      inside_ -= whole;
      return error;
    }
    inside_ += static_cast<std::size_t>(written);
  }
  lines.clear();
  inside_ = 0;
  return ::fdatasync(file_) == 0 ? 0 : errno;
}

}  // namespace renal::hooks::internal
