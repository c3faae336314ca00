#include "fhir/date_time.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace renal::fhir {
namespace {

constexpr std::int64_t kMillisecondsPerSecond = 1000;
constexpr std::int64_t kMillisecondsPerMinute = 60 * kMillisecondsPerSecond;
constexpr std::int64_t kMillisecondsPerHour = 60 * kMillisecondsPerMinute;
constexpr std::int64_t kMillisecondsPerDay = 24 * kMillisecondsPerHour;

constexpr int kLastYear = 9999;
constexpr int kMaxOffset = 14 * 60;
// More than the years 1 to 9999 have, and far from the limits of 64 bits.
constexpr std::int64_t kMaxSpan = 10'000LL * 366 * kMillisecondsPerDay;

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

bool IsLeapYear(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysInMonth(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[month - 1];
}

struct Civil {
  std::int64_t year;
  int month;
  int day;
};

// The reverse of DaysFromCivil(), in eras of 400 years that start on 1 March.
Civil CivilFromDays(std::int64_t days) {
  days += 719'468;
  const std::int64_t era = FloorDivide(days, 146'097);
  const std::int64_t day_of_era = days - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

// Reads the text from the left; every Take changes nothing where it fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A number of exactly `digits` digits in [least, most].
  template <typename T>
  bool TakeNumber(std::size_t digits, int least, int most, T& number) {
    if (rest_.size() < digits) return false;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    if (value < least || value > most) return false;
    number = static_cast<T>(value);
    rest_.remove_prefix(digits);
    return true;
  }

 private:
  std::string_view rest_;
};

bool ReadDate(Reader& in, DateTime& value) {
  if (!in.TakeNumber(4, 1, kLastYear, value.year)) return false;
  value.precision = Precision::kYear;
  if (!in.Take('-')) return true;
  if (!in.TakeNumber(2, 1, 12, value.month)) return false;
  value.precision = Precision::kMonth;
  if (!in.Take('-')) return true;
  value.precision = Precision::kDay;
  return in.TakeNumber(2, 1, DaysInMonth(value.year, value.month), value.day);
}

// Digits beyond the millisecond are cut.
bool ReadFraction(Reader& in, DateTime& value) {
  int digit = 0;
  int digits = 0;
  for (int weight = 100; in.TakeNumber(1, 0, 9, digit); weight /= 10) {
    value.millisecond = static_cast<std::int16_t>(value.millisecond + digit * weight);
    digits = std::min(digits + 1, 3);
  }
  value.fraction_digits = static_cast<std::uint8_t>(digits);
  value.precision = Precision::kMillisecond;
  return digits > 0;
}

bool ReadTimeOfDay(Reader& in, DateTime& value) {
  if (!in.TakeNumber(2, 0, 23, value.hour)) return false;
  value.precision = Precision::kHour;
  if (!in.Take(':')) return true;
  if (!in.TakeNumber(2, 0, 59, value.minute)) return false;
  value.precision = Precision::kMinute;
  if (!in.Take(':')) return true;
  if (!in.TakeNumber(2, 0, 59, value.second)) return false;
  value.precision = Precision::kSecond;
  return !in.Take('.') || ReadFraction(in, value);
}

bool ReadOffset(Reader& in, DateTime& value) {
  if (in.Take('Z')) {
    value.offset_minutes = 0;
    return true;
  }
  const int sign = in.Take('+') ? 1 : in.Take('-') ? -1 : 0;
  if (sign == 0) return true;
  int hours = 0;
  int minutes = 0;
  if (!in.TakeNumber(2, 0, 14, hours) || !in.Take(':') || !in.TakeNumber(2, 0, 59, minutes)) {
    return false;
  }
  const int total = hours * 60 + minutes;
  value.offset_minutes = static_cast<std::int16_t>(sign * total);
  return total <= kMaxOffset;
}

void AppendPadded(std::string& text, int number, std::size_t digits) {
  const std::string plain = std::to_string(number);
  text.append(digits - std::min(digits, plain.size()), '0').append(plain);
}

void AppendDate(std::string& text, const DateTime& value) {
  AppendPadded(text, value.year, 4);
  if (value.precision < Precision::kMonth) return;
  AppendPadded(text += '-', value.month, 2);
  if (value.precision < Precision::kDay) return;
  AppendPadded(text += '-', value.day, 2);
}

void AppendTimeOfDay(std::string& text, const DateTime& value) {
  AppendPadded(text, value.hour, 2);
  if (value.precision < Precision::kMinute) return;
  AppendPadded(text += ':', value.minute, 2);
  if (value.precision < Precision::kSecond) return;
  AppendPadded(text += ':', value.second, 2);
  if (value.precision < Precision::kMillisecond) return;
  AppendPadded(text += '.', value.millisecond, 3);
  if (value.fraction_digits == 1 || value.fraction_digits == 2) {
    text.resize(text.size() - 3 + value.fraction_digits);
  }
}

void AppendOffset(std::string& text, int offset) {
  if (offset == 0) {
    text += 'Z';
    return;
  }
  text += offset < 0 ? '-' : '+';
  AppendPadded(text, std::abs(offset) / 60, 2);
  AppendPadded(text += ':', std::abs(offset) % 60, 2);
}

// The first day of a value with a date, whatever stands in the fields beyond its precision.
std::int64_t FirstDay(const DateTime& value) {
  const int month = value.precision < Precision::kMonth ? 1 : value.month;
  const int day = value.precision < Precision::kDay ? 1 : value.day;
  return DaysFromCivil(value.year, month, day);
}

std::int64_t TimeOfDay(const DateTime& value) {
  const Precision precision = value.precision;
  std::int64_t time = 0;
  if (precision >= Precision::kHour) time += value.hour * kMillisecondsPerHour;
  if (precision >= Precision::kMinute) time += value.minute * kMillisecondsPerMinute;
  if (precision >= Precision::kSecond) time += value.second * kMillisecondsPerSecond;
  if (precision >= Precision::kMillisecond) time += value.millisecond;
  return time;
}

// Milliseconds on the clock and calendar of the value itself, without regard to any offset.
std::int64_t FirstLocal(const DateTime& value) {
  if (value.kind == DateTime::Kind::kTime) return TimeOfDay(value);
  return FirstDay(value) * kMillisecondsPerDay + TimeOfDay(value);
}

std::int64_t LastLocal(const DateTime& value) {
  switch (value.precision) {
    case Precision::kYear:
      return DaysFromCivil(value.year + 1, 1, 1) * kMillisecondsPerDay - 1;
    case Precision::kMonth:
      return (FirstDay(value) + DaysInMonth(value.year, value.month)) * kMillisecondsPerDay - 1;
    case Precision::kDay:
      return FirstLocal(value) + kMillisecondsPerDay - 1;
    case Precision::kHour:
      return FirstLocal(value) + kMillisecondsPerHour - 1;
    case Precision::kMinute:
      return FirstLocal(value) + kMillisecondsPerMinute - 1;
    case Precision::kSecond:
    case Precision::kMillisecond:
      break;
  }
  return FirstLocal(value);
}

std::int64_t ShiftToUtc(const DateTime& value, int zone_minutes) {
  if (value.kind == DateTime::Kind::kTime) return 0;
  return -value.offset_minutes.value_or(static_cast<std::int16_t>(zone_minutes)) *
         kMillisecondsPerMinute;
}

// Puts a local time into the fields; nothing outside the years 1 to 9999. A time of day goes round.
std::optional<DateTime> WithLocal(DateTime value, std::int64_t local) {
  const std::int64_t days = FloorDivide(local, kMillisecondsPerDay);
  const std::int64_t time = local - days * kMillisecondsPerDay;
  if (value.kind != DateTime::Kind::kTime) {
    const Civil civil = CivilFromDays(days);
    if (civil.year < 1 || civil.year > kLastYear) return std::nullopt;
    value.year = static_cast<std::int16_t>(civil.year);
    value.month = static_cast<std::int8_t>(civil.month);
    value.day = static_cast<std::int8_t>(civil.day);
  }
  value.hour = static_cast<std::int8_t>(time / kMillisecondsPerHour);
  value.minute = static_cast<std::int8_t>(time / kMillisecondsPerMinute % 60);
  value.second = static_cast<std::int8_t>(time / kMillisecondsPerSecond % 60);
  const auto millisecond = static_cast<std::int16_t>(time % kMillisecondsPerSecond);
  // More digits are shown only where there is something new to show.
  if (millisecond != value.millisecond) {
    value.precision = Precision::kMillisecond;
    value.fraction_digits = 3;
  }
  value.millisecond = millisecond;
  return value;
}

std::int64_t MillisecondsIn(CalendarUnit unit) {
  switch (unit) {
    case CalendarUnit::kWeek:
      return 7 * kMillisecondsPerDay;
    case CalendarUnit::kDay:
      return kMillisecondsPerDay;
    case CalendarUnit::kHour:
      return kMillisecondsPerHour;
    case CalendarUnit::kMinute:
      return kMillisecondsPerMinute;
    case CalendarUnit::kSecond:
      return kMillisecondsPerSecond;
    default:
      return 1;
  }
}

bool IsMonths(CalendarUnit unit) { return unit <= CalendarUnit::kMonth; }

std::optional<DateTime> AddMonths(DateTime value, std::int64_t months) {
  const int month_now = value.precision < Precision::kMonth ? 1 : value.month;
  const std::int64_t total = value.year * std::int64_t{12} + (month_now - 1) + months;
  const std::int64_t year = FloorDivide(total, 12);
  if (year < 1 || year > kLastYear) return std::nullopt;
  value.year = static_cast<std::int16_t>(year);
  value.month = static_cast<std::int8_t>(total - year * 12 + 1);
  const int last = DaysInMonth(value.year, value.month);
  value.day = static_cast<std::int8_t>(std::min<int>(value.day, last));
  return value;
}

// The amount as months or milliseconds; fractions are cut, except of seconds. Nothing if it leads
// outside the years 1 to 9999 from everywhere.
std::optional<std::int64_t> WholeAmount(const Decimal& amount, CalendarUnit unit) {
  Decimal whole = amount.Truncate();
  std::int64_t factor = unit == CalendarUnit::kYear ? 12 : 1;
  if (!IsMonths(unit)) factor = MillisecondsIn(unit);
  if (unit == CalendarUnit::kSecond) {
    const std::optional<Decimal> milliseconds = Multiply(amount, factor);
    if (!milliseconds) return std::nullopt;
    whole = milliseconds->Truncate();
    factor = 1;
  }
  const std::optional<std::int64_t> number = whole.ToInteger();
  if (!number || *number > kMaxSpan / factor || *number < -kMaxSpan / factor) return std::nullopt;
  return *number * factor;
}

// Adds time to a value of any precision, in whole steps of that precision (6.5: 365 days a year, 30
// days a month).
std::optional<DateTime> AddTime(const DateTime& value, std::int64_t milliseconds) {
  const std::int64_t days = milliseconds / kMillisecondsPerDay;
  std::int64_t step = 1;
  switch (value.precision) {
    case Precision::kYear:
      return AddMonths(value, days / 365 * 12);
    case Precision::kMonth:
      return AddMonths(value, days / 30);
    case Precision::kDay:
      step = kMillisecondsPerDay;
      break;
    case Precision::kHour:
      step = kMillisecondsPerHour;
      break;
    case Precision::kMinute:
      step = kMillisecondsPerMinute;
      break;
    case Precision::kSecond:
    case Precision::kMillisecond:
      break;
  }
  return WithLocal(value, FirstLocal(value) + milliseconds / step * step);
}

// What a value can mean, in milliseconds on a local calendar.
struct Span {
  std::int64_t first;
  std::int64_t last;
};

struct Spans {
  Span from;
  Span to;
};

// Both values on one calendar: with the offset of `from`, or the only one there is. Nothing if they
// do not fit together.
std::optional<Spans> OnOneCalendar(const DateTime& from, const DateTime& to) {
  if ((from.kind == DateTime::Kind::kTime) != (to.kind == DateTime::Kind::kTime)) {
    return std::nullopt;
  }
  if (from.offset_minutes.has_value() != to.offset_minutes.has_value()) {
    const DateTime& floating = from.offset_minutes ? to : from;
    if (floating.precision > Precision::kDay) return std::nullopt;
  }
  const int zone = from.offset_minutes.value_or(to.offset_minutes.value_or(0));
  const std::int64_t shift = from.kind == DateTime::Kind::kTime ? 0 : zone * kMillisecondsPerMinute;
  return Spans{{from.FirstMillisecond(zone) + shift, from.LastMillisecond(zone) + shift},
               {to.FirstMillisecond(zone) + shift, to.LastMillisecond(zone) + shift}};
}

bool FitsKind(const DateTime& value, CalendarUnit unit) {
  return value.kind != DateTime::Kind::kTime || unit > CalendarUnit::kDay;
}

std::int64_t StartOfDay(std::int64_t local) {
  return FloorDivide(local, kMillisecondsPerDay) * kMillisecondsPerDay;
}

// Months since the year 0.
std::int64_t MonthNumber(const Civil& civil) { return civil.year * 12 + civil.month - 1; }

Civil CivilOf(std::int64_t local) { return CivilFromDays(FloorDivide(local, kMillisecondsPerDay)); }

// How many months can be added to `from` without going beyond `to`; as in AddMonths(), a day that
// does not exist is the last of the month.
std::int64_t WholeMonths(std::int64_t from, std::int64_t to) {
  const Civil first = CivilOf(from);
  const Civil last = CivilOf(to);
  const int day = std::min(first.day, DaysInMonth(static_cast<int>(last.year), last.month));
  const std::pair due{day, from - StartOfDay(from)};
  const std::pair reached{last.day, to - StartOfDay(to)};
  return MonthNumber(last) - MonthNumber(first) - (reached < due ? 1 : 0);
}

std::int64_t WholeBetween(std::int64_t from, std::int64_t to, CalendarUnit unit) {
  if (to < from) return -WholeBetween(to, from, unit);
  if (!IsMonths(unit)) return (to - from) / MillisecondsIn(unit);
  return WholeMonths(from, to) / (unit == CalendarUnit::kYear ? 12 : 1);
}

// Numbers the units of the calendar one after the other; weeks start on Sunday, as in CQL.
std::int64_t NumberOf(std::int64_t local, CalendarUnit unit) {
  constexpr std::int64_t kFirstSunday = 3 * kMillisecondsPerDay;  // 4 January 1970
  if (unit == CalendarUnit::kYear) return CivilOf(local).year;
  if (unit == CalendarUnit::kMonth) return MonthNumber(CivilOf(local));
  if (unit == CalendarUnit::kWeek) local -= kFirstSunday;
  return FloorDivide(local, MillisecondsIn(unit));
}

}  // namespace

std::int64_t DaysFromCivil(int year, int month, int day) {
  const std::int64_t shifted_year = month <= 2 ? year - 1 : year;
  const std::int64_t era = FloorDivide(shifted_year, 400);
  const std::int64_t year_of_era = shifted_year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

std::optional<DateTime> DateTime::Parse(std::string_view text) {
  Reader in(text);
  DateTime value;
  if (!ReadDate(in, value)) return std::nullopt;
  if (in.Take('T')) {
    value.kind = Kind::kDateTime;
    if (!in.AtEnd()) {
      if (value.precision != Precision::kDay) return std::nullopt;
      if (!ReadTimeOfDay(in, value) || !ReadOffset(in, value)) return std::nullopt;
    }
  }
  if (!in.AtEnd()) return std::nullopt;
  return value;
}

std::optional<DateTime> DateTime::ParseTime(std::string_view text) {
  Reader in(text);
  DateTime value{.kind = Kind::kTime};
  if (!ReadTimeOfDay(in, value) || !in.AtEnd()) return std::nullopt;
  return value;
}

std::string DateTime::ToString() const {
  std::string text;
  if (kind != Kind::kTime) AppendDate(text, *this);
  if (precision < Precision::kHour) return text;
  if (kind != Kind::kTime) text += 'T';
  AppendTimeOfDay(text, *this);
  if (offset_minutes) AppendOffset(text, *offset_minutes);
  return text;
}

std::int64_t DateTime::FirstMillisecond(int zone_minutes) const {
  return FirstLocal(*this) + ShiftToUtc(*this, zone_minutes);
}

std::int64_t DateTime::LastMillisecond(int zone_minutes) const {
  return LastLocal(*this) + ShiftToUtc(*this, zone_minutes);
}

DateTime DateTime::AtOffset(int minutes) const {
  if (!offset_minutes || precision < Precision::kHour) return *this;
  const int shift = minutes - *offset_minutes;
  if (precision == Precision::kHour && shift % 60 != 0) return *this;
  std::optional<DateTime> moved =
      WithLocal(*this, FirstLocal(*this) + shift * kMillisecondsPerMinute);
  if (!moved) return *this;
  moved->offset_minutes = static_cast<std::int16_t>(minutes);
  return *moved;
}

std::int64_t DateTime::Day(int zone_minutes) const {
  if (kind == Kind::kTime) return 0;
  return FloorDivide(FirstMillisecond(zone_minutes) + zone_minutes * kMillisecondsPerMinute,
                     kMillisecondsPerDay);
}

std::optional<std::strong_ordering> Compare(const DateTime& a, const DateTime& b) {
  if ((a.kind == DateTime::Kind::kTime) != (b.kind == DateTime::Kind::kTime)) return std::nullopt;
  int doubt = 0;
  if (a.offset_minutes.has_value() != b.offset_minutes.has_value()) {
    if ((a.offset_minutes ? b : a).precision > Precision::kDay) return std::nullopt;
    doubt = kMaxOffset;
  }
  // The zone stands in for the offset only where there is none: the widest span that a date can
  // mean.
  if (a.LastMillisecond(-doubt) < b.FirstMillisecond(doubt)) return std::strong_ordering::less;
  if (a.FirstMillisecond(doubt) > b.LastMillisecond(-doubt)) return std::strong_ordering::greater;
  const bool same = a.FirstMillisecond(0) == b.FirstMillisecond(0) &&
                    a.LastMillisecond(0) == b.LastMillisecond(0);
  if (same && doubt == 0) return std::strong_ordering::equal;
  return std::nullopt;
}

std::optional<DateTime> AddCalendar(const DateTime& value, const Decimal& amount,
                                    CalendarUnit unit) {
  const std::optional<std::int64_t> whole = WholeAmount(amount, unit);
  if (!whole || !FitsKind(value, unit)) return std::nullopt;
  if (!IsMonths(unit)) return AddTime(value, *whole);
  const bool years_only = value.precision == Precision::kYear;
  return AddMonths(value, years_only ? *whole / 12 * 12 : *whole);
}

std::optional<WholeUnits> Duration(const DateTime& from, const DateTime& to, CalendarUnit unit) {
  std::optional<Spans> spans = OnOneCalendar(from, to);
  if (!spans || !FitsKind(from, unit)) return std::nullopt;
  // A date is a day as a whole: from one to the next it is one day, not zero or one.
  const bool by_day = std::min(from.precision, to.precision) <= Precision::kDay;
  if (by_day && unit <= CalendarUnit::kDay) {
    spans = Spans{{StartOfDay(spans->from.first), StartOfDay(spans->from.last)},
                  {StartOfDay(spans->to.first), StartOfDay(spans->to.last)}};
  }
  return WholeUnits{WholeBetween(spans->from.last, spans->to.first, unit),
                    WholeBetween(spans->from.first, spans->to.last, unit)};
}

std::optional<WholeUnits> Difference(const DateTime& from, const DateTime& to, CalendarUnit unit) {
  std::optional<Spans> spans = OnOneCalendar(from, to);
  if (!spans || !FitsKind(from, unit)) return std::nullopt;
  // Days and coarser units are counted on the calendar that each side was written with.
  if (unit <= CalendarUnit::kDay) {
    spans = Spans{{FirstLocal(from), LastLocal(from)}, {FirstLocal(to), LastLocal(to)}};
  }
  return WholeUnits{NumberOf(spans->to.first, unit) - NumberOf(spans->from.last, unit),
                    NumberOf(spans->to.last, unit) - NumberOf(spans->from.first, unit)};
}

}  // namespace renal::fhir
