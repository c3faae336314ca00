// The stages of one call, each alone, from the bytes of a request to those of its answer; and
// together as far as the outcome:
// a sample of deploy/sample with as many body weights around it as make it 20 or 200 KB. Nothing
// reads these weights: what they cost is what a resource costs that stands beside.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "cards/invariants.h"
#include "cards/json.h"
#include "cards/uuid.h"
#include "fhir/json.h"
#include "hooks/evaluation.h"
#include "hooks/internal/decision.h"
#include "hooks/request.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

using fhir::JsonDocument;

constexpr std::string_view kEntries = R"("entry":)";

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Weight(std::size_t number, const std::string& patient) {
  const std::string day = std::to_string(10 + number % 18);
  return R"({"resource":{"resourceType":"Observation","id":"weight-)" + std::to_string(number) +
         R"(","status":"final","category":[{"coding":[{"system":)"
         R"("http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],)"
         R"("code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Body weight"}]},)"
         R"("subject":{"reference":"Patient/)" +
         patient + R"("},"effectiveDateTime":"2020-03-)" + day +
         R"(T08:00:00+01:00","valueQuantity":{"value":)" + std::to_string(70 + number % 20) +
         R"(,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}})";
}

// The sample, compact, with weights among its observations.
std::string RequestOf(std::size_t kilobytes) {
  const std::string sample =
      TextOf(RENAL_SOURCE_DIR "/deploy/sample/small-peripheral-tumour.order-sign.json");
  const auto document = JsonDocument::Parse(sample);
  std::string text = document->root().ToString();
  const std::string patient(document->root()["context"]["patientId"].string());
  const std::size_t place = text.find('[', text.find(kEntries, text.find("\"observations\""))) + 1;
  std::string weights;
  for (std::size_t i = 0; text.size() + weights.size() + 400 < kilobytes * 1000; ++i) {
    weights += Weight(i, patient) + ',';
  }
  text.insert(place, weights);
  return text;
}

// Everything that a stage needs from those before it.
struct Bench {
  explicit Bench(std::size_t kilobytes)
      : text(RequestOf(kilobytes)),
        document(JsonDocument::Parse(text)),
        request(*ReadHookRequest(document->root())),
        data(evaluator.DataOf(request)) {}

  fhir::Result<Evaluation> Evaluate(const HookRequest& of, const PatientData& with) {
    return evaluator.Evaluate(of, with.record, now, uuids, {}, with.ledger);
  }

  Evaluator evaluator{pathways::ShippedPathway("onc-kidney-2018")};
  const fhir::DateTime now = *ReadMoment("2026-03-02T09:00:00+01:00");
  cards::SeededUuidSource uuids{1};
  std::string text;
  fhir::Result<JsonDocument> document;
  HookRequest request;
  PatientData data;
};

void SetCounters(const Bench& bench, benchmark::State& state) {
  state.counters["bytes"] = static_cast<double>(bench.text.size());
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bench.text.size()));
}

// With all checks.
void CallParse(benchmark::State& state) {
  const Bench bench(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(JsonDocument::Parse(bench.text)->root());
  SetCounters(bench, state);
}

// The members of the request, without what is prefetched.
void CallRead(benchmark::State& state) {
  const Bench bench(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(ReadHookRequest(bench.document->root()));
  SetCounters(bench, state);
}

// The record with its index, and the ledger.
void CallRecord(benchmark::State& state) {
  const Bench bench(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const PatientData data = bench.evaluator.DataOf(bench.request);
    benchmark::DoNotOptimize(data.record.OfType("Observation").size());
  }
  SetCounters(bench, state);
}

// Candidates, values, tables, questions, changes, trace.
void CallEvaluate(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(bench.Evaluate(bench.request, bench.data));
  SetCounters(bench, state);
}

// The cards of an outcome, with the checks that every answer goes through.
void CallCards(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  const auto evaluation = bench.Evaluate(bench.request, bench.data);
  for (auto _ : state) {
    cards::Response answer = bench.evaluator.Answer(bench.request, *evaluation, bench.uuids, false);
    benchmark::DoNotOptimize(cards::Repair(answer));
  }
  SetCounters(bench, state);
}

// The text of the answer.
void CallText(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  const auto evaluation = bench.Evaluate(bench.request, bench.data);
  const cards::Response answer =
      bench.evaluator.Answer(bench.request, *evaluation, bench.uuids, false);
  for (auto _ : state) benchmark::DoNotOptimize(cards::ResponseText(answer));
  SetCounters(bench, state);
}

// The outcome with its trace, as `renalpath evaluate` prints it.
void CallOutcome(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  const auto evaluation = bench.Evaluate(bench.request, bench.data);
  for (auto _ : state) benchmark::DoNotOptimize(OutcomeText(evaluation->outcome));
  SetCounters(bench, state);
}

// What is kept of a decision, without the digest of the body and the keys of patient and user.
void CallDecision(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  const auto evaluation = bench.Evaluate(bench.request, bench.data);
  const cards::Response answer =
      bench.evaluator.Answer(bench.request, *evaluation, bench.uuids, false);
  for (auto _ : state) {
    benchmark::DoNotOptimize(internal::DecisionOf(bench.request, evaluation->outcome, answer));
  }
  SetCounters(bench, state);
}

// All of it.
void CallWhole(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const auto document = JsonDocument::Parse(bench.text);
    const auto request = ReadHookRequest(document->root());
    benchmark::DoNotOptimize(bench.Evaluate(*request, bench.evaluator.DataOf(*request)));
  }
  SetCounters(bench, state);
}

BENCHMARK(CallParse)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(CallRead)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(CallRecord)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(CallEvaluate)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(CallCards)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(CallText)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(CallOutcome)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(CallDecision)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);
BENCHMARK(CallWhole)->Arg(20)->Arg(200)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace renal::hooks

BENCHMARK_MAIN();
