#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pathways/internal/boxes.h"
#include "pathways/pathway.h"

/// The values of one input, cut at the constants of its cells (pathway-format 11.2).
namespace renal::pathways::internal {

/// The segments of one input: two values of one segment pass the same cells. Ordered types: the
/// constants and the open intervals between them, inside the plausible range, those of whole types
/// only where a whole number lies in them. Codes and Booleans: the values. Where asked for, one
/// more segment at the end: no value is known.
class Axis {
 public:
  /// `cells` of this input; those of several versions of it may be mixed. `domains`: the plausible
  /// range of each version; the axis reaches over all of them.
  Axis(const Input& input, const std::vector<const Cell*>& cells,
       const std::vector<Interval>& domains, bool missing);
  Axis(const Input& input, const std::vector<const Cell*>& cells, bool missing);

  std::size_t size() const { return values_.size() + (missing_ ? 1 : 0); }
  bool has_missing() const { return missing_; }
  std::size_t missing() const { return values_.size(); }  ///< the segment, where there is one
  const std::vector<Value>& values() const { return values_; }

  /// Segments of the values that pass, as a list of indices; without the missing one but for a cell
  /// "unknown".
  std::vector<std::size_t> Passing(const Cell& cell) const;
  /// Segments inside an interval whose ends were given as a cell or a domain.
  std::vector<std::size_t> Inside(const Interval& interval) const;

  /// The set of segments of `axis` of a box, in the grammar of cells: "< 2 'cm'", "central or
  /// hilar", "-" for all, "unknown" for the missing one, joined by " or ".
  std::string Text(const BoxLayout& layout, const Box& box, std::size_t axis) const;
  /// One value out of that set, the plainest: "2 'cm'", "75", "central", "unknown".
  std::string Example(const BoxLayout& layout, const Box& box, std::size_t axis) const;

 private:
  void AddPoints(const Interval& interval);
  void Cut();
  std::size_t From(const std::optional<Bound>& low) const;
  std::size_t To(const std::optional<Bound>& high) const;
  std::optional<fhir::Quantity> OnlyWhole(const Interval& run) const;
  std::string RunText(std::size_t first, std::size_t last) const;
  Interval Run(std::size_t first, std::size_t last) const;

  Type type_;
  std::optional<fhir::Unit> unit_;
  std::vector<std::string> names_;  // of codes
  std::optional<fhir::Quantity> min_, max_;
  std::vector<fhir::Quantity> points_;
  std::vector<std::size_t> kept_;  // of each place between and on the points: segments before it
  std::vector<Value> values_;
  bool missing_;
};

/// The plausible range of an input.
Interval DomainOf(const Input& input);

/// A plain value of the interval: its closed end, else a round number inside.
fhir::Quantity PlainValue(Type type, const std::optional<fhir::Unit>& unit,
                          const Interval& interval);

}  // namespace renal::pathways::internal
