#include "hooks/internal/jose_text.h"

#include <algorithm>

namespace renal::hooks::internal {

bool IsName(const fhir::Json& value) {
  if (!value.is_string()) return false;
  const std::string_view text = value.string();
  if (text.empty() || text.size() > 4 * kMaxNameCharacters) return false;
  if (text.find('\0') != std::string_view::npos) return false;
  const auto characters =
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });  // UTF-8
  return static_cast<std::size_t>(characters) <= kMaxNameCharacters;
}

}  // namespace renal::hooks::internal
