#pragma once

#include <string>
#include <vector>

#include "pathways/cases.h"

namespace renal::hooks::internal {

/// The cases of one test file.
struct JunitSuite {
  std::string name;  ///< id of the pathway
  std::string file;
  std::vector<pathways::CaseResult> cases;
};

/// Results as JUnit XML, as continuous integration reads it. Characters that XML does not have
/// become U+FFFD.
std::string JunitText(const std::vector<JunitSuite>& suites);

}  // namespace renal::hooks::internal
