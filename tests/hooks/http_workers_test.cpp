#include "hooks/internal/http_workers.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

using std::chrono::milliseconds;
constexpr std::chrono::seconds kPatience{60};

/// Waits for `done`, for as long as no test should.
bool Comes(std::promise<void>& done) {
  return done.get_future().wait_for(kPatience) == std::future_status::ready;
}

TEST(HttpWorkersTest, AJobThatStandsAsideHoldsUpNoOther) {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> other;
  HttpWorkers workers(1, 10, 2);
  ASSERT_TRUE(workers.Submit([&] { workers.Aside([&] { released.wait(); }); }));
  ASSERT_TRUE(workers.Submit([&] { workers.Aside([&] { released.wait(); }); }));
  ASSERT_TRUE(workers.Submit([&] { other.set_value(); }));
  EXPECT_TRUE(Comes(other));
  release.set_value();
}

// Nobody else comes who could notice.
TEST(HttpWorkersTest, ALongJobHoldsUpNoOther) {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> other;
  HttpWorkers workers(1, 10);
  ASSERT_TRUE(workers.Submit([&] { released.wait(); }));
  ASSERT_TRUE(workers.Submit([&] { other.set_value(); }));
  EXPECT_TRUE(Comes(other));
  release.set_value();
}

// The second of the long ones has no further place to give.
TEST(HttpWorkersTest, AsManyLongJobsGiveWayAsThereArePlaces) {
  std::promise<void> first, second, begun, third;
  HttpWorkers workers(1, 10);
  ASSERT_TRUE(workers.Submit([&] { first.get_future().wait(); }));
  ASSERT_TRUE(workers.Submit([&] {
    begun.set_value();
    second.get_future().wait();
  }));
  ASSERT_TRUE(workers.Submit([&] { third.set_value(); }));
  ASSERT_TRUE(Comes(begun));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(workers.load().first, 1U);
  second.set_value();
  EXPECT_TRUE(Comes(third));
  first.set_value();
}

// A place comes free for the third although both before it last.
TEST(HttpWorkersTest, ALongJobThatStandsAsideLetsAnotherGiveWay) {
  std::promise<void> begun, go, aside, end, third;
  std::shared_future<void> ends = end.get_future().share();
  HttpWorkers workers(1, 10, 1);
  ASSERT_TRUE(workers.Submit([&] {
    go.get_future().wait();
    workers.Aside([&] {
      aside.set_value();
      ends.wait();
    });
  }));
  ASSERT_TRUE(workers.Submit([&] {
    begun.set_value();
    ends.wait();
  }));
  ASSERT_TRUE(Comes(begun));
  go.set_value();
  ASSERT_TRUE(Comes(aside));
  ASSERT_TRUE(workers.Submit([&] { third.set_value(); }));
  EXPECT_TRUE(Comes(third));
  end.set_value();
}

TEST(HttpWorkersTest, ALongJobMayStandAsideAndGoOn) {
  std::promise<void> release, other, last;
  HttpWorkers workers(1, 10, 1);
  ASSERT_TRUE(workers.Submit([&] {
    release.get_future().wait();
    EXPECT_TRUE(workers.Aside([] {}));
  }));
  ASSERT_TRUE(workers.Submit([&] { other.set_value(); }));
  EXPECT_TRUE(Comes(other));
  release.set_value();
  ASSERT_TRUE(workers.Submit([&] { last.set_value(); }));
  EXPECT_TRUE(Comes(last));
}

// One place is one job at a time, also while others come and go beside it.
TEST(HttpWorkersTest, ShortJobsRunOneAfterTheOther) {
  std::atomic<int> running = 0, beside = 0, ran = 0;
  {
    HttpWorkers workers(1, 2'000, 0, kPatience);
    for (int i = 0; i < 1'000; ++i) {
      ASSERT_TRUE(workers.Submit([&] {
        if (running++ > 0) ++beside;
        ++ran;
        --running;
      }));
    }
  }
  EXPECT_EQ(ran, 1'000);
  EXPECT_EQ(beside, 0);
}

TEST(HttpWorkersTest, NoMoreStandAsideThanMay) {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> aside;
  std::promise<void> refused;
  HttpWorkers workers(1, 10, 1);
  ASSERT_TRUE(workers.Submit([&] {
    workers.Aside([&] {
      aside.set_value();
      released.wait();
    });
  }));
  ASSERT_TRUE(Comes(aside));
  std::atomic<bool> ran = false;
  ASSERT_TRUE(workers.Submit([&] {
    const bool may = workers.Aside([&] { ran = true; });
    EXPECT_FALSE(may);
    refused.set_value();
  }));
  EXPECT_TRUE(Comes(refused));
  EXPECT_FALSE(ran);
  release.set_value();
}

TEST(HttpWorkersTest, NoMoreRunThanThereArePlaces) {
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  {
    HttpWorkers workers(2, 100, 8, kPatience);
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(workers.Submit([&] {
        most = std::max(most.load(), ++running);
        std::this_thread::sleep_for(milliseconds(2));
        --running;
        workers.Aside([] { std::this_thread::sleep_for(milliseconds(5)); });
      }));
    }
  }  // finishes what was taken
  EXPECT_EQ(running, 0);
  EXPECT_LE(most, 2 + 8) << "those that came back from aside may be beyond the places";
}

TEST(HttpWorkersTest, AWaitThatThrowsGivesItsPlaceBack) {
  std::promise<void> again;
  HttpWorkers workers(1, 10, 1);
  ASSERT_TRUE(workers.Submit([&] {
    EXPECT_THROW(workers.Aside([] { throw std::runtime_error("x"); }), std::runtime_error);
    EXPECT_TRUE(workers.Aside([] {}));
    again.set_value();
  }));
  EXPECT_TRUE(Comes(again));
}

TEST(HttpWorkersTest, OneClientHasHalfOfTheQueueAndGetsItBack) {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  HttpWorkers workers(1, 4, 0, kPatience);
  std::promise<void> begun;
  ASSERT_TRUE(workers.Submit([&] {
    begun.set_value();
    released.wait();
  }));
  ASSERT_TRUE(Comes(begun));
  std::promise<void> done;
  EXPECT_TRUE(workers.Submit([] {}, "a"));
  EXPECT_TRUE(workers.Submit([] {}, "a"));
  EXPECT_FALSE(workers.Submit([] {}, "a"));
  EXPECT_TRUE(workers.Submit([] {}, "b"));
  EXPECT_TRUE(workers.Submit([&] { done.set_value(); }, "b"));
  EXPECT_FALSE(workers.Submit([] {}, "c"));  // full
  release.set_value();
  ASSERT_TRUE(Comes(done));
  std::promise<void> again;
  EXPECT_TRUE(workers.Submit([&] { again.set_value(); }, "a"));
  EXPECT_TRUE(Comes(again));
}

}  // namespace
}  // namespace renal::hooks::internal
