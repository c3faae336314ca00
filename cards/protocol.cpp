#include "cards/protocol.h"

#include <string>
#include <utility>

#include "fhir/own_json.h"

namespace renal::cards {
namespace {

fhir::WrittenJson JsonString(std::string_view text) {
  fhir::JsonWriter writer;
  writer.String(text);
  return writer.TakeWritten();
}

void NameByString(Action& action) {
  if (action.type != ActionType::kDelete || action.resource_id.empty()) return;
  action.resource = JsonString(action.resource_id);
  action.resource_id.clear();
}

void Reduce(Card& card) {
  card.uuid.clear();
  card.source.topic.reset();
  card.override_reasons.clear();
  if (card.selection == Selection::kAny) card.selection = Selection::kAtMostOne;
  for (Suggestion& suggestion : card.suggestions) suggestion.is_recommended = false;
}

}  // namespace

const char* Spelling(Protocol protocol) {
  switch (protocol) {
    case Protocol::k1_0:
      return "1.0";
    case Protocol::k1_1:
      return "1.1";
    case Protocol::k2_0:
      return "2.0";
    case Protocol::k3_0:
      return "3.0";
  }
  return "";
}

std::optional<Protocol> ReadProtocol(std::string_view text) {
  for (const Protocol protocol : {Protocol::k1_0, Protocol::k1_1, Protocol::k2_0, Protocol::k3_0}) {
    if (text == Spelling(protocol)) return protocol;
  }
  return std::nullopt;
}

void ConvertTo(Protocol protocol, Response& response) {
  if (protocol >= Protocol::k2_0) return;
  if (protocol == Protocol::k1_0) response.empty_system_actions = false;
  for (Card& card : response.cards) {
    if (protocol == Protocol::k1_0) Reduce(card);
    for (Suggestion& suggestion : card.suggestions) {
      for (Action& action : suggestion.actions) NameByString(action);
    }
  }
}

}  // namespace renal::cards
