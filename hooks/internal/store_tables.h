#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <soci/soci.h>

#include "hooks/internal/store_batch.h"
#include "hooks/internal/store_connection.h"
#include "hooks/internal/store_work.h"

/// The tables that are written, each with its statements, prepared once for a connection. All
/// functions are called inside a transaction, and throw what SOCI throws.
namespace renal::hooks::internal {

/// Decisions with their cards and suggestions.
class DecisionTables {
 public:
  explicit DecisionTables(soci::session& sql);
  /// A record whose id is stored already, or is that of an earlier one, is left out with its cards.
  void Insert(const std::vector<const DecisionWork*>& works);

 private:
  void Add(const DecisionWork& work);
  void AddCard(const DecisionRecord& record, const DecisionCard& card, std::size_t ordinal);

  BatchSelect known_;
  BatchInsert decisions_;
  BatchInsert cards_;
  BatchInsert suggestions_;
};

/// Feedback with its reasons and suggestions, and the count of unknown cards.
class FeedbackTables {
 public:
  /// `unknown_per_day`: StoreLimits::unknown_per_day.
  FeedbackTables(soci::session& sql, std::size_t unknown_per_day);
  /// Sets the receipt.
  void Insert(FeedbackWork& work);

 private:
  void Add(const FeedbackWork& work, const FeedbackItem& item, const std::string& key);
  std::vector<bool> Verified(const FeedbackPost& post);
  bool CountUnknown(const FeedbackWork& work, std::int64_t items);

  soci::session& sql_;
  const long long unknown_per_day_;
  BatchSelect cards_;
  BatchSelect known_;
  BatchInsert feedback_;
  BatchInsert suggestions_;
  BatchInsert reasons_;
};

/// Uses of tokens.
class TokenTable {
 public:
  /// `most`: StoreLimits::live_tokens.
  TokenTable(StoreConnection& connection, std::size_t most);
  /// Sets the verdict.
  void Insert(TokenWork& work);

 private:
  std::int64_t Now(const TokenWork& work);
  void Tidy(std::int64_t now);

  StoreConnection& connection_;
  const std::int64_t most_;
  soci::session& sql_;
  BatchInsert tokens_;
  BatchSelect claims_;
  std::int64_t tidy_at_ = 0;   // when expired ones are removed next
  std::int64_t count_at_ = 0;  // when the live ones are counted next
  std::int64_t live_ = 0;      // as counted last, and inserted since
};

}  // namespace renal::hooks::internal
