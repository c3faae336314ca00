#include "pathways/html.h"

#include <cstdint>

#include "fhir/digest.h"
#include "pathways/internal/utf8.h"
#include "pathways/markdown.h"

namespace renal::pathways {
namespace {

std::uint32_t HexDigit(char c) {
  return static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

/// Base64 of the bytes that lower-case hexadecimal digits stand for, as a content security policy
/// wants a digest.
std::string Base64OfHex(std::string_view hex) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  // Three bytes are six hexadecimal and four base64 digits.
  for (std::size_t at = 0; at < hex.size(); at += 6) {
    const std::string_view group = hex.substr(at, 6);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 6; ++i)
      bits = bits << 4 | (i < group.size() ? HexDigit(group[i]) : 0);
    const std::size_t digits = group.size() / 2 + 1;
    for (std::size_t i = 0; i < 4; ++i) {
      out += i < digits ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

}  // namespace

std::string EscapeXml(std::string_view text) {
  const std::string line = CleanLine(text, text.size());
  // Cleaning trims, but a space at an end stands between two pieces of a line.
  std::string out(text.starts_with(' ') ? " " : "");
  std::string_view rest = line;
  while (!rest.empty()) {
    const char32_t code = NextCodePoint(rest);
    switch (code) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case 0xFFFE:
      case 0xFFFF:
        break;
      default:
        AppendCodePoint(code, out);
    }
  }
  if (text.ends_with(' ') && !out.ends_with(' ')) out += ' ';
  return out;
}

std::string PolicyHash(std::string_view text) {
  return "'sha256-" + Base64OfHex(fhir::Sha256Hex(text)) + "'";
}

}  // namespace renal::pathways
