#include "pathways/internal/limits.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "pathways/internal/cells_of.h"
#include "pathways/internal/loader.h"
#include "pathways/internal/read_value.h"

namespace renal::pathways::internal {
namespace {

using fhir::Quantity;
using fhir::fhirpath::Expression;
using fhir::fhirpath::Item;

// Of values that cannot be compared, none is less.
bool Less(const Quantity& a, const Quantity& b) {
  return fhir::Compare(a, b) == std::strong_ordering::less;
}

// The constant in the input's own unit, where that says exactly the same.
Quantity InUnitOf(const Input& input, const Quantity& value) {
  if (!input.unit) return value;
  const auto converted = fhir::Convert(value, *input.unit);
  return converted && fhir::Compare(*converted, value) == std::strong_ordering::equal ? *converted
                                                                                      : value;
}

// A value of that unit can be one of the input.
bool FitsUnit(const Input& input, const Quantity& value) {
  return input.unit ? value.unit.ConvertibleTo(*input.unit) : value.unit.IsOne();
}

std::vector<Quantity> EndsOf(const Interval& interval) {
  std::vector<Quantity> ends;
  for (const auto& end : {interval.low, interval.high}) {
    if (end) ends.push_back(end->value);
  }
  return ends;
}

// What an item of an expression stands for on the scale of the input; a year has two ends.
std::vector<Quantity> PointsOf(const Input& input, const Item& item) {
  if (const auto* integer = std::get_if<std::int64_t>(&item)) return {{*integer, {}}};
  if (const auto* decimal = std::get_if<fhir::Decimal>(&item)) return {{*decimal, {}}};
  if (const auto* quantity = std::get_if<Quantity>(&item)) return {*quantity};
  if (!std::holds_alternative<fhir::DateTime>(item) || input.type != Type::kDate) return {};
  const auto date = ReadValue(input, item);
  return date ? EndsOf(date->interval()) : std::vector<Quantity>();
}

// The value of the parameter in a slot; nothing where the slot holds something else.
std::vector<Quantity> PointsOf(const Pathway& pathway, std::size_t slot) {
  const std::size_t first = pathway.inputs.size();
  if (slot < first || slot - first >= pathway.parameters.size()) return {};
  const Parameter& parameter = pathway.parameters[slot - first];
  return IsOrdered(parameter.type) ? EndsOf(parameter.value.interval()) : std::vector<Quantity>();
}

// The limits that an expression sets to inputs.
std::vector<std::pair<Index, Quantity>> LimitsIn(const Pathway& pathway,
                                                 const Expression& expression) {
  std::vector<std::pair<Index, Quantity>> limits;
  const auto add = [&](std::size_t slot, const std::vector<Quantity>& points) {
    for (const Quantity& point : points) limits.emplace_back(slot, point);
  };
  const auto is_input = [&](std::size_t slot) { return slot < pathway.inputs.size(); };
  for (const auto& [slot, with] : expression.comparisons()) {
    if (const auto* constant = std::get_if<Item>(&with)) {
      if (is_input(slot)) add(slot, PointsOf(pathway.inputs[slot], *constant));
    } else {
      const std::size_t other = std::get<std::size_t>(with);
      if (is_input(slot)) add(slot, PointsOf(pathway, other));
      if (is_input(other)) add(other, PointsOf(pathway, slot));
    }
  }
  return limits;
}

class Finder {
 public:
  explicit Finder(const Pathway& pathway) : pathway_(pathway), limits_(pathway.inputs.size()) {}

  std::vector<std::vector<Limit>> Run() {
    AddCells();
    AddExpressions();
    FindTakers();
    const std::vector<std::vector<Limit>> own = limits_;
    for (Index input = 0; input < limits_.size(); ++input) {
      for (Index taker = 0; taker < limits_.size(); ++taker) {
        if (takers_[input].Has(taker)) AddOf(taker, own[taker], input);
      }
    }
    return std::move(limits_);
  }

 private:
  static bool DecidesBy(const Input& input) { return input.derive && !input.information; }

  void AddCells() {
    ForEachCell(pathway_, [&](const Cell& cell, bool decides) {
      for (const Interval& range : cell.ranges) {
        for (const Quantity& end : EndsOf(range)) {
          if (decides) Add(cell.input, end, kNone);
        }
      }
    });
  }

  void AddExpressions() {
    if (pathway_.applies) AddAll(*pathway_.applies, kNone);
    for (const Table& table : pathway_.tables) {
      for (const Rule& rule : table.rules) {
        if (rule.when) AddAll(*rule.when, kNone);
      }
    }
    for (Index input = 0; input < limits_.size(); ++input) {
      if (DecidesBy(pathway_.inputs[input])) AddAll(*pathway_.inputs[input].derive, input);
    }
  }

  // By input: the derived inputs whose value may be its own, on whatever way. Those that are worked
  // out from others come before these.
  void FindTakers() {
    takers_.resize(limits_.size());
    for (std::size_t i = pathway_.order.size(); i-- > 0;) {
      const Index taker = pathway_.order[i];
      if (!DecidesBy(pathway_.inputs[taker])) continue;
      for (const std::size_t slot : pathway_.inputs[taker].derive->passed_on()) {
        if (slot >= limits_.size()) continue;
        takers_[slot].Add(taker);
        takers_[slot] |= takers_[taker];
      }
    }
  }

  void AddAll(const Expression& expression, Index by) {
    for (const auto& [input, value] : LimitsIn(pathway_, expression)) Add(input, value, by);
  }

  void AddOf(Index taker, const std::vector<Limit>& own, Index input) {
    for (const Limit& limit : own) {
      Add(input, limit.value, limit.by == kNone ? taker : limit.by);
    }
  }

  void Add(Index index, const Quantity& value, Index by) {
    const Input& input = pathway_.inputs[index];
    if (!IsOrdered(input.type) || !FitsUnit(input, value)) return;
    const bool outside =
        (input.min && Less(value, *input.min)) || (input.max && Less(*input.max, value));
    if (!outside) limits_[index].push_back({InUnitOf(input, value), by});
  }

  const Pathway& pathway_;
  std::vector<std::vector<Limit>> limits_;
  std::vector<IndexSet> takers_;
};

}  // namespace

std::vector<std::vector<Limit>> LimitsOf(const Pathway& pathway) { return Finder(pathway).Run(); }

bool ComparesWith(const Pathway& pathway, const Expression& expression, Index input,
                  const Quantity& value) {
  const auto limits = LimitsIn(pathway, expression);
  return std::ranges::any_of(limits, [&](const auto& limit) {
    return limit.first == input &&
           fhir::Compare(limit.second, value) == std::strong_ordering::equal;
  });
}

}  // namespace renal::pathways::internal
