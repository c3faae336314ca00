#include "hooks/internal/patient_hash.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace renal::hooks::internal {
namespace {

const std::string kFirstKey(20, '\x0b');
constexpr std::string_view kFirst =
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
constexpr std::string_view kSecond =
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

std::string OfFirst() { return KeyedHash(kFirstKey, "Hi There"); }
std::string OfSecond() { return KeyedHash("Jefe", "what do ya want for nothing?"); }

// RFC 4231, cases 1 and 2.
TEST(KeyedHashTest, GivesTheHashesOfTheStandardWhateverWasHashedBefore) {
  EXPECT_EQ(OfFirst(), kFirst);
  EXPECT_EQ(OfFirst(), kFirst);
  EXPECT_EQ(OfSecond(), kSecond);
  EXPECT_EQ(KeyedHash("Jefe", ""), KeyedHash("Jefe", ""));
  EXPECT_EQ(OfSecond(), kSecond);
  EXPECT_EQ(OfFirst(), kFirst);
}

TEST(KeyedHashTest, IsTheSameOnEveryThread) {
  std::string there;
  std::thread([&] { there = OfSecond(); }).join();
  EXPECT_EQ(there, kSecond);
}

// RFC 4231, case 6: a key that is longer than a block.
TEST(KeyedHashTest, TakesKeysOfEveryLength) {
  EXPECT_EQ(
      KeyedHash(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace renal::hooks::internal
