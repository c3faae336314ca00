#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "fhir/json.h"
#include "fhir/record.h"
#include "pathways/definitions.h"
#include "pathways/evaluate.h"

// How long one evaluation of the shipped pathway takes: for a record as a clinic sends it, and for
// records that are as large as the server lets them be.
namespace renal::pathways {
namespace {

constexpr std::string_view kLocal = "https://renalpath.example/CodeSystem/rcc-pathway";

std::string Concept(std::string_view system, std::string_view code) {
  return R"({"coding":[{"system":")" + std::string(system) + R"(","code":")" + std::string(code) +
         R"("}]})";
}

std::string Day(int number) {
  return "2026-02-" + std::string(number < 9 ? "0" : "") + std::to_string(number + 1);
}

std::string Observation(const std::string& id, const std::string& code, const std::string& value,
                        int day) {
  return R"({"resourceType":"Observation","id":")" + id +
         R"(","meta":{"versionId":"1","lastUpdated":"2026-02-20T10:00:00Z"},"status":"final",)"
         R"("category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"exam"}]}],)"
         R"("code":)" +
         code + R"(,"subject":{"reference":"Patient/p"},"effectiveDateTime":")" + Day(day % 28) +
         "\"," + value + "}";
}

std::string Condition(const std::string& id, std::string_view side) {
  return R"({"resourceType":"Condition","id":")" + id + R"(","clinicalStatus":)" +
         Concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active") +
         R"(,"verificationStatus":)" +
         Concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed") +
         R"(,"code":)" + Concept("http://snomed.info/sct", "702391001") + R"(,"bodySite":[)" +
         Concept("http://snomed.info/sct", side) +
         R"(],"subject":{"reference":"Patient/p"},"recordedDate":"2026-02-01"})";
}

std::string Size(const std::string& id, const std::string& value, int day) {
  return Observation(id, Concept("http://loinc.org", "21889-1"),
                     R"("valueQuantity":{"value":)" + value +
                         R"(,"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"})",
                     day);
}

constexpr std::string_view kLeft = "18639004";
constexpr std::string_view kRight = "9846003";

// One patient with a tumour in each kidney that `sides` names, and laboratory values that nothing
// reads.
std::vector<std::string> Typical(const std::vector<std::string_view>& sides) {
  std::vector<std::string> resources{
      R"({"resourceType":"Patient","id":"p","birthDate":"1960-05-01","gender":"female"})",
      Size("size", "3.2", 10),
      Observation("m", Concept("http://snomed.info/sct", "277208005"),
                  "\"valueCodeableConcept\":" + Concept("http://snomed.info/sct", "30893008"), 11),
      Observation("ecog", Concept("http://loinc.org", "89247-1"), R"("valueInteger":1)", 12),
      Observation(
          "egfr", Concept("http://loinc.org", "33914-3"),
          R"("valueQuantity":{"value":72,"system":"http://unitsofmeasure.org","code":"mL/min/{1.73_m2}"})",
          13)};
  for (const std::string_view side : sides)
    resources.push_back(Condition("tumour-" + std::string(side), side));
  for (int i = 0; i < 40; ++i) {
    resources.push_back(
        Observation("laboratory-" + std::to_string(i), Concept("http://loinc.org", "718-7"),
                    R"("valueQuantity":{"value":13.5,"unit":"g/dL","code":"g/dL"})", i));
  }
  return resources;
}

