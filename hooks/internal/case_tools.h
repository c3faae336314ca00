#pragma once

#include <filesystem>
#include <optional>

#include "hooks/pathway_source.h"
#include "pathways/cases.h"

namespace renal::hooks::internal {

/// What the cases of a pathway file are run with: files from `folder` (none where it is empty), the
/// file again with other parameters and the overlay `site`, the summaries of cards. Keeps
/// references to nothing.
pathways::CaseTools CaseToolsOf(const PathwayText& source,
                                const std::optional<std::filesystem::path>& site,
                                const std::filesystem::path& folder);

}  // namespace renal::hooks::internal
