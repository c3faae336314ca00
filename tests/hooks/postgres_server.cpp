#include "tests/hooks/postgres_server.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace renal::hooks {
namespace {

namespace fs = std::filesystem;

/// The newest folder with the programs of a server; empty where there is none.
fs::path FindPrograms() {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    if (fs::exists(entry.path() / "bin" / "initdb")) found.push_back(entry.path() / "bin");
  }
  return found.empty() ? fs::path() : *std::ranges::max_element(found);
}

/// Turns this process into another program, as a user that PostgreSQL accepts.
[[noreturn]] void Become(const std::vector<std::string>& command, const fs::path& log) {
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  const passwd* user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
  if (user != nullptr && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  setpgid(0, 0);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

pid_t Spawn(const std::vector<std::string>& command, const fs::path& log) {
  const pid_t child = fork();
  if (child == 0) Become(command, log);
  return child;
}

bool Answers(const std::string& url) {
  PGconn* connection = PQconnectdb(url.c_str());
  const bool good = PQstatus(connection) == CONNECTION_OK;
  PQfinish(connection);
  return good;
}

}  // namespace

std::unique_ptr<PostgresServer> PostgresServer::Start() {
  const fs::path programs = FindPrograms();
  if (programs.empty()) return nullptr;
  std::string pattern = testing::TempDir() + "renal-pg-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  if (const passwd* user = getpwnam("postgres"); user != nullptr && geteuid() == 0) {
    if (chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0) std::abort();
  }
  const fs::path folder = pattern;
  const pid_t making = Spawn({programs / "initdb", "-D", folder / "data", "-U", "renal", "-A",
                              "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
                             folder / "log");
  int status = 0;
  waitpid(making, &status, 0);
  if (status != 0) {
    ADD_FAILURE() << "initdb failed; see " << folder / "log";
    std::abort();
  }
  std::unique_ptr<PostgresServer> server(new PostgresServer(programs, folder));
  server->Launch();
  return server;
}

PostgresServer::PostgresServer(fs::path programs, fs::path folder)
    : programs_(std::move(programs)), folder_(std::move(folder)) {}

PostgresServer::~PostgresServer() {
  Stop();
  fs::remove_all(folder_);
}

void PostgresServer::Launch() {
  process_ = Spawn({programs_ / "postgres", "-D", folder_ / "data", "-k", folder_, "-c",
                    "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c",
                    "max_connections=40"},
                   folder_ / "log");
  for (int i = 0; i < 600; ++i) {
    if (Answers(Url("postgres"))) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ADD_FAILURE() << "the server of the test does not answer; see " << folder_ / "log";
  std::abort();
}

std::string PostgresServer::Url(const std::string& database) const {
  return "postgresql://renal@/" + database + "?host=" + folder_.string() + "&connect_timeout=60";
}

std::string PostgresServer::NewDatabase(const std::string& options) {
  const std::string name = "test" + std::to_string(++databases_);
  QueryPostgres(Url("postgres"), "CREATE DATABASE " + name + " " + options);
  return Url(name);
}

void PostgresServer::Stop() {
  if (process_ < 0) return;
  Thaw();
  kill(process_, SIGQUIT);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

void PostgresServer::Resume() { Launch(); }

// Every connection has a process of its own, in a session of its own: their parent tells them.
static void SignalFamily(pid_t parent, int number) {
  kill(parent, number);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const int file = open((entry.path() / "stat").c_str(), O_RDONLY);
    char text[512] = {};
    const ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    const std::string stat(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    const std::size_t end = stat.rfind(')');
    if (end == std::string::npos || end + 4 > stat.size()) continue;
    if (std::atoi(stat.c_str() + end + 4) == parent) kill(std::atoi(name.c_str()), number);
  }
}

void PostgresServer::Freeze() { SignalFamily(process_, SIGSTOP); }
void PostgresServer::Thaw() { SignalFamily(process_, SIGCONT); }

std::vector<Row> QueryPostgres(const std::string& url, const std::string& statement) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, statement.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    ADD_FAILURE() << statement << ": " << PQerrorMessage(connection);
  }
  std::vector<Row> rows;
  for (int i = 0; i < PQntuples(result); ++i) {
    rows.emplace_back();
    for (int j = 0; j < PQnfields(result); ++j) rows.back().emplace_back(PQgetvalue(result, i, j));
  }
  PQclear(result);
  PQfinish(connection);
  return rows;
}

}  // namespace renal::hooks
