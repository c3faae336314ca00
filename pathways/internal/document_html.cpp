#include <algorithm>

#include "pathways/internal/document.h"
#include "pathways/picture.h"

extern "C" {
extern const char renal_review_css[];
extern const char renal_review_css_end[];
}

namespace renal::pathways::review {
namespace {

bool IsTarget(std::string_view target) {
  return target.starts_with("#") || target.starts_with("https://") || target.starts_with("http://");
}

std::string Tag(std::string_view name, std::string_view kind, const std::string& content) {
  std::string out = "<" + std::string(name);
  if (!kind.empty()) out += " class=\"" + EscapeXml(kind) + "\"";
  return out + ">" + content + "</" + std::string(name) + ">";
}

std::string Inline(const Span& span) {
  std::string text = EscapeXml(span.text);
  switch (span.kind) {
    case Span::Kind::kText:
      return text;
    case Span::Kind::kStrong:
      return Tag("strong", "", text);
    case Span::Kind::kSoft:
      return Tag("span", "soft", text);
    case Span::Kind::kCode:
      return Tag("code", "", text);
    case Span::Kind::kMark:
      return Tag("span", "mark " + span.target, text);
    case Span::Kind::kLink:
      if (!IsTarget(span.target)) return text;
      return "<a href=\"" + EscapeXml(span.target) + "\"" +
             (span.target.starts_with("#") ? "" : " rel=\"noopener noreferrer\"") + ">" + text +
             "</a>";
  }
  return text;
}

std::string Inline(const Line& line) {
  std::string out;
  for (const Span& span : line) out += Inline(span);
  return out;
}

std::string Id(std::string_view id) {
  return id.empty() ? std::string() : " id=\"" + EscapeXml(id) + "\"";
}

std::string Lines(const Grid::Cell& lines) {
  if (lines.size() == 1) return Inline(lines.front());
  std::string out;
  for (const Line& line : lines) out += Tag("p", "", Inline(line));
  return out;
}

std::string ColumnHead(const Grid::Column& column) {
  const std::string kind = column.kind.empty() ? "" : " class=\"" + EscapeXml(column.kind) + "\"";
  return "<th scope=\"col\"" + kind + ">" + Inline(column.title) + "</th>";
}

// The first cell names the row. A row with something below it is a group of two rows of the table.
std::string RowOf(const Grid& grid, const Grid::Row& row) {
  std::string out = "<tr" + Id(row.id) + ">";
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const bool first = i == 0 && grid.kind != "sign";
    const std::string& column = grid.columns.at(i).kind;
    const std::string kind = column.empty() ? "" : " class=\"" + EscapeXml(column) + "\"";
    const std::string span = first && !row.below.empty() ? " rowspan=\"2\"" : std::string();
    out.append(first ? "<th scope=\"row\"" : "<td").append(kind).append(span).append(">");
    out.append(Lines(row.cells[i])).append(first ? "</th>" : "</td>");
  }
  out += "</tr>\n";
  if (row.below.empty()) return out;
  return out + "<tr class=\"below\"><td colspan=\"" + std::to_string(row.cells.size() - 1) + "\">" +
         Lines(row.below) + "</td></tr>\n";
}

// A file of its own may be opened from anywhere, so it says itself what it may load.
std::string OwnPolicy() {
  return "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri "
         "'none'; form-action 'none'; style-src " +
         PolicyHash(HtmlStyle()) + "\" />\n";
}

std::string FramedHead(const ReviewFrame& frame) {
  std::string out = "<link rel=\"icon\" href=\"" + EscapeXml(frame.icon) + "\" />\n";
  for (const std::string& style : frame.styles) {
    out += "<link rel=\"stylesheet\" href=\"" + EscapeXml(style) + "\" />\n";
  }
  for (const std::string& script : frame.scripts) {
    out += "<script type=\"module\" src=\"" + EscapeXml(script) + "\"></script>\n";
  }
  return out;
}

class Writer {
 public:
  Writer(const Document& document, const ReviewFrame* frame)
      : out_("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"" +
             EscapeXml(document.language) + "\">\n<head>\n<meta charset=\"utf-8\" />\n" +
             (frame == nullptr ? OwnPolicy() : std::string()) +
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n" +
             "<meta name=\"referrer\" content=\"no-referrer\" />\n" +
             "<meta name=\"color-scheme\" content=\"light dark\" />\n" +
             Tag("title", "", EscapeXml(document.title)) + "\n" +
             (frame == nullptr ? "<style>" + HtmlStyle() + "</style>\n" : FramedHead(*frame)) +
             "</head>\n<body>\n" + (frame == nullptr ? std::string() : frame->before) +
             "<header>\n" + Tag("p", "kind", EscapeXml(document.subtitle)) + "\n" +
             Tag("h1", "", EscapeXml(document.title)) + "\n</header>\n<main>\n") {
    const auto first = std::ranges::find_if(
        document.blocks, [](const Block& block) { return std::holds_alternative<Heading>(block); });
    for (auto block = document.blocks.begin(); block != document.blocks.end(); ++block) {
      if (block == first) Contents(document);
      std::visit(*this, *block);
    }
    if (in_section_) out_ += "</section>\n";
    if (frame != nullptr) out_ += frame->after;
    out_ += "</main>\n</body>\n</html>\n";
  }

