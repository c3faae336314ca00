#pragma once

#include <string>
#include <string_view>

/// Texts on their way into a JSON string.
namespace renal::fhir::internal {

/// ASCII without anything that JSON escapes, as nearly all names and most texts: can be copied as
/// it is.
bool IsPlain(std::string_view text);

/// The text as valid UTF-8: broken sequences become U+FFFD.
std::string Repaired(std::string_view text);

}  // namespace renal::fhir::internal
