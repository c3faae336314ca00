#pragma once

#include "fhir/fhirpath.h"
#include "fhir/json.h"

namespace renal::fhir::fhirpath {

/// The node of a resource, its type taken from `resourceType` where R4 has that type. For contexts
/// that several expressions are evaluated with: of such a node the type is not looked for again.
Node ResourceNode(const Json& json);

}  // namespace renal::fhir::fhirpath
