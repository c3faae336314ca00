#pragma once

#include <optional>
#include <string_view>

#include "fhir/url.h"

namespace renal::hooks::internal {

/// An address as servers and people write it: what the query of a URL may not hold ('|', '[') is
/// percent-encoded, then it is read as strictly as all.
std::optional<fhir::Url> ReadLooseUrl(std::string_view text);

/// A link of a Bundle to its next page; relative ones are relative to the base. Nothing where it
/// leads out of the base.
std::optional<fhir::Url> ReadPageLink(std::string_view link, const fhir::Url& base);

}  // namespace renal::hooks::internal
