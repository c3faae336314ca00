#include "fhir/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "fhir/internal/json_access.h"

// Knowledge about simdjson's tape lives here and in JsonTape alone.

namespace renal::fhir {
namespace {

using simdjson::error_code;
using simdjson::dom::document;
using simdjson::internal::tape_ref;
using simdjson::internal::tape_type;

static_assert(kJsonPadding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kRootIndex = 1;  // index 0 holds the frame of the document
constexpr std::size_t kSaturatedCount = 0xFFFFFF;
constexpr std::size_t kKeptParserCapacity = std::size_t{1} << 20;

constexpr const char* kNoText = "The text is empty.";
constexpr const char* kByteOrderMark = "The text begins with a byte order mark.";
constexpr const char* kNotUtf8 = "The text is not valid UTF-8.";
constexpr const char* kBadString = "A string is malformed or not closed.";
constexpr const char* kBadNumber = "A number is malformed or out of range.";
constexpr const char* kNotJson = "The text is not one JSON value.";
constexpr const char* kDuplicate = "An object has two members of one name.";
constexpr const char* kTooDeep = "The JSON is nested too deeply.";
constexpr const char* kTooManyValues = "The JSON has too many values.";
constexpr const char* kTooManyMembers = "An object has too many members.";
constexpr const char* kLongNumber = "A number has too many characters.";
constexpr const char* kTooLarge = "The JSON is too large.";

tape_ref At(const void* doc, std::size_t index) {
  return tape_ref(static_cast<const document*>(doc), index);
}

bool IsContainer(tape_type type) {
  return type == tape_type::START_ARRAY || type == tape_type::START_OBJECT;
}

bool IsClosing(tape_type type) {
  return type == tape_type::END_ARRAY || type == tape_type::END_OBJECT;
}

bool IsNumber(tape_type type) {
  return type == tape_type::INT64 || type == tape_type::UINT64 || type == tape_type::DOUBLE;
}

Issue Refusal(const char* sentence) { return {IssueCode::kStructure, sentence, {}}; }
Issue Excess(const char* sentence) { return {IssueCode::kTooCostly, sentence, {}}; }

Issue IssueOf(error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return Refusal(kNoText);
    case simdjson::UTF8_ERROR:
      return Refusal(kNotUtf8);
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING:
      return Refusal(kBadString);
    case simdjson::NUMBER_ERROR:
      return Refusal(kBadNumber);
    case simdjson::DEPTH_ERROR:
      return Excess(kTooDeep);
    case simdjson::CAPACITY:
      return Excess(kTooLarge);
    case simdjson::MEMALLOC:
      throw std::bad_alloc();  // says nothing about the text
    default:
      return Refusal(kNotJson);
  }
}

// --- Numbers
// ---------------------------------------------------------------------------------------

bool IsNumberCharacter(char c) {
  return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

/// True if more than `limit` number characters follow each other around some byte of `text`. Every
/// such run covers a multiple of `limit`, so that only these places are looked at.
bool HasLongRun(std::string_view text, std::size_t limit) {
  const std::size_t stride = std::max<std::size_t>(limit, 1);
  for (std::size_t place = 0; place < text.size(); place += stride) {
    if (!IsNumberCharacter(text[place])) continue;
    std::size_t first = place;
    while (first > 0 && place - first <= limit && IsNumberCharacter(text[first - 1])) --first;
    std::size_t end = place + 1;
    while (end < text.size() && end - first <= limit && IsNumberCharacter(text[end])) ++end;
    if (end - first > limit) return true;
  }
  return false;
}

/// The same, outside strings; `text` is valid JSON.
bool HasLongNumber(std::string_view text, std::size_t limit) {
  if (!HasLongRun(text, limit)) return false;
  bool in_string = false;
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    in_string = c == '"';
    run = (c >= '0' && c <= '9') || (run > 0 && IsNumberCharacter(c)) || c == '-' ? run + 1 : 0;
    if (run > limit) return true;
  }
  return false;
}

template <class Number>
std::string Written(Number number) {
  std::array<char, 24> buffer;
  const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), end};
}

std::string Written(double number) {
  std::array<char, 40> buffer;
  const double size = std::abs(number);
  // Beyond 64 bits an integer is no number to the reader any more.
  const bool plain = size == 0 || (size >= 1e-7 && size < 1e18);
  const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto [end, fault] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                          number == 0 ? 0.0 : number, form);  // no "-0"
  return {buffer.data(), end};
}

template <class Number>
Number NumberAt(const JsonTape& tape, std::size_t index) {
  Number number;
  std::memcpy(&number, tape.words + index + 1, sizeof number);
  return number;
}

