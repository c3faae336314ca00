#include "hooks/internal/believed_header.h"

#include <algorithm>

namespace renal::hooks::internal {

BelievedHeader MakeBelievedHeader(const std::string& name,
                                  const std::vector<std::string>& proxies) {
  BelievedHeader header{.name = name};
  for (const std::string& text : proxies) {
    if (const auto block = fhir::AddressBlock::Parse(text)) header.proxies.push_back(*block);
  }
  return header;
}

std::string_view ValueOf(const BelievedHeader& header, const HttpRequest& request) {
  if (header.name.empty()) return {};
  const auto peer = fhir::IpAddress::Parse(request.peer);
  const bool believed =
      peer && std::ranges::any_of(header.proxies, [&](const fhir::AddressBlock& block) {
        return block.Contains(*peer);
      });
  if (!believed) return {};
  std::string_view value;
  std::size_t fields = 0;
  for (const auto& [name, text] : request.headers) {
    if (name != header.name) continue;
    value = text;
    ++fields;
  }
  return fields == 1 ? value : std::string_view();
}

}  // namespace renal::hooks::internal