std::vector<std::string> Many(const std::function<std::string(int)>& make, bool two_kidneys) {
  std::vector<std::string> resources{
      R"({"resourceType":"Patient","id":"p","birthDate":"1960-05-01"})", Condition("left", kLeft)};
  if (two_kidneys) resources.push_back(Condition("right", kRight));
  for (int i = 0; i < 19'990; ++i) resources.push_back(make(i));
  return resources;
}

void Run(benchmark::State& state, const std::vector<std::string>& resources) {
  std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[)";
  for (const std::string& resource : resources) {
    text += (text.back() == '[' ? "{\"resource\":" : ",{\"resource\":") + resource + "}";
  }
  text += "]}";
  const auto document = fhir::JsonDocument::Parse(text);
  fhir::Record record("p");
  record.Add(document.value().root());
  EvaluateRequest request;
  request.record = &record;
  request.now = *fhir::DateTime::Parse("2026-03-02T09:00:00+01:00");
  const auto pathway = ShippedPathway("onc-kidney-2018");
  std::size_t questions = 0;
  for (auto _ : state) {
    const Outcome outcome = Evaluate(pathway, request);
    questions = outcome.ask.size();
    benchmark::DoNotOptimize(outcome.kind);
  }
  state.counters["bytes"] = static_cast<double>(text.size());
  state.counters["questions"] = static_cast<double>(questions);
}

void TypicalOneKidney(benchmark::State& state) { Run(state, Typical({kLeft})); }
void TypicalTwoKidneys(benchmark::State& state) { Run(state, Typical({kLeft, kRight})); }

// Every resource a size, none of them usable at once: candidates of several inputs each.
void ManySizes(benchmark::State& state) {
  Run(state,
      Many([](int i) { return Size("s" + std::to_string(i), std::to_string(1 + i % 30), i); },
           false));
}

void ManyUnlinkedSizes(benchmark::State& state) {
  Run(state,
      Many([](int i) { return Size("s" + std::to_string(i), std::to_string(1 + i % 60), i); },
           true));
}

void ManyConditions(benchmark::State& state) {
  Run(state,
      Many([](int i) { return Condition("c" + std::to_string(i), i % 2 == 0 ? kLeft : kRight); },
           true));
}

// Not one of them can be read.
void ManyUnusable(benchmark::State& state) {
  const std::string code = Concept(kLocal, "central-location");
  Run(state, Many(
                 [&](int i) {
                   return Observation("u" + std::to_string(i), code, R"("valueString":"maybe")", i);
                 },
                 false));
}

// One resource with as many components as an evaluation takes.
void ManyComponents(benchmark::State& state) {
  std::string components;
  for (int i = 0; i < 9'990; ++i) {
    components += (i == 0 ? "" : ",") + std::string(R"({"code":)") +
                  Concept("http://loinc.org", "33728-7") +
                  R"(,"valueQuantity":{"value":90,"code":"cm"}})";
  }
  std::vector<std::string> resources = Typical({kLeft});
  resources.push_back(Observation("components", Concept("http://loinc.org", "21889-1"),
                                  "\"component\":[" + components + "]", 14));
  Run(state, resources);
}

// ---- over prepared inputs: nothing is looked for in a record. All else that the server's answer is
// made from is in the measured time: results, questions and changes, the states of all inputs with
// the items and remarks of the scores, the trace. Only the JSON text of the outcome is not.

using Values = std::vector<std::pair<std::string_view, std::string_view>>;

void RunPrepared(benchmark::State& state, const Values& values) {
  const auto pathway = ShippedPathway("onc-kidney-2018");
  PreparedInputs prepared;
  for (const auto& [name, text] : values) {
    const auto found = FindInputName(*pathway, name);
    GivenInput given;
    given.input = found->input;
    given.focus = found->focus;
    given.state = StateOf(pathway->inputs[found->input],
                          {Written::Kind::kText, false, std::string(text)});
    prepared.inputs.push_back(std::move(given));
  }
  prepared.AddFoci(*pathway);
  EvaluateRequest request;
  request.now = *fhir::DateTime::Parse("2026-03-02T09:00:00+01:00");
  request.prepared = &prepared;
  std::size_t questions = 0, results = 0;
  for (auto _ : state) {
    const Outcome outcome = Evaluate(pathway, request);
    questions = outcome.ask.size();
    results = outcome.recommendations.size();
    benchmark::DoNotOptimize(outcome.kind);
  }
  state.counters["questions"] = static_cast<double>(questions);
  state.counters["results"] = static_cast<double>(results);
}

// What decides is known: what else would change the advice is found all the same.
void PreparedKnown(benchmark::State& state) {
  RunPrepared(state, {{"kidney_cancer", "yes"},
                      {"age", "66"},
                      {"m_status", "M0"},
                      {"general_condition", "good"},
                      {"tumour_size_cm@left", "3.2 'cm'"},
                      {"central@left", "no"},
                      {"primary_in_situ@left", "yes"}});
}

// Place and spread are not known: each is tried out.
void PreparedOpen(benchmark::State& state) {
  RunPrepared(state, {{"kidney_cancer", "yes"},
                      {"age", "66"},
                      {"general_condition", "good"},
                      {"tumour_size_cm@left", "3.2 'cm'"},
                      {"primary_in_situ@left", "yes"}});
}

// Behind a gate nothing is tried.
void PreparedStopped(benchmark::State& state) { RunPrepared(state, {{"kidney_cancer", "no"}}); }

BENCHMARK(PreparedKnown)->Unit(benchmark::kMicrosecond);
BENCHMARK(PreparedOpen)->Unit(benchmark::kMicrosecond);
BENCHMARK(PreparedStopped)->Unit(benchmark::kMicrosecond);
BENCHMARK(TypicalOneKidney)->Unit(benchmark::kMicrosecond);
BENCHMARK(TypicalTwoKidneys)->Unit(benchmark::kMicrosecond);
BENCHMARK(ManySizes)->Unit(benchmark::kMillisecond);
BENCHMARK(ManyUnlinkedSizes)->Unit(benchmark::kMillisecond);
BENCHMARK(ManyConditions)->Unit(benchmark::kMillisecond);
BENCHMARK(ManyUnusable)->Unit(benchmark::kMillisecond);
BENCHMARK(ManyComponents)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace renal::pathways

BENCHMARK_MAIN();
