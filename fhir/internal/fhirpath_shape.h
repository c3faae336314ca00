#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/fhirpath.h"
#include "fhir/internal/fhir_r4_elements.h"
#include "fhir/internal/fhirpath_program.h"

/// What the static checker knows about a node of an expression (pathway-format 6.8).
namespace renal::fhir::fhirpath {

/// As what an item can be read, one bit each: the System types, then kinds of FHIR objects.
using Kinds = std::uint16_t;
namespace kind {
inline constexpr Kinds kBoolean = 1, kString = 2, kInteger = 4, kDecimal = 8, kDate = 16,
                       kDateTime = 32, kTime = 64, kQuantity = 128;
inline constexpr Kinds kConcept = 256;    ///< CodeableConcept, Coding
inline constexpr Kinds kReference = 512;  ///< Reference
inline constexpr Kinds kObject = 1024;    ///< every other object
inline constexpr Kinds kNumber = kInteger | kDecimal, kMeasure = kNumber | kQuantity;
inline constexpr Kinds kMoment = kDate | kDateTime | kTime;
inline constexpr Kinds kSystem = kBoolean | kString | kMeasure | kMoment;
inline constexpr Kinds kAll = 2047;
}  // namespace kind

/// The kinds that items of a FHIR type have; all of them for an abstract type.
Kinds KindsOf(const r4::Type& type);

/// What a node can give.
struct Shape {
  bool known = false;      ///< `fhir` and `system` hold every type that an item can have
  bool none = false;       ///< always empty
  bool many = false;       ///< known to give several items, it may be
  bool constant = false;   ///< the same for every record and every value of the variables
  bool unordered = false;  ///< its order means nothing (children)
  std::vector<const r4::Type*> fhir;
  Kinds system = 0;          ///< types of computed items
  std::optional<Unit> unit;  ///< of every quantity

  static Shape Unknown() { return {}; }
  static Shape System(Kinds kinds) {
    return {.known = true, .fhir = {}, .system = kinds, .unit = {}};
  }
  static Shape Fhir(std::vector<const r4::Type*> types);
  static Shape None();

  Kinds kinds() const;  ///< all where the types are not known
  Shape One() const;    ///< the same of a single item
};

/// What either gives.
Shape Either(const Shape& a, const Shape& b);

/// The shape that names of types stand for; unknown if a name is none.
Shape ShapeOf(const StaticType& type);
StaticType TypeOf(const Shape& shape);

/// What passes a test of the type: `ofType` with `exact`, `is` without.
Shape Narrowed(const Shape& shape, const TypeTest& test, bool exact);
/// Whether all of it passes, whatever the data.
bool AlwaysPasses(const Shape& shape, const TypeTest& test);

/// The unit that every value of the shape has: 1 of numbers; nothing where it is not known.
std::optional<Unit> UnitOf(const Shape& shape);

/// "Observation", "Quantity or CodeableConcept", "String", for messages.
std::string Named(const Shape& shape);
/// "a Boolean", "a String or a number", for messages.
std::string Named(Kinds kinds);

}  // namespace renal::fhir::fhirpath
