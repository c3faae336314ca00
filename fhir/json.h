#pragma once

#include <cstddef>
#include <cstdint>
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

/// A read-only view of one value in a JsonDocument: two words, copied freely, valid while the
/// document lives. Asking a value for what it is not gives an empty answer, never an error: any
/// node of foreign data may have any type.
class Json {
 public:
  Json() = default;  ///< absent

  JsonType type() const;
  bool absent() const { return document_ == nullptr; }
  explicit operator bool() const { return !absent(); }
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;

  Json operator[](std::string_view name) const;  ///< member of an object; absent if there is none
  /// A member, and the one whose name has an underscore before it (id and extensions of a primitive), in one
  /// pass. Without `sibling` the latter is not looked for.
  struct Pair;
  Pair Find(std::string_view name, bool sibling) const;
  std::string_view string() const;               ///< UTF-8 text of a string, else empty
  bool boolean() const;                          ///< true only for JSON true
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
    return a.document_ == b.document_ && a.index_ == b.index_;
  }
  std::size_t index() const {
    return index_;
  }  ///< unique within the document, ascending in document order
  /// How much there is to look at: about one for each value and name within, itself included; O(1).
  std::size_t weight() const;

 private:
  friend class JsonDocument;
  friend class Iterator;
  friend struct JsonAccess;
  Json(const void* document, std::size_t index) : document_(document), index_(index) {}
  const void* document_ = nullptr;
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
  Entry operator*() const;
  Iterator& operator++();
  friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }

 private:
  friend class Json;
  Iterator(const void* document, std::size_t index, bool object)
      : document_(document), index_(index), object_(object) {}
  const void* document_;
  std::size_t index_;
  bool object_;  // index_ is that of a name, its value follows
};

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
