#include <algorithm>
#include <utility>

#include "pathways/internal/cells_of.h"
#include "pathways/internal/facts.h"
#include "pathways/internal/limits.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::Decimal;
using fhir::Quantity;

// Annotations of limits may contradict each other where none contradicts the unit of the input:
// such limits are neither less nor the same, and nothing lies between them.
bool Less(const Quantity& a, const Quantity& b) {
  return fhir::Compare(a, b) == std::strong_ordering::less;
}
bool Same(const Quantity& a, const Quantity& b) {
  return fhir::Compare(a, b) == std::strong_ordering::equal;
}

// The limits of each input, ascending, each once.
std::vector<std::vector<Quantity>> CutPoints(const Pathway& pathway) {
  std::vector<std::vector<Quantity>> points;
  for (const std::vector<Limit>& limits : LimitsOf(pathway)) {
    std::vector<Quantity> list;
    for (const Limit& limit : limits) list.push_back(limit.value);
    std::stable_sort(list.begin(), list.end(), Less);
    list.erase(std::unique(list.begin(), list.end(), Same), list.end());
    points.push_back(std::move(list));
  }
  return points;
}

bool IsWhole(Type type) { return type == Type::kInteger || type == Type::kDate; }

std::string TextOf(const Input& input, const Interval& segment, bool first, bool last) {
  const auto text = [&](const Bound& end) { return ConstantText(input.type, end.value); };
  if (segment.IsPoint()) return "= " + text(*segment.low);
  if (first && last) {
    if (!segment.low && !segment.high) return "any";
    if (!segment.low) return "<= " + text(*segment.high);
    if (!segment.high) return ">= " + text(*segment.low);
  } else if (first) {
    return "< " + text(*segment.high);
  } else if (last) {
    return "> " + text(*segment.low);
  }
  return text(*segment.low) + " .. " + text(*segment.high);
}

void AddSegment(Input& input, const Interval& segment, bool first, bool last) {
  if (segment.low && segment.high) {
    const auto order = fhir::Compare(segment.low->value, segment.high->value);
    if (!order || *order > 0 || (*order == 0 && !segment.IsPoint())) return;
  }
  if (IsWhole(input.type) && !HoldsInteger(segment)) return;
  input.segments.push_back(Value::Ordered(segment));
  input.segment_texts.push_back(TextOf(input, segment, first, last));
}

void CutOrdered(Input& input, const std::vector<Quantity>& points) {
  std::optional<Bound> low;
  if (input.min) low = Bound{*input.min, true};
  for (std::size_t i = 0; i < points.size(); ++i) {
    AddSegment(input, {low, Bound{points[i], false}}, i == 0, false);
    AddSegment(input, Interval::Point(points[i]), false, false);
    low = Bound{points[i], false};
  }
  std::optional<Bound> high;
  if (input.max) high = Bound{*input.max, true};
  AddSegment(input, {low, high}, points.empty(), true);
}

void CutCodes(Input& input) {
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    input.segments.push_back(Value::Code(i));
    input.segment_texts.push_back(input.values[i].first);
  }
}

// What holds on a segment holds for every value in it: no code needs to be looked up then, and no
// number to be compared.
void TestOnSegments(const Pathway& pathway, Cell& cell) {
  cell.on_segments.clear();
  if (cell.kind != Cell::Kind::kCodes && cell.kind != Cell::Kind::kRanges) return;
  for (const Value& segment : pathway.inputs[cell.input].segments) {
    cell.on_segments.push_back(Accepts(cell, segment));
  }
}

}  // namespace

bool HoldsInteger(const Interval& interval) {
  if (!interval.low || !interval.high) return true;
  const Decimal& low = interval.low->value.value;
  const Decimal& high = interval.high->value.value;
  auto first = std::optional<Decimal>(low.Ceiling());
  if (*first == low && !interval.low->closed) first = Add(*first, Decimal(1));
  return first && (*first < high || (*first == high && interval.high->closed));
}

void CutSegments(Pathway& pathway) {
  const auto points = CutPoints(pathway);
  for (Index i = 0; i < pathway.inputs.size(); ++i) {
    Input& input = pathway.inputs[i];
    if (IsOrdered(input.type)) {
      CutOrdered(input, points[i]);
    } else {
      CutCodes(input);
    }
  }
  ForEachCell(pathway, [&](Cell& cell) { TestOnSegments(pathway, cell); });
}

}  // namespace renal::pathways::internal
