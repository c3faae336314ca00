#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace renal::hooks {

using Row = std::vector<std::string>;

/// A PostgreSQL server of our own, on a socket in a folder of its own, which ends with it. Started
/// by root it runs as the user `postgres`, since it refuses to run as root.
class PostgresServer {
 public:
  /// Null where Debian's package `postgresql` is not installed.
  static std::unique_ptr<PostgresServer> Start();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// A new database, as a URL.
  std::string NewDatabase(const std::string& options = "");

  void Stop();    ///< at once, as by a failure of power
  void Resume();  ///< after Stop(); returns when it answers
  void Freeze();  ///< it keeps its connections and answers nothing
  void Thaw();

 private:
  PostgresServer(std::filesystem::path programs, std::filesystem::path folder);
  void Launch();
  std::string Url(const std::string& database) const;

  const std::filesystem::path programs_;
  const std::filesystem::path folder_;
  pid_t process_ = -1;
  int databases_ = 0;
};

/// The rows of a statement, as text; adds a failure to the test where it fails.
std::vector<Row> QueryPostgres(const std::string& url, const std::string& statement);

}  // namespace renal::hooks
