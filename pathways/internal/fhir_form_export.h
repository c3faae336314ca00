#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "fhir/result.h"
#include "pathways/data_needs.h"
#include "pathways/internal/fhir_form_names.h"
#include "pathways/pathway.h"

/// The parts of ExportBundle, one function for each kind of resource or element.
namespace renal::pathways::internal {

inline constexpr const char* kFhirPath = "text/fhirpath";
inline constexpr std::string_view kVariableUrl = "http://hl7.org/fhir/StructureDefinition/variable";
inline constexpr std::string_view kApplicabilityUrl =
    "http://hl7.org/fhir/StructureDefinition/cqf-applicabilityBehavior";

/// What all parts work on.
struct ExportContext {
  const fhir::OwnJson& document;
  const Pathway& pathway;
  ExpressionNames names;

  std::string ResourceUrl(std::string_view type, std::string_view id) const;
  /// `url|version` of a resource made here.
  std::string Canonical(std::string_view url) const;
};

// ---- fhir_form_export.cpp
/// The Bundle as a tree; fails as ExportBundle does.
fhir::Result<fhir::OwnJson> BundleOf(const fhir::OwnJson& document, const Pathway& pathway);

// ---- fhir_form_header.cpp
/// Elements of PlanDefinition up to its actions.
fhir::OwnJson PlanHeader(const ExportContext& context);
/// Elements that every resource made here shares, after its `id`.
void PutIdentity(fhir::OwnJson& resource, const ExportContext& context);
/// Extensions with the parameters and inputs.
std::vector<fhir::OwnJson> VariableExtensions(const ExportContext& context);

// ---- fhir_form_actions.cpp
/// The one action that holds all tables and checks; kAbsent where the tables lead to each other in
/// more ways than FHIR's tree can hold.
fhir::OwnJson RootAction(const ExportContext& context);

// ---- fhir_form_resources.cpp
fhir::OwnJson ActivityDefinitionOf(const ExportContext& context, std::size_t action);
fhir::OwnJson ValueSetOf(const ExportContext& context, std::size_t value_set);
fhir::OwnJson LibraryOf(const ExportContext& context);
fhir::OwnJson DataRequirements(const ExportContext& context, const std::vector<TypeNeed>& needs);
/// `url|version` of a value set, for references to it.
std::string CanonicalOfSet(const ExportContext& context, const fhir::ValueSet& set);
/// Citations as RelatedArtifact; empty unless all of them are known.
fhir::OwnJson CitationList(const ExportContext& context, const fhir::OwnJson* cite);
fhir::OwnJson CitationOf(std::string_view id, const fhir::OwnJson& source);

/// A sentence of the catalogue with the title put in.
std::string CatalogueText(std::string_view name, std::string_view title);

}  // namespace renal::pathways::internal
