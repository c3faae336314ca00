#include "pathways/internal/boxes.h"

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Boxes against the sets of points that they stand for.
namespace renal::pathways::internal {
namespace {

using Point = std::vector<std::size_t>;
using Points = std::set<Point>;

const std::vector<std::size_t> kSizes = {3, 70, 2};

Points PointsOf(const BoxLayout& layout, const Box& box) {
  Points points;
  for (std::size_t a = 0; a < layout.size(0); ++a) {
    for (std::size_t b = 0; b < layout.size(1); ++b) {
      for (std::size_t c = 0; c < layout.size(2); ++c) {
        if (layout.Has(box, 0, a) && layout.Has(box, 1, b) && layout.Has(box, 2, c)) {
          points.insert({a, b, c});
        }
      }
    }
  }
  return points;
}

Box RandomBox(const BoxLayout& layout, std::mt19937_64& random) {
  Box box = layout.Full();
  for (std::size_t axis = 0; axis < layout.axes(); ++axis) {
    for (std::size_t segment = 0; segment < layout.size(axis); ++segment) {
      if (random() % 3 == 0) layout.Drop(box, axis, segment);
    }
  }
  return box;
}

Points Without(const Points& all, const Points& some) {
  Points left;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                      std::inserter(left, left.end()));
  return left;
}

TEST(BoxesTest, SubtractGivesDisjointPieces) {
  const BoxLayout layout(kSizes);
  std::mt19937_64 random(1);
  for (int i = 0; i < 50; ++i) {
    std::vector<Box> pieces{layout.Full()};
    Points expected = PointsOf(layout, layout.Full());
    BoxLimit limit;
    for (int hole = 0; hole < 4; ++hole) {
      const Box box = RandomBox(layout, random);
      ASSERT_TRUE(layout.Subtract(pieces, box, limit));
      expected = Without(expected, PointsOf(layout, box));
    }
    Points found;
    std::size_t count = 0;
    for (const Box& piece : pieces) {
      const Points points = PointsOf(layout, piece);
      count += points.size();
      found.insert(points.begin(), points.end());
    }
    ASSERT_EQ(found, expected);
    ASSERT_EQ(count, expected.size()) << "pieces share points";
  }
}

// Every piece lies in one of the boxes, no box leaves the set, and none can be widened.
TEST(BoxesTest, MaximalBoxesCoverTheSet) {
  const BoxLayout layout({3, 5, 2});
  std::mt19937_64 random(2);
  for (int i = 0; i < 100; ++i) {
    std::vector<Box> pieces{layout.Full()};
    BoxLimit limit;
    for (int hole = 0; hole < 3; ++hole) {
      ASSERT_TRUE(layout.Subtract(pieces, RandomBox(layout, random), limit));
    }
    Points set;
    for (const Box& piece : pieces) set.merge(PointsOf(layout, piece));
    const auto fits = [&](const Box& box) {
      const Points points = PointsOf(layout, box);
      return std::includes(set.begin(), set.end(), points.begin(), points.end());
    };
    Points covered;
    for (const Box& box : MaximalBoxes(layout, pieces, 1'000, fits)) {
      ASSERT_TRUE(fits(box));
      for (std::size_t axis = 0; axis < layout.axes(); ++axis) {
        for (std::size_t segment = 0; segment < layout.size(axis); ++segment) {
          Box wider(box);
          layout.Put(wider, axis, segment);
          ASSERT_TRUE(layout.Has(box, axis, segment) || !fits(wider)) << "not maximal";
        }
      }
      covered.merge(PointsOf(layout, box));
    }
    ASSERT_EQ(covered, set);
  }
}

TEST(BoxesTest, StopsAtTheLimit) {
  const BoxLayout layout(std::vector<std::size_t>(40, 2));
  std::mt19937_64 random(3);
  std::vector<Box> pieces{layout.Full()};
  BoxLimit limit{.boxes = 50};
  bool whole = true;
  for (int i = 0; i < 20 && whole; ++i) {
    Box box = layout.Full();
    for (int j = 0; j < 8; ++j) layout.Drop(box, random() % 40, random() % 2);
    whole = layout.Subtract(pieces, box, limit);
  }
  EXPECT_FALSE(whole);
}

// No axis at all: the box is everything, and what is taken out leaves nothing.
TEST(BoxesTest, NoAxis) {
  const BoxLayout layout({});
  std::vector<Box> pieces{layout.Full()};
  BoxLimit limit;
  EXPECT_FALSE(layout.IsEmpty(layout.Full()));
  ASSERT_TRUE(layout.Subtract(pieces, layout.Full(), limit));
  EXPECT_THAT(pieces, ::testing::IsEmpty());
}

}  // namespace
}  // namespace renal::pathways::internal
