#include "pathways/fhir_form.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/fhirpath.h"
#include "pathways/definitions.h"
#include "pathways/internal/fhir_form_names.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"
#include "pathways/load.h"
#include "tests/pathways/small_pathway.h"

namespace renal::pathways {
namespace {

using fhir::OwnJson;
using internal::MemberAt;
using internal::TextAt;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kSizeFile;
using testing::kSmallPathway;

OwnJson Read(std::string_view text) {
  auto read = fhir::ReadOwnJson(text);
  if (auto* error = std::get_if<fhir::OwnJsonError>(&read)) {
    throw std::invalid_argument(error->message);
  }
  return std::get<OwnJson>(std::move(read));
}

LoadResult LoadAny(std::string_view text) {
  return LoadPathway("test.json", text,
                     {.read_file = [](std::string_view name) -> std::optional<std::string> {
                       if (name == "size.json") return std::string(kSizeFile);
                       const auto shipped = EmbeddedFile(name);
                       return shipped ? std::optional<std::string>(*shipped) : std::nullopt;
                     }});
}

std::string Exported(std::string_view text) {
  const LoadResult loaded = LoadAny(text);
  if (loaded.pathway == nullptr) {
    std::string all;
    for (const LoadProblem& problem : loaded.problems) all += problem.ToString() + "\n";
    throw std::invalid_argument(all);
  }
  const auto bundle = ExportBundle(*loaded.document, *loaded.pathway);
  if (!bundle) throw std::invalid_argument(bundle.error().diagnostics);
  return *bundle;
}

std::vector<std::string> Messages(const ImportResult& result) {
  std::vector<std::string> texts;
  for (const LoadProblem& problem : result.problems) texts.push_back(problem.ToString());
  return texts;
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::invalid_argument("not there: " + std::string(from));
  return text.replace(at, from.size(), to);
}

/// Where the order of members means something to the model.
void ExpectSameOrder(const OwnJson& a, const OwnJson& b, const std::string& path) {
  static const std::vector<std::string> kOrdered = {"inputs",  "parameters", "valueSets", "sources",
                                                    "actions", "focus",      "values"};
  const std::string name = path.substr(path.rfind('/') + 1);
  if (std::ranges::find(kOrdered, name) != kOrdered.end()) {
    for (std::size_t i = 0; i < a.members.size(); ++i) {
      EXPECT_EQ(a.members[i].first, b.members[i].first) << path;
    }
  }
  for (const auto& [member, value] : a.members) {
    ExpectSameOrder(value, *b.Find(member), path + "/" + member);
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) ExpectSameOrder(a.items[i], b.items[i], path);
}

void ExpectReadsBack(std::string_view text) {
  const std::string bundle = Exported(text);
  const ImportResult back = ImportBundle("bundle.json", bundle);
  EXPECT_THAT(Messages(back), IsEmpty());
  const OwnJson original = Read(text);
  const OwnJson again = Read(back.file);
  ASSERT_EQ(fhir::CanonicalText(again), fhir::CanonicalText(original));
  ExpectSameOrder(original, again, "");
  // The value sets of the Bundle stand in for the files.
  const LoadResult loaded =
      LoadPathway("back.json", back.file,
                  {.read_file = [&](std::string_view name) -> std::optional<std::string> {
                    for (const auto& [file, set] : back.value_sets) {
                      if (file == name) return set;
                    }
                    return std::nullopt;
                  }});
  ASSERT_NE(loaded.pathway, nullptr);
  EXPECT_EQ(*ExportBundle(*loaded.document, *loaded.pathway), bundle);
}

TEST(FhirFormTest, ReadsTheShippedPathwayBackEqual) {
  ExpectReadsBack(*EmbeddedFile("onc-kidney-2018.pathway.json"));
}

TEST(FhirFormTest, ReadsTheDemonstrationBackEqual) {
  const auto file = std::filesystem::path(RENAL_SHARED) / "spec/kidney-demo.pathway.json";
  if (!std::filesystem::exists(file)) {
    GTEST_SKIP() << "the format description is not beside the sources";
  }
  std::ifstream stream(file);
  ExpectReadsBack(std::string{std::istreambuf_iterator<char>(stream), {}});
}

struct FormCase {
  std::string name;
  std::string from, to;  // in the small pathway; nothing: as it is

