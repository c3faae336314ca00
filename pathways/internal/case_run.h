#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "fhir/json.h"
#include "fhir/record.h"
#include "pathways/cases.h"
#include "pathways/internal/case_file.h"

namespace renal::pathways::internal {

/// One case, evaluated; or why it could not be.
struct RanCase {
  std::string failure;  ///< empty if it was evaluated
  Outcome outcome;
  std::string patient_id;
  std::deque<fhir::JsonDocument> documents;  ///< what the outcome points into
};

/// Evaluates a case with the pathway, or with that of its own parameters.
RanCase RunCase(const Case& one, std::shared_ptr<const Pathway> pathway, const CaseTools& tools);

}  // namespace renal::pathways::internal
