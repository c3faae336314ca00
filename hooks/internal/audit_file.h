#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace renal::hooks::internal {

/// A file to which whole lines are appended, each batch synced. After a failure it goes on where
/// the disk stopped, so that no line is written twice or in two pieces. For one thread.
class AuditFile {
 public:
  explicit AuditFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~AuditFile();
  AuditFile(const AuditFile&) = delete;
  AuditFile& operator=(const AuditFile&) = delete;

  /// Opens it, or opens it anew. A line that an earlier process left without its end gets one. The
  /// error number where that fails.
  int Open();
  /// Appends what is left of `lines`, each with its end, and syncs; takes away what was written.
  /// The error number of a failure; then call it again with the same text, perhaps with more behind
  /// it.
  int Append(std::string& lines);

 private:
  void Close();

  const std::filesystem::path path_;
  int file_ = -1;
  std::size_t inside_ = 0;  // bytes of the first line of what is left that are in this file already
};

}  // namespace renal::hooks::internal
