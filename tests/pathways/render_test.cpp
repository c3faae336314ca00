#include "pathways/render.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <gtest/gtest.h>

#include "tests/pathways/review_fixture.h"
#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

using namespace pathways::testing;

const std::filesystem::path kGolden =
    std::filesystem::path(RENAL_SOURCE_DIR) / "tests/golden/review";

/// The page without its style sheet, which is looked at in a browser, and without the hash of it.
std::string WithoutStyle(std::string page) {
  const std::size_t style = page.find("<style>");
  page.erase(style, page.find("</style>") - style);
  const std::size_t hash = page.find("sha256-");
  return page.erase(hash, page.find('\'', hash) - hash);
}

void ExpectGolden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = kGolden / name;
  const char* rewrite = std::getenv("RENAL_REWRITE_GOLDEN");
  if (rewrite != nullptr && std::string_view(rewrite) == "1") {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(file), {})) << path;
}

TEST(RenderTest, WritesTheMarkdownOfTheSmallPathway) {
  ExpectGolden("small.md", RenderMarkdown(SmallReview()));
}

TEST(RenderTest, WritesThePageOfTheSmallPathway) {
  ExpectGolden("small.html", WithoutStyle(RenderHtml(SmallReview())));
}

TEST(RenderTest, SaysWhatHasToBeSettledFirst) {
  const std::string text = RenderMarkdown(SmallReview());
  EXPECT_NE(
      text.find("one error in the automatic proof; one test case fails; one rule is not covered "
                "by a test case; one limit is not covered"),
      std::string::npos);
  Review sound = ReviewOf(kSmallPathway);
  EXPECT_NE(RenderMarkdown(sound).find("there are no test cases"), std::string::npos);
  sound.cases = CasesResult{};
  EXPECT_NE(RenderMarkdown(sound).find("The automatic proof found no error"), std::string::npos);
}

struct CellCase {
  std::string_view name, cell, words;
  friend void PrintTo(const CellCase& row, std::ostream* out) { *out << row.name; }
};

class CellWordsTest : public ::testing::TestWithParam<CellCase> {};

TEST_P(CellWordsTest, AreWhatAClinicianReads) {
  const std::string cell = std::string("\"size\": \"") + std::string(GetParam().cell) + "\"}";
  const std::string text =
      RenderMarkdown(ReviewOf(Edited(R"("size": ">= 20 'mm'", "since": ">= @2020-02-29"})", cell)));
  // The line of rule R2: id, size, since, what it offers.
  const std::string row = "| R2 | " + std::string(GetParam().words) + " | any |";
  EXPECT_NE(text.find(row), std::string::npos) << text.substr(text.find("| R2 |"), 80);
}

