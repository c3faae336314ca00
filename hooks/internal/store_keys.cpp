#include "hooks/internal/store_keys.h"

#include <vector>

#include "fhir/digest.h"

namespace renal::hooks::internal {

std::string KeyOf(const std::vector<std::string_view>& parts) {
  std::string bytes;
  for (const std::string_view part : parts) {
    bytes.append(std::to_string(part.size())).append(":").append(part);
  }
  return fhir::Sha256Hex(bytes);
}

std::string CardKey(const DecisionRecord& record, const DecisionCard& card) {
  return KeyOf({record.client, record.tenant, record.user_key, record.patient_key,
                record.pathway_hash, card.rule, card.focus, card.order.code, record.inputs_digest});
}

std::string FeedbackKey(const FeedbackPost& post, const FeedbackItem& item) {
  std::vector<std::string_view> parts = {
      post.client, post.tenant, post.service, item.card, Spelling(item.outcome), item.at};
  parts.insert(parts.end(), item.suggestions.begin(), item.suggestions.end());
  for (const OverrideReason& reason : item.reasons) {
    parts.insert(parts.end(), {"reason", reason.system, reason.code, reason.display});
  }
  parts.push_back(item.comment);
  return KeyOf(parts);
}

std::string TokenKey(const TokenUse& use) { return KeyOf({use.issuer, use.id}); }

std::string ExchangeKey(std::string_view exchange) { return KeyOf({"exchange", exchange}); }

}  // namespace renal::hooks::internal
