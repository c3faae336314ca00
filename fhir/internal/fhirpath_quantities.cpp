#include "fhir/internal/fhirpath_quantities.h"

#include <string>
#include <utility>

#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr char kNoNumbers[] = "numbers or quantities are needed here";
constexpr char kUnitsDiffer[] = "the units of the two quantities do not convert into each other";
constexpr char kNoDuration[] =
    "only a duration (calendar word, wk, d, h, min, s, ms) can be added to a date";

// An operand of arithmetic: JSON quantities are quantities here.
Value Operand(const Item& item) {
  Value value = Read(item);
  if (const auto* node = std::get_if<const Node*>(&value)) return ReadQuantity(**node);
  return value;
}

template <class T>
bool Is(const Value& value) {
  return std::holds_alternative<T>(value);
}

bool IsNumber(const Value& value) { return Is<std::int64_t>(value) || Is<Decimal>(value); }
bool Integers(const Value& a, const Value& b) { return Is<std::int64_t>(a) && Is<std::int64_t>(b); }

std::optional<Decimal> NumberOf(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return Decimal(*integer);
  const auto* number = std::get_if<Decimal>(&value);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<Quantity> QuantityIn(const Value& value) {
  if (const auto* quantity = std::get_if<Quantity>(&value)) return *quantity;
  const auto number = NumberOf(value);
  return number ? std::optional(Quantity{*number, Unit()}) : std::nullopt;
}

bool AnyUnknown(const Value& a, const Value& b) {
  return Is<std::monostate>(a) || Is<std::monostate>(b);
}

template <class T>
ArithmeticResult Give(const std::optional<T>& value) {
  return {.item = value ? std::optional<Item>(*value) : std::nullopt};
}

// Whole results stay Integers where both operands are; beyond 64 bits there is no answer.
ArithmeticResult GiveInteger(const std::optional<Decimal>& value) {
  return Give(value ? value->ToInteger() : std::nullopt);
}

ArithmeticResult Fault(const char* sentence) { return {.fault = sentence}; }

struct UnitWord {
  std::string_view word;
  CalendarUnit unit;
};

constexpr UnitWord kCalendarUnits[] = {
    {"year", CalendarUnit::kYear},     {"month", CalendarUnit::kMonth},
    {"week", CalendarUnit::kWeek},     {"day", CalendarUnit::kDay},
    {"hour", CalendarUnit::kHour},     {"minute", CalendarUnit::kMinute},
    {"second", CalendarUnit::kSecond}, {"millisecond", CalendarUnit::kMillisecond},
};

constexpr UnitWord kUcumDurations[] = {
    {"wk", CalendarUnit::kWeek},  {"d", CalendarUnit::kDay},
    {"h", CalendarUnit::kHour},   {"min", CalendarUnit::kMinute},
    {"s", CalendarUnit::kSecond}, {"ms", CalendarUnit::kMillisecond},
};

std::optional<CalendarUnit> DurationUnit(const Unit& unit) {
  if (unit.IsCalendar()) return CalendarUnitOf(unit.text());
  for (const UnitWord& candidate : kUcumDurations) {
    if (candidate.word == unit.text()) return candidate.unit;
  }
  return std::nullopt;
}

// Two numbers as they stand, which are computed with most.
struct Numbers {
  std::optional<Decimal> left, right;
  bool integers = false;

  Numbers(const Item& a, const Item& b) : left(Read(a)), right(Read(b)) {
    integers = std::holds_alternative<std::int64_t>(a) && std::holds_alternative<std::int64_t>(b);
  }
  explicit operator bool() const { return left && right; }
  ArithmeticResult Result(const std::optional<Decimal>& value) const {
    return integers ? GiveInteger(value) : Give(value);
  }

 private:
  static std::optional<Decimal> Read(const Item& item) {
    if (const auto* number = std::get_if<Decimal>(&item)) return *number;
    const auto* integer = std::get_if<std::int64_t>(&item);
    return integer == nullptr ? std::nullopt : std::optional(Decimal(*integer));
  }
};

ArithmeticResult ShiftDate(const DateTime& date, const Value& by, bool back) {
  const auto* duration = std::get_if<Quantity>(&by);
  const auto unit = duration == nullptr ? std::nullopt : DurationUnit(duration->unit);
  if (!unit) return Fault(kNoDuration);
  return Give(AddCalendar(date, back ? -duration->value : duration->value, *unit));
}

// Text in the form of a date, before a duration.
std::optional<DateTime> DateIn(const Value& value, const Value& other) {
  if (const auto* date = std::get_if<DateTime>(&value)) return *date;
  const auto* text = std::get_if<std::string_view>(&value);
  return text != nullptr && Is<Quantity>(other) ? DateTime::Parse(*text) : std::nullopt;
}

std::optional<Decimal> AddOrSubtract(const Decimal& a, const Decimal& b, bool subtract) {
  return subtract ? Subtract(a, b) : Add(a, b);
}

ArithmeticResult SumOfQuantities(const Quantity& a, const Quantity& b, bool subtract) {
  const auto other = a.unit == b.unit ? std::optional(b) : Convert(b, a.unit);
  if (!other) return Fault(kUnitsDiffer);
  const auto sum = AddOrSubtract(a.value, other->value, subtract);
  return sum ? ArithmeticResult{.item = Quantity{*sum, a.unit}} : ArithmeticResult{};
}

bool ShiftBound(std::optional<Range::Bound>& bound, const Quantity& by, bool subtract) {
  if (!bound) return true;
  const ArithmeticResult moved = SumOfQuantities(bound->value, by, subtract);
  if (!moved.item) return false;
  bound->value = std::get<Quantity>(*moved.item);
  return true;
}

ArithmeticResult ShiftRange(Range range, const Value& by, bool subtract) {
  const auto amount = QuantityIn(by);
  if (!amount) return Is<Range>(by) ? ArithmeticResult{} : Fault(kNoNumbers);
  const bool moved =
      ShiftBound(range.low, *amount, subtract) && ShiftBound(range.high, *amount, subtract);
  return moved ? ArithmeticResult{.item = std::move(range)} : Fault(kUnitsDiffer);
}

ArithmeticResult Sum(const Value& a, const Value& b, bool subtract) {
  if (AnyUnknown(a, b)) return {};
  if (const auto date = DateIn(a, b)) return ShiftDate(*date, b, subtract);
  if (const auto* range = std::get_if<Range>(&a)) return ShiftRange(*range, b, subtract);
  if (const auto* range = std::get_if<Range>(&b); range != nullptr && QuantityIn(a)) {
    return subtract ? ArithmeticResult{} : ShiftRange(*range, a, false);
  }
  if (IsNumber(a) && IsNumber(b)) {
    const auto sum = AddOrSubtract(*NumberOf(a), *NumberOf(b), subtract);
    return Integers(a, b) ? GiveInteger(sum) : Give(sum);
  }
  const auto left = QuantityIn(a), right = QuantityIn(b);
  return left && right ? SumOfQuantities(*left, *right, subtract) : Fault(kNoNumbers);
}

// UCUM reads from left to right, so that a product is written one unit after the other.
std::optional<Unit> ProductUnit(const Unit& a, const Unit& b) {
  if (a.IsOne()) return b;
  if (b.IsOne()) return a;
  return Unit::Parse(a.text() + "." + b.text());
}

// a/b with every operator of b turned round, outside of annotations.
std::optional<Unit> QuotientUnit(const Unit& a, const Unit& b) {
  if (b.IsOne()) return a;
  if (a == b) return Unit();
  std::string text = a.IsOne() ? "1/" : a.text() + "/";
  bool annotation = false;
  for (const char c : b.text()) {
    annotation = c == '{' || (annotation && c != '}');
    text += annotation ? c : c == '.' ? '/' : c == '/' ? '.' : c;
  }
  return Unit::Parse(text);
}

ArithmeticResult WithUnit(const std::optional<Decimal>& value, const std::optional<Unit>& unit) {
  if (!unit || unit->IsCalendar()) return Fault(kNoNumbers);
  return value ? ArithmeticResult{.item = Quantity{*value, *unit}} : ArithmeticResult{};
}

// A quantity and a number: the unit stays, a calendar word too.
ArithmeticResult Scaled(const std::optional<Decimal>& value, const Unit& unit) {
  return value ? ArithmeticResult{.item = Quantity{*value, unit}} : ArithmeticResult{};
}

}  // namespace

