#include "fhir/internal/fhirpath_boundaries.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace renal::fhir::fhirpath {
namespace {

constexpr std::int64_t kMostPlaces = 31;
constexpr std::int64_t kUsualPlaces = 8;
constexpr std::int16_t kEarliestZone = 14 * 60, kLatestZone = -12 * 60;

// Half a unit of the last place: what rounding can have taken away.
std::optional<Decimal> HalfUnit(const Decimal& value) {
  return Decimal::FromParts(5, value.scale() + 1);
}

// `value` with exactly that many places: more as zeros, fewer cut outwards.
std::optional<Decimal> WithPlaces(const Decimal& value, int places, bool up) {
  const auto unit = Decimal::FromParts(1, places);
  const auto scaled = unit ? IntegerDivide(value, *unit) : std::nullopt;
  const auto cut = scaled ? Multiply(*scaled, *unit) : std::nullopt;
  if (!cut || *cut == value) return cut;
  if (up && value.sign() > 0) return Add(*cut, *unit);
  return !up && value.sign() < 0 ? Subtract(*cut, *unit) : cut;
}

std::optional<Decimal> NumberBoundary(const Decimal& value, std::optional<std::int64_t> precision,
                                      bool up) {
  const std::int64_t places =
      precision.value_or(std::max<std::int64_t>(kUsualPlaces, value.scale()));
  if (places < 0 || places > kMostPlaces) return std::nullopt;
  const auto half = HalfUnit(value);
  const auto end = half ? (up ? Add(value, *half) : Subtract(value, *half)) : std::nullopt;
  return end ? WithPlaces(*end, static_cast<int>(places), up) : std::nullopt;
}

struct Digits {
  std::int64_t digits;
  Precision precision;
};

constexpr Digits kDateDigits[] = {{4, Precision::kYear},        {6, Precision::kMonth},
                                  {8, Precision::kDay},         {10, Precision::kHour},
                                  {12, Precision::kMinute},     {14, Precision::kSecond},
                                  {17, Precision::kMillisecond}};
constexpr Digits kTimeDigits[] = {{2, Precision::kHour},
                                  {4, Precision::kMinute},
                                  {6, Precision::kSecond},
                                  {9, Precision::kMillisecond}};

bool IsTime(const DateTime& date) { return date.kind == DateTime::Kind::kTime; }

std::optional<Precision> PrecisionOfDigits(const DateTime& date, std::int64_t digits) {
  const auto fits = [digits](const Digits& row) { return row.digits == digits; };
  const auto* begin = IsTime(date) ? std::begin(kTimeDigits) : std::begin(kDateDigits);
  const auto* end = IsTime(date) ? std::end(kTimeDigits) : std::end(kDateDigits);
  if (date.kind == DateTime::Kind::kDate) end = begin + 3;
  const auto* found = std::find_if(begin, end, fits);
  return found == end ? std::nullopt : std::optional(found->precision);
}

int LastDay(int year, int month) {
  using namespace std::chrono;  // NOLINT: calendar types only
  const year_month_day_last last{std::chrono::year(year),
                                 month_day_last(std::chrono::month(static_cast<unsigned>(month)))};
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

// Fills the fields beyond the precision of `date`, down to milliseconds.
void Fill(DateTime& date, bool up) {
  const auto missing = [&date](Precision field) { return date.precision < field; };
  if (missing(Precision::kMonth)) date.month = up ? 12 : 1;
  if (missing(Precision::kDay)) {
    date.day = static_cast<std::int8_t>(up ? LastDay(date.year, date.month) : 1);
  }
  if (missing(Precision::kHour)) date.hour = up ? 23 : 0;
  if (missing(Precision::kMinute)) date.minute = up ? 59 : 0;
  if (missing(Precision::kSecond)) date.second = up ? 59 : 0;
  if (missing(Precision::kMillisecond)) date.millisecond = up ? 999 : 0;
}

std::optional<DateTime> DateBoundary(DateTime date, std::optional<std::int64_t> precision,
                                     bool up) {
  const std::int64_t all = IsTime(date) ? 9 : date.kind == DateTime::Kind::kDate ? 8 : 17;
  const auto wanted = PrecisionOfDigits(date, precision.value_or(all));
  if (!wanted) return std::nullopt;
  Fill(date, up);
  date.precision = *wanted;
  date.fraction_digits = *wanted == Precision::kMillisecond ? 3 : 0;
  if (date.kind != DateTime::Kind::kDateTime) return date;
  if (*wanted < Precision::kHour) {
    date.offset_minutes.reset();
  } else if (!date.offset_minutes) {
    date.offset_minutes = up ? kLatestZone : kEarliestZone;
  }
  return date;
}

template <class T>
std::optional<Item> Wrap(const std::optional<T>& value) {
  return value ? std::optional<Item>(*value) : std::nullopt;
}

std::optional<Item> Boundary(const Value& value, std::optional<std::int64_t> precision, bool up) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return Wrap(NumberBoundary(Decimal(*integer), precision, up));
  }
  if (const auto* number = std::get_if<Decimal>(&value)) {
    return Wrap(NumberBoundary(*number, precision, up));
  }
  if (const auto* date = std::get_if<DateTime>(&value)) {
    return Wrap(DateBoundary(*date, precision, up));
  }
  const auto* node = std::get_if<const Node*>(&value);
  const Value read = node != nullptr ? ReadQuantity(**node) : value;
  const auto* quantity = std::get_if<Quantity>(&read);
  if (quantity == nullptr) return std::nullopt;
  const auto end = NumberBoundary(quantity->value, precision, up);
  return end ? std::optional<Item>(Quantity{*end, quantity->unit}) : std::nullopt;
}

}  // namespace

std::optional<Item> LowBoundary(const Value& value, std::optional<std::int64_t> precision) {
  return Boundary(value, precision, false);
}

std::optional<Item> HighBoundary(const Value& value, std::optional<std::int64_t> precision) {
  return Boundary(value, precision, true);
}

std::optional<std::int64_t> PrecisionOf(const Value& value) {
  if (std::holds_alternative<std::int64_t>(value)) return 0;
  if (const auto* number = std::get_if<Decimal>(&value)) return number->scale();
  const auto* date = std::get_if<DateTime>(&value);
  if (date == nullptr) return std::nullopt;
  const auto same = [date](const Digits& row) { return row.precision == date->precision; };
  const auto* begin = IsTime(*date) ? std::begin(kTimeDigits) : std::begin(kDateDigits);
  const auto* end = IsTime(*date) ? std::end(kTimeDigits) : std::end(kDateDigits);
  const auto* found = std::find_if(begin, end, same);
  return found == end ? std::nullopt : std::optional(found->digits);
}

}  // namespace renal::fhir::fhirpath
