#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fhir/json.h"
#include "hooks/internal/piece_index.h"
#include "hooks/internal/text_reader.h"
#include "hooks/internal/text_store.h"

namespace renal::hooks::internal {

/// What is evaluated together: the record of one patient, or one call of a hook.
struct BoardUnit {
  std::string patient;  ///< id
  std::string name;     ///< unique; a file can have it
  std::string text;     ///< request or Bundle
  std::string place;    ///< for messages, "Patient.ndjson:12"
  std::int64_t pieces = 0;
  bool unreadable = false;  ///< the files changed since they were looked at, or it is too large
};

/// Patients out of files in which they may stand apart.
class BoardSource {
 public:
  /// Files of its own are made in `folder`.
  BoardSource(std::vector<std::filesystem::path> files, const std::filesystem::path& folder);

  using Complain = std::function<void(const std::string& place, const std::string& sentence)>;
  using ShowBytes = std::function<void(std::uintmax_t done, std::uintmax_t total)>;
  /// Looks at every text once, with so many threads. `complain` is told of what cannot be used.
  void Gather(std::size_t threads, const Complain& complain, const ShowBytes& show);

  /// The next patient, by id; nothing at the end. After Gather().
  std::optional<BoardUnit> Next();

  /// The Bundle of `unit` together with the resources of no patient that it names, directly or
  /// through others; `root` is its text, parsed. Empty if it names none. Any thread.
  std::string WithShared(const BoardUnit& unit, const fhir::Json& root);

  PieceIndex& index() { return index_; }

 private:
  struct Looked;
  Looked LookAt(const TextBatch& batch) const;
  void Enter(Looked looked, const Complain& complain);

  TextStore store_;
  TextReader reader_;
  PieceIndex index_;
  std::optional<Piece> ahead_;
  std::vector<std::string> shared_types_;
  std::int64_t calls_ = 0;
  std::string last_patient_;
  int same_patient_ = 0;
};

}  // namespace renal::hooks::internal
