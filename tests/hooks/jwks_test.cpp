#include "hooks/jwks.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <ostream>
#include <set>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "hooks/internal/jwks_cache.h"
#include "hooks/internal/jwks_source.h"
#include "tests/hooks/jose_signer.h"

namespace renal::hooks::internal {
namespace {

using enum JwsAlgorithm;
using Clock = JwksSource::Clock;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const std::string kUrl = "https://ehr.example/jwks", kOther = "https://ehr.example/other";

/// A set whose keys have these kids; the same key for one kid each time.
std::string SetOf(std::initializer_list<std::string_view> kids) {
  static std::map<std::string, JoseSigner, std::less<>> keys;
  std::string text;
  for (const std::string_view kid : kids) {
    const auto key = keys.try_emplace(std::string(kid), JoseSigner::Ec("P-256")).first;
    text += (text.empty() ? "" : ",") + key->second.Jwk(kid);
  }
  return R"({"keys":[)" + text + "]}";
}

std::shared_ptr<const JwkSet> Keys(std::initializer_list<std::string_view> kids) {
  return std::make_shared<const JwkSet>(*JwkSet::Read(SetOf(kids)));
}

// --- How long an answer is good

struct LifeCase {
  std::string_view name;
  std::optional<seconds> max_age;
  seconds age;  // after which it is stale
  friend void PrintTo(const LifeCase& row, std::ostream* out) { *out << row.name; }
};

class JwksLifeTest : public testing::TestWithParam<LifeCase> {};

TEST_P(JwksLifeTest, IsHeldWithinItsLimits) {
  const Clock::time_point start{};
  JwksSource source(kUrl, start);
  EXPECT_EQ(source.due(), start);
  EXPECT_EQ(source.keys(), nullptr);
  source.Begin();
  source.Succeed(start, Keys({"a"}), GetParam().max_age, {});
  EXPECT_GT(source.due(), start + GetParam().age / 2);
  EXPECT_LT(source.due(), start + GetParam().age);
  EXPECT_EQ(source.usable_until(), start + GetParam().age + minutes(60));
}

INSTANTIATE_TEST_SUITE_P(Each, JwksLifeTest,
                         testing::ValuesIn<LifeCase>({
                             {"Absent", {}, minutes(10)},
                             {"Zero", seconds(0), seconds(60)},
                             {"Below", seconds(59), seconds(60)},
                             {"Least", seconds(60), seconds(60)},
                             {"Above", seconds(61), seconds(61)},
                             {"AnHour", seconds(3600), seconds(3600)},
                             {"OverAnHour", seconds(3601), seconds(3600)},
                             {"Endless", seconds(2147483647), seconds(3600)},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(JwksSourceTest, AFailureKeepsTheOldSetAndTriesAgainAfterTheCooldown) {
  const Clock::time_point start{}, later = start + seconds(400);
  JwksSource source(kUrl, start);
  source.Begin();
  EXPECT_TRUE(source.Awaited(start));
  source.Succeed(start, Keys({"a"}), seconds(500), {});
  EXPECT_FALSE(source.Awaited(start));
  const auto good_until = source.usable_until();
  source.Begin();
  source.Fail(later, {});
  EXPECT_NE(source.keys(), nullptr);
  EXPECT_EQ(source.usable_until(), good_until);
  EXPECT_EQ(source.due(), later + seconds(30));
  source.Hasten(later);
  EXPECT_TRUE(source.Awaited(later));
  source.Hasten(later + seconds(5));
  EXPECT_EQ(source.due(), later);
}

// --- The cache

/// An endpoint of the tests: what it answers, how often it was asked, and a gate in front of it.
class Endpoint {
 public:
  FetchJwks Door() {
    return [this](std::string_view client, const std::string& url) { return Answer(client, url); };
  }
  void Serve(const std::string& url, std::string body, std::optional<seconds> max_age = {}) {
    const std::lock_guard lock(mutex_);
    answers_[url] = {std::move(body), max_age};
  }
  /// Throws from now on, for that URL.
  void Break(const std::string& url) {
    const std::lock_guard lock(mutex_);
    broken_.insert(url);
  }
  /// Answers no more.
  void Leave(const std::string& url) {
    const std::lock_guard lock(mutex_);
    answers_.erase(url);
  }
  void Close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  /// Waits until so many fetches have begun.
  bool WaitForCalls(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(60), [&] { return calls_ >= count; });
  }
  int calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  fhir::Result<fhir::CallAnswer> Answer(std::string_view client, const std::string& url) {
    std::unique_lock lock(mutex_);
    EXPECT_EQ(client, "ehr");
    ++calls_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    if (broken_.contains(url)) throw std::runtime_error("defect");
    const auto answer = answers_.find(url);
    if (answer == answers_.end()) {
      return fhir::Issue{fhir::IssueCode::kTransient, "Nobody answers.", {}};
    }
    return answer->second;
  }
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, fhir::CallAnswer> answers_;
  std::set<std::string> broken_;
  int calls_ = 0;
  bool open_ = true;
};

/// Settings with which nothing happens by itself.
JwksSettings Calm() {
  JwksSettings settings;
  settings.wait = seconds(60);
  return settings;
}

std::string Found(JwksCache& cache, std::string_view kid,
                  const std::optional<std::string>& jku = std::nullopt) {
  const auto found = cache.Find(0, kid, jku);
  const auto* reason = std::get_if<AuthReason>(&found);
  return reason != nullptr ? std::string(Spelling(*reason)) : std::get<Jwk>(found).kid();
}

std::vector<JwksCache::Client> Client(std::vector<std::string> urls,
                                      std::shared_ptr<const JwkSet> given = nullptr) {
  return {{.name = "ehr", .urls = std::move(urls), .given = std::move(given)}};
}

TEST(JwksCacheTest, GivenKeysNeedNoFetch) {
  JwksCache cache(Client({}, Keys({"a"})), nullptr, Calm());
  EXPECT_EQ(Found(cache, "a"), "a");
  EXPECT_EQ(Found(cache, "b"), "key-unknown");
}

TEST(JwksCacheTest, FetchesAtTheStartAndOnce) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a", "b"}));
  JwksCache cache(Client({kUrl}), endpoint.Door(), Calm());
  EXPECT_EQ(Found(cache, "a"), "a");
  EXPECT_EQ(Found(cache, "b"), "b");
  EXPECT_EQ(endpoint.calls(), 1);
}

TEST(JwksCacheTest, KeysOfTheOneBeforeAreGoodUntilTheirEndpointAnswers) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  endpoint.Serve(kOther, SetOf({"other"}));
  JwksCache before(Client({kUrl, kOther}), endpoint.Door(), Calm());
  EXPECT_EQ(Found(before, "a", kUrl), "a");
  EXPECT_EQ(Found(before, "other", kOther), "other");
  endpoint.Close();
  endpoint.Serve(kUrl, SetOf({"b"}));
  JwksSettings settings = Calm();
  settings.wait = milliseconds(1);
  JwksCache after(Client({kUrl}), endpoint.Door(), settings, &before);
  EXPECT_EQ(Found(after, "a"), "a");
  EXPECT_EQ(Found(after, "other"), "key-unknown") << "its URL is no more";
  endpoint.Open();
  const auto deadline = Clock::now() + seconds(60);
  while (Found(after, "b") != "b" && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(Found(after, "a"), "key-unknown");
}

TEST(JwksCacheTest, KeysOfAnotherClientAreNotTakenOver) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  JwksCache before(Client({kUrl}), endpoint.Door(), Calm());
  EXPECT_EQ(Found(before, "a"), "a");
  JwksSettings settings = Calm();
  settings.wait = milliseconds(1);
  const auto nobody = [](std::string_view, const std::string&) -> fhir::Result<fhir::CallAnswer> {
    return fhir::Issue{fhir::IssueCode::kTransient, "Nobody answers.", {}};
  };
  JwksCache after({{.name = "other", .urls = {kUrl}}}, nobody, settings, &before);
  EXPECT_EQ(Found(after, "a"), "no-keys");
}

TEST(JwksCacheTest, FetchesNothingOnceItIsRetiredAndKeepsItsKeys) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  JwksCache cache(Client({kUrl}), endpoint.Door(), Calm());
  EXPECT_EQ(Found(cache, "a"), "a");
  cache.Retire();
  cache.Retire();
  EXPECT_EQ(Found(cache, "a"), "a");
  EXPECT_EQ(Found(cache, "b"), "key-unknown");
  EXPECT_EQ(endpoint.calls(), 1);
}

TEST(JwksCacheTest, AnUnknownKidCausesOneFetchWithinTheCooldown) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  JwksCache cache(Client({kUrl}), endpoint.Door(), Calm());
  EXPECT_EQ(Found(cache, "a"), "a");
  endpoint.Serve(kUrl, SetOf({"b"}));
  EXPECT_EQ(Found(cache, "b"), "b") << "rotated";
  EXPECT_EQ(Found(cache, "a"), "key-unknown") << "removed";
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Found(cache, "made-up-" + std::to_string(i)), "key-unknown");
  }
  EXPECT_EQ(endpoint.calls(), 2);
}

