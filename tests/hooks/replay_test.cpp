#include "hooks/replay.h"

#include <atomic>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "hooks/internal/replay_memory.h"

namespace renal::hooks {
namespace {

using internal::ReplayMemory;
using Insertion = ReplayMemory::Insertion;

constexpr std::int64_t kNow = 1'800'000'000;

TEST(ReplayMemoryTest, KnowsWhatItWasGivenUntilItsTimeIsPast) {
  ReplayMemory memory(10);
  EXPECT_EQ(memory.Insert("iss", "a", kNow + 60, kNow), Insertion::kNew);
  EXPECT_EQ(memory.Insert("iss", "a", kNow + 60, kNow), Insertion::kKnown);
  EXPECT_EQ(memory.Insert("iss", "a", kNow + 60, kNow + 59), Insertion::kKnown);
  EXPECT_EQ(memory.Insert("iss", "a", kNow + 120, kNow + 60), Insertion::kNew);
  EXPECT_EQ(memory.Insert("iss", "a", kNow + 120, kNow + 119), Insertion::kKnown);
  EXPECT_EQ(memory.size(), 1u);
}

TEST(ReplayMemoryTest, TellsIssuersAndNamesApart) {
  ReplayMemory memory(10);
  EXPECT_EQ(memory.Insert("ab", "c", kNow + 60, kNow), Insertion::kNew);
  EXPECT_EQ(memory.Insert("a", "bc", kNow + 60, kNow), Insertion::kNew);
  EXPECT_EQ(memory.Insert("abc", "", kNow + 60, kNow), Insertion::kNew);
  EXPECT_EQ(memory.Insert("1:a", "bc", kNow + 60, kNow), Insertion::kNew);
}

TEST(ReplayMemoryTest, WhenFullRefusesAndForgetsNoLiveName) {
  ReplayMemory memory(100);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(memory.Insert("iss", std::to_string(i), kNow + 60 + i, kNow), Insertion::kNew);
  }
  EXPECT_EQ(memory.Insert("iss", "more", kNow + 60, kNow), Insertion::kFull);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(memory.Insert("iss", std::to_string(i), kNow + 60, kNow), Insertion::kKnown);
  }
  EXPECT_EQ(memory.size(), 100u);
  // Ten are past their time now, wherever they are kept.
  int taken = 0;
  while (taken < 100 && memory.Insert("iss", "later-" + std::to_string(taken), kNow + 999,
                                      kNow + 69) == Insertion::kNew) {
    ++taken;
  }
  EXPECT_EQ(taken, 10);
}

