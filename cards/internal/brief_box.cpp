#include "cards/internal/brief_box.h"

#include <algorithm>

#include "pathways/html.h"
#include "pathways/text_lines.h"

namespace renal::cards {
namespace {

using pathways::EscapeXml;

// These measures stand in cards/web/brief.css as well.
constexpr double kLineHeight = 1.28;
constexpr double kHeadingScale = 1.12;
constexpr double kTableScale = 0.92;
constexpr double kHeadingSpace = 2.4;  // mm: margins and border of a heading
constexpr double kItemSpace = 0.5;
constexpr double kListIndent = 3.2;
constexpr double kCellPadding = 0.8;  // left and right
constexpr double kRowSpace = 0.75;    // padding and border of a row

constexpr double kPxPerMm = 96 / 25.4;
constexpr double kPxPerPt = 96 / 72.0;
constexpr double kMmPerPt = 25.4 / 72;

}  // namespace

BriefLine& BriefLine::Text(std::string_view text) {
  html_ += EscapeXml(text);
  measured_.push_back({std::string(text), false});
  return *this;
}

BriefLine& BriefLine::Strong(std::string_view text) {
  html_ += "<strong>" + EscapeXml(text) + "</strong>";
  measured_.push_back({std::string(text), true});
  return *this;
}

BriefLine& BriefLine::Soft(std::string_view text) {
  if (text.empty()) return *this;
  html_ += "<span class=\"soft\">" + EscapeXml(text) + "</span>";
  measured_.push_back({std::string(text), false});
  return *this;
}

BriefLine& BriefLine::Mark(std::string_view text, std::string_view kind) {
  html_ += "<span class=\"mark " + EscapeXml(kind) + "\">" + EscapeXml(text) + "</span> ";
  std::string glued(text);
  std::ranges::replace(glued, ' ', '_');             // the label is a box of its own
  measured_.push_back({"WW" + glued + "W ", true});  // sign, padding and border
  return *this;
}

double BoxWriter::HeightOf(const BriefLine& line, double width, double scale) const {
  const double size = setting_.size * scale;
  const std::size_t lines =
      pathways::CountLines(line.measured(), width * kPxPerMm - 1, size * kPxPerPt);
  return static_cast<double>(lines) * size * kLineHeight * kMmPerPt;
}

void BoxWriter::Heading(std::string_view text) {
  BriefLine line;
  line.Strong(text);
  box_.html += "<h2>" + EscapeXml(text) + "</h2>\n";
  box_.height += HeightOf(line, width_, kHeadingScale) + kHeadingSpace;
}

void BoxWriter::Paragraph(const BriefLine& line, std::string_view kind) {
  if (line.empty()) return;
  box_.html += kind.empty() ? "<p>" : "<p class=\"" + std::string(kind) + "\">";
  box_.html += line.html() + "</p>\n";
  box_.height += HeightOf(line, width_, 1) + kItemSpace;
}

void BoxWriter::List(const std::vector<BriefLine>& lines, std::string_view more) {
  if (lines.empty()) return;
  const std::size_t shown = std::min(lines.size(), setting_.limit);
  box_.html += "<ul>\n";
  for (std::size_t i = 0; i < shown; ++i) {
    box_.html += "<li>" + lines[i].html() + "</li>\n";
    box_.height += HeightOf(lines[i], width_ - kListIndent, 1) + kItemSpace;
  }
  box_.html += "</ul>\n";
  if (shown < lines.size()) Paragraph(BriefLine().Strong(more), "more");
}

void BoxWriter::Table(const std::vector<double>& shares,
                      const std::vector<std::vector<BriefLine>>& rows, std::string_view more) {
  if (rows.size() < 2) return;
  const std::size_t shown = std::min(rows.size(), setting_.limit + 1);
  box_.html += "<table>\n";
  for (std::size_t row = 0; row < shown; ++row) {
    double height = 0;
    box_.html += "<tr>";
    for (std::size_t i = 0; i < rows[row].size(); ++i) {
      const std::string_view name = row == 0 || i == 0 ? "th" : "td";
      box_.html.append("<").append(name).append(">").append(rows[row][i].html());
      box_.html.append("</").append(name).append(">");
      const double width = width_ * shares[i] - 2 * kCellPadding;
      height = std::max(height, HeightOf(rows[row][i], width, kTableScale));
    }
    box_.html += "</tr>\n";
    box_.height += height + kRowSpace;
  }
  box_.html += "</table>\n";
  if (shown < rows.size()) Paragraph(BriefLine().Strong(more), "more");
}

void BoxWriter::Drawing(std::string_view html, double height) {
  box_.html.append("<figure>").append(html).append("</figure>\n");
  box_.height += height + kItemSpace;
}

}  // namespace renal::cards