TEST(JwksCacheTest, FetchesAgainWhenTheCooldownIsOver) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  JwksSettings settings = Calm();
  settings.cooldown = milliseconds(50);
  JwksCache cache(Client({kUrl}), endpoint.Door(), settings);
  EXPECT_EQ(Found(cache, "a"), "a");
  EXPECT_EQ(Found(cache, "b"), "key-unknown");
  endpoint.Serve(kUrl, SetOf({"a", "b"}));
  const auto deadline = Clock::now() + seconds(60);
  while (Found(cache, "b") != "b" && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(Found(cache, "b"), "b");
}

TEST(JwksCacheTest, OneFetchServesAllWhoWait) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  JwksSettings settings = Calm();
  settings.waiting = 8;
  JwksCache cache(Client({kUrl}), endpoint.Door(), settings);
  EXPECT_EQ(Found(cache, "a"), "a");
  endpoint.Close();
  endpoint.Serve(kUrl, SetOf({"a", "b"}));
  std::atomic<int> found{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { found += Found(cache, "b") == "b"; });
  ASSERT_TRUE(endpoint.WaitForCalls(2));
  EXPECT_EQ(Found(cache, "a"), "a") << "known keys stay while it runs";
  endpoint.Open();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 8);
  EXPECT_EQ(endpoint.calls(), 2);
}