TEST(ReplayMemoryTest, GivesBackTheMemoryOfWhatIsPast) {
  ReplayMemory memory(100'000);
  for (int i = 0; i < 10'000; ++i) memory.Insert("iss", std::to_string(i), kNow + 60, kNow);
  EXPECT_EQ(memory.size(), 10'000u);
  for (int i = 0; i < 2'000; ++i)
    memory.Insert("iss", "n" + std::to_string(i), kNow + 999, kNow + 61);
  EXPECT_EQ(memory.size(), 2'000u);
}

TEST(ReplayMemoryTest, OfManyAtOnceOneIsNew) {
  ReplayMemory memory(1'000);
  std::atomic<int> fresh{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) {
        fresh += memory.Insert("iss", std::to_string(i), kNow + 60, kNow) == Insertion::kNew;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(fresh, 1'000);
  EXPECT_EQ(memory.size(), 1'000u);
}

UsedToken Token(std::string jti, std::int64_t issued = kNow) {
  return {.issuer = "iss", .jti = std::move(jti), .issued = issued, .keep_until = kNow + 360};
}

TEST(ReplayGuardTest, AloneItRemembersInMemory) {
  ReplayGuard guard({});
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kFirst);
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kRepeated);
  EXPECT_EQ(guard.Use(Token("b"), kNow), ReplayVerdict::kFirst);
}

TEST(ReplayGuardTest, AloneItLetsNothingInFromBeforeItBegan) {
  ReplayGuard guard({.started = kNow});
  EXPECT_EQ(guard.Use(Token("a", kNow - 1), kNow), ReplayVerdict::kBeforeStart);
  EXPECT_EQ(guard.Use(Token("a", kNow), kNow), ReplayVerdict::kFirst);
}

// Forward far enough that memory forgets, then back to where the token is good again.
TEST(ReplayGuardTest, AClockThatGoesBackBringsNoTokenBack) {
  ReplayGuard guard({});
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kFirst);
  constexpr std::int64_t kAhead = 1'000'000;
  for (int i = 0; i < 1'000; ++i) {  // every part of memory is swept
    guard.Use(Token("later-" + std::to_string(i), kNow + kAhead), kNow + kAhead);
  }
  EXPECT_EQ(guard.Use(Token("a"), kNow + 5), ReplayVerdict::kBeforeStart);
  EXPECT_EQ(guard.Use(Token("b", kNow + 4), kNow + 6), ReplayVerdict::kBeforeStart);
  EXPECT_EQ(guard.Use(Token("c", kNow + 5), kNow + 6), ReplayVerdict::kFirst);
  EXPECT_EQ(guard.Use(Token("c", kNow + 5), kNow + 7), ReplayVerdict::kRepeated);
}

TEST(ReplayGuardTest, AClockThatGoesBackALittleIsNotNoticedAndForgetsNothing) {
  ReplayGuard guard({});
  UsedToken token = Token("a");
  token.keep_until = kNow + 60;
  EXPECT_EQ(guard.Use(token, kNow), ReplayVerdict::kFirst);
  for (int i = 0; i < 1'000; ++i) {
    guard.Use(Token("other-" + std::to_string(i), kNow + 65), kNow + 65);
  }
  EXPECT_EQ(guard.Use(token, kNow + 55), ReplayVerdict::kRepeated);
  EXPECT_EQ(guard.Use(Token("b", kNow - 60), kNow + 55), ReplayVerdict::kFirst);
}

TEST(ReplayGuardTest, AClockThatWasFarAheadLocksNobodyOut) {
  ReplayGuard guard({});
  EXPECT_EQ(guard.Use(Token("a", kNow + 400'000), kNow + 400'000), ReplayVerdict::kFirst);
  EXPECT_EQ(guard.Use(Token("b", kNow + 300'000), kNow + 300'000), ReplayVerdict::kFirst);
  EXPECT_EQ(guard.Use(Token("c", kNow), kNow), ReplayVerdict::kFirst);
  EXPECT_EQ(guard.Use(Token("d", kNow + 1), kNow + 1), ReplayVerdict::kFirst);
}

TEST(ReplayGuardTest, AloneAndFullItLetsNothingIn) {
  ReplayGuard guard({.capacity = 1});
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kFirst);
  EXPECT_EQ(guard.Use(Token("b"), kNow), ReplayVerdict::kFull);
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kRepeated);
}

/// A store that guards share, and that can be away; then it takes what it was given when it is
/// back.
class SharedStore {
 public:
  ShareToken Door() {
    return [this](const UsedToken& token) { return Insert(token); };
  }
  void Leave() { away_ = true; }
  void Return() {
    away_ = false;
    tokens_.insert(waiting_.begin(), waiting_.end());
  }
  void Break() { broken_ = true; }
  void Fill() { full_ = true; }

 private:
  ReplayVerdict Insert(const UsedToken& token) {
    if (broken_) throw std::runtime_error("broken");
    if (full_) return ReplayVerdict::kFull;
    if (away_) {
      waiting_.insert(token.jti);
      return ReplayVerdict::kAway;
    }
    return tokens_.insert(token.jti).second ? ReplayVerdict::kFirst : ReplayVerdict::kRepeated;
  }
  std::set<std::string> tokens_, waiting_;
  bool away_ = false, broken_ = false, full_ = false;
};

ReplaySettings SharedBy(SharedStore& store, bool strict = false) {
  return {.started = kNow, .share = store.Door(), .strict = strict};
}

TEST(ReplayGuardTest, InstancesThatShareAStoreLetATokenInOnce) {
  SharedStore store;
  ReplayGuard one(SharedBy(store)), two(SharedBy(store));
  EXPECT_EQ(one.Use(Token("a"), kNow), ReplayVerdict::kFirst);
  EXPECT_EQ(two.Use(Token("a"), kNow), ReplayVerdict::kRepeated);
  EXPECT_EQ(one.Use(Token("a"), kNow), ReplayVerdict::kRepeated);
  EXPECT_EQ(one.unshared(), 0u);
}

TEST(ReplayGuardTest, WithASharedStoreTokensFromBeforeTheStartAreGood) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store));
  EXPECT_EQ(guard.Use(Token("a", kNow - 100), kNow), ReplayVerdict::kFirst);
}

TEST(ReplayGuardTest, WithASharedStoreFullMemoryDoesNotMatter) {
  SharedStore store;
  ReplaySettings settings = SharedBy(store);
  settings.capacity = 1;
  ReplayGuard guard(settings);
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kFirst);
  EXPECT_EQ(guard.Use(Token("b"), kNow), ReplayVerdict::kFirst);
  EXPECT_EQ(guard.Use(Token("b"), kNow), ReplayVerdict::kRepeated);
  store.Leave();
  EXPECT_EQ(guard.Use(Token("c"), kNow), ReplayVerdict::kAway);
}

TEST(ReplayGuardTest, WhileTheStoreIsAwayMemoryServes) {
  SharedStore store;
  ReplayGuard one(SharedBy(store)), two(SharedBy(store));
  store.Leave();
  EXPECT_EQ(one.Use(Token("a"), kNow), ReplayVerdict::kFirst);
  EXPECT_EQ(one.Use(Token("a"), kNow), ReplayVerdict::kRepeated);
  EXPECT_EQ(one.unshared(), 1u);
  store.Return();
  EXPECT_EQ(one.Use(Token("a"), kNow), ReplayVerdict::kRepeated);
  EXPECT_EQ(two.Use(Token("a"), kNow), ReplayVerdict::kRepeated);
}

TEST(ReplayGuardTest, WhileTheStoreIsAwayWhatItTookBeforeIsStillKnown) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store));
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kFirst);
  store.Leave();
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kRepeated);
}

TEST(ReplayGuardTest, WhileTheStoreIsAwayTokensFromBeforeTheStartMustWait) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store));
  store.Leave();
  EXPECT_EQ(guard.Use(Token("a", kNow - 1), kNow), ReplayVerdict::kAway);
  EXPECT_EQ(guard.unshared(), 0u);
}

TEST(ReplayGuardTest, StrictItLetsNothingInWhileTheStoreIsAway) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store, true));
  store.Leave();
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kAway);
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kAway);
  EXPECT_EQ(guard.unshared(), 0u);
}

TEST(ReplayGuardTest, AStoreThatIsFullLetsNothingIn) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store));
  store.Fill();
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kFull);
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kFull);
}

TEST(ReplayGuardTest, AStoreThatThrowsIsAway) {
  SharedStore store;
  store.Break();
  ReplayGuard guard(SharedBy(store)), strict(SharedBy(store, true));
  EXPECT_EQ(guard.Use(Token("a"), kNow), ReplayVerdict::kFirst);
  EXPECT_EQ(strict.Use(Token("a"), kNow), ReplayVerdict::kAway);
}

}  // namespace
}  // namespace renal::hooks
