#include "hooks/internal/ordered_work.h"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

TEST(WorkInOrderTest, GivesResultsInTheOrderOfTheItems) {
  for (const std::size_t threads : {0U, 1U, 2U, 7U}) {
    int next = 0;
    std::vector<int> results;
    WorkInOrder(
        threads,
        [&]() -> std::optional<int> { return next < 1000 ? std::optional(next++) : std::nullopt; },
        [](int item) { return item * 2; }, [&](int result) { results.push_back(result); });
    ASSERT_EQ(results.size(), 1000U) << threads;
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(results[static_cast<std::size_t>(i)], 2 * i);
  }
}

TEST(WorkInOrderTest, HoldsFewItemsAtATime) {
  constexpr int kThreads = 3;
  std::atomic<int> open = 0, most = 0;
  int next = 0;
  WorkInOrder(
      kThreads,
      [&]() -> std::optional<int> {
        if (next == 500) return std::nullopt;
        most = std::max(most.load(), ++open);
        return next++;
      },
      [](int item) { return item; }, [&](int) { --open; });
  EXPECT_LE(most.load(), 4 * kThreads + 1);
}

TEST(WorkInOrderTest, NothingToDo) {
  WorkInOrder(
      4, []() -> std::optional<int> { return std::nullopt; }, [](int item) { return item; },
      [](int) { FAIL(); });
}

TEST(WorkInOrderTest, ThrowsWhatAnyPartThrows) {
  for (const int where : {0, 1, 2}) {
    int next = 0;
    const auto run = [&] {
      WorkInOrder(
          3,
          [&]() -> std::optional<int> {
            if (where == 0 && next == 50) throw std::runtime_error("next");
            return next++;
          },
          [&](int item) {
            if (where == 1 && item == 50) throw std::runtime_error("work");
            return item;
          },
          [&](int result) {
            if (where == 2 && result == 50) throw std::runtime_error("finish");
          });
    };
    EXPECT_THROW(run(), std::runtime_error) << where;
  }
}

}  // namespace
}  // namespace renal::hooks::internal
