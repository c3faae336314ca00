#include "pathways/picture.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "pathways/internal/document.h"
#include "pathways/internal/picture_scene.h"

extern "C" {
extern const char renal_picture_css[];
extern const char renal_picture_css_end[];
}

namespace renal::pathways {
namespace {

using namespace picture;

/// Writes the elements; measures in tenths of a px, so that the text is the same on every machine.
class Drawer {
 public:
  void Open(std::string_view element, std::string_view kind) {
    out_ += "<" + std::string(element);
    if (!kind.empty()) out_ += " class=\"" + std::string(kind) + "\"";
    out_ += ">";
  }
  void Close(std::string_view element) { out_ += "</" + std::string(element) + ">\n"; }

  void Box(double x, double y, double width, double height, int radius) {
    out_ += "<rect x=\"" + Number(x) + "\" y=\"" + Number(y) + "\" width=\"" + Number(width) +
            "\" height=\"" + Number(height) + "\" rx=\"" + std::to_string(radius) + "\"/>";
  }

  void Circle(std::string_view kind, double x, double y, double radius) {
    out_ += "<circle class=\"" + std::string(kind) + "\" cx=\"" + Number(x) + "\" cy=\"" +
            Number(y) + "\" r=\"" + Number(radius) + "\"/>";
  }

  void Path(std::string_view kind, const std::string& data) {
    out_ += "<path class=\"" + std::string(kind) + "\" d=\"" + data + "\"/>";
  }

  /// Lines of a paragraph from `y` (its top) on.
  void Lines(double x, double y, const Paragraph& paragraph) {
    // A font's letters reach about 0.93 of its size above and 0.24 below the line they stand on.
    constexpr double kAscent = 0.98;
    double base = y + paragraph.face.size * kAscent +
                  (paragraph.face.line() - paragraph.face.size * 1.22) / 2;
    for (const std::string& line : paragraph.lines) {
      out_ += "<text x=\"" + Number(x) + "\" y=\"" + Number(base) + "\" font-size=\"" +
              Number(paragraph.face.size) + "\"" +
              (paragraph.face.bold ? " font-weight=\"700\"" : "") +
              (paragraph.kind.empty() ? "" : " class=\"" + paragraph.kind + "\"") + ">" +
              review::EscapeXml(line) + "</text>";
      base += paragraph.face.line();
    }
  }

  double Lines(double x, double y, const std::vector<Paragraph>& paragraphs) {
    for (const Paragraph& paragraph : paragraphs) {
      Lines(x, y, paragraph);
      y += paragraph.height();
    }
    return y;
  }

  void Add(std::string_view text) { out_ += text; }
  std::string Take() { return std::move(out_); }

  static std::string Number(double value) {
    const long long tenths = std::llround(value * 10);
    std::string text = std::to_string(tenths / 10);
    if (tenths % 10 != 0) text += "." + std::to_string(std::abs(tenths % 10));
    return tenths < 0 && tenths / 10 == 0 ? "-" + text : text;
  }

