#pragma once

#include <string>
#include <string_view>

namespace renal::fhir {

/// SHA-256 of the bytes as 64 lower-case hexadecimal digits. The only door to the digests of
/// OpenSSL.
std::string Sha256Hex(std::string_view bytes);

}  // namespace renal::fhir
