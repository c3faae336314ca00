#pragma once

#include "hooks/internal/call.h"
#include "hooks/service.h"

/// `GET {base}/measures?from=…&to=…&client=…`: counts of cards and what became of them.
namespace renal::hooks::internal {

/// 200 with MeasuresJson(): of the caller's own cards, or of all where there is no authentication.
/// 400 for a query that cannot be read; 403 where it names another client than the caller; 503
/// where the store does not answer in time.
HttpReply AnswerMeasures(Call& call, const ServiceOptions& options);

}  // namespace renal::hooks::internal
