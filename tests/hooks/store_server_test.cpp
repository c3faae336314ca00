#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hooks/store_engine.h"

namespace renal::hooks {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;
using Verdict = FeedbackReceipt::Verdict;

constexpr seconds kPatience{60};  // what no test should ever wait for

/// Whether something becomes true, for as long as no test should wait for it.
template <class F>
bool InTheEnd(const F& is_so) {
  const auto end = steady_clock::now() + kPatience;
  while (!is_so()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

/// Limits under which callers do not wait long, while a statement has all the time it wants.
StoreLimits HastyCallers() {
  StoreLimits limits = PatientLimits();
  limits.feedback_wait = limits.token_wait = limits.quiet_wait = limits.measure_wait =
      milliseconds(300);
  return limits;
}

// A database away and back, with a server of their own: the others' must stay.
class StoreServerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = PostgresServer::Start(); }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    if (!server_) GTEST_SKIP() << "the package postgresql is not installed";
    url_ = server_->NewDatabase();
  }
  std::unique_ptr<Store> Open(const StoreLimits& limits = PatientLimits()) const {
    auto store = Store::Open(StoreTarget::AtUrl(url_).value(), {}, limits);
    if (!store) {
      ADD_FAILURE() << store.error().diagnostics;
      std::abort();
    }
    return std::move(*store);
  }
  std::string One(const std::string& statement) const {
    const auto rows = QueryPostgres(url_, statement);
    return rows.size() == 1 ? rows[0][0] : "not one row";
  }
  /// Waits for feedback to be stored, or stored again.
  static bool Stores(Store& store) {
    return InTheEnd([&] { return store.Take(PostOf({Override(1)})).verdict == Verdict::kStored; });
  }
  static TokenUse Token(const std::string& id) {
    using std::chrono::system_clock;
    return {"issuer", id, std::chrono::floor<seconds>(system_clock::now()) + seconds(300)};
  }

  /// What everybody gets while the database is away, and before it is back.
  static void ExpectAway(Store& store) {
    EXPECT_EQ(store.Take(PostOf({Override(2)})).verdict, Verdict::kAway);
    DecisionRecord record = DecisionWith(5);
    EXPECT_THAT(store.QuietCards(record, std::chrono::hours(24)), testing::ElementsAre(false));
    EXPECT_TRUE(store.Enqueue(record));
    EXPECT_EQ(store.InsertToken(Token("away")), TokenVerdict::kAway);
  }

  static std::unique_ptr<PostgresServer> server_;
  std::string url_;
};
std::unique_ptr<PostgresServer> StoreServerTest::server_;

TEST_F(StoreServerTest, GoesOnWithoutAServerAndComesBack) {
  const auto store = Open();
  ASSERT_TRUE(Stores(*store));
  server_->Stop();
  ExpectAway(*store);  // at once: its limits are those of the patient
  EXPECT_FALSE(store->health().ok);
  EXPECT_THAT(store->health().reason, HasSubstr("database"));
  EXPECT_EQ(store->health().queued, 1U);
  EXPECT_FALSE(store->Measure({}).has_value());
  server_->Resume();
  EXPECT_TRUE(Stores(*store));
  ASSERT_TRUE(store->Flush(steady_clock::now() + kPatience));
  EXPECT_TRUE(store->health().ok);
  EXPECT_EQ(store->InsertToken(Token("away")), TokenVerdict::kSeen);  // stored when it was back
  EXPECT_EQ(One("SELECT count(*) FROM decision WHERE id = 'trace-5'"), "1");
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), "1");
}

TEST_F(StoreServerTest, NoticesByItselfThatAnIdleServerWasStartedAnew) {
  const auto store = Open();
  ASSERT_EQ(store->Take(PostOf({Override(1)})).verdict, Verdict::kStored);
  ASSERT_TRUE(store->Measure({}).has_value());
  server_->Stop();
  server_->Resume();
  EXPECT_EQ(store->Take(PostOf({Override(2)})).verdict, Verdict::kStored);
  EXPECT_TRUE(store->Measure({}).has_value());
  EXPECT_TRUE(store->health().ok);
}

