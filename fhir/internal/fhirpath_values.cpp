#include "fhir/internal/fhirpath_values.h"

#include <algorithm>
#include <utility>

#include "fhir/internal/fhirpath_type_names.h"
#include "fhir/internal/fhirpath_widen.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

std::optional<Decimal> NumberOf(const Json& number) {
  if (number.type() == JsonType::kInteger) return Decimal(number.integer());
  return Decimal::Parse(number.number_text());
}

Value ReadNode(const Node& node) {
  switch (node.json.type()) {
    case JsonType::kAbsent:
    case JsonType::kNull:
      return std::monostate();
    case JsonType::kBoolean:
      return node.json.boolean();
    case JsonType::kInteger: {
      if (node.type == "decimal") return Decimal(node.json.integer());
      return node.json.integer();
    }
    case JsonType::kNumber: {
      const std::optional<Decimal> number = NumberOf(node.json);
      return number ? Value(*number) : Value();
    }
    case JsonType::kString: {
      if (!IsDateType(node.type)) return node.json.string();
      const auto date = node.type == "time" ? DateTime::ParseTime(node.json.string())
                                            : DateTime::Parse(node.json.string());
      return date ? Value(*date) : Value();
    }
    case JsonType::kArray:
    case JsonType::kObject:
      return &node;
  }
  return std::monostate();
}

Range WithComparator(const Quantity& value, std::string_view comparator) {
  const bool closed = comparator.size() == 2;
  const Range::Bound bound{value, closed};
  return comparator[0] == '<' ? Range{std::nullopt, bound} : Range{bound, std::nullopt};
}

TypeTest::System SystemOf(const Item& item) {
  using System = TypeTest::System;
  struct Visitor {
    System operator()(const Node&) const { return System::kNone; }
    System operator()(bool) const { return System::kBoolean; }
    System operator()(const std::string&) const { return System::kString; }
    System operator()(std::int64_t) const { return System::kInteger; }
    System operator()(const Decimal&) const { return System::kDecimal; }
    System operator()(const Quantity&) const { return System::kQuantity; }
    System operator()(const Range&) const { return System::kQuantity; }
    System operator()(const DateTime& value) const {
      if (IsTime(value)) return System::kTime;
      return value.kind == DateTime::Kind::kDate ? System::kDate : System::kDateTime;
    }
  };
  return std::visit(Visitor(), item);
}

}  // namespace

Value Read(const Item& item) {
  struct Visitor {
    Value operator()(const Node& node) const { return ReadNode(node); }
    Value operator()(const std::string& text) const { return std::string_view(text); }
    Value operator()(bool value) const { return value; }
    Value operator()(std::int64_t value) const { return value; }
    Value operator()(const Decimal& value) const { return value; }
    Value operator()(const DateTime& value) const { return value; }
    Value operator()(const Quantity& value) const { return value; }
    Value operator()(const Range& value) const { return value; }
  };
  return std::visit(Visitor(), item);
}

std::optional<Item> ToSystem(const Item& item) {
  struct Visitor {
    std::optional<Item> operator()(std::monostate) const { return std::nullopt; }
    std::optional<Item> operator()(std::string_view text) const { return Item(std::string(text)); }
    std::optional<Item> operator()(const Node* node) const { return Item(*node); }
    std::optional<Item> operator()(bool value) const { return Item(value); }
    std::optional<Item> operator()(std::int64_t value) const { return Item(value); }
    std::optional<Item> operator()(const Decimal& value) const { return Item(value); }
    std::optional<Item> operator()(const DateTime& value) const { return Item(value); }
    std::optional<Item> operator()(const Quantity& value) const { return Item(value); }
    std::optional<Item> operator()(const Range& value) const { return Item(value); }
  };
  return std::visit(Visitor(), Read(item));
}

std::optional<std::string_view> TextOf(const Item& item) {
  if (const auto* text = std::get_if<std::string>(&item)) return *text;
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr || !node->json.is_string()) return std::nullopt;
  return node->json.string();
}

std::optional<std::int64_t> IntegerOf(const Item& item) {
  const Value value = Read(item);
  const auto* integer = std::get_if<std::int64_t>(&value);
  return integer == nullptr ? std::nullopt : std::optional(*integer);
}

