#include "hooks/internal/claims.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>

#include "hooks/internal/jose_text.h"

namespace renal::hooks::internal {
namespace {

using fhir::Json;
using fhir::JsonType;

/// A NumericDate of RFC 7519; nothing for anything but a finite number. Integers of 64 bits are
/// exact, and fractions exact to less than a microsecond in our time.
std::optional<long double> NumberOf(const Json& value) {
  if (value.type() == JsonType::kInteger) return static_cast<long double>(value.integer());
  if (value.type() != JsonType::kNumber) return std::nullopt;
  const std::string text = value.number_text();
  double number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<AuthReason> CheckTimes(const Json& payload, const ClaimRules& rules, long double now,
                                     Claims& out) {
  const Json not_before = payload["nbf"];
  const auto expires = NumberOf(payload["exp"]), issued = NumberOf(payload["iat"]);
  const auto begins = not_before ? NumberOf(not_before) : now;
  if (!expires || !issued || !begins) return AuthReason::kTimes;
  const auto skew = static_cast<long double>(rules.skew.count());
  const auto lifetime = static_cast<long double>(rules.lifetime.count());
  if (now >= *expires + skew) return AuthReason::kExpired;
  if (*issued > now + skew || *begins > now + skew) return AuthReason::kNotYet;
  if (*expires - *issued > lifetime) return AuthReason::kLifetime;
  if (*issued < now - lifetime - skew) return AuthReason::kLifetime;
  out.expires = *expires;
  out.issued = *issued;
  return std::nullopt;
}

/// The one audience that the claim names; empty if it names none or several.
std::string_view AudienceOf(const Json& claim) {
  if (claim.is_string()) return claim.string();
  if (!claim.is_array() || claim.size() != 1) return {};
  return (*claim.begin()).value.string();
}

bool IsOurs(std::string_view audience, const ClaimRules& rules,
            std::span<const std::string_view> paths) {
  if (audience.empty()) return false;
  if (std::ranges::find(rules.audiences, audience) != rules.audiences.end()) return true;
  if (!audience.starts_with(rules.base_url)) return false;
  return std::ranges::find(paths, audience.substr(rules.base_url.size())) != paths.end();
}

/// The tenant; nothing where the claim is malformed. Empty and null claims name none.
std::optional<std::string> TenantOf(const Json& claim) {
  const bool none = claim.absent() || claim.type() == JsonType::kNull ||
                    (claim.is_string() && claim.string().empty());
  if (none) return std::string();
  if (!IsName(claim)) return std::nullopt;
  return std::string(claim.string());
}

}  // namespace

std::optional<AuthReason> CheckClaims(const Json& payload, const ClaimRules& rules,
                                      std::span<const std::string_view> paths,
                                      std::chrono::system_clock::time_point now, Claims& out) {
  const std::chrono::duration<long double> since_epoch = now.time_since_epoch();
  if (const auto reason = CheckTimes(payload, rules, since_epoch.count(), out)) return reason;
  if (!IsOurs(AudienceOf(payload["aud"]), rules, paths)) return AuthReason::kAudience;
  const Json jti = payload["jti"];
  if (!IsName(jti)) return AuthReason::kJti;
  out.jti = jti.string();
  auto tenant = TenantOf(payload["tenant"]);
  if (!tenant) return AuthReason::kTenant;
  const bool listed = std::ranges::find(rules.tenants, *tenant) != rules.tenants.end();
  if (!rules.tenants.empty() && !listed) return AuthReason::kTenant;
  out.tenant = *std::move(tenant);
  return std::nullopt;
}

}  // namespace renal::hooks::internal
