#pragma once

#include <string>
#include <string_view>

#include "pathways/render.h"

/// Reviews of the small made-up pathway, and what tests do with their documents.
namespace renal::pathways::testing {

/// A review with one finding of each level, a failing and an unconfirmed case, and a difference.
Review SmallReview();

/// The same of another text of the pathway.
Review ReviewOf(std::string_view pathway);

/// The small pathway with `text` in place of everything that is shown as it is.
std::string SpoiltPathway(std::string_view text);

}  // namespace renal::pathways::testing
