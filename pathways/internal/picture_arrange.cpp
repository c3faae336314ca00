#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "pathways/internal/picture_scene.h"

namespace renal::pathways::picture {
namespace {

constexpr double kWidth = 980;
constexpr double kGap = 18;        // between two cards of a column
constexpr double kLayerGap = 26;   // between two layers
constexpr double kMinGutter = 20;  // beside the cards, without lanes
constexpr double kWideRow = 640;   // from this width on, tests and offers stand side by side
constexpr double kRowPadding = 7;
constexpr double kSkip = 3;        // between two parts of a row
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
  const double body = inner - kIdWidth;
  const bool wide = inner >= kWideRow && !row.chips.empty();
  const double tests = wide ? body / 2 - kPadding : body;
  const double offers = wide ? body / 2 : body;
  row.text_x = kPadding + kIdWidth;
  row.offer_x = wide ? row.text_x + body / 2 : row.text_x;
  Break(row.head, kIdWidth - kSkip);
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
  row.height = std::max({y, kRowPadding + Sum(row.head), kRowPadding + Sum(row.tests)}) + kRowPadding;
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

int LanesOf(const Pathway& pathway) {
  std::set<Index> targets;
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) targets.insert(rule.go.begin(), rule.go.end());
  }
  return std::min(kMostLanes, static_cast<int>(targets.size()) + 1);
}

struct Frame {
  double left = 0, gap = 0;  ///< gutter beside the cards, gap between the columns
  double wide() const { return kWidth - 2 * left; }
  double half() const { return (wide() - gap) / 2; }
};

/// Places the cards of one layer from `top` on; gives where the next layer starts.
double PlaceLayer(std::vector<Card*> layer, bool alone_above, const Frame& frame, double top) {
  if (layer.size() == 1 && alone_above) {
    Card& card = *layer.front();
    card.column = Column::kWide;
    ArrangeCard(card, frame.wide());
    card.x = frame.left;
    card.y = top;
    return top + card.height + kLayerGap;
  }
  std::array<double, 2> ends = {top, top};
  for (Card* card : layer) {
    const std::size_t side = ends[1] < ends[0] ? 1 : 0;
    card->column = side == 0 ? Column::kLeft : Column::kRight;
    ArrangeCard(*card, frame.half());
    card->x = side == 0 ? frame.left : frame.left + frame.half() + frame.gap;
    card->y = ends[side];
    ends[side] += card->height + kGap;
  }
  return std::max(ends[0], ends[1]) - kGap + kLayerGap;
}

double PlaceLegend(Scene& scene, double x) {
  double height = 0;
  for (Chip& chip : scene.legend) {
    ArrangeChip(chip, x, kWidth);
    x += chip.width + kGap;
    height = std::max(height, chip.height);
  }
  return height;
}

}  // namespace

double HeadHeight(const Card& card) { return Sum(card.head) + 2 * kRowPadding; }

void Arrange(const Pathway& pathway, Scene& scene) {
  SortIntoLayers(pathway, scene);
  scene.lanes = LanesOf(pathway);
  const Frame frame{kMinGutter + scene.lanes * kLane, kMinGutter + (scene.lanes - 1) * kLane};
  scene.width = kWidth;
  double y = PlaceLegend(scene, frame.left) + kLayerGap / 2;
  bool alone = true;  // a wide card would cut the lines in the gap between two columns above it
  for (std::size_t i = 0; i < scene.cards.size();) {
    std::vector<Card*> layer;
    const int number = scene.cards[i].layer;
    for (; i < scene.cards.size() && scene.cards[i].layer == number; ++i) {
      layer.push_back(&scene.cards[i]);
    }
    alone &= layer.size() == 1 || layer.front()->kind == "checks";
    y = PlaceLayer(std::move(layer), alone, frame, y);
  }
  scene.height = y - kLayerGap + 2;
}

}  // namespace renal::pathways::picture
