#pragma once

#include <string>
#include <vector>

#include <soci/soci.h>

#include "hooks/store_history.h"

/// The questions of hooks/store_history.h. They throw what SOCI throws.
namespace renal::hooks::internal {

std::vector<ServedVersion> LookUpVersions(soci::session& sql, int most);
StoredCard LookUpCard(soci::session& sql, const std::string& uuid);

}  // namespace renal::hooks::internal