INSTANTIATE_TEST_SUITE_P(Cells, CellWordsTest,
                         ::testing::ValuesIn<CellCase>({
                             {"Any", "-", "any"},
                             {"Below", "< 7 'cm'", "< 7 cm"},
                             {"AtMost", "<= 7.0 'cm'", "≤ 7 cm"},
                             {"OtherUnit", ">= 20 'mm'", "≥ 20 mm"},
                             {"Above", "> 7 'cm'", "> 7 cm"},
                             {"Exactly", "= 7 'cm'", "= 7 cm"},
                             {"Not", "!= 7 'cm'", "≠ 7 cm"},
                             {"HalfOpen", "[2 'cm' .. 7 'cm')", "≥ 2 cm and < 7 cm"},
                             {"Either", "< 2 'cm' or > 7 'cm'", "< 2 cm or > 7 cm"},
                             {"Known", "known", "recorded"},
                             {"Parameter", "< %limit", "< 2 cm (limit)"},
                             {"ParameterTwice", "[%limit .. 7 'cm']", "≥ 2 cm and ≤ 7 cm (limit)"},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(RenderTest, ShowsDatesAsDates) {
  EXPECT_NE(RenderMarkdown(SmallReview()).find("≥ 2020-02-29"), std::string::npos);
}

TEST(RenderTest, NamesWhatASiteChose) {
  Review review = ReviewOf(kSmallPathway);
  const auto read = [](std::string_view) { return std::optional(std::string(kSizeFile)); };
  review.loaded = LoadPathway("small.json", kSmallPathway,
                              {.read_file = read, .parameters = {{"limit", "3 'cm'"}}});
  ASSERT_NE(review.loaded.pathway, nullptr);
  const std::string text = RenderMarkdown(review);
  EXPECT_NE(text.find("**3 cm**; set by the site; the file says 2 cm"), std::string::npos);
}

TEST(RenderTest, SaysWhichContentAnApprovalIsOf) {
  const std::string people =
      R"("publisher": "Example", "approvals": [{"name": "A", "date": "2026-03-01", "hash": ")";
  const std::string hash = LoadSmall(kSmallPathway).pathway->hash;
  const auto with = [&](const std::string& signed_hash) {
    return RenderMarkdown(
        ReviewOf(Edited(R"("publisher": "Example")", people + signed_hash + "\"}]")));
  };
  EXPECT_NE(with(hash).find("of this content"), std::string::npos);
  EXPECT_NE(with("sha256:0").find("of another content: sha256:0"), std::string::npos);
}

// ---- texts that want to be markup

struct NodeDeleter {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct IteratorDeleter {
  void operator()(cmark_iter* iterator) const { cmark_iter_free(iterator); }
};

/// What a reader of the Markdown sees, and what is in it besides text.
struct Read {
  std::string text;
  int html = 0, images = 0, tables = 0;
  std::string links;
};

Read ReadMarkdown(const std::string& markdown) {
  cmark_gfm_core_extensions_ensure_registered();
  cmark_parser* parser = cmark_parser_new(CMARK_OPT_DEFAULT);
  cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
  cmark_parser_feed(parser, markdown.data(), markdown.size());
  const std::unique_ptr<cmark_node, NodeDeleter> root(cmark_parser_finish(parser));
  cmark_parser_free(parser);
  const std::unique_ptr<cmark_iter, IteratorDeleter> nodes(cmark_iter_new(root.get()));
  Read read;
  while (cmark_iter_next(nodes.get()) != CMARK_EVENT_DONE) {
    cmark_node* node = cmark_iter_get_node(nodes.get());
    const std::string_view type = cmark_node_get_type_string(node);
    if (type.starts_with("html")) ++read.html;
    if (type == "image") ++read.images;
    if (type == "table") ++read.tables;
    if (type == "link") read.links += std::string(cmark_node_get_url(node)) + "\n";
    if (type == "text" || type == "code") read.text += cmark_node_get_literal(node);
  }
  return read;
}

class HostileTextTest : public ::testing::TestWithParam<std::string_view> {};

TEST_P(HostileTextTest, StaysTextInMarkdown) {
  const Review review = ReviewOf(SpoiltPathway(GetParam()));
  ASSERT_NE(review.loaded.pathway, nullptr);
  const Read plain = ReadMarkdown(RenderMarkdown(ReviewOf(SpoiltPathway("plain"))));
  const Read read = ReadMarkdown(RenderMarkdown(review));
  EXPECT_EQ(read.html, 0);
  EXPECT_EQ(read.images, 0);
  EXPECT_EQ(read.tables, plain.tables);
  EXPECT_EQ(read.links, plain.links);
  EXPECT_NE(read.text.find(GetParam()), std::string::npos);
}

TEST_P(HostileTextTest, StaysTextInThePage) {
  const std::string page = RenderHtml(ReviewOf(SpoiltPathway(GetParam())));
  const std::string plain = RenderHtml(ReviewOf(SpoiltPathway("plain")));
  // As many elements as with a harmless text, but for the lines of the picture.
  const auto count = [](const std::string& text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
      ++found;
    }
    return found;
  };
  for (const std::string_view tag :
       {"<script", "<img", "<b ", "<a ", "<td", "<tr", "<section", "<p"}) {
    EXPECT_EQ(count(page, tag), count(plain, tag)) << tag;
  }
}

INSTANTIATE_TEST_SUITE_P(Texts, HostileTextTest,
                         ::testing::Values("<script>alert(1)</script>", "<img src=x onerror=y>",
                                           "a | b | c", "| --- |", "# heading", "- item", "1. item",
                                           "`code` ``more``", "**bold** _soft_ ~~gone~~",
                                           "[x](javascript:alert(1))", "![x](https://e.example/)",
                                           "\\", "\\|", "&lt;b&gt;", "<!-- -->", "\"><b x='1'>",
                                           "]]>", "</td></tr></table>", "{{7*7}}", "<"));

}  // namespace
}  // namespace renal::pathways
