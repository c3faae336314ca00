#include "hooks/internal/process.h"

#include <algorithm>
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

TEST(ProcessorsTest, AreThoseThatTheThreadMayRunOn) {
  EXPECT_LE(Processors(), std::max(1U, std::thread::hardware_concurrency()));
  unsigned there = 0;
  std::thread([&] {
    cpu_set_t mine;
    ASSERT_EQ(::sched_getaffinity(0, sizeof mine, &mine), 0);
    const int some = [&] {
      int processor = 0;
      while (!CPU_ISSET(processor, &mine)) ++processor;
      return processor;
    }();
    CPU_ZERO(&mine);
    CPU_SET(some, &mine);
    ASSERT_EQ(::sched_setaffinity(0, sizeof mine, &mine), 0);
    there = Processors();
  }).join();
  EXPECT_EQ(there, 1U);
}

TEST(WaitInTurnTest, IsForTheCallingThread) {
  const int before = ::sched_getscheduler(0);
  int there = -1;
  std::thread([&] {
    WaitInTurn();
    there = ::sched_getscheduler(0);
  }).join();
  if (there == before) GTEST_SKIP() << "not allowed here";
  EXPECT_EQ(there, SCHED_BATCH);
  EXPECT_EQ(::sched_getscheduler(0), before);
}

}  // namespace
}  // namespace renal::hooks::internal
