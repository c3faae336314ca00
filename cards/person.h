#pragma once

#include <string>
#include <vector>

#include "fhir/json.h"

namespace renal::cards {

/// Who a patient is, as recorded: to be escaped before it is shown.
struct Person {
  std::string id;                        ///< of the Patient resource
  std::string name;                      ///< "Kari Testesen"; empty if none is recorded
  std::string born;                      ///< "1957-07-19", as precise as recorded
  std::string gender;                    ///< administrative: female, male, other, unknown, or empty
  std::vector<std::string> identifiers;  ///< values: those in use, without old ones
};

/// Reads a Patient resource, which may be absent. Of several names the official one counts, else
/// the usual one, else the first that is not old.
Person PersonOf(const fhir::Json& patient, std::string id);

}  // namespace renal::cards
