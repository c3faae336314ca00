#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "pathways/html.h"
#include "pathways/render.h"

/// A document as what it says, not how it looks: built once, written as Markdown and as HTML. Texts
/// are plain; the writers escape them.
namespace renal::pathways::review {

/// A piece of a line.
struct Span {
  enum class Kind : std::uint8_t {
    kText,
    kStrong,
    kSoft,  ///< less important, beside the text
    kCode,  ///< for machines: ids, expressions
    kLink,  ///< to `target`: "#place" in the document, or an address of the web
    kMark   ///< a label; `target` says which: "preferred", "policy", "error" …
  };
  Kind kind = Kind::kText;
  std::string text;
  std::string target;
};
using Line = std::vector<Span>;

Span Text(std::string text);
Span Strong(std::string text);
Span Soft(std::string text);
Span Code(std::string text);
Span Link(std::string text, std::string target);
Span Mark(std::string text, std::string kind);

/// Appends `more` to `line`.
void Append(Line& line, Line more);
/// The lines with `between` between them.
Line Joined(const std::vector<Line>& lines, std::string_view between);

struct Heading {
  int level = 2;   ///< 2 opens a section
  std::string id;  ///< unique in the document
  Line text;
  bool new_page = false;  ///< starts a page in print
};

struct Paragraph {
  Line text;
  std::string tone;  ///< "": plain; "lead", "warning", "good", "note"
};

struct List {
  std::vector<Line> items;
};

/// Names and what is to be said about each.
struct Facts {
  struct Row {
    std::string name;
    std::vector<Line> lines;
  };
  std::vector<Row> rows;
};

struct Grid {
  struct Column {
    Line title;
    std::string kind;  ///< "": text; "test", "id", "blank", "code"
  };
  using Cell = std::vector<Line>;  ///< one paragraph a line
  struct Row {
    std::string id;           ///< place in the document; may be empty
    std::vector<Cell> cells;  ///< one a column
    Cell below;               ///< about the whole row; Markdown puts it into a last column
  };
  std::string caption;
  std::string kind;   ///< "rules", "plain", "sign", "codes"
  std::string below;  ///< title of Row::below; empty: no row has any
  std::vector<Column> columns;
  std::vector<Row> rows;
};

/// A drawing, with the same in words for those who cannot see it.
struct Drawing {
  std::string svg;
  std::vector<Line> words;
};

using Block = std::variant<Heading, Paragraph, List, Facts, Grid, Drawing>;

struct Document {
  std::string language;  ///< BCP 47
  std::string title;
  std::string subtitle;  ///< stands over the title
  std::string contents;  ///< title of the list of sections
  std::vector<Block> blocks;
};

/// GitHub's flavour, without raw HTML.
std::string WriteMarkdown(const Document& document);
/// One page that loads nothing and runs nothing; well-formed XML.
std::string WriteHtml(const Document& document);
/// The same inside a frame.
std::string WriteHtml(const Document& document, const ReviewFrame& frame);
/// What the page is drawn with.
std::string HtmlStyle();

using pathways::EscapeXml;

}  // namespace renal::pathways::review
