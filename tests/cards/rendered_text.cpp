#include "tests/cards/rendered_text.h"

#include <memory>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include "cards/markdown.h"

namespace renal::cards {
namespace {

struct NodeDeleter {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};

std::unique_ptr<cmark_node, NodeDeleter> Parse(const std::string& markdown) {
  cmark_gfm_core_extensions_ensure_registered();
  cmark_parser* parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_FOOTNOTES);
  for (const char* name : {"table", "autolink", "strikethrough", "tagfilter", "tasklist"}) {
    cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name));
  }
  cmark_parser_feed(parser, markdown.data(), markdown.size());
  std::unique_ptr<cmark_node, NodeDeleter> root(cmark_parser_finish(parser));
  cmark_parser_free(parser);
  return root;
}

std::string InBrackets(cmark_node* node) {
  return std::string("[") + cmark_node_get_type_string(node) + "]";
}

}  // namespace

std::string RenderedText(const std::string& markdown) {
  const auto root = Parse(markdown);
  cmark_node* paragraph = cmark_node_first_child(root.get());
  if (paragraph == nullptr) return {};
  if (cmark_node_next(paragraph) != nullptr) return "[several blocks]";
  if (cmark_node_get_type(paragraph) != CMARK_NODE_PARAGRAPH) return InBrackets(paragraph);
  std::string text;
  for (cmark_node* node = cmark_node_first_child(paragraph); node != nullptr;
       node = cmark_node_next(node)) {
    if (cmark_node_get_type(node) != CMARK_NODE_TEXT) return InBrackets(node);
    text += cmark_node_get_literal(node);
  }
  return text;
}

std::string EscapedReading(std::string_view text) {
  std::string line = CleanLine(text);
  for (std::size_t at = line.find('@'); at != std::string::npos; at = line.find('@', at)) {
    line.replace(at, 1, "\uFF20");
  }
  return line;
}

}  // namespace renal::cards
