// `renalpath board` over an export, and `renalpath evaluate --ndjson` over requests, against
// parsers that merely parse the same bytes with as many threads and group the texts by patient.
//
//   tests/bench/scattered_export.py EXPORT 100000
//   RENAL_EXPORT=EXPORT RENAL_REQUESTS=requests.ndjson bench_board
//
// Without RENAL_EXPORT and RENAL_REQUESTS one sample is read. The board is measured first, so that
// `peak_MiB` is its own.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <simdjson.h>
#include <sys/resource.h>

#include "hooks/batch.h"
#include "hooks/board.h"
#include "hooks/internal/board_folder.h"
#include "hooks/internal/ordered_work.h"
#include "hooks/internal/text_reader.h"
#include "pathways/definitions.h"

namespace renal::hooks {
namespace {

namespace fs = std::filesystem;

fs::path Named(const char* variable) {
  const char* named = std::getenv(variable);
  return named == nullptr
             ? fs::path(RENAL_SOURCE_DIR "/deploy/sample/small-peripheral-tumour.order-sign.json")
             : fs::path(named);
}

fs::path Export() { return Named("RENAL_EXPORT"); }
fs::path Requests() { return Named("RENAL_REQUESTS"); }

fs::path WorkParent() {
  const fs::path parent = fs::temp_directory_path() / "renalpath-bench-board";
  fs::create_directories(parent);
  return parent;
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

std::int64_t BytesOf(const fs::path& from) {
  std::int64_t bytes = 0;
  const auto files = internal::JsonFilesOf(from, from / "none").value();
  for (const fs::path& file : files) bytes += static_cast<std::int64_t>(fs::file_size(file));
  return bytes;
}

// What a benchmark used, from its making on.
class Use {
 public:
  void Note(benchmark::State& state, const fs::path& from) const {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start_;
    const double used = ProcessorSeconds() - before_;
    state.counters["cores_busy"] = used / wall.count();
    state.counters["processor_s"] = used / static_cast<double>(state.iterations());
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * BytesOf(from));
  }

 private:
  const double before_ = ProcessorSeconds();
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

double PeakMebibytes() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return static_cast<double>(use.ru_maxrss) / 1024;
}

void Board(benchmark::State& state) {
  const fs::path parent = WorkParent();
  const Use use;
  for (auto _ : state) {
    const internal::WorkFolder out(parent);
    std::istringstream in;
    std::ostringstream results, messages;
    BoardOptions options{.from = Export().string(), .out = out.path()};
    options.determinism = {.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 1};
    options.briefs = false;
    const int status =
        PrepareBoard(pathways::ShippedPathway("onc-kidney-2018"), options, {in, results, messages});
    if (status != 0) state.SkipWithError(messages.str().c_str());
  }
  state.counters["peak_MiB"] = PeakMebibytes();
  use.Note(state, Export());
}
BENCHMARK(Board)->UseRealTime()->Unit(benchmark::kMillisecond);

void Evaluate(benchmark::State& state) {
  const fs::path parent = WorkParent();
  const Use use;
  for (auto _ : state) {
    const internal::WorkFolder out(parent);
    std::istringstream in;
    std::ostringstream results, messages;
    BatchOptions options{.files = {Requests()}, .out = out.path() / "outcomes"};
    options.determinism = {.now = ReadMoment("2026-03-02T09:00:00+01:00"), .seed = 1};
    const int status = EvaluateBatch(pathways::ShippedPathway("onc-kidney-2018"), options,
                                     {in, results, messages});
    if (status != 0) state.SkipWithError(messages.str().c_str());
  }
  use.Note(state, Requests());
}
BENCHMARK(Evaluate)->UseRealTime()->Unit(benchmark::kMillisecond);

using Patients = std::unordered_map<std::string, std::vector<internal::TextPlace>>;

// `patient_of` gives the patient of a text, empty where it names none.
template <class PatientOf>
Patients Group(const fs::path& from, PatientOf patient_of) {
  const internal::WorkFolder work(WorkParent());
  internal::TextStore store(work.path() / "texts");
  internal::TextReader reader(internal::JsonFilesOf(from, work.path()).value(), store);
  Patients patients;
  internal::WorkInOrder(
      Threads(), [&] { return reader.Next(); },
      [&](internal::TextBatch batch) {
        batch.bytes.reserve(batch.bytes.size() + simdjson::SIMDJSON_PADDING);
        std::vector<std::pair<std::string, internal::TextPlace>> found;
        found.reserve(batch.texts.size());
        for (const auto& text : batch.texts) {
          found.emplace_back(patient_of(batch.TextOf(text)), text.place);
        }
        return found;
      },
      [&](const auto& found) {
        for (const auto& [patient, place] : found) patients[patient].push_back(place);
      });
  return patients;
}

// Reads where it lies: Group() leaves room behind the last text.
std::string PatientBySimdjson(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  const auto document = parser.parse(text.data(), text.size(), false);
  std::string_view patient;
  if (document["subject"]["reference"].get(patient) == simdjson::SUCCESS) {
    return std::string(patient);
  }
  if (document["context"]["patientId"].get(patient) == simdjson::SUCCESS ||
      document["id"].get(patient) == simdjson::SUCCESS) {
    return "Patient/" + std::string(patient);
  }
  return {};
}

std::string TextAt(const rapidjson::Document& document, const char* pointer) {
  const rapidjson::Value* value = rapidjson::Pointer(pointer).Get(document);
  return value != nullptr && value->IsString()
             ? std::string(value->GetString(), value->GetStringLength())
             : std::string();
}

std::string PatientByRapidjson(std::string_view text) {
  rapidjson::Document document;
  document.Parse(text.data(), text.size());
  if (document.HasParseError()) return {};
  std::string patient = TextAt(document, "/subject/reference");
  if (!patient.empty()) return patient;
  patient = TextAt(document, "/context/patientId");
  return "Patient/" + (patient.empty() ? TextAt(document, "/id") : patient);
}

template <class PatientOf>
void Yardstick(benchmark::State& state, const fs::path& from, PatientOf patient_of) {
  const Use use;
  for (auto _ : state) {
    const Patients patients = Group(from, patient_of);
    benchmark::DoNotOptimize(patients.size());
    state.counters["patients"] = static_cast<double>(patients.size());
  }
  use.Note(state, from);
}

void BoardSimdjson(benchmark::State& state) { Yardstick(state, Export(), PatientBySimdjson); }
void BoardRapidjson(benchmark::State& state) { Yardstick(state, Export(), PatientByRapidjson); }
void EvaluateSimdjson(benchmark::State& state) { Yardstick(state, Requests(), PatientBySimdjson); }
BENCHMARK(BoardSimdjson)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(BoardRapidjson)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(EvaluateSimdjson)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace renal::hooks

BENCHMARK_MAIN();
