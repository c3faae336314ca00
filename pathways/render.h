#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pathways/cases.h"
#include "pathways/diff.h"
#include "pathways/load.h"

/// The document that a committee reads and signs (pathway-format 14.5): inputs with their sources,
/// each table as a grid, checks, citations, lint and coverage, the difference to the last active
/// version.
namespace renal::pathways {

struct Review {
  LoadResult loaded;                  ///< must hold a pathway
  std::vector<LoadProblem> findings;  ///< of Lint()
  std::optional<CasesResult> cases;
  std::optional<PathwayDiff> diff;  ///< against the last active version, where one is given
};

/// As Markdown (GitHub flavour).
std::string RenderMarkdown(const Review& review);
/// As one self-contained HTML page with the pathway drawn as a picture.
std::string RenderHtml(const Review& review);

}  // namespace renal::pathways
