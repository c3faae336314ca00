#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/own_json.h"
#include "pathways/load.h"
#include "pathways/outcome.h"
#include "pathways/pathway.h"

/// The FHIR R4 form of a pathway (pathway-format section 10): PlanDefinition, ActivityDefinitions,
/// ValueSets and Library in one Bundle, and back.
namespace renal::pathways {

/// The Bundle of a loaded file, as indented JSON with a line end. The same file gives the same
/// bytes. `document` is what `pathway` was loaded from.
std::string ExportBundle(const fhir::OwnJson& document, const Pathway& pathway);

/// A pathway file made from a Bundle or a single PlanDefinition.
struct ImportResult {
  std::string file;  ///< text of the pathway file; empty if there is an error
  std::vector<LoadProblem>
      problems;  ///< positions are those of the Bundle; L702: CQL, kept as text
};

/// Reads an export of ours without loss, and any PlanDefinition whose conditions are text/fhirpath
/// over *variable* extensions (10.5). Never throws for what is in the text.
ImportResult ImportBundle(std::string_view file_name, std::string_view text);

/// The answer of `PlanDefinition/$apply` (10.3): a CarePlan with a contained RequestGroup, as
/// compact JSON. The same evaluation as a hook's, another form.
std::string ApplyAnswer(const Outcome& outcome, std::string_view subject,
                        std::string_view encounter = {}, std::string_view practitioner = {});

}  // namespace renal::pathways
