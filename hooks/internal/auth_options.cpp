#include "hooks/internal/auth_options.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "hooks/jwk.h"

namespace renal::hooks::internal {
namespace {

using std::chrono::seconds;
using Problems = std::vector<std::string>;

constexpr seconds kMostSkew{300};
constexpr seconds kMostLifetime{86'400};

bool IsHttpUrl(std::string_view text) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme) && text.size() > scheme.size()) return true;
  }
  return false;
}

void CheckUrls(const AuthClient& client, const std::string& who, Problems& out) {
  std::set<std::string_view> seen;
  for (const std::string& url : client.jwks_urls) {
    if (!IsHttpUrl(url)) out.push_back(who + "a JWKS URL must begin with https://");
    if (!seen.insert(url).second) out.push_back(who + "a JWKS URL is named twice");
  }
}

void CheckGivenKeys(const AuthClient& client, const std::string& who, Problems& out) {
  if (client.jwks.empty()) {
    if (client.jwks_urls.empty()) {
      out.push_back(who + "it has no keys: give JWKS URLs or a JWK Set");
    }
    return;
  }
  const auto keys = JwkSet::Read(client.jwks);
  if (!keys) out.push_back(who + "its JWK Set: " + keys.error().diagnostics);
}

void CheckClient(const AuthClient& client, Problems& out) {
  const std::string who = "client '" + client.name + "': ";
  if (client.name.empty()) out.push_back("a client has no name");
  if (client.issuer.empty()) out.push_back(who + "it has no issuer");
  CheckUrls(client, who, out);
  CheckGivenKeys(client, who, out);
  for (const auto* texts : {&client.audiences, &client.tenants, &client.services}) {
    if (std::ranges::find(*texts, std::string()) != texts->end()) {
      out.push_back(who + "audiences, tenants and services must not be empty texts");
    }
  }
}

void CheckDistinct(const std::vector<AuthClient>& clients, Problems& out) {
  std::set<std::string_view> names, issuers;
  for (const AuthClient& client : clients) {
    if (!names.insert(client.name).second) {
      out.push_back("client '" + client.name + "': the name is used twice");
    }
    if (!issuers.insert(client.issuer).second) {
      out.push_back("client '" + client.name + "': another client has the same issuer");
    }
  }
}

}  // namespace

std::vector<std::string> ProblemsOf(const AuthOptions& options) {
  Problems out;
  if (options.clients.empty()) out.emplace_back("there is no client that could be authenticated");
  if (!IsHttpUrl(options.base_url))
    out.emplace_back("the public base URL must be given, as https://…");
  if (options.algorithms.empty()) out.emplace_back("no signature algorithm is allowed");
  if (options.skew < seconds(0) || options.skew > kMostSkew) {
    out.emplace_back("the skew of clocks must be 0 to 300 s");
  }
  if (options.lifetime < seconds(1) || options.lifetime > kMostLifetime) {
    out.emplace_back("the lifetime of tokens must be 1 to 86,400 s");
  }
  if (options.jwks.cooldown < JwksSettings::kLeastCooldown) {
    out.emplace_back("the cooldown of JWKS fetches must not be under 5 s");
  }
  for (const AuthClient& client : options.clients) CheckClient(client, out);
  CheckDistinct(options.clients, out);
  const bool fetches = std::ranges::any_of(
      options.clients, [](const AuthClient& client) { return !client.jwks_urls.empty(); });
  if (fetches && !options.fetch)
    out.emplace_back("JWKS URLs are configured, and nothing fetches them");
  return out;
}

}  // namespace renal::hooks::internal
