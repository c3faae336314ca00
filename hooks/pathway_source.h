#pragma once

#include <filesystem>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string_view>

#include "pathways/pathway.h"

namespace renal::hooks {

/// Id of the pathway that is used unless a file is named.
inline constexpr std::string_view kDefaultPathway = "onc-kidney-2018";

/// The shipped pathway, or that of `file`. The value sets that a file names are looked for beside
/// it, then among the shipped ones. What is wrong with a file goes to `messages`, a line each; null
/// if it cannot be used.
std::shared_ptr<const pathways::Pathway> OpenPathway(
    const std::optional<std::filesystem::path>& file, std::ostream& messages);

}  // namespace renal::hooks
