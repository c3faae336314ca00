#pragma once

#include <optional>
#include <string_view>

#include "fhir/internal/fhirpath_program.h"

/// Arithmetic of two items (pathway-format 6.3, 6.5).
namespace renal::fhir::fhirpath {

/// An item; or nothing where the answer is unknown, out of bounds, or divided by zero; or a fault
/// of the types, as a fixed sentence.
struct ArithmeticResult {
  std::optional<Item> item;
  const char* fault = nullptr;
};

ArithmeticResult Plus(const Item& a, const Item& b);
ArithmeticResult Minus(const Item& a, const Item& b);
ArithmeticResult Times(const Item& a, const Item& b);
ArithmeticResult DivideBy(const Item& a, const Item& b);
ArithmeticResult WholeDivide(const Item& a, const Item& b);
ArithmeticResult Remainder(const Item& a, const Item& b);
ArithmeticResult Negative(const Item& a);

/// The calendar unit of a word ("year", "months"); nothing for another word.
std::optional<CalendarUnit> CalendarUnitOf(std::string_view word);

}  // namespace renal::fhir::fhirpath
