#pragma once

#include <chrono>

namespace renal::fhir::internal {

/// Spares a server that has failed several times in a row, and those who would wait for it: nothing
/// is asked of it for a while; then one call tries, and the rest wait for what comes of it.
class RestBreaker {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  RestBreaker(unsigned failures, std::chrono::milliseconds open) : most_(failures), open_(open) {}

  /// Whether a call may be made now.
  bool Admit(Moment now) {
    if (failures_ < most_) return true;
    if (now < closed_until_) return false;
    closed_until_ = now + open_;  // this one tries
    return true;
  }
  void Succeeded() { failures_ = 0; }
  void Failed(Moment now) {
    if (failures_ < most_) ++failures_;
    if (failures_ == most_) closed_until_ = now + open_;
  }

 private:
  const unsigned most_;
  const std::chrono::milliseconds open_;
  unsigned failures_ = 0;
  Moment closed_until_{};
};

}  // namespace renal::fhir::internal
