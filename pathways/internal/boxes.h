#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

/// Boxes over a grid: products of sets of segments, one bit a segment. What the proof of tables
/// (pathway-format 11.2) counts with; nothing here knows what a segment stands for.
namespace renal::pathways::internal {

/// One set of segments for each axis, in words; the layout says which words are whose.
using Box = std::vector<std::uint64_t>;

/// What one proof may cost. Shared by all tables of a file, so that a hostile one ends in time.
struct BoxLimit {
  std::size_t boxes = 100'000;          ///< held at a time
  std::size_t words = 8'000'000;        ///< in the boxes held at a time
  std::size_t steps = 100'000'000;      ///< words looked at, over the whole proof
  bool Spend(std::size_t step_words) {  ///< false: nothing is left
    steps -= step_words < steps ? step_words : steps;
    return steps > 0;
  }
};

/// Where the bits of each axis are, and the algebra of boxes.
class BoxLayout {
 public:
  explicit BoxLayout(const std::vector<std::size_t>& sizes);  ///< segments of each axis

  std::size_t axes() const { return sizes_.size(); }
  std::size_t size(std::size_t axis) const { return sizes_[axis]; }
  std::size_t words() const { return first_.back(); }

  Box Full() const;
  bool Has(const Box& box, std::size_t axis, std::size_t segment) const;
  void Put(Box& box, std::size_t axis, std::size_t segment) const;
  void Drop(Box& box, std::size_t axis, std::size_t segment) const;
  void Clear(Box& box, std::size_t axis) const;
  /// Every segment of the axis is in the box.
  bool IsFree(const Box& box, std::size_t axis) const;
  /// First axis without a segment: the box is empty then.
  std::optional<std::size_t> EmptyAxis(const Box& box) const;
  bool IsEmpty(const Box& box) const { return EmptyAxis(box).has_value(); }
  bool Meet(const Box& a, const Box& b) const;
  Box Common(const Box& a, const Box& b) const;
  bool Inside(const Box& inner, const Box& outer) const;
  /// Number of combinations of segments.
  double Volume(const Box& box) const;
  /// The only axis in which two boxes differ; nothing if there is none or more than one.
  std::optional<std::size_t> OnlyDifference(const Box& a, const Box& b) const;

  /// Takes `what` out of each box of `from`, which are disjoint and stay so. False if the limit is
  /// reached: `from` is then of no use.
  bool Subtract(std::vector<Box>& from, const Box& what, BoxLimit& limit) const;

  /// The box with every segment added for which `fits` holds, axis by axis: a maximal box where
  /// `fits` says whether a box lies in some set. `fits(box)` must hold.
  Box Grow(Box box, const std::function<bool(const Box&)>& fits) const;

 private:
  std::vector<std::size_t> sizes_;
  std::vector<std::size_t> first_;  // word of each axis, and one past the last
};

/// Boxes of a set, each maximal, that cover it; the largest first, at most `most`. `pieces` are
/// disjoint and make up the set; `fits` says whether a box lies in it.
std::vector<Box> MaximalBoxes(const BoxLayout& layout, std::vector<Box> pieces, std::size_t most,
                              const std::function<bool(const Box&)>& fits);

}  // namespace renal::pathways::internal
