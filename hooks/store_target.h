#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "fhir/result.h"

/// Where decisions and feedback are stored.
namespace renal::hooks {

/// A folder with SQLite's file in it, or a PostgreSQL database.
class StoreTarget {
 public:
  /// The database's file inside a folder.
  static constexpr std::string_view kFileName = "decisions.sqlite";

  static StoreTarget InFolder(std::filesystem::path folder);

  /// A PostgreSQL database by its URL: "postgresql://user@host:5432/name?sslmode=verify-full". What
  /// it leaves out comes from the environment as for every program with libpq (PGPASSFILE,
  /// PGSSLROOTCERT, ...). Several servers may share the database; each database or PostgreSQL
  /// schema holds one store.
  ///
  /// Fails with kValue and a sentence for the operator if it is no such URL.
  static fhir::Result<StoreTarget> AtUrl(std::string url);

  /// The database at `url`, or in `folder` where it is empty. Errors as AtUrl().
  static fhir::Result<StoreTarget> Of(const std::string& url, const std::filesystem::path& folder) {
    if (url.empty()) return InFolder(folder);
    return AtUrl(url);
  }

  bool is_folder() const { return url_.empty(); }
  const std::filesystem::path& folder() const { return folder_; }
  const std::string& url() const { return url_; }  ///< may hold a password: never to be shown
  bool has_password() const { return has_password_; }
  const std::string& shown() const { return shown_; }  ///< for people: file, or host and database

 private:
  StoreTarget() = default;
  std::filesystem::path folder_;
  std::string url_;
  std::string shown_;
  bool has_password_ = false;
};

}  // namespace renal::hooks
