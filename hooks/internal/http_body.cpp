#include "hooks/internal/http_body.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace renal::hooks::internal {
namespace {

using fhir::IssueCode;

constexpr Refusal kBadChunk{400, IssueCode::kStructure, "A chunk of the body is not well-formed."};
constexpr Refusal kLongChunkLine{400, IssueCode::kStructure, "A chunk-size line is too long."};
constexpr Refusal kBadTrailer{400, IssueCode::kStructure, "A trailer field is not well-formed."};
constexpr Refusal kLongTrailers{431, IssueCode::kTooLong, "The trailers are too long."};
constexpr Refusal kLongBody{413, IssueCode::kTooLong, "The body is longer than this path allows."};

constexpr std::size_t kMostSizeDigits = 16;

bool IsText(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F); }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool BodyBudget::Take(std::size_t bytes) {
  std::size_t used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > limit_ || used > limit_ - bytes) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  return true;
}

void BodyBudget::Give(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

bool BodyBuffer::MakeRoom(std::size_t bytes) {
  if (bytes <= room()) return true;
  // Growing by half again keeps the copying linear where a body comes in many pieces.
  const std::size_t wanted = std::max(size_ + bytes, capacity_ + capacity_ / 2);
  const std::size_t more = wanted - capacity_;
  if (!budget_.Take(more)) return false;
  void* grown = std::realloc(data_, wanted + kPadding);
  if (grown == nullptr) {
    budget_.Give(more);
    return false;
  }
  data_ = static_cast<char*>(grown);
  capacity_ = wanted;
  return true;
}

std::string_view BodyBuffer::Padded() {
  static constexpr char kEmpty[kPadding] = {};
  if (data_ == nullptr) return kEmpty;  // no bytes, with the padding behind them
  std::memset(data_ + size_, 0, kPadding);
  return {data_, size_};
}

void BodyBuffer::Clear() {
  std::free(data_);
  budget_.Give(capacity_);
  data_ = nullptr;
  size_ = capacity_ = 0;
}

ChunkDecoder::Step ChunkDecoder::Push(std::string_view bytes, char* out) {
  Step step;
  while (step.read < bytes.size() && state_ == State::kReading) {
    if (expect_ != Expect::kData) {
      TakeFraming(bytes[step.read++]);
      continue;
    }
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(size_, bytes.size() - step.read));
    std::memmove(out + step.written, bytes.data() + step.read, size);
    step.read += size;
    step.written += size;
    size_ -= size;
    if (size_ == 0) expect_ = Expect::kDataEnd;
  }
  return step;
}

void ChunkDecoder::Refuse(const Refusal& why) {
  state_ = State::kRefused;
  refusal_ = &why;
}

void ChunkDecoder::Need(char byte, char expected, Expect next) {
  if (byte != expected) return Refuse(kBadChunk);
  expect_ = next;
}

void ChunkDecoder::CountLineByte() {
  if (++line_ > limits_.chunk_line_bytes) Refuse(kLongChunkLine);
}

void ChunkDecoder::TakeFraming(char byte) {
  switch (expect_) {
    case Expect::kSize:
      return TakeSize(byte);
    case Expect::kExtension:
      if (byte == '\r') {
        expect_ = Expect::kSizeEnd;
      } else if (!IsText(byte)) {
        Refuse(kBadChunk);
      } else {
        CountLineByte();
      }
      return;
    case Expect::kSizeEnd:
      if (byte != '\n') return Refuse(kBadChunk);
      return EndSizeLine();
    case Expect::kDataEnd:
      return Need(byte, '\r', Expect::kDataEndLf);
    case Expect::kDataEndLf:
      return Need(byte, '\n', Expect::kSize);
    case Expect::kTrailer:
      return TakeTrailer(byte);
    case Expect::kEndLf:
      if (byte != '\n') return Refuse(kBadTrailer);
      return EndTrailerLine();
    case Expect::kData:
      return;
  }
}

void ChunkDecoder::TakeSize(char byte) {
  const int digit = HexDigit(byte);
  if (digit >= 0 && digits_ < kMostSizeDigits) {
    ++digits_;
    size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
    return CountLineByte();
  }
  if (digits_ == 0 || (byte != ';' && byte != '\r')) return Refuse(kBadChunk);
  expect_ = byte == ';' ? Expect::kExtension : Expect::kSizeEnd;
}

void ChunkDecoder::EndSizeLine() {
  digits_ = line_ = 0;
  if (size_ == 0) {
    expect_ = Expect::kTrailer;
    return;
  }
  if (size_ > body_limit_ - total_) return Refuse(kLongBody);
  total_ += static_cast<std::size_t>(size_);
  expect_ = Expect::kData;
}

void ChunkDecoder::TakeTrailer(char byte) {
  if (byte == '\r') {
    expect_ = Expect::kEndLf;
    return;
  }
  if (++trailer_bytes_ > limits_.trailer_bytes) return Refuse(kLongTrailers);
  if (trailer_line_ == 0 && ++trailer_fields_ > limits_.trailer_fields)
    return Refuse(kLongTrailers);
  if (trailer_named_) {
    if (!IsText(byte)) return Refuse(kBadTrailer);
  } else if (byte == ':' && trailer_line_ > 0) {
    trailer_named_ = true;
  } else if (!IsTokenCharacter(byte)) {
    return Refuse(kBadTrailer);  // also an empty name, a folded line, a space before the colon
  }
  ++trailer_line_;
}

void ChunkDecoder::EndTrailerLine() {
  if (trailer_line_ == 0) {
    state_ = State::kDone;
    return;
  }
  if (!trailer_named_) return Refuse(kBadTrailer);
  trailer_line_ = 0;
  trailer_named_ = false;
  expect_ = Expect::kTrailer;
}

}  // namespace renal::hooks::internal
