#pragma once

#include "hooks/internal/pseudonym.h"
#include "pathways/outcome.h"

namespace renal::hooks::internal {

/// Takes out of an outcome what could tell who the patient is: ids of resources become pseudonyms,
/// the same ones wherever they stand, and words and dates of birth as others wrote them are left
/// out. Values, times and codes stay: they are what the outcome is about.
void MaskOutcome(const Pseudonyms& pseudonyms, pathways::Outcome& outcome);

}  // namespace renal::hooks::internal
