#pragma once

#include <string_view>
#include <vector>

#include "pathways/pathway.h"

namespace renal::cards {

/// Marks the inputs that rules test: those of their cells and `needs`, those of the rules whose
/// `go` leads to their tables, and those of the checks that give results under their ids.
void MarkUsedInputs(const pathways::Pathway& pathway, const std::vector<std::string_view>& rules,
                    std::vector<bool>& used);

}  // namespace renal::cards
