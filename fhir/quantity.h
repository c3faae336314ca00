#pragma once

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/decimal.h"

namespace renal::fhir {

/// A UCUM unit, parsed once into an exact rational factor and a vector of dimensions
/// (pathway-format 6.6). Handles are small and cheap to copy; equal texts give the same handle
/// while it is alive, as long as not more than 4096 units are held at a time. Safe for use by
/// several threads.
///
/// Case-sensitive UCUM with prefixes, exponents, `.` and `/`, `10*n`, `%`, and annotations in
/// braces. Two units are convertible if their dimensions are equal and their annotations do not
/// contradict
/// ({A} against {B} does; an annotation on one side only does not). Special units (Cel, [degF],
/// [pH]) stand alone in a text and are comparable only with themselves. Stricter than UCUM: mol,
/// osm, eq, [iU] and the number 1 are five dimensions.
///
/// Calendar words: year and month are units of their own (a year is 12 months), which equal no UCUM
/// unit; week, day, hour, minute, second, millisecond equal theirs.
class Unit {
 public:
  /// The unit "1", which also stands for "no unit".
  Unit();
  /// Nothing if `text` is not a UCUM unit of the profile. At most 128 characters and 16 components,
  /// powers up to 12, powers of ten up to 60.
  static std::optional<Unit> Parse(std::string_view text);
  /// A calendar word of FHIRPath, singular or plural; nothing for another word.
  static std::optional<Unit> Calendar(std::string_view word);

  const std::string& text()
      const;           ///< as written, "mL/min/{1.73_m2}"; calendar words in the singular
  bool IsOne() const;  ///< "1" or no unit, without annotation
  bool IsCalendar() const;
  bool ConvertibleTo(const Unit& other) const;
  friend bool operator==(const Unit& a, const Unit& b);  ///< same text; "weeks" is "week"

  struct Definition;
  const Definition& definition() const { return *definition_; }

 private:
  explicit Unit(std::shared_ptr<const Definition> definition);
  std::shared_ptr<const Definition> definition_;
};

/// A decimal with a unit.
struct Quantity {
  Decimal value;
  Unit unit;

  /// FHIRPath form: "7 'cm'", "7" for the unit 1, "1 month" and "3 months" for calendar words.
  std::string ToString() const;
};

/// Reads the form of FHIRPath and of pathway files: "7 'cm'", "7.0'cm'", "75", "12 weeks".
std::optional<Quantity> ParseQuantity(std::string_view text);

/// Exact comparison after conversion; nothing if the units are not convertible.
std::optional<std::strong_ordering> Compare(const Quantity& a, const Quantity& b);

/// The same amount in `unit`. Exact where the result has at most 38 digits, else rounded to 28; for
/// display and arithmetic, never for a comparison with a limit: use Compare. Nothing if not
/// convertible, or if the result has no decimal (see Divide).
std::optional<Quantity> Convert(const Quantity& quantity, const Unit& unit);

}  // namespace renal::fhir
