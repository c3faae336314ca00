#pragma once

#include <string>
#include <vector>

#include "pathways/internal/axis.h"
#include "pathways/internal/boxes.h"
#include "pathways/internal/grid.h"
#include "pathways/pathway.h"

/// One grid for two versions of a pathway: each input cut at the constants of both.
namespace renal::pathways::internal {

enum class Version : std::uint8_t { kBefore, kAfter };

/// Inputs are the same if they have the same name and type and comparable units; the codes of both
/// versions make one list. An input that is not the same has an axis for each version.
class CommonGrid {
 public:
  CommonGrid(const Pathway& before, const Pathway& after);

  const BoxLayout& layout() const { return layout_; }
  /// Where a row of that version is true. A value that is not plausible there is unknown there.
  Box BoxOf(Version version, const GridRow& row) const;
  /// One text an input that is not free: "Largest dimension: [2 'cm' .. 7 'cm')".
  std::vector<std::string> Describe(const Box& box) const;

 private:
  struct Column {
    Input merged;                   // what the axis is made from
    std::vector<Interval> domains;  // plausible ranges
    std::vector<const Cell*> cells;
    bool missing = false;
    std::string title;
  };
  struct Place {
    std::size_t column = kNone;
    std::vector<std::size_t> codes;  // of the version's codes: their place in the merged list
    Interval domain;
  };

  void AddVersion(Version version, const Pathway& pathway);
  std::size_t ColumnOf(Version version, const Pathway& pathway, Index input);
  void AddRow(Version version, const GridRow& row);
  void MakeAxes();
  const Place& At(Version version, Index input) const {
    return places_[static_cast<std::size_t>(version)][input];
  }

  std::vector<Column> columns_;
  std::vector<Place> places_[2];
  std::vector<Axis> axes_;
  BoxLayout layout_{{}};
};

/// Every row of cells of a pathway that decides: gate, rules, checks.
std::vector<GridRow> DecidingRows(const Pathway& pathway);

}  // namespace renal::pathways::internal
