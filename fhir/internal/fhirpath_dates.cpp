#include <optional>

#include "fhir/internal/fhirpath_functions.h"
#include "fhir/internal/fhirpath_values.h"

namespace renal::fhir::fhirpath {
namespace {

DateTime DayOf(const DateTime& moment) {
  DateTime day{.precision = Precision::kDay};
  day.year = moment.year;
  day.month = moment.month;
  day.day = moment.day;
  return day;
}

bool RunNow(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  return evaluator.Add(op, out, evaluator.environment().now);
}

bool RunToday(Evaluator& evaluator, const Op& op, const Frame&, Collection& out) {
  return evaluator.Add(op, out, DayOf(evaluator.environment().now));
}

// A number that is certain, an interval where the caller asked for those, else nothing.
bool AddUnits(Evaluator& evaluator, const Op& op, const std::optional<WholeUnits>& units,
              Collection& out) {
  if (!units) return true;
  if (units->low == units->high) return evaluator.Add(op, out, units->low);
  if (!evaluator.environment().intervals) return true;
  const auto bound = [](std::int64_t number) {
    return Range::Bound{Quantity{Decimal(number), Unit()}, true};
  };
  return evaluator.Add(op, out, Range{bound(units->low), bound(units->high)});
}

using Between = std::optional<WholeUnits> (*)(const DateTime&, const DateTime&, CalendarUnit);

// A date against a moment counts by the calendar day that the moment shows.
template <Between between>
bool RunBetween(Evaluator& evaluator, const Op& op, const Frame& frame, Collection& out) {
  Scratch scratch, other_scratch;
  const Item* from_item = nullptr;
  const Item* to_item = nullptr;
  if (!evaluator.OneInput(op, frame, scratch, from_item)) return false;
  if (!evaluator.One(*op.args[0], frame, other_scratch, to_item)) return false;
  if (from_item == nullptr || to_item == nullptr) return true;
  const auto from = DateTimeOf(*from_item), to = DateTimeOf(*to_item);
  if (!from || !to) return evaluator.Fail(op, "two dates are needed here");
  return AddUnits(evaluator, op, between(*from, *to, op.unit), out);
}

constexpr Function kFunctions[] = {
    {.name = "today", .run = RunToday},
    {.name = "now", .run = RunNow},
    {.name = "duration", .arguments = "vp", .required = 2, .run = RunBetween<Duration>},
    {.name = "difference", .arguments = "vp", .required = 2, .run = RunBetween<Difference>},
};

}  // namespace

std::span<const Function> DateFunctions() { return kFunctions; }

}  // namespace renal::fhir::fhirpath
