#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/json.h"

namespace renal::fhir {

/// Whom a resource is about, asked without a patient in mind (Record asks it for one).
struct NamedPatient {
  enum class Kind : std::uint8_t {
    kId,      ///< the patient with the id `text`
    kUrl,     ///< the patient whom a Bundle gives the URL `text`
    kNobody,  ///< its type is about no patient: Medication, Organization
    kUnclear  ///< it should name one patient and does not, or names several, or another thing
  };
  Kind kind = Kind::kUnclear;
  std::string_view text;  ///< points into the document
};

/// Reads `subject`, `patient`, `beneficiary` or `for`; a Patient is about itself.
NamedPatient PatientNamedBy(const Json& resource);

/// "Type/id" of a relative or absolute reference, without version; empty for all other forms.
std::string_view TypeAndId(std::string_view reference);

}  // namespace renal::fhir
