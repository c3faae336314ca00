#include "fhir/internal/fhirpath_glance.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "fhir/fhirpath.h"
#include "fhir/fhirpath_node.h"
#include "fhir/internal/fhirpath_compile.h"
#include "fhir/json.h"
#include "fhir/record.h"
#include "tests/fhir/fhirpath_fixture.h"

// Plain criteria give the same, in as many steps, whether they are answered at a glance or not
// (fhirpath_glance.h): with fewer items allowed than a glance needs, they never are. That holds for
// every expression of the other tests too: EvaluateText() looks at it. Here it is each of some
// plain expressions at each of some resources, sound ones and others.
namespace renal::fhir::fhirpath {
namespace {

constexpr std::string_view kResources[] = {
    R"({"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": {"coding": [
        {"system": "http://snomed.info/sct", "code": "363518003"}, {"system": "http://loinc.org", "code": "C64"}]},
        "clinicalStatus": {"coding": [{"system": "http://example.org/s", "code": "active"}]},
        "bodySite": [{"coding": [{"code": "left"}]}, {"text": "kidney"}], "onsetDateTime": "2024-03-01"})",
    R"({"resourceType": "Condition", "id": "c2", "subject": {"reference": "Patient/p1"}, "code": {"coding": []}, "recordedDate": "2024"})",
    R"({"resourceType": "Condition", "id": "c3", "subject": {"reference": "Patient/p1"}, "code": "C64", "clinicalStatus": [{"coding": {"code": "active"}}],
        "onsetAge": {"value": 61, "unit": "a", "code": "a", "system": "http://unitsofmeasure.org"}})",
    R"({"resourceType": "Condition", "id": "c4", "subject": {"reference": "Patient/p1"}, "code": null, "clinicalStatus": {"coding": [null, {"code": 7}, 3]},
        "onsetString": "long ago", "onsetDateTime": "2020", "abatementBoolean": true})",
    R"({"resourceType": "Observation", "id": "o1", "subject": {"reference": "Patient/p1"}, "status": "final", "_status": {"id": "x"},
        "focus": [{"reference": "Condition/c1"}, {"reference": "#b"}, {"display": "nothing"}],
        "contained": [{"resourceType": "BodyStructure", "id": "b", "location": {"text": "kidney"}}],
        "valueQuantity": {"value": 7.0, "unit": "cm", "code": "cm", "system": "http://unitsofmeasure.org"}})",
    R"({"resourceType": "Observation", "id": "o2", "subject": {"reference": "Patient/p1"}, "status": "amended", "focus": [{"reference": "Condition/c2"}],
        "valueInteger": 3, "effectiveDateTime": "2026-02-14", "issued": "2026-02-14T10:45:00.5+01:00",
        "extension": [{"url": "http://example.org/a", "valueCode": "x"}, {"url": "http://example.org/b"}, 7,
                      {"url": "http://example.org/a", "valueCode": "y"}],
        "referenceRange": [{"high": {"value": 5, "code": "1"}}, {"low": {"value": 1}, "type": {"text": "t"}}]})",
    R"({"resourceType": "Observation", "id": "o3", "_status": {"extension": [{"url": "http://example.org/a"}]},
        "valueBoolean": false, "code": {"coding": [{"system": "http://loinc.org", "code": "33728-7"}]},
        "referenceRange": {"high": {"value": 2.5}}, "focus": {"reference": 7}})",
    R"({"resourceType": "Observation", "id": "o4", "status": ["final", "amended"], "_status": [null, {"id": "y"}],
        "valueString": "2026-02-14", "valueCodeableConcept": {"coding": [{"code": "x"}]}, "code": []})",
    R"({"resourceType": "Observation", "id": "o5", "status": 7, "value": 3, "valueDateTime": "2026-02-14T10:00:00Z",
        "effectivePeriod": {"start": "2025"}, "extension": {"url": "http://example.org/a"}, "focus": "Condition/c1"})",
    R"({"resourceType": "Unheard", "id": "u", "status": "final", "code": {"coding": {"code": "x"}}, "valueFoo": 1,
        "valueCode": "x", "extension": [[{"url": "http://example.org/a"}]], "meta": {"profile": ["http://example.org/p"]}})",
};

