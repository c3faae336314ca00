#pragma once

#include <string>
#include <string_view>

namespace renal::hooks::internal {

/// Whether a text is a URL with a password in it, before its host or as a parameter.
bool HasPassword(std::string_view text);

/// The text with "***" for every password.
std::string WithoutPassword(std::string_view text);

}  // namespace renal::hooks::internal