std::optional<CalendarUnit> CalendarUnitOf(std::string_view word) {
  if (word.ends_with('s')) word.remove_suffix(1);
  for (const UnitWord& candidate : kCalendarUnits) {
    if (candidate.word == word) return candidate.unit;
  }
  return std::nullopt;
}

ArithmeticResult Plus(const Item& a, const Item& b) {
  if (const Numbers numbers(a, b); numbers) return numbers.Result(Add(*numbers.left, *numbers.right));
  const Value x = Operand(a), y = Operand(b);
  const auto* left = std::get_if<std::string_view>(&x);
  const auto* right = std::get_if<std::string_view>(&y);
  if (left != nullptr && right != nullptr) return {.item = std::string(*left).append(*right)};
  return Sum(x, y, false);
}

ArithmeticResult Minus(const Item& a, const Item& b) {
  if (const Numbers numbers(a, b); numbers) {
    return numbers.Result(Subtract(*numbers.left, *numbers.right));
  }
  return Sum(Operand(a), Operand(b), true);
}

ArithmeticResult Times(const Item& a, const Item& b) {
  if (const Numbers numbers(a, b); numbers) {
    return numbers.Result(MultiplyRounded(*numbers.left, *numbers.right));
  }
  const Value x = Operand(a), y = Operand(b);
  if (AnyUnknown(x, y)) return {};
  const auto left = QuantityIn(x), right = QuantityIn(y);
  if (!left || !right) return Is<Range>(x) || Is<Range>(y) ? ArithmeticResult{} : Fault(kNoNumbers);
  const auto product = MultiplyRounded(left->value, right->value);
  if (Integers(x, y)) return GiveInteger(product);
  if (IsNumber(x) && IsNumber(y)) return Give(product);
  if (IsNumber(x)) return Scaled(product, right->unit);
  if (IsNumber(y)) return Scaled(product, left->unit);
  return WithUnit(product, ProductUnit(left->unit, right->unit));
}

