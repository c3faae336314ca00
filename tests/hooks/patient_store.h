#pragma once

#include <chrono>

#include "hooks/store.h"

namespace renal::hooks {

/// Limits of a store under which a machine that stands still for seconds is no database that is
/// away. No test waits for them.
inline StoreLimits PatientLimits() {
  constexpr std::chrono::minutes kWait{1};
  StoreLimits limits;
  limits.statement = limits.feedback_wait = limits.token_wait = kWait;
  limits.quiet_wait = limits.measure_wait = kWait;
  return limits;
}

}  // namespace renal::hooks
