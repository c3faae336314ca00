#include "hooks/internal/config_secret.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace renal::hooks::internal {
namespace {

struct Range {
  std::size_t begin;
  std::size_t end;
};

// "scheme://user:HERE@host", up to the last "@" before the path.
void FindBeforeHost(std::string_view text, std::vector<Range>& found) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return;
  const std::size_t begin = scheme + 3;
  const std::size_t at = text.substr(0, text.find_first_of("/?#", begin)).rfind('@');
  const std::size_t colon = text.find(':', begin);
  if (at == std::string_view::npos || at < begin || colon >= at) return;
  if (colon + 1 < at) found.push_back({colon + 1, at});
}

// "?password=HERE&", and "sslpassword" of a key.
void FindInQuery(std::string_view text, std::vector<Range>& found) {
  constexpr std::string_view kName = "password=";
  for (std::size_t at = text.find(kName); at != std::string_view::npos;
       at = text.find(kName, at + 1)) {
    const std::size_t begin = at + kName.size();
    const std::size_t end = std::min(text.find('&', begin), text.size());
    if (begin < end && (found.empty() || found.back().end <= begin)) found.push_back({begin, end});
  }
}

std::vector<Range> PasswordsIn(std::string_view text) {
  std::vector<Range> found;
  FindBeforeHost(text, found);
  FindInQuery(text, found);
  return found;
}

}  // namespace

bool HasPassword(std::string_view text) { return !PasswordsIn(text).empty(); }

std::string WithoutPassword(std::string_view text) {
  std::string masked;
  std::size_t from = 0;
  for (const Range& each : PasswordsIn(text)) {
    masked.append(text.substr(from, each.begin - from)).append("***");
    from = each.end;
  }
  return masked.append(text.substr(from));
}

}  // namespace renal::hooks::internal
