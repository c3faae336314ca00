#include "pathways/internal/read_value.h"

#include <utility>

#include "fhir/date_time.h"
#include "fhir/quantity.h"

namespace renal::pathways {

namespace {

using fhir::Decimal;
using fhir::Json;
using fhir::JsonType;
using fhir::Quantity;
using fhir::fhirpath::Item;
using fhir::fhirpath::Node;

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

std::optional<Decimal> NumberOf(const Json& json) {
  if (json.type() != JsonType::kInteger && json.type() != JsonType::kNumber) return {};
  return Decimal::Parse(json.number_text());
}

// The unit is `code` where the system is UCUM or absent, else the printed `unit` if that is UCUM
// itself.
std::optional<fhir::Unit> UnitOf(const Json& quantity) {
  const std::string_view system = quantity["system"].string();
  const std::string_view code = quantity["code"].string();
  if (!code.empty()) {
    if (!system.empty() && system != kUcum) return {};
    return fhir::Unit::Parse(code);
  }
  const std::string_view unit = quantity["unit"].string();
  if (unit.empty()) return fhir::Unit();
  return fhir::Unit::Parse(unit);
}

std::optional<Quantity> QuantityOf(const Json& json) {
  const std::optional<Decimal> value = NumberOf(json["value"]);
  const std::optional<fhir::Unit> unit = UnitOf(json);
  if (!value || !unit) return {};
  return Quantity{*value, *unit};
}

// A Quantity with its comparator; `<` reaches from the smallest plausible value on.
std::optional<Interval> IntervalOfQuantity(const Json& json) {
  const std::optional<Quantity> quantity = QuantityOf(json);
  if (!quantity) return {};
  const std::string_view comparator = json["comparator"].string();
  if (comparator.empty() && json["comparator"].absent()) return Interval::Point(*quantity);
  if (comparator == "<") return Interval{{}, Bound{*quantity, false}};
  if (comparator == "<=") return Interval{{}, Bound{*quantity, true}};
  if (comparator == ">") return Interval{Bound{*quantity, false}, {}};
  if (comparator == ">=") return Interval{Bound{*quantity, true}, {}};
  return {};
}

std::optional<Interval> IntervalOfRange(const Json& json) {
  Interval interval;
  if (json["low"]) {
    const std::optional<Quantity> low = QuantityOf(json["low"]);
    if (!low) return {};
    interval.low = Bound{*low, true};
  }
  if (json["high"]) {
    const std::optional<Quantity> high = QuantityOf(json["high"]);
    if (!high) return {};
    interval.high = Bound{*high, true};
  }
  if (!interval.low && !interval.high) return {};
  if (interval.low && interval.high) {
    const auto order = fhir::Compare(interval.low->value, interval.high->value);
    if (!order || *order > 0) return {};
  }
  return interval;
}

std::optional<Interval> IntervalOfNode(const Json& json) {
  if (const std::optional<Decimal> number = NumberOf(json)) return Interval::Point({*number, {}});
  if (!json.is_object()) return {};
  if (json["value"]) return IntervalOfQuantity(json);
  return IntervalOfRange(json);
}

std::optional<Interval> IntervalOfDate(const fhir::DateTime& date) {
  if (date.kind == fhir::DateTime::Kind::kTime) return {};
  constexpr std::int64_t kDay = 86'400'000;
  const int zone = date.offset_minutes.value_or(0);
  const auto day = [zone](std::int64_t milliseconds) {
    const std::int64_t local = milliseconds + std::int64_t{zone} * 60'000;
    return local >= 0 ? local / kDay : (local - kDay + 1) / kDay;
  };
  const Quantity first{Decimal(day(date.FirstMillisecond(zone))), {}};
  const Quantity last{Decimal(day(date.LastMillisecond(zone))), {}};
  return Interval{Bound{first, true}, Bound{last, true}};
}

std::optional<Interval> IntervalOf(const Item& item, Type type) {
  if (const Node* node = std::get_if<Node>(&item)) {
    if (type == Type::kDate) {
      const auto date = fhir::DateTime::Parse(node->json.string());
      return date ? IntervalOfDate(*date) : std::nullopt;
    }
    return IntervalOfNode(node->json);
  }
  if (type == Type::kDate) {
    const auto* date = std::get_if<fhir::DateTime>(&item);
    return date != nullptr ? IntervalOfDate(*date) : std::nullopt;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&item))
    return Interval::Point({Decimal(*integer), {}});
  if (const auto* decimal = std::get_if<Decimal>(&item)) return Interval::Point({*decimal, {}});
  if (const auto* quantity = std::get_if<Quantity>(&item)) return Interval::Point(*quantity);
  if (const auto* range = std::get_if<fhir::fhirpath::Range>(&item)) {
    Interval interval;
    if (range->low) interval.low = Bound{range->low->value, range->low->closed};
    if (range->high) interval.high = Bound{range->high->value, range->high->closed};
    return interval;
  }
  return {};
}

bool FitsUnit(const Bound& bound, const Input& input) {
  if (!input.unit) return bound.value.unit.IsOne();
  return !bound.value.unit.IsOne() && bound.value.unit.ConvertibleTo(*input.unit);
}

bool IsWhole(const std::optional<Bound>& bound) { return !bound || bound->value.value.IsInteger(); }

// Whole numbers above 74 are those from 75 on.
void CloseWholeEnds(Interval& interval) {
  const auto close = [](std::optional<Bound>& end, const Decimal& step) {
    if (!end || end->closed) return;
    if (const auto next = Add(end->value.value, step)) end = Bound{{*next, end->value.unit}, true};
  };
  close(interval.low, Decimal(1));
  close(interval.high, Decimal(-1));
}

std::optional<Value> ReadCode(const Input& input, const Item& item) {
  std::string_view text;
  if (const auto* string = std::get_if<std::string>(&item)) text = *string;
  if (const Node* node = std::get_if<Node>(&item)) text = node->json.string();
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    if (input.values[i].first == text) return Value::Code(i);
  }
  return {};
}

