#include "hooks/internal/base64url.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include <openssl/evp.h>

namespace renal::hooks::internal {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kNone = 0xFF;

using Values = std::array<std::uint8_t, 256>;

constexpr Values ValuesOfCharacters() {
  Values values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr Values kValues = ValuesOfCharacters();

std::uint8_t ValueOf(char c) { return kValues[static_cast<unsigned char>(c)]; }

// The last of two characters has four bits too many for one byte, the last of three has two.
bool HasStrayBits(std::string_view text) {
  const std::size_t rest = text.size() % 4;
  if (rest == 0) return false;
  const std::uint8_t unused = rest == 2 ? 0x0F : 0x03;
  return (ValueOf(text.back()) & unused) != 0;
}

char InPlainAlphabet(char c) { return c == '-' ? '+' : c == '_' ? '/' : c; }

}  // namespace

std::optional<std::string> FromBase64Url(std::string_view text) {
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  std::string plain;
  plain.reserve(text.size() + 3);
  for (const char c : text) {
    if (ValueOf(c) == kNone) return std::nullopt;
    plain += InPlainAlphabet(c);
  }
  if (HasStrayBits(text)) return std::nullopt;
  const std::size_t padding = rest == 0 ? 0 : 4 - rest;
  plain.append(padding, 'A');  // OpenSSL counts padding as bytes, so zeros do as well
  std::string bytes(plain.size() / 4 * 3, '\0');
  if (bytes.empty()) return bytes;
  if (::EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(plain.data()),
                        static_cast<int>(plain.size())) < 0) {
    return std::nullopt;
  }
  bytes.resize(bytes.size() - padding);
  return bytes;
}

std::string ToBase64Url(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a zero behind it
  const int size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

}  // namespace renal::hooks::internal
