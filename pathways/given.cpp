#include "pathways/given.h"

#include <algorithm>

#include "pathways/internal/read_value.h"

namespace renal::pathways {
namespace {

using fhir::JsonType;
using fhir::fhirpath::Item;

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<Value> ReadTruth(const Input& input, const Written& written) {
  std::string_view text = written.text;
  if (written.kind == Written::Kind::kBoolean) text = written.boolean ? "yes" : "no";
  if (written.kind == Written::Kind::kNumber) return std::nullopt;
  if (input.type == Type::kBoolean) {
    if (text == "yes" || text == "true") return Value::Code(1);
    if (text == "no" || text == "false") return Value::Code(0);
    return std::nullopt;
  }
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    if (input.values[i].first == text) return Value::Code(i);
  }
  return std::nullopt;
}

// One end of a range, or a point, as the interval of what it can mean: a year is all of its days.
std::optional<Interval> ReadPoint(const Input& input, std::string_view text) {
  std::optional<Value> value;
  if (input.type == Type::kDate) {
    if (text.starts_with('@')) text.remove_prefix(1);
    const auto date = fhir::DateTime::Parse(text);
    if (date && date->kind == fhir::DateTime::Kind::kDate) value = ReadValue(input, Item(*date));
  } else if (const auto quantity = fhir::ParseQuantity(text)) {
    value = ReadValue(input, Item(*quantity));
  }
  if (!value) return std::nullopt;
  return value->interval();
}

struct Comparison {
  std::string_view sign;
  bool below;
  bool closed;
};
constexpr Comparison kComparisons[] = {
    {"<=", true, true}, {">=", false, true}, {"<", true, false}, {">", false, false}};

std::optional<Interval> ReadCompared(const Input& input, const Comparison& comparison,
                                     std::string_view text) {
  const auto point = ReadPoint(input, Trimmed(text));
  if (!point || !point->IsPoint()) return std::nullopt;
  const Bound end{point->low->value, comparison.closed};
  return comparison.below ? Interval{{}, end} : Interval{end, {}};
}

// "[6 'cm' .. 8 'cm')".
std::optional<Interval> ReadRange(const Input& input, std::string_view text) {
  const std::size_t dots = text.find("..");
  const bool closed = text.ends_with(']');
  if (dots == std::string_view::npos || (!closed && !text.ends_with(')'))) return std::nullopt;
  const auto low = ReadPoint(input, Trimmed(text.substr(1, dots - 1)));
  const auto high = ReadPoint(input, Trimmed(text.substr(dots + 2, text.size() - dots - 3)));
  if (!low || !high || !low->IsPoint() || !high->IsPoint()) return std::nullopt;
  const auto order = fhir::Compare(low->low->value, high->low->value);
  if (!order || *order > 0) return std::nullopt;
  return Interval{Bound{low->low->value, text.starts_with('[')}, Bound{high->low->value, closed}};
}

std::optional<Interval> ReadInterval(const Input& input, std::string_view text) {
  text = Trimmed(text);
  if (text == "any") return Interval{};
  if (text.starts_with('[') || text.starts_with('(')) return ReadRange(input, text);
  for (const Comparison& comparison : kComparisons) {
    if (!text.starts_with(comparison.sign)) continue;
    return ReadCompared(input, comparison, text.substr(comparison.sign.size()));
  }
  return ReadPoint(input, text);
}

bool IsOrdered(const Input& input) {
  return input.type != Type::kBoolean && input.type != Type::kCode;
}

// The keys of things that are named by reference are the references of their resources.
bool HasKey(const FocusKind& kind, std::string_view key) {
  if (kind.by_reference) return !key.empty() && key.size() <= 128;
  return std::ranges::any_of(kind.values, [&](const auto& value) { return value.first == key; });
}

}  // namespace

