#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hooks/discovery.h"
#include "hooks/evaluation.h"
#include "hooks/internal/fhir_resources.h"
#include "hooks/internal/pathway_series.h"
#include "hooks/language.h"
#include "hooks/pathway_source.h"
#include "hooks/profile.h"

namespace renal::hooks::internal {

/// The pathways that calls are answered with, and what is made of them once. Whole after
/// construction, then never changed: a call is answered with one set from its start to its end.
struct ServedSet {
  /// The pathway in one language.
  struct Edition {
    Evaluator evaluator;
    std::vector<std::string> discovery;  ///< by the place of the profile
  };

  /// `language`: of answers whose reader names none that there is; empty: that of the pathway.
  /// Throws std::invalid_argument if there is none in it.
  /// Null metrics: nothing is counted.
  ServedSet(const ServedPathways& pathways, const Profiles& profiles, const std::string& language,
            Metrics* metrics = nullptr);

  const pathways::Pathway& pathway() const { return editions.front().evaluator.pathway(); }

  std::vector<Edition> editions;         ///< one a language, the pathway's own first
  std::vector<OfferedLanguage> offered;  ///< their languages
  std::size_t default_edition = 0;
  FhirResources fhir;
  PathwaySeries series;
  std::optional<Evaluator> shadow;  ///< evaluated and logged, never shown
};

}  // namespace renal::hooks::internal
