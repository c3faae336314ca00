#include "pathways/internal/boxes.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace renal::pathways::internal {
namespace {

constexpr std::size_t kBits = 64;

std::uint64_t BitOf(std::size_t segment) { return std::uint64_t{1} << (segment % kBits); }

}  // namespace

BoxLayout::BoxLayout(const std::vector<std::size_t>& sizes) : sizes_(sizes), first_{0} {
  for (const std::size_t size : sizes) {
    first_.push_back(first_.back() + std::max<std::size_t>(1, (size + kBits - 1) / kBits));
  }
}

Box BoxLayout::Full() const {
  Box box(words(), 0);
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    for (std::size_t segment = 0; segment < sizes_[axis]; ++segment) Put(box, axis, segment);
  }
  return box;
}

bool BoxLayout::Has(const Box& box, std::size_t axis, std::size_t segment) const {
  return (box[first_[axis] + segment / kBits] & BitOf(segment)) != 0;
}

void BoxLayout::Put(Box& box, std::size_t axis, std::size_t segment) const {
  box[first_[axis] + segment / kBits] |= BitOf(segment);
}

void BoxLayout::Drop(Box& box, std::size_t axis, std::size_t segment) const {
  box[first_[axis] + segment / kBits] &= ~BitOf(segment);
}

void BoxLayout::Clear(Box& box, std::size_t axis) const {
  for (std::size_t word = first_[axis]; word < first_[axis + 1]; ++word) box[word] = 0;
}

bool BoxLayout::IsFree(const Box& box, std::size_t axis) const {
  std::size_t count = 0;
  for (std::size_t word = first_[axis]; word < first_[axis + 1]; ++word) {
    count += static_cast<std::size_t>(std::popcount(box[word]));
  }
  return count == sizes_[axis];
}

std::optional<std::size_t> BoxLayout::EmptyAxis(const Box& box) const {
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    std::uint64_t any = 0;
    for (std::size_t word = first_[axis]; word < first_[axis + 1]; ++word) any |= box[word];
    if (any == 0) return axis;
  }
  return std::nullopt;
}

bool BoxLayout::Meet(const Box& a, const Box& b) const {
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    std::uint64_t any = 0;
    for (std::size_t word = first_[axis]; word < first_[axis + 1]; ++word) any |= a[word] & b[word];
    if (any == 0) return false;
  }
  return true;
}

Box BoxLayout::Common(const Box& a, const Box& b) const {
  Box box(a);
  for (std::size_t word = 0; word < box.size(); ++word) box[word] &= b[word];
  return box;
}

bool BoxLayout::Inside(const Box& inner, const Box& outer) const {
  for (std::size_t word = 0; word < inner.size(); ++word) {
    if ((inner[word] & ~outer[word]) != 0) return false;
  }
  return true;
}

double BoxLayout::Volume(const Box& box) const {
  double volume = 1;
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    int count = 0;
    for (std::size_t word = first_[axis]; word < first_[axis + 1]; ++word) {
      count += std::popcount(box[word]);
    }
    volume *= count;
  }
  return volume;
}

std::optional<std::size_t> BoxLayout::OnlyDifference(const Box& a, const Box& b) const {
  std::optional<std::size_t> found;
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    if (std::equal(a.begin() + static_cast<std::ptrdiff_t>(first_[axis]),
                   a.begin() + static_cast<std::ptrdiff_t>(first_[axis + 1]),
                   b.begin() + static_cast<std::ptrdiff_t>(first_[axis]))) {
      continue;
    }
    if (found) return std::nullopt;
    found = axis;
  }
  return found;
}

bool BoxLayout::Subtract(std::vector<Box>& from, const Box& what, BoxLimit& limit) const {
  if (!limit.Spend(from.size() * words() + 1)) return false;
  std::vector<Box> left;
  left.reserve(from.size());
  for (Box& box : from) {
    if (!Meet(box, what)) {
      left.push_back(std::move(box));
      continue;
    }
    // One piece for each axis: outside of `what` there, inside in the axes before it.
    for (std::size_t axis = 0; axis < axes(); ++axis) {
      Box piece(box);
      std::uint64_t any = 0;
      for (std::size_t word = first_[axis]; word < first_[axis + 1]; ++word) {
        any |= piece[word] &= ~what[word];
        box[word] &= what[word];
      }
      if (any != 0) left.push_back(std::move(piece));
    }
    if (left.size() > limit.boxes || left.size() * words() > limit.words) return false;
  }
  from = std::move(left);
  return true;
}

Box BoxLayout::Grow(Box box, const std::function<bool(const Box&)>& fits) const {
  for (std::size_t axis = 0; axis < axes(); ++axis) {
    Box slice(box);
    for (std::size_t segment = 0; segment < sizes_[axis]; ++segment) {
      if (Has(box, axis, segment)) continue;
      Clear(slice, axis);
      Put(slice, axis, segment);
      if (fits(slice)) Put(box, axis, segment);
    }
  }
  return box;
}

std::vector<Box> MaximalBoxes(const BoxLayout& layout, std::vector<Box> pieces, std::size_t most,
                              const std::function<bool(const Box&)>& fits) {
  constexpr std::size_t kTried = 64;  // growing each of many thousands would be slow
  std::vector<std::pair<double, Box>> sized;
  for (Box& piece : pieces) {
    const double volume = layout.Volume(piece);
    sized.emplace_back(volume, std::move(piece));
  }
  const auto larger = [](const auto& a, const auto& b) { return a.first > b.first; };
  std::stable_sort(sized.begin(), sized.end(), larger);
  std::vector<std::pair<double, Box>> grown;
  std::size_t tried = 0;
  for (auto& [volume, piece] : sized) {
    const auto covers = [&](const auto& other) { return layout.Inside(piece, other.second); };
    if (std::any_of(grown.begin(), grown.end(), covers)) continue;
    if (++tried > kTried && grown.size() >= most) break;
    Box box = layout.Grow(std::move(piece), fits);
    const double size = layout.Volume(box);
    grown.emplace_back(size, std::move(box));
  }
  std::stable_sort(grown.begin(), grown.end(), larger);
  std::vector<Box> boxes;
  for (auto& [size, box] : grown) {
    if (boxes.size() < most) boxes.push_back(std::move(box));
  }
  return boxes;
}

}  // namespace renal::pathways::internal
