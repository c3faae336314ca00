#include "tests/fhir/fhirpath_fixture.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace renal::fhir::fhirpath {
namespace {

constexpr std::string_view kBundle = R"({"resourceType": "Bundle", "type": "collection", "entry": [
  {"fullUrl": "urn:uuid:4f0b8b8e-0000-4000-8000-000000000001", "resource":
    {"resourceType": "Patient", "id": "p1", "active": true, "gender": "female", "birthDate": "1951",
     "_birthDate": {"id": "bd", "extension": [{"url": "http://example.org/birth-time", "valueTime": "14:35"}]},
     "deceasedBoolean": false, "multipleBirthInteger": 2,
     "name": [{"use": "official", "family": "Åsen", "given": ["Kari", "Liv"]},
              {"use": "maiden", "family": "Berg", "given": [null, "Liv"],
               "_given": [{"extension": [{"url": "http://example.org/why", "valueCode": "masked"}]}, null]}],
     "_maritalStatusNote": {"id": "x"}}},
  {"resource":
    {"resourceType": "Observation", "id": "s1", "status": "final",
     "subject": {"reference": "Patient/p1"}, "specimen": {"reference": "#sp"},
     "hasMember": [{"reference": "Observation/s2"}, {"reference": "Observation/none"}],
     "contained": [{"resourceType": "Specimen", "id": "sp", "status": "available"}],
     "code": {"text": "Tumour size", "coding": [{"system": "http://loinc.org", "code": "33728-7"},
                         {"system": "http://snomed.info/sct", "code": "371479009"}]},
     "category": [{"coding": [{"system": "http://example.org/category", "code": "imaging"}]}],
     "effectiveDateTime": "2026-02-14T10:30:00+01:00", "issued": "2026-02-14T10:45:00.5+01:00",
     "valueQuantity": {"value": 0.07, "unit": "m", "system": "http://unitsofmeasure.org", "code": "m"},
     "note": [{"text": "first", "time": "2026-02-14"}, {"text": "second"}],
     "component": [
       {"code": {"coding": [{"system": "http://loinc.org", "code": "33728-7"}]},
        "valueQuantity": {"value": 69, "system": "http://unitsofmeasure.org", "code": "mm"}},
       {"code": {"coding": [{"system": "http://loinc.org", "code": "other"}]}, "valueInteger": 3},
       {"code": {"coding": [{"system": "http://loinc.org", "code": "crp"}]},
        "valueQuantity": {"value": 5, "comparator": "<", "system": "http://unitsofmeasure.org", "code": "mg/L"}},
       {"code": {"text": "foreign unit"}, "valueQuantity": {"value": 5, "system": "http://example.org", "code": "mg"}},
       {"code": {"text": "grade"}, "valueCodeableConcept": {"coding": [{"system": "http://example.org/g", "code": "G2"}]}},
       {"code": {"text": "text"}, "valueString": "fuhrman 2"}]}},
  {"resource":
    {"resourceType": "Observation", "id": "s2", "status": "preliminary", "subject": {"reference": "Patient/p1"},
     "specimen": {"reference": "#sp"},
     "code": {"coding": [{"system": "http://loinc.org", "code": "other"}]}, "effectivePeriod": {"start": "2026"},
     "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "24484000"}]}}},
  {"resource":
    {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
     "code": {"coding": [{"system": "http://snomed.info/sct", "code": "41607009"}]},
     "onsetAge": {"value": 60, "system": "http://unitsofmeasure.org", "code": "a"}}}
]})";

// Variables of the fixture, by slot.
const std::vector<std::string>& Names() {
  static const std::vector<std::string> names = {"size",  "age",   "none",     "flag",   "codes",
                                                 "stage", "small", "ageRange", "below5", "from7",
                                                 "born",  "visit", "big"};
  return names;
}

Quantity Centimetres(const char* value) { return {*Decimal::Parse(value), *Unit::Parse("cm")}; }

Range::Bound Years(std::int64_t value) { return {Quantity{Decimal(value), Unit()}, true}; }

std::vector<Collection> Values() {
  std::vector<Collection> values(Names().size());
  values[0] = {Centimetres("7.0")};
  values[1] = {std::int64_t{75}};
  values[3] = {true};
  values[4] = {std::string("a"), std::string("b")};
  values[5] = {std::string("cT1b")};
  values[6] = {Centimetres("1.9")};
  values[7] = {Range{Years(74), Years(75)}};
  values[8] = {Range{std::nullopt, Range::Bound{Centimetres("5"), false}}};
  values[9] = {Range{Range::Bound{Centimetres("7"), true}, std::nullopt}};
  values[10] = {*DateTime::Parse("1951-06-30")};
  for (std::int64_t i = 0; i < 300; ++i) values[12].emplace_back(i);
  return values;
}

struct Fixture {
  Result<JsonDocument> document = JsonDocument::Parse(kBundle);
  Record record{"p1"};
  std::vector<Collection> values = Values();
  ValueSet size{"http://example.org/vs/size", "1", "Size", {{"http://loinc.org", "33728-7", ""}}};
  ValueSet mixed{"http://example.org/vs/mixed",
                 "1",
                 "Mixed",
                 {{"http://loinc.org", "33728-7", ""}, {"http://snomed.info/sct", "24484000", ""}}};
  ValueSet gender{
      "http://example.org/vs/gender", "1", "Gender", {{"http://example.org/gender", "female", ""}}};
  Fixture() { record.Add(document->root()); }
};

