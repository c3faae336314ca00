#pragma once

#include <cstddef>
#include <vector>

#include "pathways/internal/facts.h"

/// Derived inputs that are a sum of points or a class (README "Scores"): what is known of them,
/// what they can still become, and what is missing.
namespace renal::pathways {

/// The sum as the interval of what the items can add. Unknown where no item is known, where one has
/// a value that the score says nothing of, and where it is not known whom the score is for.
Resolved SumOfPoints(const Pathway& pathway, const Input& input, const Facts& facts, Index where);

/// The class that every row gives which is true or may become true; else unknown.
Resolved ClassOf(const Pathway& pathway, const Input& input, const Facts& facts, Index where);

/// What a score, or a sum of points, shows besides its value.
ScoreState DescribeScore(const Pathway& pathway, Index score, const Facts& facts, Index where);

}  // namespace renal::pathways
