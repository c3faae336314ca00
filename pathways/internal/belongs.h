#pragma once

#include <vector>

#include "pathways/internal/facts.h"

namespace renal::pathways {

/// The instances of a kind that a resource makes; null if it makes none. While `gathered` stays.
const std::vector<Index>* InstancesMadeBy(const Gathered& gathered, Index kind,
                                          const fhir::Json& resource);

}  // namespace renal::pathways
