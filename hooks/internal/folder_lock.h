#pragma once

#include <filesystem>

#include "fhir/result.h"

namespace renal::hooks::internal {

/// Holds a folder for one process, as long as the object lives. The system lets go of it when the
/// process ends, however it ends.
class FolderLock {
 public:
  /// Makes the folder, for its owner only, if it is missing. Fails with a sentence for the
  /// operator: kTransient if another process, or another lock of this one, holds it; kProcessing if
  /// the folder cannot be made or written.
  static fhir::Result<FolderLock> Take(const std::filesystem::path& folder);

  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;  // -1 once moved from
};

}  // namespace renal::hooks::internal
