#pragma once

#include "fhir/own_json.h"
#include "pathways/outcome.h"

namespace renal::pathways::internal {

/// The trace of an outcome as one JSON object (pathway-format section 9, README "Trace").
void WriteTrace(const Outcome& outcome, fhir::JsonWriter& writer);

/// A value as the outcome contract has it: integers are JSON numbers, everything else is text.
void WriteValue(const Input& input, const Value& value, fhir::JsonWriter& writer);

}  // namespace renal::pathways::internal
