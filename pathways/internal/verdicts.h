#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "pathways/pathway.h"

namespace renal::pathways {

/// Truths that were worked out: of rules and checks for each instance (kNone: the patient), of gate
/// rows. A question tries out one value; only what reads it is then worked out again, and
/// afterwards everything is as it was.
class Verdicts {
 public:
  Verdicts(const Pathway& pathway, std::size_t instances)
      : rules_(pathway.rule_count),
        checks_(pathway.checks.size()),
        width_(rules_ + checks_ + pathway.gate.size()),
        truths_(width_ * (instances + 1), kNotKnown) {}

  /// Places of truths: by Rule::order, index of the check, index of the gate row.
  std::size_t OfRule(const Rule& rule, Index instance) const {
    return At(instance) + static_cast<std::size_t>(rule.order);
  }
  std::size_t OfCheck(Index check, Index instance) const { return At(instance) + rules_ + check; }
  std::size_t OfGate(Index row) const { return rules_ + checks_ + row; }

  std::optional<Truth> Find(std::size_t place) const {
    if (truths_[place] == kNotKnown) return std::nullopt;
    return static_cast<Truth>(truths_[place]);
  }
  /// A truth that was set since BeginTrial().
  struct Changed {
    std::size_t place = 0;
    Truth truth = Truth::kUnknown;
    friend bool operator==(const Changed&, const Changed&) = default;
  };
  /// Makes room for so many of them.
  void ReserveChanges(std::size_t count) { before_.reserve(count); }
  /// How many of them there are.
  std::size_t changes() const { return before_.size(); }
  /// Puts all of them into a list, in the order in which they were set.
  void ListChanges(std::vector<Changed>& changed) const {
    changed.clear();
    for (const auto& [place, before] : before_) {
      changed.push_back({place, static_cast<Truth>(truths_[place])});
    }
  }

  /// Those from a place on, as Find() reads them; what is set is seen in it.
  std::span<const std::uint8_t> From(std::size_t place, std::size_t count) const {
    return std::span(truths_).subspan(place, count);
  }
  static bool IsFalse(std::uint8_t truth) {
    return truth == static_cast<std::uint8_t>(Truth::kFalse);
  }

  void Set(std::size_t place, Truth truth) {
    if (trying_) before_.emplace_back(place, truths_[place]);
    truths_[place] = static_cast<std::uint8_t>(truth);
  }

  void BeginTrial() { trying_ = true; }
  /// Takes back everything since BeginTrial().
  void EndTrial() {
    while (!before_.empty()) {
      truths_[before_.back().first] = before_.back().second;
      before_.pop_back();
    }
    trying_ = false;
  }

 private:
  static constexpr std::uint8_t kNotKnown = 0xFF;
  std::size_t At(Index instance) const { return instance == kNone ? 0 : width_ * (instance + 1); }

  std::size_t rules_, checks_, width_;
  std::vector<std::uint8_t> truths_;
  std::vector<std::pair<std::size_t, std::uint8_t>> before_;
  bool trying_ = false;
};

}  // namespace renal::pathways
