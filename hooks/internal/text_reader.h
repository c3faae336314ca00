#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/internal/packed_file.h"
#include "hooks/internal/text_store.h"

/// Reads the files of an export, one after the other, in parts that several threads can look at.
namespace renal::hooks::internal {

/// Files of JSON under a path: itself, or in a folder at any depth those named .json, .ndjson or
/// .jsonl, also with .gz. Sorted. Hidden ones and what is in the folder `but` are left out.
/// Nothing if the path cannot be read.
std::optional<std::vector<std::filesystem::path>> JsonFilesOf(const std::filesystem::path& from,
                                                              const std::filesystem::path& but);

/// Some texts: lines of a file, or one whole file.
struct TextBatch {
  std::string bytes;
  struct Text {
    std::size_t start = 0;  ///< in `bytes`
    TextPlace place;
    bool too_long = false;  ///< left out: no text is read that is longer than a limit
  };
  std::vector<Text> texts;
  std::string problem;  ///< "file.ndjson: ...": what ends the reading of a file early

  std::string_view TextOf(const Text& text) const {
    return std::string_view(bytes).substr(text.start, static_cast<std::size_t>(text.place.length));
  }
};

class TextReader {
 public:
  /// The store must outlive it; unpacked texts are kept there.
  TextReader(std::vector<std::filesystem::path> files, TextStore& store);

  /// The next texts, about a MiB of lines or one file; nothing at the end.
  std::optional<TextBatch> Next();

  std::uintmax_t bytes_total() const { return bytes_total_; }
  std::uintmax_t bytes_done() const { return bytes_done_; }  ///< of files that are read through

 private:
  struct Open {
    std::unique_ptr<PackedFile> file;
    std::int64_t number = 0;
    std::int64_t start = 0;  ///< of the next text, in the file or among what is kept
    std::int64_t line = 1;
    bool lines = false;
    std::string rest;  ///< read, but its line has not ended yet
  };
  std::optional<TextBatch> OpenNext();
  TextBatch ReadLines();
  TextBatch ReadWhole();
  void SkipLine(TextBatch& batch);
  void CutLines(TextBatch& batch, bool at_end);
  void Close();

  std::deque<std::filesystem::path> files_;
  TextStore& store_;
  std::optional<Open> open_;
  std::uintmax_t bytes_total_ = 0;
  std::atomic<std::uintmax_t> bytes_done_ = 0;  // read by another thread
};

}  // namespace renal::hooks::internal