TEST(JwksCacheTest, RefusesWhoFindsNoPlaceToWait) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  JwksSettings settings = Calm();
  settings.waiting = 1;
  JwksCache cache(Client({kUrl}), endpoint.Door(), settings);
  EXPECT_EQ(Found(cache, "a"), "a");
  endpoint.Close();
  endpoint.Serve(kUrl, SetOf({"b"}));
  std::thread waits([&] { EXPECT_EQ(Found(cache, "b"), "b"); });
  ASSERT_TRUE(endpoint.WaitForCalls(2));
  EXPECT_EQ(Found(cache, "b"), "key-unknown");
  endpoint.Open();
  waits.join();
}

TEST(JwksCacheTest, NobodyWaitsLongerThanTheSettingsSay) {
  Endpoint endpoint;
  endpoint.Close();
  endpoint.Serve(kUrl, SetOf({"a"}));
  JwksSettings settings = Calm();
  settings.wait = milliseconds(60);
  JwksCache cache(Client({kUrl}), endpoint.Door(), settings);
  EXPECT_EQ(Found(cache, "a"), "no-keys");
  endpoint.Open();
  const auto deadline = Clock::now() + seconds(60);
  while (Found(cache, "a") != "a" && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(Found(cache, "a"), "a");
}

TEST(JwksCacheTest, NeverFetchedIsNotTheSameAsUnknown) {
  Endpoint endpoint;
  JwksSettings settings = Calm();
  settings.cooldown = milliseconds(60);
  JwksCache cache(Client({kUrl}), endpoint.Door(), settings);
  EXPECT_EQ(Found(cache, "a"), "no-keys");
  endpoint.Serve(kUrl, SetOf({"a"}));
  const auto deadline = Clock::now() + seconds(60);
  while (Found(cache, "a") != "a" && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(Found(cache, "a"), "a") << "it comes back by itself";
}

struct BadAnswer {
  std::string_view name, body;
  std::string_view reason;
  friend void PrintTo(const BadAnswer& row, std::ostream* out) { *out << row.name; }
};

class BadAnswerTest : public testing::TestWithParam<BadAnswer> {};

TEST_P(BadAnswerTest, KeepsTheOldSet) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  JwksSettings settings = Calm();
  std::mutex mutex;
  std::vector<std::string> reports;
  settings.report = [&](const JwksReport& report) {
    const std::lock_guard lock(mutex);
    reports.push_back(report.loaded ? std::to_string(report.keys) + " key" : report.reason);
    throw std::runtime_error("whoever is told must not matter");
  };
  JwksCache cache(Client({kUrl}), endpoint.Door(), settings);
  EXPECT_EQ(Found(cache, "a"), "a");
  if (GetParam().body == "defect") endpoint.Break(kUrl);
  if (GetParam().body.empty()) endpoint.Leave(kUrl);
  if (!GetParam().body.empty()) endpoint.Serve(kUrl, std::string(GetParam().body));
  EXPECT_EQ(Found(cache, "b"), "key-unknown");
  EXPECT_EQ(Found(cache, "a"), "a");
  EXPECT_EQ(endpoint.calls(), 2);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(reports, (std::vector<std::string>{"1 key", std::string(GetParam().reason)}));
}

INSTANTIATE_TEST_SUITE_P(Each, BadAnswerTest,
                         testing::ValuesIn<BadAnswer>({
                             {"None", "", "Nobody answers."},
                             {"Page", "<html>", "The text is not one JSON value."},
                             {"NoKeys", R"({"keys":[]})", "A JWK Set has no key that can be used."},
                             {"Defect", "defect", "The fetch met a defect."},
                         }),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(JwksCacheTest, RenewsByItselfBeforeTheAgeIsOver) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}), seconds(0));
  JwksSettings settings = Calm();
  settings.least_age = milliseconds(50);
  JwksCache cache(Client({kUrl}), endpoint.Door(), settings);
  EXPECT_EQ(Found(cache, "a"), "a");
  endpoint.Serve(kUrl, SetOf({"b"}), seconds(3600));
  const auto deadline = Clock::now() + seconds(60);
  while (Found(cache, "a") == "a" && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(Found(cache, "a"), "key-unknown") << "a removed key is refused in time";
  EXPECT_EQ(Found(cache, "b"), "b");
}

