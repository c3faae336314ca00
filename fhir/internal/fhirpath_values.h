#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "fhir/fhirpath_node.h"
#include "fhir/internal/fhirpath_program.h"

/// Items as values: implicit conversion from JSON, equality, order
/// (pathway-format 6.2, 6.3, 6.5, 6.6).
namespace renal::fhir::fhirpath {

/// An item read as a value, without copying text. std::monostate: there is an item, but no value (a
/// primitive that has only extensions, a quantity that cannot be understood): every comparison with
/// it is unknown. A Node is an object. Views and pointers live as long as the item.
using Value = std::variant<std::monostate, bool, std::string_view, std::int64_t, Decimal, DateTime,
                           Quantity, Range, const Node*>;

Value Read(const Item& item);

/// The same as an item again: a node becomes the System value it stands for; nothing if it has
/// none.
std::optional<Item> ToSystem(const Item& item);

std::optional<std::string_view> TextOf(const Item& item);  ///< a String, or a JSON string
std::optional<std::int64_t> IntegerOf(const Item& item);
std::optional<DateTime> DateTimeOf(const Item& item);  ///< a date, or text in the form of one
std::optional<Quantity> QuantityOf(const Item& item);  ///< numbers have the unit 1
std::optional<Decimal> DecimalOf(const Item& item);

/// An item as toString() writes it; nothing for objects and intervals.
std::optional<std::string> Describe(const Value& value);

/// `=` of two items: unknown by precision, by units, by an interval; never kError.
Truth Equals(const Item& a, const Item& b);
/// `~` of two items.
bool Equivalent(const Item& a, const Item& b);

enum class Relation : std::uint8_t { kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
/// Order of two items; kError if their types have no common order.
Truth Relate(Relation relation, const Item& a, const Item& b);

/// JSON values member by member; numbers by value, the order of members does not count.
bool SameJson(const Json& a, const Json& b);

/// Steps that reading or comparing an item costs besides the one that every item costs: long text,
/// large objects. Data of a request may be large, and a criterion may look at it many times.
std::uint64_t CostOf(const Item& item);
std::uint64_t CostOf(const Node& node);
std::uint64_t CostOf(Items items);
inline std::uint64_t CostOfText(std::string_view text) { return text.size() / 256; }

/// Equal items have equal keys; only a hint otherwise. For sets of many items.
std::size_t HashOf(const Item& item);

/// What a Quantity's JSON says: a Quantity, a Range where it has a comparator, monostate if it
/// cannot be understood (no UCUM unit), the node itself if it is no quantity.
Value ReadQuantity(const Node& node);

/// `is`; with `exact`, `as` and `ofType`, which take a primitive type without those derived from
/// it.
bool MatchesType(const TypeTest& test, const Item& item, bool exact);
bool MatchesType(const TypeTest& test, const Node& node, bool exact);

/// True if the node has a primitive JSON value.
bool HasPrimitiveValue(const Node& node);

}  // namespace renal::fhir::fhirpath
