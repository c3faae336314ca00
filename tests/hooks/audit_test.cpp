#include "hooks/audit.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fhir/json.h"
#include "hooks/internal/audit_file.h"

namespace renal::hooks {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kId = "00000000-0000-4000-8000-000000000001";

AuditRecord Decision() {
  using namespace std::chrono_literals;
  return {.kind = AuditRecord::Kind::kDecision,
          .at = std::chrono::sys_days(std::chrono::year(2026) / 3 / 2) + 8h + 5min + 9s + 42ms,
          .route = "/cds-services/{id}",
          .request_id = "17",
          .trace_id = "4bf92f3577b34da6a3ce929d0e0e4736",
          .hook = "order-sign",
          .hook_instance = "call-1",
          .service = "onc-kidney-2018",
          .client = "hospital-ehr",
          .tenant = "north",
          .user_key = "aa11",
          .patient_key = "bb22",
          .pathway_url = "https://pathways.example/onc",
          .pathway_version = "1.0.0",
          .pathway_hash = "sha256:cc33",
          .decision = "11111111-1111-4111-8111-111111111111",
          .outcome = "need-data",
          .cards = {"c-1", "c-2"}};
}

class AuditLineTest : public testing::Test {
 protected:
  std::string Line(const AuditRecord& record) {
    std::string line = AuditLine(record, kId);
    document_ = std::move(*fhir::JsonDocument::Parse(line));
    return line;
  }
  fhir::Json root() const { return document_->root(); }

