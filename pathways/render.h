#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/date_time.h"
#include "fhir/own_json.h"
#include "pathways/cases.h"
#include "pathways/diff.h"
#include "pathways/load.h"

/// The document that a committee reads and signs (pathway-format 14.5): who is responsible, the
/// picture, each table as a grid, checks, inputs with their sources, parameters, citations, what is
/// policy, lint and coverage, the difference to the last active version, room to sign, all codes
/// and expressions.
namespace renal::pathways {

struct Review {
  LoadResult loaded;                  ///< must hold a pathway
  fhir::DateTime today;               ///< the day of the findings
  std::vector<LoadProblem> findings;  ///< of Lint()
  std::optional<CasesResult> cases;
  std::optional<PathwayDiff> diff;  ///< against the last active version, where one is given
  std::vector<fhir::OwnJson> site_approvals;  ///< approvals of the overlay
};

/// As Markdown (GitHub flavour, without raw HTML).
std::string RenderMarkdown(const Review& review);
/// As one HTML page with the pathway drawn as a picture: needs no script and loads nothing; it is
/// well-formed XML as well.
std::string RenderHtml(const Review& review);

/// What a server puts around the document where it is a page among others.
struct ReviewFrame {
  std::string icon;                  ///< its address
  std::vector<std::string> styles;   ///< addresses of its style sheets, ReviewStyle() among them
  std::vector<std::string> scripts;  ///< addresses of modules
  std::string before, after;         ///< markup above the document and at its end
};
/// As RenderHtml(), but with style sheets to load in place of a style element, and without a policy
/// of its own: the server sends one.
std::string RenderHtml(const Review& review, const ReviewFrame& frame);

/// The style sheet of the document, that of the picture included.
std::string ReviewStyle();

}  // namespace renal::pathways