 private:
  std::string out_;
};

/// The sign of a strength: not the colour alone says which it is.
void DrawSign(Drawer& draw, const std::string& kind, double x, double y) {
  const auto at = [&](double dx, double dy) {
    return Drawer::Number(x + dx) + " " + Drawer::Number(y + dy);
  };
  if (kind == "go") {
    draw.Path("sign line", "M" + at(-5, 0) + "H" + Drawer::Number(x + 4) + "M" + at(0, -4) + "L" +
                               at(4.5, 0) + "L" + at(0, 4));
    return;
  }
  if (kind == "avoid") {
    draw.Path("sign line", "M" + at(-4, -4) + "L" + at(4, 4) + "M" + at(4, -4) + "L" + at(-4, 4));
    return;
  }
  if (kind == "hold") {
    draw.Path("sign line", "M" + at(-2.5, -4) + "V" + Drawer::Number(y + 4) + "M" + at(2.5, -4) +
                               "V" + Drawer::Number(y + 4));
    return;
  }
  draw.Circle("sign ring", x, y, 4.5);
  if (kind == "preferred") draw.Circle("sign dot", x, y, 4.5);
  if (kind == "acceptable") {
    draw.Path("sign dot", "M" + at(0, -4.5) + "A4.5 4.5 0 0 1 " + at(0, 4.5) + "Z");
  }
}

void DrawChip(Drawer& draw, const Chip& chip, double x, double y) {
  draw.Open("g", "box chip " + chip.kind);
  draw.Box(x + chip.x, y, chip.width, chip.height, 4);
  DrawSign(draw, chip.kind, x + chip.x + kChipMark / 2, y + chip.height / 2);
  draw.Lines(x + chip.x + kChipMark - 2, y + kChipPadding - 1, chip.text);
  draw.Close("g");
}

void DrawRow(Drawer& draw, const Card& card, const Row& row) {
  const double top = card.y + row.y;
  draw.Open("g", "box row" + (row.state.empty() ? "" : " " + row.state));
  draw.Box(card.x, top, card.width, row.height, 0);
  constexpr double kRowPadding = 7;
  draw.Lines(card.x + kPadding, top + kRowPadding, row.head);
  draw.Lines(card.x + row.text_x, top + kRowPadding, row.tests);
  double y = top + row.offer_y;
  for (const Chip& chip : row.chips) {
    DrawChip(draw, chip, card.x, top + chip.y);
    y = top + chip.y + chip.height + 3;
  }
  draw.Lines(card.x + row.offer_x, y, row.notes);
  draw.Close("g");
}

/// A part of the picture between two heights; no row lies in two parts.
struct Part {
  double top = 0, bottom = 0;
  bool Meets(double one, double other) const {
    return std::min(one, other) < bottom && std::max(one, other) > top;
  }
};

void DrawCard(Drawer& draw, const Card& card, const Part& part) {
  draw.Open("g", "card " + card.kind);
  if (part.Meets(card.y, card.y + HeadHeight(card))) {
    draw.Open("g", "box head");
    draw.Box(card.x, card.y, card.width, HeadHeight(card), 0);
    draw.Lines(card.x + kPadding, card.y + 7, card.head);
    draw.Close("g");
  }
  for (const Row& row : card.rows) {
    const double top = card.y + row.y;
    if (part.Meets(top + 1, top + row.height - 1)) DrawRow(draw, card, row);
  }
  draw.Open("g", "frame");
  draw.Box(card.x, card.y, card.width, card.height, 3);
  draw.Close("g");
  draw.Close("g");
}

void DrawEdge(Drawer& draw, const Edge& edge) {
  std::string data;
  for (const auto& [x, y] : edge.points) {
    data += (data.empty() ? "M" : "L") + Drawer::Number(x) + " " + Drawer::Number(y);
  }
  draw.Path("edge " + edge.state, data);
  const auto& [x, y] = edge.points.back();
  const double back = edge.points[edge.points.size() - 2].first < x ? -7 : 7;
  draw.Path("arrow " + edge.state, "M" + Drawer::Number(x) + " " + Drawer::Number(y) + "l" +
                                       Drawer::Number(back) + " -4v8Z");
}

/// The start tag of a picture of what lies between two heights.
void OpenPicture(Drawer& draw, const Scene& scene, const std::string& attributes, double top,
                 double bottom) {
  draw.Add("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pathway-picture\" " + attributes +
           " viewBox=\"0 " + Drawer::Number(top) + " " + Drawer::Number(scene.width) + " " +
           Drawer::Number(bottom - top) + "\">\n");
}

Scene Arranged(const Pathway& pathway, const PictureOptions& options) {
  Scene scene = SceneOf(pathway, options, review::Words::Of(pathway.language));
  Arrange(pathway, scene);
  return scene;
}

std::string Label(const Scene& scene) {
  return "role=\"img\" aria-label=\"" + review::EscapeXml(scene.label) + "\"";
}

/// What of the scene lies between two heights.
void DrawPart(Drawer& draw, const Scene& scene, const std::vector<Edge>& edges, Part part) {
  for (const Edge& edge : edges) {
    if (part.Meets(edge.points.front().second, edge.points.back().second)) DrawEdge(draw, edge);
  }
  for (const Card& card : scene.cards) {
    if (part.Meets(card.y, card.y + card.height)) DrawCard(draw, card, part);
  }
  if (part.top > 0) return;
  for (const Chip& chip : scene.legend) DrawChip(draw, chip, 0, 1 + chip.y);
}

}  // namespace

std::string picture::DrawInPieces(const Pathway& pathway) {
  const Scene scene = Arranged(pathway, {});
  const std::vector<Edge> edges = EdgesOf(pathway, scene);
  const std::vector<double> cuts = CutsOf(scene);
  Drawer draw;
  draw.Add("<div class=\"picture\" " + Label(scene) + ">\n");
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    OpenPicture(draw, scene, "aria-hidden=\"true\"", cuts[i], cuts[i + 1]);
    DrawPart(draw, scene, edges, {cuts[i], cuts[i + 1]});
    draw.Close("svg");
  }
  draw.Close("div");
  return draw.Take();
}

std::string DrawPathway(const Pathway& pathway, const PictureOptions& options) {
  return Draw(pathway, options).svg;
}

DrawnPicture Draw(const Pathway& pathway, const PictureOptions& options) {
  const Scene scene = Arranged(pathway, options);
  DrawnPicture drawn{.width = scene.width, .height = scene.height};
  for (const Card& card : scene.cards) drawn.rows += card.rows.size();
  Drawer draw;
  OpenPicture(draw, scene, Label(scene), 0, scene.height);
  if (options.own_style) {
    draw.Add("<style>");
    draw.Add(PictureStyle());
    draw.Add("</style>\n");
  }
  DrawPart(draw, scene, EdgesOf(pathway, scene), {0, scene.height});
  draw.Close("svg");
  drawn.svg = draw.Take();
  return drawn;
}

std::string_view PictureStyle() {
  return {renal_picture_css, static_cast<std::size_t>(renal_picture_css_end - renal_picture_css)};
}

}  // namespace renal::pathways
