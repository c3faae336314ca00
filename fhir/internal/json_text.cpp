#include "fhir/internal/json_text.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace renal::fhir::internal {
namespace {

/// Eight times the same byte.
constexpr std::uint64_t Each(unsigned char byte) { return 0x0101010101010101U * byte; }

template <class Word>
std::uint64_t WordAt(const char* text) {
  Word word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

/// The highest bit of some byte is set where one of the bytes is no ASCII, or JSON escapes it. A
/// borrow can begin only at such a byte.
constexpr std::uint64_t NotPlain(std::uint64_t word) {
  const std::uint64_t quote = word ^ Each('"');
  const std::uint64_t backslash = word ^ Each('\\');
  return word | (word - Each(0x20)) | (quote - Each(1)) | (backslash - Each(1));
}

/// A word of the bytes of a text of one to seven, some of them twice.
std::uint64_t ShortWord(std::string_view text) {
  const char* const last = text.data() + text.size();
  if (text.size() >= 4) {
    return WordAt<std::uint32_t>(text.data()) | WordAt<std::uint32_t>(last - 4) << 32;
  }
  if (text.size() == 1) return Each(static_cast<unsigned char>(text[0]));
  const std::uint64_t end = WordAt<std::uint16_t>(last - 2);
  const std::uint64_t half = WordAt<std::uint16_t>(text.data()) | end << 16;
  return half | half << 32;
}

struct Utf8Lead {
  std::size_t length;   // of the whole sequence, 0 for a byte that begins none
  unsigned char first;  // bounds of the second byte
  unsigned char last;
};

// Source: The Unicode Standard, table 3-7.
Utf8Lead LeadOf(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

/// Bytes of the well-formed sequence, or of the broken beginning of one, at the front of `text`.
std::pair<std::size_t, bool> NextSequence(std::string_view text) {
  const Utf8Lead lead = LeadOf(static_cast<unsigned char>(text[0]));
  if (lead.length == 0) return {1, false};
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    const bool fits = i == 1 ? byte >= lead.first && byte <= lead.last : (byte & 0xC0U) == 0x80;
    if (!fits) return {i, false};
  }
  return {lead.length, true};
}

}  // namespace

bool IsPlain(std::string_view text) {
  if (text.empty()) return true;
  std::uint64_t found = 0;
  if (text.size() < 8) {
    found = NotPlain(ShortWord(text));
  } else {
    const char* const last = text.data() + text.size() - 8;
    for (const char* at = text.data(); at < last; at += 8) {
      found |= NotPlain(WordAt<std::uint64_t>(at));
    }
    found |= NotPlain(WordAt<std::uint64_t>(last));
  }
  return (found & Each(0x80)) == 0;
}

std::string Repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 8);
  while (!text.empty()) {
    const auto [length, good] = NextSequence(text);
    out += good ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace renal::fhir::internal