std::optional<Decimal> DecimalOf(const Item& item) {
  Value value = Read(item);
  WidenToDecimal(value);
  const auto* number = std::get_if<Decimal>(&value);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::optional<DateTime> DateTimeOf(const Item& item) {
  const Value value = Read(item);
  if (const auto* date = std::get_if<DateTime>(&value)) return *date;
  const auto* text = std::get_if<std::string_view>(&value);
  return text == nullptr ? std::nullopt : DateTime::Parse(*text);
}

std::optional<Quantity> QuantityOf(const Item& item) {
  Value value = Read(item);
  ReadAsQuantity(value);
  WidenToQuantity(value);
  const auto* quantity = std::get_if<Quantity>(&value);
  return quantity == nullptr ? std::nullopt : std::optional(*quantity);
}

std::optional<std::string> Describe(const Value& value) {
  using Text = std::optional<std::string>;
  struct Visitor {
    Text operator()(std::monostate) const { return std::nullopt; }
    Text operator()(const Range&) const { return std::nullopt; }
    Text operator()(bool boolean) const { return boolean ? "true" : "false"; }
    Text operator()(std::string_view text) const { return std::string(text); }
    Text operator()(std::int64_t integer) const { return std::to_string(integer); }
    Text operator()(const Decimal& number) const { return number.ToString(); }
    Text operator()(const DateTime& date) const { return date.ToString(); }
    Text operator()(const Quantity& quantity) const { return quantity.ToString(); }
    Text operator()(const Node* node) const {
      const Value read = ReadQuantity(*node);
      const auto* quantity = std::get_if<Quantity>(&read);
      return quantity == nullptr ? std::nullopt : Text(quantity->ToString());
    }
  };
  return std::visit(Visitor(), value);
}

Value ReadQuantity(const Node& node) {
  static constexpr MemberName kValue("value"), kCode("code"), kUnit("unit"), kSystem("system"),
      kComparator("comparator");
  const Json& json = node.json;
  if (!json.is_object()) return IsQuantityType(node.type) ? Value() : Value(&node);
  const Json number = MemberOf(json, kValue), code = MemberOf(json, kCode),
             unit = MemberOf(json, kUnit);
  const bool numeric = number.type() == JsonType::kInteger || number.type() == JsonType::kNumber;
  const bool measured = code.is_string() || unit.is_string();
  if (!numeric || (!measured && !IsQuantityType(node.type))) {
    return IsQuantityType(node.type) ? Value() : Value(&node);
  }
  const Json system = MemberOf(json, kSystem);
  const std::string_view unit_text = code.is_string() ? code.string() : unit.string();
  const auto value = NumberOf(number);
  const auto known_unit = unit_text.empty() ? std::optional(Unit()) : Unit::Parse(unit_text);
  if (!value || !known_unit || (system && system.string() != kUcum)) return std::monostate();
  Quantity quantity{*value, *known_unit};
  const std::string_view comparator = MemberOf(json, kComparator).string();
  if (comparator.empty()) return quantity;
  if (comparator == "<" || comparator == "<=" || comparator == ">" || comparator == ">=") {
    return WithComparator(quantity, comparator);
  }
  return std::monostate();
}

bool MatchesType(const TypeTest& test, const Item& item, bool exact) {
  if (const auto* node = std::get_if<Node>(&item)) return MatchesType(test, *node, exact);
  return test.system != TypeTest::System::kNone && SystemOf(item) == test.system;
}

bool MatchesType(const TypeTest& test, const Node& node, bool exact) {
  const std::string_view type = TypeNameOf(node);
  if (type.empty() || test.names.empty()) return false;
  const auto same = [type](std::string_view name) {
    return name.data() == type.data() || name == type;
  };
  if (exact && test.exact) return same(test.names.front());
  return std::any_of(test.names.begin(), test.names.end(), same);
}

Node ResourceNode(const Json& json) {
  const r4::Type* type = r4::Table::Instance().Find(json["resourceType"].string());
  return {.json = json,
          .type = type != nullptr ? std::string_view(type->name) : std::string_view()};
}

bool HasPrimitiveValue(const Node& node) {
  switch (node.json.type()) {
    case JsonType::kBoolean:
    case JsonType::kInteger:
    case JsonType::kNumber:
    case JsonType::kString:
      return true;
    default:
      return false;
  }
}

}  // namespace renal::fhir::fhirpath