TEST(JwksCacheTest, AnOldSetIsGoodForItsGraceOnly) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}), seconds(0));
  JwksSettings settings = Calm();
  settings.least_age = settings.grace = milliseconds(30);
  JwksCache cache(Client({kUrl}), endpoint.Door(), settings);
  const auto deadline = Clock::now() + seconds(60);
  // It may have grown old, and be fetched anew, before it is looked at.
  while (Found(cache, "a") != "a" && Clock::now() < deadline) std::this_thread::yield();
  endpoint.Leave(kUrl);
  while (Found(cache, "a") == "a" && Clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(Found(cache, "a"), "no-keys");
}

TEST(JwksCacheTest, TheSetThatTheTokenNamesDecides) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a", "both"}));
  endpoint.Serve(kOther, R"({"keys":[)" + JoseSigner::Ec("P-384").Jwk("both") + "]}");
  JwksCache cache(Client({kUrl, kOther}, Keys({"given"})), endpoint.Door(), Calm());
  EXPECT_EQ(Found(cache, "none"), "key-unknown") << "it waits for both sets";
  EXPECT_EQ(Found(cache, "a"), "a");
  EXPECT_EQ(Found(cache, "a", kOther), "a") << "all sets of a client are one";
  EXPECT_EQ(Found(cache, "given", kUrl), "given");
  EXPECT_EQ(Found(cache, "both"), "key-ambiguous");
  const auto first = cache.Find(0, "both", kUrl), second = cache.Find(0, "both", kOther);
  EXPECT_TRUE(std::get<Jwk>(first).Allows(kEs256));
  EXPECT_TRUE(std::get<Jwk>(second).Allows(kEs384));
}

TEST(JwksCacheTest, TheSameKeyInTwoSetsIsOneKey) {
  Endpoint endpoint;
  endpoint.Serve(kUrl, SetOf({"a"}));
  endpoint.Serve(kOther, SetOf({"a"}));
  JwksCache cache(Client({kUrl, kOther}, Keys({"a"})), endpoint.Door(), Calm());
  Found(cache, "b");
  EXPECT_EQ(Found(cache, "a"), "a");
}

TEST(JwksCacheTest, ASlowEndpointHoldsUpNoOther) {
  Endpoint slow, quick;
  slow.Close();
  quick.Serve(kOther, SetOf({"a"}));
  const FetchJwks fetch = [&](std::string_view client, const std::string& url) {
    return (url == kUrl ? slow : quick).Door()(client, url);
  };
  JwksSettings settings = Calm();
  settings.waiting = 8;
  JwksCache cache({{.name = "ehr", .urls = {kUrl}}, {.name = "ehr", .urls = {kOther}}}, fetch,
                  settings);
  const auto found = cache.Find(1, "a", std::nullopt);
  EXPECT_TRUE(std::holds_alternative<Jwk>(found));
  slow.Open();
}

}  // namespace
}  // namespace renal::hooks::internal
