#include "pathways/internal/utf8.h"

#include <cstddef>
#include <cstdint>

namespace renal::pathways {
namespace {

/// What a first byte announces: how many bytes follow, and the range of the second (Unicode table
/// 3-7).
struct Lead {
  std::size_t follow = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  bool valid = true;
};

Lead LeadOf(std::uint8_t byte) {
  if (byte < 0x80) return {};
  if (byte >= 0xC2 && byte <= 0xDF) return {.follow = 1};
  if (byte == 0xE0) return {.follow = 2, .low = 0xA0};
  if (byte == 0xED) return {.follow = 2, .high = 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {.follow = 2};
  if (byte == 0xF0) return {.follow = 3, .low = 0x90};
  if (byte >= 0xF1 && byte <= 0xF3) return {.follow = 3};
  if (byte == 0xF4) return {.follow = 3, .high = 0x8F};
  return {.valid = false};
}

char32_t LeadBits(std::uint8_t byte, std::size_t follow) {
  if (follow == 0) return byte;
  return static_cast<char32_t>(byte & (0x3F >> follow));
}

char Tail(char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); }

}  // namespace

char32_t NextCodePoint(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  text.remove_prefix(1);
  const Lead lead = LeadOf(first);
  if (!lead.valid) return kReplacement;
  char32_t code = LeadBits(first, lead.follow);
  for (std::size_t i = 0; i < lead.follow; ++i) {
    if (text.empty()) return kReplacement;
    const auto byte = static_cast<std::uint8_t>(text.front());
    if (byte < (i == 0 ? lead.low : 0x80) || byte > (i == 0 ? lead.high : 0xBF)) {
      return kReplacement;
    }
    code = code << 6 | (byte & 0x3F);
    text.remove_prefix(1);
  }
  return code;
}

void AppendCodePoint(char32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += Tail(code);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += Tail(code >> 6);
    out += Tail(code);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += Tail(code >> 12);
    out += Tail(code >> 6);
    out += Tail(code);
  }
}

}  // namespace renal::pathways
