#include <array>
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fhir/decimal.h"

namespace renal::fhir {
namespace {

constexpr int kProcesses =
    60;  // the first use is once a process, and a race is not lost every time
constexpr int kThreads = 4;
constexpr unsigned kMostSeconds = 30;  // half-made constants can also make a power endless

std::string PowerText() {
  const auto power = Power(*Decimal::Parse("1.2345"), *Decimal::Parse("-1.2"));
  return power ? power->ToString() : "none";
}

/// Whether threads that begin with a power together get the same one, and the one of a later call.
bool ThreadsAgree() {
  std::atomic<int> ready{0};
  std::array<std::string, kThreads> texts;
  std::array<std::thread, kThreads> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads[i] = std::thread([&ready, &text = texts[i]] {
      for (++ready; ready < kThreads;) {
      }
      text = PowerText();
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string later = PowerText();
  for (const std::string& text : texts) {
    if (text != later) return false;
  }
  return true;
}

// The process that forks must not have worked out a power itself: no other case stands here.
TEST(PowerThreadsTest, ThoseThatBeginTogetherGetTheSame) {
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::alarm(kMostSeconds);
      ::_exit(ThreadsAgree() ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS) << "process " << i;
  }
}

}  // namespace
}  // namespace renal::fhir
