#pragma once

#include <string>
#include <vector>

#include "cards/internal/detail.h"

/// Scores on a card: for information, beside the advice that they never change.
namespace renal::cards {

/// One line a score of these foci that is worth showing: its value or what it can still be, points,
/// items, what is missing, remarks, source. A score that is among the data used by the subject is
/// not told twice.
std::vector<std::string> ScoreLines(const Scene& scene, const Subject& subject,
                                    const std::vector<Focus>& foci, const Prose& prose);

}  // namespace renal::cards
