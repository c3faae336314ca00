#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/profile.h"

namespace renal::hooks::internal {

/// Reads one profile file. `known` are the profiles that it may build upon, and whose names it must
/// not take. Nothing where anything is wrong, which then is in `problems`, all of it.
std::optional<ClientProfile> LoadProfile(std::string_view file, std::string_view text,
                                         const std::vector<ClientProfile>& known,
                                         std::vector<ProfileProblem>& problems);

}  // namespace renal::hooks::internal
