#pragma once

#include <map>
#include <string>
#include <string_view>

#include "fhir/own_json.h"
#include "pathways/pathway.h"

namespace renal::hooks::internal {

/// The FHIR form of a pathway, taken apart: what reads of single resources answer.
class FhirResources {
 public:
  /// None where there is no document; no single ones where the form would be too large
  /// (pathways/fhir_form.h).
  FhirResources(const fhir::OwnJson* document, const pathways::Pathway& pathway);

  /// A resource as compact JSON; null if there is none.
  const std::string* Find(std::string_view type, std::string_view id) const;
  /// What the server can do over FHIR: a CapabilityStatement as compact JSON. Empty without a
  /// document.
  const std::string& capabilities() const { return capabilities_; }
  /// Id of the PlanDefinition: that of the pathway, as FHIR writes ids.
  const std::string& plan_id() const { return plan_id_; }

 private:
  std::map<std::string, std::string, std::less<>> texts_;  // by "Type/id"
  std::string capabilities_;
  std::string plan_id_;
};

}  // namespace renal::hooks::internal
