#include <string>

#include "hooks/internal/store_tables.h"

namespace renal::hooks::internal {
namespace {

// Expired uses are removed so many at a time, so often.
constexpr long long kTidyRows = 5'000;
constexpr std::int64_t kTidyPause = 10'000;

// How often all are counted, which takes a while where there are many.
constexpr std::int64_t kCountPause = 60'000;

}  // namespace

TokenTable::TokenTable(StoreConnection& connection, std::size_t most)
    : connection_(connection),
      most_(static_cast<std::int64_t>(most)),
      sql_(connection.sql()),
      tokens_(sql_, "token", {"id", "ends_at", "claim"}),
      claims_(sql_, "SELECT claim FROM token WHERE id IN", 1) {}

void TokenTable::Insert(TokenWork& work) {
  Tidy(Now(work));
  if (live_ >= most_) {
    work.verdict = TokenVerdict::kFull;
    return;
  }
  tokens_.Add({work.key, std::to_string(work.ends_at), work.claim});
  tokens_.Flush();
  ++live_;
  const auto rows = claims_.Rows({work.key});
  const bool ours = !rows.empty() && rows.front().front() == work.claim;
  work.verdict = ours ? TokenVerdict::kFirst : TokenVerdict::kSeen;
}

// Instances share the table, and one whose clock is ahead would forget what is still good at the
// others: the database's clock decides. A file has one program, and its clock.
std::int64_t TokenTable::Now(const TokenWork& work) {
  if (!connection_.postgres()) return work.at;
  return NumberOf(sql_, "SELECT CAST(extract(epoch FROM now()) * 1000 AS BIGINT)");
}

void TokenTable::Tidy(std::int64_t now) {
  if (now >= tidy_at_) {
    const long long ended = now;
    soci::statement remove =
        (sql_.prepare << "DELETE FROM token WHERE id IN"
                         " (SELECT id FROM token WHERE ends_at < :now LIMIT :rows)",
         soci::use(ended), soci::use(kTidyRows));
    remove.execute(true);
    const bool more = remove.get_affected_rows() >= kTidyRows;
    tidy_at_ = more ? now : now + kTidyPause;
  }
  if (now >= count_at_) {
    long long rows = 0;
    sql_ << "SELECT count(*) FROM token", soci::into(rows);
    live_ = rows;
    count_at_ = now + kCountPause;
  }
}

}  // namespace renal::hooks::internal
