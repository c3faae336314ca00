#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "pathways/internal/picture_scene.h"

namespace renal::pathways::picture {
namespace {

constexpr double kGap = 18;        // between two cards of a column
constexpr double kLayerGap = 26;   // between two layers
constexpr double kMinGutter = 20;  // beside the cards, without lanes
constexpr double kWideRow = 640;   // from this width on, tests and offers stand side by side
constexpr double kRoomy = 800;     // from this width on, cards can stand in two columns
constexpr double kRowPadding = 7;
constexpr double kSkip = 3;  // between two parts of a row
constexpr int kMostLanes = 10;

double Sum(const std::vector<Paragraph>& paragraphs) {
  double height = 0;
  for (const Paragraph& paragraph : paragraphs) height += paragraph.height();
  return height;
}

void Break(std::vector<Paragraph>& paragraphs, double width) {
  for (Paragraph& paragraph : paragraphs) paragraph.Break(width);
}

void ArrangeChip(Chip& chip, double x, double width) {
  chip.text.Break(width - kChipMark - kChipPadding);
  double widest = 0;
  for (const std::string& line : chip.text.lines) {
    widest = std::max(widest, TextWidth(line, chip.text.face));
  }
  chip.x = x;
  chip.width = std::min(width, widest + kChipMark + kChipPadding);
  chip.height = chip.text.height() + 2 * kChipPadding - 2;
}

void ArrangeRow(Row& row, double width) {
  const double inner = width - 2 * kPadding;
  const bool wide = inner >= kWideRow && !row.chips.empty();
  const double ids = inner >= kWideRow && row.chips.empty() ? kWideIdWidth : kIdWidth;
  const double body = inner - ids;
  const double tests = wide ? body / 2 - kPadding : body;
  const double offers = wide ? body / 2 : body;
  row.text_x = kPadding + ids;
  row.offer_x = wide ? row.text_x + body / 2 : row.text_x;
  Break(row.head, ids - kSkip);
  Break(row.tests, tests);
  Break(row.notes, offers);
  row.offer_y = kRowPadding + (wide ? 0 : Sum(row.tests) + kSkip);
  double y = row.offer_y;
  for (Chip& chip : row.chips) {
    ArrangeChip(chip, row.offer_x, offers);
    chip.y = y;
    y += chip.height + kSkip;
  }
  y += Sum(row.notes);
  row.height =
      std::max({y, kRowPadding + Sum(row.head), kRowPadding + Sum(row.tests)}) + kRowPadding;
}

void ArrangeCard(Card& card, double width) {
  card.width = width;
  Break(card.head, width - 2 * kPadding);
  double y = HeadHeight(card);
  for (Row& row : card.rows) {
    ArrangeRow(row, width);
    row.y = y;
    y += row.height;
  }
  card.height = y;
}

/// Layer of each table: one below the lowest that leads to it.
std::vector<int> LayersOf(const Pathway& pathway) {
  std::vector<int> layers(pathway.tables.size(), 0);
  // `go` forms no cycle, so that the longest way has fewer steps than there are tables.
  bool changed = true;
  for (std::size_t round = 0; changed && round <= layers.size(); ++round) {
    changed = false;
    for (Index from = 0; from < layers.size(); ++from) {
      for (const Rule& rule : pathway.tables[from].rules) {
        for (const Index to : rule.go) {
          if (layers[to] > layers[from]) continue;
          layers[to] = layers[from] + 1;
          changed = true;
        }
      }
    }
  }
  return layers;
}

void SortIntoLayers(const Pathway& pathway, Scene& scene) {
  const std::vector<int> layers = LayersOf(pathway);
  const int last = layers.empty() ? 0 : *std::ranges::max_element(layers);
  for (Card& card : scene.cards) {
    if (card.kind == "gate") card.layer = 0;
    if (card.kind == "table") card.layer = 1 + layers.at(card.table);
    if (card.kind == "checks") card.layer = last + 2;
  }
  std::ranges::stable_sort(scene.cards, {}, &Card::layer);
}

/// Tables that something drawn leads to.
int TargetsOf(const Scene& scene) {
  std::set<Index> targets;
  for (const Card& card : scene.cards) {
    for (const Row& row : card.rows) targets.insert(row.go.begin(), row.go.end());
  }
  return static_cast<int>(targets.size());
}

struct Frame {
  double width = 0;
  double left = 0, gap = 0;  ///< gutter beside the cards, gap between the columns
  bool columns = true;       ///< whether there is room for two
  double wide() const { return width - 2 * left; }
  double half() const { return (wide() - gap) / 2; }
};

Frame FrameOf(const Scene& scene) {
  const bool roomy = scene.width >= kRoomy;
  const bool gate = !scene.cards.empty() && scene.cards.front().kind == "gate";
  const bool lines = roomy || gate || TargetsOf(scene) > 0;
  constexpr double kNarrow = 2;  // of a frame
  return {scene.width, lines ? kMinGutter + scene.lanes * kLane : kNarrow,
          kMinGutter + (scene.lanes - 1) * kLane, roomy};
}

using Layer = std::vector<Card*>;

/// The cards of a layer below each other, over the whole width; gives where they end.
double Stack(const Layer& layer, const Frame& frame, double top) {
  for (Card* card : layer) {
    card->column = Column::kWide;
    ArrangeCard(*card, frame.wide());
    card->x = frame.left;
    card->y = top;
    top += card->height + kGap;
  }
  return top - kGap;
}

/// The cards of a layer in two columns; gives where they end.
double PlaceInColumns(const Layer& layer, const Frame& frame, double top) {
  std::array<double, 2> ends = {top, top};
  for (Card* card : layer) {
    const std::size_t side = ends[1] < ends[0] ? 1 : 0;
    card->column = side == 0 ? Column::kLeft : Column::kRight;
    ArrangeCard(*card, frame.half());
    card->x = side == 0 ? frame.left : frame.left + frame.half() + frame.gap;
    card->y = ends[side];
    ends[side] += card->height + kGap;
  }
  return std::max(ends[0], ends[1]) - kGap;
}

/// Places the cards of one layer from `top` on, in the way that takes less room, and gives where
/// they end. `wide` says whether they may stand over the whole width.
double PlaceLayer(const Layer& layer, bool& wide, const Frame& frame, double top) {
  if (!wide) return PlaceInColumns(layer, frame, top);
  const double stacked = Stack(layer, frame, top);
  if (layer.size() == 1 || !frame.columns) return stacked;
  // Rows side by side end at different heights: a layer that is longer than a page could not be
  // cut.
  constexpr double kPage = 1000;
  const double columns = PlaceInColumns(layer, frame, top);
  if (columns >= stacked || columns - top > kPage) return Stack(layer, frame, top);
  wide = false;
  return PlaceInColumns(layer, frame, top);
}

/// In lines; gives the height of all.
double PlaceLegend(Scene& scene, double left) {
  double x = left, y = 0, height = 0;
  for (Chip& chip : scene.legend) {
    ArrangeChip(chip, x, scene.width - 2 * left);
    if (x > left && x + chip.width > scene.width - left) {
      x = chip.x = left;
      y += height + kSkip;
      height = 0;
    }
    chip.y = y;
    x += chip.width + kGap;
    height = std::max(height, chip.height);
  }
  return y + height;
}

/// A box that must stay whole, from top to bottom.
using Whole = std::pair<double, double>;

std::vector<Whole> WholesOf(const Scene& scene) {
  std::vector<Whole> wholes;
  for (const Card& card : scene.cards) {
    // A title stays with the first row below it.
    const double head = HeadHeight(card) + (card.rows.empty() ? 0 : card.rows.front().height);
    wholes.emplace_back(card.y - kGap / 2, card.y + head);
    for (const Row& row : card.rows)
      wholes.emplace_back(card.y + row.y, card.y + row.y + row.height);
  }
  std::ranges::sort(wholes);
  return wholes;
}

}  // namespace

std::vector<double> CutsOf(const Scene& scene) {
  constexpr double kLeast = 120;  // of a piece
  std::vector<double> cuts = {0};
  double end = 0;  // how far down what has begun reaches
  for (const auto& [top, bottom] : WholesOf(scene)) {
    if (top >= end && top - cuts.back() >= kLeast) cuts.push_back(top);
    end = std::max(end, bottom);
  }
  cuts.push_back(scene.height);
  return cuts;
}

double HeadHeight(const Card& card) { return Sum(card.head) + 2 * kRowPadding; }

void Arrange(const Pathway& pathway, Scene& scene) {
  SortIntoLayers(pathway, scene);
  scene.lanes = std::min(kMostLanes, TargetsOf(scene) + 1);
  const Frame frame = FrameOf(scene);
  double y = PlaceLegend(scene, frame.left) + kLayerGap / 2;
  bool wide = true;  // below two columns a wide card would cut the lines between them
  for (std::size_t i = 0; i < scene.cards.size();) {
    Layer layer;
    const int number = scene.cards[i].layer;
    for (; i < scene.cards.size() && scene.cards[i].layer == number; ++i) {
      layer.push_back(&scene.cards[i]);
    }
    y = PlaceLayer(layer, wide, frame, y) + kLayerGap;
  }
  scene.height = y - kLayerGap + 2;
}

}  // namespace renal::pathways::picture
