#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "hooks/internal/http_body.h"
#include "hooks/internal/http_framing.h"

/// Head and body readers put together as a connection uses them, for tests.
namespace renal::hooks::internal {

inline constexpr std::size_t kFramerBodyLimit = 64;

/// Limits that a test can reach with little.
inline HttpLimits SmallLimits() {
  HttpLimits limits;
  limits.target_bytes = 64;
  limits.header_bytes = 256;
  limits.header_fields = 5;
  limits.chunk_line_bytes = 16;
  limits.trailer_bytes = 32;
  limits.trailer_fields = 2;
  return limits;
}

/// Frames a whole connection, in pieces of `step` bytes, as a server would, and tells in one line
/// what it saw: "METHOD target [body]" a request, then nothing, "more" or the status of the
/// refusal.
class Framer {
 public:
  /// `look` is shown each head that was framed well, and may add to what is told.
  using Look = std::function<void(const RequestHead& head, std::string& seen)>;
  explicit Framer(Look look = {}) : look_(std::move(look)) {}

  std::string Frame(std::string_view bytes, std::size_t step) {
    for (std::size_t at = 0; at < bytes.size() && refusal_ == nullptr; at += step) {
      std::string_view piece = bytes.substr(at, step);
      while (!piece.empty() && refusal_ == nullptr) piece.remove_prefix(Take(piece));
    }
    if (refusal_ != nullptr) return seen_ + std::to_string(refusal_->status);
    return seen_ + (reader_.empty() ? "" : "more");
  }

 private:
  std::size_t Take(std::string_view piece) {
    if (reader_.state() == HeadReader::State::kReading) {
      const std::size_t taken = reader_.Push(piece);
      if (reader_.state() == HeadReader::State::kRefused) refusal_ = &reader_.refusal();
      if (reader_.state() == HeadReader::State::kDone && !reader_.head().has_body()) EndRequest();
      return taken;
    }
    return reader_.head().chunked ? TakeChunks(piece) : TakePlain(piece);
  }

  std::size_t TakePlain(std::string_view piece) {
    const std::size_t size =
        std::min<std::size_t>(piece.size(), reader_.head().content_length - body_.size());
    body_.append(piece.substr(0, size));
    if (body_.size() == reader_.head().content_length) EndRequest();
    return size;
  }

  std::size_t TakeChunks(std::string_view piece) {
    std::string out(piece);  // decodes in place, as the server does
    const ChunkDecoder::Step taken = chunks_.Push(out, out.data());
    body_.append(out, 0, taken.written);
    if (chunks_.state() == ChunkDecoder::State::kRefused) refusal_ = &chunks_.refusal();
    if (chunks_.state() == ChunkDecoder::State::kDone) EndRequest();
    return taken.read;
  }

  void EndRequest() {
    const RequestHead& head = reader_.head();
    seen_.append(head.method).append(" ").append(head.target);
    if (head.has_body()) seen_.append(" [" + body_ + "]");
    if (look_) look_(head, seen_);
    seen_.append("; ");
    body_.clear();
    std::destroy_at(&chunks_);
    std::construct_at(&chunks_, limits_, kFramerBodyLimit);
    reader_.Reset();
  }

  Look look_;
  HttpLimits limits_ = SmallLimits();
  HeadReader reader_{limits_};
  ChunkDecoder chunks_{limits_, kFramerBodyLimit};
  const Refusal* refusal_ = nullptr;
  std::string body_;
  std::string seen_;
};

}  // namespace renal::hooks::internal
