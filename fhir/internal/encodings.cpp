#include "fhir/internal/encodings.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>
#include <variant>

#include <openssl/evp.h>

#include "fhir/internal/fhirpath_text.h"
#include "fhir/own_json.h"

namespace renal::fhir::internal {
namespace {

using Bytes = const unsigned char*;

bool IsBase64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

std::size_t PaddingOf(std::string_view text) {
  return text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
}

std::string Exchanged(std::string_view text, char from, char to, char also_from, char also_to) {
  std::string out(text);
  std::replace(out.begin(), out.end(), from, to);
  std::replace(out.begin(), out.end(), also_from, also_to);
  return out;
}

struct Entity {
  std::string_view name;
  char character;
};

constexpr Entity kEntities[] = {
    {"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},
    {"&quot;", '"'}, {"&#39;", '\''}, {"&apos;", '\''},
};

// "&#65;" or "&#x41;" at the front of `text`: the character, and how many bytes it takes.
std::optional<std::pair<char32_t, std::size_t>> NumberedEntity(std::string_view text) {
  if (!text.starts_with("&#")) return std::nullopt;
  const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const std::size_t begin = hex ? 3 : 2, end = text.find(';');
  if (end == std::string_view::npos || end <= begin || end - begin > 7) return std::nullopt;
  std::uint32_t code = 0;
  const auto [last, fault] =
      std::from_chars(text.data() + begin, text.data() + end, code, hex ? 16 : 10);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (fault != std::errc() || last != text.data() + end || code == 0 || code > 0x10FFFF ||
      surrogate) {
    return std::nullopt;
  }
  return std::pair{static_cast<char32_t>(code), end + 1};
}

}  // namespace

std::string ToBase64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a zero behind it
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<Bytes>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> FromBase64(std::string_view text) {
  const std::size_t padding = PaddingOf(text);
  const std::string_view digits = text.substr(0, text.size() - padding);
  if (text.size() % 4 != 0 || !std::all_of(digits.begin(), digits.end(), IsBase64)) {
    return std::nullopt;
  }
  std::string out(text.size() / 4 * 3, '\0');
  if (out.empty()) return out;
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<Bytes>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string ToUrlBase64(std::string_view bytes) {
  return Exchanged(ToBase64(bytes), '+', '-', '/', '_');
}

std::optional<std::string> FromUrlBase64(std::string_view text) {
  if (text.find_first_of("+/") != std::string_view::npos) return std::nullopt;
  return FromBase64(Exchanged(text, '-', '+', '_', '/'));
}

std::string ToHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::optional<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto [end, fault] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (fault != std::errc() || end != text.data() + i + 2) return std::nullopt;
    out += static_cast<char>(value);
  }
  return out;
}

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto* entity = std::find_if(std::begin(kEntities), std::end(kEntities),
                                      [c](const Entity& entry) { return entry.character == c; });
    if (entity == std::end(kEntities)) {
      out += c;
    } else {
      out += entity->name;
    }
  }
  return out;
}

std::string UnescapeHtml(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto* entity =
        std::find_if(std::begin(kEntities), std::end(kEntities),
                     [text](const Entity& entry) { return text.starts_with(entry.name); });
    if (entity != std::end(kEntities)) {
      out += entity->character;
      text.remove_prefix(entity->name.size());
    } else if (const auto numbered = NumberedEntity(text)) {
      fhirpath::AppendUtf8(numbered->first, out);
      text.remove_prefix(numbered->second);
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string EscapeJson(std::string_view text) {
  JsonWriter writer;
  const std::string quoted = writer.String(text).Take();
  return quoted.substr(1, quoted.size() - 2);
}

std::optional<std::string> UnescapeJson(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\';
    if (escape && i + 1 == text.size()) return std::nullopt;
    // What needs no escape here is left as it is.
    quoted += escape ? std::string(text.substr(i, 2)) : EscapeJson(text.substr(i, 1));
    i += escape ? 1 : 0;
  }
  const auto read = ReadOwnJson(quoted + "\"");
  const auto* value = std::get_if<OwnJson>(&read);
  if (value == nullptr || value->type != JsonType::kString) return std::nullopt;
  return value->text;
}

}  // namespace renal::fhir::internal
