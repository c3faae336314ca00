#pragma once

#include "hooks/log.h"
#include "pathways/outcome.h"

namespace renal::hooks::internal {

/// What the log says of a pathway that ran in shadow (pathway-format 14.2): both outcomes, and the
/// results that only one of them has. Nothing of the patient's data.
LogFields ShadowFields(const pathways::Outcome& shown, const pathways::Outcome& shadow);

}  // namespace renal::hooks::internal
