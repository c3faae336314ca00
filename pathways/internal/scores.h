#pragma once

#include <cstddef>
#include <vector>

#include "pathways/internal/facts.h"

/// Derived inputs that are a sum of points or a class (README "Scores"): what is known of them,
/// what they can still become, and what is missing.
namespace renal::pathways {

/// The sum as the interval of what the items can add, into a state that is new. Unknown where no
/// item is known, where one has a value that the score says nothing of, and where it is not known
/// whom the score is for.
void SumOfPoints(const Pathway& pathway, const Input& input, const Facts& facts, Index where,
                 Resolved& resolved);

/// The class that every row gives which is true or may become true; else unknown. Into a state that
/// is new.
void ClassOf(const Pathway& pathway, const Input& input, const Facts& facts, Index where,
             Resolved& resolved);

/// What a score, or a sum of points, shows besides its value.
ScoreState DescribeScore(const Pathway& pathway, Index score, const Facts& facts, Index where);

}  // namespace renal::pathways
