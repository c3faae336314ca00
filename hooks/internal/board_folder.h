#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace renal::hooks::internal {

/// A folder of its own for work, inside another one, and gone at the end. Readable by its owner
/// alone, since what lies in it is of patients.
class WorkFolder {
 public:
  /// Throws std::runtime_error if it cannot be made.
  explicit WorkFolder(const std::filesystem::path& parent);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The results of a board in a folder: files that are written in parts.
class BoardFolder {
 public:
  /// Makes the folder. What an earlier board left there is taken away: its patients may be others.
  /// Throws std::runtime_error where something of that cannot be done.
  explicit BoardFolder(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  /// A file of the folder, empty. Throws std::runtime_error if it cannot be made.
  std::ofstream Open(std::string_view name) const;
  /// A whole file, in a folder inside where the name has one. Throws as Open(). Any thread.
  void Write(const std::string& name, std::string_view text) const;
  /// A folder inside.
  void Make(std::string_view name) const;

 private:
  std::filesystem::path path_;
};

/// Ends a file; throws std::runtime_error if not all of it could be written.
void Finish(std::ofstream& file, std::string_view name);

}  // namespace renal::hooks::internal