  std::optional<fhir::JsonDocument> document_;
};

TEST_F(AuditLineTest, SaysWhoAskedForWhatAboutWhom) {
  const std::string line = Line(Decision());
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  EXPECT_EQ(root()["resourceType"].string(), "AuditEvent");
  EXPECT_EQ(root()["id"].string(), kId);
  EXPECT_EQ(root()["type"]["code"].string(), "rest");
  EXPECT_EQ(root()["action"].string(), "E");
  EXPECT_EQ(root()["recorded"].string(), "2026-03-02T08:05:09.042Z");
  EXPECT_EQ(root()["outcome"].string(), "0");
  std::vector<std::string> who;
  for (const fhir::Json::Entry agent : root()["agent"]) {
    who.push_back(std::string(agent.value["who"]["identifier"]["value"].string()) +
                  (agent.value["requestor"].boolean() ? "!" : ""));
  }
  EXPECT_THAT(who, ElementsAre("aa11!", "hospital-ehr", "north"));
  std::vector<std::string> what;
  for (const fhir::Json::Entry entity : root()["entity"]) {
    what.emplace_back(entity.value["what"]["identifier"]["value"].string());
  }
  EXPECT_THAT(what, ElementsAre("onc-kidney-2018", "https://pathways.example/onc",
                                "urn:uuid:11111111-1111-4111-8111-111111111111", "bb22"));
  EXPECT_THAT(line, HasSubstr(R"({"type":"card","valueString":"c-2"})"));
  EXPECT_THAT(line, HasSubstr(R"({"type":"request","valueString":"17"})"));
}

TEST_F(AuditLineTest, ARefusalIsALogInThatFailed) {
  const std::string line = Line({.kind = AuditRecord::Kind::kRefusal,
                                 .status = 401,
                                 .reason = "expired",
                                 .route = "/cds-services/{id}",
                                 .client = "hospital-ehr"});
  EXPECT_EQ(root()["type"]["code"].string(), "110114");
  EXPECT_EQ(root()["outcome"].string(), "4");
  EXPECT_EQ(root()["outcomeDesc"].string(), "expired");
  EXPECT_THAT(line, Not(HasSubstr("\"\"")));
}

TEST_F(AuditLineTest, WhoIsNotKnownIsSaidToBeSo) {
  Line({.kind = AuditRecord::Kind::kRead, .route = "/measures"});
  const fhir::Json::Entry agent = *root()["agent"].begin();
  EXPECT_EQ(agent.value["who"]["display"].string(), "not authenticated");
  EXPECT_EQ(root()["action"].string(), "R");
}

struct OutcomeCase {
  int status;
  std::string_view outcome;
};

TEST_F(AuditLineTest, OutcomesFollowTheStatus) {
  for (const OutcomeCase& row :
       {OutcomeCase{200, "0"}, {399, "0"}, {400, "4"}, {499, "4"}, {500, "8"}, {503, "8"}}) {
    AuditRecord record = Decision();
    record.status = row.status;
    Line(record);
    EXPECT_EQ(root()["outcome"].string(), row.outcome) << row.status;
  }
}

std::vector<std::string> LinesOf(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

class AuditFileTest : public testing::Test {
 protected:
  AuditFileTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~AuditFileTest() override { fs::remove_all(folder_); }

  static auto Soon() { return std::chrono::steady_clock::now() + seconds(60); }

  const fs::path folder_ =
      fs::temp_directory_path() / ("renal_audit_test_" + std::to_string(::getpid()));
  const fs::path file_ = folder_ / "audit.ndjson";
};

TEST_F(AuditFileTest, AppendsForItsOwnerAlone) {
  for (int run = 0; run < 2; ++run) {
    auto log = std::move(*AuditLog::Open(file_, nullptr));
    for (int i = 0; i < 700; ++i) log->Add(Decision());  // more than one group
    ASSERT_TRUE(log->Flush(Soon()));
    EXPECT_EQ(log->stats().written, 700U);
    EXPECT_EQ(log->stats().queued, 0U);
  }
  const auto lines = LinesOf(file_);
  EXPECT_EQ(lines.size(), 1'400U);
  for (const std::string& line : lines) EXPECT_TRUE(fhir::JsonDocument::Parse(line));
  struct stat found {};
  ASSERT_EQ(::stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(AuditFileTest, TheEndWritesWhatIsQueued) {
  {
    auto log = std::move(*AuditLog::Open(file_, nullptr));
    for (int i = 0; i < 50; ++i) log->Add(Decision());
  }
  EXPECT_EQ(LinesOf(file_).size(), 50U);
}

TEST_F(AuditFileTest, ALineWithoutItsEndGetsOne) {
  std::ofstream(file_) << R"({"resourceType":"Aud)";
  {
    auto log = std::move(*AuditLog::Open(file_, nullptr));
    log->Add(Decision());
  }
  const auto lines = LinesOf(file_);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], R"({"resourceType":"Aud)");
  EXPECT_TRUE(fhir::JsonDocument::Parse(lines[1]));
}

TEST_F(AuditFileTest, AMovedFileIsLeftWhenItIsTold) {
  const fs::path moved = folder_ / "audit.1";
  auto log = std::move(*AuditLog::Open(file_, nullptr));
  log->Add(Decision());
  ASSERT_TRUE(log->Flush(Soon()));
  fs::rename(file_, moved);
  log->Add(Decision());
  ASSERT_TRUE(log->Flush(Soon()));
  EXPECT_EQ(LinesOf(moved).size(), 2U);
  log->Reopen();
  log->Add(Decision());
  ASSERT_TRUE(log->Flush(Soon()));
  EXPECT_EQ(LinesOf(moved).size(), 2U);
  EXPECT_EQ(LinesOf(file_).size(), 1U);
}

TEST_F(AuditFileTest, AFileThatCannotBeOpenedIsSaidAtTheStart) {
  const auto log = AuditLog::Open(folder_ / "missing" / "audit.ndjson", nullptr);
  ASSERT_FALSE(log);
  EXPECT_THAT(log.error().diagnostics, HasSubstr("cannot be written"));
}

// /dev/full takes a file's place and never has room.
TEST_F(AuditFileTest, AFullDiskIsCountedSaidOnceAndWaitedFor) {
  std::ostringstream said;
  Log told(LogLevel::kInfo, said);
  {
    fs::create_symlink("/dev/full", file_);
    auto log = std::move(*AuditLog::Open(file_, &told));
    log->Add(Decision());
    log->Add(Decision());
    const auto end = Soon();
    while (log->stats().failures == 0 && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_GE(log->stats().failures, 1U);
    EXPECT_FALSE(log->Flush(std::chrono::steady_clock::now() + std::chrono::milliseconds(50)));
    EXPECT_EQ(log->stats().written, 0U);
    EXPECT_EQ(log->stats().queued, 2U);
    fs::remove(file_);
    log->Reopen();
    ASSERT_TRUE(log->Flush(Soon()));
    EXPECT_EQ(log->stats().written, 2U);
  }
  EXPECT_EQ(LinesOf(file_).size(), 2U);
  const std::string text = said.str();
  const std::string failure = "\"audit-not-written\"";
  ASSERT_THAT(text, HasSubstr(failure));
  EXPECT_EQ(text.find(failure), text.rfind(failure));
  EXPECT_THAT(text, HasSubstr("\"audit-written-again\""));
}

TEST_F(AuditFileTest, BeyondItsQueueRecordsAreLostAndCountedAndNobodyWaits) {
  std::ostringstream said;
  Log told(LogLevel::kInfo, said);
  {
    fs::create_symlink("/dev/full", file_);
    auto log = std::move(*AuditLog::Open(file_, &told));
    const std::size_t more = AuditLog::kQueue + 2'000;  // one group of them is with the thread
    for (std::size_t i = 0; i < more; ++i) log->Add(Decision());
    const AuditLog::Stats stats = log->stats();
    EXPECT_GE(stats.lost, 1'000U);
    EXPECT_EQ(stats.queued + stats.lost, more);
    fs::remove(file_);
    log->Reopen();
    ASSERT_TRUE(log->Flush(Soon()));
    EXPECT_EQ(LinesOf(file_).size(), more - stats.lost);
  }
  EXPECT_THAT(said.str(), HasSubstr("\"audit-lost\""));
}

/// While it lives, no file of this process grows beyond a size: a disk that fills up.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit low{bytes, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &low);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit limit_{};
  void (*handler_)(int);
};

TEST_F(AuditFileTest, ALineThatDidNotFitIsCompletedInItsPlace) {
  internal::AuditFile file(file_);
  ASSERT_EQ(file.Open(), 0);
  std::string lines = "{\"a\":1}\n{\"b\":2}\n";
  {
    const FullDisk full(12);
    EXPECT_EQ(file.Append(lines), EFBIG);
    EXPECT_EQ(file.Append(lines), EFBIG);
  }
  EXPECT_EQ(lines, "{\"b\":2}\n");
  lines += "{\"c\":3}\n";
  EXPECT_EQ(file.Append(lines), 0);
  EXPECT_EQ(lines, "");
  EXPECT_THAT(LinesOf(file_), ElementsAre("{\"a\":1}", "{\"b\":2}", "{\"c\":3}"));
}

TEST_F(AuditFileTest, ALineThatDidNotFitIsWholeInANewFile) {
  const fs::path moved = folder_ / "audit.1";
  internal::AuditFile file(file_);
  ASSERT_EQ(file.Open(), 0);
  std::string lines = "{\"a\":1}\n{\"b\":2}\n";
  {
    const FullDisk full(12);
    EXPECT_EQ(file.Append(lines), EFBIG);
  }
  fs::rename(file_, moved);
  ASSERT_EQ(file.Open(), 0);
  EXPECT_EQ(file.Append(lines), 0);
  EXPECT_THAT(LinesOf(file_), ElementsAre("{\"b\":2}"));
}

}  // namespace
}  // namespace renal::hooks
