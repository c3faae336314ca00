#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/hooks/store_engine.h"

namespace renal::hooks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Stores as the older versions of the program left them.
class StoreMigrationTest : public StoreEngineTest {
 protected:
  static constexpr const char* kNewest = "2";

  /// Fills the database from schema/v<version>.sql, which is never edited once released.
  void MakeVersion(const std::string& version) {
    const std::filesystem::path path =
        std::filesystem::path(RENAL_TEST_SOURCES) / "store_schema" / ("v" + version + ".sql");
    std::ifstream in(path);
    ASSERT_TRUE(in) << path;
    Query({std::istreambuf_iterator<char>(in), {}});
    if (url_.empty()) {
      Query("PRAGMA application_id = 1380864068; PRAGMA user_version = " + version);
    } else {
      Query(
          "CREATE TABLE renalpath_schema (version INTEGER NOT NULL);"
          "INSERT INTO renalpath_schema VALUES (" +
          version + ")");
    }
  }
  std::string Version() const {
    return One(url_.empty() ? "PRAGMA user_version" : "SELECT version FROM renalpath_schema");
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, StoreMigrationTest,
                         testing::Values(Engine::kSqlite, Engine::kPostgres), EngineName);

TEST_P(StoreMigrationTest, MakesTheNewestVersion) {
  store();
  EXPECT_EQ(Version(), kNewest);
}

TEST_P(StoreMigrationTest, BringsVersionOneUpToDate) {
  MakeVersion("1");
  ASSERT_TRUE(Commit(DecisionWith(7)));
  EXPECT_EQ(Version(), kNewest);
  // 09:00 at +01:00, in milliseconds; and times before it and after, with another offset.
  EXPECT_THAT(Query("SELECT id, stored_at, tenant, user_key, inputs_digest, quieted FROM decision"
                    " WHERE id LIKE 'old-%' ORDER BY id"),
              ElementsAre(Row{"old-1", "1772438400000", "", "", "", "0"},
                          Row{"old-2", "1772442000000", "", "", "", "0"}));
  EXPECT_EQ(One("SELECT count(*) FROM card WHERE focus = '' AND card_key = ''"), "2");
  const FeedbackPost about_old = {
      .client = "client-1", .service = "service-1", .items = {Override(901), Override(902)}};
  EXPECT_THAT(store().Take(about_old).unverified, testing::IsEmpty());
  EXPECT_EQ(store().Measure({}).value().Total().shown, 3);
  EXPECT_EQ(store().Measure({}).value().Total().overridden, 2);
}

TEST_P(StoreMigrationTest, LeavesAnOldVersionAloneWhereItOnlyReads) {
  MakeVersion("1");
  const auto measures = MeasureAt(target(), {});
  ASSERT_FALSE(measures.has_value());
  EXPECT_EQ(measures.error().code, fhir::IssueCode::kNotSupported);
  EXPECT_THAT(measures.error().diagnostics, HasSubstr("schema version 1"));
  EXPECT_THAT(measures.error().diagnostics, HasSubstr("start the server of this version once"));
  EXPECT_EQ(Version(), "1");
}

// What a newer program adds to a step that fails half-way must not stay.
TEST_P(StoreMigrationTest, LeavesTheOldVersionWhereAStepFails) {
  MakeVersion("1");
  Query("CREATE TABLE token (x INTEGER)");  // in the way of a table of version 2
  const auto store = Store::Open(target());
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(Version(), "1");
  Query("DROP TABLE token");
  EXPECT_TRUE(Store::Open(target()).has_value());
  EXPECT_EQ(Version(), kNewest);
}

TEST_P(StoreMigrationTest, RefusesANewerVersion) {
  store();
  store_.reset();
  Query(url_.empty() ? "PRAGMA user_version = 3" : "UPDATE renalpath_schema SET version = 3");
  for (int i = 0; i < 2; ++i) {
    const fhir::Issue issue =
        i == 0 ? Store::Open(target()).error() : MeasureAt(target(), {}).error();
    EXPECT_EQ(issue.code, fhir::IssueCode::kNotSupported);
    EXPECT_THAT(issue.diagnostics, HasSubstr("schema version 3, newer than version 2"));
  }
  EXPECT_EQ(Version(), "3");
}

TEST_P(StoreMigrationTest, RefusesTheTablesOfAnotherProgram) {
  Query("CREATE TABLE card (x INTEGER)");
  const auto store = Store::Open(target());
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, fhir::IssueCode::kNotSupported);
  EXPECT_THAT(store.error().diagnostics, HasSubstr("belongs to another program"));
}

TEST_P(StoreMigrationTest, ManyMayStartAtOnce) {
  if (url_.empty()) return;  // a folder is one program's
  MakeVersion("1");
  std::vector<std::thread> threads;
  std::atomic<int> open = 0;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] { open += Store::Open(target()).has_value() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(open, 6);
  EXPECT_EQ(Version(), kNewest);
}

}  // namespace
}  // namespace renal::hooks