TEST_F(StoreServerTest, GoesOnBesideASilentServer) {
  const auto store = Open(HastyCallers());
  ASSERT_TRUE(InTheEnd([&] { return store->Measure({}).has_value(); }));
  ASSERT_TRUE(Stores(*store));
  server_->Freeze();
  ExpectAway(*store);
  EXPECT_TRUE(InTheEnd([&] { return !store->health().ok; }));
  EXPECT_THAT(store->health().reason, HasSubstr("does not answer"));
  server_->Thaw();
  EXPECT_TRUE(Stores(*store));
}

TEST_F(StoreServerTest, NobodyWaitsForAServerThatIsKnownToBeSilent) {
  StoreLimits limits = PatientLimits();
  limits.feedback_wait = std::chrono::hours(1);
  const auto store = Open(limits);
  server_->Freeze();
  ASSERT_TRUE(store->Enqueue(DecisionWith(1)));
  EXPECT_TRUE(InTheEnd([&] { return !store->health().ok; }));
  auto told =
      std::async(std::launch::async, [&] { return store->Take(PostOf({Override(2)})).verdict; });
  EXPECT_EQ(told.wait_for(kPatience), std::future_status::ready) << "it waits for its hour";
  server_->Thaw();
  EXPECT_EQ(told.get(), Verdict::kAway);
}

TEST_F(StoreServerTest, EndsBesideASilentServer) {
  StoreLimits limits = PatientLimits();
  limits.statement = std::chrono::hours(1);
  auto store = Open(limits);
  server_->Freeze();
  ASSERT_TRUE(store->Enqueue(DecisionWith(1)));
  auto ended = std::async(std::launch::async, [&] { store.reset(); });
  EXPECT_EQ(ended.wait_for(kPatience), std::future_status::ready) << "it waits for the server";
  server_->Thaw();
}

TEST_F(StoreServerTest, SeveralShareOneDatabase) {
  const auto one = Open(), other = Open();
  ASSERT_TRUE(one->Enqueue(DecisionWith(1)));
  ASSERT_TRUE(one->Flush(steady_clock::now() + kPatience));
  EXPECT_THAT(other->Take(PostOf({Override(1)})).unverified, testing::IsEmpty());
  EXPECT_EQ(one->Take(PostOf({Override(1)})).repeated, 1U);
  EXPECT_EQ(one->InsertToken(Token("shared")), TokenVerdict::kFirst);
  EXPECT_EQ(other->InsertToken(Token("shared")), TokenVerdict::kSeen);
  EXPECT_EQ(one->Measure({}).value().Total().overridden, 1);
}

TEST_F(StoreServerTest, ForgetsTokensByTheClockOfTheDatabase) {
  const auto one = Open();
  ASSERT_EQ(one->InsertToken(Token("good")), TokenVerdict::kFirst);
  const auto tomorrow = [] { return std::chrono::system_clock::now() + std::chrono::hours(24); };
  auto ahead = Store::Open(StoreTarget::AtUrl(url_).value(), tomorrow, PatientLimits());
  ASSERT_TRUE(ahead.has_value());
  ASSERT_EQ((*ahead)->InsertToken(Token("other")), TokenVerdict::kFirst);
  EXPECT_EQ(one->InsertToken(Token("good")), TokenVerdict::kSeen);
  EXPECT_EQ(One("SELECT count(*) FROM token"), "2");
}

TEST_F(StoreServerTest, HoldsNoMoreThanItMay) {
  StoreLimits limits = PatientLimits();
  limits.unknown_per_day = 2;
  limits.live_tokens = 1;
  auto store = Store::Open(StoreTarget::AtUrl(url_).value(), {}, limits);
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ((*store)->InsertToken(Token("a")), TokenVerdict::kFirst);
  EXPECT_EQ((*store)->InsertToken(Token("b")), TokenVerdict::kFull);
  EXPECT_EQ((*store)->Take(PostOf({Override(1), Override(2)})).verdict, Verdict::kStored);
  EXPECT_EQ((*store)->Take(PostOf({Override(3)})).verdict, Verdict::kTooMany);
}

