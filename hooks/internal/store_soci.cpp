#include <array>
#include <exception>
#include <initializer_list>
#include <string>
#include <utility>

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>

#include "hooks/internal/store_database.h"

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

// "RNPD", in the header of the file: tells it from the files of other programs.
constexpr int kApplicationId = 0x524E5044;

// The schema, by version: entry n leads from version n to n + 1, and is never edited once released.
// Plain SQL that PostgreSQL reads as well.
constexpr std::array kMigrations = {
    std::initializer_list<const char*>{
        "CREATE TABLE decision ("
        " id TEXT NOT NULL PRIMARY KEY, decided_at TEXT NOT NULL, hook TEXT NOT NULL,"
        " hook_instance TEXT NOT NULL, service TEXT NOT NULL, client TEXT NOT NULL,"
        " pathway_url TEXT NOT NULL, pathway_version TEXT NOT NULL, pathway_hash TEXT NOT NULL,"
        " outcome TEXT NOT NULL, patient_key TEXT NOT NULL, input_digest TEXT NOT NULL)",
        "CREATE INDEX decision_by_time ON decision (decided_at)",
        "CREATE TABLE card ("
        " decision_id TEXT NOT NULL REFERENCES decision (id) ON DELETE CASCADE,"
        " ordinal INTEGER NOT NULL, uuid TEXT NOT NULL, rule TEXT NOT NULL,"
        " indicator TEXT NOT NULL, topic TEXT NOT NULL, order_reference TEXT NOT NULL,"
        " order_action TEXT NOT NULL, order_verdict TEXT NOT NULL,"
        " PRIMARY KEY (decision_id, ordinal))",
        "CREATE INDEX card_by_uuid ON card (uuid)",
        "CREATE TABLE suggestion ("
        " decision_id TEXT NOT NULL, card_ordinal INTEGER NOT NULL, ordinal INTEGER NOT NULL,"
        " uuid TEXT NOT NULL, PRIMARY KEY (decision_id, card_ordinal, ordinal),"
        " FOREIGN KEY (decision_id, card_ordinal) REFERENCES card (decision_id, ordinal)"
        " ON DELETE CASCADE)",
        "CREATE INDEX suggestion_by_uuid ON suggestion (uuid)",
    },
};
constexpr int kSchemaVersion = static_cast<int>(kMigrations.size());

// What SQLite's result codes mean to an operator. The libraries' own texts quote statements and
// values.
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

// The Issue for the exception being handled.
Issue CurrentIssue() {
  try {
    throw;
  } catch (const soci::sqlite3_soci_error& error) {
    return IssueOf(error);
  } catch (const std::exception&) {
    return {IssueCode::kProcessing, "the decision store refuses to work", ""};
  }
}

int Number(soci::session& sql, const std::string& query) {
  int value = 0;
  sql << query, soci::into(value);
  return value;
}

std::optional<Issue> CheckOwner(soci::session& sql) {
  const int application = Number(sql, "PRAGMA application_id");
  const int version = Number(sql, "PRAGMA user_version");
  const bool empty = Number(sql, "SELECT count(*) FROM sqlite_master") == 0;
  if (application != kApplicationId && !(application == 0 && version == 0 && empty)) {
    return Issue{IssueCode::kNotSupported, "the database belongs to another program", ""};
  }
  if (version > kSchemaVersion) {
    return Issue{IssueCode::kNotSupported,
                 "the database has schema version " + std::to_string(version) +
                     ", newer than version " + std::to_string(kSchemaVersion) +
                     " of this program: run the newer program, or restore an older backup",
                 ""};
  }
  return std::nullopt;
}

// Settings of the connection: a commit is on the disk when it returns.
std::optional<Issue> Configure(soci::session& sql) {
  std::string mode;
  sql << "PRAGMA journal_mode = WAL", soci::into(mode);
  if (mode != "wal") {
    return Issue{IssueCode::kProcessing, "the file system cannot hold a write-ahead log", ""};
  }
  sql << "PRAGMA synchronous = FULL";
  sql << "PRAGMA foreign_keys = ON";
  return std::nullopt;
}

// Marks the file each time, current schema or not: SQLite opens a file that it may not write
// without a word, and only a commit tells.
void Migrate(soci::session& sql) {
  const int version = Number(sql, "PRAGMA user_version");
  soci::transaction transaction(sql);
  for (auto step = static_cast<std::size_t>(version); step < kMigrations.size(); ++step) {
    for (const char* statement : kMigrations[step]) sql << statement;
  }
  sql << "PRAGMA application_id = " + std::to_string(kApplicationId);
  sql << "PRAGMA user_version = " + std::to_string(kSchemaVersion);
  transaction.commit();
}

std::optional<Issue> Prepare(soci::session& sql) {
  if (auto issue = CheckOwner(sql)) return issue;
  if (auto issue = Configure(sql)) return issue;
  Migrate(sql);
  return std::nullopt;
}

