#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cards/card.h"
#include "cards/internal/detail.h"
#include "cards/internal/view.h"

namespace renal::cards {

/// Place of a card in the answer.
enum class Rank { kConflict, kOrder, kRecommendation, kNeedData, kInformation };

/// A card on its way, and where it belongs.
struct Draft {
  Rank rank = Rank::kInformation;
  Card card;
};

/// A card's topic: a rule id or one of a few fixed words, stable between calls.
struct Topic {
  std::string code;
  std::string display;
};

/// Puts the parts on a card that every card has: the end of the detail, source, topic, override
/// reasons, links and our extension.
void Finish(const Scene& scene, const Subject& subject, const Topic& topic, Prose prose,
            Card& card);

/// Cards of the draft orders (order_cards.cpp), and of what a draft made true.
std::vector<Draft> OrderCards(const Scene& scene);

/// Cards of the results and questions (result_cards.cpp).
std::vector<Draft> ResultCards(const Scene& scene);

/// One card with the results of one focus, and with the scores of these foci.
Draft ResultCard(const Scene& scene, const Focus& focus, Results results,
                 const std::vector<Focus>& scored);

/// The card of a contradiction.
Draft ConflictCard(const Scene& scene);

/// Results by focus, each focus once, in the order of the results.
std::vector<std::pair<Focus, Results>> ByFocus(const Results& results);

}  // namespace renal::cards
