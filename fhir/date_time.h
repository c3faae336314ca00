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
/// Dates have a precision of kYear to kDay; date-times reach from kYear to kMillisecond and may
/// carry an offset; times of day have no date. Seconds and milliseconds count as one precision
/// (6.5).
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
  std::uint8_t fraction_digits = 0;            ///< as written, for printing; at most 3 are kept
  std::optional<std::int16_t> offset_minutes;  ///< of a DateTime; nothing if the text had none

  /// FHIR date or dateTime or instant: "2026", "2026-02", "2026-02-14",
  /// "2026-02-14T09:00:00+01:00". FHIRPath also "2026T", "2026-02T", "2026-02-14T" and times of day
  /// that end early. Checks the calendar (no 30 February) and the ranges. A second of 60 and hour
  /// 24 are refused; digits beyond the millisecond are cut.
  static std::optional<DateTime> Parse(std::string_view text);
  /// FHIR time "hh:mm[:ss[.fff]]"; FHIRPath also "hh".
  static std::optional<DateTime> ParseTime(std::string_view text);

  std::string ToString() const;  ///< as FHIR writes it, at its precision

  /// First and last instant that the value can mean, in milliseconds since the epoch, UTC; a value
  /// without offset is read in the zone `zone_minutes`. `last` is inclusive. A second without
  /// fraction is its first millisecond, since both are one precision. A time of day counts from
  /// midnight.
  std::int64_t FirstMillisecond(int zone_minutes) const;
  std::int64_t LastMillisecond(int zone_minutes) const;

  /// Same instant, written with that offset. Only for a DateTime with an offset and a time of day;
  /// others, and those that could not be written so (year 0 or 10000, half an hour without
  /// minutes), stay as they are.
  DateTime AtOffset(int minutes) const;
  /// The calendar day in the zone `zone_minutes` (first day for a partial date), as days since
  /// 1970.
  std::int64_t Day(int zone_minutes) const;
};

/// FHIRPath order (6.5): compares from the year down after bringing both to one offset; nothing if
/// one side ends before a difference is found, or only one of them has an offset, or the kinds do
/// not fit. A date has no offset: against a date-time with one it is ordered where every offset
/// gives that order.
std::optional<std::strong_ordering> Compare(const DateTime& a, const DateTime& b);

enum class CalendarUnit : std::uint8_t {
  kYear,
  kMonth,
  kWeek,
  kDay,
  kHour,
  kMinute,
  kSecond,
  kMillisecond
};

/// value + amount, as 6.5 says (a day that does not exist becomes the last of the month; partial
/// values keep their precision). Nothing outside the years 1 to 9999, or for a unit that a Time
/// does not have. A time of day goes round at midnight; what is less than a millisecond is cut.
std::optional<DateTime> AddCalendar(const DateTime& value, const Decimal& amount,
                                    CalendarUnit unit);

/// Whole calendar units from `from` to `to`, negative if `from` is later: as many as AddCalendar()
/// can add to the earlier without going beyond the later. With partial values the answer is the
/// interval [low, high] of what it can be; low == high where it is certain.
///
/// If one side is a date, days and longer units are counted from day to day (from one date to the
/// next it is certainly one day). Both are brought to the offset of `from`; a date is read in the
/// offset of the other. Nothing if the kinds do not fit, if only one of two date-times has an
/// offset, or for a unit that a Time does not have.
struct WholeUnits {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
std::optional<WholeUnits> Duration(const DateTime& from, const DateTime& to, CalendarUnit unit);
/// Boundaries crossed between the two, as CQL's `difference ... between`: weeks start on Sunday;
/// days and longer units are counted on the calendar each side was written with. Nothing where
/// Duration() has none.
std::optional<WholeUnits> Difference(const DateTime& from, const DateTime& to, CalendarUnit unit);

}  // namespace renal::fhir