constexpr std::string_view kExpressions[] = {
    "status in ('final' | 'amended' | 'corrected')",
    "status = 'final'",
    "status != 'final'",
    "status.exists() and status.empty().not()",
    "status.extension('http://example.org/a').exists()",
    "code.coding.exists(code = 'C64' or system = 'http://loinc.org')",
    "code.coding.code.exists($this.startsWith('3'))",
    "code.coding.where(system = 'http://loinc.org').code.first()",
    "code.coding.exists(code >= 'C00' and code < 'C76')",
    "code.coding.exists(code > 'x' or code <= '4')",
    "code.memberOf('size') or code.memberOf('mixed')",
    "code.coding.exists($this.memberOf('size'))",
    "code.coding.code.memberOf('size')",
    "code.startsWith('C')",
    "code",
    "clinicalStatus.coding.exists(code in ('active' | 'relapse')) or "
    "(clinicalStatus.coding.empty() and abatement.empty())",
    "clinicalStatus.coding.code.empty().not() and onset.ofType(dateTime).exists()",
    "iif(effective.exists(), effective, issued)",
    "iif(onset.ofType(dateTime).exists(), onset.ofType(dateTime), recordedDate)",
    "iif(abatement, onset, {})",
    "iif(status = 'final', code.coding)",
    "focus.resolve().ofType(Condition).exists(code.memberOf('size').not())",
    "focus.resolve().code.coding.code",
    "focus.where($this is Reference).resolve().first()",
    "(focus.resolve() | %resource).ofType(Observation).status",
    "(code.coding | clinicalStatus.coding | code.coding).code",
    "extension('http://example.org/a').value.exists($this = 'y')",
    "extension('http://example.org/a').value in ('x' | 'y')",
    "extension('').empty()",
    "value.ofType(Quantity) > referenceRange.where(high.exists() and type.empty()).high.first()",
    "value.ofType(Quantity).value = 7",
    "value.ofType(integer) in (3 | 4) or value.ofType(boolean) = true",
    "value.ofType(CodeableConcept).memberOf('mixed')",
    "value = value",
    "value != referenceRange.high",
    "value < 8 'cm'",
    "value = '2026-02-14'",
    "value in ('2026-02-14' | 'x' | 3 | 7 'cm')",
    "value",
    "onset >= '2024'",
    "$this is Condition or %resource is Observation",
    "%resource.status.where($this in ('final' | 'amended'))",
    "bodySite.where(coding.empty() or coding.code = 'left').exists()",
    "meta.profile.exists($this.startsWith('http://example.org/'))",
    "bodySite.coding",
    "exists() and where(status.exists()).exists(code.exists())",
    "nothing.exists() or status",
};

// Texts of all, which are read as one record.
class GlanceTest : public testing::Test {
 protected:
  GlanceTest() {
    for (const std::string_view text : kResources) {
      auto document = JsonDocument::Parse(text);
      if (!document) {
        ADD_FAILURE() << text;
        continue;
      }
      documents_.push_back(std::move(document.value()));
      record_.Add(documents_.back().root());
    }
  }

  struct Answer {
    std::string text;
    std::uint64_t steps = 0;
    friend bool operator==(const Answer&, const Answer&) = default;
  };

  Answer Evaluate(const Expression& expression, const Json& resource,
                  const EvaluationLimits& limits, std::vector<KeptTruths::Entry>* kept = nullptr) {
    Budget budget;
    const std::uint64_t before = budget.steps;
    Environment environment = FixtureEnvironment();
    environment.record = &record_;
    environment.budget = &budget;
    environment.limits = limits;
    if (kept != nullptr) environment.kept = {resource, *kept};
    const Item context = ResourceNode(resource);
    Answer answer{ToText(expression.Evaluate(context, environment)), 0};
    const auto truth = expression.EvaluateBoolean(context, environment);
    answer.text += !truth           ? " / " + truth.error().diagnostics
                   : !truth.value() ? " / unknown"
                                    : (*truth.value() ? " / true" : " / false");
    answer.steps = before - budget.steps;
    return answer;
  }

  static Expression Compiled(std::string_view text, SharedCriteria* shared = nullptr) {
    CompileOptions options = FixtureOptions();
    options.shared = shared;
    auto compiled = Compile(text, options);
    if (auto* error = std::get_if<CompileError>(&compiled)) ADD_FAILURE() << text << error->message;
    return std::get<Expression>(std::move(compiled));
  }

