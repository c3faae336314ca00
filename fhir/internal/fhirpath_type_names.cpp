#include "fhir/internal/fhirpath_type_names.h"

#include <utility>

namespace renal::fhir::fhirpath {
namespace {

using System = TypeTest::System;

struct SystemName {
  std::string_view name;
  System system;
};

constexpr SystemName kSystemNames[] = {
    {"Boolean", System::kBoolean}, {"String", System::kString},     {"Integer", System::kInteger},
    {"Decimal", System::kDecimal}, {"Date", System::kDate},         {"DateTime", System::kDateTime},
    {"Time", System::kTime},       {"Quantity", System::kQuantity},
};

System SystemOfName(std::string_view name) {
  for (const SystemName& candidate : kSystemNames) {
    if (candidate.name == name) return candidate.system;
  }
  return System::kNone;
}

// Data whose type no table knows: what JSON itself says.
std::string_view JsonTypeName(const Json& json) {
  switch (json.type()) {
    case JsonType::kBoolean:
      return "boolean";
    case JsonType::kInteger:
      return "integer";
    case JsonType::kNumber:
      return "decimal";
    case JsonType::kString:
      return "string";
    case JsonType::kObject:
      return json["resourceType"].string();
    default:
      return {};
  }
}

void AddFhirNames(const r4::Type& type, TypeTest& test) {
  test.names.push_back(type.name);
  test.exact = type.primitive;
  for (const r4::Type& other : r4::Table::Instance().types()) {
    if (&other != &type && other.IsA(type)) test.names.push_back(other.name);
  }
}

}  // namespace

std::optional<TypeTest> ResolveType(std::string_view space, std::string_view name) {
  TypeTest test;
  if (space.empty() || space == "System") test.system = SystemOfName(name);
  if (space.empty() || space == "FHIR") {
    const r4::Type* type = r4::Table::Instance().Find(name);
    if (type != nullptr) AddFhirNames(*type, test);
  }
  if (test.names.empty() && test.system == System::kNone) return std::nullopt;
  return test;
}

std::string_view TypeNameOf(const Node& node) {
  return node.type.empty() ? JsonTypeName(node.json) : node.type;
}

std::string_view TypeNameOf(const Item& item) {
  const auto* node = std::get_if<Node>(&item);
  return node == nullptr ? std::string_view() : TypeNameOf(*node);
}

std::string_view SystemTypeName(const Item& item) {
  struct Visitor {
    std::string_view operator()(const Node& node) const { return node.type; }
    std::string_view operator()(bool) const { return "Boolean"; }
    std::string_view operator()(const std::string&) const { return "String"; }
    std::string_view operator()(std::int64_t) const { return "Integer"; }
    std::string_view operator()(const Decimal&) const { return "Decimal"; }
    std::string_view operator()(const Quantity&) const { return "Quantity"; }
    std::string_view operator()(const Range&) const { return "Quantity"; }
    std::string_view operator()(const DateTime& value) const {
      if (value.kind == DateTime::Kind::kTime) return "Time";
      return value.kind == DateTime::Kind::kDate ? "Date" : "DateTime";
    }
  };
  return std::visit(Visitor(), item);
}

}  // namespace renal::fhir::fhirpath
