#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fhir/result.h"
#include "hooks/config_sources.h"
#include "hooks/pathway_tools.h"
#include "hooks/store_target.h"

/// `renalpath store`: what operators do with a store beside serving from it.
namespace renal::hooks {

/// What is in a store. Nothing in it is about a patient or a user.
struct StoreContent {
  std::int64_t schema = 0;  ///< version of its schema; 0: it is empty
  std::vector<std::pair<std::string, std::int64_t>> rows;  ///< of each table, of one moment
  friend bool operator==(const StoreContent&, const StoreContent&) = default;
};

/// The version of the schema that this program makes and uses.
std::int64_t NewestStoreSchema();

/// Looks at a store, of this version or an older one, that a server may be using. Errors as
/// Store::Open().
fhir::Result<StoreContent> ContentOfStore(const StoreTarget& target);

/// Brings the schema to the newest version, making it if there is none. Servers of the older
/// version may go on meanwhile. Errors as Store::Open().
fhir::Result<StoreContent> MigrateStore(const StoreTarget& target);

/// Copies the store of a folder, as it is at one moment, into a folder that has none, while a
/// server goes on writing; checks the copy and gives what is in it. It is on the disk then. Fails
/// with kNotSupported for a database of PostgreSQL, which has tools of its own.
fhir::Result<StoreContent> BackUpStore(const StoreTarget& from, const std::filesystem::path& to);

/// Puts a copy into a folder that has no store, and brings it up to date. Fails with kTransient
/// while a server holds the folder.
fhir::Result<StoreContent> RestoreStore(const std::filesystem::path& from, const StoreTarget& to);

struct StoreOptions {
  enum class Task { kStatus, kMigrate, kBackUp, kRestore };
  Task task = Task::kStatus;
  std::optional<std::filesystem::path> config;
  std::vector<GivenSetting> settings;  ///< as of `serve`: say which store is meant
  std::filesystem::path copy;          ///< folder to back up to, or to restore from
};

/// Prints version and rows. The exit status: 0; 1 where it cannot be done; 2 if the configuration
/// cannot be read.
int RunStoreTool(const StoreOptions& options, const Streams& streams);

}  // namespace renal::hooks
