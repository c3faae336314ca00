#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pathways/internal/picture_text.h"
#include "pathways/internal/prose.h"
#include "pathways/pathway.h"
#include "pathways/picture.h"

/// The boxes of a picture of a pathway: first what stands in them, then how large they are, then
/// where they stand. All measures are px of the drawing.
namespace renal::pathways::picture {

/// A text of one style, broken into lines.
struct Paragraph {
  std::string text;
  std::string kind;  ///< "": plain; "title", "soft", "id", "state"
  Face face;
  std::vector<std::string> lines;  ///< after Break()

  void Break(double width);
  double height() const { return face.line() * static_cast<double>(lines.size()); }
};

/// What a rule offers or where it leads.
struct Chip {
  std::string kind;  ///< "preferred", "acceptable", "info", "avoid", "hold", "go"
  Paragraph text;
  double x = 0, y = 0;  ///< from the left of the card, from the top of the row
  double width = 0, height = 0;
};

/// One rule, gate row or check.
struct Row {
  std::vector<Paragraph> head;   ///< id and what stands below it
  std::vector<Paragraph> tests;  ///< what has to be true
  std::vector<Chip> chips;
  std::vector<Paragraph> notes;
  double text_x = 0;         ///< of tests, from the left of the card
  double offer_x = 0;        ///< of chips and notes
  double offer_y = 0;        ///< from the top of the row
  std::string state;         ///< "": no patient; "true", "unknown", "off"
  std::vector<Index> go;     ///< tables
  double y = 0, height = 0;  ///< from the top of the card
};

/// Which side of the picture a card stands on; a wide one takes both.
enum class Column : std::uint8_t { kLeft, kRight, kWide };

/// A box with rows: the gate, a table, a part of the checks.
struct Card {
  std::string kind;  ///< "gate", "table", "checks"
  std::vector<Paragraph> head;
  std::vector<Row> rows;
  Index table = kNone;
  int layer = 0;
  Column column = Column::kWide;
  double x = 0, y = 0, width = 0, height = 0;
};

struct Scene {
  std::string label;        ///< what the picture shows
  std::vector<Card> cards;  ///< the gate, the tables by layer, the checks
  std::vector<Chip> legend;
  double width = 0, height = 0;
  int lanes = 0;  ///< lines side by side beside the cards
};

/// What stands in the boxes.
Scene SceneOf(const Pathway& pathway, const PictureOptions& options, const review::Words& words);
/// How large everything is and where it stands.
void Arrange(const Pathway& pathway, Scene& scene);

/// Heights at which the picture can be cut without cutting a row: for print. Ascending; the first
/// is 0, the last the height of the picture.
std::vector<double> CutsOf(const Scene& scene);

/// A way between boxes, as the corners of a line.
struct Edge {
  std::vector<std::pair<double, double>> points;
  std::string state;  ///< of the rule that it starts at
};
std::vector<Edge> EdgesOf(const Pathway& pathway, const Scene& scene);

/// Measures that drawing and arranging share.
inline constexpr double kLeastWidth = 240;   ///< of a picture
inline constexpr double kPadding = 10;       ///< between a box and what is in it
inline constexpr double kIdWidth = 84;       ///< of the ids of rules
inline constexpr double kWideIdWidth = 140;  ///< of ids in a wide row that offers nothing
inline constexpr double kChipPadding = 5;
inline constexpr double kChipMark = 20;  ///< room for the sign of a strength
inline constexpr double kLane = 7;       ///< between two lines
/// Height of the head of a card.
double HeadHeight(const Card& card);

/// The picture in pieces that stand below each other without a gap, so that a page can end between
/// two of them: one `svg` element each, without style.
std::string DrawInPieces(const Pathway& pathway);

}  // namespace renal::pathways::picture
