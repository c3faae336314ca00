#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "fhir/internal/fhirpath_values.h"
#include "fhir/internal/fhirpath_widen.h"

// Objects member by member, keys for sets of items, and what looking at an item costs.
namespace renal::fhir::fhirpath {
namespace {

std::vector<Json::Entry> SortedMembers(const Json& object) {
  std::vector<Json::Entry> members;
  members.reserve(object.size());
  for (const Json::Entry entry : object) members.push_back(entry);
  std::sort(members.begin(), members.end(),
            [](const Json::Entry& x, const Json::Entry& y) { return x.name < y.name; });
  return members;
}

// Looking up each of many members would take the square of their number.
bool SameLargeObjects(const Json& a, const Json& b) {
  const auto left = SortedMembers(a), right = SortedMembers(b);
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Json::Entry& x, const Json::Entry& y) {
                      return x.name == y.name && SameJson(x.value, y.value);
                    });
}

bool SameObjects(const Json& a, const Json& b) {
  constexpr std::size_t kMany = 32;
  if (a.size() != b.size()) return false;
  if (a.size() > kMany) return SameLargeObjects(a, b);
  for (const Json::Entry entry : a) {
    const Json other = b[entry.name];
    if (!other || !SameJson(entry.value, other)) return false;
  }
  return true;
}

bool SameArrays(const Json& a, const Json& b) {
  if (a.size() != b.size()) return false;
  auto right = b.begin();
  for (const Json::Entry entry : a) {
    if (!SameJson(entry.value, (*right).value)) return false;
    ++right;
  }
  return true;
}

// The number that a value may be equal to: its own, or that of a quantity without dimension.
std::optional<Decimal> NumberOf(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return Decimal(*integer);
  if (const auto* number = std::get_if<Decimal>(&value)) return *number;
  const auto* node = std::get_if<const Node*>(&value);
  const Value read = node != nullptr ? ReadQuantity(**node) : value;
  const auto* quantity = std::get_if<Quantity>(&read);
  const auto plain = quantity == nullptr ? std::nullopt : Convert(*quantity, Unit());
  return plain ? std::optional(plain->value) : std::nullopt;
}

// The same for 1.10 and 1.1.
std::size_t HashOf(const Decimal& number) {
  Decimal::Coefficient rest = number.coefficient();
  int scale = number.scale();
  for (; scale > 0 && rest % 10 == 0; --scale) rest /= 10;
  return std::hash<std::uint64_t>()(static_cast<std::uint64_t>(rest)) * 31 +
         static_cast<std::size_t>(scale) + 5;
}

}  // namespace

bool SameJson(const Json& a, const Json& b) {
  if (a == b) return true;
  const auto numeric = [](JsonType type) {
    return type == JsonType::kInteger || type == JsonType::kNumber;
  };
  if (numeric(a.type()) && numeric(b.type())) {
    const auto x = Decimal::Parse(a.number_text()), y = Decimal::Parse(b.number_text());
    return x && y ? *x == *y : a.number_text() == b.number_text();
  }
  if (a.type() != b.type()) return false;
  switch (a.type()) {
    case JsonType::kBoolean:
      return a.boolean() == b.boolean();
    case JsonType::kString:
      return a.string() == b.string();
    case JsonType::kArray:
      return SameArrays(a, b);
    case JsonType::kObject:
      return SameObjects(a, b);
    default:
      return true;
  }
}

std::uint64_t CostOf(const Node& node) {
  return node.json.is_string() ? CostOfText(node.json.string()) : node.json.weight() / 16;
}

std::uint64_t CostOf(const Item& item) {
  if (const auto* text = std::get_if<std::string>(&item)) return CostOfText(*text);
  const auto* node = std::get_if<Node>(&item);
  return node == nullptr ? 0 : CostOf(*node);
}

std::uint64_t CostOf(Items items) {
  std::uint64_t cost = 0;
  for (const Item& item : items) cost += CostOf(item);
  return cost;
}

std::size_t HashOf(const Item& item) {
  const Value value = Read(item);
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    // Text may equal a date, so that all text in the form of one shares a key with the dates.
    return DateTime::Parse(*text) || DateTime::ParseTime(*text)
               ? 1
               : std::hash<std::string_view>()(*text);
  }
  if (Is<DateTime>(value)) return 1;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 2 : 3;
  if (const auto number = NumberOf(value)) return HashOf(*number);
  // Quantities of any unit may be equal to each other, and to the JSON of a quantity.
  const auto* node = std::get_if<const Node*>(&value);
  if (node == nullptr || !Is<const Node*>(ReadQuantity(**node))) return 4;
  return (*node)->json.size() ^ std::hash<std::string_view>()((*node)->json["id"].string());
}

}  // namespace renal::fhir::fhirpath
