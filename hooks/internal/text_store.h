#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/internal/piece_index.h"

namespace renal::hooks::internal {

/// The files of an export by number, and one more file for texts that stand in none of them as
/// they are: unpacked lines, parts of Bundles. Any thread.
class TextStore {
 public:
  /// Number of the file that Keep() writes to.
  static constexpr std::int64_t kKept = -1;

  /// `kept`: that file, which is made. Throws std::runtime_error if it cannot be.
  explicit TextStore(const std::filesystem::path& kept);
  ~TextStore();
  TextStore(const TextStore&) = delete;
  TextStore& operator=(const TextStore&) = delete;

  /// The number of a file.
  std::int64_t AddFile(std::filesystem::path path);
  std::filesystem::path PathOf(std::int64_t file) const;

  /// Writes a text to the file for such texts. Throws std::runtime_error if the disk fails.
  TextPlace Keep(std::string_view text);

  /// The text at a place; false if it cannot be read any more.
  bool Read(const TextPlace& place, std::string& text);

  /// "file.ndjson:12" for messages.
  std::string Name(const TextPlace& place) const;

 private:
  class Descriptor;
  std::shared_ptr<Descriptor> Open(std::int64_t file);

  std::vector<std::filesystem::path> paths_;
  std::shared_ptr<Descriptor> kept_;
  std::int64_t kept_size_ = 0;
  mutable std::mutex mutex_;
  /// Files that are open, the latest first; few, whatever the number of files.
  std::list<std::pair<std::int64_t, std::shared_ptr<Descriptor>>> open_;
};

}  // namespace renal::hooks::internal