const Fixture& Shared() {
  static const Fixture fixture;
  return fixture;
}

std::string Text(const Item& item);

std::string BoundText(const std::optional<Range::Bound>& bound) {
  return bound ? Text(bound->value.value) : "";
}

std::string Text(const Item& item) {
  struct Visitor {
    std::string operator()(const Node& node) const {
      return node.json.absent() ? "(no value)" : node.json.ToString();
    }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return "'" + text + "'"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(const Decimal& value) const { return value.ToString(); }
    std::string operator()(const DateTime& value) const { return "@" + value.ToString(); }
    std::string operator()(const Quantity& value) const {
      return value.unit.IsOne() ? value.value.ToString() + " '1'" : value.ToString();
    }
    std::string operator()(const Range& range) const {
      return (range.low && range.low->closed ? "[" : "(") + BoundText(range.low) + " .. " +
             BoundText(range.high) + (range.high && range.high->closed ? "]" : ")");
    }
  };
  return std::visit(Visitor(), item);
}

}  // namespace

std::string ToText(const Result<Collection>& result) {
  if (!result) {
    const bool costly = result.error().code == IssueCode::kTooCostly;
    return (costly ? "too costly: " : "error: ") + result.error().diagnostics;
  }
  std::string text;
  for (const Item& item : *result) {
    if (!text.empty()) text += ", ";
    text += Text(item);
  }
  return text;
}

Environment FixtureEnvironment() {
  Environment environment;
  environment.variables = &Shared().values;
  environment.record = &Shared().record;
  environment.now = *DateTime::Parse("2026-03-02T09:00:00+01:00");
  return environment;
}

CompileOptions FixtureOptions() {
  CompileOptions options;
  options.variables = Names();
  options.value_set = [](std::string_view name) -> const ValueSet* {
    if (name == "size" || name == Shared().size.url()) return &Shared().size;
    if (name == "mixed") return &Shared().mixed;
    return name == "gender" ? &Shared().gender : nullptr;
  };
  return options;
}

Item FixtureContext() { return Node{.json = Shared().record.OfType("Observation").front()}; }

namespace {

// The same where all criteria are shared: while their truths are found out, and once they are
// known.
std::vector<std::string> TextsWithKeptTruths(std::string_view expression, Environment environment,
                                             CompileOptions options) {
  SharedCriteria criteria;
  options.shared = &criteria;
  const auto first = Compile(expression, options), second = Compile(expression, options);
  criteria.Settle();
  std::vector<KeptTruths::Entry> entries(criteria.size());
  const Item context = FixtureContext();
  environment.kept = {std::get<Node>(context).json, entries};
  environment.trace = nullptr;
  environment.budget = nullptr;
  return {ToText(std::get<Expression>(first).Evaluate(context, environment)),
          ToText(std::get<Expression>(second).Evaluate(context, environment))};
}

// What an evaluation gives, and the steps that it takes.
std::pair<std::string, std::uint64_t> TextAndSteps(const Expression& expression,
                                                   Environment environment, std::size_t items) {
  Budget budget;
  const std::uint64_t before = budget.steps;
  environment.budget = &budget;
  environment.trace = nullptr;
  environment.limits.items = std::min(environment.limits.items, items);
  std::string text = ToText(expression.Evaluate(FixtureContext(), environment));
  return {std::move(text), before - budget.steps};
}

// What differs where no more items are allowed than a glance needs (fhirpath_glance.h), so that all
// is looked at thoroughly; empty if nothing does.
std::string DifferenceOfGlance(const Expression& expression, const Environment& environment) {
  constexpr std::size_t kTooFew = 47;
  const auto glance = TextAndSteps(expression, environment, environment.limits.items);
  const auto thorough = TextAndSteps(expression, environment, kTooFew);
  if (glance == thorough || thorough.first.starts_with("too costly")) return {};
  return "at a glance " + glance.first + " in " + std::to_string(glance.second) +
         " steps, thoroughly " + thorough.first + " in " + std::to_string(thorough.second);
}

}  // namespace

std::string EvaluateText(std::string_view expression, const Environment& environment,
                         const CompileOptions& options) {
  const auto compiled = Compile(expression, options);
  if (const auto* error = std::get_if<CompileError>(&compiled))
    return "does not compile: " + error->message;
  std::string text = ToText(std::get<Expression>(compiled).Evaluate(FixtureContext(), environment));
  if (environment.budget != nullptr) return text;
  const std::string difference = DifferenceOfGlance(std::get<Expression>(compiled), environment);
  if (!difference.empty()) return difference;
  for (const std::string& kept : TextsWithKeptTruths(expression, environment, options)) {
    if (kept != text) return "with kept truths " + kept + ", without " + text;
  }
  return text;
}

std::string EvaluateText(std::string_view expression) {
  return EvaluateText(expression, FixtureEnvironment(), FixtureOptions());
}

}  // namespace renal::fhir::fhirpath
