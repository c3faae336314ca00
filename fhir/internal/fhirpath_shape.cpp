#include "fhir/internal/fhirpath_shape.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "fhir/internal/fhirpath_type_names.h"

namespace renal::fhir::fhirpath {
namespace {

struct NamedKind {
  std::string_view name;
  Kinds kind;
};

// Primitive types of FHIR by the name from which others are derived.
constexpr NamedKind kFhirKinds[] = {
    {"boolean", kind::kBoolean},
    {"integer", kind::kInteger},
    {"decimal", kind::kDecimal},
    {"string", kind::kString},
    {"uri", kind::kString},
    {"base64Binary", kind::kString},
    {"xhtml", kind::kString},
    {"date", kind::kDate},
    {"dateTime", kind::kDateTime},
    {"instant", kind::kDateTime},
    {"time", kind::kTime},
    {"Quantity", kind::kQuantity},
    {"CodeableConcept", kind::kConcept},
    {"Coding", kind::kConcept},
    {"Reference", kind::kReference},
};

constexpr NamedKind kSystemKinds[] = {
    {"Boolean", kind::kBoolean}, {"String", kind::kString},     {"Integer", kind::kInteger},
    {"Decimal", kind::kDecimal}, {"Date", kind::kDate},         {"DateTime", kind::kDateTime},
    {"Time", kind::kTime},       {"Quantity", kind::kQuantity},
};

bool IsAbstract(const r4::Type& type) {
  return type.name == "Resource" || type.name == "DomainResource" || type.name == "Element";
}

Kinds KindOfSystem(TypeTest::System system) {
  using System = TypeTest::System;
  switch (system) {
    case System::kNone:
      return 0;
    case System::kBoolean:
      return kind::kBoolean;
    case System::kString:
      return kind::kString;
    case System::kInteger:
      return kind::kInteger;
    case System::kDecimal:
      return kind::kDecimal;
    case System::kDate:
      return kind::kDate;
    case System::kDateTime:
      return kind::kDateTime;
    case System::kTime:
      return kind::kTime;
    case System::kQuantity:
      return kind::kQuantity;
  }
  return 0;
}

void Add(std::vector<const r4::Type*>& types, const r4::Type* type) {
  if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
}

bool IsNamed(const TypeTest& test, const r4::Type& type) {
  return std::find(test.names.begin(), test.names.end(), type.name) != test.names.end();
}

// Whether every item of that type passes.
bool Passes(const r4::Type& type, const TypeTest& test, bool exact) {
  if (test.names.empty()) return false;
  return exact && test.exact ? test.names.front() == type.name : IsNamed(test, type);
}

// What may stand behind an abstract type and passes.
void AddDerived(const r4::Type& abstract, const TypeTest& test, Shape& shape) {
  if (test.names.empty()) return;
  const r4::Type* asked = r4::Table::Instance().Find(test.names.front());
  if (asked != nullptr && asked->IsA(abstract)) Add(shape.fhir, asked);
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace

Kinds KindsOf(const r4::Type& type) {
  if (type.name == "Element") return kind::kAll;
  for (const r4::Type* at = &type; at != nullptr; at = at->base) {
    for (const NamedKind& candidate : kFhirKinds) {
      if (candidate.name == at->name) return candidate.kind;
    }
  }
  return kind::kObject;
}

Shape Shape::Fhir(std::vector<const r4::Type*> types) {
  Shape shape;
  shape.known = true;
  shape.fhir = std::move(types);
  return shape;
}

Shape Shape::None() {
  Shape shape;
  shape.known = shape.none = shape.constant = true;
  return shape;
}

Kinds Shape::kinds() const {
  if (!known) return kind::kAll;
  Kinds all = system;
  for (const r4::Type* type : fhir) all |= KindsOf(*type);
  return all;
}

Shape Shape::One() const {
  Shape one = *this;
  one.many = false;
  return one;
}

Shape Either(const Shape& a, const Shape& b) {
  if (a.none) return b;
  if (b.none) return a;
  Shape both;
  both.known = a.known && b.known;
  both.many = a.many || b.many;
  both.constant = a.constant && b.constant;
  both.unordered = a.unordered || b.unordered;
  both.fhir = a.fhir;
  for (const r4::Type* type : b.fhir) Add(both.fhir, type);
  both.system = a.system | b.system;
  if (a.unit && b.unit && a.unit->ConvertibleTo(*b.unit)) both.unit = a.unit;
  return both;
}

Shape ShapeOf(const StaticType& type) {
  Shape shape;
  shape.known = !type.types.empty();
  shape.many = type.many;
  shape.unit = type.unit;
  for (const std::string& name : type.types) {
    const bool system = name.starts_with("System.");
    const auto* found = std::find_if(
        std::begin(kSystemKinds), std::end(kSystemKinds),
        [&](const NamedKind& candidate) { return system && candidate.name == name.substr(7); });
    const r4::Type* fhir = system ? nullptr : r4::Table::Instance().Find(name);
    if (found != std::end(kSystemKinds)) shape.system |= found->kind;
    if (fhir != nullptr) Add(shape.fhir, fhir);
    if (fhir == nullptr && found == std::end(kSystemKinds)) shape.known = false;
  }
  return shape;
}

StaticType TypeOf(const Shape& shape) {
  StaticType type{.types = {}, .many = shape.many || !shape.known, .unit = shape.unit};
  if (!shape.known) return type;
  for (const r4::Type* fhir : shape.fhir) type.types.push_back(fhir->name);
  for (const NamedKind& candidate : kSystemKinds) {
    if ((shape.system & candidate.kind) != 0) {
      type.types.push_back("System." + std::string(candidate.name));
    }
  }
  return type;
}

Shape Narrowed(const Shape& shape, const TypeTest& test, bool exact) {
  Shape narrow;
  narrow.known = true;
  narrow.many = shape.many;
  narrow.constant = shape.constant;
  narrow.unordered = shape.unordered;
  narrow.unit = shape.unit;
  narrow.system = KindOfSystem(test.system);
  if (!shape.known) {
    const r4::Type* asked =
        test.names.empty() ? nullptr : r4::Table::Instance().Find(test.names.front());
    if (asked != nullptr) narrow.fhir.push_back(asked);
    return narrow;
  }
  narrow.system &= shape.system;
  for (const r4::Type* type : shape.fhir) {
    if (Passes(*type, test, exact)) {
      Add(narrow.fhir, type);
    } else if (IsAbstract(*type)) {
      AddDerived(*type, test, narrow);
    }
  }
  narrow.none = narrow.fhir.empty() && narrow.system == 0;
  return narrow;
}

bool AlwaysPasses(const Shape& shape, const TypeTest& test) {
  if (!shape.known || shape.none) return false;
  const bool all = std::all_of(shape.fhir.begin(), shape.fhir.end(),
                               [&](const r4::Type* type) { return Passes(*type, test, false); });
  return all && (shape.system & ~KindOfSystem(test.system)) == 0;
}

std::optional<Unit> UnitOf(const Shape& shape) {
  const Kinds kinds = shape.kinds();
  if (kinds != 0 && (kinds & ~kind::kNumber) == 0) return Unit();
  return kinds == kind::kQuantity ? shape.unit : std::nullopt;
}

std::string Named(const Shape& shape) {
  constexpr std::size_t kShown = 3;
  if (shape.none) return "nothing";
  const StaticType type = TypeOf(shape);
  std::vector<std::string> names;
  names.reserve(type.types.size());
  for (const std::string& name : type.types) {
    names.push_back(name.starts_with("System.") ? name.substr(7) : name);
  }
  if (names.empty()) return "a value of unknown type";
  if (names.size() <= kShown) return Joined(names);
  return names[0] + ", " + names[1] + " or one of " + std::to_string(names.size() - 2) +
         " other types";
}

std::string Named(Kinds kinds) {
  constexpr NamedKind kWords[] = {
      {"a Boolean", kind::kBoolean},     {"a String", kind::kString},
      {"a number", kind::kNumber},       {"an Integer", kind::kInteger},
      {"a Quantity", kind::kQuantity},   {"a date", kind::kDate | kind::kDateTime},
      {"a time of day", kind::kTime},    {"a CodeableConcept or Coding", kind::kConcept},
      {"a Reference", kind::kReference},
  };
  std::vector<std::string> names;
  Kinds rest = kinds;
  for (const NamedKind& word : kWords) {
    if ((rest & word.kind) != word.kind) continue;
    names.emplace_back(word.name);
    rest = static_cast<Kinds>(rest & ~word.kind);
  }
  return names.empty() ? "a value" : Joined(names);
}

}  // namespace renal::fhir::fhirpath
