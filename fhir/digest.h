#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace renal::fhir {

/// SHA-256 of the bytes. The only door to the digests of OpenSSL; std::bad_alloc where it has no
/// memory.
std::array<std::uint8_t, 32> Sha256(std::string_view bytes);

/// The same as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace renal::fhir