std::string NumberText(const JsonTape& tape, std::size_t index) {
  switch (tape.kind(index)) {
    case 'l':
      return Written(NumberAt<std::int64_t>(tape, index));
    case 'u':
      return Written(NumberAt<std::uint64_t>(tape, index));
    case 'd':
      return Written(NumberAt<double>(tape, index));
    default:
      return {};
  }
}

// --- Checks on the finished tape
// -------------------------------------------------------------------

constexpr std::size_t kPairwise = 64;

// One of 64 bits that equal names share, and different ones seldom.
std::uint64_t BitOf(std::string_view name) {
  if (name.empty()) return 1;
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(name[i]); };
  const std::size_t size = name.size();
  return std::uint64_t{1} << ((size * 5 + byte(0) * 3 + byte(size / 2) * 7 + byte(size - 1)) & 63);
}

/// Checks counts, depth and names of a whole document in one pass over its tape.
class TapeCheck {
 public:
  TapeCheck(const document& doc, const JsonLimits& limits) : doc_(doc), limits_(limits) {
    outer_.reserve(kOftenOpen);
  }

  /// The first fault, or nothing.
  std::optional<Issue> Run() {
    const char* fault = Walk();
    if (fault == nullptr && values_ > limits_.values) fault = kTooManyValues;
    if (fault == nullptr) return std::nullopt;
    return fault == kDuplicate ? Refusal(fault) : Excess(fault);
  }

  /// Whether a name begins with an underscore, after Run().
  bool underscored() const { return underscored_; }

 private:
  static constexpr std::size_t kOftenOpen = 32;

  /// An array or object of which the end has not come yet.
  struct Open {
    std::size_t first = 0;  // index of its first name, of an object
    std::size_t names = 0;
    std::uint64_t seen = 0;  // bits of its names
    bool object = false;
  };

  tape_type TypeAt(std::size_t index) const { return At(&doc_, index).tape_ref_type(); }

  /// A sentence, or null.
  const char* Walk() {
    const std::size_t end = At(&doc_, 0).matching_brace_index() - 1;
    Open here;
    for (std::size_t index = kRootIndex; index < end;) {
      tape_type type = TypeAt(index);
      if (IsClosing(type)) {
        if (HasDuplicateAmongMany(here)) return kDuplicate;
        here = outer_.back();
        outer_.pop_back();
        ++index;
        continue;
      }
      if (here.object) {
        if (const char* fault = EnterName(index, here)) return fault;
        type = TypeAt(++index);
      }
      ++values_;
      if (!IsContainer(type)) {
        index += IsNumber(type) ? 2 : 1;
        continue;
      }
      if (outer_.size() == limits_.depth) return kTooDeep;
      outer_.push_back(here);
      here = {.first = ++index, .object = type == tape_type::START_OBJECT};
    }
    return nullptr;
  }

  const char* EnterName(std::size_t index, Open& object) {
    if (object.names == limits_.members) return kTooManyMembers;
    const std::string_view name = At(&doc_, index).get_string_view();
    underscored_ = underscored_ || name.starts_with('_');
    if (++object.names > kPairwise) return nullptr;
    const std::uint64_t bit = BitOf(name);
    if ((object.seen & bit) != 0 && IsAmongNames(name, object, index)) return kDuplicate;
    object.seen |= bit;
    return nullptr;
  }

  /// Whether the name stands in the object before its place there.
  bool IsAmongNames(std::string_view name, const Open& object, std::size_t place) const {
    for (std::size_t at = object.first; at < place; at = At(&doc_, at + 1).after_element()) {
      if (SameName(At(&doc_, at).get_string_view(), name)) return true;
    }
    return false;
  }

  // Of an object with so many names that each with each before it would be too many pairs.
  bool HasDuplicateAmongMany(const Open& object) const {
    if (object.names <= kPairwise) return false;
    std::vector<std::string_view> names;
    names.reserve(object.names);
    for (std::size_t at = object.first; names.size() < object.names;
         at = At(&doc_, at + 1).after_element()) {
      names.push_back(At(&doc_, at).get_string_view());
    }
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
  }

  const document& doc_;
  const JsonLimits& limits_;
  std::vector<Open> outer_;
  std::size_t values_ = 0;
  bool underscored_ = false;
};

// --- Writing
// ---------------------------------------------------------------------------------------

void AppendEscaped(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendScalar(const JsonTape& tape, std::size_t index, std::string& out) {
  switch (tape.kind(index)) {
    case '"':
      AppendEscaped(tape.text(index), out);
      break;
    case 't':
      out += "true";
      break;
    case 'f':
      out += "false";
      break;
    case 'n':
      out += "null";
      break;
    default:
      out += NumberText(tape, index);
      break;
  }
}

/// Puts commas and colons between the tokens of one value.
class Punctuation {
 public:
  void Before(std::string& out) {
    if (open_.empty()) return;
    Level& level = open_.back();
    if (level.tokens > 0) out += level.object && level.tokens % 2 == 1 ? ':' : ',';
    ++level.tokens;
  }
  void Open(bool object) { open_.push_back({object, 0}); }
  void Close() { open_.pop_back(); }

 private:
  struct Level {
    bool object;
    std::size_t tokens;
  };
  std::vector<Level> open_;
};

}  // namespace

