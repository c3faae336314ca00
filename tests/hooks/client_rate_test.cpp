#include "hooks/internal/client_rate.h"

#include <string>

#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int Taken(ClientRate& rate, std::string_view client, ClientRate::Clock::time_point now, int calls) {
  int taken = 0;
  for (int i = 0; i < calls; ++i) taken += rate.Take(client, now) ? 1 : 0;
  return taken;
}

const ClientRate::Clock::time_point kStart{seconds(1'000)};

TEST(ClientRateTest, WithoutARateEverythingIsTaken) {
  ClientRate rate(0, 1);
  EXPECT_EQ(Taken(rate, "a", kStart, 1'000), 1'000);
}

TEST(ClientRateTest, TakesABurstAndThenTheRate) {
  ClientRate rate(10, 5);
  EXPECT_EQ(Taken(rate, "a", kStart, 20), 5);
  EXPECT_EQ(Taken(rate, "a", kStart + milliseconds(99), 20), 0);
  EXPECT_EQ(Taken(rate, "a", kStart + milliseconds(201), 20), 2);
  EXPECT_EQ(Taken(rate, "a", kStart + seconds(60), 20), 5);
}

TEST(ClientRateTest, ClientsHaveEachTheirOwn) {
  ClientRate rate(1, 3);
  EXPECT_EQ(Taken(rate, "a", kStart, 20), 3);
  EXPECT_EQ(Taken(rate, "b", kStart, 20), 3);
}

TEST(ClientRateTest, TimeThatGoesBackGivesNothing) {
  ClientRate rate(1, 2);
  EXPECT_EQ(Taken(rate, "a", kStart, 5), 2);
  EXPECT_EQ(Taken(rate, "a", kStart - seconds(100), 5), 0);
  EXPECT_EQ(Taken(rate, "a", kStart, 5), 0);
}

TEST(ClientRateTest, MoreClientsThanItRemembersShareOneBucket) {
  ClientRate rate(1, 2);
  for (std::size_t i = 0; i < ClientRate::kMostClients; ++i) {
    EXPECT_TRUE(rate.Take("client-" + std::to_string(i), kStart));
  }
  EXPECT_EQ(Taken(rate, "one more", kStart, 5), 2);
  EXPECT_EQ(Taken(rate, "another", kStart, 5), 0);
  // Those whose buckets are full again are forgotten first.
  EXPECT_EQ(Taken(rate, "later", kStart + seconds(10), 5), 2);
  EXPECT_EQ(Taken(rate, "later still", kStart + seconds(10), 5), 2);
}

}  // namespace
}  // namespace renal::hooks::internal
