#include "hooks/store.h"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <ostream>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cards/uuid.h"
#include "tests/hooks/sqlite_reader.h"

namespace renal::hooks {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;

DecisionRecord RecordWith(std::string id) {
  DecisionCard warning{.uuid = id + "-card-0",
                       .rule = "RULE-1",
                       .indicator = "warning",
                       .topic = "topic",
                       .order = {"ServiceRequest/draft-1", "action-a", "discordant"},
                       .suggestions = {id + "-s0", id + "-s1"}};
  DecisionCard info{.uuid = id + "-card-1", .rule = "RULE-2", .indicator = "info"};
  return {.id = id,
          .at = "2026-03-02T09:00:00+01:00",
          .hook = "order-sign",
          .hook_instance = "instance-1",
          .service = "service-1",
          .client = "client-1",
          .pathway_url = "https://example.org/pathway",
          .pathway_version = "1.0.0",
          .pathway_hash = "sha256:00",
          .outcome = "recommendation",
          .patient_key = "key-1",
          .input_digest = "digest-1",
          .cards = {std::move(warning), std::move(info)}};
}

// `id` with a text of that many bytes in it.
DecisionRecord RecordOfSize(std::string id, std::size_t bytes) {
  return {.id = std::move(id), .outcome = std::string(bytes, 'x')};
}

constexpr std::chrono::seconds kPatience{60};  // what no test should ever wait for

steady_clock::time_point In(steady_clock::duration duration) {
  return steady_clock::now() + duration;
}

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "renal store XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path file() const { return folder_ / StoreTarget::kFileName; }
  std::unique_ptr<Store> Open() const {
    auto store = Store::Open(folder_);
    if (!store) {
      ADD_FAILURE() << store.error().diagnostics;
      std::abort();
    }
    return std::move(*store);
  }
  std::set<std::string> StoredIds() const {
    std::set<std::string> ids;
    for (const Row& row : Sqlite(file()).Query("SELECT id FROM decision")) ids.insert(row[0]);
    return ids;
  }
  void MakeDatabase(const std::string& statements) const {
    Sqlite(file(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE).Query(statements);
  }

  fs::path folder_;
};

TEST_F(StoreTest, WritesEveryFieldOfARecord) {
  {
    const auto store = Open();
    ASSERT_TRUE(store->Enqueue(RecordWith("a")));
    ASSERT_TRUE(store->Flush(In(kPatience)));
  }
  Sqlite reader(file());
  EXPECT_THAT(
      reader.Query("SELECT id, decided_at, hook, hook_instance, service, client, pathway_url,"
                   " pathway_version, pathway_hash, outcome, patient_key, input_digest"
                   " FROM decision"),
      ElementsAre(Row{"a", "2026-03-02T09:00:00+01:00", "order-sign", "instance-1", "service-1",
                      "client-1", "https://example.org/pathway", "1.0.0", "sha256:00",
                      "recommendation", "key-1", "digest-1"}));
  EXPECT_THAT(
      reader.Query("SELECT decision_id, ordinal, uuid, rule, indicator, topic, order_reference,"
                   " order_action, order_verdict FROM card ORDER BY ordinal"),
      ElementsAre(Row{"a", "0", "a-card-0", "RULE-1", "warning", "topic", "ServiceRequest/draft-1",
                      "action-a", "discordant"},
                  Row{"a", "1", "a-card-1", "RULE-2", "info", "", "", "", ""}));
  EXPECT_THAT(reader.Query("SELECT decision_id, card_ordinal, ordinal, uuid FROM suggestion"
                           " ORDER BY card_ordinal, ordinal"),
              ElementsAre(Row{"a", "0", "0", "a-s0"}, Row{"a", "0", "1", "a-s1"}));
}

TEST_F(StoreTest, KeepsTextsThatLookLikeSql) {
  const std::string text = "x'); DROP TABLE card; -- \" \xC3\xA9 %s :id";
  {
    const auto store = Open();
    DecisionRecord record = RecordWith(text);
    ASSERT_TRUE(store->Enqueue(std::move(record)));
  }
  EXPECT_THAT(StoredIds(), ElementsAre(text));
  EXPECT_EQ(Sqlite(file()).One("SELECT count(*) FROM card"), "2");
}

TEST_F(StoreTest, FlushedRecordsAreSeenByAReaderWhileItIsOpen) {
  const auto store = Open();
  for (int i = 0; i < 2'000; ++i) ASSERT_TRUE(store->Enqueue(RecordWith(std::to_string(i))));
  ASSERT_TRUE(store->Flush(In(kPatience)));
  EXPECT_THAT(StoredIds(), SizeIs(2'000));
  const StoreHealth health = store->health();
  EXPECT_TRUE(health.ok);
  EXPECT_EQ(health.failing_since, std::nullopt);
  EXPECT_EQ(health.reason, "");
  EXPECT_EQ(health.queued, 0U);
  EXPECT_EQ(health.queued_bytes, 0U);
}

// Bytes that this process has written so far.
std::uint64_t BytesWritten() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (io >> name >> value && name != "wchar:") {
  }
  return value;
}

// What it takes to write commits of a few decisions each, beside many that are there.
std::uint64_t BytesForCommits(Store& store, cards::UuidSource& uuids) {
  const auto record = [&] {
    DecisionRecord made = RecordWith(uuids.Next());
    for (DecisionCard& card : made.cards) {
      card.uuid = uuids.Next();
      for (std::string& suggestion : card.suggestions) suggestion = uuids.Next();
    }
    return made;
  };
  for (int i = 0; i < 3'000; ++i) EXPECT_TRUE(store.Enqueue(record()));
  EXPECT_TRUE(store.Flush(In(kPatience)));
  const std::uint64_t before = BytesWritten();
  for (int commit = 0; commit < 20; ++commit) {
    for (int i = 0; i < 16; ++i) EXPECT_TRUE(store.Enqueue(record()));
    EXPECT_TRUE(store.Flush(In(kPatience)));
  }
  return BytesWritten() - before;
}

// Keys without order lie all over the indexes: a decision touches a page of its own in each.
TEST_F(StoreTest, UuidsOfTheServerKeepDecisionsTogether) {
  const auto store = Open();
  cards::SeededUuidSource scattered(1);
  cards::RandomUuidSource ordered;
  const std::uint64_t apart = BytesForCommits(*store, scattered);
  EXPECT_LT(2 * BytesForCommits(*store, ordered), apart);
}

TEST_F(StoreTest, ClosingWritesWhatIsQueued) {
  {
    const auto store = Open();
    for (int i = 0; i < 1'500; ++i) ASSERT_TRUE(store->Enqueue(RecordWith(std::to_string(i))));
  }
  EXPECT_THAT(StoredIds(), SizeIs(1'500));
}

TEST_F(StoreTest, ReopensAndAddsToWhatIsThere) {
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(Open()->Enqueue(RecordWith(id)));
  EXPECT_THAT(StoredIds(), ElementsAre("a", "b", "c"));
}

TEST_F(StoreTest, StoresARecordOnce) {
  {
    const auto store = Open();
    DecisionRecord other = RecordWith("a");
    other.outcome = "need-data";
    other.cards.resize(3);  // none of them is added to the first record's
    ASSERT_TRUE(store->Enqueue(RecordWith("a")));
    ASSERT_TRUE(store->Enqueue(std::move(other)));
    ASSERT_TRUE(store->Enqueue(RecordWith("b")));
  }
  ASSERT_TRUE(Open()->Enqueue(RecordWith("a")));
  Sqlite reader(file());
  EXPECT_THAT(StoredIds(), ElementsAre("a", "b"));
  EXPECT_EQ(reader.One("SELECT outcome FROM decision WHERE id = 'a'"), "recommendation");
  EXPECT_EQ(reader.One("SELECT count(*) FROM card"), "4");
  EXPECT_EQ(reader.One("SELECT count(*) FROM suggestion"), "4");
}

TEST_F(StoreTest, FlushOfNothingReturnsAtOnce) { EXPECT_TRUE(Open()->Flush(steady_clock::now())); }

TEST_F(StoreTest, TakesRecordsFromManyThreads) {
  {
    const auto store = Open();
    std::atomic<int> flushed = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&store, &flushed, t] {
        for (int i = 0; i < 250; ++i) {
          store->Enqueue(RecordWith(std::to_string(t) + "/" + std::to_string(i)));
          store->health();
        }
        flushed += store->Flush(In(kPatience)) ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(flushed, 4);
  }
  EXPECT_THAT(StoredIds(), SizeIs(1'000));
}

TEST_F(StoreTest, MarksItsFileAndKeepsItSafe) {
  const auto store = Open();
  ASSERT_TRUE(store->Enqueue(RecordWith("a")));
  ASSERT_TRUE(store->Flush(In(kPatience)));
  Sqlite reader(file());
  EXPECT_EQ(reader.One("PRAGMA application_id"), std::to_string(0x524E5044));
  EXPECT_EQ(reader.One("PRAGMA user_version"), "2");
  EXPECT_EQ(reader.One("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(reader.One("PRAGMA integrity_check"), "ok");
  EXPECT_THAT(reader.Query("PRAGMA foreign_key_check"), IsEmpty());
}

TEST_F(StoreTest, MakesTheFolderForItsOwnerOnly) {
  const fs::path inner = folder_ / "a" / "b";
  ASSERT_TRUE(Store::Open(inner).has_value());
  EXPECT_EQ(fs::status(inner).permissions(), fs::perms::owner_all);
}

TEST_F(StoreTest, LeavesTheRightsOfAnExistingFolder) {
  fs::permissions(folder_, fs::perms(0750));
  Open();
  EXPECT_EQ(fs::status(folder_).permissions(), fs::perms(0750));
}

TEST_F(StoreTest, FillsAnEmptyFile) {
  std::ofstream(file()).flush();
  ASSERT_TRUE(Open()->Enqueue(RecordWith("a")));
  EXPECT_THAT(StoredIds(), ElementsAre("a"));
}

// A file that Open refuses, and leaves as it was.
struct RefusedFile {
  std::string_view name;
  std::string_view statements;  // that make the database; empty: a text file instead
  fhir::IssueCode code;
  std::string_view says;

  friend void PrintTo(const RefusedFile& row, std::ostream* out) { *out << row.name; }
};

class RefusedFileTest : public StoreTest, public testing::WithParamInterface<RefusedFile> {};

std::string BytesOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_P(RefusedFileTest, SaysWhyAndLeavesItAlone) {
  const RefusedFile& row = GetParam();
  if (row.statements.empty()) {
    std::ofstream(file()) << std::string(8'192, 't');
  } else {
    MakeDatabase(std::string(row.statements));
  }
  const std::string before = BytesOf(file());
  const auto store = Store::Open(folder_);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, row.code);
  EXPECT_THAT(store.error().diagnostics, HasSubstr(row.says));
  EXPECT_THAT(store.error().diagnostics, HasSubstr(file().string()));
  EXPECT_EQ(BytesOf(file()), before);
}

INSTANTIATE_TEST_SUITE_P(
    Files, RefusedFileTest,
    testing::ValuesIn<RefusedFile>({
        {"AnotherApplication", "PRAGMA application_id = 1234; CREATE TABLE t (x)",
         fhir::IssueCode::kNotSupported, "belongs to another program"},
        {"AnotherApplicationWithoutTables", "PRAGMA application_id = 1234",
         fhir::IssueCode::kNotSupported, "belongs to another program"},
        {"TablesWithoutMark", "CREATE TABLE t (x)", fhir::IssueCode::kNotSupported,
         "belongs to another program"},
        {"VersionWithoutMark", "PRAGMA user_version = 1", fhir::IssueCode::kNotSupported,
         "belongs to another program"},
        {"NewerVersion", "PRAGMA application_id = 1380864068; PRAGMA user_version = 3",
         fhir::IssueCode::kNotSupported, "schema version 3, newer than version 2 of this program"},
        {"NoDatabase", "", fhir::IssueCode::kNotSupported, "is no SQLite database"},
    }),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(StoreTest, RefusesAFolderThatIsHeld) {
  const auto first = Open();
  const auto second = Store::Open(folder_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, fhir::IssueCode::kTransient);
  EXPECT_THAT(second.error().diagnostics, HasSubstr("in use by another renalpath"));
}

TEST_F(StoreTest, RefusesAFolderThatIsAFile) {
  std::ofstream(folder_ / "plain").flush();
  for (const char* name : {"plain", "plain/below"}) {
    const auto store = Store::Open(folder_ / name);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, fhir::IssueCode::kProcessing);
    EXPECT_THAT(store.error().diagnostics, HasSubstr("plain"));
  }
}

TEST_F(StoreTest, RefusesAQuotationMarkInItsPath) {
  const auto store = Store::Open(folder_ / "a\"b");
  ASSERT_FALSE(store.has_value());
  EXPECT_THAT(store.error().diagnostics, HasSubstr("quotation mark"));
}

// Acts as a user without rights while it lives, also where the tests run as root.
class WithoutRights {
 public:
  WithoutRights() : root_(geteuid() == 0) {
    if (root_ && seteuid(65'534) != 0) {
      ADD_FAILURE() << "seteuid failed";
    }
  }
  ~WithoutRights() {
    if (root_ && seteuid(0) != 0) {
      std::abort();
    }
  }
  WithoutRights(const WithoutRights&) = delete;
  WithoutRights& operator=(const WithoutRights&) = delete;

 private:
  bool root_;
};

TEST_F(StoreTest, SaysThatTheFolderCannotBeWritten) {
  fs::permissions(folder_, fs::perms(0555));
  {
    const WithoutRights user;
    const auto store = Store::Open(folder_);
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(store.error().code, fhir::IssueCode::kProcessing);
    EXPECT_THAT(store.error().diagnostics, HasSubstr("cannot be written: Permission denied"));
    const auto below = Store::Open(folder_ / "below");
    ASSERT_FALSE(below.has_value());
    EXPECT_THAT(below.error().diagnostics, HasSubstr("cannot be made: Permission denied"));
  }
  fs::permissions(folder_, fs::perms(0700));
}

TEST_F(StoreTest, SaysThatTheFileCannotBeWritten) {
  Open();
  fs::permissions(folder_, fs::perms(0777));
  fs::permissions(folder_ / "lock", fs::perms(0666));
  fs::permissions(file(), fs::perms(0444));
  const WithoutRights user;
  const auto store = Store::Open(folder_);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, fhir::IssueCode::kProcessing);
  EXPECT_THAT(store.error().diagnostics, HasSubstr("cannot be opened for writing"));
}

// Waits until the store's health is as wanted.
bool Becomes(const Store& store, bool ok) {
  const auto deadline = In(kPatience);
  while (store.health().ok != ok) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

// Waits until the store's health names a reason. The first attempt after a change may name another
// one than those that follow.
bool Says(const Store& store, std::string_view reason) {
  const auto deadline = In(kPatience);
  while (store.health().reason.find(reason) == std::string::npos) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

// Keeps every writer out of the database while it lives.
class Locked {
 public:
  explicit Locked(const fs::path& file) : database_(file, SQLITE_OPEN_READWRITE) {
    // Only the store may checkpoint: closing this connection must not.
    database_.Query("PRAGMA wal_autocheckpoint = 0; BEGIN IMMEDIATE");
  }
  ~Locked() { database_.Query("ROLLBACK"); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  Sqlite database_;
};

TEST_F(StoreTest, SaysThatItFailsAndComesBackByItself) {
  const auto store = Open();
  const auto before = std::chrono::system_clock::now();
  {
    const Locked locked(file());
    ASSERT_TRUE(store->Enqueue(RecordWith("a")));
    EXPECT_FALSE(store->Flush(In(milliseconds(50))));
    ASSERT_TRUE(Says(*store, "locked by another program"));
    const StoreHealth health = store->health();
    EXPECT_EQ(health.queued, 1U);
    EXPECT_GE(*health.failing_since, before);
    EXPECT_LE(*health.failing_since, std::chrono::system_clock::now());
    ASSERT_TRUE(store->Enqueue(RecordWith("b")));
  }
  EXPECT_TRUE(store->Flush(In(kPatience)));
  EXPECT_TRUE(store->health().ok);
  EXPECT_EQ(store->health().reason, "");
  EXPECT_THAT(StoredIds(), ElementsAre("a", "b"));
}

TEST_F(StoreTest, HoldsTenThousandRecordsAndNoMore) {
  const auto store = Open();
  {
    const Locked locked(file());
    for (std::size_t i = 0; i < Store::kQueueRecords; ++i) {
      ASSERT_TRUE(store->Enqueue(RecordOfSize(std::to_string(i), 10))) << i;
    }
    EXPECT_FALSE(store->Enqueue(RecordOfSize("one more", 10)));
    EXPECT_EQ(store->health().queued, Store::kQueueRecords);
  }
  ASSERT_TRUE(store->Flush(In(kPatience)));
  EXPECT_TRUE(store->Enqueue(RecordOfSize("then again", 10)));
  ASSERT_TRUE(store->Flush(In(kPatience)));
  const auto ids = StoredIds();
  EXPECT_THAT(ids, SizeIs(Store::kQueueRecords + 1));
  EXPECT_FALSE(ids.contains("one more"));
}

TEST_F(StoreTest, HoldsSixtyFourMebibytesAndNoMore) {
  const auto store = Open();
  {
    const Locked locked(file());
    constexpr std::size_t kMebibyte = 1024 * 1024;
    const std::size_t own = sizeof(DecisionRecord);
    for (int i = 0; i < 63; ++i) {
      ASSERT_TRUE(store->Enqueue(RecordOfSize("", kMebibyte - own)));
    }
    EXPECT_FALSE(store->Enqueue(RecordOfSize("", kMebibyte - own + 1)));
    EXPECT_TRUE(store->Enqueue(RecordOfSize("", kMebibyte - own)));
    EXPECT_EQ(store->health().queued_bytes, Store::kQueueBytes);
    EXPECT_FALSE(store->Enqueue({}));
  }
  ASSERT_TRUE(store->Flush(In(kPatience)));
  EXPECT_EQ(store->health().queued_bytes, 0U);
}

TEST_F(StoreTest, RefusesARecordThatNeverFits) {
  const auto store = Open();
  EXPECT_FALSE(store->Enqueue(RecordOfSize("", Store::kQueueBytes)));
  DecisionRecord record;
  record.cards.resize(1);
  record.cards[0].suggestions.emplace_back(Store::kQueueBytes, 'x');
  EXPECT_FALSE(store->Enqueue(std::move(record)));
}

TEST_F(StoreTest, ClosesWhileTheDatabaseIsAway) {
  auto store = Open();
  auto locked = std::make_unique<const Locked>(file());
  ASSERT_TRUE(store->Enqueue(RecordWith("a")));
  ASSERT_TRUE(Becomes(*store, false));
  auto closed = std::async(std::launch::async, [&] { store.reset(); });
  EXPECT_EQ(closed.wait_for(kPatience), std::future_status::ready) << "it waits for the database";
  locked.reset();
}

TEST_F(StoreTest, WritesIntoANewFileWhereTheOldOneWasMoved) {
  const auto store = Open();
  ASSERT_TRUE(store->Enqueue(RecordWith("a")));
  ASSERT_TRUE(store->Flush(In(kPatience)));
  fs::create_directory(folder_ / "away");
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string name = std::string(StoreTarget::kFileName) + suffix;
    fs::rename(folder_ / name, folder_ / "away" / name);
  }
  ASSERT_TRUE(store->Enqueue(RecordWith("b")));
  ASSERT_TRUE(store->Flush(In(kPatience)));
  EXPECT_THAT(StoredIds(), ElementsAre("b"));
}

TEST_F(StoreTest, NeverTakesOverAFileThatAppearedInItsPlace) {
  const auto store = Open();
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(file().string() + suffix);
  MakeDatabase("CREATE TABLE t (x)");
  ASSERT_TRUE(store->Enqueue(RecordWith("a")));
  ASSERT_TRUE(Says(*store, "another program"));
  EXPECT_FALSE(store->Flush(In(milliseconds(50))));
  EXPECT_EQ(Sqlite(file()).One("SELECT count(*) FROM sqlite_master"), "1");
}

// Lets no file of this process grow beyond a size, as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit low{bytes, limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &low);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  sighandler_t handler_;
  rlimit limit_ = {};
};

TEST_F(StoreTest, LosesNothingWhileTheDiskIsFull) {
  constexpr int kRecords = 200;
  const auto store = Open();
  {
    const FullDisk disk(512 * 1024);
    for (int i = 0; i < kRecords; ++i) {
      ASSERT_TRUE(store->Enqueue(RecordOfSize(std::to_string(i), 16 * 1024)));
    }
    ASSERT_TRUE(Says(*store, "disk"));
    EXPECT_FALSE(store->Flush(In(milliseconds(50))));
  }
  ASSERT_TRUE(store->Flush(In(kPatience)));
  EXPECT_TRUE(store->health().ok);
  EXPECT_THAT(StoredIds(), SizeIs(kRecords));
  EXPECT_EQ(Sqlite(file()).One("PRAGMA integrity_check"), "ok");
}

// The process that is killed: numbers its records, flushes after every few, and tells the pipe how
// many are acknowledged.
[[noreturn]] void WriteUntilKilled(const fs::path& folder, const std::string& prefix, int pipe) {
  auto store = Store::Open(folder);
  if (!store) _exit(1);
  for (int count = 0;; ++count) {
    if (!(*store)->Enqueue(RecordWith(prefix + std::to_string(count)))) _exit(2);
    if (count % 7 != 6) continue;
    if (!(*store)->Flush(In(kPatience))) _exit(3);
    const int acknowledged = count + 1;
    if (write(pipe, &acknowledged, sizeof acknowledged) != sizeof acknowledged) _exit(4);
  }
}

// Kills such a process after at least `wanted` acknowledged records; gives how many there were.
int KillAfter(int wanted, const fs::path& folder, const std::string& prefix) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  const pid_t child = fork();
  if (child == 0) WriteUntilKilled(folder, prefix, ends[1]);
  close(ends[1]);
  int acknowledged = 0;
  int next = 0;
  bool killed = false;
  while (read(ends[0], &next, sizeof next) == sizeof next) {
    acknowledged = next;
    if (acknowledged >= wanted && !killed) {
      kill(child, SIGKILL);
      killed = true;  // what it still acknowledged counts, too
    }
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the process ended by itself: " << WEXITSTATUS(status);
  return acknowledged;
}

TEST_F(StoreTest, KeepsEveryFlushedRecordOverKillNine) {
  std::set<std::string> expected;
  for (int round = 0; round < 6; ++round) {
    const std::string prefix = std::to_string(round) + "/";
    const int acknowledged = KillAfter(20 + 37 * round, folder_, prefix);
    ASSERT_GE(acknowledged, 20 + 37 * round);
    for (int i = 0; i < acknowledged; ++i) expected.insert(prefix + std::to_string(i));

    const auto store = Open();  // works with no hand
    ASSERT_TRUE(store->Enqueue(RecordWith(prefix + "after")));
    ASSERT_TRUE(store->Flush(In(kPatience)));
    expected.insert(prefix + "after");
  }
  const auto stored = StoredIds();
  for (const std::string& id : expected) EXPECT_TRUE(stored.contains(id)) << id;
  Sqlite reader(file());
  EXPECT_EQ(reader.One("PRAGMA integrity_check"), "ok");
  EXPECT_EQ(
      reader.One("SELECT count(*) FROM decision d WHERE 2 <> (SELECT count(*) FROM card c WHERE"
                 " c.decision_id = d.id)"),
      "0");
}

}  // namespace
}  // namespace renal::hooks
