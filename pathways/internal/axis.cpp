#include "pathways/internal/axis.h"

#include <algorithm>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::Decimal;
using fhir::Quantity;

// Constants of one input can be compared: the loader sees to their dimension and annotations.
std::strong_ordering Order(const Quantity& a, const Quantity& b) { return *fhir::Compare(a, b); }
bool Less(const Quantity& a, const Quantity& b) { return Order(a, b) < 0; }
bool Same(const Quantity& a, const Quantity& b) { return Order(a, b) == 0; }

bool IsWhole(Type type) { return type == Type::kInteger || type == Type::kDate; }

// The constant in the input's own unit, where that says exactly the same.
Quantity InUnit(const std::optional<fhir::Unit>& unit, const Quantity& value) {
  if (!unit) return value;
  const auto converted = fhir::Convert(value, *unit);
  return converted && Same(*converted, value) ? *converted : value;
}

std::string CodeName(const std::vector<std::string>& names, const Value& value) {
  return value.code() < names.size() ? names[value.code()] : std::string();
}

}  // namespace

Interval DomainOf(const Input& input) {
  Interval domain;
  if (input.min) domain.low = Bound{*input.min, true};
  if (input.max) domain.high = Bound{*input.max, true};
  return domain;
}

Axis::Axis(const Input& input, const std::vector<const Cell*>& cells, bool missing)
    : Axis(input, cells, {DomainOf(input)}, missing) {}

Axis::Axis(const Input& input, const std::vector<const Cell*>& cells,
           const std::vector<Interval>& domains, bool missing)
    : type_(input.type), unit_(input.unit), missing_(missing) {
  for (const auto& [code, title] : input.values) names_.push_back(code);
  if (!IsOrdered(type_)) {
    for (std::size_t i = 0; i < names_.size(); ++i) values_.push_back(Value::Code(i));
    return;
  }
  bool low_open = domains.empty();
  bool high_open = domains.empty();
  for (const Interval& domain : domains) {
    low_open |= !domain.low;
    high_open |= !domain.high;
    if (domain.low && (!min_ || Less(domain.low->value, *min_))) min_ = domain.low->value;
    if (domain.high && (!max_ || Less(*max_, domain.high->value))) max_ = domain.high->value;
  }
  if (low_open) min_.reset();
  if (high_open) max_.reset();
  for (const Interval& domain : domains) AddPoints(domain);
  for (const Cell* cell : cells) {
    for (const Interval& range : cell->ranges) AddPoints(range);
  }
  std::sort(points_.begin(), points_.end(), Less);
  points_.erase(std::unique(points_.begin(), points_.end(), Same), points_.end());
  Cut();
}

// Ends at which something begins or ceases to pass. A closed end on the end of the range does not.
void Axis::AddPoints(const Interval& interval) {
  const auto outside = [&](const Quantity& value) {
    return (min_ && Less(value, *min_)) || (max_ && Less(*max_, value));
  };
  const auto& [low, high] = interval;
  if (low && !outside(low->value) && !(low->closed && min_ && Same(low->value, *min_))) {
    points_.push_back(InUnit(unit_, low->value));
  }
  if (high && !outside(high->value) && !(high->closed && max_ && Same(high->value, *max_))) {
    points_.push_back(InUnit(unit_, high->value));
  }
}

// Places: 2i + 1 is point i, 2i lies before it, the last lies after all.
void Axis::Cut() {
  const std::size_t places = 2 * points_.size() + 1;
  for (std::size_t place = 0; place < places; ++place) {
    kept_.push_back(values_.size());
    const std::size_t point = place / 2;
    Interval segment;
    if (place % 2 == 1) {
      segment = Interval::Point(points_[point]);
    } else {
      if (point > 0) segment.low = Bound{points_[point - 1], false};
      if (point == 0 && min_) segment.low = Bound{*min_, true};
      if (point < points_.size()) segment.high = Bound{points_[point], false};
      if (point == points_.size() && max_) segment.high = Bound{*max_, true};
      if (segment.low && segment.high) {
        const auto order = Order(segment.low->value, segment.high->value);
        if (order > 0 || (order == 0 && !segment.IsPoint())) continue;
      }
    }
    if (IsWhole(type_) && !HoldsInteger(segment)) continue;
    values_.push_back(Value::Ordered(segment));
  }
  kept_.push_back(values_.size());
}

// First place that a lower end lets pass.
std::size_t Axis::From(const std::optional<Bound>& low) const {
  if (!low) return 0;
  if (min_) {
    const auto order = Order(low->value, *min_);
    if (order < 0 || (order == 0 && low->closed)) return 0;
  }
  const auto found = std::lower_bound(points_.begin(), points_.end(), low->value, Less);
  if (found == points_.end()) return 2 * points_.size() + 1;
  return 2 * static_cast<std::size_t>(found - points_.begin()) + (low->closed ? 1 : 2);
}

// One past the last place that an upper end lets pass.
std::size_t Axis::To(const std::optional<Bound>& high) const {
  if (!high) return 2 * points_.size() + 1;
  if (max_) {
    const auto order = Order(high->value, *max_);
    if (order > 0 || (order == 0 && high->closed)) return 2 * points_.size() + 1;
  }
  if (min_ && Less(high->value, *min_)) return 0;
  const auto found = std::lower_bound(points_.begin(), points_.end(), high->value, Less);
  return 2 * static_cast<std::size_t>(found - points_.begin()) + (high->closed ? 2 : 1);
}

