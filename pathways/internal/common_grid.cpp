#include "pathways/internal/common_grid.h"

#include <algorithm>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

bool Comparable(const Input& a, const Input& b) {
  if (a.type != b.type) return false;
  if (!a.unit || !b.unit) return !a.unit && !b.unit;
  // Annotations that one side alone has would make some constants incomparable.
  return a.unit->ConvertibleTo(*b.unit) && (a.unit->text().find('{') == std::string::npos) ==
                                               (b.unit->text().find('{') == std::string::npos);
}

}  // namespace

std::vector<GridRow> DecidingRows(const Pathway& pathway) {
  std::vector<GridRow> rows;
  for (const GateRow& row : pathway.gate) rows.push_back({&row.cells, nullptr});
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) rows.push_back({&rule.cells, &rule.needs});
  }
  for (const Check& check : pathway.checks) rows.push_back({&check.cells, nullptr});
  return rows;
}

CommonGrid::CommonGrid(const Pathway& before, const Pathway& after) {
  AddVersion(Version::kBefore, before);
  AddVersion(Version::kAfter, after);
  for (const auto& [version, pathway] :
       {std::pair(Version::kBefore, &before), std::pair(Version::kAfter, &after)}) {
    for (const GridRow& row : DecidingRows(*pathway)) AddRow(version, row);
  }
  MakeAxes();
}

void CommonGrid::AddVersion(Version version, const Pathway& pathway) {
  auto& places = places_[static_cast<std::size_t>(version)];
  places.resize(pathway.inputs.size());
  // Only inputs that something decides by get an axis.
  for (const GridRow& row : DecidingRows(pathway)) {
    for (const Cell& cell : *row.cells) ColumnOf(version, pathway, cell.input);
    if (row.needs == nullptr) continue;
    for (const Index input : *row.needs) ColumnOf(version, pathway, input);
  }
}

std::size_t CommonGrid::ColumnOf(Version version, const Pathway& pathway, Index index) {
  Place& place = places_[static_cast<std::size_t>(version)][index];
  if (place.column != kNone) return place.column;
  const Input& input = pathway.inputs[index];
  const auto same = std::find_if(columns_.begin(), columns_.end(), [&](const Column& column) {
    return column.merged.name == input.name && Comparable(column.merged, input);
  });
  place.column = static_cast<std::size_t>(same - columns_.begin());
  if (same == columns_.end()) {
    Column column;
    column.merged.name = input.name;
    column.merged.type = input.type;
    column.merged.unit = input.unit;
    columns_.push_back(std::move(column));
  }
  Column& column = columns_[place.column];
  column.title = input.title;
  place.domain = DomainOf(input);
  column.domains.push_back(place.domain);
  for (const auto& value : input.values) {
    auto& values = column.merged.values;
    auto found = std::find_if(values.begin(), values.end(),
                              [&](const auto& other) { return other.first == value.first; });
    if (found == values.end()) found = values.insert(values.end(), value);
    place.codes.push_back(static_cast<std::size_t>(found - values.begin()));
  }
  return place.column;
}

void CommonGrid::AddRow(Version version, const GridRow& row) {
  for (const Cell& cell : *row.cells) {
    const Place& place = At(version, cell.input);
    Column& column = columns_[place.column];
    column.cells.push_back(&cell);
    column.missing |= cell.kind == Cell::Kind::kKnown || cell.kind == Cell::Kind::kUnknown;
  }
  if (row.needs == nullptr) return;
  for (const Index input : *row.needs) columns_[At(version, input).column].missing = true;
}

void CommonGrid::MakeAxes() {
  std::vector<std::size_t> sizes;
  for (const Column& column : columns_) {
    axes_.emplace_back(column.merged, column.cells, column.domains, column.missing);
    sizes.push_back(axes_.back().size());
  }
  layout_ = BoxLayout(sizes);
}

Box CommonGrid::BoxOf(Version version, const GridRow& row) const {
  Box box = layout_.Full();
  for (const Cell& cell : *row.cells) {
    const Place& place = At(version, cell.input);
    const Axis& axis = axes_[place.column];
    layout_.Clear(box, place.column);
    if (cell.kind == Cell::Kind::kCodes) {
      for (std::size_t code = 0; code < place.codes.size(); ++code) {
        if ((cell.codes >> code & 1) != 0) layout_.Put(box, place.column, place.codes[code]);
      }
      continue;
    }
    for (const std::size_t segment : axis.Passing(cell)) layout_.Put(box, place.column, segment);
    if (!IsOrdered(columns_[place.column].merged.type) || cell.kind == Cell::Kind::kUnknown) {
      continue;
    }
    Box plausible(box);
    layout_.Clear(plausible, place.column);
    for (const std::size_t segment : axis.Inside(place.domain)) {
      layout_.Put(plausible, place.column, segment);
    }
    box = layout_.Common(box, plausible);
  }
  if (row.needs == nullptr) return box;
  for (const Index input : *row.needs) {
    const std::size_t column = At(version, input).column;
    layout_.Drop(box, column, axes_[column].missing());
  }
  return box;
}

std::vector<std::string> CommonGrid::Describe(const Box& box) const {
  std::vector<std::string> tests;
  for (std::size_t axis = 0; axis < columns_.size(); ++axis) {
    if (layout_.IsFree(box, axis)) continue;
    tests.push_back(columns_[axis].title + ": " + axes_[axis].Text(layout_, box, axis));
  }
  return tests;
}

}  // namespace renal::pathways::internal
