#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/result.h"
#include "hooks/internal/store_connection.h"

namespace renal::hooks::internal {

/// Checks whose database it is and brings its schema to the version of this program, in one
/// transaction; several programs may do so at once. Gives kNotSupported, and leaves the database
/// alone, where it belongs to another program or is of a newer version.
std::optional<fhir::Issue> BringUpToDate(StoreConnection& connection);

/// As above, but changes nothing: an older version is kNotSupported too.
std::optional<fhir::Issue> CheckUpToDate(StoreConnection& connection);

/// The version of its schema; 0: there is none yet. kNotSupported where the database belongs to
/// another program or is of a newer version.
fhir::Result<std::int64_t> SchemaVersion(StoreConnection& connection);

std::int64_t NewestSchemaVersion();

/// The tables of a version.
std::vector<std::string> TablesOf(std::int64_t version);

}  // namespace renal::hooks::internal
