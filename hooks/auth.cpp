#include "hooks/auth.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fhir/json.h"
#include "hooks/internal/auth_options.h"
#include "hooks/internal/claims.h"
#include "hooks/internal/jose_text.h"
#include "hooks/internal/jwks_cache.h"
#include "hooks/jwk.h"
#include "hooks/jws.h"

namespace renal::hooks {
namespace {

using fhir::Json;
using fhir::JsonDocument;
using internal::JwksCache;

/// The token of the one Authorization header; a reason if there is not exactly one of both.
std::variant<std::string_view, AuthReason> TokenOf(std::span<const std::string_view> headers) {
  constexpr std::string_view kScheme = "bearer";
  if (headers.empty()) return AuthReason::kNoHeader;
  if (headers.size() > 1) return AuthReason::kSeveralHeaders;
  const std::string_view value = headers.front();
  const bool bearer = value.size() > kScheme.size() && value[kScheme.size()] == ' ' &&
                      std::equal(kScheme.begin(), kScheme.end(), value.begin(),
                                 [](char lower, char c) { return (c | 0x20) == lower; });
  if (!bearer) return AuthReason::kScheme;
  const std::size_t begin = value.find_first_not_of(' ', kScheme.size());
  if (begin == std::string_view::npos) return AuthReason::kScheme;
  return value.substr(begin);
}

std::vector<JwksCache::Client> KeysOf(const std::vector<AuthClient>& clients) {
  std::vector<JwksCache::Client> out;
  for (const AuthClient& client : clients) {
    JwksCache::Client keys{.name = client.name, .urls = client.jwks_urls};
    if (!client.jwks.empty()) {
      keys.given = std::make_shared<const JwkSet>(*JwkSet::Read(client.jwks));
    }
    out.push_back(std::move(keys));
  }
  return out;
}

// What must hold of a service's id; discovery has none and is for all clients.
bool MayCall(const AuthClient& client, std::string_view service) {
  return service.empty() || client.services.empty() ||
         std::ranges::find(client.services, service) != client.services.end();
}

}  // namespace

/// A token on its way through the steps.
struct Authenticator::Attempt {
  Jws jws;
  std::optional<std::size_t> client;
  internal::Claims claims;
};

fhir::Result<std::unique_ptr<Authenticator>> Authenticator::Create(AuthOptions options,
                                                                   const Authenticator* before) {
  const std::vector<std::string> problems = internal::ProblemsOf(options);
  if (!problems.empty()) {
    std::string text = "authentication: ";
    for (const std::string& problem : problems) {
      text.append(&problem == &problems.front() ? "" : "\nauthentication: ").append(problem);
    }
    return fhir::Issue{fhir::IssueCode::kValue, std::move(text), {}};
  }
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  auto keys = std::make_unique<JwksCache>(KeysOf(options.clients), options.fetch, options.jwks,
                                          before == nullptr ? nullptr : before->keys_.get());
  return std::unique_ptr<Authenticator>(new Authenticator(std::move(options), std::move(keys)));
}

Authenticator::Authenticator(AuthOptions options, std::unique_ptr<JwksCache> keys)
    : options_(std::move(options)),
      keys_(std::move(keys)),
      replay_(options_.guard ? options_.guard : std::make_shared<ReplayGuard>(options_.replay)) {}

Authenticator::~Authenticator() = default;

void Authenticator::Retire() { keys_->Retire(); }

std::optional<std::size_t> Authenticator::ClientOf(std::string_view issuer) const {
  const auto found = std::ranges::find(options_.clients, issuer, &AuthClient::issuer);
  if (issuer.empty() || found == options_.clients.end()) return std::nullopt;
  return static_cast<std::size_t>(found - options_.clients.begin());
}

std::variant<AuthCaller, AuthRefusal> Authenticator::Authenticate(const AuthRequest& request) {
  Attempt attempt;
  if (const auto reason = Check(request, attempt)) return AuthRefusal{*reason, attempt.client};
  return AuthCaller{*attempt.client, std::move(attempt.claims.tenant)};
}

std::optional<std::size_t> Authenticator::Claimed(
    std::span<const std::string_view> authorization) const {
  const auto token = TokenOf(authorization);
  if (!std::holds_alternative<std::string_view>(token)) return std::nullopt;
  const auto jws = ReadJws(std::get<std::string_view>(token), options_.algorithms);
  if (!std::holds_alternative<Jws>(jws)) return std::nullopt;
  const auto payload = JsonDocument::Parse(std::get<Jws>(jws).payload, internal::kJoseLimits);
  return payload ? ClientOf(payload->root()["iss"].string()) : std::nullopt;
}

std::optional<AuthReason> Authenticator::Check(const AuthRequest& request, Attempt& attempt) {
  const auto token = TokenOf(request.authorization);
  if (const auto* reason = std::get_if<AuthReason>(&token)) return *reason;
  auto jws = ReadJws(std::get<std::string_view>(token), options_.algorithms);
  if (const auto* reason = std::get_if<AuthReason>(&jws)) return *reason;
  attempt.jws = std::get<Jws>(std::move(jws));

  const auto payload = JsonDocument::Parse(attempt.jws.payload, internal::kJoseLimits);
  if (!payload || !payload->root().is_object()) return AuthReason::kPayloadForm;
  attempt.client = ClientOf(payload->root()["iss"].string());
  if (!attempt.client) return AuthReason::kIssuer;
  const AuthClient& client = options_.clients[*attempt.client];
  if (const auto reason = CheckSignature(attempt)) return reason;

  const internal::ClaimRules rules{.skew = options_.skew,
                                   .lifetime = options_.lifetime,
                                   .base_url = options_.base_url,
                                   .audiences = client.audiences,
                                   .tenants = client.tenants};
  if (const auto reason = internal::CheckClaims(payload->root(), rules, request.paths, request.now,
                                                attempt.claims)) {
    return reason;
  }
  if (const auto reason = CheckReplay(request, attempt)) return reason;
  if (!MayCall(client, request.service)) return AuthReason::kServiceForbidden;
  return std::nullopt;
}

std::optional<AuthReason> Authenticator::CheckSignature(const Attempt& attempt) {
  const Jws& jws = attempt.jws;
  const AuthClient& client = options_.clients[*attempt.client];
  if (jws.jku && std::ranges::find(client.jwks_urls, *jws.jku) == client.jwks_urls.end()) {
    return AuthReason::kJku;
  }
  const auto key = keys_->Find(*attempt.client, jws.kid, jws.jku);
  if (const auto* reason = std::get_if<AuthReason>(&key)) return *reason;
  const Jwk& jwk = std::get<Jwk>(key);
  if (!jwk.Allows(jws.algorithm)) return AuthReason::kKeyUnfit;
  if (!jwk.Verify(jws.algorithm, jws.signed_text, jws.signature)) return AuthReason::kSignature;
  return std::nullopt;
}

std::optional<AuthReason> Authenticator::CheckReplay(const AuthRequest& request,
                                                     const Attempt& attempt) {
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(request.now.time_since_epoch()).count();
  const long double keep =
      std::ceil(attempt.claims.expires) + static_cast<long double>(options_.skew.count());
  const UsedToken token{.issuer = options_.clients[*attempt.client].issuer,
                        .jti = attempt.claims.jti,
                        .issued = static_cast<std::int64_t>(std::floor(attempt.claims.issued)),
                        .keep_until = static_cast<std::int64_t>(keep),
                        .exchange = std::string(request.exchange)};
  switch (replay_->Use(token, seconds)) {
    case ReplayVerdict::kFirst:
      return std::nullopt;
    case ReplayVerdict::kRepeated:
      return AuthReason::kReplay;
    case ReplayVerdict::kBeforeStart:
      return AuthReason::kBeforeStart;
    case ReplayVerdict::kFull:
    case ReplayVerdict::kAway:
      break;
  }
  return AuthReason::kReplayStore;
}

}  // namespace renal::hooks