  std::vector<JsonDocument> documents_;
  Record record_{"p1"};
};

constexpr EvaluationLimits kThorough{.items = 47};

TEST_F(GlanceTest, GivesWhatAThoroughLookGives) {
  for (const std::string_view text : kExpressions) {
    const Expression expression = Compiled(text);
    for (const JsonDocument& document : documents_) {
      const Json resource = document.root();
      const Answer glance = Evaluate(expression, resource, {});
      const Answer thorough = Evaluate(expression, resource, kThorough);
      EXPECT_EQ(glance.text, thorough.text) << text << "\n" << resource.ToString();
      EXPECT_EQ(glance.steps, thorough.steps) << text << "\n" << resource.ToString();
    }
  }
}

TEST_F(GlanceTest, GivesTheSameWithEachLimitOfSteps) {
  for (const std::string_view text : kExpressions) {
    const Expression expression = Compiled(text);
    for (std::uint64_t steps = 0; steps < 40; ++steps) {
      const Json resource = documents_[steps % documents_.size()].root();
      EXPECT_EQ(Evaluate(expression, resource, {.steps = steps}).text,
                Evaluate(expression, resource, {.steps = steps, .items = kThorough.items}).text)
          << text << " in " << steps << " steps";
    }
  }
}

TEST_F(GlanceTest, KeepsTheTruthsThatAThoroughLookKeeps) {
  SharedCriteria criteria;
  std::vector<Expression> expressions;
  for (int twice = 0; twice < 2; ++twice) {
    for (const std::string_view text : kExpressions)
      expressions.push_back(Compiled(text, &criteria));
  }
  criteria.Settle();
  ASSERT_GT(criteria.size(), 0U);
  for (const JsonDocument& document : documents_) {
    std::vector<KeptTruths::Entry> glance(criteria.size()), thorough(criteria.size());
    for (const Expression& expression : expressions) {
      const Answer one = Evaluate(expression, document.root(), {}, &glance);
      const Answer other = Evaluate(expression, document.root(), kThorough, &thorough);
      EXPECT_EQ(one, other) << expression.text();
      EXPECT_EQ(one, Evaluate(expression, document.root(), kThorough)) << expression.text();
    }
    for (std::size_t i = 0; i < criteria.size(); ++i) {
      EXPECT_EQ(glance[i].state, thorough[i].state);
      EXPECT_EQ(glance[i].steps, thorough[i].steps);
    }
  }
}

TEST_F(GlanceTest, LooksAtMoreNodesThanItHoldsThoroughly) {
  std::string text = R"({"resourceType": "Observation", "id": "many", "code": {"coding": [)";
  for (int i = 0; i < 500; ++i) text += R"({"code": ")" + std::to_string(i) + R"("},)";
  text += R"({"code": "last"}]}})";
  const auto document = JsonDocument::Parse(text);
  const Json resource = document.value().root();
  const Answer answer = Evaluate(Compiled("code.coding.exists(code = 'last')"), resource, {});
  EXPECT_EQ(answer.text, "true / true");
  EXPECT_EQ(Evaluate(Compiled("code.coding.count()"), resource, {}).text, "501 / true");
}

// Each criterion within another is tried with each item: a glance that goes on is no glance.
TEST_F(GlanceTest, EndsWhereItsStepsDo) {
  constexpr std::uint64_t kMost = 100;
  std::string text = "nothing";
  for (int i = 0; i < 10; ++i) text = "%resource.bodySite.where(" + text + ")";
  const auto compiled = CompileText(text, FixtureOptions());
  const Code& code = std::get<Code>(compiled);
  ASSERT_EQ(code.root->plain, Plain::kWhere);
  const auto document = JsonDocument::Parse(
      R"({"resourceType": "Observation", "id": "o", "bodySite": [{"text": "a"}, {"text": "b"}, {"text": "c"}]})");
  const Node node = ResourceNode(document.value().root());
  const Environment environment = FixtureEnvironment();
  Glance glance(environment, &node, {}, kMost);
  EXPECT_FALSE(glance.Find(*code.root, node));
  EXPECT_GT(glance.steps(), kMost);
  EXPECT_LT(glance.steps(), 2 * kMost);
}

}  // namespace
}  // namespace renal::fhir::fhirpath
