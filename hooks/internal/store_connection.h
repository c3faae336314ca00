#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <soci/soci.h>
#include <sys/types.h>

#include "fhir/result.h"
#include "hooks/internal/store_line.h"
#include "hooks/store_target.h"

/// Connections to the database. This file and its neighbours `store_*.cpp` are the door to SOCI.
namespace renal::hooks::internal {

enum class StoreAccess {
  kWrite,  ///< the only connection to a file that writes and checkpoints it
  kRead    ///< never writes, and never checkpoints
};

/// An open connection with the settings of security.md section 10. Of one thread at a time.
class StoreConnection {
 public:
  /// Fails with a sentence for the operator, without any text of the libraries: those quote
  /// statements and values. `line` must outlive the connection.
  static fhir::Result<std::unique_ptr<StoreConnection>> Open(const StoreTarget& target,
                                                             StoreAccess access,
                                                             std::chrono::milliseconds statement,
                                                             StoreLine& line);
  ~StoreConnection();
  StoreConnection(const StoreConnection&) = delete;
  StoreConnection& operator=(const StoreConnection&) = delete;

  soci::session& sql() { return sql_; }
  bool postgres() const { return file_.empty(); }

  /// True once the path of the file names another file or none: SQLite would go on with the one
  /// that was removed or replaced under it.
  bool Moved() const;

 private:
  explicit StoreConnection(StoreLine& line) : line_(line) {}
  std::optional<fhir::Issue> OpenFile(const std::filesystem::path& file, StoreAccess access);
  std::optional<fhir::Issue> OpenUrl(const StoreTarget& target, StoreAccess access,
                                     std::chrono::milliseconds statement);
  std::optional<fhir::Issue> ConfigureFile(StoreAccess access);
  std::optional<fhir::Issue> ConfigureServer(StoreAccess access,
                                             std::chrono::milliseconds statement);

  StoreLine& line_;
  std::filesystem::path file_;          // of SQLite
  std::pair<dev_t, ino_t> identity_{};  // of the file when it was opened
  soci::session sql_;
};

/// One number of a query that gives one row with one.
std::int64_t NumberOf(soci::session& sql, const std::string& query);
/// One text of a query that gives one row with one.
std::string TextOf(soci::session& sql, const std::string& query);

/// What the exception being handled means to an operator.
fhir::Issue CurrentStoreIssue();

}  // namespace renal::hooks::internal
