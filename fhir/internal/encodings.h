#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Bytes as text and back, and text within other languages. Nothing where the text has not that
/// form.
namespace renal::fhir::internal {

std::string ToBase64(std::string_view bytes);
std::optional<std::string> FromBase64(std::string_view text);
/// With `-` and `_` in place of `+` and `/`; padded.
std::string ToUrlBase64(std::string_view bytes);
std::optional<std::string> FromUrlBase64(std::string_view text);
std::string ToHex(std::string_view bytes);  ///< lower case
std::optional<std::string> FromHex(std::string_view text);

/// `<`, `>`, `&` and quotes as entities; back also from numbers (`&#39;`). Other entities stay.
std::string EscapeHtml(std::string_view text);
std::string UnescapeHtml(std::string_view text);
/// As between the quotes of a JSON string; back also where a quote stands as it is.
std::string EscapeJson(std::string_view text);
std::optional<std::string> UnescapeJson(std::string_view text);

}  // namespace renal::fhir::internal
