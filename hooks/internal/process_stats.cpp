#include "hooks/internal/process_stats.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace renal::hooks::internal {
namespace {

/// Fields of /proc/self/stat, numbered as proc(5) does.
enum StatField { kUserTime = 14, kSystemTime = 15, kStartTime = 22, kVirtual = 23, kResident = 24 };
constexpr int kFirstAfterName = 3;

std::string TextOf(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

double Stat(StatField field) {
  const std::string text = TextOf("/proc/self/stat");
  const std::size_t name_end = text.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos) throw std::runtime_error("no statistics of the process");
  std::istringstream fields(text.substr(name_end + 1));
  std::string value;
  for (int i = kFirstAfterName; i <= field; ++i) fields >> value;
  return std::stod(value);
}

double Ticks(StatField field) { return Stat(field) / static_cast<double>(::sysconf(_SC_CLK_TCK)); }

double PageSize() { return static_cast<double>(::sysconf(_SC_PAGESIZE)); }

double BootTime() {
  std::istringstream lines(TextOf("/proc/stat"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  throw std::runtime_error("no time of the system's start");
}

double OpenFiles() {
  const auto count = std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  return static_cast<double>(count - 1);  // without the one that looks
}

double MostFiles() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) throw std::runtime_error("no limit of files");
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

void WatchProcess(Metrics& metrics) {
  using Read = double (*)();
  const auto watch = [&](Metric metric, Read read) {
    metrics.Watch(metric, [read](const Metrics::Show& show) { show(read(), {}); });
  };
  watch(Metric::kCpu, [] { return Ticks(kUserTime) + Ticks(kSystemTime); });
  watch(Metric::kResident, [] { return Stat(kResident) * PageSize(); });
  watch(Metric::kVirtual, [] { return Stat(kVirtual); });
  watch(Metric::kStarted, [] { return BootTime() + Ticks(kStartTime); });
  watch(Metric::kOpenFiles, OpenFiles);
  watch(Metric::kMostFiles, MostFiles);
}

}  // namespace renal::hooks::internal