  friend void PrintTo(const FormCase& row, std::ostream* out) { *out << row.name; }
};

class RoundTripTest : public ::testing::TestWithParam<FormCase> {};

TEST_P(RoundTripTest, LosesNothing) {
  const FormCase& row = GetParam();
  ExpectReadsBack(row.from.empty() ? std::string(kSmallPathway)
                                   : Replaced(std::string(kSmallPathway), row.from, row.to));
}

INSTANTIATE_TEST_SUITE_P(
    Files, RoundTripTest,
    ::testing::ValuesIn<FormCase>({
        {"Small", "", ""},
        {"NoteInTheFile", R"("id": "small")", R"("note": "n", "id": "small")"},
        {"NoteInARule", R"({"id": "R1",)", R"({"id": "R1", "note": "n",)"},
        {"NoteInThen", R"("choose": "one",)", R"("choose": "one", "note": "n",)"},
        {"NoteInAnOption", R"({"action": "cut",)", R"({"note": "n", "action": "cut",)"},
        {"NoteInASource", R"({"label": "Source")", R"({"note": "n", "label": "Source")"},
        {"NoteInAConcept", R"({"system": "s", "code": "d"})",
         R"({"note": "n", "system": "s", "code": "d"})"},
        {"NoteInAValueSet", R"("version": "1", "file")", R"("note": "n", "version": "1", "file")"},
        {"NoteInAParameter", R"("why": "w", "cite")", R"("note": "n", "why": "w", "cite")"},
        {"NoteInScope", R"({"condition": "disease"})", R"({"condition": "disease", "note": "n"})"},
        {"NamesOfTheirOwn", R"("id": "small")",
         R"("x-a b": 1, "x-e": "", "x-o": {}, "x-l": [], "x-n": null, "x-d": -0.50, "x-b": 12345678901234567890, "x-i": {"item": 1}, "x-j": {"json": "1"}, "x-c": "\u0001", "x-w": " ", "x-deep": [[[[[[1]]]]]], "id": "small")"},
        {"TextWithLineEnds", R"("title": "Small")", R"("title": "a\nb\tc \"d\" \\ \u00e6\u2028")"},
        {"TextThatFhirHasNot", R"("publisher": "Example")", R"("publisher": "\u0002")"},
        {"StartAsText", R"("start": ["first"])", R"("start": "first")"},
        {"TwoStarts", R"("start": ["first"])", R"("start": ["second", "first"])"},
        {"TableThatNothingLeadsTo", R"("then": {"go": ["second"]})",
         R"("then": {"options": [], "with": ["board"]}, "because": "b", "cite": ["S1"])"},
        {"TableReachedTwice", R"("then": {"options": [{"strength": "info"}], "with": ["board"]})",
         R"("then": {"go": ["second"]})"},
        {"TableNamedAsARule", R"("id": "F2")", R"("id": "second")"},
        {"SummaryNamedAsItsRule", R"("summary": "Under {limit}")", R"("summary": "R1")"},
        {"SummaryWithoutParameter", R"("summary": "Under {limit}")", R"("summary": "Under")"},
        {"NoCells", R"("if": {"size": "< %limit"}, )", ""},
        {"EmptyCells", R"("if": {"size": "< %limit"}, )", R"("if": {}, )"},
        {"When", R"("if": {"size": "< %limit"}, )",
         R"j("when": "%patient.gender = 'male' // %limit memberOf('cut')\n and %context.entry.resource.ofType(Condition).exists(code.memberOf('disease'))", )j"},
        {"WhenAndCells", R"("if": {"size": "< %limit"}, )",
         R"("if": {"size": "< %limit"}, "when": "%age > 3", )"},
        {"WhenWithAUrl", R"("if": {"size": "< %limit"}, )",
         R"j("when": "%context.entry.resource.ofType(Condition).exists(code.memberOf('https://example.org/vs/disease'))", )j"},
        {"Applies", R"({"condition": "disease"})",
         R"({"condition": "disease", "applies": "%patient.gender = 'female'"})"},
        {"NamesWithUnderscore", R"("old": {"title")",
         R"("a_b": {"title": "A", "type": "Boolean", "question": "?", "derive": "%aB or %`old`"}, "aB": {"title": "B", "type": "Boolean", "question": "?", "derive": "%age > 1"}, "old": {"title")"},
        {"InputsAgainstTheirOrder", R"("size": {
      "title")",
         R"("late": {"title": "L", "type": "Boolean", "question": "?", "derive": "%old"}, "size": {
      "title")"},
        {"CellOfSeveralCodes", R"("grade": {
      "title": "Grade", "type": "Code", "values": {"low": "low", "high": "high"})",
         R"("grade": {
      "title": "Grade", "type": "Code", "values": {"high": "high", "low": "low"})"},
        {"People", R"("scope")",
         R"("authors": [{"name": "A", "role": "r", "date": "2026-01-01", "note": "n"}], "reviewers": [{"name": "B"}], "approvals": [], "scope")"},
        {"Period", R"("scope")",
         R"("effectivePeriod": {"start": "2026", "end": "2027-01", "note": "n"}, "scope")"},
        {"InterleavedConcepts", R"([{"system": "s", "code": "d"}])",
         R"([{"system": "s", "code": "d", "display": "D"}, {"system": "t", "code": "d"}, {"system": "s", "code": "e e"}])"},
        {"ConceptsThatFhirHasNot", R"([{"system": "s", "code": "d"}])",
         R"([{"system": "a b", "code": "d"}, {"system": "s", "code": " d"}, {"system": "s", "code": "d", "display": "  "}])"},
        {"TemplateThatFits", R"({"resourceType": "ServiceRequest"})",
         R"({"resourceType": "ServiceRequest", "status": "draft", "intent": "order", "code": {"text": "cut"}})"},
        {"TemplateInAnotherOrder", R"({"resourceType": "ServiceRequest"})",
         R"({"resourceType": "ServiceRequest", "intent": "order", "status": "draft", "code": {"text": "cut"}})"},
        {"TemplateOfMore", R"({"resourceType": "ServiceRequest"})",
         R"({"resourceType": "ServiceRequest", "status": "draft", "intent": "order", "priority": "urgent", "category": [{"coding": [{"system": "s", "code": "c"}]}]})"},
        {"WhatInputsSet", R"({"resourceType": "ServiceRequest"})",
         R"j({"resourceType": "ServiceRequest"}, "set": [{"path": "priority", "expression": "iif(%old, 'urgent', 'routine')"}])j"},
        {"WhatInputsSetWithANote", R"({"resourceType": "ServiceRequest"})",
         R"j({"resourceType": "ServiceRequest"}, "set": [{"note": "n", "path": "priority", "expression": "'urgent'"}])j"},
        {"ActionText", R"("title": "Board", )", R"("title": "Board", "text": "Up to {limit}.", )"},
        {"CheckOfAllTreatments", R"("for": ["cut"], )", ""},
        {"Classes", R"("old": {"title")",
         R"("kind": {"title": "K", "type": "Code", "values": {"a": "A", "b": "B"}, "question": "?", "classes": [{"if": {"age": "> 70"}, "value": "a"}, {"if": {"age": "<= 70"}, "value": "b"}]}, "old": {"title")"},
        {"RuleThatReplaces", R"("yieldsTo": ["R1"],)", R"("replaces": ["R1"],)"},
        {"SourceThatAppliesSometimes", R"({"name": "s", "from")",
         R"({"name": "s", "if": {"age": "> 3"}, "from")"},
        {"HookList", R"("hooks": ["patient-view", "order-sign"])", R"("hooks": [])"},
    }),
    [](const auto& row) { return row.param.name; });

TEST(FhirFormTest, GivesTheSameBytesForTheSameFile) {
  EXPECT_EQ(Exported(kSmallPathway), Exported(kSmallPathway));
}

// --- What others read

const OwnJson* Find(const OwnJson& bundle, std::string_view type, std::string_view id) {
  for (const OwnJson& entry : MemberAt(bundle, "entry").items) {
    const OwnJson& resource = MemberAt(entry, "resource");
    if (TextAt(resource, "resourceType") == type && TextAt(resource, "id") == id) return &resource;
  }
  return nullptr;
}

const OwnJson* FindAction(const OwnJson& action, std::string_view id) {
  if (TextAt(action, "id") == id) return &action;
  for (const OwnJson& inner : MemberAt(action, "action").items) {
    if (const OwnJson* found = FindAction(inner, id)) return found;
  }
  return nullptr;
}

std::vector<std::string> ConditionsOf(const OwnJson& action) {
  std::vector<std::string> texts;
  for (const OwnJson& condition : MemberAt(action, "condition").items) {
    texts.push_back(TextAt(MemberAt(condition, "expression"), "expression"));
  }
  return texts;
}

class ElementsTest : public ::testing::Test {
 protected:
  const OwnJson bundle_ = Read(Exported(kSmallPathway));
  const OwnJson& plan_ = *Find(bundle_, "PlanDefinition", "small");
  const OwnJson& root_ = MemberAt(plan_, "action").items.at(0);
};

TEST_F(ElementsTest, GateAndRulesAreConditions) {
  EXPECT_THAT(ConditionsOf(root_), ElementsAre("iif((%age < 18), false, true)"));
  EXPECT_THAT(ConditionsOf(*FindAction(root_, "F1")),
              ElementsAre("%age >= 18 and %age <= 130 and (%grade = 'low' or %grade = 'high')"));
  EXPECT_THAT(ConditionsOf(*FindAction(root_, "R2")),
              ElementsAre("%size >= 20 'mm' and %since >= @2020-02-29", "%size.exists()",
                          "iif((%size < %limit), false, true)"));
}

TEST(FhirFormTest, ARuleThatIsPutAsideSaysSo) {
  for (const char* word : {"replaces", "demotes"}) {
    const OwnJson bundle =
        Read(Exported(Replaced(std::string(kSmallPathway), R"("yieldsTo": ["R1"],)",
                               R"(")" + std::string(word) + R"(": ["R1"],)")));
    const OwnJson& root = MemberAt(*Find(bundle, "PlanDefinition", "small"), "action").items.at(0);
    EXPECT_THAT(ConditionsOf(*FindAction(root, "R1")),
                ElementsAre("%size < %limit",
                            "iif((%size >= 20 'mm' and %since >= @2020-02-29 and %size.exists()), "
                            "false, true)"));
  }
}

TEST_F(ElementsTest, OptionsAreActionsWithTheCreationInside) {
  const OwnJson& option = MemberAt(*FindAction(root_, "R1"), "action").items.at(0);
  EXPECT_EQ(TextAt(option, "title"), "Cut (preferred)");
  EXPECT_THAT(ConditionsOf(option), ElementsAre("(%old = true).not()"));
  const OwnJson& creation = MemberAt(option, "action").items.at(0);
  EXPECT_EQ(TextAt(creation, "definitionCanonical"),
            "https://example.org/pathways/small/ActivityDefinition/cut|1.0.0");
  ASSERT_NE(Find(bundle_, "ActivityDefinition", "cut"), nullptr);
}

TEST_F(ElementsTest, EachTableAsksForDataInTheEnd) {
  const OwnJson& last = MemberAt(*FindAction(root_, "second"), "action").items.back();
  EXPECT_EQ(TextAt(last, "title"), "More data needed: Second");
  EXPECT_THAT(ConditionsOf(last),
              ElementsAre("((%size < %limit) or (%size >= 20 'mm' and %since >= @2020-02-29 and "
                          "%size.exists())).empty()"));
  EXPECT_EQ(MemberAt(last, "input").items.size(), 2U);
}

TEST_F(ElementsTest, DataRequirementsHaveCodesAndAge) {
  const OwnJson& library = *Find(bundle_, "Library", "small");
  std::vector<std::string> texts;
  for (const OwnJson& each : MemberAt(library, "dataRequirement").items) {
    texts.push_back(internal::CompactText(each));
  }
  EXPECT_THAT(texts, ::testing::Contains(R"({"type":"Patient"})"));
  EXPECT_THAT(texts,
              ::testing::Contains(HasSubstr(R"("valueSet":"https://example.org/vs/cut|1.0.0")")));
}

// A plain reader must not take an unknown for a no.
TEST(FhirFormTest, PointsAndClassesAreUnknownWhereAnInputIs) {
  const OwnJson bundle = Read(Exported(Replaced(
      std::string(kSmallPathway), R"("old": {"title")",
      R"j("sum": {"title": "S", "type": "Integer", "question": "?", "points": [{"title": "a", "if": {"age": "> 70"}, "add": "2"}, {"title": "b", "rows": [{"if": {"grade": "low"}, "add": "1"}, {"add": "0"}]}]}, "old": {"title")j")));
  std::string expression;
  for (const OwnJson& each : MemberAt(*Find(bundle, "PlanDefinition", "small"), "extension").items) {
    const OwnJson& value = MemberAt(each, "valueExpression");
    if (TextAt(value, "name") == "sum") expression = TextAt(value, "expression");
  }
  EXPECT_EQ(expression,
            "iif((%age > 70).exists(), iif(%age > 70, 2, 0), {}) + "
            "iif((%grade = 'low').exists(), iif(%grade = 'low', 1, 0), {})");
}

TEST(FhirFormTest, WhatInputsSetIsADynamicValue) {
  const OwnJson bundle = Read(Exported(Replaced(
      std::string(kSmallPathway), R"({"resourceType": "ServiceRequest"})",
      R"j({"resourceType": "ServiceRequest"}, "set": [{"path": "priority", "expression": "iif(%old, 'urgent', 'routine')"}])j")));
  const OwnJson& action = *Find(bundle, "ActivityDefinition", "cut");
  EXPECT_EQ(
      internal::CompactText(MemberAt(action, "dynamicValue")),
      R"j([{"path":"priority","expression":{"language":"text/fhirpath","expression":"iif(%old, 'urgent', 'routine')"}}])j");
}

// --- The conditions mean what the tables mean

namespace fhirpath = fhir::fhirpath;

/// Values of an input that lie on the limits of its cells and around them; first none at all.
std::vector<fhirpath::Collection> SamplesOf(const Input& input) {
  std::vector<fhirpath::Collection> samples(1);
  if (input.type == Type::kBoolean) {
    samples.push_back({true});
    samples.push_back({false});
  } else if (input.type == Type::kCode) {
    for (const auto& [code, title] : input.values) samples.push_back({code});
  } else if (input.type == Type::kInteger) {
    for (const std::int64_t value : {0, 1, 17, 18, 74, 75, 80}) samples.push_back({value});
  } else {
    for (const char* value : {"1.9 'cm'", "20 'mm'", "5 'cm'", "7 'cm'", "71 'mm'"}) {
      samples.push_back({*fhir::ParseQuantity(value)});
    }
  }
  return samples;
}

Truth TruthOf(const Cell& cell, const Input& input, const fhirpath::Collection& value) {
  if (cell.kind == Cell::Kind::kKnown) return value.empty() ? Truth::kFalse : Truth::kTrue;
  if (cell.kind == Cell::Kind::kUnknown) return value.empty() ? Truth::kTrue : Truth::kFalse;
  if (value.empty()) return Truth::kUnknown;
  const auto truth = [](bool yes) { return yes ? Truth::kTrue : Truth::kFalse; };
  const fhirpath::Item& item = value.front();
  if (const bool* flag = std::get_if<bool>(&item)) return truth((cell.codes >> *flag & 1U) != 0);
  if (const auto* code = std::get_if<std::string>(&item)) {
    for (std::size_t i = 0; i < input.values.size(); ++i) {
      if (input.values[i].first == *code) return truth((cell.codes >> i & 1U) != 0);
    }
  }
  fhir::Quantity number;
  if (const auto* whole = std::get_if<std::int64_t>(&item)) number.value = fhir::Decimal(*whole);
  if (const auto* quantity = std::get_if<fhir::Quantity>(&item)) number = *quantity;
  return truth(std::ranges::any_of(cell.ranges, [&](const Interval& range) {
    return Covers(range, Interval::Point(number)) == Cover::kInside;
  }));
}

/// Every table of a file: what its conditions say in FHIRPath against what its cells say, for every
/// combination of samples.
class MeaningTest {
 public:
  explicit MeaningTest(std::string_view text)
      : loaded_(LoadAny(text)), bundle_(Read(*ExportBundle(*loaded_.document, *loaded_.pathway))) {
    const Pathway& pathway = *loaded_.pathway;
    for (const OwnJson& each :
         MemberAt(MemberAt(MemberAt(bundle_, "entry").items.at(0), "resource"), "extension")
             .items) {
      const OwnJson& variable = MemberAt(each, "valueExpression");
      const std::string name = TextAt(variable, "name");
      if (name.empty()) continue;
      names_.push_back(name);
      const auto constant = std::ranges::find_if(
          pathway.parameters,
          [&](const Parameter& parameter) { return spelling_.Variable(parameter.name) == name; });
      values_.emplace_back();
      if (constant == pathway.parameters.end()) continue;
      const auto compiled = fhirpath::Compile(TextAt(variable, "expression"), {});
      values_.back() = *std::get<fhirpath::Expression>(compiled).Evaluate({});
    }
  }

  std::size_t Run() {
    for (const Table& table : loaded_.pathway->tables) RunTable(table);
    return verdicts_;
  }

 private:
  Truth Evaluate(const std::string& text) {
    auto& compiled = compiled_[text];
    if (!compiled) {
      auto result = fhirpath::Compile(text, {.variables = names_});
      auto* expression = std::get_if<fhirpath::Expression>(&result);
      if (expression == nullptr) throw std::invalid_argument(text);
      compiled = std::make_unique<fhirpath::Expression>(std::move(*expression));
    }
    fhirpath::Environment environment;
    environment.variables = &values_;
    const auto answer = compiled->EvaluateBoolean(fhirpath::Item(false), environment);
    if (!answer) throw std::invalid_argument(text + answer.error().diagnostics);
    if (!*answer) return Truth::kUnknown;
    return **answer ? Truth::kTrue : Truth::kFalse;
  }

  void RunTable(const Table& table) {
    const OwnJson& plan = MemberAt(MemberAt(bundle_, "entry").items.at(0), "resource");
    const OwnJson* action = FindAction(MemberAt(plan, "action").items.at(0), table.id);
    std::vector<std::size_t> slots;
    std::vector<std::vector<fhirpath::Collection>> samples;
    for (const Index column : table.columns) {
      const std::string name = spelling_.Variable(loaded_.pathway->inputs[column].name);
      slots.push_back(static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin()));
      samples.push_back(SamplesOf(loaded_.pathway->inputs[column]));
    }
    // A table of many columns would take minutes: every n-th combination of it.
    std::size_t all = 1;
    for (const auto& each : samples) all *= each.size();
    const std::size_t step = all > 3'000 ? all / 3'000 * 2 + 1 : 1;
    for (std::size_t number = 0; number < all; number += step) {
      std::size_t rest = number;
      for (std::size_t i = 0; i < slots.size(); ++i) {
        values_[slots[i]] = samples[i][rest % samples[i].size()];
        rest /= samples[i].size();
      }
      CompareRules(table, *action);
    }
  }

  void CompareRules(const Table& table, const OwnJson& action) {
    bool any_true = false, any_unknown = false;
    for (std::size_t r = 0; r < table.rules.size(); ++r) {
      const Rule& rule = table.rules[r];
      Truth expected = Truth::kTrue;
      for (const Cell& cell : rule.cells) {
        const Input& input = loaded_.pathway->inputs[cell.input];
        expected = std::min(expected, TruthOf(cell, input, ValueOf(input)));
      }
      Truth found = Truth::kTrue;
      for (const OwnJson& condition :
           MemberAt(MemberAt(action, "action").items.at(r), "condition").items) {
        const OwnJson* extension = internal::FindExtension(condition, "derived");
        if (extension != nullptr && TextAt(*extension, "valueCode") != "needs") continue;
        const Truth truth = Evaluate(TextAt(MemberAt(condition, "expression"), "expression"));
        found = std::min(found, truth);
      }
      for (const Index need : rule.needs) {
        if (ValueOf(loaded_.pathway->inputs[need]).empty()) expected = Truth::kFalse;
      }
      ASSERT_EQ(found, expected) << rule.id;
      any_true = any_true || expected == Truth::kTrue;
      any_unknown = any_unknown || expected == Truth::kUnknown;
      ++verdicts_;
    }
    const std::string need = ConditionsOf(MemberAt(action, "action").items.back()).at(0);
    ASSERT_EQ(Evaluate(need) == Truth::kTrue, !any_true && any_unknown) << need;
  }

  const fhirpath::Collection& ValueOf(const Input& input) const {
    const std::string name = spelling_.Variable(input.name);
    return values_[static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin())];
  }

  const LoadResult loaded_;
  const OwnJson bundle_;
  const internal::ExpressionNames spelling_ = internal::ExpressionNames::OfFile(*loaded_.document);
  std::vector<std::string> names_;
  std::vector<fhirpath::Collection> values_;
  std::map<std::string, std::unique_ptr<fhirpath::Expression>> compiled_;
  std::size_t verdicts_ = 0;
};

TEST(FhirFormTest, ConditionsOfTheShippedPathwayMeanWhatItsTablesMean) {
  EXPECT_GT(MeaningTest(*EmbeddedFile("onc-kidney-2018.pathway.json")).Run(), 10'000U);
}

TEST(FhirFormTest, ConditionsOfTheDemonstrationMeanWhatItsTablesMean) {
  const auto file = std::filesystem::path(RENAL_SHARED) / "spec/kidney-demo.pathway.json";
  if (!std::filesystem::exists(file)) {
    GTEST_SKIP() << "the format description is not beside the sources";
  }
  std::ifstream stream(file);
  EXPECT_GT(MeaningTest(std::string{std::istreambuf_iterator<char>(stream), {}}).Run(), 500U);
}

// --- Edits by others

TEST(FhirFormTest, TakesAConditionThatWasChanged) {
  const std::string edited = Replaced(Exported(kSmallPathway), R"("expression": "%size < %limit")",
                                      R"("expression": "%size <= %limit")");
  const ImportResult back = ImportBundle("bundle.json", edited);
  EXPECT_THAT(
      Messages(back),
      ::testing::Contains(HasSubstr("the condition is another one than the cells beside it")));
  EXPECT_THAT(back.file, HasSubstr(R"("size": "<= %limit")"));
}

TEST(FhirFormTest, NamesAnElementThatItDoesNotRead) {
  const std::string text = Exported(kSmallPathway);
  const std::string edited = Replaced(text, "More data needed: First", "Nothing needed");
  const ImportResult back = ImportBundle("bundle.json", edited);
  const auto line =
      1 +
      std::count(text.begin(),
                 text.begin() + static_cast<std::ptrdiff_t>(text.find("More data needed: First")),
                 '\n');
  EXPECT_THAT(Messages(back), ElementsAre(HasSubstr("bundle.json:" + std::to_string(line) + ":")));
  EXPECT_THAT(Messages(back), ElementsAre(HasSubstr("L701")));
}

TEST(FhirFormTest, TakesCodesThatWereAddedToAValueSetOfAFile) {
  const std::string edited =
      Replaced(Exported(kSmallPathway), R"("code": "z1")", R"("code": "z9")");
  const ImportResult back = ImportBundle("bundle.json", edited);
  ASSERT_EQ(back.value_sets.size(), 1U);
  EXPECT_EQ(back.value_sets[0].first, "size.json");
  EXPECT_THAT(back.value_sets[0].second, HasSubstr("z9"));
}

// --- Plans of others

constexpr std::string_view kForeign = R"json({
  "resourceType": "PlanDefinition", "id": "sizes", "url": "https://example.org/p", "version": "1.0.0",
  "title": "Sizes", "status": "active", "date": "2026-01-01", "publisher": "P",
  "extension": [
    {"url": "http://hl7.org/fhir/StructureDefinition/variable", "valueExpression": {"name": "limit", "language": "text/fhirpath", "expression": "4 'cm'", "description": "why"}},
    {"url": "http://hl7.org/fhir/StructureDefinition/variable", "valueExpression": {"name": "size", "description": "Size", "language": "text/fhirpath", "expression": "%context.entry.resource.ofType(Observation).value"}},
    {"url": "http://hl7.org/fhir/StructureDefinition/variable", "valueExpression": {"name": "place", "description": "Place", "language": "text/fhirpath", "expression": "'x' + %patient.id"}}
  ],
  "relatedArtifact": [{"type": "citation", "label": "S", "display": "Source"}],
  "action": [
    {"id": "small", "title": "Small", "description": "It is small.", "documentation": [{"type": "citation", "label": "S"}],
     "condition": [{"kind": "applicability", "expression": {"language": "text/fhirpath", "expression": "%size < %limit and (%place = 'left' or %place = 'right')"}}],
     "selectionBehavior": "exactly-one",
     "action": [{"title": "Watch"}, {"title": "Cut", "definitionCanonical": "https://example.org/cut"}]},
    {"id": "large", "title": "Large", "description": "It is large.", "documentation": [{"type": "citation", "label": "S"}],
     "condition": [{"kind": "applicability", "expression": {"language": "LANGUAGE", "expression": "CONDITION"}}]}
  ]
})json";

std::string Foreign(std::string_view language, std::string_view condition) {
  return Replaced(Replaced(std::string(kForeign), "LANGUAGE", language), "CONDITION", condition);
}

TEST(ForeignPlanTest, SimpleConditionsBecomeCells) {
  const ImportResult back =
      ImportBundle("p.json", Foreign("text/fhirpath", "%size >= %limit and %size < 40 'mm'"));
  const OwnJson file = Read(back.file);
  const auto& rules = MemberAt(MemberAt(file, "tables").items.at(0), "rules").items;
  EXPECT_EQ(internal::CompactText(MemberAt(rules.at(0), "if")),
            R"({"size":"< %limit","place":"left or right"})");
  EXPECT_EQ(internal::CompactText(MemberAt(rules.at(1), "if")),
            R"j({"size":"[%limit .. 40 'mm')"})j");
  EXPECT_EQ(TextAt(MemberAt(rules.at(0), "then"), "choose"), "one");
  EXPECT_EQ(TextAt(MemberAt(MemberAt(file, "parameters"), "limit"), "value"), "4 'cm'");
  const OwnJson& inputs = MemberAt(file, "inputs");
  EXPECT_EQ(TextAt(MemberAt(inputs, "size"), "type"), "Quantity");
  EXPECT_EQ(TextAt(MemberAt(inputs, "size"), "unit"), "mm");
  EXPECT_EQ(internal::CompactText(MemberAt(MemberAt(inputs, "place"), "values")),
            R"({"left":"left","right":"right"})");
  EXPECT_EQ(TextAt(file, "status"), "active");
}

TEST(ForeignPlanTest, OthersStayExpressions) {
  const std::string condition = "%size.exists() and (%size > %limit or %place.startsWith('l'))";
  const ImportResult back = ImportBundle("p.json", Foreign("text/fhirpath", condition));
  const OwnJson file = Read(back.file);
  const OwnJson& rule = MemberAt(MemberAt(file, "tables").items.at(0), "rules").items.at(1);
  EXPECT_EQ(TextAt(rule, "when"), condition);
  EXPECT_EQ(rule.Find("if"), nullptr);
}

TEST(ForeignPlanTest, CqlIsKeptAsTextAndInDraft) {
  const ImportResult back = ImportBundle("p.json", Foreign("text/cql-identifier", "IsLarge"));
  EXPECT_THAT(Messages(back), ::testing::Contains(HasSubstr("p.json:16:60: warning L702")));
  const OwnJson file = Read(back.file);
  EXPECT_EQ(TextAt(file, "status"), "draft");
  const OwnJson& rule = MemberAt(MemberAt(file, "tables").items.at(0), "rules").items.at(1);
  EXPECT_EQ(TextAt(rule, "x-cql"), "IsLarge");
  EXPECT_EQ(TextAt(rule, "when"), "{}");
}

TEST(ForeignPlanTest, SaysWhatTheFileStillLacks) {
  const ImportResult back = ImportBundle("p.json", Foreign("text/fhirpath", "%size > %limit"));
  EXPECT_FALSE(back.file.empty());
  EXPECT_THAT(Messages(back), ::testing::Contains(HasSubstr("does not load yet")));
  EXPECT_THAT(Messages(back), ::testing::Contains(HasSubstr("\"question\"")));
}

TEST(ForeignPlanTest, GroupsBecomeTables) {
  const ImportResult back =
      ImportBundle("p.json", R"json({"resourceType": "PlanDefinition", "id": "p", "title": "P",
    "action": [{"title": "root", "action": [
      {"id": "g", "title": "G", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/cqf-applicabilityBehavior", "valueCode": "any"}],
       "action": [{"id": "a", "condition": [{"kind": "applicability", "expression": {"language": "text/fhirpath", "expression": "%x = true"}}],
         "action": [{"id": "b", "condition": [{"kind": "applicability", "expression": {"language": "text/fhirpath", "expression": "%y = 3"}}], "title": "B"}]}]}]}]})json");
  const OwnJson file = Read(back.file);
  const auto& tables = MemberAt(file, "tables").items;
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(TextAt(tables[0], "id"), "g");
  EXPECT_EQ(TextAt(tables[0], "hit"), "first");
  const OwnJson& rule = MemberAt(tables[0], "rules").items.at(0);
  EXPECT_EQ(internal::CompactText(MemberAt(MemberAt(rule, "then"), "go")),
            "[\"" + TextAt(tables[1], "id") + "\"]");
  EXPECT_EQ(internal::CompactText(MemberAt(file, "start")), R"(["g"])");
}

