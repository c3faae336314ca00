#include "cards/uuid.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <stdexcept>

#include <sys/random.h>

namespace renal::cards {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr bool IsHyphenPlace(std::size_t place) {
  return place == 8 || place == 13 || place == 18 || place == 23;
}

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string Format(Bytes bytes, unsigned version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | version << 4);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);  // the variant of RFC 9562
  std::string text;
  text.reserve(36);
  for (const std::uint8_t byte : bytes) {
    if (IsHyphenPlace(text.size())) text += '-';
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 0x0F];
  }
  return text;
}

/// Random bytes of one thread, drawn for several UUIDs at once: each draw is a call of the system.
class RandomBytes {
 public:
  Bytes Next() {
    if (next_ == drawn_.size()) Draw();
    Bytes bytes;
    std::copy_n(drawn_.begin() + static_cast<std::ptrdiff_t>(next_), bytes.size(), bytes.begin());
    next_ += bytes.size();
    return bytes;
  }

 private:
  // Up to 256 bytes come whole or not at all; a signal may still interrupt the wait at boot.
  void Draw() {
    ssize_t got = 0;
    do {
      got = getrandom(drawn_.data(), drawn_.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got != static_cast<ssize_t>(drawn_.size())) throw std::runtime_error("no randomness");
    next_ = 0;
  }

  std::array<std::uint8_t, 16 * sizeof(Bytes)> drawn_{};
  std::size_t next_ = drawn_.size();
};

// Into the first six bytes, the highest first.
void PutTime(Bytes& bytes) {
  using std::chrono::duration_cast, std::chrono::milliseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  auto rest = static_cast<std::uint64_t>(duration_cast<milliseconds>(now).count());
  for (std::size_t i = 6; i-- > 0; rest >>= 8) bytes[i] = static_cast<std::uint8_t>(rest);
}

}  // namespace

std::string RandomUuidSource::Next() {
  thread_local RandomBytes random;
  Bytes bytes = random.Next();
  PutTime(bytes);
  return Format(bytes, 7);
}

std::string SeededUuidSource::Next() {
  Bytes bytes;
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t word = engine_();
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[half * 8 + i] = static_cast<std::uint8_t>(word >> (8 * i));
    }
  }
  return Format(bytes, 4);
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsHyphenPlace(i) ? text[i] != '-' : !IsHex(text[i])) return false;
  }
  return true;
}

}  // namespace renal::cards
