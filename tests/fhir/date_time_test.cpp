#include "fhir/date_time.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace renal::fhir {
namespace {

constexpr std::int64_t kMillisecondsPerHour = 3'600'000;
constexpr std::int64_t kMillisecondsPerDay = 24 * kMillisecondsPerHour;

// A time of day is written "T09:00", as in FHIRPath.
std::optional<DateTime> TryRead(std::string_view text) {
  return text.starts_with('T') ? DateTime::ParseTime(text.substr(1)) : DateTime::Parse(text);
}

DateTime At(std::string_view text) {
  const std::optional<DateTime> value = TryRead(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(DateTime{});
}

std::string Text(const std::optional<DateTime>& value) {
  if (!value) return "nothing";
  return (value->kind == DateTime::Kind::kTime ? "T" : "") + value->ToString();
}

template <typename Row>
std::string NameOf(const testing::TestParamInfo<Row>& test) {
  return std::string(test.param.name);
}

struct ParseCase {
  std::string_view name;
  std::string text;
  std::string printed;
  DateTime::Kind kind;
  Precision precision;

  friend void PrintTo(const ParseCase& row, std::ostream* out) { *out << row.name; }
};

class DateTimeParseTest : public testing::TestWithParam<ParseCase> {};

TEST_P(DateTimeParseTest, KeepsKindAndPrecision) {
  const ParseCase& row = GetParam();
  const DateTime value = At(row.text);
  EXPECT_EQ(Text(value), row.printed);
  EXPECT_EQ(value.kind, row.kind);
  EXPECT_EQ(value.precision, row.precision);
}

constexpr auto kDateKind = DateTime::Kind::kDate;
constexpr auto kDateTimeKind = DateTime::Kind::kDateTime;
constexpr auto kTimeKind = DateTime::Kind::kTime;

INSTANTIATE_TEST_SUITE_P(
    Rows, DateTimeParseTest,
    testing::ValuesIn<ParseCase>({
        {"Year", "2026", "2026", kDateKind, Precision::kYear},
        {"FirstYear", "0001", "0001", kDateKind, Precision::kYear},
        {"LastYear", "9999", "9999", kDateKind, Precision::kYear},
        {"Month", "2026-02", "2026-02", kDateKind, Precision::kMonth},
        {"Day", "2026-02-14", "2026-02-14", kDateKind, Precision::kDay},
        {"LeapDay", "2024-02-29", "2024-02-29", kDateKind, Precision::kDay},
        {"LeapDayOf2000", "2000-02-29", "2000-02-29", kDateKind, Precision::kDay},
        {"LastDay", "9999-12-31", "9999-12-31", kDateKind, Precision::kDay},
        {"YearAsDateTime", "2026T", "2026", kDateTimeKind, Precision::kYear},
        {"MonthAsDateTime", "2026-02T", "2026-02", kDateTimeKind, Precision::kMonth},
        {"DayAsDateTime", "2026-02-14T", "2026-02-14", kDateTimeKind, Precision::kDay},
        {"Hour", "2026-02-14T09", "2026-02-14T09", kDateTimeKind, Precision::kHour},
        {"Minute", "2026-02-14T09:05", "2026-02-14T09:05", kDateTimeKind, Precision::kMinute},
        {"MinuteWithZ", "2026-02-14T09:00Z", "2026-02-14T09:00Z", kDateTimeKind,
         Precision::kMinute},
        {"Second", "2026-02-14T09:00:07", "2026-02-14T09:00:07", kDateTimeKind, Precision::kSecond},
        {"Offset", "2026-02-14T09:00:00+01:00", "2026-02-14T09:00:00+01:00", kDateTimeKind,
         Precision::kSecond},
        {"LargestOffset", "2026-02-14T09:00:00+14:00", "2026-02-14T09:00:00+14:00", kDateTimeKind,
         Precision::kSecond},
        {"SmallestOffset", "2026-02-14T09:00:00-14:00", "2026-02-14T09:00:00-14:00", kDateTimeKind,
         Precision::kSecond},
        {"OddOffset", "2026-02-14T09:00:00-03:30", "2026-02-14T09:00:00-03:30", kDateTimeKind,
         Precision::kSecond},
        {"ZeroOffset", "2026-02-14T09:00:00-00:00", "2026-02-14T09:00:00Z", kDateTimeKind,
         Precision::kSecond},
        {"LastSecond", "2026-02-14T23:59:59Z", "2026-02-14T23:59:59Z", kDateTimeKind,
         Precision::kSecond},
        {"OneDigit", "2026-02-14T09:00:00.5Z", "2026-02-14T09:00:00.5Z", kDateTimeKind,
         Precision::kMillisecond},
        {"TwoDigits", "2026-02-14T09:00:00.05Z", "2026-02-14T09:00:00.05Z", kDateTimeKind,
         Precision::kMillisecond},
        {"Millisecond", "2026-02-14T09:00:00.007Z", "2026-02-14T09:00:00.007Z", kDateTimeKind,
         Precision::kMillisecond},
        {"ZeroMilliseconds", "2026-02-14T09:00:00.000Z", "2026-02-14T09:00:00.000Z", kDateTimeKind,
         Precision::kMillisecond},
        {"NanosecondsAreCut", "2026-02-14T09:00:00.123999999Z", "2026-02-14T09:00:00.123Z",
         kDateTimeKind, Precision::kMillisecond},
        {"ManyDigitsAreCut", "2026-02-14T09:00:00." + std::string(300, '9'),
         "2026-02-14T09:00:00.999", kDateTimeKind, Precision::kMillisecond},
        {"TimeHour", "T09", "T09", kTimeKind, Precision::kHour},
        {"TimeMinute", "T09:30", "T09:30", kTimeKind, Precision::kMinute},
        {"TimeSecond", "T09:30:15", "T09:30:15", kTimeKind, Precision::kSecond},
        {"TimeMillisecond", "T23:59:59.999", "T23:59:59.999", kTimeKind, Precision::kMillisecond},
    }),
    NameOf<ParseCase>);

struct RefusedCase {
  std::string_view name;
  std::string text;

  friend void PrintTo(const RefusedCase& row, std::ostream* out) { *out << row.name; }
};

class DateTimeRefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(DateTimeRefusedTest, GivesNothing) { EXPECT_FALSE(TryRead(GetParam().text)); }

INSTANTIATE_TEST_SUITE_P(Rows, DateTimeRefusedTest,
                         testing::ValuesIn<RefusedCase>({
                             {"Empty", ""},
                             {"YearZero", "0000"},
                             {"ShortYear", "202"},
                             {"LongYear", "20260"},
                             {"SignedYear", "+2026"},
                             {"MonthZero", "2026-00"},
                             {"Month13", "2026-13"},
                             {"ShortMonth", "2026-2"},
                             {"DayZero", "2026-02-00"},
                             {"NoLeapYear", "2026-02-29"},
                             {"NoLeapCentury", "1900-02-29"},
                             {"February30", "2024-02-30"},
                             {"April31", "2026-04-31"},
                             {"December32", "2026-12-32"},
                             {"ShortDay", "2026-02-1"},
                             {"TrailingHyphen", "2026-02-"},
                             {"BasicForm", "20260214"},
                             {"OtherSeparator", "2026/02/14"},
                             {"TrailingSpace", "2026-02-14 "},
                             {"LeadingSpace", " 2026-02-14"},
                             {"SpaceForT", "2026-02-14 09:00:00"},
                             {"SmallT", "2026-02-14t09:00:00"},
                             {"TimeAfterYear", "2026T09:00"},
                             {"TimeAfterMonth", "2026-02T09:00"},
                             {"OffsetWithoutTime", "2026-02-14TZ"},
                             {"OffsetOfDate", "2026-02-14Z"},
                             {"Hour24", "2026-02-14T24:00:00Z"},
                             {"Minute60", "2026-02-14T09:60:00Z"},
                             {"Second60", "2026-02-14T23:59:60Z"},
                             {"ShortHour", "2026-02-14T9:00:00Z"},
                             {"TrailingColon", "2026-02-14T09:"},
                             {"EmptyFraction", "2026-02-14T09:00:00.Z"},
                             {"CommaFraction", "2026-02-14T09:00:00,5Z"},
                             {"SmallZ", "2026-02-14T09:00:00z"},
                             {"OffsetBeyond", "2026-02-14T09:00:00+14:01"},
                             {"NegativeOffsetBeyond", "2026-02-14T09:00:00-14:01"},
                             {"Offset15", "2026-02-14T09:00:00+15:00"},
                             {"OffsetMinute60", "2026-02-14T09:00:00+01:60"},
                             {"OffsetWithoutColon", "2026-02-14T09:00:00+0100"},
                             {"OffsetHourOnly", "2026-02-14T09:00:00+01"},
                             {"TwoOffsets", "2026-02-14T09:00:00Z+01:00"},
                             {"TextBehind", "2026-02-14T09:00:00Zx"},
                             {"NulByte", std::string("2026\0", 5)},
                             {"TimeEmpty", "T"},
                             {"TimeHour24", "T24:00"},
                             {"TimeWithOffset", "T09:00Z"},
                             {"TimeSecond60", "T09:00:60"},
                             {"TimeShort", "T9:00"},
                         }),
                         NameOf<RefusedCase>);

struct OrderCase {
  std::string_view name;
  std::string_view a;
  std::string_view order;  // "=", "<", ">" or "?" where there is none
  std::string_view b;

  friend void PrintTo(const OrderCase& row, std::ostream* out) { *out << row.name; }
};

std::string_view OrderOf(std::string_view a, std::string_view b) {
  const std::optional<std::strong_ordering> order = Compare(At(a), At(b));
  if (!order) return "?";
  return *order < 0 ? "<" : *order > 0 ? ">" : "=";
}

class DateTimeOrderTest : public testing::TestWithParam<OrderCase> {};

TEST_P(DateTimeOrderTest, IsCertainOrNothing) {
  const OrderCase& row = GetParam();
  const std::string_view reversed = row.order == "<" ? ">" : row.order == ">" ? "<" : row.order;
  EXPECT_EQ(OrderOf(row.a, row.b), row.order);
  EXPECT_EQ(OrderOf(row.b, row.a), reversed);
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, DateTimeOrderTest,
    testing::ValuesIn<OrderCase>({
        {"SameYear", "2026", "=", "2026"},
        {"Years", "2025", "<", "2026"},
        {"YearAndOtherMonth", "2025", "<", "2026-01"},
        {"YearAndItsMonth", "2026", "?", "2026-01"},
        {"YearAndItsLastDay", "2026", "?", "2026-12-31"},
        {"YearAndTheNextDay", "2026", "<", "2027-01-01"},
        {"Months", "2026-02", "<", "2026-03"},
        {"MonthAndItsDay", "2024-02", "?", "2024-02-29"},
        {"MonthAndTheNextDay", "2024-02", "<", "2024-03-01"},
        {"Days", "2026-02-14", ">", "2026-02-13"},
        {"DateIsDateTimeOfItsDay", "2026-02-14", "=", "2026-02-14T"},
        {"DayAndItsTime", "2026-02-14", "?", "2026-02-14T09:00:00"},
        {"DayAndTimeOfTheNextDay", "2026-02-14", "<", "2026-02-15T00:00:00"},
        {"HourAndItsMinute", "2026-02-14T09", "?", "2026-02-14T09:59"},
        {"MinuteAndItsSecond", "2026-02-14T09:00", "?", "2026-02-14T09:00:30"},
        {"MinuteAndItsFirstSecond", "2026-02-14T09:00", "?", "2026-02-14T09:00:00"},
        {"SecondIsItsFirstMillisecond", "2026-02-14T09:00:00", "=", "2026-02-14T09:00:00.000"},
        {"Milliseconds", "2026-02-14T09:00:00", "<", "2026-02-14T09:00:00.001"},
        {"FractionsByValue", "2026-02-14T09:00:00.1", "=", "2026-02-14T09:00:00.100"},
        {"SameInstant", "2012-04-15T15:00:00+02:00", "=", "2012-04-15T16:00:00+03:00"},
        {"OffsetsDecide", "2026-02-14T09:00:00+01:00", "<", "2026-02-14T09:00:00Z"},
        {"OffsetsAcrossTheYear", "2026-01-01T00:30:00+01:00", "<", "2025-12-31T23:45:00Z"},
        {"OneOffset", "2012-04-15T15:00:00Z", "?", "2012-04-15T10:00:00"},
        {"OneOffsetFarAway", "2012-04-15T15:00:00Z", "?", "2020-04-15T10:00:00"},
        {"DateAndDateTimeOfTheSameDay", "1974-12-25", "?", "1974-12-25T12:34:00Z"},
        {"DateAndDateTimeOfALaterYear", "1974-12-25", "<", "2026-02-14T09:00:00+01:00"},
        {"DateEndsInTheLastZone", "1974-12-25", "?", "1974-12-26T13:59:59Z"},
        {"DateEndedInTheLastZone", "1974-12-25", "<", "1974-12-26T14:00:00Z"},
        {"DateStartsInTheFirstZone", "1974-12-25", "?", "1974-12-24T10:00:00Z"},
        {"DateNotStartedInTheFirstZone", "1974-12-25", ">", "1974-12-24T09:59:59Z"},
        {"HoursWithHalfOffsets", "2026-02-14T09+00:30", "?", "2026-02-14T09Z"},
        {"HoursWithWholeOffsets", "2026-02-14T10+01:00", "=", "2026-02-14T09Z"},
        {"FirstYearInTheEast", "0001-01-01T00:00:00+14:00", "<", "0001-01-01T00:00:00Z"},
        {"LastYearInTheWest", "9999-12-31T23:59:59-14:00", ">", "9999-12-31T23:59:59Z"},
        {"Times", "T09:00", "<", "T09:01"},
        {"TimesOfOtherPrecision", "T09:00", "?", "T09:00:30"},
        {"TimesOfOtherHours", "T09", "<", "T10:30"},
        {"TimeAndDateTime", "T09:00", "?", "2026-02-14T09:00"},
    }),
    NameOf<OrderCase>);

struct AddCase {
  std::string_view name;
  std::string_view value;
  std::string_view amount;
  CalendarUnit unit;
  std::string_view sum;

  friend void PrintTo(const AddCase& row, std::ostream* out) { *out << row.name; }
};

class AddCalendarTest : public testing::TestWithParam<AddCase> {};

TEST_P(AddCalendarTest, KeepsPrecisionAndCalendar) {
  const AddCase& row = GetParam();
  const Decimal amount = Decimal::Parse(row.amount).value();
  EXPECT_EQ(Text(AddCalendar(At(row.value), amount, row.unit)), row.sum);
}

using enum CalendarUnit;

INSTANTIATE_TEST_SUITE_P(Dates, AddCalendarTest,
                         testing::ValuesIn<AddCase>({
                             {"EndOfMonth", "2024-01-31", "1", kMonth, "2024-02-29"},
                             {"EndOfMonthBack", "2024-03-31", "-1", kMonth, "2024-02-29"},
                             {"EndOfShortMonth", "2023-01-31", "1", kMonth, "2023-02-28"},
                             {"Month", "1973-12-25", "1", kMonth, "1974-01-25"},
                             {"MonthsBackOverTheYear", "2026-01-15", "-13", kMonth, "2024-12-15"},
                             {"LeapDayAndAYear", "2024-02-29", "1", kYear, "2025-02-28"},
                             {"LeapDayAndFourYears", "2024-02-29", "4", kYear, "2028-02-29"},
                             {"Week", "1973-12-25", "1", kWeek, "1974-01-01"},
                             {"Days", "1973-12-25", "7", kDay, "1974-01-01"},
                             {"FractionOfADayIsCut", "1973-12-25", "7.7", kDay, "1974-01-01"},
                             {"NegativeFractionIsCut", "2026-02-14", "-1.9", kDay, "2026-02-13"},
                             {"FractionOfAYearIsCut", "2026-02-14", "1.9", kYear, "2027-02-14"},
                             {"HoursBelowADay", "2026-02-14", "23", kHour, "2026-02-14"},
                             {"HoursOfADay", "2026-02-14", "24", kHour, "2026-02-15"},
                             {"HoursBack", "2026-02-14", "-25", kHour, "2026-02-13"},
                             {"SecondsOfADay", "2026-02-14", "86400.5", kSecond, "2026-02-15"},
                             {"YearAndYears", "2026", "2", kYear, "2028"},
                             {"YearAndElevenMonths", "2026", "11", kMonth, "2026"},
                             {"YearAndTwelveMonths", "2026", "12", kMonth, "2027"},
                             {"YearAndMonthsBack", "2026", "-23", kMonth, "2025"},
                             {"YearAnd364Days", "2026", "364", kDay, "2026"},
                             {"YearAnd365Days", "2026", "365", kDay, "2027"},
                             {"YearAnd53Weeks", "2026", "53", kWeek, "2027"},
                             {"MonthAndMonths", "2026-12", "1", kMonth, "2027-01"},
                             {"MonthAndYear", "2026-12", "1", kYear, "2027-12"},
                             {"MonthAnd29Days", "2026-12", "29", kDay, "2026-12"},
                             {"MonthAnd30Days", "2026-12", "30", kDay, "2027-01"},
                             {"Nothing", "2026-02-14", "0", kDay, "2026-02-14"},
                             {"LastDayAndOne", "9999-12-31", "1", kDay, "nothing"},
                             {"FirstDayBack", "0001-01-01", "-1", kDay, "nothing"},
                             {"FirstMonthBack", "0001-01", "-1", kMonth, "nothing"},
                             {"LastYearAndOne", "9999", "1", kYear, "nothing"},
                             {"WholeRange", "0001-01-01", "9998", kYear, "9999-01-01"},
                             {"HugeAmount", "2026-02-14", "9223372036854775807", kWeek, "nothing"},
                             {"HugeAmountBack", "2026-02-14",
                              "-99999999999999999999999999999999999999", kYear, "nothing"},
                             {"HugeSeconds", "2026-02-14", "99999999999999999999999999999999999999",
                              kSecond, "nothing"},
                         }),
                         NameOf<AddCase>);

INSTANTIATE_TEST_SUITE_P(
    DateTimes, AddCalendarTest,
    testing::ValuesIn<AddCase>({
        {"Days", "1973-12-25T00:00:00.000+10:00", "7", kDay, "1974-01-01T00:00:00.000+10:00"},
        {"Second", "1973-12-25T00:00:00.000+10:00", "1", kSecond, "1973-12-25T00:00:01.000+10:00"},
        {"Milliseconds", "1973-12-25T00:00:00.000+10:00", "10", kMillisecond,
         "1973-12-25T00:00:00.010+10:00"},
        {"FractionOfASecond", "1973-12-25T00:00:00+10:00", "0.1", kSecond,
         "1973-12-25T00:00:00.100+10:00"},
        {"WholeSecondsShowNoFraction", "1973-12-25T00:00:00Z", "1.0", kSecond,
         "1973-12-25T00:00:01Z"},
        {"LessThanAMillisecondIsCut", "1973-12-25T00:00:00Z", "0.9", kMillisecond,
         "1973-12-25T00:00:00Z"},
        {"DigitsGrow", "2026-02-14T09:00:00.5Z", "1", kMillisecond, "2026-02-14T09:00:00.501Z"},
        {"DigitsStay", "2026-02-14T09:00:00.5Z", "1", kHour, "2026-02-14T10:00:00.5Z"},
        {"MidnightBack", "2026-03-01T00:00:00Z", "-1", kMillisecond, "2026-02-28T23:59:59.999Z"},
        {"MonthKeepsTheTime", "2024-01-31T09:00:00Z", "1", kMonth, "2024-02-29T09:00:00Z"},
        {"MinuteAndSeconds", "2026-02-14T09:00Z", "119", kSecond, "2026-02-14T09:01Z"},
        {"HourAndMinutes", "2026-02-14T23", "60", kMinute, "2026-02-15T00"},
        {"BeyondTheLastYear", "9999-12-31T23:59:59Z", "1", kSecond, "nothing"},
        {"Time", "T09:30", "45", kMinute, "T10:15"},
        {"TimeGoesRound", "T23:30", "1", kHour, "T00:30"},
        {"TimeGoesRoundBack", "T00:00:00", "-1", kSecond, "T23:59:59"},
        {"TimeHasNoDays", "T09:30", "1", kDay, "nothing"},
        {"TimeHasNoYears", "T09:30", "1", kYear, "nothing"},
    }),
    NameOf<AddCase>);

struct BetweenCase {
  std::string_view name;
  std::string_view from;
  std::string_view to;
  CalendarUnit unit;
  std::string_view duration;  // "n", "low..high" or "nothing"
  std::string_view difference;

  friend void PrintTo(const BetweenCase& row, std::ostream* out) { *out << row.name; }
};

std::string Text(const std::optional<WholeUnits>& units) {
  if (!units) return "nothing";
  if (units->low == units->high) return std::to_string(units->low);
  return std::to_string(units->low) + ".." + std::to_string(units->high);
}

class BetweenTest : public testing::TestWithParam<BetweenCase> {};

TEST_P(BetweenTest, CountsUnitsAndBoundaries) {
  const BetweenCase& row = GetParam();
  EXPECT_EQ(Text(Duration(At(row.from), At(row.to), row.unit)), row.duration);
  EXPECT_EQ(Text(Difference(At(row.from), At(row.to), row.unit)), row.difference);
}

INSTANTIATE_TEST_SUITE_P(Dates, BetweenTest,
                         testing::ValuesIn<BetweenCase>({
                             {"DayBeforeTheBirthday", "1951-03-02", "2026-03-01", kYear, "74",
                              "75"},
                             {"Birthday", "1951-03-02", "2026-03-02", kYear, "75", "75"},
                             {"LeapDayToFebruary28", "2012-02-29", "2014-02-28", kYear, "2", "2"},
                             {"LeapDayToFebruary27", "2012-02-29", "2014-02-27", kYear, "1", "2"},
                             {"LeapDayToLeapYear", "2012-02-29", "2016-02-28", kYear, "3", "4"},
                             {"NewYear", "2012-12-31", "2013-01-01", kYear, "0", "1"},
                             {"BirthYear", "1951", "2026-03-02", kYear, "74..75", "75"},
                             {"BirthYearOnTheLastDay", "1951", "2026-12-31", kYear, "75", "75"},
                             {"BirthMonth", "1951-03", "2026-03-02", kYear, "74..75", "75"},
                             {"BirthMonthPast", "1951-03", "2026-03-31", kYear, "75", "75"},
                             {"TwoYears", "2020", "2026", kYear, "5..6", "6"},
                             {"Months", "2026-01-31", "2026-02-28", kMonth, "1", "1"},
                             {"MonthsShort", "2026-01-31", "2026-02-27", kMonth, "0", "1"},
                             {"MonthsOverYears", "2012-03-10", "2013-01-09", kMonth, "9", "10"},
                             {"MonthsBack", "2012-06-11", "2011-08-21", kMonth, "-9", "-10"},
                             {"Days", "2026-02-14", "2026-02-15", kDay, "1", "1"},
                             {"DaysOfALeapYear", "2024-01-01", "2025-01-01", kDay, "366", "366"},
                             {"DaysOfAMonth", "2024-02", "2024-03-01", kDay, "1..29", "1..29"},
                             {"Weeks", "2026-02-14", "2026-02-27", kWeek, "1", "2"},
                             {"SaturdayToSunday", "2026-02-14", "2026-02-15", kWeek, "0", "1"},
                             {"SundayToSaturday", "2026-02-15", "2026-02-21", kWeek, "0", "0"},
                             {"BeforeTheEpoch", "1969-12-27", "1969-12-28", kWeek, "0", "1"},
                             {"HoursOfDates", "2026-02-14", "2026-02-15", kHour, "0..47", "1..47"},
                             {"Same", "2026-02-14", "2026-02-14", kDay, "0", "0"},
                             {"WholeRange", "0001-01-01", "9999-12-31", kYear, "9998", "9998"},
                         }),
                         NameOf<BetweenCase>);

INSTANTIATE_TEST_SUITE_P(
    DateTimes, BetweenTest,
    testing::ValuesIn<BetweenCase>({
        {"YearNotReachedByTheTime", "2012-03-10T10:20:00", "2013-03-10T09:20:00", kYear, "0", "1"},
        {"YearReachedByTheTime", "2012-03-10T10:20:00", "2013-03-10T10:20:00", kYear, "1", "1"},
        {"LeapDayWithTime", "2012-02-29T10:18:56", "2014-02-28T19:02:34", kYear, "2", "2"},
        {"YearsBack", "2013-05-15T10:19:55", "2012-05-10T12:20:25", kYear, "-1", "-1"},
        {"DayNotReached", "2012-01-31T12:30:00", "2012-02-01T09:00:00", kDay, "0", "1"},
        {"DayReached", "2012-01-31T12:30:00", "2012-02-01T14:00:00", kDay, "1", "1"},
        {"DaysBack", "2011-12-05T05:00:00", "2011-12-04T08:45:00", kDay, "0", "-1"},
        {"WeeksBack", "2013-05-26T23:06:11", "2013-05-12T20:25:30", kWeek, "-2", "-2"},
        {"Hours", "2012-02-29T23:10:00", "2012-03-01T00:10:00", kHour, "1", "1"},
        {"HoursBack", "2013-10-10T12:30:00", "2013-10-10T08:40:00", kHour, "-3", "-4"},
        {"Minutes", "2012-03-01T03:10:00", "2012-03-01T05:20:00", kMinute, "130", "130"},
        {"Seconds", "2012-03-01T03:10:00.900", "2012-03-01T03:10:02.100", kSecond, "1", "2"},
        {"Milliseconds", "2012-03-01T03:10:00", "2012-03-01T03:10:00.010", kMillisecond, "10",
         "10"},
        {"MinutesOfWholeMinutes", "2012-03-01T03:10", "2012-03-01T03:12", kMinute, "1..2", "2"},
        {"OffsetsAreOneInstant", "2026-02-14T09:00:00+01:00", "2026-02-14T10:00:00Z", kHour, "2",
         "2"},
        {"DaysOnTheirOwnCalendars", "2026-02-14T23:30:00Z", "2026-02-15T00:30:00+01:00", kDay, "0",
         "1"},
        {"DateAgainstOffset", "1951-03-02", "2026-03-02T00:30:00+01:00", kYear, "75", "75"},
        {"DateAgainstDateTime", "2026-02-14", "2026-02-15T09:00:00Z", kDay, "1", "1"},
        {"DateTimeAgainstDate", "2026-02-14T09:00:00Z", "2026-02-15", kDay, "1", "1"},
        {"OneOffset", "2026-02-14T09:00:00Z", "2026-02-15T09:00:00", kDay, "nothing", "nothing"},
        {"Times", "T09:00:00", "T10:30:00", kHour, "1", "1"},
        {"TimesHaveNoDays", "T09:00", "T10:30", kDay, "nothing", "nothing"},
        {"TimeAndDate", "T09:00", "2026-02-14", kHour, "nothing", "nothing"},
    }),
    NameOf<BetweenCase>);

TEST(DateTimeTest, CountsDaysSince1970) {
  EXPECT_EQ(DaysFromCivil(1970, 1, 1), 0);
  EXPECT_EQ(DaysFromCivil(1969, 12, 31), -1);
  EXPECT_EQ(DaysFromCivil(2000, 2, 29), 11'016);
  EXPECT_EQ(DaysFromCivil(2000, 3, 1), 11'017);
  EXPECT_EQ(DaysFromCivil(1, 1, 1), -719'162);
  EXPECT_EQ(DaysFromCivil(9999, 12, 31), 2'932'896);
}

TEST(DateTimeTest, GoesThroughEveryDay) {
  DateTime day = At("1899-12-31");
  for (std::int64_t count = day.Day(0); day.year < 2101; ++count) {
    ASSERT_EQ(DaysFromCivil(day.year, day.month, day.day), count) << day.ToString();
    ASSERT_TRUE(DateTime::Parse(day.ToString())) << day.ToString();
    day = AddCalendar(day, 1, kDay).value();
  }
}

TEST(DateTimeTest, SpansWhatItCanMean) {
  EXPECT_EQ(At("1970").FirstMillisecond(0), 0);
  EXPECT_EQ(At("1970").LastMillisecond(0), 365 * kMillisecondsPerDay - 1);
  EXPECT_EQ(At("1972-02").LastMillisecond(0) - At("1972-02").FirstMillisecond(0),
            29 * kMillisecondsPerDay - 1);
  EXPECT_EQ(At("1970-01-02").FirstMillisecond(0), kMillisecondsPerDay);
  EXPECT_EQ(At("1970-01-02").LastMillisecond(0), 2 * kMillisecondsPerDay - 1);
  EXPECT_EQ(At("1970-01-01T01").LastMillisecond(0), 2 * kMillisecondsPerHour - 1);
  EXPECT_EQ(At("1970-01-01T00:01").LastMillisecond(0), 119'999);
  EXPECT_EQ(At("1970-01-01T00:00:01").LastMillisecond(0), 1000);
  EXPECT_EQ(At("1970-01-01T00:00:00.25").FirstMillisecond(0), 250);
  EXPECT_EQ(At("T01:00:00").FirstMillisecond(60), kMillisecondsPerHour);
}

TEST(DateTimeTest, ReadsTheZoneOnlyWithoutAnOffset) {
  EXPECT_EQ(At("1970-01-01").FirstMillisecond(60), -kMillisecondsPerHour);
  EXPECT_EQ(At("1970-01-01").LastMillisecond(60), 23 * kMillisecondsPerHour - 1);
  EXPECT_EQ(At("1970-01-01T00:00:00Z").FirstMillisecond(60), 0);
  EXPECT_EQ(At("1970-01-01T00:00:00+02:00").FirstMillisecond(60), -2 * kMillisecondsPerHour);
}

TEST(DateTimeTest, KnowsItsDayInAZone) {
  EXPECT_EQ(At("1970-01-02").Day(60), 1);
  EXPECT_EQ(At("1970-01-02").Day(-60), 1);
  EXPECT_EQ(At("1970-02").Day(0), 31);
  EXPECT_EQ(At("1970-01-01T23:30:00Z").Day(0), 0);
  EXPECT_EQ(At("1970-01-01T23:30:00Z").Day(60), 1);
  EXPECT_EQ(At("1970-01-01T00:30:00Z").Day(-60), -1);
  EXPECT_EQ(At("T09:00").Day(60), 0);
}

TEST(DateTimeTest, MovesToAnotherOffset) {
  const auto moved = [](std::string_view text, int minutes) {
    return At(text).AtOffset(minutes).ToString();
  };
  EXPECT_EQ(moved("2026-01-01T00:30:00+01:00", 0), "2025-12-31T23:30:00Z");
  EXPECT_EQ(moved("2025-12-31T23:30:00.50Z", 60), "2026-01-01T00:30:00.50+01:00");
  EXPECT_EQ(moved("2026-01-01T00:30Z", -210), "2025-12-31T21:00-03:30");
  EXPECT_EQ(moved("2026-01-01T09Z", 60), "2026-01-01T10+01:00");
  EXPECT_EQ(moved("2026-01-01T09Z", 30), "2026-01-01T09Z");
  EXPECT_EQ(moved("2026-01-01T09:00:00", 60), "2026-01-01T09:00:00");
  EXPECT_EQ(moved("2026-01-01", 60), "2026-01-01");
  EXPECT_EQ(moved("0001-01-01T00:00:00Z", -60), "0001-01-01T00:00:00Z");
  EXPECT_EQ(moved("9999-12-31T23:59:59Z", 60), "9999-12-31T23:59:59Z");
}

}  // namespace
}  // namespace renal::fhir
