#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/fhirpath.h"
#include "tests/fhir/fhirpath_fixture.h"

// Any text as an expression: compiled with the checker and without it, and with the functions of
// the standard that are outside the profile; evaluated over a small record within tight limits.
namespace renal::fhir::fhirpath {
namespace {

CompileOptions Checked() {
  CompileOptions options = FixtureOptions();
  options.check.emplace().context.types = {"Observation"};
  return options;
}

CompileOptions Conformance() {
  CompileOptions options = FixtureOptions();
  options.conformance = true;
  return options;
}

void Run(std::string_view text, const CompileOptions& options) {
  const auto compiled = Compile(text, options);
  const auto* expression = std::get_if<Expression>(&compiled);
  if (expression == nullptr) return;
  Environment environment = FixtureEnvironment();
  environment.limits = {.steps = 5'000, .items = 500, .string_bytes = 10'000};
  const auto result = expression->Evaluate(FixtureContext(), environment);
  const auto again = expression->Evaluate(FixtureContext(), environment);
  // Evaluation is pure: the same answer, or the same failure, every time.
  if (ToText(result) != ToText(again)) std::abort();
  environment.intervals = true;
  static_cast<void>(expression->EvaluateBoolean(FixtureContext(), environment));
  static_cast<void>(expression->Evaluate(environment));
}

}  // namespace
}  // namespace renal::fhir::fhirpath

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace renal::fhir::fhirpath;  // NOLINT: the target's own
  static const CompileOptions checked = Checked();
  static const CompileOptions plain = FixtureOptions();
  static const CompileOptions conformance = Conformance();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const CompileOptions* options : {&checked, &plain, &conformance}) Run(text, *options);
  return 0;
}
