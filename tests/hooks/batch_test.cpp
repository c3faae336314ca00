#include "hooks/batch.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathways/definitions.h"
#include "tests/hooks/calls.h"

namespace renal::hooks {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class EvaluateBatchTest : public testing::Test {
 protected:
  int Run(const std::string& input, BatchOptions options = {}) {
    std::istringstream in(input);
    options.determinism = {.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 7};
    return EvaluateBatch(pathways::ShippedPathway("onc-kidney-2018"), options,
                         {in, out_, messages_});
  }
  std::size_t Lines() const {
    return static_cast<std::size_t>(std::ranges::count(out_.str(), '\n'));
  }

  static std::string OnOneLine(std::string text) {
    std::erase(text, '\n');
    return text;
  }
  static std::string Bundle(std::string_view patient) {
    return R"({"resourceType":"Bundle","entry":[{"resource":)" + std::string(patient) +
           R"(},{"resource":)" + std::string(kConditionsJson) + R"(},{"resource":)" +
           std::string(kObservationsJson) + "}]}";
  }

  std::ostringstream out_;
  std::ostringstream messages_;
};

TEST_F(EvaluateBatchTest, PrintsOneOutcomeForOneText) {
  EXPECT_EQ(Run(SignCall()), 0);
  EXPECT_EQ(Lines(), 1U);
  EXPECT_THAT(out_.str(), HasSubstr(R"("outcome":"recommendation")"));
  EXPECT_THAT(messages_.str(), IsEmpty());
}

TEST_F(EvaluateBatchTest, NamesCountsAndSkipsBrokenLines) {
  const std::string call = OnOneLine(ViewCall());
  EXPECT_EQ(Run(call + "\n{\n\n" + call + "\n{}\n", {.lines = true}), 1);
  EXPECT_EQ(Lines(), 2U);
  EXPECT_THAT(messages_.str(),
              AllOf(HasSubstr("standard input:2: "), HasSubstr("standard input:5: "),
                    HasSubstr("(/hook)"), HasSubstr("2 failed, 2 evaluated")));
}

// std::cin is tied to std::cout: whoever reads the next text would flush what another thread is
// writing.
TEST_F(EvaluateBatchTest, ReadsWithoutFlushingTheOutput) {
  struct CountsFlushes : std::stringbuf {
    int sync() override {
      ++flushes;
      return 0;
    }
    int flushes = 0;
  } buffer;
  std::ostream tied(&buffer);
  std::istringstream in(OnOneLine(ViewCall()) + "\n" + OnOneLine(ViewCall()) + "\n");
  in.tie(&tied);
  EXPECT_EQ(EvaluateBatch(pathways::ShippedPathway("onc-kidney-2018"), {.lines = true},
                          {in, out_, messages_}),
            0);
  EXPECT_EQ(Lines(), 2U);
  EXPECT_EQ(buffer.flushes, 0);
}

// Several threads work on them, on some longer than on others.
TEST_F(EvaluateBatchTest, GivesManyLinesInTheirOrder) {
  const std::string whole = OnOneLine(ViewCall());
  const std::string empty = OnOneLine(With(ViewCall(), PrefetchJson(), "{}"));
  std::string lines, outcomes;
  std::vector<std::string> broken;
  for (int i = 1; i <= 60; ++i) {
    const std::string number = std::to_string(i);
    if (i % 7 == 0) {
      lines += "{\n";
      broken.push_back("standard input:" + number + ": ");
      continue;
    }
    const std::string line = With(i % 3 == 0 ? empty : whole, "call-1", "call-" + number);
    lines += line + '\n';
    EXPECT_EQ(Run(line), 0);
    outcomes += std::exchange(out_, std::ostringstream()).str();
  }
  EXPECT_EQ(Run(lines, {.lines = true}), 1);
  EXPECT_EQ(out_.str(), outcomes);
  std::size_t at = 0;
  for (const std::string& place : broken) {
    at = messages_.str().find(place, at);
    ASSERT_NE(at, std::string::npos) << place;
  }
}

TEST_F(EvaluateBatchTest, NeverRefusesForMissingData) {
  EXPECT_EQ(Run(CallJson("order-sign", SignContext(), "{}")), 0);
  EXPECT_THAT(out_.str(), HasSubstr(R"("outcome":)"));
}

TEST_F(EvaluateBatchTest, TakesABundleForTheRecordOfItsPatient) {
  EXPECT_EQ(Run(Bundle(kPatientJson)), 0) << messages_.str();
  EXPECT_THAT(out_.str(), AllOf(HasSubstr(R"("outcome":"recommendation")"), HasSubstr("ONC-05")));
}

TEST_F(EvaluateBatchTest, RefusesABundleThatIsNotOfOnePatient) {
  EXPECT_EQ(Run(Bundle(R"({"resourceType":"Basic"})")), 1);
  EXPECT_THAT(messages_.str(), HasSubstr("has no Patient"));
  EXPECT_EQ(Run(Bundle(R"({"resourceType":"Patient"})")), 1);
  EXPECT_THAT(messages_.str(), HasSubstr("has no id"));
  const std::string other = R"({"resource":{"resourceType":"Patient","id":"pat-2"}},)";
  EXPECT_EQ(Run(With(Bundle(kPatientJson), R"("entry":[)", R"("entry":[)" + other)), 1);
  EXPECT_THAT(messages_.str(), HasSubstr("more than one Patient"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(EvaluateBatchTest, PrintsTheAnswerOfTheHookOnRequest) {
  EXPECT_EQ(Run(SignCall(), {.cards = true}), 0);
  EXPECT_THAT(out_.str(), HasSubstr(R"({"cards":[{"uuid":)"));
}

TEST_F(EvaluateBatchTest, ReadsAndWritesFiles) {
  const std::filesystem::path dir = testing::TempDir();
  const std::filesystem::path calls = dir / "batch-calls.ndjson";
  const std::filesystem::path results = dir / "batch-results";
  const std::string call = OnOneLine(ViewCall());
  std::ofstream(calls) << call << "\r\n" << call << "\n{";
  EXPECT_EQ(Run("", {.files = {calls, dir / "batch-missing.json"}, .out = results}), 1);
  EXPECT_THAT(messages_.str(), AllOf(HasSubstr(calls.string() + ":3: "),
                                     HasSubstr("batch-missing.json: the file cannot be read")));
  EXPECT_THAT(out_.str(), IsEmpty());
  std::ifstream read(results);
  std::string line;
  int lines = 0;
  while (std::getline(read, line)) ++lines;
  EXPECT_EQ(lines, 2);
  EXPECT_EQ(Run("", {.out = dir / "no-such-folder" / "x"}), 1);
}

TEST_F(EvaluateBatchTest, SaysWhenTheOutputFails) {
  out_.setstate(std::ios::badbit);
  EXPECT_EQ(Run(SignCall()), 1);
  EXPECT_THAT(messages_.str(), HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace renal::hooks
