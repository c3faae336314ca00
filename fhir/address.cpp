#include "fhir/address.h"

#include <algorithm>
#include <charconv>

#include "fhir/internal/rest_socket.h"

namespace renal::fhir {
namespace {

struct Listed {
  std::string_view block;
  AddressClass what;
};

constexpr AddressClass kPrivate = AddressClass::kRestricted;
constexpr AddressClass kNever = AddressClass::kForbidden;

// security.md section 7. The first that fits decides, so single addresses stand before their block.
constexpr Listed kListed[] = {
    // Metadata services of clouds, wherever they are.
    {"100.100.100.200/32", kNever}, {"168.63.129.16/32", kNever}, {"fd00:ec2::254/128", kNever},
    {"fd20:ce::254/128", kNever},   {"10.0.0.0/8", kPrivate},     {"100.64.0.0/10", kPrivate},
    {"127.0.0.0/8", kPrivate},      {"172.16.0.0/12", kPrivate},  {"192.168.0.0/16", kPrivate},
    {"::1/128", kPrivate},          {"fc00::/7", kPrivate},       {"0.0.0.0/8", kNever},
    {"169.254.0.0/16", kNever},     {"192.0.0.0/24", kNever},     {"192.0.2.0/24", kNever},
    {"192.88.99.0/24", kNever},     {"198.18.0.0/15", kNever},    {"198.51.100.0/24", kNever},
    {"203.0.113.0/24", kNever},     {"224.0.0.0/3", kNever},      {"::/128", kNever},
    {"fe80::/10", kNever},          {"fec0::/10", kNever},        {"ff00::/8", kNever},
    {"100::/64", kNever},           {"2001:db8::/32", kNever},    {"2001::/32", kNever},
};

struct Block {
  AddressBlock addresses;
  AddressClass what;
};

const std::vector<Block>& Blocks() {
  static const std::vector<Block> kBlocks = [] {
    std::vector<Block> blocks;
    for (const Listed& each : kListed)
      blocks.push_back({*AddressBlock::Parse(each.block), each.what});
    return blocks;
  }();
  return kBlocks;
}

/// A block of IPv6 whose addresses carry one of IPv4, and at which byte.
struct Carrier {
  AddressBlock block;
  std::size_t at;
};

const std::vector<Carrier>& Carriers() {
  // Of 64:ff9b:1::/48 the form that has the same place as 64:ff9b::/96; others are never called.
  static const std::vector<Carrier> kCarriers = {{*AddressBlock::Parse("::ffff:0:0/96"), 12},
                                                 {*AddressBlock::Parse("::/96"), 12},
                                                 {*AddressBlock::Parse("64:ff9b::/96"), 12},
                                                 {*AddressBlock::Parse("64:ff9b:1::/96"), 12},
                                                 {*AddressBlock::Parse("2002::/16"), 2}};
  return kCarriers;
}

bool IsLocalTranslation(const IpAddress& address) {
  static const AddressBlock kBlock = *AddressBlock::Parse("64:ff9b:1::/48");
  return kBlock.Contains(address);
}

std::optional<IpAddress> Carried(const IpAddress& address) {
  for (const Carrier& carrier : Carriers()) {
    if (!carrier.block.Contains(address)) continue;
    IpAddress inner;
    std::copy_n(address.bytes.begin() + static_cast<std::ptrdiff_t>(carrier.at), 4,
                inner.bytes.begin());
    return inner;
  }
  return std::nullopt;
}

}  // namespace

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  IpAddress address;
  address.v6 = text.find(':') != std::string_view::npos;
  if (!internal::ReadAddress(std::string(text), address.v6, address.bytes)) return std::nullopt;
  return address;
}

std::string IpAddress::ToString() const { return internal::AddressText(v6, bytes); }

std::optional<AddressBlock> AddressBlock::Parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto first = IpAddress::Parse(text.substr(0, slash));
  const std::string_view number = text.substr(slash + 1);
  unsigned bits = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), bits);
  const bool whole = read.ec == std::errc() && read.ptr == number.data() + number.size();
  if (!first || !whole || bits > (first->v6 ? 128U : 32U)) return std::nullopt;
  const AddressBlock block{*first, bits};
  for (unsigned bit = bits; bit < (first->v6 ? 128U : 32U); ++bit) {
    if (first->bytes[bit / 8] & (0x80U >> (bit % 8))) return std::nullopt;
  }
  return block;
}

bool AddressBlock::Contains(const IpAddress& address) const {
  if (address.v6 != first.v6) return false;
  for (unsigned bit = 0; bit < bits; bit += 8) {
    const unsigned unused = bits - bit >= 8 ? 0 : 8 - (bits - bit);
    if ((address.bytes[bit / 8] ^ first.bytes[bit / 8]) >> unused != 0) return false;
  }
  return true;
}

AddressClass Classify(const IpAddress& address) {
  for (const Block& block : Blocks()) {
    if (block.addresses.Contains(address)) return block.what;
  }
  if (const auto inner = Carried(address)) return Classify(*inner);
  return IsLocalTranslation(address) ? AddressClass::kForbidden : AddressClass::kPublic;
}

bool MayCall(const IpAddress& address, const std::vector<AddressBlock>& allowed) {
  const AddressClass what = Classify(address);
  if (what != AddressClass::kRestricted) return what == AddressClass::kPublic;
  const auto inner = Carried(address);
  return std::ranges::any_of(allowed, [&](const AddressBlock& block) {
    return block.Contains(address) || (inner && block.Contains(*inner));
  });
}

}  // namespace renal::fhir