// --- Json
// ------------------------------------------------------------------------------------------

static_assert(static_cast<char>(tape_type::START_OBJECT) == '{' &&
              static_cast<char>(tape_type::START_ARRAY) == '[' &&
              static_cast<char>(tape_type::STRING) == '"' &&
              static_cast<char>(tape_type::INT64) == 'l' &&
              static_cast<char>(tape_type::UINT64) == 'u' &&
              static_cast<char>(tape_type::DOUBLE) == 'd' &&
              static_cast<char>(tape_type::TRUE_VALUE) == 't' &&
              static_cast<char>(tape_type::FALSE_VALUE) == 'f');

Json Json::operator[](std::string_view name) const {
  return is_object() ? MemberOf(*this, MemberName(name)) : Json();
}

Json::Pair Json::Find(std::string_view name, bool sibling) const {
  Pair found;
  if (!is_object()) return found;
  if (!sibling || !tape_->underscored) return {(*this)[name], {}};
  for (const Entry entry : *this) {
    if (SameName(entry.name, name)) {
      found.value = entry.value;
      if (found.sibling) break;
    } else if (entry.name.size() == name.size() + 1 && entry.name[0] == '_' &&
               entry.name.substr(1) == name) {
      found.sibling = entry.value;
      if (found.value) break;
    }
  }
  return found;
}

std::int64_t Json::integer() const {
  if (type() != JsonType::kInteger) return 0;
  return NumberAt<std::int64_t>(*tape_, index_);
}

std::string Json::number_text() const {
  return absent() ? std::string() : NumberText(*tape_, index_);
}

std::size_t Json::size() const {
  if (!is_object() && !is_array()) return 0;
  const std::size_t count = tape_->payload(index_) >> 32;
  if (count < kSaturatedCount) return count;
  std::size_t counted = 0;
  for (Iterator place = begin(); !(place == end()); ++place) ++counted;
  return counted;
}

std::string Json::ToString() const {
  std::string out;
  if (absent()) return out;
  Punctuation punctuation;
  const std::size_t end = tape_->next(index_);
  for (std::size_t index = index_; index < end;) {
    const char kind = tape_->kind(index);
    if (kind == ']' || kind == '}') {
      punctuation.Close();
      out += kind;
      ++index;
      continue;
    }
    punctuation.Before(out);
    if (kind == '{' || kind == '[') {
      punctuation.Open(kind == '{');
      out += kind;
      ++index;
    } else {
      AppendScalar(*tape_, index, out);
      index = tape_->next(index);
    }
  }
  return out;
}

// --- JsonDocument
// ----------------------------------------------------------------------------------

struct JsonDocument::State {
  document content;
  JsonTape tape;
};

JsonDocument::JsonDocument(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Json JsonDocument::root() const { return {&state_->tape, kRootIndex}; }

Result<JsonDocument> JsonDocument::Parse(std::string_view text, const JsonLimits& limits) {
  return Read(text, false, limits);
}

Result<JsonDocument> JsonDocument::ParsePadded(std::string_view text, const JsonLimits& limits) {
  return Read(text, true, limits);
}

Result<JsonDocument> JsonDocument::Read(std::string_view text, bool padded,
                                        const JsonLimits& limits) {
  thread_local simdjson::dom::parser parser;
  if (text.empty()) return Refusal(kNoText);
  if (text.starts_with("\xEF\xBB\xBF")) return Refusal(kByteOrderMark);

  auto state = std::make_unique<State>();
  const error_code error =
      parser.parse_into_document(state->content, text.data(), text.size(), !padded).error();
  // One large text must not hold its memory for as long as the thread lives; and where memory ran
  // out while the parser was made, the library leaves one that would write to nowhere.
  if (error == simdjson::MEMALLOC || parser.capacity() > kKeptParserCapacity) {
    parser = simdjson::dom::parser();
  }
  if (error != simdjson::SUCCESS) return IssueOf(error);
  if (HasLongNumber(text, limits.number_characters)) return Excess(kLongNumber);
  TapeCheck check(state->content, limits);
  if (auto issue = check.Run()) return *std::move(issue);
  state->tape = {.words = state->content.tape.get(),
                 .texts = reinterpret_cast<const char*>(state->content.string_buf.get()),
                 .underscored = check.underscored()};
  return JsonDocument(std::move(state));
}

bool IsUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace renal::fhir
