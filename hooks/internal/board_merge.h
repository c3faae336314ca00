#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace renal::hooks::internal {

/// What `measures.json` of one board over a whole list says, from the folders of boards over its
/// parts (BoardOptions::shard). Nothing where one of them cannot be read, or was made with another
/// pathway or for another moment; `messages` says which.
std::optional<std::string> MergeMeasures(const std::vector<std::filesystem::path>& boards,
                                         std::ostream& messages);

}  // namespace renal::hooks::internal
