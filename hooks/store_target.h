#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "fhir/result.h"

/// Where decisions and feedback are stored.
namespace renal::hooks {

/// A folder with SQLite's file in it, or a PostgreSQL database.
class StoreTarget {
 public:
  /// The database's file inside a folder.
  static constexpr std::string_view kFileName = "decisions.sqlite";

  static StoreTarget InFolder(const std::filesystem::path& folder);

  /// A PostgreSQL database by its URL: "postgresql://user@host:5432/name?sslmode=verify-full". What
  /// it leaves out comes from the environment as for every program with libpq (PGPASSFILE,
  /// PGSSLROOTCERT, ...). Several servers may share the database; each database or PostgreSQL
  /// schema holds one store.
  ///
  /// Fails with kValue and a sentence for the operator if it is no such URL.
  static fhir::Result<StoreTarget> AtUrl(std::string url);

  /// The same with the password of the database's user in a file: read whenever a connection is
  /// opened, so that it can be changed while a server runs. A line end after it does not count.
  StoreTarget WithPasswordFile(std::filesystem::path file) const {
    StoreTarget target = *this;
    target.password_file_ = std::move(file);
    return target;
  }

  /// The database at `url`, or in `folder` where it is empty. Errors as AtUrl().
  static fhir::Result<StoreTarget> Of(const std::string& url, const std::filesystem::path& folder,
                                      const std::filesystem::path& password_file = {}) {
    if (url.empty()) return InFolder(folder);
    auto target = AtUrl(url);
    if (!target || password_file.empty()) return target;
    return target->WithPasswordFile(password_file);
  }

  bool is_folder() const { return url_.empty(); }
  const std::filesystem::path& folder() const { return folder_; }
  const std::string& url() const { return url_; }  ///< may hold a password: never to be shown
  const std::filesystem::path& password_file() const { return password_file_; }  ///< or empty
  bool has_password() const { return has_password_; }
  const std::string& shown() const { return shown_; }  ///< for people: file, or host and database

 private:
  StoreTarget() = default;
  std::filesystem::path folder_;
  std::string url_;
  std::string shown_;
  std::filesystem::path password_file_;
  bool has_password_ = false;
};

}  // namespace renal::hooks
