#pragma once

#include <functional>

#include "fhir/result.h"
#include "hooks/internal/call.h"
#include "hooks/service.h"

/// `POST {base}/cds-services/{id}`: a hook, from its bytes to its cards.
namespace renal::hooks::internal {

/// Notes of an exchange that are numbers.
inline constexpr std::string_view kCardsNote = "cards";
inline constexpr std::string_view kQuietedNote = "quieted";
inline constexpr std::string_view kEvaluationNote = "evaluation_us";

/// What an evaluation may take, as the function that it asks.
std::function<bool()> ExpiryOf(const Call& call, const ServiceOptions& options);

/// Leaves out of the answer what is to be quiet now, and records the decision, where there is a
/// store; false if that is not possible now.
bool Keep(const HookRequest& request, const pathways::Outcome& outcome, cards::Response& answer,
          Call& call, const ServiceOptions& options);

/// Notes for the log what came of an evaluation.
void NoteOutcome(const pathways::Outcome& outcome, Call& call);

/// 200 with cards, perhaps none; 400 for a request that cannot be read, or a hook that the service
/// does not offer; 404 for an unknown service; 412 where required data did not come; 503 where no
/// decision can be recorded.
HttpReply AnswerHookCall(Call& call, const ServiceOptions& options);

}  // namespace renal::hooks::internal