std::optional<Value> ReadBoolean(const Item& item) {
  if (const bool* value = std::get_if<bool>(&item)) return Value::Code(*value ? 1 : 0);
  if (const Node* node = std::get_if<Node>(&item)) {
    if (node->json.type() == JsonType::kBoolean) return Value::Code(node->json.boolean() ? 1 : 0);
  }
  return {};
}

std::string QuantityText(const Json& json) {
  std::string text(json["comparator"].string());
  if (!text.empty()) text += ' ';
  text += json["value"].number_text();
  const std::string_view code = json["code"].string();
  const std::string_view unit = code.empty() ? json["unit"].string() : code;
  if (!unit.empty()) text += " '" + std::string(unit) + "'";
  return text;
}

std::string NodeText(const Json& json) {
  if (json.is_string()) return std::string(json.string());
  if (json.type() == JsonType::kBoolean) return json.boolean() ? "true" : "false";
  if (!json.number_text().empty()) return json.number_text();
  if (json["value"]) return QuantityText(json);
  if (json["low"] || json["high"]) {
    return QuantityText(json["low"]) + " .. " + QuantityText(json["high"]);
  }
  if (json["text"].is_string()) return std::string(json["text"].string());
  for (const Json::Entry entry : json["coding"]) {
    const Json display = entry.value["display"];
    return std::string((display ? display : entry.value["code"]).string());
  }
  return {};
}

std::optional<fhir::DateTime> DayAt(const Decimal& days) {
  return fhir::AddCalendar(*fhir::DateTime::Parse("1970-01-01"), days, fhir::CalendarUnit::kDay);
}

// The month or year that the days from the first to the last make; nothing for another interval.
std::optional<fhir::DateTime> PartialDate(const Interval& interval) {
  if (!interval.low || !interval.high || !interval.low->closed || !interval.high->closed) return {};
  auto first = DayAt(interval.low->value.value);
  const auto next = Add(interval.high->value.value, Decimal(1));
  const auto after = next ? DayAt(*next) : std::nullopt;
  if (!first || !after || first->day != 1 || after->day != 1) return {};
  const int months = (after->year - first->year) * 12 + after->month - first->month;
  if (months != 1 && (months != 12 || first->month != 1)) return {};
  first->precision = months == 1 ? fhir::Precision::kMonth : fhir::Precision::kYear;
  return first;
}

}  // namespace

std::optional<Value> ReadValue(const Input& input, const Item& item) {
  if (input.type == Type::kBoolean) return ReadBoolean(item);
  if (input.type == Type::kCode) return ReadCode(input, item);
  std::optional<Interval> interval = IntervalOf(item, input.type);
  if (!interval) return {};
  if (interval->low && !FitsUnit(*interval->low, input)) return {};
  if (interval->high && !FitsUnit(*interval->high, input)) return {};
  if (input.type == Type::kInteger) {
    if (!IsWhole(interval->low) || !IsWhole(interval->high)) return {};
    CloseWholeEnds(*interval);
  }
  return Value::Ordered(std::move(*interval));
}

bool MakePlausible(const Input& input, Value& value) {
  if (value.IsCode()) return true;
  Interval plausible;
  if (input.min) plausible.low = Bound{*input.min, true};
  if (input.max) plausible.high = Bound{*input.max, true};
  if (value.interval().low && value.interval().high) {
    return Covers(plausible, value.interval()) == Cover::kInside;
  }
  Interval interval = value.interval();
  if (!interval.low) interval.low = plausible.low;
  if (!interval.high) interval.high = plausible.high;
  if (Covers(plausible, interval) != Cover::kInside) return false;
  value = Value::Ordered(std::move(interval));
  return true;
}

std::string RecordedText(const Item& item) {
  struct Visitor {
    std::string operator()(const Node& node) const { return NodeText(node.json); }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const Decimal& value) const { return value.ToString(); }
    std::string operator()(const fhir::DateTime& value) const { return value.ToString(); }
    std::string operator()(const Quantity& value) const { return value.ToString(); }
    std::string operator()(const fhir::fhirpath::Range&) const { return {}; }
  };
  return std::visit(Visitor{}, item);
}

void AddItem(const Input& input, const Value& value, fhir::fhirpath::Collection& items) {
  if (value.IsCode()) {
    if (input.type == Type::kBoolean) {
      items.emplace_back(value.code() == 1);
    } else {
      items.emplace_back(input.values[value.code()].first);
    }
    return;
  }
  const Interval& interval = value.interval();
  if (!interval.IsPoint()) {
    if (const auto date = input.type == Type::kDate ? PartialDate(interval) : std::nullopt) {
      items.emplace_back(*date);
      return;
    }
    fhir::fhirpath::Range range;
    if (interval.low) range.low = {interval.low->value, interval.low->closed};
    if (interval.high) range.high = {interval.high->value, interval.high->closed};
    items.emplace_back(std::move(range));
    return;
  }
  const Quantity& point = interval.low->value;
  if (input.type == Type::kQuantity) {
    items.emplace_back(point);
  } else if (input.type == Type::kDate) {
    if (const auto date = DayAt(point.value)) items.emplace_back(*date);
  } else if (const auto integer = point.value.ToInteger();
             integer && input.type == Type::kInteger) {
    items.emplace_back(*integer);
  } else {
    items.emplace_back(point.value);
  }
}

}  // namespace renal::pathways
