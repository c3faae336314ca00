#include "fhir/internal/fhirpath_functions.h"

#include <array>

namespace renal::fhir::fhirpath {

namespace {

std::array<std::span<const Function>, 7> Groups() {
  return {ExistenceFunctions(), FilteringFunctions(), ConversionFunctions(), StringFunctions(),
          MathFunctions(),      DateFunctions(),      FhirFunctions()};
}

}  // namespace

const Function* FindFunction(std::string_view name) {
  for (const std::span<const Function> group : Groups()) {
    for (const Function& function : group) {
      if (function.name == name) return &function;
    }
  }
  return nullptr;
}

std::vector<std::string> FunctionNames() {
  std::vector<std::string> names;
  for (const std::span<const Function> group : Groups()) {
    for (const Function& function : group) names.emplace_back(function.name);
  }
  return names;
}

}  // namespace renal::fhir::fhirpath
