#include <algorithm>

#include "pathways/internal/document.h"
#include "pathways/markdown.h"

namespace renal::pathways::review {
namespace {

bool IsWebAddress(std::string_view target) {
  return target.starts_with("https://") || target.starts_with("http://");
}

/// `|` ends a table cell even in a code span, unless a backslash stands before it. False where the
/// text has one there already: then no code span says what the text says.
bool EscapePipes(std::string& text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    if (at > 0 && text[at - 1] == '\\') return false;
    text.insert(at, 1, '\\');
  }
  return true;
}

/// A code span that renders as its text: one more backtick than the longest run inside.
std::string CodeSpan(std::string_view raw, bool in_table) {
  std::string text = CleanLine(raw, raw.size());
  if (text.empty()) return {};
  if (in_table && !EscapePipes(text)) return EscapeOwn(raw, false);
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const bool pad = text.front() == '`' || text.back() == '`';
  return fence + (pad ? " " : "") + text + (pad ? " " : "") + fence;
}

// An address holds no character that ends `<…>` or means anything to Markdown inside it.
std::string Address(std::string_view target) {
  std::string out;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F &&
        std::string_view("<>\\`|()[]*_~&").find(c) == std::string_view::npos) {
      out += c;
    } else if (c == '_' || c == '&' || c == '~' || c == '*') {
      out += '\\';
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string Inline(const Span& span, bool begins_line, bool in_table) {
  std::string text = EscapeOwn(span.text, begins_line);
  switch (span.kind) {
    case Span::Kind::kStrong:
      return text.empty() ? text : "**" + EscapeOwn(span.text, false) + "**";
    case Span::Kind::kCode:
      return CodeSpan(span.text, in_table);
    case Span::Kind::kLink:
      if (!IsWebAddress(span.target)) return text;
      return "[" + EscapeOwn(span.text, false) + "](<" + Address(span.target) + ">)";
    case Span::Kind::kText:
    case Span::Kind::kSoft:
    case Span::Kind::kMark:
      return text;
  }
  return text;
}

bool EndsInSpace(const std::string& text) { return text.empty() || text.back() == ' '; }

std::string Inline(const Line& line, bool begins_line, bool in_table = false) {
  std::string out;
  for (const Span& span : line) {
    // Escaping trims: the space between two pieces is put back.
    if (!out.empty() && span.text.starts_with(' ') && !EndsInSpace(out)) out += ' ';
    out += Inline(span, begins_line && out.empty(), in_table);
    if (span.text.ends_with(' ') && !EndsInSpace(out)) out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string Cell(const Grid::Cell& cell) {
  std::string out;
  for (const Line& line : cell) {
    const std::string text = Inline(line, false, true);
    if (text.empty()) continue;
    if (!out.empty()) out += out.back() == '.' || out.back() == ':' ? " " : "; ";
    out += text;
  }
  return out;
}

class Writer {
 public:
  explicit Writer(const Document& document) {
    if (!document.subtitle.empty()) Put(EscapeOwn(document.subtitle));
    Put("# " + EscapeOwn(document.title, false));
    for (const Block& block : document.blocks) std::visit(*this, block);
  }

  void operator()(const Heading& heading) {
    const auto level = static_cast<std::size_t>(std::clamp(heading.level, 2, 6));
    Put(std::string(level, '#') + " " + Inline(heading.text, false));
  }
  void operator()(const Paragraph& paragraph) { Put(Inline(paragraph.text, true)); }
  void operator()(const List& list) { PutList(list.items); }
  void operator()(const Drawing& drawing) { PutList(drawing.words); }

  void operator()(const Facts& facts) {
    std::string text;
    for (const Facts::Row& row : facts.rows) {
      const std::string name = "- **" + EscapeOwn(row.name, false) + ":**";
      if (row.lines.size() == 1) {
        text += name + " " + Inline(row.lines.front(), false) + "\n";
        continue;
      }
      text += name + "\n";
      for (const Line& line : row.lines) text += "  - " + Inline(line, true) + "\n";
    }
    PutLines(text);
  }

  void operator()(const Grid& grid) {
    if (!grid.caption.empty()) Put("**" + EscapeOwn(grid.caption, false) + "**");
    std::string text = "|";
    std::string rule = "|";
    for (const Grid::Column& column : grid.columns) {
      text += " " + Inline(column.title, false, true) + " |";
      rule += " --- |";
    }
    if (!grid.below.empty()) {
      text += " " + EscapeOwn(grid.below, false) + " |";
      rule += " --- |";
    }
    text += "\n" + rule + "\n";
    for (const Grid::Row& row : grid.rows) text += RowOf(row, !grid.below.empty());
    PutLines(text);
  }

  std::string Take() {
    if (!out_.empty()) out_.pop_back();
    return std::move(out_);
  }

 private:
  static std::string RowOf(const Grid::Row& row, bool below) {
    std::string text = "|";
    for (const Grid::Cell& cell : row.cells) text += " " + Cell(cell) + " |";
    if (below) text += " " + Cell(row.below) + " |";
    return text + "\n";
  }

  void PutList(const std::vector<Line>& items) {
    std::string text;
    for (const Line& item : items) text += "- " + Inline(item, true) + "\n";
    PutLines(text);
  }

  void Put(const std::string& line) { PutLines(line.empty() ? line : line + "\n"); }
  void PutLines(const std::string& lines) {
    if (!lines.empty()) out_ += lines + "\n";
  }

  std::string out_;
};

}  // namespace

std::string WriteMarkdown(const Document& document) { return Writer(document).Take(); }

}  // namespace renal::pathways::review
