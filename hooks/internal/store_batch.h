#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <soci/soci.h>

/// Many rows with one round trip to the database, by prepared statements of a few fixed sizes.
namespace renal::hooks::internal {

/// A prepared statement with so many texts as its parameters. SOCI binds addresses, so it never
/// moves.
class TextStatement {
 public:
  /// `columns`: texts that each row of the answer has. `text` names its parameters in any way, each
  /// once; `numbers` of them come first.
  TextStatement(soci::session& sql, const std::string& text, std::size_t numbers,
                std::size_t values, std::size_t columns);
  TextStatement(const TextStatement&) = delete;
  TextStatement& operator=(const TextStatement&) = delete;

  std::vector<long long>& numbers() { return numbers_; }
  std::vector<std::string>& values() { return values_; }

  /// Runs it; the rows of the answer, if it gives any.
  std::vector<std::vector<std::string>> Run();

 private:
  std::vector<long long> numbers_;
  std::vector<std::string> values_;
  std::vector<std::string> row_;
  soci::statement statement_;
};

/// Rows of one table on their way into it; one whose key is there already is left out.
class BatchInsert {
 public:
  BatchInsert(soci::session& sql, std::string table, std::vector<std::string> columns);

  /// One value a column; numbers as their decimal text.
  void Add(std::vector<std::string> row);
  /// Inserts what was added. After an exception the object must not be used again.
  void Flush();
  /// Forgets what was added.
  void Clear() { values_.clear(); }

 private:
  std::string TextFor(std::size_t rows) const;

  soci::session& sql_;
  std::string table_;
  std::vector<std::string> columns_;
  std::vector<std::string> values_;
  std::map<std::size_t, std::unique_ptr<TextStatement>> statements_;  // by rows
};

/// A question about many keys at once.
class BatchSelect {
 public:
  /// `text` asks for `columns` texts and ends in "... IN"; `numbers` parameters stand in it.
  BatchSelect(soci::session& sql, std::string text, std::size_t columns, std::size_t numbers = 0);

  /// The rows for any of the keys, in no order.
  std::vector<std::vector<std::string>> Rows(const std::vector<std::string>& keys,
                                             const std::vector<std::int64_t>& numbers = {});

 private:
  soci::session& sql_;
  std::string text_;
  std::size_t columns_;
  std::size_t numbers_;
  std::map<std::size_t, std::unique_ptr<TextStatement>> statements_;  // by keys
};

}  // namespace renal::hooks::internal