// --- Texts that are no pathway

struct BrokenCase {
  std::string name, text, message;
  friend void PrintTo(const BrokenCase& row, std::ostream* out) { *out << row.name; }
};

class BrokenImportTest : public ::testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenImportTest, SaysWhereAndWhatToDo) {
  const ImportResult back = ImportBundle("b.json", GetParam().text);
  EXPECT_EQ(back.file, "");
  EXPECT_THAT(Messages(back), ElementsAre(HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BrokenImportTest,
    ::testing::ValuesIn<BrokenCase>({
        {"Empty", "", "b.json:1:1: error L101"},
        {"NoJson", "{\n  \"a\": }", "b.json:2:8: error L101"},
        {"NoPlan", R"({"resourceType": "Bundle"})", "there is no PlanDefinition. Give"},
        {"TwoPlans",
         R"({"entry": [{"resource": {"resourceType": "PlanDefinition"}}, {"resource": {"resourceType": "PlanDefinition"}}]})",
         "there are several PlanDefinitions"},
        {"TooDeep", std::string(65, '[') + std::string(65, ']'), "nested more than 64 deep"},
        {"TooLarge", std::string((4 << 20) + 1, ' '), "larger than 4 MiB"},
        {"Scalar", "7", "there is no PlanDefinition"},
    }),
    [](const auto& row) { return row.param.name; });

/// Every value of the tree once replaced by another one.
void Mutate(OwnJson& node, const OwnJson& root, std::size_t& left,
            std::vector<std::string>& texts) {
  const auto with = [&](OwnJson value) {
    const OwnJson kept = node;
    node = std::move(value);
    texts.push_back(internal::CompactText(root));
    node = kept;
  };
  if (left++ % 23 == 0) {
    with(internal::JsonText("%x and ('"));
    with(internal::JsonObject());
    with(OwnJson(fhir::JsonType::kNull));
  }
  for (auto& [name, value] : node.members) Mutate(value, root, left, texts);
  for (OwnJson& item : node.items) Mutate(item, root, left, texts);
}

// Names that are the same all over are told apart without looking through all of them each time.
TEST(ForeignPlanTest, TellsManyEqualNamesApart) {
  constexpr int kMany = 5'000;
  std::string actions;
  for (int i = 0; i < kMany; ++i) {
    actions += std::string(i == 0 ? "" : ",") + R"({"title":"Same","definitionCanonical":"u)" +
               std::to_string(i) + R"("})";
  }
  const std::string plan =
      R"({"resourceType":"PlanDefinition","id":"many","action":[{"title":"t","action":[)" +
      actions + "]}]}";
  const OwnJson file = Read(ImportBundle("plan.json", plan).file);
  EXPECT_EQ(MemberAt(file, "actions").members.size(), std::size_t{kMany});
}

