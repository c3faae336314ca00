#pragma once

#include <cstdint>
#include <string_view>

namespace renal::hooks {

/// Why a caller was refused, in the order in which it is looked for (security.md section 6). For
/// our own log and metrics: outside, all that give 401 look the same.
enum class AuthReason : std::uint8_t {
  kNoHeader,          ///< no Authorization
  kSeveralHeaders,    ///< more than one Authorization
  kScheme,            ///< not `Bearer` and one token
  kTokenForm,         ///< size, parts or base64url
  kHeaderForm,        ///< header is no JSON object of this form, or typ is not JWT
  kAlgorithm,         ///< alg is not one of those configured
  kKid,               ///< kid is no string of 1 to 256 characters
  kCritical,          ///< crit, b64, enc or zip is there
  kPayloadForm,       ///< payload is no JSON object of this form
  kIssuer,            ///< iss is no configured client's
  kJku,               ///< jku is not one of the client's URLs
  kKeyUnknown,        ///< no key of the client has the kid
  kKeyAmbiguous,      ///< more than one key has the kid
  kKeyUnfit,          ///< the key is of another type, curve or alg
  kSignature,         ///< not made by that key over these bytes
  kTimes,             ///< exp, iat or nbf is missing or no number
  kExpired,           ///< exp is past
  kNotYet,            ///< iat or nbf lies ahead
  kLifetime,          ///< exp is too long after iat, or iat too long ago
  kAudience,          ///< aud is neither what was called nor an alias
  kJti,               ///< jti is no string of 1 to 256 characters
  kTenant,            ///< tenant is malformed, or not in the client's list
  kBeforeStart,       ///< issued before the start of a server that forgets used tokens
  kReplay,            ///< used before
  kServiceForbidden,  ///< 403: the client may not call this service
  kProfileForbidden,  ///< 403: the path names another profile than the client's
  kNoKeys,            ///< 503: the client's keys were never to be had
  kReplayStore,       ///< 503: no place, or no store, to remember the token
};

/// The code, for example "key-unknown".
std::string_view Spelling(AuthReason reason);

/// 401, 403 or 503.
int StatusOf(AuthReason reason);

}  // namespace renal::hooks
