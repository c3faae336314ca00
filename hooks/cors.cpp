#include "hooks/cors.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace renal::hooks {
namespace {

constexpr std::string_view kMethods = "GET, POST, OPTIONS";
constexpr std::string_view kRequestFields = "Authorization, Content-Type, Accept, Accept-Language";
constexpr std::string_view kAnswerFields = "Content-Language, Retry-After, WWW-Authenticate";
constexpr std::string_view kPreflightAge = "600";  // seconds

/// The value of a field that came once; nothing where it came never or more often.
std::optional<std::string_view> Only(const HttpRequest& request, std::string_view name) {
  std::optional<std::string_view> only;
  for (const auto& [field, value] : request.headers) {
    if (field != name) continue;
    if (only) return std::nullopt;
    only = value;
  }
  return only;
}

bool IsHostByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool IsHost(std::string_view host) {
  if (host.starts_with('[')) {
    host.remove_prefix(1);
    if (!host.ends_with(']')) return false;
    host.remove_suffix(1);
    return !host.empty() && std::ranges::all_of(host, [](char c) {
      return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.';
    });
  }
  return !host.empty() && std::ranges::all_of(host, IsHostByte);
}

bool IsPort(std::string_view port, std::uint16_t own) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && !port.starts_with('0') &&
         number != own;
}

}  // namespace

void Cors::Apply(const HttpRequest& request, HttpReply& reply) const {
  if (origins_.empty()) return;
  reply.headers.emplace_back("Vary", "Origin");
  const auto origin = Only(request, "origin");
  if (!origin || std::ranges::find(origins_, *origin) == origins_.end()) return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", *origin);
  if (request.method != "OPTIONS" || !Only(request, "access-control-request-method")) {
    reply.headers.emplace_back("Access-Control-Expose-Headers", kAnswerFields);
    return;
  }
  // Of the request itself the page is to read what is wrong with it, also that there is no such
  // path.
  if (reply.status == 404) reply = {.status = 204, .headers = std::move(reply.headers)};
  reply.headers.emplace_back("Access-Control-Allow-Methods", kMethods);
  reply.headers.emplace_back("Access-Control-Allow-Headers", kRequestFields);
  reply.headers.emplace_back("Access-Control-Max-Age", kPreflightAge);
  // Browsers ask so before a public page may call a server on the user's own network.
  if (Only(request, "access-control-request-private-network") == "true") {
    reply.headers.emplace_back("Access-Control-Allow-Private-Network", "true");
  }
}

bool IsOrigin(std::string_view text) {
  const bool secure = text.starts_with("https://");
  if (!secure && !text.starts_with("http://")) return false;
  text.remove_prefix(secure ? 8 : 7);
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos && !IsPort(text.substr(colon + 1), secure ? 443 : 80)) {
    return false;
  }
  return IsHost(text.substr(0, colon));
}

}  // namespace renal::hooks
