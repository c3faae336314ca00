#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/fhirpath.h"

namespace renal::fhir::fhirpath {

/// One expression with the documents and variables of fhirpath_fixture.cpp, and what it gives.
struct EvaluationCase {
  std::string_view name;
  std::string_view expression;
  /// Items joined by ", ": true, 7, 7.0, 'text', @2026-02, 7 'cm', JSON of objects, [1 .. 2) for
  /// intervals; "error: " or "too costly: " and the start of the sentence for a failure.
  std::string_view expected;

  friend void PrintTo(const EvaluationCase& row, std::ostream* out) { *out << row.name; }
};

/// Evaluates with the fixture's context and gives the result in the form of
/// EvaluationCase::expected.
std::string EvaluateText(std::string_view expression);
/// The same with other limits or flags.
std::string EvaluateText(std::string_view expression, const Environment& environment,
                         const CompileOptions& options);

/// The fixture: the observation is the context, the record has all resources, `now` is
/// 2026-03-02T09:00:00+01:00.
Environment FixtureEnvironment();
CompileOptions FixtureOptions();
Item FixtureContext();
std::string ToText(const Result<Collection>& result);

}  // namespace renal::fhir::fhirpath
