#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/decimal.h"

namespace renal::fhir {

/// How much of a date or time is known.
enum class Precision : std::uint8_t { kYear, kMonth, kDay, kHour, kMinute, kSecond, kMillisecond };

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
std::int64_t DaysFromCivil(int year, int month, int day);

/// A FHIR/FHIRPath date, dateTime, instant or time: years 1 to 9999, with its precision kept.
///
/// Dates have a precision of kYear to kDay; date-times reach from kYear to kMillisecond and may carry
/// an offset; times of day have no date. Seconds and milliseconds count as one precision (6.5).
struct DateTime {
  enum class Kind : std::uint8_t { kDate, kDateTime, kTime };
  Kind kind = Kind::kDate;
  Precision precision = Precision::kYear;
  std::int16_t year = 1;
  std::int8_t month = 1;
  std::int8_t day = 1;
  std::int8_t hour = 0;
  std::int8_t minute = 0;
  std::int8_t second = 0;
  std::int16_t millisecond = 0;
  std::uint8_t fraction_digits = 0;             ///< as written, for printing
  std::optional<std::int16_t> offset_minutes;   ///< of a DateTime; nothing if the text had none

  /// FHIR date or dateTime or instant: "2026", "2026-02", "2026-02-14", "2026-02-14T09:00:00+01:00".
  /// Checks the calendar (no 30 February) and the ranges. A second of 60 is refused.
  static std::optional<DateTime> Parse(std::string_view text);
  /// FHIR time "hh:mm[:ss[.fff]]"; FHIRPath also "hh".
  static std::optional<DateTime> ParseTime(std::string_view text);

  std::string ToString() const;   ///< as FHIR writes it, at its precision

  /// First and last instant that the value can mean, in milliseconds since the epoch, UTC; a value
  /// without offset is read in the zone `zone_minutes`. `last` is inclusive.
  std::int64_t FirstMillisecond(int zone_minutes) const;
  std::int64_t LastMillisecond(int zone_minutes) const;

  /// Same instant, written with that offset. Only for a DateTime with an offset and a time of day.
  DateTime AtOffset(int minutes) const;
  /// The calendar day in the zone `zone_minutes` (first day for a partial date), as days since 1970.
  std::int64_t Day(int zone_minutes) const;
};

/// FHIRPath order (6.5): compares from the year down after bringing both to one offset; nothing if one
/// side ends before a difference is found, or only one of them has an offset, or the kinds do not fit.
std::optional<std::strong_ordering> Compare(const DateTime& a, const DateTime& b);

enum class CalendarUnit : std::uint8_t { kYear, kMonth, kWeek, kDay, kHour, kMinute, kSecond, kMillisecond };

/// value + amount, as 6.5 says (a day that does not exist becomes the last of the month; partial values
/// keep their precision). Nothing outside the years 1 to 9999, or for a unit that a Time does not have.
std::optional<DateTime> AddCalendar(const DateTime& value, const Decimal& amount, CalendarUnit unit);

/// Whole calendar units from `from` to `to`, negative if `from` is later. With partial values the answer
/// is the interval [low, high] of what it can be; low == high where it is certain.
struct WholeUnits {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
std::optional<WholeUnits> Duration(const DateTime& from, const DateTime& to, CalendarUnit unit);
/// Boundaries crossed between the two, as CQL's `difference ... between`.
std::optional<WholeUnits> Difference(const DateTime& from, const DateTime& to, CalendarUnit unit);

}  // namespace renal::fhir
