#include <algorithm>
#include <map>

#include "pathways/internal/picture_scene.h"

namespace renal::pathways::picture {
namespace {

/// Where lines run down: beside the left cards, between the columns, beside the right cards.
enum class Corridor : std::uint8_t { kLeft, kMiddle, kRight };

/// One line before it has a lane.
struct Run {
  Corridor corridor = Corridor::kLeft;
  Index target = kNone;  ///< lines to one table share a lane
  bool gate = false;
  double from_x = 0, from_y = 0, to_x = 0, to_y = 0;
  std::string state;
};

double RightOf(const Card& card) { return card.x + card.width; }

/// Where a line enters a table: beside its title.
double EntryOf(const Card& card) { return card.y + card.head.front().height() / 2 + 7; }

/// The corridor between two cards, and on which side of each it runs.
Run Between(const Card& from, const Card& to) {
  Run run;
  run.target = to.table;
  const bool crossing = (from.column == Column::kLeft && to.column == Column::kRight) ||
                        (from.column == Column::kRight && to.column == Column::kLeft);
  const bool right =
      to.column == Column::kRight || (to.column == Column::kWide && from.column == Column::kRight);
  run.corridor = crossing ? Corridor::kMiddle : right ? Corridor::kRight : Corridor::kLeft;
  const bool from_right = crossing ? from.column == Column::kLeft : right;
  const bool to_right = crossing ? to.column == Column::kLeft : right;
  run.from_x = from_right ? RightOf(from) : from.x;
  run.to_x = to_right ? RightOf(to) : to.x;
  run.to_y = EntryOf(to);
  return run;
}

std::vector<Run> RunsOf(const Pathway& pathway, const Scene& scene) {
  std::map<Index, const Card*> tables;
  const Card* gate = nullptr;
  for (const Card& card : scene.cards) {
    if (card.kind == "table") tables[card.table] = &card;
    if (card.kind == "gate") gate = &card;
  }
  std::vector<Run> runs;
  for (const Index start : pathway.start) {
    if (gate == nullptr || !tables.contains(start)) continue;  // only the way is drawn
    Run run = Between(*gate, *tables.at(start));
    run.gate = true;
    run.from_y = gate->y + gate->height / 2;
    runs.push_back(std::move(run));
  }
  for (const Card& card : scene.cards) {
    for (const Row& row : card.rows) {
      for (const Index go : row.go) {
        if (!tables.contains(go)) continue;
        Run run = Between(card, *tables.at(go));
        run.from_y = card.y + row.y + row.height / 2;
        run.state = row.state;
        runs.push_back(std::move(run));
      }
    }
  }
  return runs;
}

/// The lines that share a lane: all to one table, or all from the gate on one side.
struct Bundle {
  Corridor corridor = Corridor::kLeft;
  double top = 0, bottom = 0;
  int lane = 0;
};
using Key = std::pair<Corridor, Index>;

std::map<Key, Bundle> BundlesOf(const std::vector<Run>& runs, int lanes) {
  std::map<Key, Bundle> bundles;
  for (const Run& run : runs) {
    const Key key{run.corridor, run.gate ? kNone : run.target};
    const auto [at, added] =
        bundles.try_emplace(key, Bundle{run.corridor, run.from_y, run.to_y, 0});
    at->second.top = std::min({at->second.top, run.from_y, run.to_y});
    at->second.bottom = std::max({at->second.bottom, run.from_y, run.to_y});
  }
  // The first lane that is free where the bundle runs; where all are taken, lines lie on each
  // other.
  std::map<std::pair<Corridor, int>, std::vector<const Bundle*>> taken;
  for (auto& [key, bundle] : bundles) {
    for (bundle.lane = 0; bundle.lane + 1 < lanes; ++bundle.lane) {
      const auto& others = taken[{bundle.corridor, bundle.lane}];
      const bool free = std::ranges::none_of(others, [&](const Bundle* other) {
        return other->top <= bundle.bottom && bundle.top <= other->bottom;
      });
      if (free) break;
    }
    taken[{bundle.corridor, bundle.lane}].push_back(&bundle);
  }
  return bundles;
}

double LaneX(const Run& run, int lane) {
  constexpr double kFirst = 12;
  const double away = kFirst + lane * kLane;
  switch (run.corridor) {
    case Corridor::kLeft:
      return std::min(run.from_x, run.to_x) - away;
    case Corridor::kRight:
      return std::max(run.from_x, run.to_x) + away;
    case Corridor::kMiddle:
      break;
  }
  return std::min(run.from_x, run.to_x) + away - kLane / 2;
}

}  // namespace

std::vector<Edge> EdgesOf(const Pathway& pathway, const Scene& scene) {
  const std::vector<Run> runs = RunsOf(pathway, scene);
  const auto bundles = BundlesOf(runs, scene.lanes);
  std::vector<Edge> edges;
  for (const Run& run : runs) {
    const Bundle& bundle = bundles.at({run.corridor, run.gate ? kNone : run.target});
    const double x = LaneX(run, bundle.lane);
    edges.push_back(
        {{{run.from_x, run.from_y}, {x, run.from_y}, {x, run.to_y}, {run.to_x, run.to_y}},
         run.state});
  }
  return edges;
}

}  // namespace renal::pathways::picture
