#include "fhir/patient_reference.h"

#include "fhir/internal/patient_link.h"

namespace renal::fhir {
namespace {

constexpr std::string_view kPatient = "Patient/";

std::string_view IdIn(const Json& link) {
  const std::string_view target = TypeAndId(link["reference"].string());
  return target.starts_with(kPatient) ? target.substr(kPatient.size()) : std::string_view();
}

/// The first patient that is named by id.
std::string_view FirstId(const PatientLinks& links) {
  for (const Json& member : links) {
    if (const std::string_view id = IdIn(member); !id.empty()) return id;
    if (!member.is_array()) continue;
    for (const Json::Entry entry : member) {
      if (const std::string_view id = IdIn(entry.value); !id.empty()) return id;
    }
  }
  return {};
}

}  // namespace

NamedPatient PatientNamedBy(const Json& resource) {
  using Kind = NamedPatient::Kind;
  const std::string_view type = resource["resourceType"].string();
  const std::string_view own = resource["id"].string();
  const PatientLinks links = LinksOf(resource);
  const std::string_view id = type == "Patient" ? own : FirstId(links);
  const PatientLink link = ReadPatientLink(links, type, own, id);
  switch (link.owner) {
    case Owner::kOurs:
      return id.empty() ? NamedPatient{Kind::kNobody, {}} : NamedPatient{Kind::kId, id};
    case Owner::kByUrl:
      return {id.empty() ? Kind::kUrl : Kind::kUnclear, link.url};
    case Owner::kForeign:
    case Owner::kUnknown:
      break;
  }
  return {Kind::kUnclear, {}};
}

}  // namespace renal::fhir
