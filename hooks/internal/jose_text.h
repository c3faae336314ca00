#pragma once

#include <cstddef>
#include <string_view>

#include "fhir/json.h"

namespace renal::hooks::internal {

/// Longest `kid`, `jti` and `tenant`, in characters (security.md section 6).
inline constexpr std::size_t kMaxNameCharacters = 256;

/// True for a string of 1 to 256 characters without U+0000, which some readers end a text at.
bool IsName(const fhir::Json& value);

/// Depth that the JSON of a token may have.
inline constexpr fhir::JsonLimits kJoseLimits{.depth = 8};

}  // namespace renal::hooks::internal
