#include "hooks/replay.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>
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
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kFirst);
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kRepeated);
  EXPECT_EQ(guard.Use(Token("b"), kNow), TokenUse::kFirst);
}

TEST(ReplayGuardTest, AloneItLetsNothingInFromBeforeItBegan) {
  ReplayGuard guard({.started = kNow});
  EXPECT_EQ(guard.Use(Token("a", kNow - 1), kNow), TokenUse::kBeforeStart);
  EXPECT_EQ(guard.Use(Token("a", kNow), kNow), TokenUse::kFirst);
}

TEST(ReplayGuardTest, AloneAndFullItLetsNothingIn) {
  ReplayGuard guard({.capacity = 1});
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kFirst);
  EXPECT_EQ(guard.Use(Token("b"), kNow), TokenUse::kUnavailable);
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kRepeated);
}

/// A store that two guards share, and that can be away.
class SharedStore {
 public:
  ShareToken Door() {
    return [this](const UsedToken& token) { return Insert(token); };
  }
  void set_away(bool away) {
    const std::lock_guard lock(mutex_);
    away_ = away;
  }
  void set_broken() { broken_ = true; }
  bool WaitFor(const std::string& jti) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return tokens_.contains(jti); });
  }

 private:
  TokenUse Insert(const UsedToken& token) {
    if (broken_) throw std::runtime_error("broken");
    const std::lock_guard lock(mutex_);
    if (away_) return TokenUse::kUnavailable;
    const bool fresh = tokens_.insert(token.jti).second;
    changed_.notify_all();
    return fresh ? TokenUse::kFirst : TokenUse::kRepeated;
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> tokens_;
  bool away_ = false;
  std::atomic<bool> broken_{false};
};

ReplaySettings SharedBy(SharedStore& store, bool strict = false) {
  return {.started = kNow,
          .share = store.Door(),
          .strict = strict,
          .retry = std::chrono::milliseconds(5)};
}

TEST(ReplayGuardTest, InstancesThatShareAStoreLetATokenInOnce) {
  SharedStore store;
  ReplayGuard one(SharedBy(store)), two(SharedBy(store));
  EXPECT_EQ(one.Use(Token("a"), kNow), TokenUse::kFirst);
  EXPECT_EQ(two.Use(Token("a"), kNow), TokenUse::kRepeated);
  EXPECT_EQ(one.Use(Token("a"), kNow), TokenUse::kRepeated);
  EXPECT_EQ(one.unshared(), 0u);
}

TEST(ReplayGuardTest, WithASharedStoreTokensFromBeforeTheStartAreGood) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store));
  EXPECT_EQ(guard.Use(Token("a", kNow - 100), kNow), TokenUse::kFirst);
}

TEST(ReplayGuardTest, WithASharedStoreFullMemoryDoesNotMatter) {
  SharedStore store;
  ReplaySettings settings = SharedBy(store);
  settings.capacity = 1;
  ReplayGuard guard(settings);
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kFirst);
  EXPECT_EQ(guard.Use(Token("b"), kNow), TokenUse::kFirst);
  EXPECT_EQ(guard.Use(Token("b"), kNow), TokenUse::kRepeated);
  store.set_away(true);
  EXPECT_EQ(guard.Use(Token("c"), kNow), TokenUse::kUnavailable);
}

TEST(ReplayGuardTest, WhileTheStoreIsAwayMemoryServesAndIsHandedOverLater) {
  SharedStore store;
  ReplayGuard one(SharedBy(store)), two(SharedBy(store));
  store.set_away(true);
  EXPECT_EQ(one.Use(Token("a"), kNow), TokenUse::kFirst);
  EXPECT_EQ(one.Use(Token("a"), kNow), TokenUse::kRepeated);
  EXPECT_EQ(one.unshared(), 1u);
  store.set_away(false);
  EXPECT_EQ(one.Use(Token("a"), kNow), TokenUse::kRepeated);
  ASSERT_TRUE(store.WaitFor("a"));
  EXPECT_EQ(two.Use(Token("a"), kNow), TokenUse::kRepeated);
}

TEST(ReplayGuardTest, WhileTheStoreIsAwayWhatItTookBeforeIsStillKnown) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store));
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kFirst);
  store.set_away(true);
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kRepeated);
}

TEST(ReplayGuardTest, WhileTheStoreIsAwayTokensFromBeforeTheStartMustWait) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store));
  store.set_away(true);
  EXPECT_EQ(guard.Use(Token("a", kNow - 1), kNow), TokenUse::kUnavailable);
  store.set_away(false);
  EXPECT_EQ(guard.Use(Token("a", kNow - 1), kNow), TokenUse::kFirst);
}

TEST(ReplayGuardTest, StrictItLetsNothingInWhileTheStoreIsAway) {
  SharedStore store;
  ReplayGuard guard(SharedBy(store, true));
  store.set_away(true);
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kUnavailable);
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kUnavailable);
  store.set_away(false);
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kFirst);
  EXPECT_EQ(guard.unshared(), 0u);
}

TEST(ReplayGuardTest, AStoreThatThrowsIsAway) {
  SharedStore store;
  store.set_broken();
  ReplayGuard guard(SharedBy(store)), strict(SharedBy(store, true));
  EXPECT_EQ(guard.Use(Token("a"), kNow), TokenUse::kFirst);
  EXPECT_EQ(strict.Use(Token("a"), kNow), TokenUse::kUnavailable);
}

}  // namespace
}  // namespace renal::hooks
