#include "hooks/internal/board_folder.h"

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace renal::hooks::internal {
namespace {

namespace fs = std::filesystem;

/// What a board writes, and nothing else.
constexpr std::array kResults = {"outcomes.ndjson", "worklist.html", "worklist.csv",
                                 "measures.json",   "problems.txt",  "comparison.html",
                                 "comparison.json", "briefs",        "fhir"};

std::runtime_error Fault(const fs::path& path) {
  return std::runtime_error(path.string() + ": cannot be written");
}

}  // namespace

WorkFolder::WorkFolder(const fs::path& parent) {
  std::string name = (parent / ".work-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw Fault(parent);
  path_ = name;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

BoardFolder::BoardFolder(const fs::path& path) : path_(path) {
  std::error_code error;
  fs::create_directories(path_, error);
  if (!fs::is_directory(path_, error)) throw Fault(path_);
  // Briefs beside no outcomes are not known to be ours.
  if (!fs::exists(path_ / "outcomes.ndjson", error)) return;
  for (const char* name : kResults) {
    fs::remove_all(path_ / name, error);
    if (error) throw Fault(path_ / name);
  }
}

std::ofstream BoardFolder::Open(std::string_view name) const {
  std::ofstream file(path_ / name, std::ios::binary | std::ios::trunc);
  if (!file.is_open()) throw Fault(path_ / name);
  return file;
}

void BoardFolder::Write(const std::string& name, std::string_view text) const {
  std::ofstream file = Open(name);
  file << text;
  Finish(file, name);
}

void BoardFolder::Make(std::string_view name) const {
  std::error_code error;
  fs::create_directories(path_ / name, error);
  if (error) throw Fault(path_ / name);
}

void Finish(std::ofstream& file, std::string_view name) {
  file.close();
  if (!file) throw Fault(name);
}

}  // namespace renal::hooks::internal
