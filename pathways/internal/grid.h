#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "pathways/internal/axis.h"
#include "pathways/internal/boxes.h"
#include "pathways/pathway.h"

/// The grid that cells of several inputs cut, and the boxes of rules in it.
namespace renal::pathways::internal {

/// What a row of cells asks for: `cells` and, as known, the inputs in `needs`.
struct GridRow {
  const std::vector<Cell>* cells = nullptr;
  const std::vector<Index>* needs = nullptr;
};

/// The inputs of some rows, each cut at the constants of the rows. An input on which a row tests
/// whether it is known has a segment "unknown" besides.
class Grid {
 public:
  /// `inputs` come first, then those that only the rows name.
  Grid(const Pathway& pathway, const std::vector<Index>& inputs, std::span<const GridRow> rows);

  const BoxLayout& layout() const { return layout_; }
  const std::vector<Index>& inputs() const { return inputs_; }
  const Axis& axis(std::size_t place) const { return axes_[place]; }
  /// Place of an input; kNone where no row reads it.
  std::size_t Place(Index input) const;

  /// Where the row is true.
  Box Certain(const GridRow& row) const { return BoxOf(row, false); }
  /// Where the row is true or unknown: a test of an unknown value is unknown.
  Box Possible(const GridRow& row) const { return BoxOf(row, true); }

 private:
  Box BoxOf(const GridRow& row, bool possible) const;

  std::vector<Index> inputs_;
  std::vector<Axis> axes_;
  BoxLayout layout_;
};

}  // namespace renal::pathways::internal
