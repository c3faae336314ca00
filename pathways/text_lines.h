#pragma once

#include <cstddef>
#include <string_view>

namespace renal::pathways {

/// An upper bound of the lines that a text takes in any common sans-serif font, `size` px large,
/// in a box `width` px wide.
std::size_t CountLines(std::string_view text, double width, double size, bool bold);

}  // namespace renal::pathways
