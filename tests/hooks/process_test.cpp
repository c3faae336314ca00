#include "hooks/internal/process.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <future>
#include <thread>

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

namespace renal::hooks::internal {
namespace {

TEST(SignalWatchTest, FinishesWhenNothingOfItRunsAnyMore) {
  SignalWatch watch;
  std::promise<void> begun;
  std::atomic<bool> ended{false};
  watch.Start(
      [&] {
        begun.set_value();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        ended = true;
      },
      [] {});
  ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
  begun.get_future().wait();
  watch.Finish();
  EXPECT_TRUE(ended);
}

TEST(SignalWatchTest, CallsNothingOnceItIsFinished) {
  std::atomic<int> calls{0};
  {
    SignalWatch watch;
    watch.Start([] {}, [&] { ++calls; });
    watch.Finish();
    ASSERT_EQ(::kill(::getpid(), SIGHUP), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(calls, 0);
}

TEST(WaitInTurnTest, IsForTheCallingThread) {
  const int before = ::sched_getscheduler(0);
  int there = -1;
  std::thread([&] {
    WaitInTurn();
    there = ::sched_getscheduler(0);
  }).join();
  EXPECT_EQ(there, SCHED_BATCH);
  EXPECT_EQ(::sched_getscheduler(0), before);
}

}  // namespace
}  // namespace renal::hooks::internal
