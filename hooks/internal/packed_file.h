#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

namespace renal::hooks::internal {

/// Reads a file that may be packed with gzip (told by its content, not its name). The door to zlib.
class PackedFile {
 public:
  /// Null if the file cannot be opened.
  static std::unique_ptr<PackedFile> Open(const std::filesystem::path& path);
  ~PackedFile();

  /// Fills `room` with the next bytes, unpacked; fewer at the end. Nothing if the file cannot be
  /// read on or is damaged.
  std::optional<std::size_t> Read(char* room, std::size_t size);
  bool packed() const;  ///< its bytes are not those that Read() gives

 private:
  struct State;
  explicit PackedFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace renal::hooks::internal
