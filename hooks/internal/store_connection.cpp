#include "hooks/internal/store_connection.h"

#include <cstdint>
#include <exception>
#include <fstream>
#include <initializer_list>
#include <map>
#include <string_view>

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;
using std::chrono::milliseconds;

// What SQLite's result codes mean to an operator.
Issue IssueOf(const soci::sqlite3_soci_error& error) {
  switch (error.result()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {IssueCode::kTransient, "the decision store is locked by another program", ""};
    case SQLITE_FULL:
      return {IssueCode::kProcessing, "the disk of the decision store is full", ""};
    case SQLITE_IOERR:
      return {IssueCode::kProcessing, "the disk of the decision store fails to read or write", ""};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return {IssueCode::kProcessing, "the decision store cannot be opened for writing", ""};
    case SQLITE_NOTADB:
      return {IssueCode::kNotSupported, "the file of the decision store is no SQLite database", ""};
    case SQLITE_CORRUPT:
      return {IssueCode::kProcessing, "the decision store is damaged: restore it from a backup",
              ""};
    default:
      return {IssueCode::kProcessing, "the decision store refuses to work", ""};
  }
}

// The same of PostgreSQL's SQLSTATE, by its class of two characters.
Issue IssueOfState(std::string_view state) {
  const std::string_view kind = state.substr(0, 2);
  if (kind == "40" || kind == "55" || state == "57014") {
    return {IssueCode::kTransient, "the database of the decision store is too slow or locked", ""};
  }
  if (kind == "08" || kind == "57" || state.find_first_not_of(' ') == std::string_view::npos) {
    return {IssueCode::kTransient, "the connection to the database of the decision store is lost",
            ""};
  }
  if (kind == "53") {
    return {IssueCode::kProcessing, "the database of the decision store has no disk or memory left",
            ""};
  }
  if (state == "42501" || state == "25006") {
    return {IssueCode::kProcessing, "the database of the decision store does not let us write", ""};
  }
  return {IssueCode::kProcessing, "the decision store refuses to work", ""};
}

