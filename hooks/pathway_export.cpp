#include "hooks/pathway_tools.h"

namespace renal::hooks {

int RunPathwayTool(const ExportOptions&, const Streams&) { return 2; }

int RunPathwayTool(const ImportOptions&, const Streams&) { return 2; }

}  // namespace renal::hooks
