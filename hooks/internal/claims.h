#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "hooks/auth_reason.h"

namespace renal::hooks::internal {

/// What the claims of one client's tokens are held against.
struct ClaimRules {
  std::chrono::seconds skew{60};
  std::chrono::seconds lifetime{3600};     ///< exp − iat at most
  std::string base_url;                    ///< public, without a slash at its end
  std::span<const std::string> audiences;  ///< of this client, beside base_url and path
  std::span<const std::string> tenants;    ///< of this client; empty: any, and none
};

/// What is kept of the claims. Seconds since 1970, as in the token, where they may have fractions.
struct Claims {
  long double expires = 0;
  long double issued = 0;
  std::string jti;
  std::string tenant;  ///< empty where there is none
};

/// Step 8 of security.md section 6 on a payload that is an object; what is proven goes into `out`.
/// `paths` are those that `aud` may name behind the base URL.
std::optional<AuthReason> CheckClaims(const fhir::Json& payload, const ClaimRules& rules,
                                      std::span<const std::string_view> paths,
                                      std::chrono::system_clock::time_point now, Claims& out);

}  // namespace renal::hooks::internal
