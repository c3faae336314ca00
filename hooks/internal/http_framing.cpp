#include "hooks/internal/http_framing.h"

#include <algorithm>
#include <array>

#include <llhttp.h>

namespace renal::hooks::internal {
namespace {

using fhir::IssueCode;

constexpr Refusal kBadSyntax{400, IssueCode::kStructure, "The request is not well-formed HTTP."};
constexpr Refusal kBadLine{
    400, IssueCode::kStructure,
    "The head has a control character, or a line that does not end in CRLF."};
constexpr Refusal kBadRequestLine{400, IssueCode::kStructure,
                                  "The request line is not exactly method, target and version."};
constexpr Refusal kBadTarget{400, IssueCode::kStructure, "The request target is not acceptable."};
constexpr Refusal kBadField{400, IssueCode::kStructure, "A header field is not well-formed."};
constexpr Refusal kFolded{400, IssueCode::kStructure, "A header field is folded."};
constexpr Refusal kBadHost{400, IssueCode::kStructure,
                           "The request needs exactly one well-formed Host."};
constexpr Refusal kBadLength{400, IssueCode::kStructure,
                             "The length of the body is not stated once and clearly."};
constexpr Refusal kUnknownCoding{501, IssueCode::kNotSupported,
                                 "The only transfer coding is chunked."};
constexpr Refusal kOtherVersion{505, IssueCode::kNotSupported,
                                "The versions of HTTP are 1.0 and 1.1."};
constexpr Refusal kLongTarget{414, IssueCode::kTooLong, "The request target is too long."};
constexpr Refusal kLongHead{431, IssueCode::kTooLong, "The header section is too long."};
constexpr Refusal kManyFields{431, IssueCode::kTooLong, "The request has too many header fields."};

// What a request line may need besides its target: a method, two spaces, a version, CRLF.
constexpr std::size_t kLineBesidesTarget = 40;
constexpr std::size_t kMostLengthDigits = 19;  // always fits 64 bits
constexpr std::size_t kKeptCapacity = 2048;    // of the buffer, from one request to the next

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAlnum(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = Lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool IsHost(std::string_view host) {
  constexpr std::string_view kOthers = "-._~!$&'()*+,;=:[]%";
  return !host.empty() && std::all_of(host.begin(), host.end(), [&](char c) {
    return IsAlnum(c) || kOthers.find(c) != std::string_view::npos;
  });
}

// Tells a version that is not ours (505) from text that is no version (400). Looks at nothing
// behind the minor digit, at which llhttp stops, so that later bytes make no difference.
bool NamesOtherVersion(std::string_view line) {
  const std::size_t at = line.find(" HTTP/");
  if (at == std::string_view::npos || line.size() < at + 9) return false;
  const std::string_view version = line.substr(at + 6, 3);
  if (version == "1.0" || version == "1.1") return false;
  return IsDigit(version[0]) && version[1] == '.' && IsDigit(version[2]);
}

// The path and query of a target in absolute form; its authority is checked and then ignored.
std::optional<std::string_view> StripAuthority(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::string_view name = target.substr(0, scheme);
  if (!EqualsIgnoringCase(name, "http") && !EqualsIgnoringCase(name, "https")) return std::nullopt;
  const std::string_view rest = target.substr(scheme + 3);
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  if (!IsHost(rest.substr(0, end))) return std::nullopt;
  return rest.substr(end);
}

bool IsDotSegment(std::string_view segment) { return segment == "." || segment == ".."; }

bool HasDotSegment(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (IsDotSegment(path.substr(0, end))) return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

}  // namespace

struct HeadReader::Parser {
  llhttp_t machine{};
  const char* base = nullptr;  // start of the head's bytes during one execute
  Span target;
  std::vector<std::pair<Span, Span>> fields;
  bool field_open = false;  // the line under way has begun its field
  bool complete = false;

  Parser() { Reset(); }

  void Reset() {
    llhttp_init(&machine, HTTP_REQUEST, &Settings());
    machine.data = this;
    target = {};
    fields.clear();
    field_open = complete = false;
  }

  // A span comes in as many parts as the bytes do; they are always neighbours.
  void Extend(Span& span, const char* at, std::size_t size) const {
    if (span.size == 0) span.begin = static_cast<std::size_t>(at - base);
    span.size += size;
  }

  static Parser& Of(llhttp_t* machine) { return *static_cast<Parser*>(machine->data); }

  static int OnTarget(llhttp_t* machine, const char* at, std::size_t size) {
    Of(machine).Extend(Of(machine).target, at, size);
    return 0;
  }
  static int OnName(llhttp_t* machine, const char* at, std::size_t size) {
    Parser& self = Of(machine);
    if (!self.field_open) self.fields.emplace_back();
    self.field_open = true;
    self.Extend(self.fields.back().first, at, size);
    return 0;
  }
  static int OnValue(llhttp_t* machine, const char* at, std::size_t size) {
    Parser& self = Of(machine);
    if (self.fields.empty()) return -1;
    self.Extend(self.fields.back().second, at, size);
    return 0;
  }
  // Stops the machine here: what it would do next depends on upgrades and bodies, which are ours.
  static int OnComplete(llhttp_t* machine) {
    Of(machine).complete = true;
    return HPE_PAUSED;
  }

  static const llhttp_settings_t& Settings() {
    static const llhttp_settings_t kSettings = [] {
      llhttp_settings_t made;
      llhttp_settings_init(&made);
      made.on_url = OnTarget;
      made.on_header_field = OnName;
      made.on_header_value = OnValue;
      made.on_headers_complete = OnComplete;
      return made;
    }();
    return kSettings;
  }
};

HeadReader::HeadReader(const HttpLimits& limits)
    : limits_(limits), parser_(std::make_unique<Parser>()) {}

HeadReader::~HeadReader() = default;

void HeadReader::Reset() {
  parser_->Reset();
  bytes_.clear();
  if (bytes_.capacity() > kKeptCapacity) bytes_.shrink_to_fit();
  state_ = State::kReading;
  refusal_ = nullptr;
  auto fields = std::move(head_.fields);  // for its capacity
  fields.clear();
  head_ = {};
  head_.fields = std::move(fields);
  line_begin_ = line_size_ = field_bytes_ = field_count_ = 0;
  last_ = '\n';
  in_fields_ = skipped_empty_line_ = false;
}

void HeadReader::Refuse(const Refusal& why) {
  state_ = State::kRefused;
  refusal_ = &why;
}

std::string_view HeadReader::At(Span span) const {
  return std::string_view(bytes_).substr(span.begin, span.size);
}

// Bytes go to llhttp line by line and only up to the first one that a guard refuses, so that the
// earliest fault decides, however the bytes were cut.
std::size_t HeadReader::Push(std::string_view bytes) {
  std::size_t fed = 0;
  for (std::size_t i = 0; i < bytes.size() && state_ == State::kReading; ++i) {
    const Refusal* refusal = GuardByte(bytes[i]);
    if (refusal == nullptr && bytes[i] != '\n') continue;
    const std::size_t end = refusal != nullptr ? i : i + 1;
    Feed(bytes.substr(fed, end - fed));
    fed = end;
    if (state_ != State::kReading) break;
    if (refusal != nullptr) {
      Refuse(*refusal);
    } else {
      EndLine();
    }
  }
  if (state_ == State::kReading) {
    Feed(bytes.substr(fed));
    fed = bytes.size();
  }
  return fed;
}

const Refusal* HeadReader::GuardByte(char byte) {
  const bool line_start = last_ == '\n';
  const char before = std::exchange(last_, byte);
  if ((before == '\r') != (byte == '\n')) return &kBadLine;
  if (IsControl(byte) && byte != '\r' && byte != '\n' && !(byte == '\t' && in_fields_))
    return &kBadLine;
  if (!in_fields_) {
    if (++line_size_ > limits_.target_bytes + kLineBesidesTarget) return &kLongTarget;
    return static_cast<unsigned char>(byte) > 0x7E ? &kBadTarget : nullptr;
  }
  if (line_start && (byte == ' ' || byte == '\t')) return &kFolded;
  if (++field_bytes_ > limits_.header_bytes) return &kLongHead;
  if (line_start && byte != '\r' && ++field_count_ > limits_.header_fields) return &kManyFields;
  return nullptr;
}

void HeadReader::Feed(std::string_view piece) {
  if (piece.empty()) return;
  const std::size_t before = bytes_.size();
  bytes_.append(piece);
  parser_->base = bytes_.data();
  const llhttp_errno_t error =
      llhttp_execute(&parser_->machine, bytes_.data() + before, piece.size());
  if (error == HPE_OK || (error == HPE_PAUSED && parser_->complete)) return;
  const bool version =
      (error == HPE_INVALID_VERSION || error == HPE_PAUSED_H2_UPGRADE) && NamesOtherVersion(bytes_);
  Refuse(version ? kOtherVersion : kBadSyntax);
}

void HeadReader::EndLine() {
  const std::string_view line =
      std::string_view(bytes_).substr(line_begin_, bytes_.size() - line_begin_ - 2);
  const Refusal* refusal = nullptr;
  if (in_fields_ && line.empty()) return Finish();
  if (in_fields_) {
    refusal = GuardField(line);
  } else if (line.empty()) {
    // RFC 9112 section 2.2: one empty line may come before a request.
    if (std::exchange(skipped_empty_line_, true)) return Refuse(kBadRequestLine);
    bytes_.clear();
    line_size_ = 0;
    return;
  } else {
    refusal = GuardRequestLine(line);
    in_fields_ = true;
  }
  if (refusal != nullptr) return Refuse(*refusal);
  line_begin_ = bytes_.size();
  parser_->field_open = false;
}

// llhttp skips more spaces than the grammar has, so the line is put together again and compared.
const Refusal* HeadReader::GuardRequestLine(std::string_view line) {
  const llhttp_t& machine = parser_->machine;
  head_.method = llhttp_method_name(static_cast<llhttp_method_t>(machine.method));
  const std::string_view target = At(parser_->target);
  if (target.size() > limits_.target_bytes) return &kLongTarget;
  std::string exact(head_.method);
  exact.append(" ").append(target).append(" HTTP/");
  if (!line.starts_with(exact)) return &kBadRequestLine;
  if (machine.http_major != 1) return &kOtherVersion;
  exact.append(machine.http_minor == 1 ? "1.1" : "1.0");
  if (line != exact) return &kBadRequestLine;
  head_.http_1_1 = machine.http_minor == 1;
  return GuardTarget();
}

const Refusal* HeadReader::GuardTarget() {
  std::string_view target = At(parser_->target);
  if (target.find('#') != std::string_view::npos) return &kBadTarget;
  if (target == "*") return head_.method == "OPTIONS" ? nullptr : &kBadTarget;
  if (target.starts_with('/')) return nullptr;
  return StripAuthority(target) ? nullptr : &kBadTarget;
}

// Both readings of a field, llhttp's and that of the plain line, must be the same.
const Refusal* HeadReader::GuardField(std::string_view line) {
  if (!parser_->field_open) return &kBadField;
  const auto& [name_span, value_span] = parser_->fields.back();
  const std::string_view name = At(name_span);
  if (name.empty() || !std::all_of(name.begin(), name.end(), IsTokenCharacter)) return &kBadField;
  if (!line.starts_with(name) || line.substr(name.size(), 1) != ":") return &kBadField;
  const std::string_view value = TrimSpaces(line.substr(name.size() + 1));
  return value == TrimSpaces(At(value_span)) ? nullptr : &kBadField;
}

void HeadReader::Finish() {
  if (!parser_->complete) return Refuse(kBadSyntax);
  for (const auto& [name, value] : parser_->fields) {
    const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(name.begin);
    std::transform(begin, begin + static_cast<std::ptrdiff_t>(name.size), begin, Lower);
    head_.fields.emplace_back(At(name), TrimSpaces(At(value)));
  }
  const Refusal* refusal = GuardHost();
  if (refusal == nullptr) refusal = GuardLength();
  if (refusal != nullptr) return Refuse(*refusal);

  head_.keep_alive = llhttp_should_keep_alive(&parser_->machine) != 0;
  head_.target = At(parser_->target);
  std::string_view rest = head_.target;
  if (!rest.starts_with('/') && rest != "*") rest = *StripAuthority(rest);
  const std::size_t question = std::min(rest.find('?'), rest.size());
  head_.query = rest.substr(std::min(question + 1, rest.size()));
  head_.path = question == 0 ? std::string("/") : DecodePath(rest.substr(0, question));
  state_ = State::kDone;
}

const Refusal* HeadReader::GuardHost() const {
  const std::size_t count = CountFields(head_, "host");
  if (count == 0) return head_.http_1_1 ? &kBadHost : nullptr;
  return count == 1 && IsHost(*OnlyField(head_, "host")) ? nullptr : &kBadHost;
}

const Refusal* HeadReader::GuardLength() {
  const std::size_t lengths = CountFields(head_, "content-length");
  const std::size_t codings = CountFields(head_, "transfer-encoding");
  if (lengths + codings > 1) return &kBadLength;
  if (codings == 1) {
    if (!head_.http_1_1) return &kBadLength;
    if (!EqualsIgnoringCase(*OnlyField(head_, "transfer-encoding"), "chunked"))
      return &kUnknownCoding;
    head_.chunked = true;
  }
  if (lengths == 0) return nullptr;
  const std::string_view digits = *OnlyField(head_, "content-length");
  if (digits.empty() || digits.size() > kMostLengthDigits) return &kBadLength;
  if (!std::all_of(digits.begin(), digits.end(), IsDigit)) return &kBadLength;
  for (const char digit : digits) {
    head_.content_length = head_.content_length * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  return nullptr;
}

std::optional<std::string> DecodePath(std::string_view path) {
  std::string decoded;
  decoded.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    char c = path[i];
    if (c == '%') {
      const int high = i + 2 < path.size() ? HexValue(path[i + 1]) : -1;
      const int low = high >= 0 ? HexValue(path[i + 2]) : -1;
      if (low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      if (c == '/') return std::nullopt;
      i += 2;
    }
    if (IsControl(c) || c == '\\') return std::nullopt;
    decoded.push_back(c);
  }
  if (HasDotSegment(decoded)) return std::nullopt;
  if (decoded.size() > 1 && decoded.ends_with('/') && !decoded.ends_with("//")) decoded.pop_back();
  return decoded;
}

std::size_t CountFields(const RequestHead& head, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(head.fields.begin(), head.fields.end(),
                    [&](const auto& field) { return field.first == name; }));
}

std::optional<std::string_view> OnlyField(const RequestHead& head, std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& [field, value] : head.fields) {
    if (field != name) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

bool IsTokenCharacter(char character) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return IsAlnum(character) || kOthers.find(character) != std::string_view::npos;
}

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return Lower(a) == Lower(b); });
}

std::string_view TrimSpaces(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace renal::hooks::internal
