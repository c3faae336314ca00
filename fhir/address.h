#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Which addresses we may call (security.md section 7). A name that we are given may lead to any of
/// them, also to one inside our own network.
namespace renal::fhir {

/// An IPv4 or IPv6 address.
struct IpAddress {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  ///< of IPv4 the first four

  /// Reads the usual spelling alone: four decimal numbers without leading zeros, or IPv6 without a
  /// zone. Nothing for any other text.
  static std::optional<IpAddress> Parse(std::string_view text);
  std::string ToString() const;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// A block of addresses: "10.4.0.0/16", "fd00:12::/32".
struct AddressBlock {
  IpAddress first;
  unsigned bits = 0;  ///< that all addresses of the block share

  /// Nothing for what is no such text, or has bits set behind its prefix.
  static std::optional<AddressBlock> Parse(std::string_view text);
  bool Contains(const IpAddress& address) const;
  friend bool operator==(const AddressBlock&, const AddressBlock&) = default;
};

/// What may be done with an address.
enum class AddressClass {
  kPublic,      ///< may be called
  kRestricted,  ///< only where an entry allows its block: private, loopback, reserved for tests
  kForbidden,   ///< never: link-local and the metadata services of clouds, multicast, unspecified
};

/// IPv4 addresses inside IPv6 ones (mapped, compatible, NAT64, 6to4) are what they are alone,
/// unless the block that they stand in is worse.
AddressClass Classify(const IpAddress& address);

/// True if the address is public, or restricted and in one of the blocks that are allowed. An IPv4
/// block also allows its addresses inside IPv6 ones.
bool MayCall(const IpAddress& address, const std::vector<AddressBlock>& allowed);

}  // namespace renal::fhir
