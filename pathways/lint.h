#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/date_time.h"
#include "pathways/cases.h"
#include "pathways/load.h"

/// Every check of a pathway file (pathway-format section 11): what the loader refuses, what the
/// proof finds, what governance asks for, what the test file leaves open, and whether the FHIR form
/// reads back equal.
namespace renal::pathways {

struct LintRequest {
  std::string file_name;
  std::string text;
  LoadOptions options;
  std::string cases_name;            ///< of the test file, for the problems
  std::optional<std::string> cases;  ///< text of the test file; nothing: there is none (L601)
  ReadFile read_case_file;
  std::optional<std::string> previous;  ///< text of the last active version, for L504
  fhir::DateTime today;                 ///< for L503
};

/// Everything found, by place in the file. A file that does not load has the loader's problems
/// only. What the file itself accepts (README "Accepted findings") is information.
std::vector<LoadProblem> Lint(const LintRequest& request);

/// The errors that a pathway shows without its file and tests, as sentences: those of the proof (L301
/// to L303, L312), L305 and L307. For whoever serves it with the values of a site, which lint has not
/// seen (pathway-format 11.1).
std::vector<std::string> ProofObjections(const Pathway& pathway);

}  // namespace renal::pathways
