#include "hooks/internal/progress.h"

#include <cmath>
#include <ostream>

namespace renal::hooks::internal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kFirst{500};
constexpr std::chrono::milliseconds kEvery{200};

std::string Duration(double seconds) {
  const long whole = std::lround(seconds);
  if (whole < 60) return std::to_string(whole) + " s";
  const long minutes = (whole + 30) / 60;
  if (minutes < 60) return std::to_string(minutes) + " min";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

}  // namespace

Progress::Progress(std::ostream& out, bool show, std::string_view what)
    : out_(out), show_(show), what_(what), start_(Clock::now()), next_(start_ + kFirst) {}

Progress::~Progress() { Clear(); }

void Progress::Show(std::size_t done, std::size_t failed) {
  if (!show_ || Clock::now() < next_) return;
  Write(std::to_string(done) + " done, " + std::to_string(failed) + " failed");
}

void Progress::ShowShare(double share, std::size_t units) {
  if (!show_ || Clock::now() < next_) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  const double left = share > 0 ? seconds * (1 - share) / share : 0;
  std::string text = std::to_string(std::lround(share * 100)) + " %";
  if (units > 0) {
    text += ", " + std::to_string(units) + " done, " +
            std::to_string(std::lround(static_cast<double>(units) / seconds)) + " a second";
  }
  if (share > 0) text += ", " + Duration(left) + " left";
  Write(text);
}

void Progress::ShowCount(std::uintmax_t units) {
  if (!show_ || Clock::now() < next_) return;
  Write(std::to_string(units) + " found");
}

void Progress::Write(const std::string& text) {
  out_ << "\r\x1b[K" << what_ << ": " << text << std::flush;
  visible_ = true;
  next_ = Clock::now() + kEvery;
}

void Progress::Clear() {
  if (visible_) out_ << "\r\x1b[K" << std::flush;
  visible_ = false;
}

}  // namespace renal::hooks::internal
