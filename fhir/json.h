#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "fhir/result.h"

namespace renal::fhir {

/// What a JSON value is. Numbers without fraction and exponent that fit a signed 64-bit integer are
/// integers; all others are numbers.
enum class JsonType : std::uint8_t {
  kAbsent,
  kNull,
  kBoolean,
  kInteger,
  kNumber,
  kString,
  kArray,
  kObject
};

/// Limits of JSON from outside (security.md section 4); a document beyond one is refused.
struct JsonLimits {
  std::size_t depth = 128;  ///< arrays and objects together; never more than 1,000
  std::size_t values = 1'000'000;
  std::size_t members = 10'000;  ///< of one object
  std::size_t number_characters = 1'024;
};

/// A parsed text as simdjson leaves it (its doc/tape.md), so that looking at a value takes no call.
struct JsonTape {
  /// One word a value, two for a number. Its upper byte says what it is ('{', '[', '"', 't', ...); the rest of an
  /// opening bracket's holds the index behind the closing one and how much is in it, that of a text its place.
  const std::uint64_t* words = nullptr;
  const char* texts = nullptr;  ///< of each its size in four bytes, then the text and a zero; readable a word beyond
  bool underscored = false;     ///< names may begin with an underscore

  char kind(std::size_t index) const { return static_cast<char>(words[index] >> 56); }
  std::uint64_t payload(std::size_t index) const { return words[index] & 0x00FF'FFFF'FFFF'FFFF; }
  std::string_view text(std::size_t index) const {
    const char* const place = texts + payload(index);
    std::uint32_t size = 0;
    std::memcpy(&size, place, sizeof size);
    return {place + sizeof size, size};
  }
  /// The index behind a bracket's closing one.
  std::size_t behind(std::size_t opening) const {
    return static_cast<std::uint32_t>(words[opening]);
  }
  /// The index of what follows a value.
  std::size_t next(std::size_t index) const {
    const char what = kind(index);
    if (what == '{' || what == '[') return behind(index);
    return index + (what == 'l' || what == 'd' || what == 'u' ? 2 : 1);
  }
};

/// A read-only view of one value in a JsonDocument: two words, copied freely, valid while the
/// document lives. Asking a value for what it is not gives an empty answer, never an error: any
/// node of foreign data may have any type.
class Json {
 public:
  Json() = default;  ///< absent

  JsonType type() const;
  bool absent() const { return tape_ == nullptr; }
  explicit operator bool() const { return !absent(); }
  bool is_object() const { return Is('{'); }
  bool is_array() const { return Is('['); }
  bool is_string() const { return Is('"'); }

  Json operator[](std::string_view name) const;  ///< member of an object; absent if there is none
  /// A member, and the one whose name has an underscore before it (id and extensions of a primitive), in one
  /// pass. Without `sibling` the latter is not looked for.
  struct Pair;
  Pair Find(std::string_view name, bool sibling) const;
  /// UTF-8 text of a string, else empty.
  std::string_view string() const {
    return is_string() ? tape_->text(index_) : std::string_view();
  }
  bool boolean() const { return Is('t'); }       ///< true only for JSON true
  std::int64_t integer() const;                  ///< of a kInteger, else 0
  /// Decimal text of a kInteger or kNumber: exact for up to 15 significant digits, in the shortest
  /// form that reads back equal (7.10 gives "7.1"). Empty for everything else. Plain notation from
  /// 1e-7 up to 1e18, else with an exponent, so that it reads back.
  std::string number_text() const;

  /// Members of an object, elements of an array, in document order:
  ///   for (Json::Entry entry : value) ... entry.name (empty in arrays), entry.value
  /// An empty range for everything else.
  struct Entry;
  class Iterator;
  Iterator begin() const;
  Iterator end() const;
  std::size_t size() const;  ///< number of members or elements, else 0; O(1) below 16 million

