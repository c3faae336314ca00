#include "hooks/internal/progress.h"

#include <ostream>

namespace renal::hooks::internal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirst{500};
constexpr std::chrono::milliseconds kEvery{200};

}  // namespace

Progress::Progress(std::ostream& out, bool show, std::string_view what)
    : out_(out), show_(show), what_(what), next_(Clock::now() + kFirst) {}

Progress::~Progress() { Clear(); }

void Progress::Show(std::size_t done, std::size_t failed) {
  if (!show_ || Clock::now() < next_) return;
  out_ << "\r\x1b[K" << what_ << ": " << done << " done, " << failed << " failed" << std::flush;
  visible_ = true;
  next_ = Clock::now() + kEvery;
}

void Progress::Clear() {
  if (visible_) out_ << "\r\x1b[K" << std::flush;
  visible_ = false;
}

}  // namespace renal::hooks::internal
