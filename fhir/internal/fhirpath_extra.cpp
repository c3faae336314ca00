#include "fhir/internal/fhirpath_functions.h"

namespace renal::fhir::fhirpath {

const Function* FindExtraFunction(std::string_view) { return nullptr; }

}  // namespace renal::fhir::fhirpath
