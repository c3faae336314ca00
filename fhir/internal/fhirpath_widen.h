#pragma once

#include <string_view>

#include "fhir/internal/fhirpath_values.h"

/// Small questions about values, and the steps from one type of number to the next.
namespace renal::fhir::fhirpath {

inline bool IsDateType(std::string_view type) {
  return type == "date" || type == "dateTime" || type == "instant" || type == "time";
}

inline bool IsQuantityType(std::string_view type) {
  return type == "Quantity" || type == "Age" || type == "Duration" || type == "SimpleQuantity" ||
         type == "Count" || type == "Distance";
}

template <class T>
bool Is(const Value& value) {
  return std::holds_alternative<T>(value);
}

inline bool IsNumber(const Value& value) { return Is<std::int64_t>(value) || Is<Decimal>(value); }

inline bool IsMeasure(const Value& value) {
  return IsNumber(value) || Is<Quantity>(value) || Is<Range>(value);
}

inline void WidenToDecimal(Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) value = Decimal(*integer);
}

inline void WidenToQuantity(Value& value) {
  WidenToDecimal(value);
  if (const auto* number = std::get_if<Decimal>(&value)) value = Quantity{*number, Unit()};
}

inline bool IsTime(const DateTime& value) { return value.kind == DateTime::Kind::kTime; }

inline void ReadAsQuantity(Value& value) {
  if (const auto* node = std::get_if<const Node*>(&value)) value = ReadQuantity(**node);
}

}  // namespace renal::fhir::fhirpath
