#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "fhir/result.h"
#include "hooks/internal/store_line.h"
#include "hooks/internal/store_work.h"

namespace renal::hooks::internal {

/// The connection that writes: the only one that writes and checkpoints a file, since the WAL of
/// SQLite 3.40 can be damaged by two.
class StoreDatabase {
 public:
  /// Opens the database, a file made if it is missing, checks whose it is, and brings its schema up
  /// to date. Errors as Store::Open(). `line` must outlive it.
  static fhir::Result<std::unique_ptr<StoreDatabase>> Open(const StoreTarget& target,
                                                           const StoreLimits& limits,
                                                           StoreLine& line);
  ~StoreDatabase();

  /// Commits all of it in one transaction; returns when it is on the disk.
  ///
  /// After an Issue nobody knows what is stored, and the connection must not be used again: open a
  /// new one and write the same work, which leaves alone what is there already.
  std::optional<fhir::Issue> Write(std::vector<StoreWork>& works);

 private:
  struct State;
  explicit StoreDatabase(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace renal::hooks::internal
