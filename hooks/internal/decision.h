#pragma once

#include <string>

#include "cards/card.h"
#include "hooks/request.h"
#include "hooks/store.h"
#include "pathways/outcome.h"

namespace renal::hooks::internal {

/// What the store keeps of an answered call, but for service, caller, keys and input digest, which
/// the caller adds. No text of the request is in it but the checked hook instance, and of draft
/// orders the references and codes.
DecisionRecord DecisionOf(const HookRequest& request, const pathways::Outcome& outcome,
                          const cards::Response& answer);

}  // namespace renal::hooks::internal