// Two servers, the same feedback and tokens at the same time. Who is told that the database is away
// knows nothing; where nobody was, one of the four was the first.
TEST_F(StoreServerTest, CountsOnceWhatTwoServersGet) {
  const auto one = Open(), other = Open();
  std::array<std::atomic<int>, 50> first{}, away{};
  std::vector<std::thread> threads;
  for (Store* store : {one.get(), other.get(), one.get(), other.get()}) {
    threads.emplace_back([&, store] {
      for (int i = 0; i < 50; ++i) {
        while (store->Take(PostOf({Override(i), Override(i + 1)})).verdict != Verdict::kStored) {
        }
        const TokenVerdict verdict = store->InsertToken(Token(std::to_string(i)));
        first[i] += verdict == TokenVerdict::kFirst ? 1 : 0;
        away[i] += verdict == TokenVerdict::kAway ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_LE(first[i], 1) << i;
    EXPECT_TRUE(first[i] == 1 || away[i] > 0) << i;
  }
  EXPECT_EQ(One("SELECT count(*) FROM feedback"), "51");
}

TEST_F(StoreServerTest, KeepsCommitsDurableWhateverTheDefaultOfTheDatabase) {
  const std::string name = One("SELECT current_database()");
  QueryPostgres(url_, "ALTER DATABASE " + name + " SET synchronous_commit = off");
  // Tells from inside a commit of the store what its session has set.
  StoreLimits limits = PatientLimits();
  limits.statement = StoreLimits().statement;
  const auto store = Open(limits);
  QueryPostgres(
      url_,
      "CREATE TABLE seen (setting TEXT);"
      "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " INSERT INTO seen VALUES (current_setting('synchronous_commit') || ' ' ||"
      " current_setting('statement_timeout')); RETURN NEW; END $$;"
      "CREATE TRIGGER look BEFORE INSERT ON feedback FOR EACH ROW EXECUTE FUNCTION look()");
  ASSERT_TRUE(Stores(*store));
  EXPECT_EQ(One("SELECT setting FROM seen"), "on 2s");
}

TEST_F(StoreServerTest, RefusesAnotherEncoding) {
  url_ = server_->NewDatabase("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  const auto store = Store::Open(StoreTarget::AtUrl(url_).value());
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, fhir::IssueCode::kNotSupported);
  EXPECT_THAT(store.error().diagnostics, HasSubstr("UTF-8"));
}

TEST_F(StoreServerTest, SaysWhereItCannotGo) {
  const auto target =
      StoreTarget::AtUrl("postgresql://renal:secret-word@127.0.0.1:1/nowhere?connect_timeout=2");
  ASSERT_TRUE(target.has_value());
  EXPECT_TRUE(target->has_password());
  EXPECT_THAT(target->shown(), Not(HasSubstr("secret-word")));
  const auto store = Store::Open(*target);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, fhir::IssueCode::kTransient);
  EXPECT_THAT(store.error().diagnostics, HasSubstr("postgresql://127.0.0.1/nowhere"));
  EXPECT_THAT(store.error().diagnostics, Not(HasSubstr("secret-word")));
}

TEST(StoreTargetTest, RefusesWhatIsNoUrl) {
  for (const char* text : {"", "mysql://host/db", "host=a dbname=b", "postgresql://[::1",
                           "postgresql://h/d?nonsense=1"}) {
    const auto target = StoreTarget::AtUrl(text);
    ASSERT_FALSE(target.has_value()) << text;
    EXPECT_EQ(target.error().code, fhir::IssueCode::kValue);
  }
  EXPECT_FALSE(StoreTarget::AtUrl("postgresql://renal@host/db")->has_password());
}

}  // namespace
}  // namespace renal::hooks
