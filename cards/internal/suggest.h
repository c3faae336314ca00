#pragma once

#include <string_view>
#include <vector>

#include "cards/card.h"
#include "cards/internal/view.h"

/// The buttons of a card. UUIDs are given later, when it is known which cards are sent.
namespace renal::cards {

/// Recommended treatments that could take the place of an ordered action: those of the preferred
/// tier, else those of the acceptable one. Frames and the action itself are none.
Results Alternatives(const Results& results, Index ordered, const Scene& scene);

/// Creates what the results recommend: orderable treatments and referrals; where any of them, or of
/// the results of the patient, needs the board first, the referrals of both alone.
void SuggestResults(const Scene& scene, const Results& results, const Results& patient, Card& card);

/// Deletes the draft `reference` (where it has an id) and creates an alternative instead; where a
/// result needs the board first, creates the referral and leaves the draft as it is.
void SuggestInstead(const Scene& scene, const Results& results, Index ordered,
                    std::string_view reference, Card& card);

/// Deletes the draft `reference`, where it has an id.
void SuggestRemoving(const Scene& scene, Index ordered, std::string_view reference, Card& card);

/// Creates each of the actions, for that focus.
void SuggestActions(const Scene& scene, const std::vector<Index>& actions, const Focus& focus,
                    Card& card);

/// Creates what produces the data that are asked for.
void SuggestObtaining(const Scene& scene, const std::vector<pathways::Question>& questions,
                      Card& card);

}  // namespace renal::cards
