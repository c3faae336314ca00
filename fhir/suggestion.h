#pragma once

#include <span>
#include <string>
#include <string_view>

namespace renal::fhir {

/// For a message about a word of a file that is not known: ` Did you mean "x"?` for the closest
/// candidate, else ` Known: a, b.` for a few, else empty. Bounded work, whatever the file holds.
std::string Suggestion(std::string_view word, std::span<const std::string> candidates);

}  // namespace renal::fhir
