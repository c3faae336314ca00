#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace renal::hooks {

using Row = std::vector<std::string>;

/// SQLite's own interface, as a second reader of what the store has written.
class Sqlite {
 public:
  explicit Sqlite(const std::filesystem::path& file, int flags = SQLITE_OPEN_READONLY) {
    if (sqlite3_open_v2(file.c_str(), &database_, flags, nullptr) != SQLITE_OK) {
      ADD_FAILURE() << sqlite3_errmsg(database_);
    }
  }
  ~Sqlite() { sqlite3_close(database_); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  std::vector<Row> Query(const std::string& text) {
    std::vector<Row> rows;
    char* error = nullptr;
    sqlite3_exec(database_, text.c_str(), &Collect, &rows, &error);
    if (error != nullptr) {
      ADD_FAILURE() << text << ": " << error;
    }
    sqlite3_free(error);
    return rows;
  }
  std::string One(const std::string& text) {
    const auto rows = Query(text);
    return rows.size() == 1 && rows[0].size() == 1 ? rows[0][0] : "not one value";
  }

 private:
  static int Collect(void* rows, int count, char** values, char** /*names*/) {
    Row row;
    for (int i = 0; i < count; ++i) row.emplace_back(values[i] != nullptr ? values[i] : "NULL");
    static_cast<std::vector<Row>*>(rows)->push_back(std::move(row));
    return 0;
  }
  sqlite3* database_ = nullptr;
};

}  // namespace renal::hooks
