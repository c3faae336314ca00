#include "fhir/quantity.h"

#include <algorithm>
#include <utility>

#include "fhir/internal/ratio.h"
#include "fhir/internal/unit_definition.h"

namespace renal::fhir {
namespace {

using internal::Big;
using internal::Magnitude;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool IsNumberPart(char c) { return (c >= '0' && c <= '9') || c == '.'; }

const Magnitude& MagnitudeOf(const Unit& unit) { return unit.definition().magnitude; }

bool SameRatio(const Magnitude& a, const Magnitude& b) {
  return a.numerator == b.numerator && a.denominator == b.denominator;
}

std::strong_ordering Order(int sign) { return sign <=> 0; }

// As Compare(), for units that differ by more than a power of ten.
std::strong_ordering CompareExactly(const Quantity& a, const Quantity& b) {
  const Magnitude& left_unit = MagnitudeOf(a.unit);
  const Magnitude& right_unit = MagnitudeOf(b.unit);
  Big left = Big(a.value.coefficient()) * left_unit.numerator * right_unit.denominator;
  Big right = Big(b.value.coefficient()) * right_unit.numerator * left_unit.denominator;
  const int shift = left_unit.ten - a.value.scale() - (right_unit.ten - b.value.scale());
  (shift >= 0 ? left : right) *= internal::PowerOfTen(shift >= 0 ? shift : -shift);
  return Order(left.compare(right));
}

// The value times 10^ten, without zeros behind the point; nothing where it does not fit.
std::optional<Decimal> Moved(const Decimal& value, int ten) {
  Decimal::Coefficient coefficient = value.coefficient();
  int scale = coefficient == 0 ? 0 : value.scale() - ten;
  for (; scale > 0 && coefficient % 10 == 0; --scale) coefficient /= 10;
  return Decimal::FromParts(coefficient, scale);
}

// The unit behind a number: `'unit'`, a calendar word, or nothing.
std::optional<Unit> ParseUnitPart(std::string_view text) {
  if (text.empty()) return Unit();
  if (text[0] != '\'') return Unit::Calendar(text);
  if (text.size() < 2 || text.back() != '\'') return std::nullopt;
  return Unit::Parse(text.substr(1, text.size() - 2));
}

}  // namespace

std::string Quantity::ToString() const {
  std::string text = value.ToString();
  if (unit.IsOne()) return text;
  if (!unit.IsCalendar()) return text + " '" + unit.text() + "'";
  return text + " " + unit.text() + (value.Abs() == 1 ? "" : "s");
}

std::optional<Quantity> ParseQuantity(std::string_view text) {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const auto number_end = std::find_if_not(text.begin() + sign, text.end(), IsNumberPart);
  const auto unit_start = std::find_if_not(number_end, text.end(), IsSpace);
  if (unit_start == text.end() && number_end != text.end()) return std::nullopt;
  const auto number_size = static_cast<std::size_t>(number_end - text.begin());
  const auto value = Decimal::Parse(text.substr(0, number_size));
  auto unit = ParseUnitPart(text.substr(static_cast<std::size_t>(unit_start - text.begin())));
  if (!value || !unit) return std::nullopt;
  return Quantity{*value, *std::move(unit)};
}

std::optional<std::strong_ordering> Compare(const Quantity& a, const Quantity& b) {
  const Unit::Definition* left = &a.unit.definition();
  const Unit::Definition* right = &b.unit.definition();
  if (left == right) return a.value <=> b.value;
  if (!a.unit.ConvertibleTo(b.unit)) return std::nullopt;
  if (a.value.sign() != b.value.sign()) return Order(a.value.sign() - b.value.sign());
  if (SameRatio(left->magnitude, right->magnitude)) {
    const int shift = left->magnitude.ten - right->magnitude.ten;
    const auto moved = Decimal::FromParts(a.value.coefficient(), a.value.scale() - shift);
    if (moved) return *moved <=> b.value;
  }
  return CompareExactly(a, b);
}

std::optional<Quantity> Convert(const Quantity& quantity, const Unit& unit) {
  if (!quantity.unit.ConvertibleTo(unit)) return std::nullopt;
  const Magnitude& from = MagnitudeOf(quantity.unit);
  const Magnitude& to = MagnitudeOf(unit);
  if (SameRatio(from, to)) {
    if (from.ten == to.ten) return Quantity{quantity.value, unit};
    if (const auto moved = Moved(quantity.value, from.ten - to.ten)) return Quantity{*moved, unit};
  }
  const std::optional<Decimal> value = internal::RoundedRatio(
      Big(quantity.value.coefficient()) * from.numerator * to.denominator,
      from.denominator * to.numerator, from.ten - quantity.value.scale() - to.ten, 0);
  if (!value) return std::nullopt;
  return Quantity{*value, unit};
}

}  // namespace renal::fhir
