#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/result.h"
#include "hooks/http_server.h"

/// The head of a request, framed: the one door to llhttp, with the guards of security.md section 2.
namespace renal::hooks::internal {

/// Why a request is not served: an answer's status with a fixed sentence. Values of static storage.
struct Refusal {
  int status = 400;
  fhir::IssueCode code = fhir::IssueCode::kStructure;
  const char* text = "";

  fhir::Issue issue() const { return {code, text, {}}; }
};

/// A head that was framed well. The views point into the HeadReader that gave it.
struct RequestHead {
  std::string_view method;           ///< as sent; HEAD stays HEAD
  std::string_view target;           ///< as sent
  std::optional<std::string> path;   ///< decoded once, without one final slash; none: no route
  std::string_view query;            ///< after '?', as sent
  bool keep_alive = false;           ///< what the client wants
  bool http_1_1 = false;             ///< false: HTTP/1.0
  bool chunked = false;              ///< the body comes in chunks
  std::uint64_t content_length = 0;  ///< of a body that does not
  std::vector<std::pair<std::string_view, std::string_view>> fields;  ///< names in lower case

  /// Whether bytes of a body follow the head.
  bool has_body() const { return chunked || content_length > 0; }
};

/// Reads the head of one request after the other from bytes that arrive in any pieces: the result
/// does not depend on where they are cut.
class HeadReader {
 public:
  enum class State { kReading, kDone, kRefused };

  /// `limits` must outlive the reader.
  explicit HeadReader(const HttpLimits& limits);
  ~HeadReader();
  HeadReader(const HeadReader&) = delete;
  HeadReader& operator=(const HeadReader&) = delete;

  /// Takes bytes up to the end of the head and says how many. Takes none unless kReading.
  std::size_t Push(std::string_view bytes);

  State state() const { return state_; }
  /// Nothing has arrived but, at most, the one empty line that may stand before a request.
  bool empty() const { return bytes_.empty(); }
  /// The request line names HEAD: its answer has no body, also where the rest is refused.
  bool is_head() const { return std::string_view(bytes_).starts_with("HEAD "); }
  const RequestHead& head() const { return head_; }     ///< of kDone
  const Refusal& refusal() const { return *refusal_; }  ///< of kRefused

  /// Starts over with the next request of the connection; views given before are dead.
  void Reset();

 private:
  struct Parser;
  struct Span {
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  const Refusal* GuardByte(char byte);
  const Refusal* GuardRequestLine(std::string_view line);
  const Refusal* GuardTarget();
  const Refusal* GuardField(std::string_view line);
  const Refusal* GuardHost() const;
  const Refusal* GuardLength();
  void Feed(std::string_view piece);
  void EndLine();
  void Finish();
  void Refuse(const Refusal& why);
  std::string_view At(Span span) const;

  const HttpLimits& limits_;
  std::unique_ptr<Parser> parser_;
  std::string bytes_;
  State state_ = State::kReading;
  const Refusal* refusal_ = nullptr;
  RequestHead head_;
  std::size_t line_begin_ = 0;
  std::size_t line_size_ = 0;
  std::size_t field_bytes_ = 0;
  std::size_t field_count_ = 0;
  char last_ = '\n';
  bool in_fields_ = false;
  bool skipped_empty_line_ = false;
};

/// Decodes the path of a target exactly once. None for broken escapes, for %00 and other control
/// characters, for an encoded or plain backslash, an encoded slash, and for `.` and `..` segments.
/// One final slash is dropped, unless it follows another; other empty segments stay as they are.
std::optional<std::string> DecodePath(std::string_view path);

/// The one value of a field, or nothing where it is absent or sent more than once.
std::optional<std::string_view> OnlyField(const RequestHead& head, std::string_view name);

/// How often a field was sent.
std::size_t CountFields(const RequestHead& head, std::string_view name);

/// Whether a character may stand in a method or a field name (RFC 9110 section 5.6.2).
bool IsTokenCharacter(char character);

/// Compares ASCII text without regard to case.
bool EqualsIgnoringCase(std::string_view left, std::string_view right);

/// Without the spaces and tabs at both ends.
std::string_view TrimSpaces(std::string_view text);

}  // namespace renal::hooks::internal
