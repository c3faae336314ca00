#include "pathways/overlay.h"

#include <string>

namespace renal::pathways {

LoadResult LoadWithOverlay(std::string_view file_name, std::string_view text,
                           std::string_view overlay_name, std::string_view overlay,
                           const LoadOptions& options) {
  LoadOptions with = options;
  with.site = {std::string(overlay_name), std::string(overlay)};
  return LoadPathway(file_name, text, with);
}

}  // namespace renal::pathways