  void operator()(const Heading& heading) {
    const int level = std::clamp(heading.level, 2, 6);
    if (level == 2) {
      out_ += in_section_ ? "</section>\n" : "";
      out_ += "<section" + std::string(heading.new_page ? " class=\"page\"" : "") + Id(heading.id) +
              ">\n";
      in_section_ = true;
    }
    const std::string name = "h" + std::to_string(level);
    out_ += "<" + name + (level == 2 ? std::string() : Id(heading.id)) + ">" +
            Inline(heading.text) + "</" + name + ">\n";
  }

  void operator()(const Paragraph& paragraph) {
    out_ += Tag("p", paragraph.tone, Inline(paragraph.text)) + "\n";
  }

  void operator()(const List& list) { Items(list.items, ""); }

  void operator()(const Facts& facts) {
    out_ += "<dl>\n";
    for (const Facts::Row& row : facts.rows) {
      out_ += "<div>" + Tag("dt", "", EscapeXml(row.name));
      for (const Line& line : row.lines) out_ += Tag("dd", "", Inline(line));
      out_ += "</div>\n";
    }
    out_ += "</dl>\n";
  }

  void operator()(const Grid& grid) {
    out_ += "<div class=\"wide\" tabindex=\"0\"><table class=\"" + EscapeXml(grid.kind) + "\">\n";
    if (!grid.caption.empty()) out_ += Tag("caption", "", EscapeXml(grid.caption)) + "\n";
    out_ += "<thead><tr>";
    for (const Grid::Column& column : grid.columns) out_ += ColumnHead(column);
    out_ += "</tr></thead>\n";
    const bool groups = !grid.below.empty();
    if (!groups) out_ += "<tbody>\n";
    for (const Grid::Row& row : grid.rows) {
      out_ += groups ? "<tbody>\n" : "";
      out_ += RowOf(grid, row);
      out_ += groups ? "</tbody>\n" : "";
    }
    if (!groups) out_ += "</tbody>\n";
    out_ += "</table></div>\n";
  }

  void operator()(const Drawing& drawing) {
    out_ += "<figure>\n" + drawing.svg;
    Items(drawing.words, "words");
    out_ += "</figure>\n";
  }

  std::string Take() { return std::move(out_); }

 private:
  void Items(const std::vector<Line>& items, std::string_view kind) {
    if (items.empty()) return;
    out_ += kind.empty() ? "<ul>\n" : "<ul class=\"" + std::string(kind) + "\">\n";
    for (const Line& item : items) out_ += Tag("li", "", Inline(item)) + "\n";
    out_ += "</ul>\n";
  }

  void Contents(const Document& document) {
    out_ += "<nav>" + Tag("h2", "", EscapeXml(document.contents)) + "<ol>\n";
    for (const Block& block : document.blocks) {
      const auto* heading = std::get_if<Heading>(&block);
      if (heading == nullptr || heading->level != 2) continue;
      out_ += "<li><a href=\"#" + EscapeXml(heading->id) + "\">" + Inline(heading->text) +
              "</a></li>\n";
    }
    out_ += "</ol></nav>\n";
  }

  std::string out_;
  bool in_section_ = false;
};

}  // namespace

std::string HtmlStyle() {
  std::string style(renal_review_css,
                    static_cast<std::size_t>(renal_review_css_end - renal_review_css));
  return style.append(PictureStyle());
}

std::string WriteHtml(const Document& document) { return Writer(document, nullptr).Take(); }

std::string WriteHtml(const Document& document, const ReviewFrame& frame) {
  return Writer(document, &frame).Take();
}

}  // namespace renal::pathways::review
