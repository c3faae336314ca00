#include "hooks/internal/pdf_printer.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace renal::hooks::internal {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLongest{60};

std::optional<fs::path> FindProgram(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? std::string_view() : path;
  while (!folders.empty()) {
    const std::size_t end = std::min(folders.find(':'), folders.size());
    fs::path program = fs::path(folders.substr(0, end)) / name;
    if (::access(program.c_str(), X_OK) == 0) return program;
    folders.remove_prefix(std::min(end + 1, folders.size()));
  }
  return std::nullopt;
}

/// What an address of a file must not hold as it is.
std::string FileUrl(const fs::path& file) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string url = "file://";
  for (const char c : fs::absolute(file).string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-._~").find(c) != std::string_view::npos;
    const auto byte = static_cast<unsigned char>(c);
    url += plain ? std::string(1, c) : std::string{'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return url;
}

/// Starts a program in a group of its own, silent.
std::optional<pid_t> Start(const std::vector<std::string>& arguments) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0);
  }
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::vector<char*> words;
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, words[0], &files, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed == 0 ? std::optional(child) : std::nullopt;
}

/// Its exit status; nothing if it took too long, and was ended with all that it started.
std::optional<int> Await(pid_t child) {
  constexpr std::chrono::milliseconds kPause{20};
  int status = 0;
  for (const auto end = Clock::now() + kLongest; Clock::now() < end;) {
    if (::waitpid(child, &status, WNOHANG) == child) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::this_thread::sleep_for(kPause);
  }
  ::kill(-child, SIGKILL);
  ::waitpid(child, &status, 0);
  return std::nullopt;
}

}  // namespace

std::optional<PdfPrinter> PdfPrinter::Find(const fs::path& profiles) {
  for (const std::string_view name : {"chromium", "chromium-browser", "google-chrome"}) {
    if (auto program = FindProgram(name)) return PdfPrinter(*std::move(program), profiles);
  }
  return std::nullopt;
}

std::optional<std::string> PdfPrinter::Print(const fs::path& page, const fs::path& pdf) const {
  const fs::path profile = profiles_ / page.stem();
  std::vector<std::string> arguments = {program_.string(),
                                        "--headless",
                                        "--disable-gpu",
                                        "--no-first-run",
                                        "--disable-background-networking",
                                        "--disable-component-update",
                                        "--disable-sync",
                                        "--host-resolver-rules=MAP * ~NOTFOUND",
                                        "--user-data-dir=" + profile.string(),
                                        "--no-pdf-header-footer",
                                        "--print-to-pdf=" + pdf.string()};
  if (::geteuid() == 0) arguments.emplace_back("--no-sandbox");  // it has none for root
  arguments.push_back(FileUrl(page));
  std::error_code ignored;
  const auto child = Start(arguments);
  const auto status = child ? Await(*child) : std::nullopt;
  fs::remove_all(profile, ignored);
  if (!child) return "Chromium cannot be started";
  if (!status) return "Chromium did not end within a minute";
  if (*status != 0 || !fs::exists(pdf, ignored)) return "Chromium could not print the page";
  return std::nullopt;
}

}  // namespace renal::hooks::internal
