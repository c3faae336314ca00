#include "hooks/cli.h"

#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace renal::hooks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CommandLineTest : public testing::Test {
 protected:
  std::variant<Command, int> Read(std::vector<const char*> words) {
    words.insert(words.begin(), "renalpath");
    return ReadCommandLine(static_cast<int>(words.size()), words.data(), out_, messages_);
  }
  template <class T>
  T As(std::vector<const char*> words) {
    return std::get<T>(std::get<Command>(Read(std::move(words))));
  }
  int Status(std::vector<const char*> words) { return std::get<int>(Read(std::move(words))); }

  std::ostringstream out_;
  std::ostringstream messages_;
};

TEST_F(CommandLineTest, ServesOnLoopbackByDefault) {
  const auto serve = As<ServeCommand>({"serve"});
  EXPECT_FALSE(serve.config);
  EXPECT_THAT(serve.settings, testing::IsEmpty());
  EXPECT_FALSE(serve.determinism.now);
  EXPECT_EQ(Config().listen.address, "127.0.0.1");
  EXPECT_EQ(Config().listen.port, 8080);
}

TEST_F(CommandLineTest, TakesEveryOptionOfServe) {
  const auto serve = As<ServeCommand>({"serve",
                                       "--host",
                                       "::1",
                                       "--port",
                                       "0",
                                       "--data",
                                       "d",
                                       "--profile",
                                       "standard",
                                       "--profile-file",
                                       "ours.json",
                                       "--outcome",
                                       "off",
                                       "--log-level",
                                       "warning",
                                       "--seed",
                                       "9",
                                       "--now",
                                       "2026-03-02T09:00:00Z",
                                       "--pathway",
                                       "p.json",
                                       "--site",
                                       "s.json",
                                       "--shadow",
                                       "h.json",
                                       "--language",
                                       "nb",
                                       "--set",
                                       "limits.queue=9",
                                       "--set",
                                       "cors.origins=https://a.example, https://b.example",
                                       "--config",
                                       "c.toml"});
  const auto loaded = LoadConfig({.flags = serve.settings}, messages_);
  ASSERT_TRUE(loaded) << messages_.str();
  const Config& config = loaded->config;
  EXPECT_EQ(serve.config, "c.toml");
  EXPECT_EQ(config.listen.address, "::1");
  EXPECT_EQ(config.listen.port, 0);
  EXPECT_EQ(config.store.folder, "d");
  EXPECT_EQ(config.profile, "standard");
  EXPECT_THAT(config.profile_files, ElementsAre("ours.json"));
  EXPECT_EQ(config.outcome, false);
  EXPECT_EQ(config.language, "nb");
  EXPECT_EQ(config.log_level, LogLevel::kWarning);
  EXPECT_EQ(config.files.pathway, "p.json");
  EXPECT_EQ(config.files.site, "s.json");
  EXPECT_EQ(config.files.shadow, "h.json");
  EXPECT_EQ(config.limits.http.queue, 9U);
  EXPECT_THAT(config.cors_origins, ElementsAre("https://a.example", "https://b.example"));
  EXPECT_EQ(serve.determinism.seed, 9U);
  EXPECT_EQ(serve.determinism.now->offset_minutes, 0);
}

TEST_F(CommandLineTest, TakesEveryOptionOfEvaluate) {
  const auto evaluate =
      As<EvaluateCommand>({"evaluate", "a.json", "--ndjson", "--cards", "b.json", "--out", "o"});
  EXPECT_THAT(evaluate.options.files, ElementsAre("a.json", "b.json"));
  EXPECT_TRUE(evaluate.options.lines);
  EXPECT_TRUE(evaluate.options.cards);
  EXPECT_EQ(evaluate.options.out, "o");
}

TEST_F(CommandLineTest, AllowsAllOfFhirPathButOnRequest) {
  EXPECT_TRUE(As<FhirPathCommand>({"fhirpath"}).conformance);
  const auto narrow = As<FhirPathCommand>({"fhirpath", "--profile", "--base", "b"});
  EXPECT_FALSE(narrow.conformance);
  EXPECT_EQ(narrow.base, "b");
}

TEST_F(CommandLineTest, ExplainsWrongUse) {
  const std::vector<std::vector<const char*>> wrong = {
      {},
      {"sing"},
      {"serve", "--port", "70000"},
      {"serve", "--port", "-1"},
      {"serve", "--outcome", "perhaps"},
      {"serve", "--log-level", "loud"},
      {"serve", "--now", "2026-03-02"},
      {"serve", "--now", "2026-03-02T09:00:00"},
      {"serve", "--now", "2026-02-30T09:00:00Z"},
      {"serve", "--seed", "x"},
      {"serve", "--set", "listen.port"},
      {"serve", "--set", "=1"},
      {"config", "check", "--set"},
      {"serve", "--language", "sv"},
      {"serve", "--language", "EN"},
      {"evaluate", "--language", ""},
      {"evaluate", "--loud"},
      {"evaluate", "--out"},
  };
  for (const auto& words : wrong) {
    messages_.str("");
    EXPECT_EQ(Status(words), 2) << testing::PrintToString(words);
    EXPECT_FALSE(messages_.str().empty());
  }
}

TEST_F(CommandLineTest, HelpsOnStandardOutput) {
  EXPECT_EQ(Status({"--help"}), 0);
  EXPECT_EQ(Status({"serve", "--help"}), 0);
  EXPECT_EQ(Status({"--version"}), 0);
  EXPECT_THAT(out_.str(),
              AllOf(HasSubstr("evaluate"), HasSubstr("--port"), HasSubstr("renalpath ")));
  EXPECT_TRUE(messages_.str().empty());
}