  /// The value as compact JSON text, members in document order, numbers as number_text().
  /// Iterative. Empty for an absent value.
  std::string ToString() const;
  /// Identity, not content: same place of the same document.
  friend bool operator==(const Json& a, const Json& b) {
    return a.tape_ == b.tape_ && a.index_ == b.index_;
  }
  std::size_t index() const {
    return index_;
  }  ///< unique within the document, ascending in document order
  /// How much there is to look at: about one for each value and name within, itself included; O(1).
  std::size_t weight() const { return absent() ? 0 : tape_->next(index_) - index_; }

 private:
  friend class JsonDocument;
  friend class Iterator;
  friend struct JsonAccess;
  Json(const JsonTape* tape, std::size_t index) : tape_(tape), index_(index) {}
  bool Is(char kind) const { return !absent() && tape_->kind(index_) == kind; }

  const JsonTape* tape_ = nullptr;
  std::size_t index_ = 0;
};

struct Json::Entry {
  std::string_view name;
  Json value;
};

struct Json::Pair {
  Json value;
  Json sibling;
};

class Json::Iterator {
 public:
  Entry operator*() const {
    if (!object_) return {{}, Json(tape_, index_)};
    return {tape_->text(index_), Json(tape_, index_ + 1)};
  }
  Iterator& operator++() {
    index_ = tape_->next(object_ ? index_ + 1 : index_);
    return *this;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

 private:
  friend class Json;
  Iterator(const JsonTape* tape, std::size_t index, bool object)
      : tape_(tape), index_(index), object_(object) {}
  const JsonTape* tape_;
  std::size_t index_;
  bool object_;  // index_ is that of a name, its value follows
};

/// A table instead of a switch: which type comes next is as good as random to the processor.
inline constexpr std::array<JsonType, 256> kJsonTypes = [] {
  std::array<JsonType, 256> types{};
  types.fill(JsonType::kNull);
  types['{'] = JsonType::kObject;
  types['['] = JsonType::kArray;
  types['"'] = JsonType::kString;
  types['l'] = JsonType::kInteger;
  types['u'] = JsonType::kNumber;  // from 2^63 on
  types['d'] = JsonType::kNumber;
  types['t'] = JsonType::kBoolean;
  types['f'] = JsonType::kBoolean;
  return types;
}();

inline JsonType Json::type() const {
  if (absent()) return JsonType::kAbsent;
  return kJsonTypes[static_cast<unsigned char>(tape_->kind(index_))];
}

inline Json::Iterator Json::begin() const {
  return {tape_, is_object() || is_array() ? index_ + 1 : 0, is_object()};
}

inline Json::Iterator Json::end() const {
  return {tape_, is_object() || is_array() ? tape_->behind(index_) - 1 : 0, is_object()};
}

/// Readable bytes that JsonDocument::ParsePadded needs behind the text; their content does not
/// matter.
inline constexpr std::size_t kJsonPadding = 64;

/// True if `text` is well-formed UTF-8 (no overlong forms, no surrogates).
bool IsUtf8(std::string_view text);

/// One parsed JSON text from outside, checked whole: UTF-8, RFC 8259, no duplicate members
/// (compared after unescaping), within the limits. The only door to simdjson.
class JsonDocument {
 public:
  /// Fails with kStructure (one constant sentence per kind of fault) or kTooCostly (a limit). Throws
  /// std::bad_alloc where there is no memory. Integers from 2^63 to 2^64-1 are numbers with their exact text; integers beyond 64
  /// bits and numbers beyond the range of a double are kStructure, as malformed numbers are. Does
  /// not keep `text`.
  static Result<JsonDocument> Parse(std::string_view text, const JsonLimits& limits = {});
  /// The same without copying `text`, which must have kJsonPadding readable bytes behind its end.
  static Result<JsonDocument> ParsePadded(std::string_view text, const JsonLimits& limits = {});
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  Json root() const;

 private:
  struct State;
  explicit JsonDocument(std::unique_ptr<State> state);
  static Result<JsonDocument> Read(std::string_view text, bool padded, const JsonLimits& limits);
  std::unique_ptr<State> state_;
};

}  // namespace renal::fhir
