#include <set>
#include <string>

#include "hooks/internal/store_keys.h"
#include "hooks/internal/store_tables.h"

namespace renal::hooks::internal {

DecisionTables::DecisionTables(soci::session& sql)
    : known_(sql, "SELECT id FROM decision WHERE id IN", 1),
      decisions_(
          sql, "decision",
          {"id", "decided_at", "hook", "hook_instance", "service", "client", "tenant",
           "pathway_url", "pathway_version", "pathway_hash", "outcome", "rules", "patient_key",
           "user_key", "input_digest", "inputs_digest", "quieted", "stored_at"}),
      cards_(sql, "card",
             {"decision_id", "ordinal", "uuid", "rule", "focus", "indicator", "topic",
              "order_reference", "order_action", "order_verdict", "order_code", "card_key"}),
      suggestions_(sql, "suggestion", {"decision_id", "card_ordinal", "ordinal", "uuid"}) {}

void DecisionTables::Insert(const std::vector<const DecisionWork*>& works) {
  std::vector<std::string> ids;
  ids.reserve(works.size());
  for (const DecisionWork* work : works) ids.push_back(work->record.id);
  std::set<std::string> stored;
  for (auto& row : known_.Rows(ids)) stored.insert(std::move(row.front()));
  for (const DecisionWork* work : works) {
    if (stored.insert(work->record.id).second) Add(*work);
  }
  decisions_.Flush();
  cards_.Flush();
  suggestions_.Flush();
}

void DecisionTables::Add(const DecisionWork& work) {
  const DecisionRecord& record = work.record;
  decisions_.Add({record.id, record.at, record.hook, record.hook_instance, record.service,
                  record.client, record.tenant, record.pathway_url, record.pathway_version,
                  record.pathway_hash, record.outcome, record.rules, record.patient_key,
                  record.user_key, record.input_digest, record.inputs_digest,
                  std::to_string(record.quieted), std::to_string(work.at)});
  for (std::size_t i = 0; i < record.cards.size(); ++i) AddCard(record, record.cards[i], i);
}

void DecisionTables::AddCard(const DecisionRecord& record, const DecisionCard& card,
                             std::size_t ordinal) {
  const std::string place = std::to_string(ordinal);
  cards_.Add({record.id, place, card.uuid, card.rule, card.focus, card.indicator, card.topic,
              card.order.reference, card.order.action, card.order.verdict, card.order.code,
              CardKey(record, card)});
  for (std::size_t i = 0; i < card.suggestions.size(); ++i) {
    suggestions_.Add({record.id, place, std::to_string(i), card.suggestions[i]});
  }
}

}  // namespace renal::hooks::internal
