#include "hooks/internal/folder_lock.h"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

Issue Failure(const std::filesystem::path& folder, const char* what, const std::error_code& error) {
  return {IssueCode::kProcessing,
          "the folder " + folder.string() + " cannot be " + what + ": " + error.message(), ""};
}

std::error_code MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder)) return error;
  if (std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  return error;
}

}  // namespace

fhir::Result<FolderLock> FolderLock::Take(const std::filesystem::path& folder) {
  if (const std::error_code error = MakeFolder(folder)) return Failure(folder, "made", error);
  const int descriptor =
      open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return Failure(folder, "written", std::error_code(errno, std::generic_category()));
  }
  FolderLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Issue{IssueCode::kTransient,
                 "the folder " + folder.string() + " is in use by another renalpath", ""};
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace renal::hooks::internal
