#include "hooks/internal/store_lookups.h"

#include <utility>

namespace renal::hooks::internal {
namespace {

// The card, as it was shown for the first time under that id.
void FindCard(soci::session& sql, const std::string& uuid, StoredCard& card) {
  long long shown = 0;
  soci::statement statement =
      (sql.prepare << "SELECT card.rule, decision.service, decision.pathway_version,"
                      " decision.pathway_hash, decision.stored_at FROM card"
                      " JOIN decision ON decision.id = card.decision_id"
                      " WHERE card.uuid = :uuid ORDER BY decision.stored_at LIMIT 1",
       soci::into(card.rule), soci::into(card.service), soci::into(card.version),
       soci::into(card.hash), soci::into(shown), soci::use(uuid));
  card.known = statement.execute(true);
  card.shown = shown;
}

}  // namespace

std::vector<ServedVersion> LookUpVersions(soci::session& sql, int most) {
  ServedVersion row;
  long long first = 0, last = 0, calls = 0, cards = 0;
  soci::statement statement =
      (sql.prepare << "SELECT pathway_url, pathway_version, pathway_hash, min(stored_at),"
                      " max(stored_at), count(*), sum((SELECT count(*) FROM card"
                      " WHERE card.decision_id = decision.id)) FROM decision"
                      " GROUP BY pathway_url, pathway_version, pathway_hash"
                      " ORDER BY max(stored_at) DESC, pathway_hash LIMIT :most",
       soci::into(row.url), soci::into(row.version), soci::into(row.hash), soci::into(first),
       soci::into(last), soci::into(calls), soci::into(cards), soci::use(most));
  std::vector<ServedVersion> versions;
  for (bool more = statement.execute(true); more; more = statement.fetch()) {
    row.first = first;
    row.last = last;
    row.calls = calls;
    row.cards = cards;
    versions.push_back(row);
  }
  return versions;
}

StoredCard LookUpCard(soci::session& sql, const std::string& uuid) {
  StoredCard card;
  FindCard(sql, uuid, card);
  StoredFeedback row;
  long long received = 0;
  soci::statement statement =
      (sql.prepare << "SELECT outcome, outcome_at, received_at FROM verified_feedback"
                      " WHERE card = :uuid ORDER BY received_at, feedback_id LIMIT 100",
       soci::into(row.outcome), soci::into(row.outcome_at), soci::into(received), soci::use(uuid));
  for (bool more = statement.execute(true); more; more = statement.fetch()) {
    row.received = received;
    card.feedback.push_back(row);
  }
  return card;
}

}  // namespace renal::hooks::internal
