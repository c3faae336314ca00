#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_parser.h"
#include "fhir/internal/fhirpath_text.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

// What a conversion makes of one item; nothing if it does not convert.
using Conversion = std::optional<Item> (*)(const Value&);

template <class T>
std::optional<Item> Wrap(const std::optional<T>& value) {
  return value ? std::optional<Item>(*value) : std::nullopt;
}

std::optional<Item> ToInteger(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* boolean = std::get_if<bool>(&value)) return std::int64_t{*boolean ? 1 : 0};
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr || text->find_first_of(".eE") != std::string_view::npos) return std::nullopt;
  const auto number = Decimal::Parse(*text);
  return Wrap(number ? number->ToInteger() : std::nullopt);
}

std::optional<Item> ToDecimal(const Value& value) {
  if (const auto* number = std::get_if<Decimal>(&value)) return *number;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return Decimal(*integer);
  if (const auto* boolean = std::get_if<bool>(&value)) return Decimal(*boolean ? 1 : 0);
  const auto* text = std::get_if<std::string_view>(&value);
  const bool exponent = text != nullptr && text->find_first_of("eE") != std::string_view::npos;
  return text == nullptr || exponent ? std::nullopt : Wrap(Decimal::Parse(*text));
}

std::optional<Item> BooleanOfText(std::string_view text) {
  constexpr std::array<std::string_view, 6> kTrue = {"true", "t", "yes", "y", "1", "1.0"};
  constexpr std::array<std::string_view, 6> kFalse = {"false", "f", "no", "n", "0", "0.0"};
  const std::string lower = ToLower(text);
  if (std::find(kTrue.begin(), kTrue.end(), lower) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), lower) != kFalse.end()) return false;
  return std::nullopt;
}

std::optional<Item> BooleanOfNumber(const Decimal& number) {
  if (number == Decimal(1)) return true;
  return number == Decimal(0) ? std::optional<Item>(false) : std::nullopt;
}

std::optional<Item> ToText(const Value& value) { return Wrap(Describe(value)); }

std::optional<Item> ToBoolean(const Value& value) {
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean;
  if (const auto* number = std::get_if<Decimal>(&value)) return BooleanOfNumber(*number);
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    return BooleanOfNumber(Decimal(*integer));
  const auto* text = std::get_if<std::string_view>(&value);
  return text == nullptr ? std::nullopt : BooleanOfText(*text);
}

std::optional<DateTime> TemporalOf(const Value& value) {
  if (const auto* date = std::get_if<DateTime>(&value)) return *date;
  const auto* text = std::get_if<std::string_view>(&value);
  return text == nullptr ? std::nullopt : DateTime::Parse(*text);
}

std::optional<Item> ToDate(const Value& value) {
  auto date = TemporalOf(value);
  if (!date || date->kind == DateTime::Kind::kTime) return std::nullopt;
  DateTime day{.precision = std::min(date->precision, Precision::kDay)};
  day.year = date->year;
  day.month = date->month;
  day.day = date->day;
  return day;
}

std::optional<Item> ToDateTime(const Value& value) {
  auto date = TemporalOf(value);
  if (!date || date->kind == DateTime::Kind::kTime) return std::nullopt;
  date->kind = DateTime::Kind::kDateTime;
  return *date;
}

std::optional<Item> ToQuantity(const Value& value) {
  if (const auto* quantity = std::get_if<Quantity>(&value)) return *quantity;
  if (const auto* number = std::get_if<Decimal>(&value)) return Quantity{*number, Unit()};
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    return Quantity{Decimal(*integer), Unit()};
  if (const auto* boolean = std::get_if<bool>(&value))
    return Quantity{Decimal(*boolean ? 1 : 0), Unit()};
  if (const auto* node = std::get_if<const Node*>(&value)) {
    const Value read = ReadQuantity(**node);
    const auto* quantity = std::get_if<Quantity>(&read);
    return quantity == nullptr ? std::nullopt : std::optional<Item>(*quantity);
  }
  const auto* text = std::get_if<std::string_view>(&value);
  return text == nullptr ? std::nullopt : Wrap(ParseQuantity(*text));
}

template <Conversion convert>
bool RunTo(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  std::optional<Item> result = item == nullptr ? std::nullopt : convert(Read(*item));
  if (!result) return true;
  if (auto* text = std::get_if<std::string>(&*result))
    return evaluator.AddText(op, out, std::move(*text));
  return evaluator.Add(op, out, std::move(*result));
}

template <Conversion convert>
Truth TestConvertsTo(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  const Item* item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, item)) return Truth::kError;
  return item == nullptr ? Truth::kUnknown : TruthOf(convert(Read(*item)).has_value());
}

std::optional<Unit> UnitOf(std::string_view text) {
  return IsCalendarWord(text) ? Unit::Calendar(text) : Unit::Parse(text);
}

// toQuantity() and convertsToQuantity(), with the optional unit.
bool ReadQuantityArgument(Evaluator& evaluator, const Op& op, const Frame& frame, const Item*& item,
                          Scratch& scratch, std::optional<Item>& result) {
  if (!evaluator.OneInput(op, frame, scratch, item)) return false;
  result = item == nullptr ? std::nullopt : ToQuantity(Read(*item));
  if (op.args.empty() || !result) return true;
  Scratch unit_scratch;
  std::optional<std::string_view> text;
  if (!evaluator.TextArgument(*op.args[0], frame, unit_scratch, text)) return false;
  const auto unit = text ? UnitOf(*text) : std::nullopt;
  result = unit ? Wrap(Convert(std::get<Quantity>(*result), *unit)) : std::nullopt;
  return true;
}

bool RunToQuantity(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch;
  const Item* item = nullptr;
  std::optional<Item> result;
  if (!ReadQuantityArgument(evaluator, op, frame, item, scratch, result)) return false;
  return !result || evaluator.Add(op, out, std::move(*result));
}

Truth TestConvertsToQuantity(Evaluator& evaluator, const Op& op, const Frame& frame) {
  Scratch scratch;
  const Item* item = nullptr;
  std::optional<Item> result;
  if (!ReadQuantityArgument(evaluator, op, frame, item, scratch, result)) return Truth::kError;
  return item == nullptr ? Truth::kUnknown : TruthOf(result.has_value());
}

constexpr Function kFunctions[] = {
    {.name = "toInteger", .run = RunTo<ToInteger>},
    {.name = "toDecimal", .run = RunTo<ToDecimal>},
    {.name = "toString", .run = RunTo<ToText>},
    {.name = "toBoolean", .run = RunTo<ToBoolean>},
    {.name = "toDate", .run = RunTo<ToDate>},
    {.name = "toDateTime", .run = RunTo<ToDateTime>},
    {.name = "toQuantity", .arguments = "v", .run = RunToQuantity},
    {.name = "convertsToInteger", .test = TestConvertsTo<ToInteger>},
    {.name = "convertsToDecimal", .test = TestConvertsTo<ToDecimal>},
    {.name = "convertsToString", .test = TestConvertsTo<ToText>},
    {.name = "convertsToBoolean", .test = TestConvertsTo<ToBoolean>},
    {.name = "convertsToDate", .test = TestConvertsTo<ToDate>},
    {.name = "convertsToDateTime", .test = TestConvertsTo<ToDateTime>},
    {.name = "convertsToQuantity", .arguments = "v", .test = TestConvertsToQuantity},
};

}  // namespace

std::span<const Function> ConversionFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
