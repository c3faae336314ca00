#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/json.h"

/// JSON of our own: pathways, value sets, catalogues, cases. Read with positions, so that a defect
/// names its line and column; written compactly. The only door to RapidJSON.
namespace renal::fhir {

/// Place of a value in a file, from 1; columns count bytes.
struct TextPosition {
  int line = 1;
  int column = 1;
};

/// One value of a file of ours, with its place. Built whole by ReadOwnJson; the tree owns its text.
struct OwnJson {
  OwnJson();  ///< absent; not inline, since only outside of it a pair of this type is whole
  explicit OwnJson(JsonType value_type, std::string value_text = {});

  JsonType type = JsonType::kAbsent;
  std::string text;  ///< of a string: its value; of a number: its literal text
  bool boolean = false;
  std::vector<std::pair<std::string, OwnJson>> members;  ///< of an object, in file order
  std::vector<OwnJson> items;                            ///< of an array
  TextPosition at;                                       ///< of the first character of the value
  TextPosition name_at;  ///< of the member's name, where it is a member

  /// The member of that name of an object.
  const OwnJson* Find(std::string_view name) const;  ///< null if there is no such member
};

/// Why a file of ours is no JSON: the place, and a sentence for its author.
struct OwnJsonError {
  TextPosition at;
  std::string message;
};

/// Reads one JSON text: iterative, at most 4 MiB and a depth of 64 (arrays and objects together),
/// duplicate members refused. Strict RFC 8259 in valid UTF-8 without a byte order mark.
std::variant<OwnJson, OwnJsonError> ReadOwnJson(std::string_view text);

/// Canonical form: members sorted by name (bytes), no white space, numbers as they were written;
/// member `without` of the root left out. For hashes (pathway-format 14.4).
std::string CanonicalText(const OwnJson& root, std::string_view without = {});

/// One whole JSON value as text, known to be JSON: nobody needs to read it again to pass it on.
class WrittenJson {
 public:
  WrittenJson() = default;  ///< absent
  /// A text from elsewhere, which is read for this: absent if ReadOwnJson() refuses it.
  explicit WrittenJson(std::string text);

  bool absent() const { return text_.empty(); }
  const std::string& text() const { return text_; }
  /// True if somewhere in it there is a null, or a string, array or object with nothing in it.
  bool has_empty() const { return has_empty_; }

 private:
  friend class JsonWriter;
  std::string text_;
  bool has_empty_ = false;
};

/// Writes JSON text into one growing buffer. Output is valid UTF-8 whatever strings come in: broken
/// sequences become U+FFFD. Calls must nest properly; a misuse ends the program in debug builds.
class JsonWriter {
 public:
  JsonWriter();
  ~JsonWriter();
  JsonWriter(JsonWriter&&) noexcept;
  JsonWriter& operator=(JsonWriter&&) noexcept;

  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view name);
  JsonWriter& String(std::string_view value);
  JsonWriter& Integer(std::int64_t value);
  /// A JSON number literal, written as it is; any other text is written as a string.
  JsonWriter& Number(std::string_view decimal_text);
  JsonWriter& Boolean(bool value);
  JsonWriter& Null();
  JsonWriter& Value(const Json& value);         ///< a whole value from outside; null if absent
  JsonWriter& Value(const OwnJson& value);      ///< a whole value of ours; null if absent
  JsonWriter& Value(const WrittenJson& value);  ///< a whole value as it is; null if absent

  /// Key and String in one.
  JsonWriter& Member(std::string_view name, std::string_view value) {
    return Key(name).String(value);
  }

  std::string_view text() const;  ///< what was written so far
  std::string Take();             ///< the text; the writer is empty afterwards
  WrittenJson TakeWritten();      ///< as Take(), once one whole value was written

 private:
  JsonWriter& Text(std::string_view value);  // a string, or a name

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace renal::fhir
