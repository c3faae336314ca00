#pragma once

#include <cstddef>
#include <vector>

#include "hooks/log.h"
#include "pathways/outcome.h"

namespace renal::hooks::internal {

/// What the log says of a pathway that ran in shadow (pathway-format 14.2): both outcomes, and the
/// results that only one of them has. Nothing of the patient's data.
LogFields ShadowFields(const pathways::Outcome& shown, const pathways::Outcome& shadow);

/// The same a line for each result that only one of them has, at most kMostDifferences, so that
/// they can be counted (hooks/shadow_report.h).
inline constexpr std::size_t kMostDifferences = 50;
std::vector<LogFields> ShadowDifferences(const pathways::Outcome& shown,
                                         const pathways::Outcome& shadow);

}  // namespace renal::hooks::internal
