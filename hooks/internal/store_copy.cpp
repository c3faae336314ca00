#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "hooks/internal/folder_lock.h"
#include "hooks/internal/store_connection.h"
#include "hooks/internal/store_database.h"
#include "hooks/internal/store_schema.h"
#include "hooks/store.h"
#include "hooks/store_admin.h"

namespace renal::hooks {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using internal::StoreConnection;
using internal::StoreLine;

// Nobody's call waits for these.
constexpr std::chrono::milliseconds kStatement{600'000};

constexpr std::string_view kUnfinished = ".part";

Issue At(const std::string& where, Issue issue) {
  issue.diagnostics = where + ": " + issue.diagnostics;
  return issue;
}

Issue Fault(const std::filesystem::path& path, const std::string& what) {
  return {IssueCode::kProcessing, path.string() + ": " + what, {}};
}

/// The rows of each table, of one moment.
fhir::Result<StoreContent> ContentOf(StoreConnection& connection) {
  const auto version = internal::SchemaVersion(connection);
  if (!version) return version.error();
  StoreContent content{.schema = *version};
  try {
    soci::transaction transaction(connection.sql());
    if (connection.postgres())
      connection.sql() << "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    for (const std::string& table : internal::TablesOf(*version)) {
      content.rows.emplace_back(
          table, internal::NumberOf(connection.sql(), "SELECT count(*) FROM " + table));
    }
    return content;
  } catch (...) {
    return internal::CurrentStoreIssue();
  }
}

/// Waits until a file, or the names in a folder, are on the disk.
bool Sync(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

// The copy is one of a single moment, however long it takes, and compact. It reads the file beside
// the server, whose writing it holds up in no way; only the write-ahead log grows meanwhile.
std::optional<Issue> CopyInto(StoreConnection& connection, const std::filesystem::path& file) {
  std::string quoted = "'";
  for (const char c : file.native()) quoted += c == '\'' ? "''" : std::string(1, c);
  try {
    connection.sql() << "PRAGMA query_only = OFF";  // the copy is written; ours is open read-only
    connection.sql() << "VACUUM INTO " + quoted + "'";
    return std::nullopt;
  } catch (...) {
    return internal::CurrentStoreIssue();
  }
}

bool IsWhole(StoreConnection& connection) {
  try {
    return internal::TextOf(connection.sql(), "PRAGMA integrity_check") == "ok";
  } catch (...) {
    return false;
  }
}

/// Copies the file of a folder into another folder, where it appears whole or not at all.
std::optional<Issue> CopyFolder(const StoreTarget& from, const std::filesystem::path& to) {
  const std::filesystem::path file = to / StoreTarget::kFileName;
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    return Fault(file, "there is a store already: move it away first");
  }
  StoreLine line;
  auto connection = StoreConnection::Open(from, internal::StoreAccess::kRead, kStatement, line);
  if (!connection) return At(from.shown(), connection.error());
  if (const auto version = internal::SchemaVersion(**connection); !version || *version == 0) {
    return At(from.shown(),
              version ? Issue{IssueCode::kProcessing, "the store is empty", {}} : version.error());
  }
  std::filesystem::path unfinished = file;
  unfinished += kUnfinished;
  std::filesystem::remove(unfinished, error);
  if (const auto issue = CopyInto(**connection, unfinished)) return At(from.shown(), *issue);
  if (!Sync(unfinished)) return Fault(unfinished, "cannot be written to the disk");
  std::filesystem::rename(unfinished, file, error);
  if (error || !Sync(to)) return Fault(file, "cannot be written to the disk");
  return std::nullopt;
}

fhir::Result<StoreContent> CheckedContent(const StoreTarget& target) {
  StoreLine line;
  auto connection = StoreConnection::Open(target, internal::StoreAccess::kRead, kStatement, line);
  if (!connection) return At(target.shown(), connection.error());
  if (!IsWhole(**connection)) return Fault(target.shown(), "the copy is damaged: the disk fails");
  return ContentOf(**connection);
}

Issue UseItsTools(const char* tools) {
  return {IssueCode::kNotSupported,
          std::string("the store is a database of PostgreSQL: copy it with ") + tools +
              " (hooks/README.md, \"Backup and restore\")",
          {}};
}

}  // namespace

std::int64_t NewestStoreSchema() { return internal::NewestSchemaVersion(); }

fhir::Result<StoreContent> ContentOfStore(const StoreTarget& target) {
  StoreLine line;
  auto connection = StoreConnection::Open(target, internal::StoreAccess::kRead, kStatement, line);
  if (!connection) return At(target.shown(), connection.error());
  auto content = ContentOf(**connection);
  if (!content) return At(target.shown(), content.error());
  return content;
}

fhir::Result<StoreContent> MigrateStore(const StoreTarget& target) {
  std::optional<internal::FolderLock> lock;
  if (target.is_folder()) {
    auto taken = internal::FolderLock::Take(target.folder());
    if (!taken) return taken.error();
    lock.emplace(std::move(*taken));
  }
  {
    StoreLine line;
    const auto database = internal::StoreDatabase::Open(target, {}, line);
    if (!database) return At(target.shown(), database.error());
  }
  return ContentOfStore(target);
}

fhir::Result<StoreContent> BackUpStore(const StoreTarget& from, const std::filesystem::path& to) {
  if (!from.is_folder()) return UseItsTools("pg_dump");
  std::error_code error;
  std::filesystem::create_directories(to, error);
  if (error) return Fault(to, "the folder cannot be made");
  if (const auto issue = CopyFolder(from, to)) return *issue;
  return CheckedContent(StoreTarget::InFolder(to));
}

fhir::Result<StoreContent> RestoreStore(const std::filesystem::path& from, const StoreTarget& to) {
  if (!to.is_folder()) return UseItsTools("pg_restore");
  {
    const auto lock = internal::FolderLock::Take(to.folder());
    if (!lock) return lock.error();
    if (const auto issue = CopyFolder(StoreTarget::InFolder(from), to.folder())) return *issue;
  }
  const auto checked = CheckedContent(to);
  if (!checked) return checked.error();
  return MigrateStore(to);
}

}  // namespace renal::hooks
