#include "pathways/internal/grid.h"

#include <algorithm>
#include <map>

namespace renal::pathways::internal {
namespace {

bool IsPresence(const Cell& cell) {
  return cell.kind == Cell::Kind::kKnown || cell.kind == Cell::Kind::kUnknown;
}

void AddOnce(std::vector<Index>& list, Index value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

std::vector<std::size_t> SizesOf(const std::vector<Axis>& axes) {
  std::vector<std::size_t> sizes;
  for (const Axis& axis : axes) sizes.push_back(axis.size());
  return sizes;
}

// What the rows say of one input.
struct Column {
  std::vector<const Cell*> cells;
  bool missing = false;
};

std::vector<Axis> AxesOf(const Pathway& pathway, std::vector<Index>& inputs,
                         std::span<const GridRow> rows) {
  std::map<Index, Column> columns;
  for (const GridRow& row : rows) {
    for (const Cell& cell : *row.cells) {
      AddOnce(inputs, cell.input);
      Column& column = columns[cell.input];
      column.cells.push_back(&cell);
      column.missing |= IsPresence(cell);
    }
    if (row.needs == nullptr) continue;
    for (const Index input : *row.needs) {
      AddOnce(inputs, input);
      columns[input].missing = true;
    }
  }
  std::vector<Axis> axes;
  for (const Index input : inputs) {
    const Column& column = columns[input];
    axes.emplace_back(pathway.inputs[input], column.cells, column.missing);
  }
  return axes;
}

}  // namespace

Grid::Grid(const Pathway& pathway, const std::vector<Index>& inputs, std::span<const GridRow> rows)
    : inputs_(inputs), axes_(AxesOf(pathway, inputs_, rows)), layout_(SizesOf(axes_)) {}

std::size_t Grid::Place(Index input) const {
  const auto found = std::find(inputs_.begin(), inputs_.end(), input);
  return found == inputs_.end() ? kNone : static_cast<std::size_t>(found - inputs_.begin());
}

Box Grid::BoxOf(const GridRow& row, bool possible) const {
  Box box = layout_.Full();
  for (const Cell& cell : *row.cells) {
    const std::size_t place = Place(cell.input);
    const Axis& axis = axes_[place];
    layout_.Clear(box, place);
    for (const std::size_t segment : axis.Passing(cell)) layout_.Put(box, place, segment);
    if (possible && axis.has_missing() && !IsPresence(cell)) {
      layout_.Put(box, place, axis.missing());
    }
  }
  if (row.needs == nullptr) return box;
  for (const Index input : *row.needs) {
    const std::size_t place = Place(input);
    layout_.Drop(box, place, axes_[place].missing());
  }
  return box;
}

}  // namespace renal::pathways::internal
