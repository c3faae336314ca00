#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace renal::hooks::internal {

/// Where a text stands, in files that have numbers (text_store.h).
struct TextPlace {
  std::int64_t file = 0;
  std::int64_t start = 0;
  std::int64_t length = 0;
  std::int64_t origin = 0;  ///< file that it came from, for messages
  std::int64_t line = 0;    ///< there; 0: the whole file
};

/// A part of what is known of one patient.
struct Piece {
  std::string unit;  ///< what is evaluated together; names the patient (board_source.h)
  TextPlace place;
};

/// A row of a list that is sorted on disk.
struct SortedRow {
  std::int64_t rank = 0;
  std::string key;  ///< sorts within a rank
  std::string text;
};

/// Finds together what stands apart in the files of an export, and sorts lists: on disk, so that
/// memory does not grow with them. A SQLite database in a file that nobody else reads. Throws
/// std::runtime_error, without texts of patients, where the disk fails. The door to SQLite's own
/// interface.
class PieceIndex {
 public:
  /// Makes the file, which must not be there.
  explicit PieceIndex(const std::filesystem::path& file);
  ~PieceIndex();
  PieceIndex(const PieceIndex&) = delete;
  PieceIndex& operator=(const PieceIndex&) = delete;

  void Add(const Piece& piece);
  /// A resource of no patient, by what references call it.
  void AddShared(std::string_view reference, const TextPlace& place);
  std::int64_t pieces() const { return pieces_; }

  /// The pieces by unit, and within it in the order in which they were added. Call once all are
  /// there, then Next() until it gives false.
  void Sort();
  bool Next(Piece& piece);

  /// Types of the shared resources. Ascending.
  std::vector<std::string> SharedTypes();
  /// Where a shared resource stands; may be several copies. Any thread.
  std::vector<TextPlace> FindShared(std::string_view reference);

  void AddRow(const SortedRow& row);
  /// The rows by rank, then key, then as they came. As Sort() and Next().
  void SortRows();
  bool NextRow(SortedRow& row);

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::int64_t pieces_ = 0;
};

}  // namespace renal::hooks::internal
