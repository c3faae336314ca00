#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace renal::hooks::internal {

/// A FHIR reference to "Type/id".
struct ResourceReference {
  std::string_view type;
  std::string_view id;
  std::string ToString() const;
};

/// Reads "Type/id", also behind the base of a server and before "/_history/version"; nothing for
/// any other text. The views point into `text`.
std::optional<ResourceReference> ReadReference(std::string_view text);

/// True for "urn:uuid:…" and "urn:oid:…" of printable characters.
bool IsUrn(std::string_view text);

/// True for an absolute http or https URL of at most 2 KiB, in printable ASCII without spaces.
bool IsHttpUrl(std::string_view text);

}  // namespace renal::hooks::internal
