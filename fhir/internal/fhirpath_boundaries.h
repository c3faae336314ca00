#pragma once

#include <cstdint>
#include <optional>

#include "fhir/internal/fhirpath_values.h"

/// What a value of limited precision can mean (functions of the standard outside the profile).
namespace renal::fhir::fhirpath {

/// The smallest and the largest value that `value` can stand for, with `precision` digits: places
/// after the point of a number (default 8, at most 31), digits of a date or time (4 for a year ...
/// 17 for milliseconds of a DateTime, 9 of a Time; default all). A DateTime without an offset is
/// read in the zone that makes it earliest (+14:00), or latest (-12:00). Nothing for another
/// precision or type.
std::optional<Item> LowBoundary(const Value& value, std::optional<std::int64_t> precision);
std::optional<Item> HighBoundary(const Value& value, std::optional<std::int64_t> precision);

/// Places after the point of a number; digits of a date or time.
std::optional<std::int64_t> PrecisionOf(const Value& value);

}  // namespace renal::fhir::fhirpath
