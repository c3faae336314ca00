#include "hooks/internal/store_schema.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace renal::hooks::internal {
namespace {

using fhir::Issue;
using fhir::IssueCode;

// "RNPD": in the header of SQLite's file, the name of PostgreSQL's lock. Tells our database from
// those of other programs.
constexpr int kApplicationId = 0x524E5044;

enum class Dialect { kBoth, kSqlite, kPostgres };

struct Statement {
  const char* text;
  Dialect dialect = Dialect::kBoth;
};

const std::vector<Statement> kFirstVersion = {
    {"CREATE TABLE decision ("
     " id TEXT NOT NULL PRIMARY KEY, decided_at TEXT NOT NULL, hook TEXT NOT NULL,"
     " hook_instance TEXT NOT NULL, service TEXT NOT NULL, client TEXT NOT NULL,"
     " pathway_url TEXT NOT NULL, pathway_version TEXT NOT NULL, pathway_hash TEXT NOT NULL,"
     " outcome TEXT NOT NULL, patient_key TEXT NOT NULL, input_digest TEXT NOT NULL)"},
    {"CREATE INDEX decision_by_time ON decision (decided_at)"},
    {"CREATE TABLE card ("
     " decision_id TEXT NOT NULL REFERENCES decision (id) ON DELETE CASCADE,"
     " ordinal INTEGER NOT NULL, uuid TEXT NOT NULL, rule TEXT NOT NULL,"
     " indicator TEXT NOT NULL, topic TEXT NOT NULL, order_reference TEXT NOT NULL,"
     " order_action TEXT NOT NULL, order_verdict TEXT NOT NULL,"
     " PRIMARY KEY (decision_id, ordinal))"},
    {"CREATE INDEX card_by_uuid ON card (uuid)"},
    {"CREATE TABLE suggestion ("
     " decision_id TEXT NOT NULL, card_ordinal INTEGER NOT NULL, ordinal INTEGER NOT NULL,"
     " uuid TEXT NOT NULL, PRIMARY KEY (decision_id, card_ordinal, ordinal),"
     " FOREIGN KEY (decision_id, card_ordinal) REFERENCES card (decision_id, ordinal)"
     " ON DELETE CASCADE)"},
    {"CREATE INDEX suggestion_by_uuid ON suggestion (uuid)"},
};

// Times are milliseconds since the epoch, of our own clock unless the name says otherwise. The
// defaults let a program of the older version go on writing until it is stopped.
const std::vector<Statement> kFeedback = {
    {"ALTER TABLE decision ADD COLUMN stored_at BIGINT NOT NULL DEFAULT 0"},
    {"ALTER TABLE decision ADD COLUMN tenant TEXT NOT NULL DEFAULT ''"},
    {"ALTER TABLE decision ADD COLUMN rules TEXT NOT NULL DEFAULT ''"},
    {"ALTER TABLE decision ADD COLUMN user_key TEXT NOT NULL DEFAULT ''"},
    {"ALTER TABLE decision ADD COLUMN inputs_digest TEXT NOT NULL DEFAULT ''"},
    {"ALTER TABLE decision ADD COLUMN quieted INTEGER NOT NULL DEFAULT 0"},
    {"UPDATE decision SET stored_at ="
     " COALESCE(CAST(strftime('%s', decided_at) AS INTEGER), 0) * 1000",
     Dialect::kSqlite},
    {"UPDATE decision SET stored_at ="
     " CAST(extract(epoch FROM CAST(decided_at AS TIMESTAMPTZ)) AS BIGINT) * 1000",
     Dialect::kPostgres},
    {"CREATE INDEX decision_by_storing ON decision (stored_at)"},
    {"ALTER TABLE card ADD COLUMN focus TEXT NOT NULL DEFAULT ''"},
    {"ALTER TABLE card ADD COLUMN order_code TEXT NOT NULL DEFAULT ''"},
    {"ALTER TABLE card ADD COLUMN card_key TEXT NOT NULL DEFAULT ''"},
    {"CREATE INDEX card_by_key ON card (card_key)"},
    {"CREATE TABLE feedback ("
     " id TEXT NOT NULL PRIMARY KEY, received_at BIGINT NOT NULL, client TEXT NOT NULL,"
     " tenant TEXT NOT NULL, service TEXT NOT NULL, card TEXT NOT NULL, outcome TEXT NOT NULL,"
     " outcome_at TEXT NOT NULL, outcome_at_ms BIGINT NOT NULL, user_comment TEXT NOT NULL)"},
    {"CREATE INDEX feedback_by_card ON feedback (card)"},
    {"CREATE TABLE feedback_suggestion ("
     " feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE,"
     " ordinal INTEGER NOT NULL, uuid TEXT NOT NULL, PRIMARY KEY (feedback_id, ordinal))"},
    {"CREATE TABLE feedback_reason ("
     " feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE,"
     " ordinal INTEGER NOT NULL, code_system TEXT NOT NULL, code TEXT NOT NULL,"
     " display TEXT NOT NULL, PRIMARY KEY (feedback_id, ordinal))"},
    // Whether feedback is verified is asked, never stored: a decision may arrive after it, from
    // another server too.
    {"CREATE VIEW verified_feedback AS SELECT f.id AS feedback_id, f.received_at, f.outcome,"
     " f.outcome_at, f.outcome_at_ms, f.user_comment, d.id AS decision_id, d.stored_at, d.client,"
     " d.tenant, d.service, d.pathway_version, d.pathway_hash, d.inputs_digest, c.ordinal,"
     " c.uuid AS card, c.rule, c.focus, c.card_key, c.order_reference, c.order_action,"
     " c.order_verdict FROM feedback f JOIN card c ON c.uuid = f.card"
     " JOIN decision d ON d.id = c.decision_id AND d.client = f.client AND d.tenant = f.tenant"
     " AND d.service = f.service"},
    {"CREATE TABLE unknown_feedback ("
     " client TEXT NOT NULL, day BIGINT NOT NULL, items BIGINT NOT NULL,"
     " PRIMARY KEY (client, day))"},
    {"CREATE TABLE token ("
     " id TEXT NOT NULL PRIMARY KEY, ends_at BIGINT NOT NULL, claim TEXT NOT NULL)"},
    {"CREATE INDEX token_by_end ON token (ends_at)"},
};

// The schema, by version: entry n leads from version n to n + 1, and is never edited once released.
const std::array kMigrations = {&kFirstVersion, &kFeedback};
constexpr std::int64_t kSchemaVersion = kMigrations.size();

// Long enough for a large table; until then other programs wait for the lock.
constexpr const char* kMigrationTime = "SET LOCAL statement_timeout = 600000";

Issue NotOurs() {
  return {IssueCode::kNotSupported, "the database belongs to another program", ""};
}

std::optional<Issue> Judge(std::int64_t version) {
  if (version <= kSchemaVersion) return std::nullopt;
  return Issue{IssueCode::kNotSupported,
               "the database has schema version " + std::to_string(version) +
                   ", newer than version " + std::to_string(kSchemaVersion) +
                   " of this program: run the newer program, or restore an older backup",
               ""};
}

// What a database says about its schema; version 0: it is empty.
struct SchemaState {
  std::optional<Issue> issue;
  std::int64_t version = 0;
};

SchemaState StateOf(std::int64_t version) { return {Judge(version), version}; }

SchemaState FileState(soci::session& sql) {
  const std::int64_t application = NumberOf(sql, "PRAGMA application_id");
  const std::int64_t version = NumberOf(sql, "PRAGMA user_version");
  const bool empty = NumberOf(sql, "SELECT count(*) FROM sqlite_master") == 0;
  if (application != kApplicationId && !(application == 0 && version == 0 && empty)) {
    return {NotOurs(), 0};
  }
  return StateOf(version);
}

std::int64_t TablesNamed(soci::session& sql, const std::string& names) {
  return NumberOf(sql,
                  "SELECT count(*) FROM information_schema.tables"
                  " WHERE table_schema = current_schema() AND table_name IN (" +
                      names + ")");
}

SchemaState ServerState(soci::session& sql) {
  if (TablesNamed(sql, "'renalpath_schema'") == 1) {
    return StateOf(NumberOf(sql, "SELECT version FROM renalpath_schema"));
  }
  const bool free = TablesNamed(sql,
                                "'decision', 'card', 'suggestion', 'feedback',"
                                " 'feedback_suggestion', 'feedback_reason',"
                                " 'verified_feedback', 'unknown_feedback', 'token'") == 0;
  return free ? SchemaState{} : SchemaState{NotOurs(), 0};
}

SchemaState StateOf(StoreConnection& connection) {
  return connection.postgres() ? ServerState(connection.sql()) : FileState(connection.sql());
}

void RunMigrations(soci::session& sql, std::int64_t version, Dialect dialect) {
  for (auto step = static_cast<std::size_t>(version); step < kMigrations.size(); ++step) {
    for (const Statement& statement : *kMigrations[step]) {
      const bool meant = statement.dialect == Dialect::kBoth || statement.dialect == dialect;
      if (meant) sql << statement.text;
    }
  }
}

// Marks the file each time, current schema or not: SQLite opens a file that it may not write
// without a word, and only a commit tells.
std::optional<Issue> MigrateFile(soci::session& sql) {
  const SchemaState state = FileState(sql);
  if (state.issue) return state.issue;
  if (TextOf(sql, "PRAGMA journal_mode = WAL") != "wal") {
    return Issue{IssueCode::kProcessing, "the file system cannot hold a write-ahead log", ""};
  }
  soci::transaction transaction(sql);
  RunMigrations(sql, state.version, Dialect::kSqlite);
  sql << "PRAGMA application_id = " + std::to_string(kApplicationId);
  sql << "PRAGMA user_version = " + std::to_string(kSchemaVersion);
  transaction.commit();
  return std::nullopt;
}

// Programs that start together wait for each other, and the later find the work done.
std::optional<Issue> MigrateServer(soci::session& sql) {
  const SchemaState before = ServerState(sql);
  if (before.issue || before.version == kSchemaVersion) return before.issue;
  soci::transaction transaction(sql);
  sql << kMigrationTime;
  sql << "SELECT pg_advisory_xact_lock(" + std::to_string(kApplicationId) + ")";
  const SchemaState state = ServerState(sql);
  if (state.issue) return state.issue;
  if (state.version == 0) {
    sql << "CREATE TABLE renalpath_schema (version INTEGER NOT NULL)";
    sql << "INSERT INTO renalpath_schema (version) VALUES (0)";
  }
  RunMigrations(sql, state.version, Dialect::kPostgres);
  sql << "UPDATE renalpath_schema SET version = " + std::to_string(kSchemaVersion);
  transaction.commit();
  return std::nullopt;
}

}  // namespace

