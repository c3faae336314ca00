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
  EXPECT_EQ(serve.options.host, "127.0.0.1");
  EXPECT_EQ(serve.options.port, 8080);
  EXPECT_EQ(serve.options.profile, ServiceProfile::kSandbox);
  EXPECT_TRUE(serve.options.outcome);
  EXPECT_FALSE(serve.options.determinism.now);
  EXPECT_FALSE(serve.files.pathway);
}

TEST_F(CommandLineTest, TakesEveryOptionOfServe) {
  const auto serve =
      As<ServeCommand>({"serve", "--host", "::1", "--port", "0", "--data", "d", "--profile",
                        "standard", "--outcome", "off", "--log-level", "warning", "--seed", "9",
                        "--now", "2026-03-02T09:00:00Z", "--pathway", "p.json"});
  EXPECT_EQ(serve.options.host, "::1");
  EXPECT_EQ(serve.options.port, 0);
  EXPECT_EQ(serve.options.data, "d");
  EXPECT_EQ(serve.options.profile, ServiceProfile::kStandard);
  EXPECT_FALSE(serve.options.outcome);
  EXPECT_EQ(serve.options.log_level, LogLevel::kWarning);
  EXPECT_EQ(serve.options.determinism.seed, 9U);
  EXPECT_EQ(serve.options.determinism.now->offset_minutes, 0);
  EXPECT_EQ(serve.files.pathway, "p.json");
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
      {"serve", "--profile", "other"},
      {"serve", "--outcome", "perhaps"},
      {"serve", "--log-level", "loud"},
      {"serve", "--now", "2026-03-02"},
      {"serve", "--now", "2026-03-02T09:00:00"},
      {"serve", "--now", "2026-02-30T09:00:00Z"},
      {"serve", "--seed", "x"},
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
  EXPECT_EQ(As<ServeCommand>({"serve"}).options.language, "en");
  EXPECT_EQ(As<ServeCommand>({"serve", "--language", "nb"}).options.language, "nb");
  EXPECT_EQ(As<EvaluateCommand>({"evaluate"}).language, "en");
  EXPECT_EQ(As<EvaluateCommand>({"evaluate", "--language", "nb"}).language, "nb");
}

TEST(ServeTest, NeedsThePathwayInItsLanguage) {
  std::ostringstream messages;
  EXPECT_EQ(Serve({}, {.language = "fr"}, messages), 1);
  EXPECT_THAT(messages.str(), HasSubstr("no translation into \"fr\""));
}

TEST(LoopbackTest, KnowsLoopback) {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.0.9", "::1"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "128.0.0.1", "126.255.255.255", "example.org", "",
                           "127.0.0.1 ", "localhost.example"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

TEST(ServeTest, RefusesToListenBeyondLoopback) {
  std::ostringstream messages;
  EXPECT_EQ(Serve({}, {.host = "0.0.0.0"}, messages), 2);
  EXPECT_THAT(messages.str(), HasSubstr("loopback only"));
}

}  // namespace
}  // namespace renal::hooks
