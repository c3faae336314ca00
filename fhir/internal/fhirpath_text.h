#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace renal::fhir::fhirpath {

/// Text in characters (code points), as FHIRPath counts it. Broken UTF-8 counts a byte as a
/// character.
void AppendUtf8(char32_t code, std::string& out);
std::size_t CountCharacters(std::string_view text);
/// Byte offset of a character; the size of the text beyond its end.
std::size_t OffsetOfCharacter(std::string_view text, std::size_t index);

/// Letters of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic in the other case; the rest
/// stays.
std::string ToUpper(std::string_view text);
std::string ToLower(std::string_view text);
/// What `~` compares: lower case, each run of white space one blank, none at the ends.
std::string Normalize(std::string_view text);

}  // namespace renal::fhir::fhirpath
