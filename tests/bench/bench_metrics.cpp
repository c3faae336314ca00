#include <chrono>
#include <memory>

#include <benchmark/benchmark.h>

#include "hooks/internal/pathway_series.h"
#include "hooks/internal/service_series.h"
#include "hooks/trace_context.h"
#include "pathways/definitions.h"

// What counting costs a call, and a reading the server.
namespace renal::hooks {
namespace {

struct Counted {
  Metrics metrics;
  std::shared_ptr<const pathways::Pathway> pathway = pathways::ShippedPathway("onc-kidney-2018");
  internal::PathwaySeries series{&metrics, *pathway, *Profiles::Shipped()};
  internal::ServiceSeries service{&metrics};
};

Counted& Shared() {
  static Counted counted;
  return counted;
}

/// An outcome with nine results, four questions and one order, as large as those of the samples.
pathways::Outcome Outcome(const pathways::Pathway& pathway) {
  pathways::Outcome outcome;
  for (const pathways::Table& table : pathway.tables) {
    for (const pathways::Rule& rule : table.rules) {
      if (outcome.recommendations.size() == 9) break;
      pathways::Recommendation result;
      result.rule = rule.id;
      result.order = rule.order;
      outcome.recommendations.push_back(std::move(result));
    }
  }
  for (pathways::Index input = 0; input < 4; ++input) outcome.ask.push_back({.input = input});
  outcome.orders.resize(1);
  return outcome;
}

void BM_CountACall(benchmark::State& state) {
  Counted& counted = Shared();
  const pathways::Outcome outcome = Outcome(*counted.pathway);
  for (auto _ : state) {
    const internal::HookSeries* hook = counted.series.Of(0, "order-sign");
    counted.series.Add(outcome);
    hook->answers.Add(200);
    hook->duration.Observe(std::chrono::microseconds(150));
    counted.service.Add({.route = "/cds-services/{id}", .status = 200});
  }
}
BENCHMARK(BM_CountACall)->Threads(1)->Threads(2);

void BM_BeginATrace(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(TraceOf({}));
}
BENCHMARK(BM_BeginATrace);

void BM_ReadAll(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Shared().metrics.Text());
}
BENCHMARK(BM_ReadAll)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace renal::hooks

BENCHMARK_MAIN();
