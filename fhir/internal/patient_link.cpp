#include "fhir/internal/patient_link.h"

#include <algorithm>
#include <array>

namespace renal::fhir {
namespace {

/// Types that say something about one patient, so that one without a patient is of nobody we know.
/// Source: the Patient compartment of FHIR R4,
/// http://hl7.org/fhir/R4/compartmentdefinition-patient.html; order types of DSTU2 and STU3 added.
constexpr std::array<std::string_view, 50> kPatientTypes = {
    "AdverseEvent",
    "AllergyIntolerance",
    "BodyStructure",
    "CarePlan",
    "CareTeam",
    "Claim",
    "ClinicalImpression",
    "Communication",
    "CommunicationRequest",
    "Composition",
    "Condition",
    "Consent",
    "Coverage",
    "DetectedIssue",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "ImagingStudy",
    "Immunization",
    "ImmunizationEvaluation",
    "ImmunizationRecommendation",
    "List",
    "Media",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationOrder",
    "MedicationRequest",
    "MedicationStatement",
    "MolecularSequence",
    "NutritionOrder",
    "Observation",
    "Procedure",
    "ProcedureRequest",
    "QuestionnaireResponse",
    "ReferralRequest",
    "RelatedPerson",
    "RequestGroup",
    "RiskAssessment",
    "ServiceRequest",
    "Specimen",
    "SupplyRequest",
    "Task",
    "VisionPrescription",
};
static_assert(std::is_sorted(kPatientTypes.begin(), kPatientTypes.end()));

bool MustNamePatient(std::string_view type) {
  return std::binary_search(kPatientTypes.begin(), kPatientTypes.end(), type);
}

PatientLink ReadReference(const Json& link, std::string_view patient_id) {
  const std::string_view reference = link["reference"].string();
  if (reference.empty() || reference.front() == '#') return {Owner::kUnknown, {}};
  constexpr std::string_view kPatient = "Patient/";
  // Nearly all of them are written like this.
  const bool usual = reference.size() == kPatient.size() + patient_id.size() &&
                     reference.starts_with(kPatient) && reference.ends_with(patient_id);
  if (usual && IsFhirId(patient_id)) return {Owner::kOurs, {}};
  if (const std::string_view target = TypeAndId(reference); !target.empty()) {
    const bool ours = target.starts_with(kPatient) && target.substr(kPatient.size()) == patient_id;
    return {ours ? Owner::kOurs : Owner::kForeign, {}};
  }
  if (reference.find(':') == std::string_view::npos) return {Owner::kUnknown, {}};
  return {Owner::kByUrl, reference};
}

/// Joins what two links of one resource say; the worse one counts.
PatientLink Join(const PatientLink& a, const PatientLink& b) {
  if (a.owner == Owner::kForeign || b.owner == Owner::kForeign) return {Owner::kForeign, {}};
  if (a.owner == Owner::kUnknown || b.owner == Owner::kUnknown) return {Owner::kUnknown, {}};
  if (a.owner == Owner::kOurs) return b;
  if (b.owner == Owner::kOurs || a.url == b.url) return a;
  return {Owner::kUnknown, {}};
}

PatientLink ReadMember(const Json& member, std::string_view patient_id) {
  if (!member.is_array()) return ReadReference(member, patient_id);
  if (member.size() == 0) return {Owner::kUnknown, {}};
  PatientLink joined{Owner::kOurs, {}};
  for (const Json::Entry entry : member) {
    joined = Join(joined, ReadReference(entry.value, patient_id));
  }
  return joined;
}

}  // namespace

std::string_view TypeAndId(std::string_view reference) {
  if (const std::size_t version = reference.find("/_history/"); version != std::string_view::npos) {
    reference = reference.substr(0, version);
  }
  // A query or fragment could name another resource than the path does.
  if (reference.find_first_of("?#<>\"\\ ") != std::string_view::npos) return {};
  const std::size_t slash = reference.rfind('/');
  if (slash == std::string_view::npos || slash + 1 == reference.size()) return {};
  const std::size_t before = reference.substr(0, slash).rfind('/');
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  const std::string_view type = reference.substr(start, slash - start);
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  if (type.empty() || type[0] > 'Z' || !std::all_of(type.begin(), type.end(), is_letter)) return {};
  // What stands before the type must be the base of an absolute URL.
  if (start > 0 && reference.find("://") == std::string_view::npos) return {};
  return reference.substr(start);
}

PatientLinks LinksOf(const Json& resource) {
  PatientLinks links;
  for (std::size_t i = 0; i < kLinkMembers.size(); ++i) links[i] = resource[kLinkMembers[i]];
  return links;
}

PatientLink ReadPatientLink(const PatientLinks& links, std::string_view type, std::string_view id,
                            std::string_view patient_id) {
  if (type == "Patient") {
    const bool ours = !patient_id.empty() && id == patient_id;
    return {ours ? Owner::kOurs : Owner::kForeign, {}};
  }
  PatientLink joined{Owner::kOurs, {}};
  bool any = false;
  for (const Json& member : links) {
    if (member.absent() || member.type() == JsonType::kNull) continue;
    any = true;
    joined = Join(joined, ReadMember(member, patient_id));
  }
  if (!any && MustNamePatient(type)) return {Owner::kUnknown, {}};
  return joined;
}

}  // namespace renal::fhir
