#include "pathways/picture.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "pathways/definitions.h"
#include "pathways/internal/picture_scene.h"
#include "pathways/internal/picture_text.h"
#include "pathways/internal/review_words.h"
#include "tests/pathways/small_pathway.h"

namespace renal::pathways::picture {
namespace {

constexpr Face kFace{10, false};

TEST(PictureTextTest, WideLettersTakeMoreRoomThanNarrowOnes) {
  EXPECT_GT(TextWidth("WWW", kFace), 2 * TextWidth("iii", kFace));
  EXPECT_GT(TextWidth("abc", {10, true}), TextWidth("abc", kFace));
  EXPECT_DOUBLE_EQ(TextWidth("abc", {20, false}), 2 * TextWidth("abc", kFace));
  EXPECT_DOUBLE_EQ(TextWidth("", kFace), 0);
}

struct WrapCase {
  std::string_view name, text;
  double width;
  std::vector<std::string> lines;
  friend void PrintTo(const WrapCase& row, std::ostream* out) { *out << row.name; }
};

class WrapTextTest : public ::testing::TestWithParam<WrapCase> {};

TEST_P(WrapTextTest, BreaksLines) {
  const WrapCase& row = GetParam();
  const auto lines = WrapText(row.text, row.width, kFace);
  EXPECT_EQ(lines, row.lines);
}

INSTANTIATE_TEST_SUITE_P(Texts, WrapTextTest,
                         ::testing::ValuesIn<WrapCase>({
                             {"Nothing", "", 100, {""}},
                             {"Fits", "one two", 100, {"one two"}},
                             {"AtASpace", "one two", 25, {"one", "two"}},
                             {"SpacesAreOne", "  one \n two ", 100, {"one two"}},
                             {"LongWord", "aaaaaa", 20, {"aaa", "aaa"}},
                             {"AfterAHyphen", "aa-aaaa", 32, {"aa-", "aaaa"}},
                             {"BesideALongWord", "b aaaaaa", 20, {"b", "aaa", "aaa"}},
                             {"NoRoomAtAll", "ab", 1, {"a", "b"}},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(WrapTextTest, NoLineIsTooWide) {
  const std::string text =
      std::string(500, 'W') + " and \u2265 2 \uFDFD \U00012031 " + std::string(50, '-');
  for (const std::string& line : WrapText(text, 120, kFace)) {
    // One sign may be wider than the line.
    if (line.size() > 4) {
      EXPECT_LE(TextWidth(line, kFace), 120) << line;
    }
  }
}

Scene SceneFor(const Pathway& pathway, const PictureOptions& options = {}) {
  Scene scene = SceneOf(pathway, options, review::Words::English());
  Arrange(pathway, scene);
  return scene;
}

void ExpectSound(const Pathway& pathway, const PictureOptions& options = {}) {
  const Scene scene = SceneFor(pathway, options);
  for (const Chip& chip : scene.legend) EXPECT_LE(chip.x + chip.width, scene.width);
  for (std::size_t i = 0; i < scene.cards.size(); ++i) {
    const Card& card = scene.cards[i];
    EXPECT_GE(card.x, 0);
    EXPECT_LE(card.x + card.width, scene.width);
    EXPECT_LE(card.y + card.height, scene.height);
    double y = HeadHeight(card);
    for (const Row& row : card.rows) {
      EXPECT_DOUBLE_EQ(row.y, y);
      y += row.height;
      for (const Chip& chip : row.chips) {
        EXPECT_LE(chip.x + chip.width, card.width - kPadding + 0.001);
        EXPECT_LE(chip.y + chip.height, row.height);
      }
    }
    EXPECT_DOUBLE_EQ(y, card.height);
    for (std::size_t j = i + 1; j < scene.cards.size(); ++j) {
      const Card& other = scene.cards[j];
      const bool apart = card.x + card.width <= other.x || other.x + other.width <= card.x ||
                         card.y + card.height <= other.y || other.y + other.height <= card.y;
      EXPECT_TRUE(apart) << i << " and " << j;
    }
  }
  for (const Edge& edge : EdgesOf(pathway, scene)) {
    for (const auto& [x, y] : edge.points) {
      EXPECT_GE(x, 0);
      EXPECT_LE(x, scene.width);
      EXPECT_LE(y, scene.height);
    }
  }
}

TEST(PictureTest, BoxesOfTheShippedPathwayStandApart) {
  ExpectSound(*ShippedPathway("onc-kidney-2018"));
}

/// The small pathway with a chain and a fork of tables: A -> B -> C, A -> D, D -> C.
std::string Forked() {
  const auto table = [](const std::string& id, const std::string& go) {
    const std::string then =
        go.empty() ? R"({"options": [{"strength": "info"}]}, "because": "b", "cite": ["S1"])"
                   : R"({"go": [)" + go + "]}";
    return R"(, {"id": ")" + id + R"(", "title": "Table )" + id +
           R"(", "columns": ["age"], "rules": [{"id": ")" + id +
           R"(1", "if": {"age": "> 1"}, "then": )" + then + "}]}";
  };
  std::string text =
      testing::Edited(R"("then": {"go": ["second"]})", R"("then": {"go": ["second", "B", "D"]})");
  const std::size_t end = text.find("\n  ],\n  \"checks\"");
  return text.insert(end, table("B", R"("C")") + table("C", "") + table("D", R"("C")"));
}

TEST(PictureTest, BoxesOfAForkStandApart) {
  const LoadResult loaded = testing::LoadSmall(Forked());
  ASSERT_NE(loaded.pathway, nullptr) << loaded.problems.front().ToString();
  ExpectSound(*loaded.pathway);
}

TEST(PictureTest, ATableStandsBelowAllThatLeadToIt) {
  const LoadResult loaded = testing::LoadSmall(Forked());
  ASSERT_NE(loaded.pathway, nullptr);
  const Scene scene = SceneFor(*loaded.pathway);
  const auto card = [&](std::string_view title) {
    return *std::ranges::find_if(scene.cards,
                                 [&](const Card& c) { return c.head[0].text == title; });
  };
  EXPECT_GT(card("Table B").y, card("First").y);
  EXPECT_GT(card("Table C").y, card("Table B").y);
  EXPECT_GT(card("Table C").y, card("Table D").y);
  // The gate, then each `go`.
  EXPECT_EQ(EdgesOf(*loaded.pathway, scene).size(), 1u + 3u + 2u);
}

TEST(PictureTest, CutsGoThroughNoRow) {
  const auto pathway = ShippedPathway("onc-kidney-2018");
  const Scene scene = SceneFor(*pathway);
  const std::vector<double> cuts = CutsOf(scene);
  ASSERT_GE(cuts.size(), 4u);
  EXPECT_EQ(cuts.front(), 0);
  EXPECT_EQ(cuts.back(), scene.height);
  for (const Card& card : scene.cards) {
    for (const Row& row : card.rows) {
      const double top = card.y + row.y;
      for (const double cut : cuts) {
        EXPECT_FALSE(cut > top + 0.001 && cut < top + row.height - 0.001) << cut;
      }
    }
  }
}

std::size_t Count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

TEST(PictureTest, PiecesHoldEveryRowOnce) {
  const auto pathway = ShippedPathway("onc-kidney-2018");
  const std::string whole = DrawPathway(*pathway, {});
  const std::string pieces = DrawInPieces(*pathway);
  EXPECT_EQ(Count(pieces, "class=\"box row"), Count(whole, "class=\"box row"));
  EXPECT_EQ(Count(pieces, "class=\"box head"), Count(whole, "class=\"box head"));
  EXPECT_EQ(Count(pieces, "<text"), Count(whole, "<text"));
}

TEST(PictureTest, MarksOnePatientsWay) {
  const LoadResult loaded = testing::LoadSmall(testing::kSmallPathway);
  const std::string plain = DrawPathway(*loaded.pathway, {});
  EXPECT_EQ(Count(plain, "box row true"), 0u);
  const std::string way = DrawPathway(*loaded.pathway, {.rules = {{"F1", Truth::kTrue},
                                                                  {"R1", Truth::kUnknown},
                                                                  {"R2", Truth::kFalse},
                                                                  {"elsewhere", Truth::kTrue}}});
  EXPECT_EQ(Count(way, "box row true"), 1u);
  EXPECT_EQ(Count(way, "box row unknown"), 1u);
  EXPECT_EQ(Count(way, "box row off"), 2u);
  EXPECT_EQ(Count(way, ">applies<"), 1u);
  EXPECT_EQ(Count(way, ">not decided<"), 1u);
  EXPECT_EQ(Count(way, "edge true"), 1u);
}

TEST(PictureTest, StandsInAnyWidth) {
  const auto pathway = ShippedPathway("onc-kidney-2018");
  for (const double width : {240.0, 360.0, 500.0, 799.0, 800.0, 1400.0}) {
    SCOPED_TRACE(width);
    ExpectSound(*pathway, {.width = width});
    EXPECT_EQ(SceneFor(*pathway, {.width = width}).width, width);
  }
  EXPECT_EQ(SceneFor(*pathway, {.width = 100}).width, 240);
}

TEST(PictureTest, DrawsOnlyTheWayWhereAskedTo) {
  const auto pathway = ShippedPathway("onc-kidney-2018");
  const PictureOptions way{.rules = {{"ONC-01", Truth::kTrue},  // a fact
                                     {"ONC-05", Truth::kTrue},
                                     {"ONC-07", Truth::kUnknown},
                                     {"ONC-08", Truth::kFalse}},
                           .checks = {{"AMB-34", Truth::kTrue}, {"AMB-35-size", Truth::kFalse}},
                           .way_only = true,
                           .width = 360};
  ExpectSound(*pathway, way);
  const DrawnPicture drawn = Draw(*pathway, way);
  EXPECT_EQ(drawn.rows, 3u);
  EXPECT_EQ(drawn.width, 360);
  EXPECT_EQ(Count(drawn.svg, "box row true"), 2u);  // with the check
  EXPECT_EQ(Count(drawn.svg, "box row unknown"), 1u);
  EXPECT_EQ(Count(drawn.svg, "box row off"), 0u);
  EXPECT_EQ(Count(drawn.svg, "class=\"legend"), 0u);
}

TEST(PictureTest, NothingIsDrawnOfNoWay) {
  const auto pathway = ShippedPathway("onc-kidney-2018");
  EXPECT_EQ(Draw(*pathway, {.rules = {{"ONC-05", Truth::kFalse}}, .way_only = true}).rows, 0u);
}

TEST(PictureTest, HoldsItsStyleOnlyWhereItStandsAlone) {
  const LoadResult loaded = testing::LoadSmall(testing::kSmallPathway);
  EXPECT_EQ(Count(DrawPathway(*loaded.pathway, {}), "<style>"), 1u);
  EXPECT_EQ(Count(DrawPathway(*loaded.pathway, {.own_style = false}), "<style>"), 0u);
  EXPECT_EQ(PictureStyle().find('<'), std::string_view::npos);
  EXPECT_EQ(PictureStyle().find('&'), std::string_view::npos);
}

TEST(PictureTest, EscapesTexts) {
  const LoadResult loaded = testing::LoadSmall(
      testing::Edited(R"("title": "First")", R"("title": "</svg><script>'\"&")"));
  const std::string svg = DrawPathway(*loaded.pathway, {});
  EXPECT_NE(svg.find("&lt;/svg&gt;&lt;script&gt;&#39;&quot;&amp;"), std::string::npos);
  EXPECT_EQ(Count(svg, "<script"), 0u);
  EXPECT_EQ(Count(svg, "</svg>"), 1u);
}

}  // namespace
}  // namespace renal::pathways::picture
