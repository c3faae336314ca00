#include "hooks/internal/store_batch.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace renal::hooks::internal {
namespace {

// Rows of a statement: a batch is cut into the largest that fit.
constexpr std::array<std::size_t, 4> kSizes = {64, 16, 4, 1};

std::size_t LargestWithin(std::size_t rows) {
  return *std::ranges::find_if(kSizes, [rows](std::size_t size) { return size <= rows; });
}

/// "(:v0, :v1)", counting on from `next`.
std::string Parameters(std::size_t count, std::size_t& next) {
  std::string text = "(";
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    text += ":v" + std::to_string(next++);
  }
  return text + ")";
}

}  // namespace

TextStatement::TextStatement(soci::session& sql, const std::string& text, std::size_t numbers,
                             std::size_t values, std::size_t columns)
    : numbers_(numbers), values_(values), row_(columns), statement_(sql) {
  for (long long& number : numbers_) statement_.exchange(soci::use(number));
  for (std::string& value : values_) statement_.exchange(soci::use(value));
  for (std::string& column : row_) statement_.exchange(soci::into(column));
  statement_.alloc();
  statement_.prepare(text);
  statement_.define_and_bind();
}

std::vector<std::vector<std::string>> TextStatement::Run() {
  std::vector<std::vector<std::string>> rows;
  bool more = statement_.execute(true);
  if (row_.empty()) return rows;
  // To the end, also where one row is all there is: an open answer of SQLite holds its lock.
  for (; more; more = statement_.fetch()) rows.push_back(row_);
  return rows;
}

BatchInsert::BatchInsert(soci::session& sql, std::string table, std::vector<std::string> columns)
    : sql_(sql), table_(std::move(table)), columns_(std::move(columns)) {}

void BatchInsert::Add(std::vector<std::string> row) {
  std::ranges::move(row, std::back_inserter(values_));
}

std::string BatchInsert::TextFor(std::size_t rows) const {
  std::string text = "INSERT INTO " + table_ + " (";
  for (const std::string& column : columns_) {
    text += (text.ends_with('(') ? "" : ", ") + column;
  }
  text += ") VALUES ";
  std::size_t next = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    text += (i > 0 ? ", " : "") + Parameters(columns_.size(), next);
  }
  return text + " ON CONFLICT DO NOTHING";
}

void BatchInsert::Flush() {
  const std::size_t width = columns_.size();
  for (std::size_t done = 0; done < values_.size();) {
    const std::size_t rows = LargestWithin((values_.size() - done) / width);
    auto& statement = statements_[rows];
    if (!statement) {
      statement = std::make_unique<TextStatement>(sql_, TextFor(rows), 0, rows * width, 0);
    }
    for (std::string& value : statement->values()) value = std::move(values_[done++]);
    statement->Run();
  }
  values_.clear();
}

BatchSelect::BatchSelect(soci::session& sql, std::string text, std::size_t columns,
                         std::size_t numbers)
    : sql_(sql), text_(std::move(text)), columns_(columns), numbers_(numbers) {}

std::vector<std::vector<std::string>> BatchSelect::Rows(const std::vector<std::string>& keys,
                                                        const std::vector<std::int64_t>& numbers) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t done = 0; done < keys.size();) {
    const std::size_t count = LargestWithin(keys.size() - done);
    auto& statement = statements_[count];
    if (!statement) {
      std::size_t next = 0;
      const std::string text = text_ + " " + Parameters(count, next);
      statement = std::make_unique<TextStatement>(sql_, text, numbers_, count, columns_);
    }
    std::ranges::copy(numbers, statement->numbers().begin());
    for (std::string& value : statement->values()) value = keys[done++];
    std::ranges::move(statement->Run(), std::back_inserter(rows));
  }
  return rows;
}

}  // namespace renal::hooks::internal
