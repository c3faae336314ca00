#include "fhir/own_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <new>
#include <optional>
#include <unordered_set>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "fhir/internal/json_text.h"

namespace renal::fhir {
namespace {

constexpr std::size_t kMaxText = std::size_t{4} << 20;
constexpr std::size_t kMaxDepth = 64;

// --- Reading
// ---------------------------------------------------------------------------------------

/// Turns ascending offsets into lines and columns.
class LineCounter {
 public:
  explicit LineCounter(std::string_view text) : text_(text) {}

  TextPosition At(std::size_t offset) {
    for (; next_ < offset && next_ < text_.size(); ++next_) {
      if (text_[next_] != '\n') continue;
      ++line_;
      line_start_ = next_ + 1;
    }
    return {line_, static_cast<int>(offset - line_start_) + 1};
  }

 private:
  std::string_view text_;
  std::size_t next_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
};

JsonType NumberType(std::string_view literal) {
  std::int64_t integer = 0;
  const auto [end, fault] =
      std::from_chars(literal.data(), literal.data() + literal.size(), integer);
  const bool whole = fault == std::errc() && end == literal.data() + literal.size();
  return whole ? JsonType::kInteger : JsonType::kNumber;
}

/// Memory for RapidJSON, which writes to what it is given without asking whether it was given any:
/// where there is none, this throws.
struct CheckedAllocator {
  [[maybe_unused]] static constexpr bool kNeedFree = true;
  static void* Malloc(std::size_t size) { return size == 0 ? nullptr : ::operator new(size); }
  static void* Realloc(void* old, std::size_t old_size, std::size_t size) {
    void* const made = Malloc(size);
    const std::size_t kept = std::min(old_size, size);
    if (old != nullptr && kept != 0) std::memcpy(made, old, kept);
    Free(old);
    return made;
  }
  static void Free(void* memory) { ::operator delete(memory); }
};

using Utf8 = rapidjson::UTF8<>;
using Buffer = rapidjson::GenericStringBuffer<Utf8, CheckedAllocator>;

/// Receives RapidJSON's events and builds the tree.
class TreeBuilder : public rapidjson::BaseReaderHandler<Utf8, TreeBuilder> {
 public:
  TreeBuilder(std::string_view text, const rapidjson::MemoryStream& stream)
      : text_(text), stream_(stream), lines_(text) {}

  bool Null() { return Scalar(OwnJson(JsonType::kNull)); }
  bool Bool(bool value) {
    OwnJson scalar(JsonType::kBoolean);
    scalar.boolean = value;
    return Scalar(std::move(scalar));
  }
  bool RawNumber(const char* literal, rapidjson::SizeType length, bool) {
    const std::string_view text(literal, length);
    return Scalar(OwnJson(NumberType(text), std::string(text)));
  }
  bool String(const char* value, rapidjson::SizeType length, bool) {
    if (!IsUtf8({value, length})) return RefuseSurrogate();
    return Scalar(OwnJson(JsonType::kString, std::string(value, length)));
  }
  bool Key(const char* name, rapidjson::SizeType length, bool);
  bool StartObject() { return Open(JsonType::kObject); }
  bool StartArray() { return Open(JsonType::kArray); }
  bool EndObject(rapidjson::SizeType) { return Close(); }
  bool EndArray(rapidjson::SizeType) { return Close(); }

  OwnJson TakeRoot() { return std::move(root_); }
  /// Why an event was refused, if one was.
  const std::optional<OwnJsonError>& refusal() const { return refusal_; }
  TextPosition PositionOf(std::size_t offset) { return lines_.At(offset); }

 private:
  struct Frame {
    OwnJson value;
    std::string name;  // of the member that is being read
    TextPosition name_at;
    std::unordered_set<std::string> names;
  };

  /// Place of the first character of the token that the event is about. Between the end of one
  /// token and the start of the next there is nothing but white space, commas and colons.
  TextPosition TokenStart() {
    token_ = std::min(text_.find_first_not_of(" \t\r\n,:", token_end_), text_.size());
    return lines_.At(token_);
  }
  bool Scalar(OwnJson value);
  bool Open(JsonType type);
  bool Close();
  void Attach(OwnJson value);
  bool Refuse(TextPosition at, const char* sentence) {
    refusal_ = {at, sentence};
    return false;
  }
  // RapidJSON checks the pair of a high surrogate, but takes a low one alone.
  bool RefuseSurrogate() {
    return Refuse(TokenStart(), "The string has an escape that is half of a surrogate pair.");
  }

