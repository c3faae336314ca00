#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fhir/internal/ratio.h"
#include "fhir/quantity.h"

namespace renal::fhir::internal {

/// What amounts can be made of. UCUM's base units; then what UCUM counts as numbers or leaves
/// arbitrary but a pathway must not mix (substance, osmoles, equivalents, international units);
/// then the special units, which are comparable only with themselves; last the calendar, whose
/// months have no fixed length.
enum class Dimension : std::uint8_t {
  kLength,
  kTime,
  kMass,
  kAngle,
  kTemperature,
  kCharge,
  kLuminosity,
  kSubstance,
  kOsmoles,
  kEquivalents,
  kInternationalUnits,
  kArbitraryUnits,
  kColonies,
  kPlaques,
  kCelsius,
  kFahrenheit,
  kAcidity,
  kCalendarMonths,
};
inline constexpr std::size_t kDimensions = static_cast<std::size_t>(Dimension::kCalendarMonths) + 1;

/// The size of a unit: numerator / denominator * 10^ten, in powers of the dimensions. The power of
/// ten stands apart since prefixes then cost nothing.
struct Magnitude {
  Big numerator = 1;
  Big denominator = 1;
  int ten = 0;
  std::array<std::int16_t, kDimensions> powers{};

  /// Multiplies by other^exponent.
  void Apply(const Magnitude& other, int exponent);
  /// Divides numerator and denominator by what they share.
  void Reduce();
};

}  // namespace renal::fhir::internal

namespace renal::fhir {

struct Unit::Definition {
  std::string text;
  internal::Magnitude magnitude;
  std::vector<std::string>
      annotations;  ///< sorted, each after '.' or '/', as it multiplies or divides
  bool calendar = false;
};

}  // namespace renal::fhir
