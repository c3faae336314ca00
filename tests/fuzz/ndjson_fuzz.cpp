#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "fhir/json.h"
#include "hooks/internal/board_scan.h"
#include "hooks/internal/text_reader.h"
#include "hooks/request.h"

// Any bytes as a file of an export, by its first byte plain or packed: no line is lost or seen
// twice, each stands where the store finds it again, and what is told of a line can be used.
namespace renal::hooks::internal {
namespace {

namespace fs = std::filesystem;

void Require(bool holds) {
  if (!holds) std::abort();
}

/// A folder of this process, in memory where the system has such a place.
const fs::path& Folder() {
  static const fs::path folder = [] {
    const fs::path memory = "/dev/shm";
    const fs::path parent = fs::is_directory(memory) ? memory : fs::temp_directory_path();
    fs::path path = parent / ("renalpath-fuzz-" + std::to_string(::getpid()));
    fs::create_directories(path);
    std::atexit([] { fs::remove_all(Folder()); });
    return path;
  }();
  return folder;
}

std::vector<std::string> LinesWithText(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines.emplace_back(line);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return lines;
}

void CheckScanned(std::string_view text) {
  const Scanned scanned = ScanText(text);
  for (const ScannedPart& part : scanned.parts) {
    Require(part.patient.empty() ? !part.references.empty() : IsFhirId(part.patient));
    Require(part.text.empty() || fhir::JsonDocument::Parse(part.text).has_value());
  }
  Require(scanned.problem.empty() || scanned.problem.size() <= 256);
}

std::vector<std::string> Read(const fs::path& file) {
  fs::remove(Folder() / "kept");
  TextStore store(Folder() / "kept");
  TextReader reader({file}, store);
  std::vector<std::string> lines;
  while (const auto batch = reader.Next()) {
    for (const TextBatch::Text& text : batch->texts) {
      const std::string_view line = batch->TextOf(text);
      std::string stored;
      Require(store.Read(text.place, stored) && stored == line);
      Require(store.Name(text.place).starts_with(file.string() + ":"));
      CheckScanned(line);
      lines.emplace_back(line);
    }
  }
  return lines;
}

void Check(std::string_view bytes) {
  const bool packed = bytes.starts_with('\x1F');
  const fs::path file = Folder() / (packed ? "a.ndjson.gz" : "a.ndjson");
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  const std::vector<std::string> lines = Read(file);
  if (!packed) Require(lines == LinesWithText(bytes));
}

}  // namespace
}  // namespace renal::hooks::internal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::hooks::internal::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
