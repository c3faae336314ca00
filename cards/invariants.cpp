#include "cards/invariants.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "cards/json.h"
#include "cards/markdown.h"
#include "cards/uuid.h"
#include "fhir/json.h"

namespace renal::cards {
namespace {

constexpr std::string_view kOutcomeExtension = "org.renalpath.outcome";

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool IsSecureUrl(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  return url.starts_with(kScheme) && url.size() > kScheme.size() && url[kScheme.size()] != '/' &&
         std::ranges::all_of(url, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

/// Looks at a response and takes out what offends, part by part. Check() runs it on a copy.
class Inspection {
 public:
  std::vector<Violation> Run(Response& response) {
    CheckExtension(response.extension, "");
    for (std::size_t i = 0; i < response.cards.size(); ++i) {
      if (!CheckCard(response.cards[i], "/cards/" + std::to_string(i))) broken_.push_back(i);
    }
    for (auto i = broken_.rbegin(); i != broken_.rend(); ++i) {
      response.cards.erase(response.cards.begin() + static_cast<std::ptrdiff_t>(*i));
    }
    CheckCount(response);
    CheckSize(response);
    return std::move(found_);
  }

 private:
  bool Found(Invariant invariant, std::string place) {
    found_.push_back({invariant, std::move(place)});
    return false;
  }

  /// Takes out of `items` what `keep` refuses.
  template <class Item, class Keep>
  void Filter(std::vector<Item>& items, const std::string& place, Keep keep) {
    std::vector<Item> kept;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (keep(items[i], place + "/" + std::to_string(i))) kept.push_back(std::move(items[i]));
    }
    items = std::move(kept);
  }

  void CheckExtension(std::vector<Extension>& extension, const std::string& place) {
    Filter(extension, place + "/extension", [&](const Extension& member, const std::string& at) {
      const bool open = member.name == kOutcomeExtension;
      const bool whole = !member.json.absent() && (open || !member.json.has_empty());
      if (!member.name.empty() && whole) return true;
      return Found(Invariant::kNothingEmpty, at);
    });
  }

  bool CheckCard(Card& card, const std::string& place) {
    CheckUuid(card.uuid, place);
    const bool whole = CheckSummary(card, place) && CheckSource(card.source, place + "/source");
    CheckDetail(card, place);
    CheckSuggestions(card, place);
    Filter(card.override_reasons, place + "/overrideReasons",
           [&](const Coding& reason, const std::string& at) {
             return (!reason.code.empty() && !reason.system.empty() && !reason.display.empty()) ||
                    Found(Invariant::kOverrideReason, at);
           });
    Filter(card.links, place + "/links",
           [&](Link& link, const std::string& at) { return CheckLink(link, at); });
    CheckExtension(card.extension, place);
    return whole;
  }

  void CheckUuid(std::string& uuid, const std::string& place) {
    if (uuid.empty()) return;
    std::string key = uuid;
    std::ranges::transform(key, key.begin(), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (IsUuid(uuid) && uuids_.insert(std::move(key)).second) return;
    Found(Invariant::kUuids, place + "/uuid");
    uuid.clear();
  }

  bool CheckSummary(Card& card, const std::string& place) {
    if (IsBlank(card.summary)) return Found(Invariant::kSummary, place + "/summary");
    if (CountCharacters(card.summary) > kMaxSummaryCharacters) {
      Found(Invariant::kSummary, place + "/summary");
      card.summary = Shorten(card.summary);
    }
    return true;
  }

  bool CheckSource(Source& source, const std::string& place) {
    CheckUrl(source.url, place + "/url");
    CheckUrl(source.icon, place + "/icon");
    if (source.topic && source.topic->code.empty()) {
      Found(Invariant::kNothingEmpty, place + "/topic");
      source.topic.reset();
    }
    return !IsBlank(source.label) || Found(Invariant::kNothingEmpty, place + "/label");
  }

  void CheckUrl(std::string& url, const std::string& place) {
    if (url.empty() || IsSecureUrl(url)) return;
    Found(Invariant::kAbsoluteUrl, place);
    url.clear();
  }

  void CheckDetail(Card& card, const std::string& place) {
    if (card.detail.size() <= kMaxDetailBytes) return;
    Found(Invariant::kDetailSize, place + "/detail");
    card.detail = CutAtLine(std::move(card.detail), kMaxDetailBytes);
  }

  void CheckSuggestions(Card& card, const std::string& place) {
    Filter(card.suggestions, place + "/suggestions",
           [&](Suggestion& suggestion, const std::string& at) {
             return CheckSuggestion(suggestion, at);
           });
    if (card.suggestions.empty()) return;
    if (card.selection == Selection::kNone) {
      Found(Invariant::kSelection, place + "/selectionBehavior");
      card.suggestions.clear();
    }
    CheckRecommended(card, place);
  }

  void CheckRecommended(Card& card, const std::string& place) {
    const auto recommended =
        std::ranges::count(card.suggestions, true, &Suggestion::is_recommended);
    if (card.selection != Selection::kAtMostOne || recommended <= 1) return;
    Found(Invariant::kOneRecommended, place + "/suggestions");
    // Which of them was meant cannot be known.
    for (Suggestion& suggestion : card.suggestions) suggestion.is_recommended = false;
  }

  // Its actions belong together: without one of them the suggestion would do something else.
  bool CheckSuggestion(Suggestion& suggestion, const std::string& place) {
    if (IsBlank(suggestion.label)) return Found(Invariant::kNothingEmpty, place + "/label");
    for (std::size_t i = 0; i < suggestion.actions.size(); ++i) {
      const std::string at = place + "/actions/" + std::to_string(i);
      if (!CheckAction(suggestion.actions[i], at)) return false;
    }
    CheckUuid(suggestion.uuid, place);
    return true;
  }

  bool CheckAction(const Action& action, const std::string& place) {
    if (IsBlank(action.description)) return Found(Invariant::kDescription, place + "/description");
    if (action.type == ActionType::kDelete) {
      return (IsReference(action.resource_id) && action.resource.absent()) ||
             Found(Invariant::kResourceId, place + "/resourceId");
    }
    const auto read = fhir::JsonDocument::Parse(action.resource.text());
    const fhir::Json resource = read ? read->root() : fhir::Json();
    if (resource["resourceType"].string().empty() || !action.resource_id.empty() ||
        (action.type == ActionType::kUpdate && resource["id"].string().empty())) {
      return Found(Invariant::kResource, place + "/resource");
    }
    return !action.resource.has_empty() || Found(Invariant::kNothingEmpty, place + "/resource");
  }

  bool CheckLink(Link& link, const std::string& place) {
    if (IsBlank(link.label)) return Found(Invariant::kNothingEmpty, place + "/label");
    if (!IsSecureUrl(link.url)) return Found(Invariant::kAbsoluteUrl, place + "/url");
    if (!link.app_context.empty() && link.type != LinkType::kSmart) {
      Found(Invariant::kAppContext, place + "/appContext");
      link.app_context.clear();
    }
    return true;
  }

  void CheckCount(Response& response) {
    if (response.cards.size() <= kMaxCards) return;
    Found(Invariant::kCardCount, "/cards");
    response.cards.resize(kMaxCards);
  }

  void CheckSize(Response& response) {
    if (MostBytes(response) <= kMaxAnswerBytes) return;
    if (ResponseText(response).size() <= kMaxAnswerBytes) return;
    Found(Invariant::kAnswerSize, "");
    response.extension.clear();
    while (!response.cards.empty() && ResponseText(response).size() > kMaxAnswerBytes) {
      response.cards.pop_back();
    }
  }

  std::vector<Violation> found_;
  std::vector<std::size_t> broken_;  // cards without which nothing can be shown
  std::set<std::string> uuids_;
};

}  // namespace

std::vector<Violation> Check(const Response& response) {
  Response copy = response;
  return Inspection().Run(copy);
}

std::vector<Violation> Repair(Response& response) { return Inspection().Run(response); }

}  // namespace renal::cards
