#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace renal::hooks::internal {

/// A line on a terminal that counts, a few times a second, and goes away at the end. The first one
/// comes after half a second, so that short work shows none.
class Progress {
 public:
  /// Writes nothing unless `show`.
  Progress(std::ostream& out, bool show, std::string_view what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(std::size_t done, std::size_t failed);
  /// So much of a whole, of which `units` are done at the moment: "12 % · 340 patients · 85 a
  /// second · 2 min left".
  void ShowShare(double share, std::size_t units);
  /// So many units of an unknown whole: "340 found".
  void ShowCount(std::uintmax_t units);
  /// Takes the line away, so that something else can be written.
  void Clear();

 private:
  std::ostream& out_;
  bool show_;
  bool visible_ = false;
  std::string_view what_;
  void Write(const std::string& text);
  std::chrono::steady_clock::time_point start_, next_;
};

}  // namespace renal::hooks::internal
