#include "fhir/internal/fhirpath_text.h"

#include <cstdint>

namespace renal::fhir::fhirpath {
namespace {

std::size_t LengthOfCharacter(unsigned char lead) {
  return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Only two-byte characters have a case here: everything up to U+07FF.
char32_t DecodeTwo(std::string_view text) {
  return (static_cast<char32_t>(static_cast<unsigned char>(text[0]) & 0x1F) << 6) |
         (static_cast<unsigned char>(text[1]) & 0x3F);
}

char32_t Lower(char32_t c) {
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  if (c == 0x178) return 0xFF;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return (c & 1) ? c + 1 : c;
  if (c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x131 && c != 0x138) return c | 1;
  if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) return c + 32;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  return c;
}

char32_t Upper(char32_t c) {
  if (c >= U'a' && c <= U'z') return c - 32;
  if (c >= 0xE0 && c <= 0xFE && c != 0xF7) return c - 32;
  if (c == 0xFF) return 0x178;
  if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return (c & 1) ? c : c - 1;
  if (c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x131 && c != 0x138) return c & ~char32_t{1};
  if (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) return c - 32;
  if (c >= 0x430 && c <= 0x44F) return c - 32;
  if (c >= 0x450 && c <= 0x45F) return c - 80;
  return c;
}

template <class Map>
std::string MapCase(std::string_view text, Map map) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      out += static_cast<char>(map(lead));
      i += 1;
    } else if (lead >= 0xC2 && lead < 0xE0 && i + 1 < text.size() && Continues(text[i + 1])) {
      AppendUtf8(map(DecodeTwo(text.substr(i, 2))), out);
      i += 2;
    } else {
      out += text[i++];
    }
  }
  return out;
}

}  // namespace

void AppendUtf8(char32_t code, std::string& out) {
  const auto byte = [&out](char32_t value) { out += static_cast<char>(value); };
  const auto tail = [&byte, code](int shift) { byte(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    byte(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::size_t CountCharacters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    i += LengthOfCharacter(static_cast<unsigned char>(text[i]));
  }
  return count;
}

std::size_t OffsetOfCharacter(std::string_view text, std::size_t index) {
  std::size_t offset = 0;
  for (; index > 0 && offset < text.size(); --index) {
    offset += LengthOfCharacter(static_cast<unsigned char>(text[offset]));
  }
  return offset < text.size() ? offset : text.size();
}

std::string ToUpper(std::string_view text) { return MapCase(text, Upper); }
std::string ToLower(std::string_view text) { return MapCase(text, Lower); }

std::string Normalize(std::string_view text) {
  std::string out;
  bool blank = false;
  for (const char c : ToLower(text)) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      blank = !out.empty();
    } else {
      if (blank) out += ' ';
      blank = false;
      out += c;
    }
  }
  return out;
}

}  // namespace renal::fhir::fhirpath
