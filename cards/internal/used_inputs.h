#pragma once

#include <string_view>
#include <vector>

#include "pathways/pathway.h"

namespace renal::cards {

/// Marks the inputs that a rule tests: those of its cells and `needs`, those of the rules whose
/// `go` leads to its table, and those of the checks that give results under its id.
void MarkUsedInputs(const pathways::Pathway& pathway, std::string_view rule,
                    std::vector<bool>& used);

}  // namespace renal::cards