std::optional<Issue> BringUpToDate(StoreConnection& connection) {
  try {
    return connection.postgres() ? MigrateServer(connection.sql()) : MigrateFile(connection.sql());
  } catch (...) {
    return CurrentStoreIssue();
  }
}

fhir::Result<std::int64_t> SchemaVersion(StoreConnection& connection) {
  try {
    SchemaState state = StateOf(connection);
    if (state.issue) return *std::move(state.issue);
    return state.version;
  } catch (...) {
    return CurrentStoreIssue();
  }
}

std::int64_t NewestSchemaVersion() { return kSchemaVersion; }

std::vector<std::string> TablesOf(std::int64_t version) {
  std::vector<std::string> tables;
  constexpr std::string_view kCreate = "CREATE TABLE ";
  for (std::int64_t step = 0; step < version && step < kSchemaVersion; ++step) {
    for (const Statement& statement : *kMigrations[static_cast<std::size_t>(step)]) {
      std::string_view text = statement.text;
      if (!text.starts_with(kCreate)) continue;
      text.remove_prefix(kCreate.size());
      tables.emplace_back(text.substr(0, text.find(' ')));
    }
  }
  return tables;
}

std::optional<Issue> CheckUpToDate(StoreConnection& connection) {
  try {
    const SchemaState state = StateOf(connection);
    if (state.issue || state.version == kSchemaVersion) return state.issue;
    return Issue{IssueCode::kNotSupported,
                 "the database has schema version " + std::to_string(state.version) +
                     ": start the server of this version once, which brings it to version " +
                     std::to_string(kSchemaVersion),
                 ""};
  } catch (...) {
    return CurrentStoreIssue();
  }
}

}  // namespace renal::hooks::internal
