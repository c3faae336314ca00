#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "hooks/store.h"
#include "tests/hooks/patient_store.h"
#include "tests/hooks/postgres_server.h"
#include "tests/hooks/sqlite_reader.h"

namespace renal::hooks {

enum class Engine { kSqlite, kPostgres };

inline void PrintTo(Engine engine, std::ostream* out) {
  *out << (engine == Engine::kSqlite ? "Sqlite" : "Postgres");
}

/// The server that all tests of the program share; null where none is installed.
inline PostgresServer* SharedServer() {
  static const std::unique_ptr<PostgresServer> kServer = PostgresServer::Start();
  return kServer.get();
}

/// A fresh database on either engine, with a clock that stands where the test puts it.
class StoreEngineTest : public testing::TestWithParam<Engine> {
 protected:
  static constexpr std::int64_t kStart = 1'772'442'000'000;  // 2026-03-02T09:00:00Z

  void SetUp() override {
    std::string pattern = testing::TempDir() + "renal engine XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    if (GetParam() == Engine::kSqlite) return;
    if (SharedServer() == nullptr) GTEST_SKIP() << "the package postgresql is not installed";
    url_ = SharedServer()->NewDatabase();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  StoreTarget target() const { return StoreTarget::Of(url_, folder_).value(); }
  std::filesystem::path file() const { return folder_ / StoreTarget::kFileName; }

  std::unique_ptr<Store> Open() {
    const StoreClock clock = [this] {
      return std::chrono::system_clock::time_point(std::chrono::milliseconds(now_));
    };
    auto store = Store::Open(target(), clock, PatientLimits());
    if (!store) {
      ADD_FAILURE() << store.error().diagnostics;
      std::abort();
    }
    return std::move(*store);
  }
  Store& store() {
    if (!store_) store_ = Open();
    return *store_;
  }

  /// So many seconds after now, by the clock that forgets tokens: that of a database, else of the
  /// test.
  std::chrono::sys_seconds In(int seconds) const {
    const auto now =
        url_.empty() ? std::chrono::system_clock::time_point(std::chrono::milliseconds(now_.load()))
                     : std::chrono::system_clock::now();
    return std::chrono::floor<std::chrono::seconds>(now) + std::chrono::seconds(seconds);
  }

  /// Runs statements outside of any store.
  std::vector<Row> Query(const std::string& text) const {
    if (!url_.empty()) return QueryPostgres(url_, text);
    return Sqlite(file(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).Query(text);
  }
  std::string One(const std::string& text) const {
    const auto rows = Query(text);
    return rows.size() == 1 && rows[0].size() == 1 ? rows[0][0] : "not one value";
  }
  bool Commit(DecisionRecord record) {
    return store().Enqueue(std::move(record)) &&
           store().Flush(std::chrono::steady_clock::now() + std::chrono::seconds(60));
  }

  std::filesystem::path folder_;
  std::string url_;
  std::atomic<std::int64_t> now_ = kStart;
  std::unique_ptr<Store> store_;
};

inline std::string EngineName(const testing::TestParamInfo<Engine>& info) {
  return info.param == Engine::kSqlite ? "Sqlite" : "Postgres";
}

/// "00000000-0000-4000-8000-000000000007"
inline std::string Uuid(int number) {
  std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

/// A decision with one card, whose uuid is Uuid(number).
inline DecisionRecord DecisionWith(int number) {
  DecisionCard card{.uuid = Uuid(number),
                    .rule = "RULE-1",
                    .focus = "right",
                    .indicator = "warning",
                    .topic = "RULE-1",
                    .order = {"ServiceRequest/draft-1", "action-a", "discordant", "system|code"},
                    .suggestions = {Uuid(number + 1'000'000)}};
  return {.id = "trace-" + std::to_string(number),
          .at = "2026-03-02T10:00:00+01:00",
          .hook = "order-sign",
          .hook_instance = "instance-1",
          .service = "service-1",
          .client = "client-1",
          .tenant = "tenant-1",
          .pathway_url = "https://example.org/pathway",
          .pathway_version = "1.0.0",
          .pathway_hash = "sha256:00",
          .outcome = "recommendation",
          .rules = "RULE-1 RULE-7",
          .patient_key = "patient-1",
          .user_key = "user-1",
          .input_digest = "body-1",
          .inputs_digest = "inputs-1",
          .quieted = 2,
          .cards = {std::move(card)}};
}

inline FeedbackItem Override(int card) {
  return {.card = Uuid(card),
          .outcome = FeedbackOutcome::kOverridden,
          .reasons = {{"https://example.org/reasons", "not-now", "Not now"}},
          .comment = "Later",
          .at = "2026-03-02T08:59:00Z",
          .at_ms = 1'772'441'940'000};
}

inline FeedbackItem Acceptance(int card) {
  return {.card = Uuid(card),
          .outcome = FeedbackOutcome::kAccepted,
          .suggestions = {Uuid(card + 1'000'000)},
          .at = "2026-03-02T08:59:00Z",
          .at_ms = 1'772'441'940'000};
}

inline FeedbackPost PostOf(std::vector<FeedbackItem> items) {
  for (std::size_t i = 0; i < items.size(); ++i) items[i].index = i;
  return {.client = "client-1", .tenant = "tenant-1", .service = "service-1", .items = items};
}

}  // namespace renal::hooks
