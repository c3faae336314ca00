#include "hooks/internal/process.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace renal::hooks::internal {
namespace {

constexpr rlim_t kMostFiles = 65'536;

sigset_t EndSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
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

SignalWatch::SignalWatch() {
  const sigset_t set = EndSignals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

SignalWatch::~SignalWatch() {
  if (!thread_.joinable()) return;
  over_ = true;
  ::pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void SignalWatch::Start(std::function<void()> on_first) {
  on_first_ = std::move(on_first);
  thread_ = std::thread([this] { Wait(); });
}

void SignalWatch::Wait() {
  const sigset_t set = EndSignals();
  for (bool first = true;; first = false) {
    int number = 0;
    ::sigwait(&set, &number);
    if (over_) return;
    if (!first) std::_Exit(128 + number);
    on_first_();
  }
}

}  // namespace renal::hooks::internal
