#pragma once

#include <string_view>

#include "fhir/json.h"
#include "fhir/patient_reference.h"

namespace renal::fhir {

/// Whose a resource is, as far as it says so itself.
enum class Owner {
  kOurs,     ///< its patient member names the patient, or its type has none
  kForeign,  ///< it names another patient, or something that is no patient
  kUnknown,  ///< it should name a patient and does not, or not readably
  kByUrl,    ///< it names one by a URL that only a Bundle's fullUrl can explain
};

struct PatientLink {
  Owner owner = Owner::kUnknown;
  std::string_view url;  ///< of kByUrl
};

/// Reads `subject`, `patient`, `beneficiary` or `for` of a resource; a Patient is its own. If it
/// names several patients, it is ours only if each of them is; one URL at most is looked up.
PatientLink ReadPatientLink(const Json& resource, std::string_view type,
                            std::string_view patient_id);

}  // namespace renal::fhir
