#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "pathways/definitions.h"
#include "pathways/diff.h"
#include "pathways/lint.h"
#include "pathways/proof.h"
#include "tests/pathways/random_table.h"

// How long the proof of a large table takes, and all of lint.
namespace renal::pathways {
namespace {

// Complete tables of 60 rules over 8 columns, ten of them, so that no lucky one decides.
constexpr std::uint64_t kSeeds = 10;
std::string LargeTable(std::uint64_t seed) { return testing::CompleteTable(seed, 8, 60); }

void ProofOf60RulesOver8Columns(benchmark::State& state) {
  const LoadResult loaded =
      LoadPathway("table.json", LargeTable(static_cast<std::uint64_t>(state.range(0))), {});
  for (auto _ : state) {
    const auto proofs = Prove(*loaded.pathway);
    if (!proofs.front().gaps.empty() || !proofs.front().overlaps.empty()) {
      state.SkipWithError("the table is not complete");
    }
    benchmark::DoNotOptimize(proofs.data());
  }
  state.counters["rules"] = static_cast<double>(loaded.pathway->tables.front().rules.size());
}

LintRequest RequestFor(std::string name, std::string text) {
  LintRequest request;
  request.file_name = std::move(name);
  request.text = std::move(text);
  request.options.read_file = [](std::string_view file) -> std::optional<std::string> {
    const auto found = EmbeddedFile(file);
    return found ? std::optional<std::string>(*found) : std::nullopt;
  };
  request.today = *fhir::DateTime::Parse("2026-03-02T09:00:00+01:00");
  return request;
}

void LintOf60RulesOver8Columns(benchmark::State& state) {
  const LintRequest request =
      RequestFor("table.json", LargeTable(static_cast<std::uint64_t>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(Lint(request).size());
}

void LintOfTheShippedPathway(benchmark::State& state) {
  constexpr std::string_view kName = "onc-kidney-2018.pathway.json";
  const LintRequest request = RequestFor(std::string(kName), std::string(*EmbeddedFile(kName)));
  for (auto _ : state) benchmark::DoNotOptimize(Lint(request).size());
}

void DiffOfTheShippedPathwayWithItself(benchmark::State& state) {
  constexpr std::string_view kName = "onc-kidney-2018.pathway.json";
  const LintRequest request = RequestFor(std::string(kName), std::string(*EmbeddedFile(kName)));
  const LoadResult loaded = LoadPathway(kName, request.text, request.options);
  for (auto _ : state) benchmark::DoNotOptimize(Diff(loaded, loaded).texts.size());
}

BENCHMARK(ProofOf60RulesOver8Columns)->DenseRange(1, kSeeds)->Unit(benchmark::kMicrosecond);
BENCHMARK(LintOf60RulesOver8Columns)->DenseRange(1, kSeeds)->Unit(benchmark::kMillisecond);
BENCHMARK(LintOfTheShippedPathway)->Unit(benchmark::kMillisecond);
BENCHMARK(DiffOfTheShippedPathwayWithItself)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace renal::pathways

BENCHMARK_MAIN();
