#include "hooks/internal/decision.h"

#include <algorithm>

namespace renal::hooks::internal {
namespace {

using pathways::OrderVerdict;
using pathways::Outcome;

DecidedOrder OrderOf(const cards::Card& card, const Outcome& outcome) {
  const auto order = std::ranges::find(outcome.orders, card.order, &OrderVerdict::reference);
  if (card.order.empty() || order == outcome.orders.end()) return {};
  const bool named = order->action != pathways::kNone;
  return {.reference = card.order,
          .action = named ? outcome.pathway->actions[order->action].id : std::string(),
          .verdict = pathways::Spelling(order->verdict)};
}

DecisionCard CardOf(const cards::Card& card, const Outcome& outcome) {
  DecisionCard kept{.uuid = card.uuid,
                    .rule = card.rule,
                    .indicator = cards::Spelling(card.indicator),
                    .order = OrderOf(card, outcome)};
  // The topic of a card is the rule that leads it, as the client can read it, so that clients
  // remember overrides by rule.
  if (card.source.topic) kept.topic = card.source.topic->code;
  for (const cards::Suggestion& suggestion : card.suggestions) {
    kept.suggestions.push_back(suggestion.uuid);
  }
  return kept;
}

}  // namespace

DecisionRecord DecisionOf(const HookRequest& request, const Outcome& outcome,
                          const cards::Response& answer) {
  DecisionRecord record{.id = outcome.trace_id,
                        .at = outcome.evaluated_at,
                        .hook = request.hook,
                        .hook_instance = request.hook_instance,
                        .pathway_url = outcome.pathway->url,
                        .pathway_version = outcome.pathway->version,
                        .pathway_hash = outcome.pathway->hash,
                        .outcome = pathways::Spelling(outcome.kind)};
  for (const cards::Card& card : answer.cards) record.cards.push_back(CardOf(card, outcome));
  return record;
}

}  // namespace renal::hooks::internal
