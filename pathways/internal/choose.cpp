#include <algorithm>
#include <array>
#include <functional>
#include <memory_resource>
#include <utility>
#include <vector>

#include "pathways/internal/facts.h"

// One value out of several candidates: pathways/README.md, "From candidates to a value".
namespace renal::pathways {

namespace {

bool Touches(const Interval& place, const Interval& interval) {
  const Cover cover = Covers(place, interval);
  return cover == Cover::kInside || cover == Cover::kPartly;
}

// Whether both can lie on one side of the limits: between two of them, or on one.
bool CanShareSide(const Interval& a, const Interval& b, const std::vector<fhir::Quantity>& limits) {
  for (std::size_t i = 0; i <= limits.size(); ++i) {
    Interval between;
    if (i > 0) between.low = Bound{limits[i - 1], false};
    if (i < limits.size()) between.high = Bound{limits[i], false};
    if (Touches(between, a) && Touches(between, b)) return true;
    if (i == limits.size()) break;
    const Interval on = Interval::Point(limits[i]);
    if (Touches(on, a) && Touches(on, b)) return true;
  }
  return false;
}

bool Differ(const Value& a, const Value& b, const ConflictRule* rule) {
  if (a.IsCode()) {
    if (rule == nullptr || rule->pairs.empty()) return a.code() != b.code();
    return std::any_of(rule->pairs.begin(), rule->pairs.end(), [&](const auto& pair) {
      return (pair.first == a.code() && pair.second == b.code()) ||
             (pair.first == b.code() && pair.second == a.code());
    });
  }
  if (rule == nullptr || rule->limits.empty()) return !SameValue(a, b);
  return !CanShareSide(a.interval(), b.interval(), rule->limits);
}

class Chooser {
 public:
  Chooser(const Input& input, const std::vector<Candidate>& candidates, Index instance,
          const AgeLimit* age, const std::vector<bool>& left_out)
      : input_(input),
        candidates_(candidates),
        instance_(instance),
        age_(age),
        left_out_(left_out) {}

  Resolved Choose();

 private:
  void Usable();
  void Drop(UnknownReason reason);
  int Rank(const Candidate& candidate) const;
  void KeepBestRank();
  void KeepPreferredStatus();
  bool Newer(std::size_t a, std::size_t b) const;
  bool Better(std::size_t a, std::size_t b) const;
  bool PicksByTime() const {
    return input_.pick == Pick::kLatest || input_.pick == Pick::kEarliest;
  }
  std::size_t PickOne() const;
  std::size_t Prefer(std::size_t newest) const;
  std::size_t BreakTies(std::size_t chosen) const;
  bool Comparable(const Candidate& rival, const Candidate& chosen) const;
  bool DecidedByPreference(const Candidate& rival, const Candidate& chosen) const;
  std::int64_t DaysBetween(const Candidate& a, const Candidate& b) const;
  void FindRivals(Resolved& resolved) const;
  void FindRivalsInWindow(Resolved& resolved) const;

