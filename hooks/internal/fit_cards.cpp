#include "hooks/internal/fit_cards.h"

#include <algorithm>
#include <string>
#include <vector>

#include "cards/catalogue.h"
#include "cards/markdown.h"
#include "fhir/json.h"

namespace renal::hooks::internal {
namespace {

// Epic's limit for the key that it remembers an override by.
constexpr std::size_t kMaxTopicCode = 100;

std::string_view HostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?#:"));
}

bool IsAllowed(const ClientProfile& profile, const cards::Link& link) {
  if (!profile.links) return false;
  if (profile.link_hosts.empty()) return true;
  return std::ranges::find(profile.link_hosts, HostOf(link.url)) != profile.link_hosts.end();
}

std::string Alphanumeric(std::string_view code) {
  std::string kept;
  for (const char c : code) {
    const bool fits = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (fits && kept.size() < kMaxTopicCode) kept += c;
  }
  return kept;
}

void SetReasons(const ClientProfile& profile, const cards::Catalogue& words, cards::Card& card) {
  if (!profile.override_reasons) return card.override_reasons.clear();
  if (profile.own_reasons.empty()) return;
  card.override_reasons = profile.own_reasons;
  for (cards::Coding& reason : card.override_reasons) {
    if (reason.display.empty()) reason.display = words.Name(reason.code);
    reason.display = cards::CleanLine(reason.display);
  }
}

std::string TypeOf(const fhir::WrittenJson& resource) {
  const auto read = fhir::JsonDocument::Parse(resource.text());
  return read ? std::string(read->root()["resourceType"].string()) : std::string();
}

/// True if every delete stands beside a create of the same type.
bool DeletesInPairs(const cards::Suggestion& suggestion) {
  return std::ranges::all_of(suggestion.actions, [&](const cards::Action& action) {
    if (action.type != cards::ActionType::kDelete) return true;
    const std::string type = action.resource_id.substr(0, action.resource_id.find('/'));
    return std::ranges::any_of(suggestion.actions, [&](const cards::Action& other) {
      return other.type == cards::ActionType::kCreate && TypeOf(other.resource) == type;
    });
  });
}

void FitCard(const ClientProfile& profile, const cards::Catalogue& words, cards::Card& card) {
  std::erase_if(card.links, [&](const cards::Link& link) { return !IsAllowed(profile, link); });
  if (profile.alphanumeric_topics && card.source.topic) {
    card.source.topic->code = Alphanumeric(card.source.topic->code);
  }
  SetReasons(profile, words, card);
  if (!profile.lone_deletes) {
    std::erase_if(card.suggestions,
                  [](const cards::Suggestion& suggestion) { return !DeletesInPairs(suggestion); });
    if (card.suggestions.empty()) card.selection = cards::Selection::kNone;
  }
  card.extension.insert(card.extension.end(), profile.card_extension.begin(),
                        profile.card_extension.end());
}

}  // namespace

void FitCards(const ClientProfile& profile, std::string_view hook, const pathways::Pathway& pathway,
              cards::Response& response) {
  const cards::Catalogue* words = cards::Catalogue::Of(pathway.language);
  if (words == nullptr) words = &cards::Catalogue::English();
  for (cards::Card& card : response.cards) FitCard(profile, *words, card);
  response.empty_system_actions =
      std::ranges::find(profile.empty_system_actions, hook) != profile.empty_system_actions.end();
}

}  // namespace renal::hooks::internal