std::vector<std::size_t> Axis::Inside(const Interval& interval) const {
  std::vector<std::size_t> segments;
  if (kept_.empty()) return segments;
  const std::size_t from = From(interval.low);
  const std::size_t to = To(interval.high);
  if (from >= to) return segments;
  for (std::size_t i = kept_[from]; i < kept_[to]; ++i) segments.push_back(i);
  return segments;
}

std::vector<std::size_t> Axis::Passing(const Cell& cell) const {
  std::vector<std::size_t> segments;
  switch (cell.kind) {
    case Cell::Kind::kCodes:
      for (std::size_t i = 0; i < values_.size(); ++i) {
        if ((cell.codes >> i & 1) != 0) segments.push_back(i);
      }
      break;
    case Cell::Kind::kRanges:
      for (const Interval& range : cell.ranges) {
        const auto more = Inside(range);
        segments.insert(segments.end(), more.begin(), more.end());
      }
      break;
    case Cell::Kind::kKnown:
      for (std::size_t i = 0; i < values_.size(); ++i) segments.push_back(i);
      break;
    case Cell::Kind::kUnknown:
      if (missing_) segments.push_back(missing());
      break;
  }
  return segments;
}

Interval Axis::Run(std::size_t first, std::size_t last) const {
  return {values_[first].interval().low, values_[last].interval().high};
}

// The value of an interval that holds one whole number alone.
std::optional<Quantity> Axis::OnlyWhole(const Interval& run) const {
  if (!IsWhole(type_) || !run.low || !run.high) return std::nullopt;
  const Quantity first = PlainValue(type_, unit_, run);
  const Interval rest{Bound{first, false}, run.high};
  return HoldsInteger(rest) ? std::nullopt : std::optional(first);
}

std::string Axis::RunText(std::size_t first, std::size_t last) const {
  if (!IsOrdered(type_)) return CodeName(names_, values_[first]);
  const Interval run = Run(first, last);
  const auto text = [&](const Bound& end) { return ConstantText(type_, end.value); };
  if (run.IsPoint()) return "= " + text(*run.low);
  if (const auto only = OnlyWhole(run)) return "= " + ConstantText(type_, *only);
  const bool begins = first == 0;
  const bool ends = last + 1 == values_.size();
  if (begins && ends) return "known";
  if (begins) return (run.high->closed ? "<= " : "< ") + text(*run.high);
  if (ends) return (run.low->closed ? ">= " : "> ") + text(*run.low);
  return (run.low->closed ? "[" : "(") + text(*run.low) + " .. " + text(*run.high) +
         (run.high->closed ? "]" : ")");
}

std::string Axis::Text(const BoxLayout& layout, const Box& box, std::size_t axis) const {
  if (layout.IsFree(box, axis)) return "-";
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : " or ") + part; };
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!layout.Has(box, axis, i)) continue;
    std::size_t last = i;
    while (IsOrdered(type_) && last + 1 < values_.size() && layout.Has(box, axis, last + 1)) ++last;
    add(RunText(i, last));
    i = last;
  }
  if (missing_ && layout.Has(box, axis, missing())) add("unknown");
  return text;
}

std::string Axis::Example(const BoxLayout& layout, const Box& box, std::size_t axis) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (!layout.Has(box, axis, i)) continue;
    if (!IsOrdered(type_)) return CodeName(names_, values_[i]);
    std::size_t last = i;
    while (last + 1 < values_.size() && layout.Has(box, axis, last + 1)) ++last;
    return ConstantText(type_, PlainValue(type_, unit_, Run(i, last)));
  }
  return "unknown";
}

Quantity PlainValue(Type type, const std::optional<fhir::Unit>& unit, const Interval& interval) {
  const auto in_unit = [&](const Decimal& value) {
    return Quantity{value, unit.value_or(fhir::Unit())};
  };
  const auto number = [&](const Bound& end) { return InUnit(unit, end.value).value; };
  const auto& [low, high] = interval;
  if (!low && !high) return in_unit(Decimal(1));
  if (IsWhole(type)) {
    if (low) {
      Decimal first = number(*low).Ceiling();
      if (!low->closed && first == number(*low)) first = Add(first, Decimal(1)).value_or(first);
      return in_unit(first);
    }
    Decimal last = number(*high).Floor();
    if (!high->closed && last == number(*high)) {
      last = Subtract(last, Decimal(1)).value_or(last);
    }
    return in_unit(last);
  }
  if (low && low->closed) return InUnit(unit, low->value);
  if (high && high->closed) return InUnit(unit, high->value);
  // An end in another unit that has no exact number in this one: stay in its own.
  Quantity from = InUnit(unit, low ? low->value : high->value);
  if (!low) return {Subtract(from.value, Decimal(1)).value_or(from.value), from.unit};
  if (!high) return {Add(from.value, Decimal(1)).value_or(from.value), from.unit};
  const auto to = fhir::Convert(high->value, from.unit);
  if (!to) return from;
  // A whole number between the ends, if there is one; else the middle.
  const Decimal whole = Add(from.value.Floor(), Decimal(1)).value_or(from.value);
  if (from.value < whole && whole < to->value) return {whole, from.unit};
  const auto sum = Add(from.value, to->value);
  const auto middle = sum ? Divide(*sum, Decimal(2)) : std::nullopt;
  return {middle.value_or(from.value), from.unit};
}

}  // namespace renal::pathways::internal