// The three statements of a record, bound to variables that are filled for each row.
class Inserter {
 public:
  explicit Inserter(soci::session& sql)
      : insert_decision_((
            sql.prepare << "INSERT INTO decision (id, decided_at, hook, hook_instance, service,"
                           " client, pathway_url, pathway_version, pathway_hash, outcome,"
                           " patient_key, input_digest) VALUES (:id, :at, :hook, :instance,"
                           " :service, :client, :url, :version, :hash, :outcome, :patient,"
                           " :digest) ON CONFLICT DO NOTHING",
            soci::use(record_.id), soci::use(record_.at), soci::use(record_.hook),
            soci::use(record_.hook_instance), soci::use(record_.service), soci::use(record_.client),
            soci::use(record_.pathway_url), soci::use(record_.pathway_version),
            soci::use(record_.pathway_hash), soci::use(record_.outcome),
            soci::use(record_.patient_key), soci::use(record_.input_digest))),
        insert_card_(
            (sql.prepare << "INSERT INTO card (decision_id, ordinal, uuid, rule, indicator, topic,"
                            " order_reference, order_action, order_verdict) VALUES (:decision,"
                            " :ordinal, :uuid, :rule, :indicator, :topic, :reference, :action,"
                            " :verdict) ON CONFLICT DO NOTHING",
             soci::use(record_.id), soci::use(card_ordinal_), soci::use(card_.uuid),
             soci::use(card_.rule), soci::use(card_.indicator), soci::use(card_.topic),
             soci::use(card_.order.reference), soci::use(card_.order.action),
             soci::use(card_.order.verdict))),
        insert_suggestion_(
            (sql.prepare << "INSERT INTO suggestion (decision_id, card_ordinal, ordinal, uuid)"
                            " VALUES (:decision, :card, :ordinal, :uuid) ON CONFLICT DO NOTHING",
             soci::use(record_.id), soci::use(card_ordinal_), soci::use(suggestion_ordinal_),
             soci::use(suggestion_))) {}

  void Insert(const DecisionRecord& record) {
    record_ = record;
    insert_decision_.execute(true);
    if (insert_decision_.get_affected_rows() == 0) return;  // stored already, with its cards
    card_ordinal_ = 0;
    for (const DecisionCard& card : record.cards) InsertCard(card);
  }

 private:
  void InsertCard(const DecisionCard& card) {
    card_ = card;
    insert_card_.execute(true);
    suggestion_ordinal_ = 0;
    for (const std::string& suggestion : card.suggestions) {
      suggestion_ = suggestion;
      insert_suggestion_.execute(true);
      ++suggestion_ordinal_;
    }
    ++card_ordinal_;
  }

  DecisionRecord record_;
  DecisionCard card_;
  std::string suggestion_;
  int card_ordinal_ = 0;
  int suggestion_ordinal_ = 0;
  soci::statement insert_decision_;
  soci::statement insert_card_;
  soci::statement insert_suggestion_;
};

// Which file a path names at the moment; all zero if none.
std::pair<dev_t, ino_t> IdentityOf(const std::filesystem::path& file) {
  struct stat status = {};
  if (stat(file.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

}  // namespace

struct StoreDatabase::Connection {
  std::filesystem::path file;
  std::pair<dev_t, ino_t> identity;
  soci::session sql;
};

StoreDatabase::StoreDatabase(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}
StoreDatabase::~StoreDatabase() = default;

fhir::Result<std::unique_ptr<StoreDatabase>> StoreDatabase::Open(
    const std::filesystem::path& file) {
  if (file.native().find('"') != std::string::npos) {  // SOCI has no way to write it
    return Issue{IssueCode::kValue, "the path of the decision store holds a quotation mark", ""};
  }
  try {
    auto connection = std::make_unique<Connection>();
    connection->file = file;
    connection->sql.open(soci::sqlite3, "dbname=\"" + file.native() + "\" timeout=1");
    if (auto issue = Prepare(connection->sql)) return *std::move(issue);
    connection->identity = IdentityOf(file);
    return std::unique_ptr<StoreDatabase>(new StoreDatabase(std::move(connection)));
  } catch (...) {
    return CurrentIssue();
  }
}

std::optional<Issue> StoreDatabase::Write(const std::vector<DecisionRecord>& records) {
  // SQLite would go on writing into a file that was removed or replaced under it.
  if (IdentityOf(connection_->file) != connection_->identity) {
    return Issue{IssueCode::kProcessing, "the file of the decision store was moved", ""};
  }
  try {
    soci::transaction transaction(connection_->sql);
    {
      Inserter inserter(connection_->sql);
      for (const DecisionRecord& record : records) inserter.Insert(record);
    }
    transaction.commit();
    return std::nullopt;
  } catch (...) {
    return CurrentIssue();
  }
}

}  // namespace renal::hooks::internal
