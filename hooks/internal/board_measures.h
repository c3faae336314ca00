#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "pathways/outcome.h"

namespace renal::hooks::internal {

/// Counts over many outcomes. Names nobody. For one thread.
class BoardMeasures {
 public:
  explicit BoardMeasures(const pathways::Pathway& pathway) : pathway_(pathway) {}

  void Add(const pathways::Outcome& outcome);
  void AddFailed() { ++outcomes_["failed"]; }

  /// Patients by outcome, by the order of urgency; none that are zero.
  std::vector<std::pair<std::string, std::int64_t>> Outcomes() const;

  /// One JSON object with a line end. `skipped`: texts that could not be used.
  std::string Json(std::string_view evaluated_at, std::int64_t skipped) const;

 private:
  using Counts = std::map<std::string, std::int64_t>;
  using Result = std::tuple<std::string, std::string, std::string>;  // rule, action, determination
  void AddInputs(const std::vector<pathways::InputState>& states, pathways::Index focus);

  const pathways::Pathway& pathway_;
  Counts outcomes_, gates_, verdicts_;
  std::map<Result, std::int64_t> results_;
  std::map<std::string, Counts> asked_, inputs_;
  std::int64_t board_ = 0;
};

}  // namespace renal::hooks::internal
