#include "fhir/internal/fhirpath_signatures.h"

#include <algorithm>
#include <iterator>

namespace renal::fhir::fhirpath {
namespace {

using Gives = Signature::Gives;
using kind::kAll, kind::kBoolean, kind::kConcept, kind::kDate, kind::kDateTime, kind::kDecimal,
    kind::kInteger, kind::kMeasure, kind::kMoment, kind::kNumber, kind::kQuantity, kind::kReference,
    kind::kString, kind::kSystem, kind::kTime;

constexpr Kinds kDay = kDate | kDateTime;
constexpr std::array<Kinds, 2> kText = {kString, kString};
constexpr std::array<Kinds, 2> kWhole = {kInteger, kInteger};

constexpr Signature kSignatures[] = {
    // existence
    {.name = "empty", .value = kBoolean},
    {.name = "exists", .value = kBoolean},
    {.name = "all", .value = kBoolean},
    {.name = "allTrue", .input = kBoolean, .value = kBoolean},
    {.name = "anyTrue", .input = kBoolean, .value = kBoolean},
    {.name = "allFalse", .input = kBoolean, .value = kBoolean},
    {.name = "anyFalse", .input = kBoolean, .value = kBoolean},
    {.name = "count", .value = kInteger},
    {.name = "distinct", .gives = Gives::kSame},
    {.name = "isDistinct", .value = kBoolean},
    {.name = "subsetOf", .value = kBoolean},
    {.name = "supersetOf", .value = kBoolean},
    {.name = "not", .input = kBoolean, .one = true, .value = kBoolean},
    // filtering
    {.name = "where", .gives = Gives::kSame},
    {.name = "select", .gives = Gives::kSpecial},
    {.name = "ofType", .gives = Gives::kSpecial},
    {.name = "is", .one = true, .gives = Gives::kSpecial},
    {.name = "as", .one = true, .gives = Gives::kSpecial},
    {.name = "first", .gives = Gives::kFirst},
    {.name = "last", .gives = Gives::kFirst},
    {.name = "single", .gives = Gives::kFirst},
    {.name = "tail", .gives = Gives::kSame},
    {.name = "skip", .gives = Gives::kSame, .arguments = kWhole},
    {.name = "take", .gives = Gives::kSame, .arguments = kWhole},
    {.name = "intersect", .gives = Gives::kSame},
    {.name = "exclude", .gives = Gives::kSame},
    {.name = "union", .gives = Gives::kSpecial},
    {.name = "combine", .gives = Gives::kSpecial},
    {.name = "iif", .one = true, .gives = Gives::kSpecial},
    // conversion
    {.name = "toInteger", .input = kBoolean | kString | kInteger, .one = true, .value = kInteger},
    {.name = "toDecimal", .input = kBoolean | kString | kNumber, .one = true, .value = kDecimal},
    {.name = "toString", .input = kSystem, .one = true, .value = kString},
    {.name = "toBoolean", .input = kBoolean | kString | kNumber, .one = true, .value = kBoolean},
    {.name = "toDate", .input = kDay | kString, .one = true, .value = kDate},
    {.name = "toDateTime", .input = kDay | kString, .one = true, .value = kDateTime},
    {.name = "toTime", .input = kTime | kString, .one = true, .value = kTime},
    {.name = "toQuantity",
     .input = kBoolean | kString | kMeasure,
     .one = true,
     .gives = Gives::kSpecial,
     .arguments = kText},
    {.name = "convertsToInteger", .one = true, .value = kBoolean},
    {.name = "convertsToDecimal", .one = true, .value = kBoolean},
    {.name = "convertsToString", .one = true, .value = kBoolean},
    {.name = "convertsToBoolean", .one = true, .value = kBoolean},
    {.name = "convertsToDate", .one = true, .value = kBoolean},
    {.name = "convertsToDateTime", .one = true, .value = kBoolean},
    {.name = "convertsToTime", .one = true, .value = kBoolean},
    {.name = "convertsToQuantity", .one = true, .value = kBoolean, .arguments = kText},
    // strings
    {.name = "startsWith", .input = kString, .one = true, .value = kBoolean, .arguments = kText},
    {.name = "endsWith", .input = kString, .one = true, .value = kBoolean, .arguments = kText},
    {.name = "contains", .input = kString, .one = true, .value = kBoolean, .arguments = kText},
    {.name = "length", .input = kString, .one = true, .value = kInteger},
    {.name = "upper", .input = kString, .one = true, .value = kString},
    {.name = "lower", .input = kString, .one = true, .value = kString},
    {.name = "substring", .input = kString, .one = true, .value = kString, .arguments = kWhole},
    {.name = "indexOf", .input = kString, .one = true, .value = kInteger, .arguments = kText},
    {.name = "replace", .input = kString, .one = true, .value = kString, .arguments = kText},
    // numbers
    {.name = "abs", .input = kMeasure, .one = true, .gives = Gives::kFirst},
    {.name = "round",
     .input = kMeasure,
     .one = true,
     .gives = Gives::kSpecial,
     .arguments = kWhole},
    {.name = "floor", .input = kMeasure, .one = true, .gives = Gives::kSpecial},
    {.name = "ceiling", .input = kMeasure, .one = true, .gives = Gives::kSpecial},
    {.name = "truncate", .input = kMeasure, .one = true, .gives = Gives::kSpecial},
    {.name = "power",
     .input = kMeasure,
     .one = true,
     .gives = Gives::kSpecial,
     .arguments = {kMeasure, kMeasure}},
    // dates
    {.name = "today", .value = kDate},
    {.name = "now", .value = kDateTime},
    {.name = "duration",
     .input = kMoment | kString,
     .one = true,
     .value = kInteger,
     .arguments = {kMoment | kString, kAll}},
    {.name = "difference",
     .input = kMoment | kString,
     .one = true,
     .value = kInteger,
     .arguments = {kMoment | kString, kAll}},
    // FHIR
    {.name = "extension", .gives = Gives::kSpecial, .arguments = kText},
    {.name = "hasValue", .value = kBoolean},
    {.name = "getValue", .gives = Gives::kSpecial},
    {.name = "memberOf", .input = kString | kConcept, .one = true, .value = kBoolean},
    {.name = "resolve", .input = kString | kReference, .gives = Gives::kSpecial},
    {.name = "trace", .gives = Gives::kSame},
};

}  // namespace

const Signature* FindSignature(std::string_view name) {
  const auto* found = std::find_if(std::begin(kSignatures), std::end(kSignatures),
                                   [name](const Signature& row) { return row.name == name; });
  return found == std::end(kSignatures) ? nullptr : found;
}

}  // namespace renal::fhir::fhirpath