  std::string_view text_;
  const rapidjson::MemoryStream& stream_;
  LineCounter lines_;
  std::size_t token_ = 0;
  std::size_t token_end_ = 0;
  std::vector<Frame> open_;
  OwnJson root_;
  std::optional<OwnJsonError> refusal_;
};

bool TreeBuilder::Scalar(OwnJson value) {
  value.at = TokenStart();
  token_end_ = stream_.Tell();
  Attach(std::move(value));
  return true;
}

bool TreeBuilder::Key(const char* name, rapidjson::SizeType length, bool) {
  if (!IsUtf8({name, length})) return RefuseSurrogate();
  Frame& object = open_.back();
  object.name.assign(name, length);
  object.name_at = TokenStart();
  token_end_ = stream_.Tell();
  if (object.names.insert(object.name).second) return true;
  return Refuse(object.name_at, "The object already has a member of this name.");
}

bool TreeBuilder::Open(JsonType type) {
  const TextPosition at = TokenStart();
  token_end_ = token_ + 1;  // RapidJSON may not have taken the brace yet
  if (open_.size() == kMaxDepth) return Refuse(at, "The JSON is nested more than 64 deep.");
  open_.push_back({.value = OwnJson(type)});
  open_.back().value.at = at;
  return true;
}

bool TreeBuilder::Close() {
  TokenStart();
  token_end_ = token_ + 1;
  OwnJson value = std::move(open_.back().value);
  open_.pop_back();
  Attach(std::move(value));
  return true;
}

void TreeBuilder::Attach(OwnJson value) {
  if (open_.empty()) {
    root_ = std::move(value);
    return;
  }
  Frame& parent = open_.back();
  if (parent.value.type == JsonType::kArray) {
    parent.value.items.push_back(std::move(value));
    return;
  }
  value.name_at = parent.name_at;
  parent.value.members.emplace_back(std::move(parent.name), std::move(value));
}

/// Faults of a whole text that RapidJSON does not see.
std::optional<OwnJsonError> CheckBytes(std::string_view text) {
  if (text.size() > kMaxText) return OwnJsonError{{}, "The file is larger than 4 MiB."};
  if (text.starts_with("\xEF\xBB\xBF")) {
    return OwnJsonError{{}, "The file begins with a byte order mark."};
  }
  // RapidJSON takes a NUL for the end of the text.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return OwnJsonError{LineCounter(text).At(nul), "The file has a NUL byte."};
  }
  return std::nullopt;
}

// --- Writing
// ---------------------------------------------------------------------------------------

std::string_view TakeDigits(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  return text.substr(0, end);
}

bool IsNumberLiteral(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::string_view whole = TakeDigits(text);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return false;
  text.remove_prefix(whole.size());
  if (text.starts_with('.')) {
    const std::string_view fraction = TakeDigits(text.substr(1));
    if (fraction.empty()) return false;
    text.remove_prefix(1 + fraction.size());
  }
  if (text.empty()) return true;
  if (text[0] != 'e' && text[0] != 'E') return false;
  text.remove_prefix(1);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && TakeDigits(text).size() == text.size();
}

using MemberList = std::vector<const std::pair<std::string, OwnJson>*>;

MemberList SortedMembers(const OwnJson& object) {
  MemberList sorted;
  sorted.reserve(object.members.size());
  for (const auto& member : object.members) sorted.push_back(&member);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return sorted;
}

void WriteScalar(const OwnJson& value, JsonWriter& out) {
  switch (value.type) {
    case JsonType::kBoolean:
      out.Boolean(value.boolean);
      break;
    case JsonType::kInteger:
    case JsonType::kNumber:
      out.Number(value.text);
      break;
    case JsonType::kString:
      out.String(value.text);
      break;
    default:
      out.Null();
      break;
  }
}

// Recursion is bounded: ReadOwnJson refuses deeper trees.
void WriteCanonical(const OwnJson& value, std::string_view without, JsonWriter& out) {
  if (value.type == JsonType::kArray) {
    out.BeginArray();
    for (const OwnJson& item : value.items) WriteCanonical(item, {}, out);
    out.EndArray();
  } else if (value.type == JsonType::kObject) {
    out.BeginObject();
    for (const auto* member : SortedMembers(value)) {
      if (!without.empty() && member->first == without) continue;
      WriteCanonical(member->second, {}, out.Key(member->first));
    }
    out.EndObject();
  } else {
    WriteScalar(value, out);
  }
}

void WriteScalar(const Json& value, JsonWriter& out) {
  switch (value.type()) {
    case JsonType::kBoolean:
      out.Boolean(value.boolean());
      break;
    case JsonType::kInteger:
    case JsonType::kNumber:
      out.Number(value.number_text());
      break;
    case JsonType::kString:
      out.String(value.string());
      break;
    default:
      out.Null();
      break;
  }
}

bool HasNothingEmpty(const OwnJson& value) {
  switch (value.type) {
    case JsonType::kAbsent:
    case JsonType::kNull:
      return false;
    case JsonType::kString:
      return !value.text.empty();
    case JsonType::kArray:
      return !value.items.empty() && std::ranges::all_of(value.items, HasNothingEmpty);
    case JsonType::kObject:
      return !value.members.empty() && std::ranges::all_of(value.members, [](const auto& member) {
        return HasNothingEmpty(member.second);
      });
    default:
      return true;
  }
}

/// What is left of one open array or object of a value that is being written.
struct OpenValue {
  Json::Iterator next;
  Json::Iterator end;
  bool object;
};

/// Begins an array or object and remembers it, or writes a scalar.
void WriteFront(const Json& value, std::vector<OpenValue>& open, JsonWriter& out) {
  const bool object = value.is_object();
  if (!object && !value.is_array()) return WriteScalar(value, out);
  object ? out.BeginObject() : out.BeginArray();
  open.push_back({value.begin(), value.end(), object});
}

}  // namespace

