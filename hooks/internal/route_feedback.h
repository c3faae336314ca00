#pragma once

#include <string_view>

#include "hooks/caller.h"
#include "hooks/internal/call.h"
#include "hooks/service.h"

/// `POST {base}/cds-services/{id}/feedback`: what users made of the cards of a service.
namespace renal::hooks::internal {

/// 200 with a small JSON object once every good item is on the disk: `stored`, `repeated`, and
/// where there are any `unverified` (indexes of items whose card is not known here, kept but not
/// counted) and `failed` (index, field and problem of items that cannot be used).
///
/// 400 where no item can be used, or the body is none; 404 for an unknown service, and for unknown
/// cards where the options are strict; 413 for more than 1,000 items; 429 where the client's
/// unknown cards of the day are used up; 503 where the store does not confirm in time: repeat.
HttpReply AnswerFeedbackCall(Call& call, const ServiceOptions& options);

/// Whether a note of an exchange is a number that this route leaves.
bool IsFeedbackCount(std::string_view note);

}  // namespace renal::hooks::internal
