#include <set>
#include <string>

#include "hooks/internal/store_keys.h"
#include "hooks/internal/store_tables.h"

namespace renal::hooks::internal {
namespace {

constexpr std::int64_t kDay = std::int64_t{24} * 60 * 60 * 1000;

using Verdict = FeedbackReceipt::Verdict;

}  // namespace

FeedbackTables::FeedbackTables(soci::session& sql, std::size_t unknown_per_day)
    : sql_(sql),
      unknown_per_day_(static_cast<long long>(unknown_per_day)),
      cards_(sql,
             "SELECT c.uuid, d.client, d.tenant, d.service FROM card c"
             " JOIN decision d ON d.id = c.decision_id WHERE c.uuid IN",
             4),
      known_(sql, "SELECT id FROM feedback WHERE id IN", 1),
      feedback_(sql, "feedback",
                {"id", "received_at", "client", "tenant", "service", "card", "outcome",
                 "outcome_at", "outcome_at_ms", "user_comment"}),
      suggestions_(sql, "feedback_suggestion", {"feedback_id", "ordinal", "uuid"}),
      reasons_(sql, "feedback_reason",
               {"feedback_id", "ordinal", "code_system", "code", "display"}) {}

std::vector<bool> FeedbackTables::Verified(const FeedbackPost& post) {
  std::vector<std::string> uuids;
  uuids.reserve(post.items.size());
  for (const FeedbackItem& item : post.items) uuids.push_back(item.card);
  std::set<std::string> given;
  for (const auto& row : cards_.Rows(uuids)) {
    if (row[1] == post.client && row[2] == post.tenant && row[3] == post.service) {
      given.insert(row[0]);
    }
  }
  std::vector<bool> verified;
  verified.reserve(uuids.size());
  for (const std::string& uuid : uuids) verified.push_back(given.contains(uuid));
  return verified;
}

void FeedbackTables::Insert(FeedbackWork& work) {
  FeedbackReceipt& receipt = work.receipt = {};
  const std::vector<FeedbackItem>& items = work.post.items;
  const std::vector<bool> verified = Verified(work.post);
  std::vector<std::string> keys;
  keys.reserve(items.size());
  for (const FeedbackItem& item : items) keys.push_back(FeedbackKey(work.post, item));
  std::set<std::string> stored;
  for (auto& row : known_.Rows(keys)) stored.insert(std::move(row.front()));

  std::int64_t unknown = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!verified[i]) receipt.unverified.push_back(items[i].index);
    if (!stored.insert(keys[i]).second) {
      ++receipt.repeated;
      continue;
    }
    ++receipt.stored;
    if (!verified[i]) ++unknown;
    Add(work, items[i], keys[i]);
  }
  receipt.verdict = Verdict::kStored;
  if (work.post.strict && !receipt.unverified.empty()) receipt.verdict = Verdict::kUnknownCard;
  if (receipt.verdict == Verdict::kStored && unknown > 0 && !CountUnknown(work, unknown)) {
    receipt.verdict = Verdict::kTooMany;
  }
  const bool keep = receipt.verdict == Verdict::kStored;
  if (!keep) receipt.stored = receipt.repeated = 0;
  for (BatchInsert* batch : {&feedback_, &suggestions_, &reasons_}) {
    keep ? batch->Flush() : batch->Clear();
  }
}

void FeedbackTables::Add(const FeedbackWork& work, const FeedbackItem& item,
                         const std::string& key) {
  const FeedbackPost& post = work.post;
  feedback_.Add({key, std::to_string(work.at), post.client, post.tenant, post.service, item.card,
                 Spelling(item.outcome), item.at, std::to_string(item.at_ms), item.comment});
  for (std::size_t i = 0; i < item.suggestions.size(); ++i) {
    suggestions_.Add({key, std::to_string(i), item.suggestions[i]});
  }
  for (std::size_t i = 0; i < item.reasons.size(); ++i) {
    const OverrideReason& reason = item.reasons[i];
    reasons_.Add({key, std::to_string(i), reason.system, reason.code, reason.display});
  }
}

// False, and nothing is counted, if the client's day would have more than it may. The row's lock
// keeps other servers from counting at the same time.
bool FeedbackTables::CountUnknown(const FeedbackWork& work, std::int64_t items) {
  const std::string& client = work.post.client;
  const long long day = work.at / kDay;
  const long long more = items;
  sql_ << "INSERT INTO unknown_feedback (client, day, items) VALUES (:client, :day, :items)"
          " ON CONFLICT (client, day) DO UPDATE"
          " SET items = unknown_feedback.items + excluded.items",
      soci::use(client), soci::use(day), soci::use(more);
  long long counted = 0;
  sql_ << "SELECT items FROM unknown_feedback WHERE client = :client AND day = :day",
      soci::into(counted), soci::use(client), soci::use(day);
  if (counted <= unknown_per_day_) {
    sql_ << "DELETE FROM unknown_feedback WHERE client = :client AND day < :day", soci::use(client),
        soci::use(day);
    return true;
  }
  sql_ << "UPDATE unknown_feedback SET items = items - :items"
          " WHERE client = :client AND day = :day",
      soci::use(more), soci::use(client), soci::use(day);
  return false;
}

}  // namespace renal::hooks::internal
