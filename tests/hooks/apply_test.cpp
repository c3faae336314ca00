#include "pathways/apply.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fhir/own_json.h"
#include "hooks/evaluation.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

namespace fs = std::filesystem;
using fhir::OwnJson;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> Samples() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(RENAL_SOURCE_DIR) / "deploy/sample")) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

const OwnJson& At(const OwnJson& object, std::string_view name) {
  static const OwnJson kNone;
  const OwnJson* member = object.Find(name);
  return member == nullptr ? kNone : *member;
}

std::string Extended(const OwnJson& element, std::string_view name) {
  for (const OwnJson& each : At(element, "extension").items) {
    if (!At(each, "url").text.ends_with("/pathway-" + std::string(name))) continue;
    for (const char* value : {"valueCode", "valueString"}) {
      if (each.Find(value) != nullptr) return At(each, value).text;
    }
  }
  return {};
}

std::string CodeOf(const OwnJson& action) {
  const auto& codes = At(action, "code").items;
  return codes.empty() ? std::string() : At(At(codes[0], "coding").items.at(0), "code").text;
}

/// An answer of `$apply` for a sample request, with the outcome that it shows.
class ApplyTest : public ::testing::TestWithParam<std::string> {
 protected:
  ApplyTest() : evaluator_(pathways::ShippedPathway("onc-kidney-2018")) {
    text_ = ReadFile(fs::path(RENAL_SOURCE_DIR) / "deploy/sample" / (GetParam() + ".json"));
    document_ = fhir::JsonDocument::Parse(text_);
    request_ = ReadHookRequest(document_->root());
    const fhir::Record record = evaluator_.RecordOf(*request_);
    cards::SeededUuidSource uuids(7);
    auto evaluation =
        evaluator_.Evaluate(*request_, record, *ReadMoment("2026-03-02T09:00:00+01:00"), uuids);
    if (!evaluation) throw std::invalid_argument(evaluation.error().diagnostics);
    evaluation_ = *std::move(evaluation);
    answer_ = pathways::ApplyAnswer(outcome(), {.patient_id = request_->patient_id,
                                                .encounter_id = "enc-1",
                                                .practitioner = "Practitioner/dr-1"});
    plan_ = std::get<OwnJson>(fhir::ReadOwnJson(answer_));
  }

  const pathways::Outcome& outcome() const { return evaluation_.outcome; }
  const OwnJson& Group() const { return At(plan_, "contained").items.at(0); }

  Evaluator evaluator_;
  std::string text_, answer_;
  fhir::Result<fhir::JsonDocument> document_ = fhir::Issue{};
  fhir::Result<HookRequest> request_ = fhir::Issue{};
  Evaluation evaluation_;
  OwnJson plan_;
};

TEST_P(ApplyTest, SaysWhatTheHookSays) {
  std::multiset<std::string> expected, found;
  for (const pathways::Recommendation& each : outcome().recommendations) {
    const auto& pathway = *outcome().pathway;
    expected.insert(each.rule + "|" + each.focus + "|" +
                    (each.action == pathways::kNone ? "" : pathway.actions[each.action].id) + "|" +
                    Spelling(each.determination) + "|" + (each.orderable ? "order" : ""));
  }
  for (const OwnJson& action : At(Group(), "action").items) {
    for (const OwnJson& option : At(action, "action").items) {
      found.insert(CodeOf(action) + "|" + Extended(action, "focus") + "|" + CodeOf(option) + "|" +
                   Extended(option, "determination") + "|" +
                   (option.Find("action") != nullptr ? "order" : ""));
    }
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(Extended(plan_, "outcome"), Spelling(outcome().kind));
  EXPECT_EQ(Extended(plan_, "trace-id"), outcome().trace_id);
  EXPECT_EQ(Extended(plan_, "gate"), outcome().gate);
}

TEST_P(ApplyTest, AsksForWhatTheHookAsksFor) {
  std::vector<std::string> expected, found;
  for (const pathways::Question& question : outcome().ask) {
    expected.push_back(outcome().pathway->inputs[question.input].name);
  }
  for (const OwnJson& action : At(Group(), "action").items) {
    if (action.Find("action") != nullptr) continue;
    for (const OwnJson& code : At(action, "code").items) {
      found.push_back(At(At(code, "coding").items.at(0), "code").text);
    }
    EXPECT_EQ(At(At(action, "resource"), "reference").text, "");
  }
  EXPECT_EQ(found, expected);
}

TEST_P(ApplyTest, PointsToNothingThatIsNotThere) {
  std::set<std::string> ids;
  for (const OwnJson& resource : At(plan_, "contained").items) {
    EXPECT_TRUE(ids.insert("#" + At(resource, "id").text).second);
    EXPECT_EQ(At(At(resource, "subject"), "reference").text,
              "Patient/" + std::string(request_->patient_id));
  }
  std::set<std::string> used = {"#requests"};
  for (const OwnJson& action : At(Group(), "action").items) {
    for (const OwnJson& option : At(action, "action").items) {
      for (const OwnJson& creation : At(option, "action").items) {
        used.insert(At(At(creation, "resource"), "reference").text);
      }
    }
  }
  EXPECT_EQ(used, ids);
}

// The indicator of the card is a warning then (pathway-format 10.3).
TEST(ApplyAnswerTest, AContradictionIsUrgentAndCreatesNothing) {
  pathways::Outcome outcome;
  outcome.pathway = pathways::ShippedPathway("onc-kidney-2018");
  outcome.kind = pathways::OutcomeKind::kConflict;
  outcome.errors = {"two rules hold"};
  const OwnJson plan = std::get<OwnJson>(
      fhir::ReadOwnJson(pathways::ApplyAnswer(outcome, {.patient_id = "p"})));
  const auto& actions = At(At(plan, "contained").items.at(0), "action").items;
  ASSERT_EQ(actions.size(), 1U);
  EXPECT_EQ(At(actions[0], "priority").text, "urgent");
  EXPECT_EQ(At(actions[0], "description").text, "two rules hold");
  EXPECT_EQ(CodeOf(actions[0]), "conflict");
  EXPECT_NE(At(actions[0], "resource").Find("extension"), nullptr);
}

// The files are what the validators of the end-to-end tests look at.
TEST_P(ApplyTest, IsTheGoldenFile) {
  const fs::path path =
      fs::path(RENAL_SOURCE_DIR) / "tests/golden" / (GetParam() + ".care-plan.json");
  // The hash is another one after every change of the pathway, whatever it was.
  std::string answer = answer_ + "\n";
  const std::string& hash = outcome().pathway->hash;
  const std::size_t at = answer.find(hash);
  ASSERT_NE(at, std::string::npos);
  answer.replace(at, hash.size(), "sha256:of-the-pathway");
  if (std::getenv("RENAL_REWRITE_GOLDEN") != nullptr) std::ofstream(path) << answer;
  EXPECT_EQ(answer, ReadFile(path));
}

INSTANTIATE_TEST_SUITE_P(Samples, ApplyTest, ::testing::ValuesIn(Samples()), [](const auto& test) {
  std::string name = test.param;
  std::ranges::replace_if(
      name, [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
});

}  // namespace
}  // namespace renal::hooks
