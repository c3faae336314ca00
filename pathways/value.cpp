#include "pathways/value.h"

#include <compare>

namespace renal::pathways {
namespace {

using Order = std::optional<std::partial_ordering>;

// Order of two lower (side -1) or two upper (side 1) ends: where the values are equal, the closed
// end reaches further out. An absent end reaches furthest. Nothing for units of different
// dimensions.
Order CompareEnds(const std::optional<Bound>& a, const std::optional<Bound>& b, int side) {
  if (!a && !b) return std::partial_ordering::equivalent;
  const auto outward = side < 0 ? std::partial_ordering::less : std::partial_ordering::greater;
  const auto inward = side < 0 ? std::partial_ordering::greater : std::partial_ordering::less;
  if (!a) return outward;
  if (!b) return inward;
  const auto order = fhir::Compare(a->value, b->value);
  if (!order) return std::nullopt;
  if (*order != 0 || a->closed == b->closed) return *order;
  return a->closed ? outward : inward;
}

// True if everything below the upper end `high` lies before everything above the lower end `low`.
bool EndsBefore(const std::optional<Bound>& high, const std::optional<Bound>& low) {
  if (!high || !low) return false;
  const auto order = fhir::Compare(high->value, low->value);
  if (!order) return false;
  return *order < 0 || (*order == 0 && !(high->closed && low->closed));
}

// The unit of an interval: of either end. Null where both ends are absent.
const fhir::Unit* UnitOf(const Interval& interval) {
  if (interval.low) return &interval.low->value.unit;
  return interval.high ? &interval.high->value.unit : nullptr;
}

bool SameEnd(const std::optional<Bound>& a, const std::optional<Bound>& b) {
  if (!a || !b) return !a && !b;
  const auto order = fhir::Compare(a->value, b->value);
  return order && *order == 0 && a->closed == b->closed;
}

}  // namespace

bool Interval::IsPoint() const {
  if (!low || !high || !low->closed || !high->closed) return false;
  const auto order = fhir::Compare(low->value, high->value);
  return order && *order == 0;
}

Cover Covers(const Interval& outer, const Interval& inner) {
  const fhir::Unit* ours = UnitOf(outer);
  const fhir::Unit* theirs = UnitOf(inner);
  if (ours != nullptr && theirs != nullptr && !ours->ConvertibleTo(*theirs)) {
    return Cover::kIncomparable;
  }
  if (EndsBefore(outer.high, inner.low) || EndsBefore(inner.high, outer.low)) {
    return Cover::kDisjoint;
  }
  const Order low = CompareEnds(outer.low, inner.low, -1);
  const Order high = CompareEnds(outer.high, inner.high, 1);
  if (!low || !high) return Cover::kIncomparable;
  return *low <= 0 && *high >= 0 ? Cover::kInside : Cover::kPartly;
}

Truth LiesIn(const std::vector<Interval>& ranges, const Interval& inner) {
  Truth truth = Truth::kFalse;
  for (const Interval& range : ranges) {
    const Cover cover = Covers(range, inner);
    if (cover == Cover::kInside) return Truth::kTrue;
    if (cover != Cover::kDisjoint) truth = Truth::kUnknown;
  }
  return truth;
}

bool SameValue(const Value& a, const Value& b) {
  if (a.IsCode() != b.IsCode()) return false;
  if (a.IsCode()) return a.code() == b.code();
  return SameEnd(a.interval().low, b.interval().low) &&
         SameEnd(a.interval().high, b.interval().high);
}

}  // namespace renal::pathways
