#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace renal::pathways {

/// Text in one face.
struct TextRun {
  std::string text;
  bool bold = false;
};

/// An upper bound of the lines that runs of text take in any common sans-serif font, `size` px
/// large, in a box `width` px wide. Lines break at spaces, words that are wider than the box within
/// them.
std::size_t CountLines(const std::vector<TextRun>& runs, double width, double size);

}  // namespace renal::pathways
