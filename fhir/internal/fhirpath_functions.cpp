#include "fhir/internal/fhirpath_functions.h"

#include <array>

namespace renal::fhir::fhirpath {

const Function* FindFunction(std::string_view name) {
  const std::array groups = {ExistenceFunctions(), FilteringFunctions(), ConversionFunctions(),
                             StringFunctions(),    MathFunctions(),      DateFunctions(),
                             FhirFunctions()};
  for (const std::span<const Function> group : groups) {
    for (const Function& function : group) {
      if (function.name == name) return &function;
    }
  }
  return nullptr;
}

}  // namespace renal::fhir::fhirpath