OwnJson::OwnJson() = default;
OwnJson::OwnJson(JsonType value_type, std::string value_text)
    : type(value_type), text(std::move(value_text)) {}

const OwnJson* OwnJson::Find(std::string_view name) const {
  for (const auto& [member_name, value] : members) {
    if (member_name == name) return &value;
  }
  return nullptr;
}

std::variant<OwnJson, OwnJsonError> ReadOwnJson(std::string_view text) {
  if (auto fault = CheckBytes(text)) return *std::move(fault);
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::MemoryStream stream(text.data(), text.size());
  TreeBuilder builder(text, stream);
  rapidjson::GenericReader<Utf8, Utf8, CheckedAllocator> reader;
  if (!reader.Parse<kFlags>(stream, builder)) {
    if (builder.refusal()) return *builder.refusal();
    // Not the builder's counter: an error may lie before the last event.
    return OwnJsonError{LineCounter(text).At(reader.GetErrorOffset()),
                        rapidjson::GetParseError_En(reader.GetParseErrorCode())};
  }
  return builder.TakeRoot();
}

std::string CanonicalText(const OwnJson& root, std::string_view without) {
  JsonWriter out;
  WriteCanonical(root, without, out);
  return out.Take();
}

namespace {

/// With ways in for bytes that can be copied as they are.
class ByteWriter : public rapidjson::Writer<Buffer, Utf8, Utf8, CheckedAllocator> {
 public:
  explicit ByteWriter(Buffer& buffer) : Writer(buffer) {}

  /// A string, or a name, without anything to escape.
  void Plain(std::string_view text) {
    Prefix(rapidjson::kStringType);
    char* const at = os_->Push(text.size() + 2);
    at[0] = '"';
    std::copy(text.begin(), text.end(), at + 1);
    at[text.size() + 1] = '"';
  }

  /// A whole value that is JSON.
  void Raw(std::string_view text, rapidjson::Type type) {
    Prefix(type);
    std::copy(text.begin(), text.end(), os_->Push(text.size()));
  }
};

}  // namespace

struct JsonWriter::State {
  Buffer buffer;
  ByteWriter writer{buffer};
  bool opened = false;     // the last that was written began an array or object
  bool has_empty = false;  // see WrittenJson

  void Clear() {
    buffer.Clear();
    writer.Reset(buffer);
    opened = has_empty = false;
  }

  void Put(bool empty) {
    opened = false;
    has_empty = has_empty || empty;
  }

  // Kept of writers that are gone, for those to come: a thread that writes one answer writes more
  // of them, and buffers that have grown need not grow again.
  class Spares {
   public:
    static Spares& OfThread() {
      thread_local Spares spares;
      return spares;
    }

    std::unique_ptr<State> Take() {
      return count_ == 0 ? std::make_unique<State>() : std::move(kept_[--count_]);
    }

