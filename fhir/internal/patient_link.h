#pragma once

#include <array>
#include <string_view>

#include "fhir/json.h"
#include "fhir/patient_reference.h"
#include "fhir/reference.h"

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

/// The members that say whose a resource is.
inline constexpr std::array<std::string_view, 4> kLinkMembers = {"beneficiary", "for", "patient",
                                                                 "subject"};
/// Their values in a resource, in that order.
using PatientLinks = std::array<Json, kLinkMembers.size()>;
PatientLinks LinksOf(const Json& resource);

/// Whose a resource of that type and id is; a Patient is its own. If it names several patients, it
/// is ours only if each of them is; one URL at most is looked up.
PatientLink ReadPatientLink(const PatientLinks& links, std::string_view type, std::string_view id,
                            std::string_view patient_id);

}  // namespace renal::fhir
