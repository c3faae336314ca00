#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/quantity.h"

namespace renal::pathways {

/// What an input can hold (pathway-format section 3).
enum class Type : std::uint8_t { kBoolean, kCode, kInteger, kDecimal, kQuantity, kDate };

/// True, false or unknown; `and` is the minimum, `or` the maximum (5.1).
enum class Truth : std::uint8_t { kFalse, kUnknown, kTrue };

inline Truth Not(Truth truth) {
  return truth == Truth::kUnknown ? truth : truth == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
}

/// One end of an interval.
struct Bound {
  fhir::Quantity value;
  bool closed = true;
};

/// An interval of an ordered type; a point is [x, x]. A bound that is absent is infinite. Dates are counted
/// in days since 1970-01-01 with the unit 1, so that one comparison serves all ordered types.
struct Interval {
  std::optional<Bound> low;
  std::optional<Bound> high;

  static Interval Point(const fhir::Quantity& value) { return {Bound{value, true}, Bound{value, true}}; }
  bool IsPoint() const;  ///< both ends present, closed and equal
};

/// How two intervals lie to each other.
enum class Cover : std::uint8_t { kDisjoint, kPartly, kInside, kIncomparable };

/// kInside if every point of `inner` lies in `outer`, kDisjoint if none does; kIncomparable for units of
/// different dimensions.
Cover Covers(const Interval& outer, const Interval& inner);

/// The truth of "lies in one of the ranges" for all points of `inner`: unknown if some do, or cannot be
/// compared.
Truth LiesIn(const std::vector<Interval>& ranges, const Interval& inner);

/// The value of an input: an index into the input's codes (Boolean: 0 false, 1 true), or an interval. Small,
/// since there are many: copies share the interval, which never changes.
struct Value {
  std::variant<std::size_t, std::shared_ptr<const Interval>> content;

  bool IsCode() const { return content.index() == 0; }
  std::size_t code() const { return std::get<0>(content); }
  const Interval& interval() const { return *std::get<1>(content); }
  static Value Code(std::size_t index) { return {index}; }
  static Value Ordered(Interval interval) {
    return {std::make_shared<const Interval>(std::move(interval))};
  }
};

/// True if both are the same code, or intervals with equal ends.
bool SameValue(const Value& a, const Value& b);

}  // namespace renal::pathways
