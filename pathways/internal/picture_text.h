#pragma once

#include <string>
#include <string_view>
#include <vector>

/// How much room text takes in a drawing, without asking for a font.
namespace renal::pathways::picture {

/// How a text is set.
struct Face {
  double size = 11.5;  ///< font size, px
  bool bold = false;
  double line() const { return size * 1.32; }  ///< distance of two lines, px
};

/// An upper bound of the width in px in any common sans-serif font.
double TextWidth(std::string_view text, const Face& face);

/// The text in lines of at most `width` px, broken at spaces; a word that is too long is broken
/// anywhere. At least one line. White space becomes single spaces, and what cannot be shown is left
/// out, as in CleanLine().
std::vector<std::string> WrapText(std::string_view text, double width, const Face& face);

}  // namespace renal::pathways::picture
