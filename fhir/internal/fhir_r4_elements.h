#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// What FHIR R4 says about elements: names, types, choices, how many. Source: the
/// StructureDefinitions of http://hl7.org/fhir/R4, for the types that pathway-format 6.8 lists and
/// those they use.
namespace renal::fhir::r4 {

struct Type;

struct Element {
  std::string name;                ///< of a choice without "[x]"
  std::vector<const Type*> types;  ///< several only for a choice
  bool many = false;               ///< may repeat
  bool choice = false;             ///< the JSON name carries the type: valueQuantity
};

struct Type {
  std::string name;  ///< "Patient", "code", "Patient.contact"
  const Type* base = nullptr;
  bool primitive = false;
  bool resource = false;
  bool described = false;         ///< false: only the name is known, not the elements
  std::vector<Element> elements;  ///< with those of the base types

  const Element* Find(std::string_view element) const;
  bool IsA(const Type& other) const;  ///< the same or derived from it
};

/// The elements with one name, of all types.
class NamedElements {
 public:
  bool empty() const { return entries_.empty(); }
  /// That of the type whose name begins at `owner`; null if the type has none.
  const Element* Of(const char* owner) const {
    if (empty()) return nullptr;
    std::size_t at = HashOf(owner);
    for (; entries_[at].owner != nullptr; at = (at + 1) & (entries_.size() - 1)) {
      if (entries_[at].owner == owner) return entries_[at].element;
    }
    return nullptr;
  }

 private:
  friend class Table;
  struct Entry {
    const char* owner = nullptr;
    const Element* element = nullptr;
  };
  void Add(const char* owner, const Element& element);
  std::size_t HashOf(const char* owner) const {
    const auto address = reinterpret_cast<std::uintptr_t>(owner);
    return (address >> 3 ^ address >> 9) & (entries_.size() - 1);
  }

  // Each at its hash, or the next place that was free. A power of two, half of them free or more.
  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

/// The table of all types, built once. Names are views of static text, so that the address of a
/// name's first character identifies the type.
class Table {
 public:
  static const Table& Instance();

  const Type* Find(std::string_view name) const;  ///< null for a name that R4 does not have
  /// All elements of that name; empty if no described type has one.
  const NamedElements& Named(std::string_view element) const;
  /// The type that a choice's suffix names: "Quantity" for valueQuantity, "boolean" for
  /// deceasedBoolean.
  const Type* OfSuffix(std::string_view suffix) const;
  /// The choice element whose JSON name this is ("value" for "valueQuantity"); null if it is none.
  const Element* ChoiceOfJsonName(std::string_view json_name) const;
  const std::deque<Type>& types() const { return types_; }

 private:
  Table();
  Type& Add(std::string_view name, std::string_view base);
  friend class TableReader;

  std::deque<Type> types_;
  std::unordered_map<std::string_view, Type*> by_name_;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, const Type*, TextHash, std::equal_to<>> by_suffix_;
  std::unordered_map<std::string_view, NamedElements> by_element_;
  std::unordered_map<std::string, const Element*> by_json_name_;
};

/// The definitions as text; the grammar stands at its top.
extern const char kDefinitions[];

}  // namespace renal::fhir::r4
