#pragma once

#include <string>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/json.h"
#include "fhir/result.h"
#include "pathways/given.h"
#include "pathways/outcome.h"

/// Recorded outcomes, evaluated again (pathways/README.md, "Replay").
namespace renal::pathways {

/// What an outcome says of the pathway that gave it.
struct RecordedPathway {
  std::string url, version, hash;
};
/// Fails with kStructure where the text is no outcome.
fhir::Result<RecordedPathway> RecordedPathwayOf(const fhir::Json& outcome);

/// The inputs and the time of a recorded evaluation.
struct RecordedInputs {
  PreparedInputs inputs;
  fhir::DateTime now;
};
/// Rebuilds them from `inputs` and `trace`. Fails with kStructure, kRequired or kValue, naming the
/// member, where the outcome was not made by a pathway with these inputs.
fhir::Result<RecordedInputs> RecordedInputsOf(const Pathway& pathway, const fhir::Json& outcome);

/// Everything in which an evaluation of the same inputs differs from what was recorded: in outcome,
/// gate, recommendations, ask, orders, wouldChange, and the tables and checks of the trace. At most
/// 50, each with the path of the member: "recommendations[0].tier: was \"preferred\", is
/// \"acceptable\".
///
/// The orders of `again` do not count: those that were recorded are judged by what it says. Their
/// action and place, and what existed already, stay as they were recorded.
std::vector<std::string> ReplayDifferences(const fhir::Json& recorded, const Outcome& again);

}  // namespace renal::pathways
