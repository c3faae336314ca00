#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"
#include "fhir/result.h"
#include "pathways/load.h"
#include "pathways/pathway.h"

/// The FHIR R4 form of a pathway (pathway-format section 10): PlanDefinition, ActivityDefinitions,
/// ValueSets and Library in one Bundle, and back.
namespace renal::pathways {

/// The Bundle of a loaded file, as indented JSON with a line end. The same file gives the same
/// bytes. `document` is what `pathway` was loaded from. Fails with kTooCostly where the tables lead
/// to each other in more ways, or deeper, than import would read.
fhir::Result<std::string> ExportBundle(const fhir::OwnJson& document, const Pathway& pathway);

/// A pathway file made from a Bundle or a single PlanDefinition.
struct ImportResult {
  std::string file;  ///< text of the pathway file; empty if nothing could be read
  /// Value-set files that the pathway names, to be put beside it: name and text.
  std::vector<std::pair<std::string, std::string>> value_sets;
  /// Positions are those of the Bundle. L101: what cannot be read, or what the file still lacks;
  /// L701: an element that import does not read has been changed; L702: CQL, kept as text.
  std::vector<LoadProblem> problems;
};

/// Reads an export of ours without loss, and any PlanDefinition whose conditions are text/fhirpath
/// over *variable* extensions (10.5). What such a plan does not say (a question, a citation, who
/// published it) is not made up: the file then needs its author, and the problems say where. Never
/// throws for what is in the text.
ImportResult ImportBundle(std::string_view file_name, std::string_view text);

}  // namespace renal::pathways
