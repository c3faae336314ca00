#pragma once

#include "hooks/metrics.h"

namespace renal::hooks::internal {

/// Time, memory and files of this process, as the kernel tells them, at each reading.
void WatchProcess(Metrics& metrics);

}  // namespace renal::hooks::internal
