// `renalpath board` against RapidJSON merely parsing the same bytes with as many threads.
//
//   tests/bench/scattered_export.py EXPORT 100000
//   RENAL_EXPORT=EXPORT bench_board
//
// Without RENAL_EXPORT one sample is read. The board is measured first, so that `peak_MiB` is its
// own.

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <sys/resource.h>

#include "hooks/board.h"
#include "hooks/internal/board_folder.h"
#include "hooks/internal/ordered_work.h"
#include "hooks/internal/text_reader.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

std::filesystem::path Export() {
  const char* named = std::getenv("RENAL_EXPORT");
  return named == nullptr ? std::filesystem::path(RENAL_SOURCE_DIR) /
                                "deploy/sample/small-peripheral-tumour.order-sign.json"
                          : std::filesystem::path(named);
}

std::size_t Threads() { return std::max(1U, std::thread::hardware_concurrency()); }

double ProcessorSeconds() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

std::int64_t BytesOf(const std::filesystem::path& from) {
  std::int64_t bytes = 0;
  const auto files = internal::JsonFilesOf(from, from / "none").value();
  for (const std::filesystem::path& file : files) {
    bytes += static_cast<std::int64_t>(std::filesystem::file_size(file));
  }
  return bytes;
}

void Board(benchmark::State& state) {
  const std::filesystem::path parent =
      std::filesystem::temp_directory_path() / "renalpath-bench-board";
  std::filesystem::create_directories(parent);
  const double before = ProcessorSeconds();
  double wall = 0;
  for (auto _ : state) {
    const internal::WorkFolder out(parent);
    std::istringstream in;
    std::ostringstream results, messages;
    BoardOptions options{.from = Export().string(), .out = out.path()};
    options.determinism = {.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 1};
    options.briefs = false;
    const auto start = std::chrono::steady_clock::now();
    const int status =
        PrepareBoard(pathways::ShippedPathway("onc-kidney-2018"), options, {in, results, messages});
    wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (status != 0) state.SkipWithError(messages.str().c_str());
  }
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  state.counters["peak_MiB"] = static_cast<double>(use.ru_maxrss) / 1024;
  const double used = ProcessorSeconds() - before;
  state.counters["cores_busy"] = used / wall;
  state.counters["processor_s"] = used / static_cast<double>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * BytesOf(Export()));
}
BENCHMARK(Board)->UseRealTime()->Unit(benchmark::kMillisecond);

void RapidJson(benchmark::State& state) {
  const std::filesystem::path parent =
      std::filesystem::temp_directory_path() / "renalpath-bench-board";
  std::filesystem::create_directories(parent);
  const double before = ProcessorSeconds();
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) {
    const internal::WorkFolder work(parent);
    internal::TextStore store(work.path() / "texts");
    internal::TextReader reader(internal::JsonFilesOf(Export(), parent).value(), store);
    std::size_t good = 0;
    internal::WorkInOrder(
        Threads(), [&] { return reader.Next(); },
        [](const internal::TextBatch& batch) {
          std::size_t parsed = 0;
          for (const auto& text : batch.texts) {
            const std::string_view bytes = batch.TextOf(text);
            rapidjson::Document document;
            document.Parse(bytes.data(), bytes.size());
            parsed += document.HasParseError() ? 0 : 1;
          }
          return parsed;
        },
        [&](std::size_t parsed) { good += parsed; });
    benchmark::DoNotOptimize(good);
  }
  const double used = ProcessorSeconds() - before;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  state.counters["cores_busy"] = used / wall.count();
  state.counters["processor_s"] = used / static_cast<double>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * BytesOf(Export()));
}
BENCHMARK(RapidJson)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace renal::hooks

BENCHMARK_MAIN();
