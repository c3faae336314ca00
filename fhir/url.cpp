#include "fhir/url.h"

#include <algorithm>
#include <charconv>

#include "fhir/address.h"

namespace renal::fhir {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsUnreserved(char c) {
  return IsDigit(c) || IsLetter(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::uint16_t DefaultPort(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

/// Takes "http://" or "https://" (any case) off `text`.
std::optional<std::string> TakeScheme(std::string_view& text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos) return std::nullopt;
  std::string scheme(text.substr(0, end));
  std::ranges::transform(scheme, scheme.begin(), Lower);
  text.remove_prefix(end + 3);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  return scheme;
}

bool IsLabel(std::string_view label) {
  const auto allowed = [](char c) { return IsDigit(c) || IsLetter(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, allowed);
}

bool IsName(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  std::string_view last;
  for (std::string_view rest = host; !rest.empty();) {
    const std::size_t dot = std::min(rest.find('.'), rest.size());
    last = rest.substr(0, dot);
    if (!IsLabel(last)) return false;
    if (dot + 1 == rest.size()) return false;  // an empty label behind it
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  // Resolvers take names that end in a number for addresses in old spellings: "127.1",
  // "0x7f000001".
  const bool hex = last.size() >= 2 && last[0] == '0' && (last[1] == 'x' || last[1] == 'X');
  return !hex && !std::ranges::all_of(last, IsDigit);
}

bool ReadHost(std::string_view text, Url& url) {
  url.literal = true;
  if (text.starts_with('[')) {
    const auto address = IpAddress::Parse(text.substr(1, text.size() - 2));
    if (!text.ends_with(']') || !address || !address->v6) return false;
    url.host = address->ToString();
    return true;
  }
  if (text.ends_with('.')) text.remove_suffix(1);
  if (const auto address = IpAddress::Parse(text); address && !address->v6) {
    url.host = address->ToString();
    return true;
  }
  url.literal = false;
  url.host.assign(text);
  std::ranges::transform(url.host, url.host.begin(), Lower);
  return IsName(text);
}

bool ReadPort(std::string_view text, Url& url) {
  if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, IsDigit)) return false;
  unsigned port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  url.port = static_cast<std::uint16_t>(port);
  return port >= 1 && port <= 65'535;
}

bool ReadAuthority(std::string_view text, Url& url) {
  const std::size_t end_of_literal = text.rfind(']');
  const std::size_t colon =
      text.find(':', end_of_literal == std::string_view::npos ? 0 : end_of_literal);
  url.port = DefaultPort(url.scheme);
  if (colon != std::string_view::npos && !ReadPort(text.substr(colon + 1), url)) return false;
  return ReadHost(text.substr(0, colon), url);
}

bool HasWholeEscapes(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !IsHex(text[at + 1]) || !IsHex(text[at + 2])) return false;
  }
  return true;
}

/// The text of a segment with escapes of letters, digits and dots undone, as a server may read it.
bool IsDots(std::string_view segment) {
  std::string plain;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const bool dot = segment.substr(i, 3) == "%2e" || segment.substr(i, 3) == "%2E";
    plain += dot ? '.' : segment[i];
    if (dot) i += 2;
  }
  return plain == "." || plain == "..";
}

// An escaped slash is a slash to some servers and none to others.
bool ReadPath(std::string_view text, Url& url) {
  if (!HasWholeEscapes(text)) return false;
  if (text.ends_with('/')) text.remove_suffix(1);
  url.path.assign(text);
  for (std::string_view rest = text; !rest.empty();) {
    rest.remove_prefix(1);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, slash);
    if (segment.empty() || IsDots(segment)) return false;
    for (const std::string_view hidden : {"%2f", "%2F", "%5c", "%5C", "%00"}) {
      if (segment.find(hidden) != std::string_view::npos) return false;
    }
    rest.remove_prefix(slash);
  }
  return true;
}

bool HasOddCharacter(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return c <= 0x20 || c >= 0x7F || c == '\\' || c == '#'; });
}

}  // namespace

std::optional<Url> Url::Parse(std::string_view text, Query query, std::size_t max_bytes) {
  if (text.size() > max_bytes || HasOddCharacter(text)) return std::nullopt;
  Url url;
  const auto scheme = TakeScheme(text);
  if (!scheme) return std::nullopt;
  url.scheme = *scheme;
  const std::size_t question = text.find('?');
  if (question != std::string_view::npos) {
    url.query.assign(text.substr(question + 1));
    if (query == Query::kRefused || !HasWholeEscapes(url.query)) return std::nullopt;
    text = text.substr(0, question);
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  const bool good = ReadAuthority(text.substr(0, slash), url) && ReadPath(text.substr(slash), url);
  return good ? std::optional(std::move(url)) : std::nullopt;
}

std::string Url::Origin() const {
  const bool v6 = literal && host.find(':') != std::string::npos;
  return scheme + "://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Url::Authority() const {
  const bool v6 = literal && host.find(':') != std::string::npos;
  const std::string name = v6 ? "[" + host + "]" : host;
  return port == DefaultPort(scheme) ? name : name + ":" + std::to_string(port);
}

std::string Url::Target() const {
  const std::string target = path.empty() ? "/" : path;
  return query.empty() ? target : target + "?" + query;
}

std::string Url::ToString() const {
  return scheme + "://" + Authority() + path + (query.empty() ? "" : "?" + query);
}

bool Within(const Url& base, const Url& url) {
  if (base.scheme != url.scheme || base.host != url.host || base.port != url.port) return false;
  if (!url.path.starts_with(base.path)) return false;
  return url.path.size() == base.path.size() || url.path[base.path.size()] == '/';
}

std::string PercentEncoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace renal::fhir
