#include <algorithm>
#include <utility>

#include "fhir/internal/fhirpath_text.h"
#include "fhir/internal/fhirpath_values.h"
#include "fhir/internal/fhirpath_widen.h"

// Equality, equivalence and order of two items.
namespace renal::fhir::fhirpath {
namespace {

// Text that is no date: of a String, or of a primitive that is one.
std::optional<std::string_view> PlainText(const Item& item) {
  if (const auto* text = std::get_if<std::string>(&item)) return *text;
  const auto* node = std::get_if<Node>(&item);
  if (node == nullptr || !node->json.is_string() || IsDateType(node->type)) return std::nullopt;
  return node->json.string();
}

std::optional<Decimal> NumberIn(const Item& item) {
  if (const auto* number = std::get_if<Decimal>(&item)) return *number;
  const auto* integer = std::get_if<std::int64_t>(&item);
  return integer == nullptr ? std::nullopt : std::optional(Decimal(*integer));
}

// The order of two numbers, or of two quantities; nothing where the items are no such pair.
std::optional<std::optional<std::strong_ordering>> OrderOfAmounts(const Item& a, const Item& b) {
  const auto* left = std::get_if<Quantity>(&a);
  const auto* right = std::get_if<Quantity>(&b);
  if (left != nullptr && right != nullptr) return Compare(*left, *right);
  const auto x = NumberIn(a), y = NumberIn(b);
  if (!x || !y) return std::nullopt;
  return std::optional(*x <=> *y);
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

}  // namespace

Truth Equals(const Item& a, const Item& b) {
  // By far the most frequent: a code against one of a list.
  if (const auto text = PlainText(a)) {
    if (const auto other = PlainText(b)) return TruthOf(*text == *other);
  }
  if (const auto order = OrderOfAmounts(a, b)) {
    return *order ? TruthOf(**order == 0) : Truth::kUnknown;
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
  if (const auto order = OrderOfAmounts(a, b)) return Decide(relation, *order);
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

}  // namespace renal::fhir::fhirpath
