#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "hooks/internal/http_framing.h"

/// The body of a request: its memory, and the chunked transfer coding (RFC 9112 section 7.1).
namespace renal::hooks::internal {

/// Bytes that all bodies of a server may hold together. Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t limit) : limit_(limit) {}

  bool Take(std::size_t bytes);  ///< false, and nothing taken, where the limit would be passed
  void Give(std::size_t bytes);  ///< gives back what was taken
  std::size_t used() const { return used_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

/// The memory of one body, always with kPadding readable bytes behind it for the JSON reader.
class BodyBuffer {
 public:
  static constexpr std::size_t kPadding = 64;

  /// `budget` must outlive the buffer.
  explicit BodyBuffer(BodyBudget& budget) : budget_(budget) {}
  ~BodyBuffer() { Clear(); }
  BodyBuffer(const BodyBuffer&) = delete;
  BodyBuffer& operator=(const BodyBuffer&) = delete;

  /// Makes room for `bytes` more; false where budget or memory refuses, and then nothing has
  /// changed.
  [[nodiscard]] bool MakeRoom(std::size_t bytes);
  /// Where the next bytes go; `room()` of them may be written, then told with Append().
  char* tail() { return data_ + size_; }
  std::size_t room() const { return capacity_ - size_; }
  void Append(std::size_t bytes) { size_ += bytes; }

  std::size_t size() const { return size_; }
  /// The body; the padding behind it is zero from here on until the next change.
  std::string_view Padded();
  /// Frees the memory.
  void Clear();

 private:
  BodyBudget& budget_;
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  // without the padding
};

/// Decodes a chunked body from bytes that arrive in any pieces, and refuses whatever is not exactly
/// the grammar. Extensions and trailers are checked and dropped.
class ChunkDecoder {
 public:
  enum class State { kReading, kDone, kRefused };
  struct Step {
    std::size_t read = 0;     ///< bytes taken
    std::size_t written = 0;  ///< bytes of the body among them
  };

  /// `limits` must outlive the decoder; more than `body_limit` bytes are refused with 413 as soon
  /// as a chunk announces them.
  ChunkDecoder(const HttpLimits& limits, std::size_t body_limit)
      : limits_(limits), body_limit_(body_limit) {}

  /// Decodes into `out`, which has room for as many bytes as come in and may be where they lie or
  /// before it. Takes none behind the end of the body.
  Step Push(std::string_view bytes, char* out);

  State state() const { return state_; }
  const Refusal& refusal() const { return *refusal_; }  ///< of kRefused

 private:
  enum class Expect { kSize, kExtension, kSizeEnd, kData, kDataEnd, kDataEndLf, kTrailer, kEndLf };

  void TakeFraming(char byte);
  void TakeSize(char byte);
  void TakeTrailer(char byte);
  void EndSizeLine();
  void EndTrailerLine();
  void CountLineByte();
  void Need(char byte, char expected, Expect next);
  void Refuse(const Refusal& why);

  const HttpLimits& limits_;
  const std::size_t body_limit_;
  State state_ = State::kReading;
  Expect expect_ = Expect::kSize;
  const Refusal* refusal_ = nullptr;
  std::uint64_t size_ = 0;  // of the chunk under way: what is left of it
  std::size_t digits_ = 0;  // of its size
  std::size_t line_ = 0;    // bytes of its size line
  std::size_t total_ = 0;   // bytes of all chunks announced so far
  std::size_t trailer_bytes_ = 0;
  std::size_t trailer_fields_ = 0;
  std::size_t trailer_line_ = 0;  // characters of the trailer line under way
  bool trailer_named_ = false;    // ... which has had its colon
};

}  // namespace renal::hooks::internal
