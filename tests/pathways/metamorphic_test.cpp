#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "pathways/definitions.h"
#include "pathways/load.h"
#include "pathways/replay.h"
#include "tests/pathways/evaluated.h"
#include "tests/pathways/generated_patient.h"

// What must never change an outcome: the unit of a value, the order of resources, how a row of a
// table is written, an input that nothing reads, and evaluating the recorded inputs again.
// Thousands of made-up patients, the same on every machine.
namespace renal::pathways::testing {
namespace {

constexpr std::size_t kPatients = 1'500;

struct Subject {
  std::string name;
  std::string file;  ///< of the shipped pathway; empty: the demonstration
  friend void PrintTo(const Subject& row, std::ostream* out) { *out << row.name; }
};

std::optional<std::string> TextOf(const Subject& subject) {
  if (!subject.file.empty()) return std::string(*EmbeddedFile(subject.file));
  const auto path = std::filesystem::path(RENAL_SHARED) / "spec/kidney-demo.pathway.json";
  if (!std::filesystem::exists(path)) return std::nullopt;
  std::ifstream stream(path);
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

LoadResult LoadFrom(const std::string& text) {
  LoadOptions options;
  options.read_file = [](std::string_view name) {
    const auto found = EmbeddedFile(name);
    return found ? std::optional<std::string>(*found) : std::nullopt;
  };
  return LoadPathway("pathway.json", text, options);
}

// What an outcome says, without the ids of rules and what is told about inputs.
std::string SummaryOf(const Outcome& outcome) {
  std::set<std::string> results;
  for (const Recommendation& result : outcome.recommendations) {
    const std::string action =
        result.action == kNone ? "-" : outcome.pathway->actions[result.action].id;
    results.insert(action + " " + Spelling(result.tier) + " " + Spelling(result.determination) +
                   " " + result.focus + (result.orderable ? " orderable" : "") +
                   (result.mdt_required ? " board" : ""));
  }
  std::set<std::string> asked;
  for (const Question& question : outcome.ask) {
    asked.insert(outcome.pathway->inputs[question.input].name + "@" + question.focus);
  }
  std::string text = std::string(Spelling(outcome.kind)) + " " + outcome.gate;
  for (const std::string& result : results) text += "\n" + result;
  for (const std::string& input : asked) text += "\n? " + input;
  return text;
}

class MetamorphicTest : public ::testing::TestWithParam<Subject> {
 protected:
  void SetUp() override {
    const auto text = TextOf(GetParam());
    if (!text) GTEST_SKIP() << "the format description is not beside the sources";
    text_ = *text;
    pathway_ = LoadFrom(text_).pathway;
    ASSERT_TRUE(pathway_);
  }

  static Evaluated Run(const std::shared_ptr<const Pathway>& pathway,
                       const std::vector<std::string>& resources, const std::string& born) {
    return Evaluated(pathway, resources, {}, kNow, {}, born);
  }

  // Calls `check` with each patient and its outcome, until one fails.
  template <class Check>
  void ForEachPatient(const Check& check) {
    PatientGenerator generator(*pathway_, 20260302);
    for (std::size_t i = 0; i < kPatients && !HasFailure(); ++i) {
      const GeneratedPatient patient = generator.Next();
      const Evaluated run = Run(pathway_, patient.Texts(), patient.born);
      SCOPED_TRACE("patient " + std::to_string(i) + ": " + SummaryOf(run.outcome()));
      check(patient, run);
    }
  }

  static void ExpectSame(const Evaluated& run, const Outcome& other) {
    const auto document = fhir::JsonDocument::Parse(run.Json());
    const auto differences = ReplayDifferences(document.value().root(), other);
    EXPECT_TRUE(differences.empty()) << ::testing::PrintToString(differences);
  }

  std::string text_;
  std::shared_ptr<const Pathway> pathway_;
};

TEST_P(MetamorphicTest, PatientsAreOfEveryKind) {
  std::map<OutcomeKind, std::size_t> kinds;
  std::set<std::string> rules;
  ForEachPatient([&](const GeneratedPatient&, const Evaluated& run) {
    ++kinds[run.outcome().kind];
    for (const Recommendation& result : run.outcome().recommendations) {
      if (result.determination == Determination::kRecommended) rules.insert(result.rule);
    }
  });
  EXPECT_GT(kinds[OutcomeKind::kRecommendation], kPatients / 20);
  EXPECT_GT(kinds[OutcomeKind::kNeedData], kPatients / 20);
  EXPECT_GT(kinds[OutcomeKind::kNotApplicable], kPatients / 100);
  EXPECT_EQ(kinds[OutcomeKind::kError], 0U);
  EXPECT_GE(rules.size(), 8U) << ::testing::PrintToString(rules);
}

TEST_P(MetamorphicTest, TheUnitChangesNothing) {
  ForEachPatient([&](const GeneratedPatient& patient, const Evaluated& run) {
    for (const char* unit : {"mm", "m"}) {
      std::vector<std::string> texts;
      for (const GeneratedResource& resource : patient.resources) {
        texts.push_back(resource.TextIn(unit));
      }
      ExpectSame(run, Run(pathway_, texts, patient.born).outcome());
    }
  });
}

TEST_P(MetamorphicTest, TheOrderOfResourcesChangesNothing) {
  std::mt19937_64 engine(7);
  ForEachPatient([&](const GeneratedPatient& patient, const Evaluated& run) {
    std::vector<std::string> texts = patient.Texts();
    for (std::size_t i = texts.size(); i > 1; --i) std::swap(texts[i - 1], texts[engine() % i]);
    ExpectSame(run, Run(pathway_, texts, patient.born).outcome());
  });
}

TEST_P(MetamorphicTest, TheRecordedInputsGiveTheSameAgain) {
  ForEachPatient([&](const GeneratedPatient&, const Evaluated& run) {
    const auto document = fhir::JsonDocument::Parse(run.Json());
    const auto recorded = RecordedInputsOf(*pathway_, document.value().root());
    ASSERT_TRUE(recorded) << recorded.error().diagnostics << recorded.error().expression;
    EvaluateRequest request;
    request.now = recorded->now;
    request.prepared = &recorded->inputs;
    ExpectSame(run, Evaluate(pathway_, request));
  });
}

// ---- another way to write the file

void Replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

TEST_P(MetamorphicTest, AnInputThatNothingReadsChangesNothing) {
  std::string text = text_;
  Replace(text, "\"inputs\": {", R"("inputs": {
    "aside": {"title": "Aside", "type": "Quantity", "unit": "kg", "min": "0 'kg'", "max": "500 'kg'", "question": "?",
      "sources": [{"name": "s", "from": "Observation", "time": "effective", "value": "value"}]},)");
  const LoadResult loaded = LoadFrom(text);
  ASSERT_TRUE(loaded.pathway) << loaded.problems.front().ToString();
  ForEachPatient([&](const GeneratedPatient& patient, const Evaluated& run) {
    ExpectSame(run, Run(loaded.pathway, patient.Texts(), patient.born).outcome());
  });
}

fhir::OwnJson* Member(fhir::OwnJson& object, std::string_view name) {
  for (auto& [key, value] : object.members) {
    if (key == name) return &value;
  }
  return nullptr;
}

// Cells that can be cut in two: "< limit" below and from a value inside it.
std::optional<std::pair<std::string, std::string>> Cut(const Input& input, const Cell& cell) {
  if (cell.kind == Cell::Kind::kCodes && cell.text.find(" or ") != std::string::npos &&
      cell.text.find('%') == std::string::npos) {
    const std::size_t at = cell.text.find(" or ");
    return std::pair(cell.text.substr(0, at), cell.text.substr(at + 4));
  }
  if (cell.kind != Cell::Kind::kRanges || cell.ranges.size() != 1 || !input.min || !input.unit ||
      !cell.ranges[0].high) {
    return std::nullopt;
  }
  const auto& high = cell.ranges[0].high->value;
  const auto half = Divide(high.value, fhir::Decimal(3));
  if (cell.ranges[0].low || !half) return std::nullopt;
  const std::string inside = half->Round(2).ToString() + " '" + high.unit.text() + "'";
  const std::string end = high.ToString();
  const bool closed = cell.ranges[0].high->closed;
  return std::pair("< " + inside, "[" + inside + " .. " + end + (closed ? "]" : ")"));
}

// Rules that others name cannot be told apart from their halves by those.
bool IsNamed(const Pathway& pathway, const std::string& rule) {
  for (const struct Table& table : pathway.tables) {
    for (const struct Rule& other : table.rules) {
      for (const auto* list :
           {&other.together, &other.yields_to, &other.replaces, &other.demotes}) {
        if (std::ranges::find(*list, rule) != list->end()) return true;
      }
      const bool relates = other.id == rule && (!other.joins.empty() || !other.together.empty() ||
                                                !other.replaces.empty() || !other.demotes.empty() ||
                                                !other.yields_to.empty());
      if (other.joins == rule || relates) return true;
    }
  }
  for (const Check& check : pathway.checks) {
    if (std::ranges::find(check.for_rules, rule) != check.for_rules.end()) return true;
  }
  return false;
}

// The file with one rule written as two that cover the same; nothing where it cannot be.
std::optional<std::string> WithSplit(const std::string& text, const Pathway& pathway,
                                     const struct Table& table, const struct Rule& rule) {
  if (IsNamed(pathway, rule.id)) return std::nullopt;
  for (const Cell& cell : rule.cells) {
    const Input& input = pathway.inputs[cell.input];
    const auto halves = Cut(input, cell);
    if (!halves) continue;
    auto root = std::get<fhir::OwnJson>(fhir::ReadOwnJson(text));
    for (fhir::OwnJson& node : Member(root, "tables")->items) {
      if (Member(node, "id")->text != table.id) continue;
      auto& rules = Member(node, "rules")->items;
      const auto place = std::ranges::find_if(
          rules, [&](fhir::OwnJson& one) { return Member(one, "id")->text == rule.id; });
      fhir::OwnJson second = *place;
      Member(*Member(*place, "if"), input.name)->text = halves->first;
      Member(*Member(second, "if"), input.name)->text = halves->second;
      Member(second, "id")->text += "x";
      rules.insert(place + 1, std::move(second));
    }
    fhir::JsonWriter writer;
    writer.Value(root);
    return writer.Take();
  }
  return std::nullopt;
}

TEST_P(MetamorphicTest, ARowThatIsWrittenAsTwoChangesNothing) {
  std::vector<std::shared_ptr<const Pathway>> split;
  for (const struct Table& table : pathway_->tables) {
    for (const struct Rule& rule : table.rules) {
      const auto text = WithSplit(text_, *pathway_, table, rule);
      if (!text) continue;
      const LoadResult loaded = LoadFrom(*text);
      ASSERT_TRUE(loaded.pathway) << rule.id << ": " << loaded.problems.front().ToString();
      split.push_back(loaded.pathway);
    }
  }
  ASSERT_FALSE(split.empty());
  std::size_t next = 0;
  ForEachPatient([&](const GeneratedPatient& patient, const Evaluated& run) {
    const auto& pathway = split[next++ % split.size()];
    EXPECT_EQ(SummaryOf(Run(pathway, patient.Texts(), patient.born).outcome()),
              SummaryOf(run.outcome()));
  });
}

INSTANTIATE_TEST_SUITE_P(Pathways, MetamorphicTest,
                         ::testing::ValuesIn<Subject>({
                             {"Demonstration", ""},
                             {"OncKidney2018", "onc-kidney-2018.pathway.json"},
                         }),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace renal::pathways::testing
