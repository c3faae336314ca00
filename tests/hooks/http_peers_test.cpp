#include "hooks/internal/http_peers.h"

#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

std::string Name(const char* address) { return PeerName(asio::ip::make_address(address)); }

TEST(PeerNameTest, AnIpv4AddressIsOnePeer) {
  EXPECT_EQ(Name("192.0.2.7"), "192.0.2.7");
  EXPECT_NE(Name("192.0.2.7"), Name("192.0.2.8"));
}

TEST(PeerNameTest, AMappedAddressIsThatOfIpv4) { EXPECT_EQ(Name("::ffff:192.0.2.7"), "192.0.2.7"); }

TEST(PeerNameTest, Ipv6AddressesOfOneNetworkAreOnePeer) {
  EXPECT_EQ(Name("2001:db8:1:2::1"), Name("2001:db8:1:2:ffff::9"));
  EXPECT_NE(Name("2001:db8:1:2::1"), Name("2001:db8:1:3::1"));
}

TEST(PeerCountsTest, CountsWhatHasBegunAndNotEnded) {
  PeerCounts counts;
  EXPECT_EQ(counts.Of("a"), 0U);
  counts.Begin("a");
  counts.Begin("a");
  counts.Begin("b");
  EXPECT_EQ(counts.Of("a"), 2U);
  counts.End("a");
  counts.End("b");
  EXPECT_EQ(counts.Of("a"), 1U);
  EXPECT_EQ(counts.Of("b"), 0U);
}

}  // namespace
}  // namespace renal::hooks::internal
