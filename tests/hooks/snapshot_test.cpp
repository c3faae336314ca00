#include "hooks/internal/snapshot.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

/// Two halves that are made together: a reader that saw parts of two values would see it.
struct Pair {
  int left = 0;
  int right = 0;
};

TEST(SnapshotTest, GivesTheNewestValue) {
  Snapshot<Pair> snapshot(std::make_shared<const Pair>(Pair{1, 1}));
  const auto first = snapshot.Get();
  snapshot.Replace(std::make_shared<const Pair>(Pair{2, 2}));
  EXPECT_EQ(snapshot.Get()->left, 2);
  EXPECT_EQ(first->left, 1);
}

TEST(SnapshotTest, KeepsWhatSomebodyStillReads) {
  Snapshot<Pair> snapshot(std::make_shared<const Pair>(Pair{1, 1}));
  const std::weak_ptr<const Pair> first = snapshot.Get();
  const auto reader = first.lock();
  snapshot.Replace(std::make_shared<const Pair>(Pair{2, 2}));
  snapshot.Get();
  EXPECT_FALSE(first.expired());
}

TEST(SnapshotTest, TellsItsValuesFromThoseOfAnother) {
  auto one = std::make_unique<Snapshot<Pair>>(std::make_shared<const Pair>(Pair{1, 1}));
  Snapshot<Pair> two(std::make_shared<const Pair>(Pair{2, 2}));
  EXPECT_EQ(one->Get()->left, 1);
  EXPECT_EQ(two.Get()->left, 2);
  EXPECT_EQ(one->Get()->left, 1);
  one = std::make_unique<Snapshot<Pair>>(std::make_shared<const Pair>(Pair{3, 3}));
  EXPECT_EQ(one->Get()->left, 3);
}

TEST(SnapshotTest, ReadersNeverSeeHalfAValueNorAnOlderOne) {
  constexpr int kValues = 2'000;
  Snapshot<Pair> snapshot(std::make_shared<const Pair>());
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      for (int last = 0; last < kValues;) {
        const auto pair = snapshot.Get();
        if (pair->left != pair->right || pair->left < last) ++wrong;
        last = pair->left;
      }
    });
  }
  for (int i = 1; i <= kValues; ++i) snapshot.Replace(std::make_shared<const Pair>(Pair{i, i}));
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace renal::hooks::internal
