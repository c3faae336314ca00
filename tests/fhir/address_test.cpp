#include "fhir/address.h"

#include <random>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fhir/slow_address.h"

namespace renal::fhir {
namespace {

IpAddress At(std::string_view text) {
  const auto address = IpAddress::Parse(text);
  if (!address) throw std::invalid_argument(std::string(text));
  return *address;
}

struct Row {
  std::string_view address;
  AddressClass what;
};

constexpr AddressClass kPublic = AddressClass::kPublic;
constexpr AddressClass kRestricted = AddressClass::kRestricted;
constexpr AddressClass kForbidden = AddressClass::kForbidden;

// Every block of security.md section 7: its first and last address, and its neighbours.
constexpr Row kRows[] = {
    {"0.0.0.0", kForbidden},
    {"0.255.255.255", kForbidden},
    {"1.0.0.0", kPublic},
    {"9.255.255.255", kPublic},
    {"10.0.0.0", kRestricted},
    {"10.255.255.255", kRestricted},
    {"11.0.0.0", kPublic},
    {"100.63.255.255", kPublic},
    {"100.64.0.0", kRestricted},
    {"100.127.255.255", kRestricted},
    {"100.128.0.0", kPublic},
    {"100.100.100.199", kRestricted},
    {"100.100.100.200", kForbidden},
    {"100.100.100.201", kRestricted},
    {"126.255.255.255", kPublic},
    {"127.0.0.0", kRestricted},
    {"127.255.255.255", kRestricted},
    {"128.0.0.0", kPublic},
    {"168.63.129.15", kPublic},
    {"168.63.129.16", kForbidden},
    {"168.63.129.17", kPublic},
    {"169.253.255.255", kPublic},
    {"169.254.0.0", kForbidden},
    {"169.254.169.254", kForbidden},
    {"169.254.255.255", kForbidden},
    {"169.255.0.0", kPublic},
    {"172.15.255.255", kPublic},
    {"172.16.0.0", kRestricted},
    {"172.31.255.255", kRestricted},
    {"172.32.0.0", kPublic},
    {"191.255.255.255", kPublic},
    {"192.0.0.0", kForbidden},
    {"192.0.0.255", kForbidden},
    {"192.0.1.0", kPublic},
    {"192.0.2.0", kForbidden},
    {"192.0.2.255", kForbidden},
    {"192.0.3.0", kPublic},
    {"192.88.98.255", kPublic},
    {"192.88.99.0", kForbidden},
    {"192.88.99.255", kForbidden},
    {"192.88.100.0", kPublic},
    {"192.167.255.255", kPublic},
    {"192.168.0.0", kRestricted},
    {"192.168.255.255", kRestricted},
    {"192.169.0.0", kPublic},
    {"198.17.255.255", kPublic},
    {"198.18.0.0", kForbidden},
    {"198.19.255.255", kForbidden},
    {"198.20.0.0", kPublic},
    {"198.51.99.255", kPublic},
    {"198.51.100.0", kForbidden},
    {"198.51.100.255", kForbidden},
    {"198.51.101.0", kPublic},
    {"203.0.112.255", kPublic},
    {"203.0.113.0", kForbidden},
    {"203.0.113.255", kForbidden},
    {"203.0.114.0", kPublic},
    {"223.255.255.255", kPublic},
    {"224.0.0.0", kForbidden},
    {"240.0.0.0", kForbidden},
    {"255.255.255.255", kForbidden},
    {"::", kForbidden},
    {"::1", kRestricted},
    {"::2", kForbidden},
    {"::8.8.8.8", kPublic},
    {"::10.0.0.1", kRestricted},
    {"::169.254.169.254", kForbidden},
    {"::ffff:8.8.8.8", kPublic},
    {"::ffff:127.0.0.1", kRestricted},
    {"::ffff:169.254.1.1", kForbidden},
    {"::fffe:127.0.0.1", kPublic},
    {"64:ff9b::8.8.8.8", kPublic},
    {"64:ff9b::192.168.0.1", kRestricted},
    {"64:ff9b::169.254.169.254", kForbidden},
    {"64:ff9b:1::8.8.8.8", kPublic},
    {"64:ff9b:1::10.0.0.1", kRestricted},
    {"64:ff9b:1:a9fe:a9:fe00::", kForbidden},
    {"64:ff9b:1:7f00:0:100:808:808", kForbidden},
    {"64:ff9b:2::10.0.0.1", kPublic},
    {"2002:808:808::", kPublic},
    {"2002:a00:1::", kRestricted},
    {"2002:a9fe:a9fe::1", kForbidden},
    {"2003::", kPublic},
    {"ff::", kPublic},
    {"100::", kForbidden},
    {"100::ffff:ffff:ffff:ffff", kForbidden},
    {"100:0:0:1::", kPublic},
    {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", kPublic},
    {"2001::", kForbidden},
    {"2001:0:ffff:ffff:ffff:ffff:ffff:ffff", kForbidden},
    {"2001:1::", kPublic},
    {"2001:db7:ffff::", kPublic},
    {"2001:db8::", kForbidden},
    {"2001:db8:ffff::1", kForbidden},
    {"2001:db9::", kPublic},
    {"2606:4700::1111", kPublic},
    {"fbff:ffff::", kPublic},
    {"fc00::", kRestricted},
    {"fdff:ffff::1", kRestricted},
    {"fd00:ec2::253", kRestricted},
    {"fd00:ec2::254", kForbidden},
    {"fd20:ce::254", kForbidden},
    {"fe00::", kPublic},
    {"fe7f:ffff::", kPublic},
    {"fe80::", kForbidden},
    {"fe80::1", kForbidden},
    {"febf:ffff::1", kForbidden},
    {"fec0::", kForbidden},
    {"feff:ffff::1", kForbidden},
    {"ff00::", kForbidden},
    {"ff02::1", kForbidden},
};

TEST(AddressTest, IsOfTheClassOfItsBlock) {
  for (const Row& row : kRows) {
    EXPECT_EQ(Classify(At(row.address)), row.what) << row.address;
    EXPECT_EQ(SlowClass(At(row.address)), row.what) << row.address << " by the slow table";
  }
}

// Random addresses, most of them with the first bits of a row above.
TEST(AddressTest, AgreesWithTheSlowTable) {
  std::mt19937 random(20'260'302);  // NOLINT: the same addresses in every run
  for (int i = 0; i < 50'000; ++i) {
    IpAddress address = At(kRows[random() % std::size(kRows)].address);
    if (random() % 4 == 0) address.v6 = !address.v6;
    for (std::size_t byte = random() % 16; byte < 16; ++byte) {
      address.bytes[byte] = static_cast<std::uint8_t>(random());
    }
    ASSERT_EQ(Classify(address), SlowClass(address)) << address.ToString();
  }
}

TEST(AddressTest, ReadsTheUsualSpellingAlone) {
  for (const std::string_view text :
       {"", "127.1", "0127.0.0.1", "127.0.0.1 ", " 127.0.0.1", "127.0.0.256", "1.2.3.4.5",
        "0x7f.0.0.1", "2130706433", "::1%lo", "[::1]", "1::2::3", "fe80::1%25eth0",
        "12345::", "localhost"}) {
    EXPECT_FALSE(IpAddress::Parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::Parse(std::string_view("127.0.0.1\0", 10)));
  EXPECT_EQ(At("FD00:0:0::1").ToString(), "fd00::1");
  EXPECT_EQ(At("10.20.30.40").ToString(), "10.20.30.40");
}

TEST(AddressBlockTest, ReadsWholeBlocksAlone) {
  for (const std::string_view text :
       {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/-1", "10.0.0.0/8 ",
        "/8", "fd00::/129", "fd00::1/64", "10/8"}) {
    EXPECT_FALSE(AddressBlock::Parse(text)) << text;
  }
  EXPECT_TRUE(AddressBlock::Parse("0.0.0.0/0")->Contains(At("8.8.8.8")));
  EXPECT_FALSE(AddressBlock::Parse("0.0.0.0/0")->Contains(At("::1")));
}

struct Allowed {
  std::string_view address;
  std::string_view block;
  bool may;
};

TEST(MayCallTest, ARestrictedAddressNeedsItsBlock) {
  constexpr Allowed kTable[] = {
      {"8.8.8.8", "10.0.0.0/8", true},
      {"10.20.30.40", "10.20.0.0/16", true},
      {"10.21.0.0", "10.20.0.0/16", false},
      {"10.20.30.40", "10.20.30.40/32", true},
      {"10.20.30.41", "10.20.30.40/32", false},
      {"10.20.30.47", "10.20.30.40/29", true},
      {"10.20.30.48", "10.20.30.40/29", false},
      {"127.0.0.1", "127.0.0.0/8", true},
      {"127.0.0.1", "10.0.0.0/8", false},
      {"::1", "::1/128", true},
      {"::1", "127.0.0.0/8", false},
      {"::ffff:127.0.0.1", "127.0.0.0/8", true},
      {"64:ff9b::10.0.0.1", "10.0.0.0/8", true},
      {"fd00:12::1", "fd00:12::/32", true},
      {"fd00:13::1", "fd00:12::/32", false},
      {"169.254.169.254", "0.0.0.0/0", false},
      {"169.254.0.1", "169.254.0.0/16", false},
      {"fe80::1", "::/0", false},
      {"fd00:ec2::254", "fc00::/7", false},
      {"100.100.100.200", "100.64.0.0/10", false},
      {"::ffff:169.254.169.254", "0.0.0.0/0", false},
      {"224.0.0.1", "0.0.0.0/0", false},
      {"0.0.0.0", "0.0.0.0/0", false},
  };
  for (const Allowed& row : kTable) {
    EXPECT_EQ(MayCall(At(row.address), {*AddressBlock::Parse(row.block)}), row.may)
        << row.address << " with " << row.block;
    if (Classify(At(row.address)) != kPublic) {
      EXPECT_FALSE(MayCall(At(row.address), {})) << row.address;
    }
  }
}

}  // namespace
}  // namespace renal::fhir