  const Input& input_;
  const std::vector<Candidate>& candidates_;
  const Index instance_;
  const AgeLimit* age_;
  const std::vector<bool>& left_out_;
  // Most inputs have a few candidates.
  std::array<std::byte, 256> room_;
  std::pmr::monotonic_buffer_resource memory_{room_.data(), room_.size()};
  std::pmr::vector<std::size_t> left_{&memory_};
  std::pmr::vector<std::size_t> floating_{&memory_};
  UnknownReason dropped_ = UnknownReason::kAbsent;
  bool recorded_ = false;
};

// Place of the step that drops for that reason; the last of them names why nothing is left.
int StepOf(UnknownReason reason) {
  switch (reason) {
    case UnknownReason::kUnusable:
      return 1;
    case UnknownReason::kFuture:
      return 2;
    case UnknownReason::kUndated:
      return 3;
    case UnknownReason::kStale:
      return 4;
    case UnknownReason::kImplausible:
      return 5;
    default:
      return 0;
  }
}

void Chooser::Drop(UnknownReason reason) {
  if (StepOf(reason) > StepOf(dropped_)) dropped_ = reason;
  // What is old or yet to come says nothing about now; the others may.
  recorded_ = recorded_ || (reason != UnknownReason::kStale && reason != UnknownReason::kFuture);
}

void Chooser::Usable() {
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& candidate = candidates_[i];
    const bool ours = candidate.instance == instance_ && !candidate.floating;
    if (!ours && !candidate.floating) continue;
    if (!left_out_.empty() && left_out_[candidate.source]) continue;
    const UnknownReason reason = WhyUnusable(input_, candidate, age_);
    if (reason != UnknownReason::kNotUnknown) {
      if (ours) Drop(reason);
      continue;
    }
    (ours ? left_ : floating_).push_back(i);
  }
}

int Chooser::Rank(const Candidate& candidate) const { return RankOf(input_, candidate.source); }

void Chooser::KeepBestRank() {
  int best = Rank(candidates_[left_.front()]);
  for (const std::size_t i : left_) best = std::min(best, Rank(candidates_[i]));
  std::erase_if(left_, [&](std::size_t i) { return Rank(candidates_[i]) != best; });
}

void Chooser::KeepPreferredStatus() {
  const auto preferred = [&](std::size_t i) { return candidates_[i].preferred_status; };
  if (std::any_of(left_.begin(), left_.end(), preferred))
    std::erase_if(left_, std::not_fn(preferred));
}

// Newest time first, then the larger meta.lastUpdated, then the smaller id; without a time last.
bool Chooser::Newer(std::size_t a, std::size_t b) const {
  const Candidate& x = candidates_[a];
  const Candidate& y = candidates_[b];
  if (x.milliseconds != y.milliseconds) {
    if (!x.milliseconds || !y.milliseconds) return x.milliseconds.has_value();
    return input_.pick == Pick::kEarliest ? *x.milliseconds < *y.milliseconds
                                          : *x.milliseconds > *y.milliseconds;
  }
  if (x.updated != y.updated) return x.updated > y.updated;
  return x.resource["id"].string() < y.resource["id"].string();
}

bool Larger(const Value& a, const Value& b) {
  if (a.IsCode()) return a.code() > b.code();
  const Interval& x = a.interval();
  const Interval& y = b.interval();
  if (!x.low || !y.low) return x.low.has_value() && !y.low;
  const auto order = fhir::Compare(x.low->value, y.low->value);
  return order && *order > 0;
}

bool Chooser::Better(std::size_t a, std::size_t b) const {
  const Value& x = *candidates_[a].value;
  const Value& y = *candidates_[b].value;
  const bool largest = input_.pick == Pick::kMax || input_.pick == Pick::kAnyTrue;
  const bool smallest = input_.pick == Pick::kMin || input_.pick == Pick::kAllTrue;
  if (largest && !SameValue(x, y)) return Larger(x, y);
  if (smallest && !SameValue(x, y)) return Larger(y, x);
  return Newer(a, b);
}

std::size_t Chooser::PickOne() const {
  return *std::min_element(left_.begin(), left_.end(),
                           [&](std::size_t a, std::size_t b) { return Better(a, b); });
}

std::int64_t Chooser::DaysBetween(const Candidate& a, const Candidate& b) const {
  return a.age_days > b.age_days ? a.age_days - b.age_days : b.age_days - a.age_days;
}

// Among the candidates near the newest, the best class; the newest in it.
std::size_t Chooser::Prefer(std::size_t newest) const {
  if (!input_.prefer) return newest;
  std::size_t best = newest;
  for (const std::size_t i : left_) {
    const Candidate& candidate = candidates_[i];
    if (!candidate.milliseconds || !candidates_[newest].milliseconds) continue;
    if (DaysBetween(candidate, candidates_[newest]) > input_.prefer->within_days) continue;
    const std::size_t now = candidates_[best].preference;
    if (candidate.preference < now || (candidate.preference == now && Newer(i, best))) best = i;
  }
  return best;
}

// Different values of the same day: the larger or smaller where the file says so. What `prefer` put
// behind is no tie.
std::size_t Chooser::BreakTies(std::size_t chosen) const {
  if (input_.ties == Ties::kConflict || !PicksByTime()) return chosen;
  std::size_t best = chosen;
  for (const std::size_t i : left_) {
    const Candidate& candidate = candidates_[i];
    if (DecidedByPreference(candidate, candidates_[chosen])) continue;
    if (!candidate.milliseconds || !candidates_[chosen].milliseconds) continue;
    if (candidate.age_days != candidates_[chosen].age_days) continue;
    const bool larger = Larger(*candidate.value, *candidates_[best].value);
    const bool smaller = Larger(*candidates_[best].value, *candidate.value);
    if (input_.ties == Ties::kMax ? larger : smaller) best = i;
  }
  return best;
}

bool Chooser::DecidedByPreference(const Candidate& rival, const Candidate& chosen) const {
  return input_.prefer && rival.preference > chosen.preference && rival.milliseconds &&
         chosen.milliseconds && DaysBetween(rival, chosen) <= input_.prefer->within_days;
}

// Whether two candidates are near enough to contradict each other. What has no time, or says what
// holds now, is near to everything.
bool Chooser::Comparable(const Candidate& rival, const Candidate& chosen) const {
  const bool timeless = !rival.milliseconds || !chosen.milliseconds ||
                        input_.sources[rival.source].ageless ||
                        input_.sources[chosen.source].ageless;
  if (!input_.conflict) {
    if (timeless) return true;
    return input_.ties == Ties::kConflict && rival.age_days == chosen.age_days;
  }
  if (input_.conflict->per_source && rival.source != chosen.source) return false;
  return timeless || DaysBetween(rival, chosen) <= input_.conflict->within_days;
}

// A window counts from the newest, whatever value is picked.
void Chooser::FindRivalsInWindow(Resolved& resolved) const {
  if (!input_.conflict || left_.size() < 2) return;
  const std::size_t newest = *std::min_element(
      left_.begin(), left_.end(), [&](std::size_t a, std::size_t b) { return Newer(a, b); });
  for (const std::size_t i : left_) {
    const bool near = i != newest && Comparable(candidates_[i], candidates_[newest]);
    if (near && Differ(*candidates_[i].value, *candidates_[newest].value, &*input_.conflict)) {
      resolved.rivals.push_back(i);
    }
  }
  if (!resolved.rivals.empty()) resolved.chosen = newest;
}

void Chooser::FindRivals(Resolved& resolved) const {
  if (!PicksByTime()) return FindRivalsInWindow(resolved);
  const Candidate& chosen = candidates_[resolved.chosen];
  const ConflictRule* rule = input_.conflict ? &*input_.conflict : nullptr;
  for (const std::size_t i : left_) {
    const Candidate& rival = candidates_[i];
    if (i == resolved.chosen || DecidedByPreference(rival, chosen)) continue;
    if (Comparable(rival, chosen) && Differ(*rival.value, *chosen.value, rule))
      resolved.rivals.push_back(i);
  }
}

Resolved Chooser::Choose() {
  Usable();
  Resolved resolved;
  if (left_.empty()) {
    resolved.reason = floating_.empty() ? dropped_ : UnknownReason::kUnlinked;
    resolved.recorded = recorded_;
    return resolved;
  }
  KeepBestRank();
  KeepPreferredStatus();
  resolved.chosen = BreakTies(Prefer(PickOne()));
  const Candidate& chosen = candidates_[resolved.chosen];
  FindRivals(resolved);
  if (!resolved.rivals.empty()) {
    resolved.reason = UnknownReason::kConflict;
    return resolved;
  }
  // What is not known to be another thing's could contradict: never guess whose it is.
  const ConflictRule* rule = input_.conflict ? &*input_.conflict : nullptr;
  for (const std::size_t i : floating_) {
    if (Rank(candidates_[i]) <= Rank(chosen) &&
        Differ(*candidates_[i].value, *chosen.value, rule)) {
      resolved.reason = UnknownReason::kUnlinked;
      return resolved;
    }
  }
  resolved.status = InputStatus::kKnown;
  resolved.reason = UnknownReason::kNotUnknown;
  resolved.value = chosen.value;
  resolved.stale = age_ != nullptr && age_->fresh_days && chosen.milliseconds &&
                   !input_.sources[chosen.source].ageless && chosen.age_days > *age_->fresh_days;
  return resolved;
}

}  // namespace

// Ranks set by hand, else by the order of the sources where the first one with a candidate decides.
int RankOf(const Input& input, Index source) {
  const bool by_hand = std::any_of(input.sources.begin(), input.sources.end(),
                                   [](const SourceOfInput& other) { return other.rank != 0; });
  if (by_hand) return input.sources[source].rank;
  return input.merge_all ? 0 : static_cast<int>(source);
}

UnknownReason WhyUnusable(const Input& input, const Candidate& candidate, const AgeLimit* age) {
  if (!candidate.value) return UnknownReason::kUnusable;
  if (candidate.milliseconds && candidate.age_days < 0) return UnknownReason::kFuture;
  if (age != nullptr && age->limit_days && !input.sources[candidate.source].ageless) {
    if (!candidate.milliseconds) return UnknownReason::kUndated;
    if (candidate.age_days > *age->limit_days) return UnknownReason::kStale;
  }
  return candidate.implausible ? UnknownReason::kImplausible : UnknownReason::kNotUnknown;
}

Resolved Choose(const Input& input, const std::vector<Candidate>& candidates, Index instance,
                const AgeLimit* age, const std::vector<bool>& left_out) {
  return Chooser(input, candidates, instance, age, left_out).Choose();
}

}  // namespace renal::pathways
