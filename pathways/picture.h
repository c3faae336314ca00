#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pathways/pathway.h"
#include "pathways/value.h"

/// A pathway drawn as a picture: the gate, the tables in the order in which they are reached, the
/// rules with what they ask and what they offer, and the checks that hold something back.
namespace renal::pathways {

struct PictureOptions {
  /// One patient's way: how rules came out, by id. Rules that are true or unknown are marked (by
  /// more than colour), all others drawn as not applying. Empty: the pathway as such. Ids that the
  /// pathway does not have are ignored.
  std::vector<std::pair<std::string, Truth>> rules;
  /// How checks came out, by id: those that are true are drawn where only the way is.
  std::vector<std::pair<std::string, Truth>> checks;
  /// Only the patient's way: the rules that are true or unknown, without facts and background, and
  /// the checks that are true.
  bool way_only = false;
  /// Of the drawing, px; at least 240. Below 800 all cards stand below each other.
  double width = 980;
  /// With its own style element: for a file of its own. Else the page that holds the picture has
  /// to hold PictureStyle().
  bool own_style = true;
};

/// One `svg` element, in the words of the pathway's language where there are any, else English
/// (UTF-8, well-formed XML, no script, link or address of the web but the namespace). All text is
/// inside its box in any common sans-serif font: it is measured and broken by a conservative table
/// of widths. The height grows with the pathway.
std::string DrawPathway(const Pathway& pathway, const PictureOptions& options);

/// The same with its size: `width` and `height` in px of the drawing; `rows` are the rules and
/// checks in it.
struct DrawnPicture {
  std::string svg;
  double width = 0, height = 0;
  std::size_t rows = 0;
};
DrawnPicture Draw(const Pathway& pathway, const PictureOptions& options);

/// The style sheet of the picture, for light and dark screens and for print.
std::string_view PictureStyle();

}  // namespace renal::pathways
