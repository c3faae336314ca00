#include "hooks/internal/process.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "hooks/internal/memory_reserve.h"

namespace renal::hooks::internal {
namespace {

constexpr rlim_t kMostFiles = 65'536;

sigset_t WatchedSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  ::sigaddset(&set, SIGHUP);
  return set;
}

void RaiseFileLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kMostFiles));
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

void PrepareProcess() {
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::signal(SIGPIPE, SIG_IGN);
  ::umask(077);
  RaiseFileLimit();
}

unsigned Processors() {
  cpu_set_t mine;
  if (::sched_getaffinity(0, sizeof mine, &mine) == 0) {
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&mine)));
  }
  return std::max(1U, std::thread::hardware_concurrency());  // more than a set holds
}

void WaitInTurn() {
  const sched_param none{};
  static_cast<void>(::sched_setscheduler(0, SCHED_BATCH, &none));
}

bool UseZone(const std::string& name) {
  if (!name.empty()) {
    const bool plain = std::ranges::all_of(name, [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             std::string_view("/_+-").find(c) != std::string_view::npos;
    });
    std::error_code ignored;
    const std::filesystem::path file = std::filesystem::path("/usr/share/zoneinfo") / name;
    if (!plain || name.starts_with('/') || !std::filesystem::is_regular_file(file, ignored)) {
      return false;
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): called before there are other threads
    ::setenv("TZ", (":" + name).c_str(), 1);
  }
  ::tzset();
  return true;
}

SignalWatch::SignalWatch() {
  const sigset_t set = WatchedSignals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

SignalWatch::~SignalWatch() {
  if (!thread_.joinable()) return;
  over_ = true;
  // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread): blocked there, and waited for
  ::pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void SignalWatch::Start(std::function<void()> on_first, std::function<void()> on_hangup) {
  on_first_ = std::move(on_first);
  on_hangup_ = std::move(on_hangup);
  thread_ = std::thread([this] { Wait(); });
}

void SignalWatch::Finish() {
  const std::scoped_lock lock(calling_);
  finished_ = true;
}

void SignalWatch::Call(const std::function<void()>& function) {
  const std::scoped_lock lock(calling_);
  if (!finished_) function();
}

void SignalWatch::Wait() {
  TakeShareOfMemory();
  const sigset_t set = WatchedSignals();
  for (bool first = true;;) {
    int number = 0;
    ::sigwait(&set, &number);
    if (over_) return;
    if (number == SIGHUP) {
      if (first) Call(on_hangup_);
      continue;
    }
    if (!first) std::_Exit(128 + number);
    first = false;
    Call(on_first_);
  }
}

}  // namespace renal::hooks::internal
