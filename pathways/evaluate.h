#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/record.h"
#include "pathways/outcome.h"

/// Start here: a pathway and a record in, an outcome out. Pure: no clock, no network, no randomness.
namespace renal::pathways {

/// What one evaluation works with.
struct Question;
struct EvaluateRequest {
  const fhir::Record* record = nullptr;
  fhir::DateTime now;                     ///< with offset: the zone of "today" and of recorded times without one
  std::string trace_id;
  /// Draft orders to compare, of the patient of the record; empty on hooks without orders.
  std::vector<fhir::Json> orders;
  /// Types that the pathway may need but that were asked for in vain are in the record's Delivery.
};

Outcome Evaluate(std::shared_ptr<const Pathway> pathway, const EvaluateRequest& request);

}  // namespace renal::pathways
