#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/json.h"
#include "fhir/own_json.h"
#include "fhir/record.h"
#include "pathways/evaluate.h"
#include "pathways/load.h"

// Any text as a pathway file. What is wrong has a place in it; what loads is evaluated, for a small
// record and for nothing but a time, and gives an outcome that is JSON.
namespace renal::pathways {
namespace {

constexpr std::string_view kValueSet =
    R"({"resourceType": "ValueSet", "url": "https://example.org/vs/f",
  "version": "1", "title": "F", "compose": {"include": [{"system": "s", "concept": [{"code": "c"}]}]}})";

constexpr std::string_view kRecord = R"({"resourceType": "Bundle", "entry": [
  {"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1950-02"}},
  {"resource": {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"}, "recordedDate": "2026-02-01",
    "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "l", "coding": [{"system": "s", "code": "d"}]}}},
  {"resource": {"resourceType": "Observation", "id": "o", "status": "final", "subject": {"reference": "Patient/p"},
    "focus": [{"reference": "Condition/c"}], "effectiveDateTime": "2026-02-20",
    "code": {"coding": [{"system": "s", "code": "z1"}]}, "valueQuantity": {"value": 2.5, "comparator": "<", "code": "cm"}}},
  {"resource": {"resourceType": "Observation", "id": "q", "status": "final", "subject": {"reference": "Patient/p"},
    "code": {"coding": [{"system": "s", "code": "cut"}]}, "valueBoolean": true}},
  {"resource": {"resourceType": "ServiceRequest", "id": "r", "status": "active", "intent": "order",
    "subject": {"reference": "Patient/p"}, "code": {"coding": [{"system": "s", "code": "cut"}]}}}]})";

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckOutcome(const Outcome& outcome) {
  fhir::JsonWriter writer;
  WriteOutcome(outcome, writer);
  Require(fhir::JsonDocument::Parse(writer.Take()).has_value());
}

void EvaluateBoth(const std::shared_ptr<const Pathway>& pathway) {
  static const auto document = fhir::JsonDocument::Parse(kRecord);
  fhir::Record record("p");
  record.Add(document.value().root());
  EvaluateRequest request;
  request.record = &record;
  request.now = *fhir::DateTime::Parse("2026-03-02T09:00:00+01:00");
  request.orders = record.OfType("ServiceRequest");
  fhir::fhirpath::Budget budget;
  budget.steps = 200'000;  // a small record, and many inputs a second
  request.budget = &budget;
  CheckOutcome(Evaluate(pathway, request));
  PreparedInputs prepared;
  for (Index input = 0; input < pathway->inputs.size() && input < 50; ++input) {
    GivenInput given;
    given.input = input;
    if (!pathway->inputs[input].segments.empty()) {
      given.state.value = pathway->inputs[input].segments.front();
    }
    prepared.inputs.push_back(std::move(given));
  }
  Require(prepared.AddFoci(*pathway));
  request = {};
  request.now = *fhir::DateTime::Parse("2026-03-02T09:00:00Z");
  request.prepared = &prepared;
  fhir::fhirpath::Budget other;
  other.steps = 200'000;
  request.budget = &other;
  CheckOutcome(Evaluate(pathway, request));
}

void CheckText(std::string_view text) {
  LoadOptions options;
  options.read_file = [](std::string_view) { return std::optional<std::string>(kValueSet); };
  const LoadResult loaded = LoadPathway("f", text, options);
  bool error = false;
  for (const LoadProblem& problem : loaded.problems) {
    Require(problem.line >= 1 && problem.column >= 1 && !problem.message.empty());
    error = error || problem.level == LoadProblem::Level::kError;
  }
  Require(error == (loaded.pathway == nullptr));
  if (loaded.pathway) EvaluateBoth(loaded.pathway);
}

}  // namespace
}  // namespace renal::pathways

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::pathways::CheckText({reinterpret_cast<const char*>(data), size});
  return 0;
}
