#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "hooks/auth_reason.h"
#include "hooks/jws_algorithm.h"

/// Tokens before anything in them is believed: steps 2 and 3 of security.md section 6.
namespace renal::hooks {

/// A token in its parts. Nothing in it is proven.
struct Jws {
  JwsAlgorithm algorithm = JwsAlgorithm::kEs384;
  std::string kid;                 ///< 1 to 256 characters
  std::optional<std::string> jku;  ///< where the header has one
  std::string payload;             ///< bytes, whatever they are
  std::string_view signed_text;    ///< header and payload as received; points into the token
  std::string signature;           ///< bytes, of any length
};

inline constexpr std::size_t kMaxTokenBytes = std::size_t{8} * 1024;

/// Takes a token apart. The header must be a JSON object with `typ` JWT in any case, `alg` one of
/// `allowed`, a `kid`, and without crit, b64, enc and zip; jwk, x5c, x5u and x5t are not looked at.
/// The token must outlive the answer.
std::variant<Jws, AuthReason> ReadJws(std::string_view token, const JwsAlgorithms& allowed);

}  // namespace renal::hooks
