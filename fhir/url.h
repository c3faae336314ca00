#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// URLs that we may call, read strictly: two readers of one URL must not see two servers.
namespace renal::fhir {

/// Longest URL of a server (security.md section 7).
inline constexpr std::size_t kMaxUrlBytes = 2'048;

/// Longest link of a next page: it repeats the query that it continues.
inline constexpr std::size_t kMaxLinkBytes = 8'192;

/// An absolute http or https URL, in its parts.
struct Url {
  std::string scheme;      ///< "http" or "https"
  std::string host;        ///< lower case, no final dot; an IPv6 address without its brackets
  bool literal = false;    ///< the host is an IP address
  std::uint16_t port = 0;  ///< 443 or 80 where none is written
  std::string path;        ///< as written, from its '/'; empty or without a final '/'
  std::string query;       ///< as written, after '?'; empty where there is none

  /// Whether a query may be there, and what it may be.
  enum class Query { kRefused, kAllowed };

  /// Nothing for what is no such URL, or could be taken for another: userinfo, a fragment, a query
  /// where none may be, a backslash, control or non-ASCII characters, '%' or an odd character in
  /// the host, an empty host, a port outside 1 to 65535, an IP address in any spelling but the
  /// usual one ("127.1", "0x7f.0.0.1", "2130706433"), a path with "." or ".." segments, an empty
  /// segment or a broken escape, more than `max_bytes`.
  static std::optional<Url> Parse(std::string_view text, Query query = Query::kRefused,
                                  std::size_t max_bytes = kMaxUrlBytes);

  /// "https://ehr.example:8443": what connections belong to. The port is always there.
  std::string Origin() const;
  /// What a Host header says: the name, and the port where it is not that of the scheme.
  std::string Authority() const;
  /// Path and query, at least "/".
  std::string Target() const;
  /// The whole, as Parse() reads it.
  std::string ToString() const;

  friend bool operator==(const Url&, const Url&) = default;
};

/// True if `url` is `base` or below it: same scheme, host and port, and a path that is equal or
/// goes on at a '/'. Parts are compared, never texts. A query of `url` does not matter.
bool Within(const Url& base, const Url& url);

/// `text` with every byte but letters, digits, '-', '.', '_' and '~' as %XX: stands for itself in
/// any part of a URL.
std::string PercentEncoded(std::string_view text);

}  // namespace renal::fhir
