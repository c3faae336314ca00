#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "hooks/internal/piece_index.h"

namespace renal::hooks::internal {

/// What is evaluated together: the record of one patient, or one call of a hook.
struct BoardUnit {
  std::string patient;  ///< id
  std::string name;     ///< unique; a file can have it
  std::string text;     ///< request or Bundle; empty: to be fetched
  std::string place;    ///< for messages, "Patient.ndjson:12"
  std::int64_t pieces = 0;
  bool unreadable = false;  ///< the files changed since they were looked at, or it is too large
};

/// Where a board has its patients from.
class UnitSource {
 public:
  using Complain = std::function<void(const std::string& place, const std::string& sentence)>;
  /// So much is done of all; `total` 0: it is not known how much there is, and patients are
  /// counted.
  using Show = std::function<void(std::uintmax_t done, std::uintmax_t total)>;

  virtual ~UnitSource() = default;

  /// Finds out who there is, with so many threads. `complain` is told of what cannot be used.
  virtual void Gather(std::size_t threads, const Complain& complain, const Show& show) = 0;
  /// The next unit, by its name in UnitNames; nothing at the end. After Gather().
  virtual std::optional<BoardUnit> Next() = 0;
  /// Sorts on disk, also for others.
  virtual PieceIndex& index() = 0;
};

}  // namespace renal::hooks::internal
