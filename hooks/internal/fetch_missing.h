#pragma once

#include <vector>

#include "hooks/fetch.h"
#include "hooks/internal/call.h"
#include "hooks/service.h"

/// Between what a client sent and what is evaluated: fetching the rest from its server.
namespace renal::hooks::internal {

/// Asks the server that the call names for what is missing in `ledger`, if it is one of those that
/// are allowed for the caller; waits aside of the workers. Each thing that could not be asked for
/// is among the answers, with its reason. Nothing where nothing is missing, or no server is named.
std::vector<FetchedDatum> FetchMissing(const HookRequest& request, const Ledger& ledger, Call& call,
                                       const ServiceOptions& options);

}  // namespace renal::hooks::internal