    void Keep(std::unique_ptr<State> state) {
      constexpr std::size_t kLargest = std::size_t{64} << 10;
      if (state == nullptr || count_ == kept_.size()) return;
      if (state->buffer.stack_.GetCapacity() > kLargest) return;
      state->Clear();
      kept_[count_++] = std::move(state);
    }

   private:
    std::array<std::unique_ptr<State>, 4> kept_;
    std::size_t count_ = 0;
  };
};

JsonWriter::JsonWriter() : state_(State::Spares::OfThread().Take()) {}
JsonWriter::~JsonWriter() { State::Spares::OfThread().Keep(std::move(state_)); }
JsonWriter::JsonWriter(JsonWriter&&) noexcept = default;
JsonWriter& JsonWriter::operator=(JsonWriter&&) noexcept = default;

JsonWriter& JsonWriter::BeginObject() {
  state_->writer.StartObject();
  state_->opened = true;
  return *this;
}

JsonWriter& JsonWriter::EndObject() {
  state_->writer.EndObject();
  state_->Put(state_->opened);
  return *this;
}

JsonWriter& JsonWriter::BeginArray() {
  state_->writer.StartArray();
  state_->opened = true;
  return *this;
}

JsonWriter& JsonWriter::EndArray() {
  state_->writer.EndArray();
  state_->Put(state_->opened);
  return *this;
}

// To RapidJSON a name is a string in the place of a name.
JsonWriter& JsonWriter::Key(std::string_view name) { return Text(name); }

JsonWriter& JsonWriter::String(std::string_view value) {
  state_->Put(value.empty());
  return Text(value);
}

JsonWriter& JsonWriter::Text(std::string_view value) {
  if (internal::IsPlain(value)) {
    state_->writer.Plain(value);
    return *this;
  }
  if (!IsUtf8(value)) return Text(internal::Repaired(value));
  const char* data = value.empty() ? "" : value.data();
  state_->writer.String(data, static_cast<rapidjson::SizeType>(value.size()));
  return *this;
}

JsonWriter& JsonWriter::Integer(std::int64_t value) {
  state_->writer.Int64(value);
  state_->Put(false);
  return *this;
}

JsonWriter& JsonWriter::Number(std::string_view decimal_text) {
  if (!IsNumberLiteral(decimal_text)) return String(decimal_text);
  state_->writer.Raw(decimal_text, rapidjson::kNumberType);
  state_->Put(false);
  return *this;
}

JsonWriter& JsonWriter::Boolean(bool value) {
  state_->writer.Bool(value);
  state_->Put(false);
  return *this;
}

JsonWriter& JsonWriter::Null() {
  state_->writer.Null();
  state_->Put(true);
  return *this;
}

JsonWriter& JsonWriter::Value(const Json& value) {
  std::vector<OpenValue> open;
  WriteFront(value, open, *this);
  while (!open.empty()) {
    OpenValue& top = open.back();
    if (top.next == top.end) {
      top.object ? EndObject() : EndArray();
      open.pop_back();
      continue;
    }
    const Json::Entry entry = *top.next;
    ++top.next;
    if (top.object) Key(entry.name);
    WriteFront(entry.value, open, *this);
  }
  return *this;
}

JsonWriter& JsonWriter::Value(const OwnJson& value) {
  if (value.type == JsonType::kArray) {
    BeginArray();
    for (const OwnJson& item : value.items) Value(item);
    return EndArray();
  }
  if (value.type == JsonType::kObject) {
    BeginObject();
    for (const auto& [name, member] : value.members) Key(name).Value(member);
    return EndObject();
  }
  WriteScalar(value, *this);
  return *this;
}

JsonWriter& JsonWriter::Value(const WrittenJson& value) {
  if (value.absent()) return Null();
  state_->writer.Raw(value.text(), rapidjson::kObjectType);
  state_->Put(value.has_empty());
  return *this;
}

std::string_view JsonWriter::text() const {
  return {state_->buffer.GetString(), state_->buffer.GetSize()};
}

std::string JsonWriter::Take() {
  std::string out(text());
  state_->Clear();
  return out;
}

WrittenJson JsonWriter::TakeWritten() {
  WrittenJson written;
  written.has_empty_ = state_->has_empty;
  written.text_ = Take();
  return written;
}

WrittenJson::WrittenJson(std::string text) {
  const auto read = ReadOwnJson(text);
  const OwnJson* value = std::get_if<OwnJson>(&read);
  if (value == nullptr) return;
  has_empty_ = !HasNothingEmpty(*value);
  text_ = std::move(text);
}

}  // namespace renal::fhir
