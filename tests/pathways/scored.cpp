#include "tests/pathways/scored.h"

#include <stdexcept>
#include <utility>

#include "fhir/record.h"
#include "pathways/definitions.h"
#include "pathways/evaluate.h"

namespace renal::pathways::testing {
namespace {

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

std::string Coding(std::string_view system, std::string_view code) {
  return Join({R"({"coding": [{"system": ")", system, R"(", "code": ")", code, "\"}]}"});
}

std::string QuantityText(std::string_view number, std::string_view unit) {
  return Join({R"({"value": )", number, R"(, "system": "http://unitsofmeasure.org", "code": ")",
               unit, "\"}"});
}

std::string Tail(std::string_view more) {
  return more.empty() ? std::string() : Join({", ", more});
}

std::vector<std::string> Names(const Pathway& pathway, const std::vector<Index>& inputs) {
  std::vector<std::string> names;
  for (const Index input : inputs) names.push_back(pathway.inputs[input].name);
  return names;
}

}  // namespace

std::string ObservedOn(std::string_view day, std::string_view system, std::string_view code,
                       std::string_view value, std::string_view more) {
  static int number = 0;
  return Join({R"({"resourceType": "Observation", "id": "o)", std::to_string(++number),
               R"(", "status": "final", "subject": {"reference": "Patient/p"}, "code": )",
               Coding(system, code), R"(, "effectiveDateTime": ")", day, "\"", Tail(value),
               Tail(more), "}"});
}

std::string Observed(std::string_view system, std::string_view code, std::string_view value,
                     std::string_view more) {
  return ObservedOn("2026-02-20", system, code, value, more);
}

std::string Lab(std::string_view loinc, std::string_view number, std::string_view unit,
                std::string_view low, std::string_view high) {
  std::string range;
  if (!low.empty()) range += "\"low\": " + QuantityText(low, unit);
  if (!high.empty()) {
    range += (range.empty() ? "\"high\": " : ", \"high\": ") + QuantityText(high, unit);
  }
  return Observed(kLoinc, loinc, QuantityValue(number, unit),
                  range.empty() ? range : R"("referenceRange": [{)" + range + "}]");
}

std::string ConceptValue(std::string_view system, std::string_view code) {
  return "\"valueCodeableConcept\": " + Coding(system, code);
}

std::string QuantityValue(std::string_view number, std::string_view unit) {
  return "\"valueQuantity\": " + QuantityText(number, unit);
}

std::string Category(std::string_view observation_code, std::string_view value_code,
                     std::string_view more) {
  return Observed(kSnomed, observation_code, ConceptValue(kSnomed, value_code), more);
}

std::string Spread(bool metastatic) {
  return Category("399387003", metastatic ? "1229903009" : "1229901006");
}

std::string Cancer(std::string_view diagnosed, std::string_view more) {
  return Join({R"({"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"},
    "clinicalStatus": {"coding": [{"code": "active"}]}, "code": )",
               Coding(kSnomed, "254915003"), R"(, "bodySite": [)", Coding(kSnomed, "18639004"),
               R"(], "onsetDateTime": ")", diagnosed, "\"", Tail(more), "}"});
}

std::string Nephrectomy() {
  return Join({R"({"resourceType": "Procedure", "id": "n", "status": "completed",
    "subject": {"reference": "Patient/p"}, "performedDateTime": "2026-01-20", "bodySite": [)",
               Coding(kSnomed, "18639004"), R"(], "code": )", Coding(kSnomed, "116033007"), "}"});
}

Scored::Scored(const std::vector<std::string>& resources, std::string_view patient,
               std::string_view failed) {
  std::string bundle = R"({"resourceType": "Bundle", "type": "collection", "entry": [{"resource":
    {"resourceType": "Patient", "id": "p")" +
                       Tail(patient) + "}}";
  for (const std::string& text : resources) bundle += R"(,{"resource": )" + text + "}";
  const auto document = fhir::JsonDocument::Parse(bundle + "]}");
  if (!document) throw std::runtime_error(document.error().diagnostics + ": " + bundle);
  fhir::Record record("p");
  record.Add(document.value().root());
  if (!failed.empty()) record.SetDelivery(failed, fhir::Delivery::kFailed);
  EvaluateRequest request;
  request.record = &record;
  request.now = *fhir::DateTime::Parse("2026-03-02T09:00:00+01:00");
  outcome_ = Evaluate(ShippedPathway("onc-kidney-2018"), request);
}

const InputState& Scored::State(std::string_view input) const {
  const Index index = outcome_.pathway->FindInput(input);
  if (index == kNone) throw std::runtime_error("no input " + std::string(input));
  return outcome_.State(index, outcome_.Instance("left"));
}

std::string Scored::Shown(std::string_view input) const {
  const InputState& state = State(input);
  if (!state.value) return Spelling(state.reason);
  return ValueText(outcome_.pathway->inputs[outcome_.pathway->FindInput(input)], *state.value);
}

std::string Scored::Possible(std::string_view name) const {
  const Input& input = outcome_.pathway->inputs[outcome_.pathway->FindInput(name)];
  std::string text;
  for (const std::size_t code : State(name).score->possible) {
    text += (text.empty() ? "" : "|") + input.values[code].first;
  }
  return text;
}

std::vector<std::string> Scored::Missing(std::string_view input) const {
  std::vector<std::string> titles;
  for (const ScorePart& part : State(input).score->parts) {
    if (part.state == ScorePart::State::kUnknown) titles.emplace_back(part.title);
  }
  return titles;
}

std::vector<std::string> Scored::Outside(std::string_view input) const {
  std::vector<std::string> titles;
  for (const ScorePart& part : State(input).score->parts) {
    if (part.state == ScorePart::State::kOutside) titles.emplace_back(part.title);
  }
  return titles;
}

const ScorePart* Scored::Part(std::string_view input, std::string_view title) const {
  for (const ScorePart& part : State(input).score->parts) {
    if (part.title == title) return &part;
  }
  throw std::runtime_error("no part " + std::string(title));
}

std::vector<std::string> Scored::MissingInputs(std::string_view input,
                                               std::string_view part) const {
  return Names(*outcome_.pathway, Part(input, part)->missing);
}

std::vector<std::string> Scored::Remarks(std::string_view input) const {
  return State(input).score->remarks;
}

std::string Scored::Points(std::string_view input, std::string_view title) const {
  const ScorePart& part = *Part(input, title);
  if (!part.low) return Spelling(part.state);
  if (part.low == part.high) return std::to_string(*part.low).append(part.mark);
  return "[" + std::to_string(*part.low) + " .. " + std::to_string(*part.high) + "]";
}

std::vector<std::string> Scored::Asked() const {
  std::vector<std::string> asked;
  for (const Question& question : outcome_.ask) {
    asked.push_back(outcome_.pathway->inputs[question.input].name);
  }
  return asked;
}

std::vector<std::string> Scored::Results() const {
  std::vector<std::string> results;
  for (const Recommendation& result : outcome_.recommendations) {
    if (result.action == kNone) continue;
    results.push_back(result.rule + " " + outcome_.pathway->actions[result.action].id +
                      (result.determination == Determination::kRecommended ? " R" : " K"));
  }
  return results;
}

}  // namespace renal::pathways::testing
