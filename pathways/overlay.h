#pragma once

#include <string_view>

#include "pathways/load.h"

/// A site's own values for a pathway (`<id>.site.json`, pathway-format 14.3): parameters within
/// their ranges, card settings, approvals. Named in the trace.
namespace renal::pathways {

/// Loads a pathway together with the overlay of a site: LoadPathway() with `options.site`. Problems
/// name the file that they stand in. An overlay for another pathway or version, of an unknown
/// parameter or with a value outside its range is an error; an approval that names another content
/// is reported (L502) and does not count.
LoadResult LoadWithOverlay(std::string_view file_name, std::string_view text,
                           std::string_view overlay_name, std::string_view overlay,
                           const LoadOptions& options);

}  // namespace renal::pathways
