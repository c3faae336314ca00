#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pathways/outcome.h"

/// Verdicts on orders whose action and place are known, from what an outcome says: of the drafts of
/// a call, and of those that a recorded outcome names.
namespace renal::pathways {

/// The verdict on one order alone. Its action, focus and what exists already must be set.
Verdict JudgeOrder(const Outcome& outcome, const OrderVerdict& order);

/// Whether an action was ordered before, or done within the pathway's time, at a focus.
using IsDone = std::function<bool(Index action, const std::string& focus)>;

/// What follows from the drafts as a whole: only one of several may be chosen, or all belong
/// together.
void JudgeTogether(const Outcome& outcome, std::vector<OrderVerdict>& orders,
                   const IsDone& is_done);

}  // namespace renal::pathways
