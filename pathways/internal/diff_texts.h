#pragma once

#include <vector>

#include "pathways/diff.h"

namespace renal::pathways::internal {

/// Every member that differs between two files, by its path; elements of lists are matched by their
/// id, name or code. What value-set files hold is compared as if it stood in the file.
std::vector<TextChange> TextChanges(const LoadResult& before, const LoadResult& after);

}  // namespace renal::pathways::internal