ArithmeticResult DivideBy(const Item& a, const Item& b) {
  if (const Numbers numbers(a, b); numbers) return Give(Divide(*numbers.left, *numbers.right));
  const Value x = Operand(a), y = Operand(b);
  if (AnyUnknown(x, y)) return {};
  const auto left = QuantityIn(x), right = QuantityIn(y);
  if (!left || !right) return Is<Range>(x) || Is<Range>(y) ? ArithmeticResult{} : Fault(kNoNumbers);
  const auto quotient = Divide(left->value, right->value);
  if (IsNumber(x) && IsNumber(y)) return Give(quotient);
  if (IsNumber(y)) return Scaled(quotient, left->unit);
  return WithUnit(quotient, QuotientUnit(left->unit, right->unit));
}

ArithmeticResult WholeDivide(const Item& a, const Item& b) {
  const Value x = Operand(a), y = Operand(b);
  if (AnyUnknown(x, y)) return {};
  if (!IsNumber(x) || !IsNumber(y)) return Fault("numbers are needed here");
  return GiveInteger(IntegerDivide(*NumberOf(x), *NumberOf(y)));
}

ArithmeticResult Remainder(const Item& a, const Item& b) {
  const Value x = Operand(a), y = Operand(b);
  if (AnyUnknown(x, y)) return {};
  if (!IsNumber(x) || !IsNumber(y)) return Fault("numbers are needed here");
  const auto rest = Modulo(*NumberOf(x), *NumberOf(y));
  return Integers(x, y) ? GiveInteger(rest) : Give(rest);
}

ArithmeticResult Negative(const Item& a) {
  const Value value = Operand(a);
  if (Is<std::monostate>(value)) return {};
  if (const auto* range = std::get_if<Range>(&value)) {
    const auto turn = [](std::optional<Range::Bound> bound) {
      if (bound) bound->value.value = -bound->value.value;
      return bound;
    };
    return {.item = Range{turn(range->high), turn(range->low)}};
  }
  const auto quantity = QuantityIn(value);
  if (!quantity) return Fault("a sign needs a number or quantity");
  if (Is<std::int64_t>(value)) return GiveInteger(-quantity->value);
  if (Is<Decimal>(value)) return {.item = -quantity->value};
  return {.item = Quantity{-quantity->value, quantity->unit}};
}

}  // namespace renal::fhir::fhirpath