// Which file a path names at the moment; all zero if none.
std::pair<dev_t, ino_t> IdentityOf(const std::filesystem::path& file) {
  struct stat status = {};
  if (stat(file.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

// A value of a connection string.
std::string Quoted(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + "'";
}

// The URL as a connection string, with the limits of time that it leaves out. A host that is gone
// without a word is noticed by unanswered probes, or by bytes that nobody acknowledges.
std::string ConnectionString(const std::string& url, const std::string& password,
                             StoreAccess access) {
  std::map<std::string, std::string> settings = {
      {"connect_timeout", "2"},         {"keepalives", "1"},       {"keepalives_idle", "5"},
      {"keepalives_interval", "2"},     {"keepalives_count", "2"}, {"tcp_user_timeout", "5000"},
      {"application_name", "renalpath"}};
  if (access == StoreAccess::kWrite) settings["target_session_attrs"] = "read-write";
  PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
  if (options == nullptr) return {};
  for (const PQconninfoOption* each = options; each->keyword != nullptr; ++each) {
    if (each->val != nullptr) settings[each->keyword] = each->val;
  }
  PQconninfoFree(options);
  settings["client_encoding"] = "UTF8";
  if (!password.empty()) settings["password"] = password;
  std::string text;
  for (const auto& [name, value] : settings) text += name + "=" + Quoted(value) + " ";
  return text;
}

/// The first line of the file. Fails with a sentence that names the file alone.
fhir::Result<std::string> PasswordIn(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string password;
  std::getline(in, password);
  if (password.ends_with('\r')) password.pop_back();
  if (!password.empty() && password.find('\0') == std::string::npos) return password;
  return Issue{IssueCode::kProcessing,
               file.string() + ": the password of the database cannot be read, or is empty", ""};
}

PGconn* ServerOf(soci::session& sql) {
  return static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
}

// libpq prints notices of the server, with what they quote, unless told otherwise.
void IgnoreNotice(void* /*argument*/, const char* /*message*/) {}

}  // namespace

std::int64_t NumberOf(soci::session& sql, const std::string& query) {
  long long value = 0;
  sql << query, soci::into(value);
  return value;
}

std::string TextOf(soci::session& sql, const std::string& query) {
  std::string value;
  sql << query, soci::into(value);
  return value;
}

Issue CurrentStoreIssue() {
  try {
    throw;
  } catch (const soci::sqlite3_soci_error& error) {
    return IssueOf(error);
  } catch (const soci::postgresql_soci_error& error) {
    return IssueOfState(error.sqlstate());
  } catch (const std::exception&) {
    return {IssueCode::kProcessing, "the decision store refuses to work", ""};
  }
}

StoreConnection::~StoreConnection() { line_.Close(); }

bool StoreConnection::Moved() const { return !postgres() && IdentityOf(file_) != identity_; }

fhir::Result<std::unique_ptr<StoreConnection>> StoreConnection::Open(const StoreTarget& target,
                                                                     StoreAccess access,
                                                                     milliseconds statement,
                                                                     StoreLine& line) {
  std::unique_ptr<StoreConnection> connection(new StoreConnection(line));
  const auto issue = target.is_folder()
                         ? connection->OpenFile(target.folder() / StoreTarget::kFileName, access)
                         : connection->OpenUrl(target, access, statement);
  if (issue) return *issue;
  return connection;
}

std::optional<Issue> StoreConnection::OpenFile(const std::filesystem::path& file,
                                               StoreAccess access) {
  if (file.native().find('"') != std::string::npos) {  // SOCI has no way to write it
    return Issue{IssueCode::kValue, "the path of the decision store holds a quotation mark", ""};
  }
  std::error_code ignored;
  if (access == StoreAccess::kRead && !std::filesystem::exists(file, ignored)) {
    return Issue{IssueCode::kProcessing, "there is no decision store here", ""};
  }
  try {
    const char* mode = access == StoreAccess::kRead ? " readonly=1" : "";
    sql_.open(soci::sqlite3, "dbname=\"" + file.native() + "\" timeout=1" + mode);
    file_ = file;
    if (auto issue = ConfigureFile(access)) return issue;
    identity_ = IdentityOf(file);
    return std::nullopt;
  } catch (...) {
    return CurrentStoreIssue();
  }
}

// A file is looked at before it is configured, which writes to it: that of another program stays as
// it is.
std::optional<Issue> StoreConnection::ConfigureFile(StoreAccess access) {
  if (access == StoreAccess::kRead) {
    sql_ << "PRAGMA query_only = ON";
    sql_ << "PRAGMA wal_autocheckpoint = 0";
  }
  sql_ << "PRAGMA foreign_keys = ON";
  sql_ << "PRAGMA synchronous = FULL";
  return std::nullopt;
}

std::optional<Issue> StoreConnection::OpenUrl(const StoreTarget& target, StoreAccess access,
                                              milliseconds statement) {
  std::string password;
  if (!target.password_file().empty()) {
    auto read = PasswordIn(target.password_file());
    if (!read) return read.error();
    password = *std::move(read);
  }
  try {
    sql_.open(soci::postgresql, ConnectionString(target.url(), password, access));
  } catch (const std::exception&) {
    return Issue{IssueCode::kTransient,
                 "the database of the decision store cannot be reached, or does not let us in", ""};
  }
  try {
    line_.Open(PQsocket(ServerOf(sql_)));
    PQsetNoticeProcessor(ServerOf(sql_), &IgnoreNotice, nullptr);
    return ConfigureServer(access, statement);
  } catch (...) {
    return CurrentStoreIssue();
  }
}

std::optional<Issue> StoreConnection::ConfigureServer(StoreAccess access, milliseconds statement) {
  sql_ << "SET statement_timeout = " + std::to_string(statement.count());
  // A server that stops in the middle of a transaction must not hold up the others.
  sql_ << "SET idle_in_transaction_session_timeout = 10000";
  // A commit is on the disk when it returns, whatever the database's own default.
  if (TextOf(sql_, "SHOW synchronous_commit") == "off") sql_ << "SET synchronous_commit = on";
  if (access == StoreAccess::kRead) sql_ << "SET default_transaction_read_only = on";
  if (TextOf(sql_, "SHOW server_encoding") != "UTF8") {
    return Issue{IssueCode::kNotSupported,
                 "the database of the decision store is not encoded in UTF-8: create it with"
                 " ENCODING 'UTF8'",
                 ""};
  }
  return std::nullopt;
}

}  // namespace renal::hooks::internal
