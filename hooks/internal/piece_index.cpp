#include "hooks/internal/piece_index.h"

#include <mutex>
#include <stdexcept>

#include <sqlite3.h>

namespace renal::hooks::internal {
namespace {

constexpr const char* kSchema =
    // Nobody reads the file after a crash, so nothing has to survive one.
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA temp_store = FILE; PRAGMA cache_size = -16384;"
    "CREATE TABLE piece (unit TEXT NOT NULL, seq INTEGER NOT NULL, file INTEGER NOT NULL,"
    " start INTEGER NOT NULL, length INTEGER NOT NULL, origin INTEGER NOT NULL,"
    " line INTEGER NOT NULL);"
    "CREATE TABLE shared (reference TEXT NOT NULL, type TEXT NOT NULL, file INTEGER NOT NULL,"
    " start INTEGER NOT NULL, length INTEGER NOT NULL, origin INTEGER NOT NULL,"
    " line INTEGER NOT NULL);"
    "CREATE TABLE sorted_row (rank INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL);"
    "BEGIN;";

/// What SQLite's result codes mean to an operator; its own texts may quote values.
std::string Sentence(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "the disk of the output folder is full";
    case SQLITE_IOERR:
      return "the disk of the output folder fails to read or write";
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return "the index cannot be written in the output folder";
    case SQLITE_NOMEM:
      return "there is not enough memory for the index";
    default:
      return "the index of the export refuses to work";
  }
}

void Check(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  throw std::runtime_error(Sentence(code));
}

}  // namespace

/// One compiled statement.
class Statement {
 public:
  Statement(sqlite3* database, const char* text) {
    Check(sqlite3_prepare_v2(database, text, -1, &statement_, nullptr));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Text(int at, std::string_view text) {
    Check(
        sqlite3_bind_text64(statement_, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
  }
  Statement& Number(int at, std::int64_t number) {
    Check(sqlite3_bind_int64(statement_, at, number));
    return *this;
  }
  Statement& Place(int at, const TextPlace& place) {
    Number(at, place.file).Number(at + 1, place.start).Number(at + 2, place.length);
    return Number(at + 3, place.origin).Number(at + 4, place.line);
  }
  /// False at the end, and ever after: SQLite itself would begin anew.
  bool Step() {
    if (ended_) return false;
    const int code = sqlite3_step(statement_);
    Check(code);
    ended_ = code != SQLITE_ROW;
    return !ended_;
  }
  void Run() {
    Step();
    Reset();
  }
  void Reset() {
    sqlite3_reset(statement_);
    ended_ = false;
  }

  std::string TextAt(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::int64_t NumberAt(int column) const { return sqlite3_column_int64(statement_, column); }
  TextPlace PlaceAt(int column) const {
    return {NumberAt(column), NumberAt(column + 1), NumberAt(column + 2), NumberAt(column + 3),
            NumberAt(column + 4)};
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  bool ended_ = false;
};

struct PieceIndex::State {
  ~State() {
    add.reset();
    add_shared.reset();
    add_row.reset();
    next.reset();
    next_row.reset();
    find.reset();
    sqlite3_close(database);
  }
  sqlite3* database = nullptr;
  std::mutex mutex;  ///< several threads find, while others take pieces and add rows
  std::unique_ptr<Statement> add, add_shared, add_row, next, next_row, find;
};

PieceIndex::PieceIndex(const std::filesystem::path& file) : state_(std::make_unique<State>()) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  Check(sqlite3_open_v2(file.c_str(), &state_->database, kFlags, nullptr));
  Check(sqlite3_exec(state_->database, kSchema, nullptr, nullptr, nullptr));
  const auto compile = [this](const char* text) {
    return std::make_unique<Statement>(state_->database, text);
  };
  state_->add = compile("INSERT INTO piece VALUES (?, ?, ?, ?, ?, ?, ?)");
  state_->add_shared = compile("INSERT INTO shared VALUES (?, ?, ?, ?, ?, ?, ?)");
  state_->add_row = compile("INSERT INTO sorted_row VALUES (?, ?, ?)");
  state_->find =
      compile("SELECT file, start, length, origin, line FROM shared WHERE reference = ?");
}

PieceIndex::~PieceIndex() = default;

void PieceIndex::Add(const Piece& piece) {
  const std::lock_guard lock(state_->mutex);
  state_->add->Text(1, piece.unit).Number(2, pieces_++).Place(3, piece.place).Run();
}

void PieceIndex::AddShared(std::string_view reference, const TextPlace& place) {
  const std::lock_guard lock(state_->mutex);
  const std::string_view type = reference.substr(0, reference.find('/'));
  state_->add_shared->Text(1, reference).Text(2, type).Place(3, place).Run();
}

void PieceIndex::Sort() {
  const std::lock_guard lock(state_->mutex);
  Check(sqlite3_exec(state_->database, "CREATE INDEX by_reference ON shared (reference)", nullptr,
                     nullptr, nullptr));
  state_->next = std::make_unique<Statement>(
      state_->database,
      "SELECT unit, file, start, length, origin, line FROM piece ORDER BY unit, seq");
}

bool PieceIndex::Next(Piece& piece) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->next->Step()) return false;
  piece.unit = state_->next->TextAt(0);
  piece.place = state_->next->PlaceAt(1);
  return true;
}

std::vector<std::string> PieceIndex::SharedTypes() {
  const std::lock_guard lock(state_->mutex);
  std::vector<std::string> types;
  Statement statement(state_->database, "SELECT DISTINCT type FROM shared ORDER BY type");
  while (statement.Step()) types.push_back(statement.TextAt(0));
  return types;
}

std::vector<TextPlace> PieceIndex::FindShared(std::string_view reference) {
  const std::lock_guard lock(state_->mutex);
  std::vector<TextPlace> places;
  state_->find->Text(1, reference);
  while (state_->find->Step()) places.push_back(state_->find->PlaceAt(0));
  state_->find->Reset();
  return places;
}

void PieceIndex::AddRow(const SortedRow& row) {
  const std::lock_guard lock(state_->mutex);
  state_->add_row->Number(1, row.rank).Text(2, row.key).Text(3, row.text).Run();
}

void PieceIndex::SortRows() {
  const std::lock_guard lock(state_->mutex);
  state_->next_row = std::make_unique<Statement>(
      state_->database, "SELECT rank, key, text FROM sorted_row ORDER BY rank, key, rowid");
}

bool PieceIndex::NextRow(SortedRow& row) {
  const std::lock_guard lock(state_->mutex);
  if (!state_->next_row->Step()) return false;
  row.rank = state_->next_row->NumberAt(0);
  row.key = state_->next_row->TextAt(1);
  row.text = state_->next_row->TextAt(2);
  return true;
}

}  // namespace renal::hooks::internal
