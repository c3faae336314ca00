#include "fhir/internal/unit_atoms.h"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "fhir/internal/unit_parser.h"

namespace renal::fhir::internal {
namespace {

constexpr bool kMetric = true;
constexpr bool kPlain = false;  // takes no prefix

struct BaseRow {
  std::string_view code;
  Dimension dimension;
  bool metric;
  bool special = false;
};

// Stricter than UCUM, where mol, osm and eq are plain numbers: an amount of substance is never
// turned into a count, nor equivalents into moles without the charge.
constexpr BaseRow kBases[] = {
    {"m", Dimension::kLength, kMetric},
    {"s", Dimension::kTime, kMetric},
    {"g", Dimension::kMass, kMetric},
    {"rad", Dimension::kAngle, kMetric},
    {"K", Dimension::kTemperature, kMetric},
    {"C", Dimension::kCharge, kMetric},
    {"cd", Dimension::kLuminosity, kMetric},
    {"mol", Dimension::kSubstance, kMetric},
    {"osm", Dimension::kOsmoles, kMetric},
    {"eq", Dimension::kEquivalents, kMetric},
    {"[iU]", Dimension::kInternationalUnits, kMetric},
    {"[IU]", Dimension::kInternationalUnits, kMetric},
    {"[arb'U]", Dimension::kArbitraryUnits, kPlain},
    {"[CFU]", Dimension::kColonies, kPlain},
    {"[PFU]", Dimension::kPlaques, kPlain},
    {"Cel", Dimension::kCelsius, kMetric, true},
    {"[degF]", Dimension::kFahrenheit, kPlain, true},
    {"[pH]", Dimension::kAcidity, kPlain, true},
};

struct DerivedRow {
  std::string_view code;
  bool metric;
  std::string_view value;  // a decimal number ...
  std::string_view unit;   // ... of this unit, made of rows above
};

// The values are UCUM's definitions, which are exact.
constexpr DerivedRow kDerived[] = {
    {"%", kPlain, "1", "10*-2"},
    {"[ppth]", kPlain, "1", "10*-3"},
    {"[ppm]", kPlain, "1", "10*-6"},
    {"[ppb]", kPlain, "1", "10*-9"},
    {"[pptr]", kPlain, "1", "10*-12"},
    // Time. A year is the Julian year, a month its twelfth.
    {"min", kPlain, "60", "s"},
    {"h", kPlain, "60", "min"},
    {"d", kPlain, "24", "h"},
    {"wk", kPlain, "7", "d"},
    {"a_j", kPlain, "365.25", "d"},
    {"a_g", kPlain, "365.2425", "d"},
    {"a_t", kPlain, "365.24219", "d"},
    {"a", kPlain, "1", "a_j"},
    {"mo_j", kPlain, "1", "a_j/12"},
    {"mo_g", kPlain, "1", "a_g/12"},
    {"mo_s", kPlain, "29.53059", "d"},
    {"mo", kPlain, "1", "mo_j"},
    // The metric system.
    {"sr", kMetric, "1", "rad2"},
    {"Hz", kMetric, "1", "s-1"},
    {"l", kMetric, "1", "dm3"},
    {"L", kMetric, "1", "l"},
    {"ar", kMetric, "100", "m2"},
    {"t", kMetric, "1000", "kg"},
    {"u", kMetric, "1.66053906660e-24", "g"},
    {"N", kMetric, "1", "kg.m/s2"},
    {"Pa", kMetric, "1", "N/m2"},
    {"J", kMetric, "1", "N.m"},
    {"W", kMetric, "1", "J/s"},
    {"A", kMetric, "1", "C/s"},
    {"V", kMetric, "1", "J/C"},
    {"F", kMetric, "1", "C/V"},
    {"Ohm", kMetric, "1", "V/A"},
    {"S", kMetric, "1", "Ohm-1"},
    {"Wb", kMetric, "1", "V.s"},
    {"T", kMetric, "1", "Wb/m2"},
    {"H", kMetric, "1", "Wb/A"},
    {"lm", kMetric, "1", "cd.sr"},
    {"lx", kMetric, "1", "lm/m2"},
    {"Bq", kMetric, "1", "s-1"},
    {"Ci", kMetric, "37e9", "Bq"},
    {"Gy", kMetric, "1", "J/kg"},
    {"Sv", kMetric, "1", "J/kg"},
    {"eV", kMetric, "1.602176634e-19", "J"},
    {"kat", kMetric, "1", "mol/s"},
    {"U", kMetric, "1", "umol/min"},
    {"dyn", kMetric, "1", "g.cm/s2"},
    {"erg", kMetric, "1", "dyn.cm"},
    {"P", kMetric, "1", "dyn.s/cm2"},
    {"bar", kMetric, "1e5", "Pa"},
    {"atm", kPlain, "101.325", "kPa"},
    {"m[Hg]", kMetric, "133.3220", "kPa"},
    {"m[H2O]", kMetric, "9.80665", "kPa"},
    {"cal", kMetric, "4.184", "J"},
    {"[Cal]", kPlain, "1", "kcal"},
    // Customary units.
    {"[in_i]", kPlain, "2.54", "cm"},
    {"[ft_i]", kPlain, "12", "[in_i]"},
    {"[yd_i]", kPlain, "3", "[ft_i]"},
    {"[mi_i]", kPlain, "5280", "[ft_i]"},
    {"[cin_i]", kPlain, "1", "[in_i]3"},
    {"[gr]", kPlain, "64.79891", "mg"},
    {"[lb_av]", kPlain, "7000", "[gr]"},
    {"[oz_av]", kPlain, "1", "[lb_av]/16"},
    {"[stone_av]", kPlain, "14", "[lb_av]"},
    {"[g]", kMetric, "9.80665", "m/s2"},
    {"gf", kMetric, "1", "g.[g]"},
    {"[lbf_av]", kPlain, "1", "[lb_av].[g]"},
    {"[psi]", kPlain, "1", "[lbf_av]/[in_i]2"},
    {"[gal_us]", kPlain, "231", "[in_i]3"},
    {"[qt_us]", kPlain, "1", "[gal_us]/4"},
    {"[pt_us]", kPlain, "1", "[qt_us]/2"},
    {"[foz_us]", kPlain, "1", "[gal_us]/128"},
    {"[tbs_us]", kPlain, "1", "[foz_us]/2"},
    {"[tsp_us]", kPlain, "1", "[tbs_us]/3"},
    {"[drp]", kPlain, "1", "mL/20"},
};

struct PrefixRow {
  std::string_view code;
  int power;
};

constexpr PrefixRow kPrefixes[] = {
    {"Y", 24}, {"Z", 21},  {"E", 18},  {"P", 15},  {"T", 12},  {"G", 9},   {"M", 6},
    {"k", 3},  {"h", 2},   {"da", 1},  {"d", -1},  {"c", -2},  {"m", -3},  {"u", -6},
    {"n", -9}, {"p", -12}, {"f", -15}, {"a", -18}, {"z", -21}, {"y", -24},
};

Atom Base(const BaseRow& row) {
  Atom atom{.metric = row.metric, .special = row.special};
  atom.magnitude.powers[static_cast<std::size_t>(row.dimension)] = 1;
  return atom;
}

Atom Derived(const DerivedRow& row, const AtomTable& atoms) {
  const std::optional<Decimal> value = Decimal::Parse(row.value);
  std::optional<Unit::Definition> unit = ParseUnit(row.unit, atoms);
  if (!value || !unit) throw std::logic_error("unit table: " + std::string(row.code));
  Atom atom{.magnitude = std::move(unit->magnitude), .metric = row.metric};
  atom.magnitude.numerator *= Big(value->coefficient());
  atom.magnitude.ten -= value->scale();
  atom.magnitude.Reduce();
  return atom;
}

AtomTable BuildAtoms() {
  AtomTable atoms;
  for (const BaseRow& row : kBases) atoms.emplace(row.code, Base(row));
  for (const DerivedRow& row : kDerived) {
    Atom atom = Derived(row, atoms);
    if (!atoms.emplace(row.code, std::move(atom)).second) {
      throw std::logic_error("unit table: two rows for " + std::string(row.code));
    }
  }
  return atoms;
}

}  // namespace

const AtomTable& Atoms() {
  static const AtomTable kAtoms = BuildAtoms();
  return kAtoms;
}

std::optional<int> PrefixPower(std::string_view prefix) {
  for (const PrefixRow& row : kPrefixes) {
    if (row.code == prefix) return row.power;
  }
  return std::nullopt;
}

}  // namespace renal::fhir::internal
