#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "fhir/result.h"
#include "hooks/store.h"

namespace renal::hooks::internal {

/// The connection that writes decisions: the only one that writes and checkpoints the file, since
/// the WAL of SQLite 3.40 can be damaged by two. The door to SOCI.
class StoreDatabase {
 public:
  /// Opens the file, made if it is missing, checks whose it is, and brings its schema up to date in
  /// one transaction. Errors as Store::Open().
  static fhir::Result<std::unique_ptr<StoreDatabase>> Open(const std::filesystem::path& file);
  ~StoreDatabase();

  /// Commits all records in one transaction; returns when they are on the disk.
  ///
  /// After an Issue nobody knows what is stored, and the connection must not be used again: open a
  /// new one and write the same records, which leaves alone what is there already.
  std::optional<fhir::Issue> Write(const std::vector<DecisionRecord>& records);

 private:
  struct Connection;
  explicit StoreDatabase(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace renal::hooks::internal