Written WrittenIn(const fhir::Json& json) {
  switch (json.type()) {
    case JsonType::kAbsent:
    case JsonType::kNull:
      return {};
    case JsonType::kBoolean:
      return {Written::Kind::kBoolean, json.boolean(), {}};
    case JsonType::kInteger:
    case JsonType::kNumber:
      return {Written::Kind::kNumber, false, json.number_text()};
    case JsonType::kString:
      return {Written::Kind::kText, false, std::string(json.string())};
    default:
      return {Written::Kind::kOther, false, {}};
  }
}

Written WrittenIn(const fhir::OwnJson& json) {
  switch (json.type) {
    case JsonType::kAbsent:
    case JsonType::kNull:
      return {};
    case JsonType::kBoolean:
      return {Written::Kind::kBoolean, json.boolean, {}};
    case JsonType::kInteger:
    case JsonType::kNumber:
      return {Written::Kind::kNumber, false, json.text};
    case JsonType::kString:
      return {Written::Kind::kText, false, json.text};
    default:
      return {Written::Kind::kOther, false, {}};
  }
}

std::optional<Value> ReadWritten(const Input& input, const Written& written) {
  if (written.kind == Written::Kind::kNull || written.kind == Written::Kind::kOther) return {};
  if (!IsOrdered(input)) return ReadTruth(input, written);
  if (written.kind == Written::Kind::kBoolean) return {};
  constexpr std::size_t kLongest = 256;
  if (written.text.size() > kLongest) return {};
  auto interval = ReadInterval(input, written.text);
  if (!interval) return {};
  // Through the one reading of items, so that whole numbers and units are checked alike.
  fhir::fhirpath::Range range;
  if (interval->low) range.low = {interval->low->value, interval->low->closed};
  if (interval->high) range.high = {interval->high->value, interval->high->closed};
  if (input.type == Type::kDate || interval->IsPoint()) return Value::Ordered(*interval);
  return ReadValue(input, Item(std::move(range)));
}

GivenState StateOf(const Input& input, const Written& written) {
  GivenState state;
  state.value = ReadWritten(input, written);
  if (!state.value) {
    state.reason =
        written.kind == Written::Kind::kNull ? UnknownReason::kAbsent : UnknownReason::kUnusable;
  } else if (MakePlausible(input, *state.value)) {
    state.reason = UnknownReason::kNotUnknown;
  } else {
    state.value.reset();
    state.reason = UnknownReason::kImplausible;
  }
  state.on_record =
      state.reason == UnknownReason::kUnusable || state.reason == UnknownReason::kImplausible;
  return state;
}

std::optional<InputName> FindInputName(const Pathway& pathway, std::string_view name) {
  const std::size_t at = name.find('@');
  InputName found;
  found.input = pathway.FindInput(name.substr(0, at));
  if (found.input == kNone) return std::nullopt;
  if (at == std::string_view::npos) return found;
  const Index kind = pathway.inputs[found.input].focus;
  if (kind == kNone || !HasKey(pathway.foci[kind], name.substr(at + 1))) return std::nullopt;
  found.focus = name.substr(at + 1);
  return found;
}

bool PreparedInputs::AddFoci(const Pathway& pathway) {
  const auto count = [&](Index kind) {
    return std::ranges::count(foci, kind, &std::pair<Index, std::string>::first);
  };
  for (const GivenInput& given : inputs) {
    const std::pair place(pathway.inputs[given.input].focus, given.focus);
    if (!given.focus.empty() && std::ranges::find(foci, place) == foci.end()) foci.push_back(place);
  }
  for (const GivenInput& given : inputs) {
    const Index kind = pathway.inputs[given.input].focus;
    if (kind == kNone || !given.focus.empty()) continue;
    if (count(kind) > 1) return false;
    if (count(kind) == 1) continue;
    const FocusKind& focus = pathway.foci[kind];
    const Index key = focus.otherwise == kNone ? 0 : focus.otherwise;
    foci.emplace_back(kind, focus.by_reference ? focus.name : focus.values[key].first);
  }
  return true;
}

}  // namespace renal::pathways
