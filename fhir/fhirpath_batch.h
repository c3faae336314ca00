#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

/// The batch mode of the FHIRPath engine, `renalpath fhirpath` (pathway-format 6.9).
namespace renal::fhir::fhirpath {

/// Answers one JSON object a line with one line, flushed at once, until the end of the input:
///
///   {"id": 7, "file": "patient-example.json" | null, "expression": "...", "strict": false}
///   {"id": 7, "ok": true, "result": [{"type": "string", "value": "Peter"}]}
///   {"id": 7, "ok": false, "phase": "syntax" | "semantic" | "execution", "message": "..."}
///
/// A relative `file` is taken from `base_dir`, or from the working directory without one; a file is
/// read once and kept. A line that is no such object is answered with phase "syntax" and, as far as
/// it can be read, its id. `conformance` allows functions outside the profile. The clock is the
/// system's, in UTC. Gives the exit status: 0, or 1 if the output cannot be written.
int RunBatch(std::istream& in, std::ostream& out,
             const std::optional<std::filesystem::path>& base_dir, bool conformance);

}  // namespace renal::fhir::fhirpath
