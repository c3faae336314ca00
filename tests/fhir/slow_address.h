#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/address.h"

/// A second opinion on addresses: slow, and written from the table of security.md section 7 alone.
namespace renal::fhir {

/// 32 or 128 characters of 0 and 1.
inline std::string BitsOf(const IpAddress& address) {
  std::string bits;
  for (std::size_t i = 0; i < (address.v6 ? 16U : 4U); ++i) {
    for (int bit = 7; bit >= 0; --bit) bits += (address.bytes[i] >> bit) & 1 ? '1' : '0';
  }
  return bits;
}

inline AddressClass SlowClassV4(const std::string& bits) {
  const auto number = [&](int part) {
    return std::stoi(bits.substr(8 * static_cast<std::size_t>(part), 8), nullptr, 2);
  };
  const int a = number(0), b = number(1), c = number(2), d = number(3);
  if (a == 100 && b == 100 && c == 100 && d == 200) return AddressClass::kForbidden;
  if (a == 168 && b == 63 && c == 129 && d == 16) return AddressClass::kForbidden;
  if (a == 10 || a == 127 || (a == 192 && b == 168)) return AddressClass::kRestricted;
  if ((a == 100 && b >= 64 && b <= 127) || (a == 172 && b >= 16 && b <= 31))
    return AddressClass::kRestricted;
  if (a == 0 || a >= 224 || (a == 169 && b == 254)) return AddressClass::kForbidden;
  if (a == 192 && b == 0 && (c == 0 || c == 2)) return AddressClass::kForbidden;
  if (a == 192 && b == 88 && c == 99) return AddressClass::kForbidden;
  if (a == 198 && (b == 18 || b == 19 || (b == 51 && c == 100))) return AddressClass::kForbidden;
  return a == 203 && b == 0 && c == 113 ? AddressClass::kForbidden : AddressClass::kPublic;
}

inline AddressClass SlowClass(const IpAddress& address) {
  const std::string bits = BitsOf(address);
  if (!address.v6) return SlowClassV4(bits);
  const std::string text = address.ToString();
  if (text == "::1") return AddressClass::kRestricted;
  if (text == "::" || text == "fd00:ec2::254" || text == "fd20:ce::254")
    return AddressClass::kForbidden;
  const auto group = [&](std::size_t i) { return bits.substr(16 * i, 16); };
  const std::string zero(16, '0');
  const auto is = [&](std::size_t i, unsigned value) {
    return std::stoul(group(i), nullptr, 2) == value;
  };
  if (bits.substr(0, 7) == "1111110") return AddressClass::kRestricted;
  if (bits.substr(0, 10) == "1111111010" || bits.substr(0, 10) == "1111111011")
    return AddressClass::kForbidden;
  if (bits.substr(0, 8) == "11111111") return AddressClass::kForbidden;
  if (is(0, 0x100) && bits.substr(16, 48) == std::string(48, '0')) return AddressClass::kForbidden;
  if (is(0, 0x2001) && (is(1, 0xdb8) || is(1, 0))) return AddressClass::kForbidden;
  if (is(0, 0x2002)) return SlowClassV4(bits.substr(16, 32));
  const bool nat64 = is(0, 0x64) && is(1, 0xff9b);
  if (nat64 && is(2, 1)) {
    return bits.substr(48, 48) == std::string(48, '0') ? SlowClassV4(bits.substr(96))
                                                       : AddressClass::kForbidden;
  }
  const bool mapped = bits.substr(0, 80) == std::string(80, '0') && is(5, 0xffff);
  const bool compatible = bits.substr(0, 96) == std::string(96, '0');
  const bool translated = nat64 && bits.substr(32, 64) == std::string(64, '0');
  return mapped || compatible || translated ? SlowClassV4(bits.substr(96)) : AddressClass::kPublic;
}

}  // namespace renal::fhir
