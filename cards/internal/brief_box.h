#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pathways/text_lines.h"

namespace renal::cards {

/// How a page is set.
struct Setting {
  double size = 9;           ///< of text, pt
  std::size_t limit = 1000;  ///< entries of a list at most; further ones are counted
  std::size_t minor = 1000;  ///< the same of lists that a board can do without

  Setting ForMinor() const { return {size, std::min(limit, minor), minor}; }
};

/// A part of a page: HTML, and an upper bound of its height.
struct Box {
  std::string html;
  double height = 0;  ///< mm
  bool empty() const { return html.empty(); }
};

/// A line of several pieces.
class BriefLine {
 public:
  BriefLine& Text(std::string_view text);
  BriefLine& Strong(std::string_view text);
  BriefLine& Soft(std::string_view text);
  /// A label; `kind` is a class of the style sheet.
  BriefLine& Mark(std::string_view text, std::string_view kind);

  const std::string& html() const { return html_; }
  /// Plain, at least as wide.
  const std::vector<pathways::TextRun>& measured() const { return measured_; }
  bool empty() const { return html_.empty(); }

 private:
  std::string html_;
  std::vector<pathways::TextRun> measured_;
};

/// Writes one part of a page, `width` mm wide, and measures it.
class BoxWriter {
 public:
  BoxWriter(const Setting& setting, double width) : setting_(setting), width_(width) {}

  void Heading(std::string_view text);
  void Paragraph(const BriefLine& line, std::string_view kind = {});
  /// At most Setting::limit lines, then how many there are more.
  void List(const std::vector<BriefLine>& lines, std::string_view more);
  /// Columns as shares of the width. The first line of `rows` is the head.
  void Table(const std::vector<double>& shares, const std::vector<std::vector<BriefLine>>& rows,
             std::string_view more);
  /// Something of a known height.
  void Drawing(std::string_view html, double height);

  const Setting& setting() const { return setting_; }
  bool empty() const { return box_.html.empty(); }
  Box Take() { return std::move(box_); }

 private:
  double HeightOf(const BriefLine& line, double width, double scale) const;

  Setting setting_;
  double width_;
  Box box_;
};

}  // namespace renal::cards