TEST_F(CommandLineTest, ReadsTheLanguage) {
  EXPECT_EQ(Config().language, "en");
  EXPECT_EQ(As<EvaluateCommand>({"evaluate"}).language, "en");
  EXPECT_EQ(As<EvaluateCommand>({"evaluate", "--language", "nb"}).language, "nb");
}

TEST(ServeTest, NeedsThePathwayInItsLanguage) {
  std::ostringstream messages;
  EXPECT_EQ(Serve({.config = {.language = "fr"}}, messages), 1);
  EXPECT_THAT(messages.str(), HasSubstr("no translation into \"fr\""));
}

TEST(ServeTest, RefusesWhatMustNotBeServed) {
  std::ostringstream messages;
  Config config;
  config.listen.address = "0.0.0.0";
  EXPECT_EQ(Serve({.config = config}, messages), 2);
  EXPECT_THAT(messages.str(), HasSubstr("TLS"));
}

TEST(ServeTest, FixesNoClockBeyondLoopback) {
  std::ostringstream messages;
  Config config;
  config.listen.public_url = "https://cds.example";
  config.auth.mode = AuthConfig::Mode::kNone;
  config.auth.insecure_sandbox = true;
  EXPECT_EQ(Serve({.config = config, .determinism = {.seed = 7}}, messages), 2);
  EXPECT_THAT(messages.str(), HasSubstr("--seed"));
}

TEST_F(CommandLineTest, TakesEveryOptionOfReport) {
  const auto plain = As<ReportOptions>({"report"});
  EXPECT_FALSE(plain.folder || plain.config || plain.json || plain.query.from ||
               plain.query.client);
  const auto folder =
      As<ReportOptions>({"report", "--data", "d", "--from", "2026-03-02", "--to",
                         "2026-03-02T09:00:00+01:00", "--client", "east", "--json", "--out", "o"});
  EXPECT_EQ(folder.folder, "d");
  EXPECT_EQ(folder.query.from, ReadMeasureTime("2026-03-02"));
  EXPECT_EQ(folder.query.to, ReadMeasureTime("2026-03-02T08:00:00Z"));
  EXPECT_EQ(folder.query.client, "east");
  EXPECT_TRUE(folder.json);
  EXPECT_EQ(folder.out, "o");
  const auto server = As<ReportOptions>({"report", "--config", "c", "--store", "postgresql://h/d"});
  EXPECT_EQ(server.config, "c");
  EXPECT_EQ(server.url, "postgresql://h/d");
}

TEST_F(CommandLineTest, TakesEveryOptionOfReload) {
  const auto reload = As<ReloadOptions>(
      {"reload", "--config", "c", "--data", "d", "--set", "listen.control=/run/c"});
  EXPECT_EQ(reload.config, "c");
  ASSERT_EQ(reload.settings.size(), 2U);
  const auto loaded = LoadConfig({.flags = reload.settings}, messages_);
  ASSERT_TRUE(loaded) << messages_.str();
  EXPECT_EQ(loaded->config.store.folder, "d");
  EXPECT_EQ(ControlPathOf(loaded->config), "/run/c");
  EXPECT_EQ(ControlPathOf(Config()), "renalpath-data/control");
}

TEST_F(CommandLineTest, TakesEveryTaskOfStore) {
  using Task = StoreOptions::Task;
  EXPECT_EQ(As<StoreOptions>({"store", "status"}).task, Task::kStatus);
  EXPECT_EQ(As<StoreOptions>({"store", "migrate", "--store", "postgresql://h/d"}).task,
            Task::kMigrate);
  const auto backup = As<StoreOptions>({"store", "backup", "--to", "copy", "--config", "c"});
  EXPECT_EQ(backup.task, Task::kBackUp);
  EXPECT_EQ(backup.copy, "copy");
  EXPECT_EQ(backup.config, "c");
  const auto restore = As<StoreOptions>({"store", "restore", "--from", "copy", "--data", "d"});
  EXPECT_EQ(restore.task, Task::kRestore);
  EXPECT_EQ(restore.settings.front().text, "d");
  const std::vector<std::vector<const char*>> wrong = {
      {"store"},
      {"store", "backup"},
      {"store", "restore", "--to", "x"},
      {"store", "status", "--store", "postgresql://u:secret-word@h/d"}};
  for (const auto& words : wrong) EXPECT_EQ(Status(words), 2) << testing::PrintToString(words);
  EXPECT_THAT(messages_.str(), testing::Not(HasSubstr("secret-word")));
}

TEST_F(CommandLineTest, ReportsAShadowFromALogAlone) {
  EXPECT_EQ(As<ReportOptions>({"report", "--shadow", "log"}).shadow_log, "log");
  EXPECT_EQ(As<ReportOptions>({"report", "--shadow", "-"}).shadow_log, "-");
  EXPECT_EQ(Status({"report", "--shadow", "log", "--data", "d"}), 2);
}

TEST_F(CommandLineTest, RefusesAStoreThatIsNone) {
  EXPECT_EQ(Status({"report", "--from", "yesterday"}), 2);
  EXPECT_THAT(messages_.str(), HasSubstr("2026-03-02"));
  EXPECT_EQ(Status({"report", "--store", "mysql://h/d"}), 2);
  EXPECT_EQ(Status({"report", "--store", "postgresql://h/d", "--data", "d"}), 2);
  for (const char* command : {"report", "serve"}) {
    messages_.str("");
    EXPECT_EQ(Status({command, "--store", "postgresql://u:secret-word@h/d"}), 2);
    EXPECT_THAT(messages_.str(), HasSubstr("PGPASSFILE"));
    EXPECT_THAT(messages_.str(), testing::Not(HasSubstr("secret-word")));
  }
}

}  // namespace
}  // namespace renal::hooks