TEST(FhirFormTest, NeverThrowsForWhatIsInABundle) {
  OwnJson bundle = Read(Exported(kSmallPathway));
  std::vector<std::string> texts;
  std::size_t count = 0;
  Mutate(bundle, bundle, count, texts);
  ASSERT_GT(texts.size(), 100U);
  for (const std::string& text : texts) {
    const ImportResult back = ImportBundle("b.json", text);
    if (back.file.empty()) {
      EXPECT_THAT(Messages(back), ::testing::Not(IsEmpty()));
    }
  }
}

TEST(FhirFormTest, RefusesTablesThatDoubleAtEveryStep) {
  std::string tables;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "t" + std::to_string(i);
    const std::string next = "t" + std::to_string(i + 1);
    const auto rule = [&](const char* name, const char* cell) {
      return R"({"id": ")" + id + name + R"(", "if": {"age": ")" + cell +
             R"("}, "then": {"go": [")" + next + R"("]}})";
    };
    tables += R"({"id": ")" + id + R"(", "title": "T", "columns": ["age"], "rules": [)" +
              rule("a", "< 5") + "," + rule("b", ">= 5") + "]},";
  }
  std::string text =
      Replaced(std::string(kSmallPathway), R"("start": ["first"])", R"("start": ["t0", "first"])");
  text = Replaced(text, R"("tables": [)", R"("tables": [)" + tables);
  text = Replaced(text, R"("id": "first", "title")", R"("id": "t20", "title")");
  text = Replaced(text, R"("t0", "first")", R"("t0")");
  const LoadResult loaded = LoadAny(text);
  ASSERT_NE(loaded.pathway, nullptr);
  const auto bundle = ExportBundle(*loaded.document, *loaded.pathway);
  ASSERT_FALSE(bundle.has_value());
  EXPECT_THAT(bundle.error().diagnostics, HasSubstr("too large"));
}

}  // namespace
}  // namespace renal::pathways
