#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace renal::hooks::internal {

/// The bytes of a text of RFC 7515's base64url: no padding, no white space, no other alphabet, and
/// no bits in the last character that stand for nothing, so that bytes have one spelling only.
std::optional<std::string> FromBase64Url(std::string_view text);

/// Their one spelling.
std::string ToBase64Url(std::string_view bytes);

}  // namespace renal::hooks::internal
