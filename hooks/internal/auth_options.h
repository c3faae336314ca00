#pragma once

#include <string>
#include <vector>

#include "hooks/auth.h"

namespace renal::hooks::internal {

/// All that is wrong with the options, a sentence each; empty if they can be used.
std::vector<std::string> ProblemsOf(const AuthOptions& options);

}  // namespace renal::hooks::internal
