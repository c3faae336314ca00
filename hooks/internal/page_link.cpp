#include "hooks/internal/page_link.h"

#include <string>

namespace renal::hooks::internal {

using fhir::Url;

std::optional<Url> ReadLooseUrl(std::string_view text) {
  std::string clean;
  bool query = false;
  for (const char c : text) {
    const bool odd = std::string_view("|{}^`\"<>[] ").find(c) != std::string_view::npos;
    clean += odd && query ? fhir::PercentEncoded({&c, 1}) : std::string(1, c);
    query = query || c == '?';
  }
  return Url::Parse(clean, Url::Query::kAllowed, fhir::kMaxLinkBytes);
}

std::optional<Url> ReadPageLink(std::string_view link, const Url& base) {
  std::string text(link);
  if (link.find("://") == std::string_view::npos) {
    if (link.starts_with('/')) return std::nullopt;
    text = base.ToString() + (link.starts_with('?') ? "" : "/") + text;
  }
  auto url = ReadLooseUrl(text);
  if (!url || !Within(base, *url)) return std::nullopt;
  return url;
}

}  // namespace renal::hooks::internal
