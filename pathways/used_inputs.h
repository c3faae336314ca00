#pragma once

#include <string_view>
#include <vector>

#include "pathways/pathway.h"

namespace renal::pathways {

/// Marks, by input, those that rules test: those of their cells and `needs`, those of the rules
/// whose `go` leads to their tables, and those of the checks that give results under their ids. Of
/// what is worked out, what it is worked out from. `used` has a place for each input of the
/// pathway.
void MarkUsedInputs(const Pathway& pathway, const std::vector<std::string_view>& rules,
                    std::vector<bool>& used);

}  // namespace renal::pathways
