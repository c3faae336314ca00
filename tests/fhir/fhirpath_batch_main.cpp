#include <iostream>
#include <optional>
#include <string_view>

#include "fhir/fhirpath_batch.h"

// The batch mode as a program, for the conformance suite. `--profile` refuses what is outside the
// profile.
int main(int argc, char** argv) {
  const bool profile = argc > 1 && std::string_view(argv[1]) == "--profile";
  return renal::fhir::fhirpath::RunBatch(std::cin, std::cout, std::nullopt, !profile);
}
