#include "fhir/internal/fhirpath_values.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "fhir/internal/fhirpath_text.h"
#include "fhir/internal/fhirpath_type_names.h"

namespace renal::fhir::fhirpath {
namespace {

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

bool IsDateType(std::string_view type) {
  return type == "date" || type == "dateTime" || type == "instant" || type == "time";
}

bool IsQuantityType(std::string_view type) {
  return type == "Quantity" || type == "Age" || type == "Duration" || type == "SimpleQuantity" ||
         type == "Count" || type == "Distance";
}

// Text that is no date: of a String, or of a primitive that is one.
std::optional<std::string_view> PlainText(const Item& item) {
  if (const auto* text = std::get_if<std::string>(&item)) return *text;
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr || !node->json.is_string() || IsDateType(node->type)) return std::nullopt;
  return node->json.string();
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
      const std::optional<Decimal> number = Decimal::Parse(node.json.number_text());
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

template <class T>
bool Is(const Value& value) {
  return std::holds_alternative<T>(value);
}

bool IsNumber(const Value& value) { return Is<std::int64_t>(value) || Is<Decimal>(value); }
bool IsMeasure(const Value& value) {
  return IsNumber(value) || Is<Quantity>(value) || Is<Range>(value);
}

void WidenToDecimal(Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) value = Decimal(*integer);
}
void WidenToQuantity(Value& value) {
  WidenToDecimal(value);
  if (const auto* number = std::get_if<Decimal>(&value)) value = Quantity{*number, Unit()};
}
void WidenToRange(Value& value) {
  WidenToQuantity(value);
  if (const auto* point = std::get_if<Quantity>(&value)) {
    const Range::Bound bound{*point, true};
    value = Range{bound, bound};
  }
}

void ReadAsDate(Value& text, const DateTime& other) {
  const auto* view = std::get_if<std::string_view>(&text);
  if (view == nullptr) return;
  const auto date =
      other.kind == DateTime::Kind::kTime ? DateTime::ParseTime(*view) : DateTime::Parse(*view);
  if (date) text = *date;
}

void ReadAsQuantity(Value& value) {
  if (const auto* node = std::get_if<const Node*>(&value)) value = ReadQuantity(**node);
}

// Brings two values to one type where the language converts by itself.
void Align(Value& a, Value& b) {
  if (const auto* date = std::get_if<DateTime>(&a)) ReadAsDate(b, *date);
  if (const auto* date = std::get_if<DateTime>(&b)) ReadAsDate(a, *date);
  if (IsMeasure(b)) ReadAsQuantity(a);
  if (IsMeasure(a)) ReadAsQuantity(b);
  if (!IsMeasure(a) || !IsMeasure(b)) return;
  for (Value* value : {&a, &b}) {
    const Value& other = value == &a ? b : a;
    if (Is<Range>(other)) {
      WidenToRange(*value);
    } else if (Is<Quantity>(other)) {
      WidenToQuantity(*value);
    } else if (Is<Decimal>(other)) {
      WidenToDecimal(*value);
    }
  }
}

bool IsTime(const DateTime& value) { return value.kind == DateTime::Kind::kTime; }

// Orders two ends of intervals that are both there; nothing if the units do not fit.
std::optional<std::strong_ordering> CompareEnds(const Range::Bound& a, const Range::Bound& b) {
  return Compare(a.value, b.value);
}

struct EndOrder {
  bool known = true;   // false: units that do not fit
  bool below = false;  // every point of the first is below every point of the second
  bool touch = false;  // or at most equal to it, in one common point
};

EndOrder Below(const Range& a, const Range& b) {
  if (!a.high || !b.low) return {};
  const auto order = CompareEnds(*a.high, *b.low);
  if (!order) return {.known = false};
  const bool common = *order == 0 && a.high->closed && b.low->closed;
  return {.below = *order < 0 || (*order == 0 && !common), .touch = common};
}

bool IsPoint(const Range& range) {
  if (!range.low || !range.high || !range.low->closed || !range.high->closed) return false;
  const auto order = CompareEnds(*range.low, *range.high);
  return order && *order == 0;
}

Truth EqualRanges(const Range& a, const Range& b) {
  const EndOrder below = Below(a, b), above = Below(b, a);
  if (!below.known || !above.known) return Truth::kUnknown;
  if (below.below || above.below) return Truth::kFalse;
  return IsPoint(a) && IsPoint(b) ? Truth::kTrue : Truth::kUnknown;
}

// a < b for every pair of points, for none, or neither.
Truth LessRanges(const Range& a, const Range& b) {
  const EndOrder below = Below(a, b), above = Below(b, a);
  if (!below.known || !above.known) return Truth::kUnknown;
  if (below.below) return Truth::kTrue;
  return above.below || above.touch ? Truth::kFalse : Truth::kUnknown;
}

Truth Not(Truth truth) {
  if (truth == Truth::kTrue) return Truth::kFalse;
  return truth == Truth::kFalse ? Truth::kTrue : truth;
}

Truth RelateRanges(Relation relation, const Range& a, const Range& b) {
  switch (relation) {
    case Relation::kLess:
      return LessRanges(a, b);
    case Relation::kGreater:
      return LessRanges(b, a);
    case Relation::kLessOrEqual:
      return Not(LessRanges(b, a));
    case Relation::kGreaterOrEqual:
      return Not(LessRanges(a, b));
  }
  return Truth::kUnknown;
}

Truth Decide(Relation relation, std::optional<std::strong_ordering> order) {
  if (!order) return Truth::kUnknown;
  switch (relation) {
    case Relation::kLess:
      return TruthOf(*order < 0);
    case Relation::kLessOrEqual:
      return TruthOf(*order <= 0);
    case Relation::kGreater:
      return TruthOf(*order > 0);
    case Relation::kGreaterOrEqual:
      return TruthOf(*order >= 0);
  }
  return Truth::kUnknown;
}

Truth EqualDates(const DateTime& a, const DateTime& b) {
  if (IsTime(a) != IsTime(b)) return Truth::kFalse;
  const auto order = Compare(a, b);
  return order ? TruthOf(*order == 0) : Truth::kUnknown;
}

Truth EqualNodes(const Node& a, const Node& b) {
  if (SameJson(a.json, b.json)) return Truth::kTrue;
  if (!IsQuantityType(a.type) || !IsQuantityType(b.type)) return Truth::kFalse;
  Value x = ReadQuantity(a), y = ReadQuantity(b);
  WidenToRange(x);
  WidenToRange(y);
  if (!Is<Range>(x) || !Is<Range>(y)) return Truth::kUnknown;
  return EqualRanges(std::get<Range>(x), std::get<Range>(y));
}

bool EquivalentDecimals(const Decimal& a, const Decimal& b) {
  const int digits = std::min(a.scale(), b.scale());
  return a.Round(digits) == b.Round(digits);
}

bool EquivalentQuantities(const Quantity& a, const Quantity& b) {
  const auto order = Compare(a, b);
  return order && *order == 0;
}

bool EquivalentDates(const DateTime& a, const DateTime& b) {
  const auto seconds = [](Precision p) { return std::min(p, Precision::kSecond); };
  return seconds(a.precision) == seconds(b.precision) && EqualDates(a, b) == Truth::kTrue;
}

bool SameCoding(const Json& a, const Json& b) {
  return a["code"].is_string() && a["code"].string() == b["code"].string() &&
         a["system"].string() == b["system"].string();
}

bool AnyCodingIn(const Json& concept_json, const Json& coding) {
  for (const Json::Entry entry : concept_json["coding"]) {
    if (SameCoding(entry.value, coding)) return true;
  }
  return false;
}

bool IsConcept(const Json& json) { return json["coding"].is_array(); }
bool IsCoding(const Node& node) { return node.type == "Coding" || node.json["system"].is_string(); }

bool EquivalentNodes(const Node& a, const Node& b) {
  if (IsConcept(a.json) && IsConcept(b.json)) {
    for (const Json::Entry entry : a.json["coding"]) {
      if (AnyCodingIn(b.json, entry.value)) return true;
    }
    return SameJson(a.json, b.json);
  }
  if (IsConcept(a.json)) return AnyCodingIn(a.json, b.json);
  if (IsConcept(b.json)) return AnyCodingIn(b.json, a.json);
  if (EqualNodes(a, b) == Truth::kTrue) return true;
  return IsCoding(a) && IsCoding(b) && SameCoding(a.json, b.json);
}

Range WithComparator(const Quantity& value, std::string_view comparator) {
  const bool closed = comparator.size() == 2;
  const Range::Bound bound{value, closed};
  return comparator[0] == '<' ? Range{std::nullopt, bound} : Range{bound, std::nullopt};
}

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

Truth Equals(const Item& a, const Item& b) {
  // By far the most frequent: a code against one of a list.
  if (const auto text = PlainText(a)) {
    if (const auto other = PlainText(b)) return TruthOf(*text == *other);
  }
  Value x = Read(a), y = Read(b);
  Align(x, y);
  if (Is<std::monostate>(x) || Is<std::monostate>(y)) return Truth::kUnknown;
  if (x.index() != y.index()) return Truth::kFalse;
  struct Visitor {
    const Value& other;
    Truth operator()(std::monostate) const { return Truth::kUnknown; }
    Truth operator()(bool value) const { return TruthOf(value == std::get<bool>(other)); }
    Truth operator()(std::string_view text) const {
      return TruthOf(text == std::get<std::string_view>(other));
    }
    Truth operator()(std::int64_t value) const {
      return TruthOf(value == std::get<std::int64_t>(other));
    }
    Truth operator()(const Decimal& value) const {
      return TruthOf(value == std::get<Decimal>(other));
    }
    Truth operator()(const DateTime& value) const {
      return EqualDates(value, std::get<DateTime>(other));
    }
    Truth operator()(const Range& value) const {
      return EqualRanges(value, std::get<Range>(other));
    }
    Truth operator()(const Node* node) const {
      return EqualNodes(*node, *std::get<const Node*>(other));
    }
    Truth operator()(const Quantity& value) const {
      const auto order = Compare(value, std::get<Quantity>(other));
      return order ? TruthOf(*order == 0) : Truth::kUnknown;
    }
  };
  return std::visit(Visitor{y}, x);
}

bool Equivalent(const Item& a, const Item& b) {
  Value x = Read(a), y = Read(b);
  Align(x, y);
  if (x.index() != y.index()) return false;
  struct Visitor {
    const Value& other;
    bool operator()(std::monostate) const { return true; }
    bool operator()(bool value) const { return value == std::get<bool>(other); }
    bool operator()(std::string_view text) const {
      return Normalize(text) == Normalize(std::get<std::string_view>(other));
    }
    bool operator()(std::int64_t value) const { return value == std::get<std::int64_t>(other); }
    bool operator()(const Decimal& value) const {
      return EquivalentDecimals(value, std::get<Decimal>(other));
    }
    bool operator()(const DateTime& value) const {
      return EquivalentDates(value, std::get<DateTime>(other));
    }
    bool operator()(const Range& value) const {
      return EqualRanges(value, std::get<Range>(other)) == Truth::kTrue;
    }
    bool operator()(const Quantity& value) const {
      return EquivalentQuantities(value, std::get<Quantity>(other));
    }
    bool operator()(const Node* node) const {
      return EquivalentNodes(*node, *std::get<const Node*>(other));
    }
  };
  return std::visit(Visitor{y}, x);
}

Truth Relate(Relation relation, const Item& a, const Item& b) {
  Value x = Read(a), y = Read(b);
  ReadAsQuantity(x);
  ReadAsQuantity(y);
  Align(x, y);
  if (Is<std::monostate>(x) || Is<std::monostate>(y)) return Truth::kUnknown;
  if (x.index() != y.index()) return Truth::kError;
  struct Visitor {
    Relation relation;
    const Value& other;
    Truth operator()(std::monostate) const { return Truth::kUnknown; }
    Truth operator()(bool) const { return Truth::kError; }
    Truth operator()(const Node*) const { return Truth::kError; }
    Truth operator()(std::string_view text) const {
      return Decide(relation, text <=> std::get<std::string_view>(other));
    }
    Truth operator()(std::int64_t value) const {
      return Decide(relation, value <=> std::get<std::int64_t>(other));
    }
    Truth operator()(const Decimal& value) const {
      return Decide(relation, value <=> std::get<Decimal>(other));
    }
    Truth operator()(const Quantity& value) const {
      return Decide(relation, Compare(value, std::get<Quantity>(other)));
    }
    Truth operator()(const Range& value) const {
      return RelateRanges(relation, value, std::get<Range>(other));
    }
    Truth operator()(const DateTime& value) const {
      const auto& right = std::get<DateTime>(other);
      if (IsTime(value) != IsTime(right)) return Truth::kError;
      return Decide(relation, Compare(value, right));
    }
  };
  return std::visit(Visitor{relation, y}, x);
}

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

namespace {

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

std::uint64_t CostOf(const Item& item) {
  if (const auto* text = std::get_if<std::string>(&item)) return CostOfText(*text);
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr) return 0;
  return node->json.is_string() ? CostOfText(node->json.string()) : node->json.weight() / 16;
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

Value ReadQuantity(const Node& node) {
  const Json& json = node.json;
  const Json number = json["value"], code = json["code"], unit = json["unit"];
  const bool numeric = number.type() == JsonType::kInteger || number.type() == JsonType::kNumber;
  const bool measured = code.is_string() || unit.is_string();
  if (!numeric || (!measured && !IsQuantityType(node.type))) {
    return IsQuantityType(node.type) ? Value() : Value(&node);
  }
  const Json system = json["system"];
  const std::string_view unit_text = code.is_string() ? code.string() : unit.string();
  const auto value = Decimal::Parse(number.number_text());
  const auto known_unit = unit_text.empty() ? std::optional(Unit()) : Unit::Parse(unit_text);
  if (!value || !known_unit || (system && system.string() != kUcum)) return std::monostate();
  const Quantity quantity{*value, *known_unit};
  const std::string_view comparator = json["comparator"].string();
  if (comparator.empty()) return quantity;
  if (comparator == "<" || comparator == "<=" || comparator == ">" || comparator == ">=") {
    return WithComparator(quantity, comparator);
  }
  return std::monostate();
}

bool MatchesType(const TypeTest& test, const Item& item, bool exact) {
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr)
    return test.system != TypeTest::System::kNone && SystemOf(item) == test.system;
  const std::string_view type = TypeNameOf(item);
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
