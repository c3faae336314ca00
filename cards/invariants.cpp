#include "cards/invariants.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "cards/json.h"
#include "cards/markdown.h"
#include "cards/uuid.h"
#include "fhir/json.h"

namespace renal::cards {
namespace {

constexpr std::string_view kOutcomeExtension = "org.renalpath.outcome";

using UuidKey = std::array<char, 36>;

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool IsSecureUrl(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  return url.starts_with(kScheme) && url.size() > kScheme.size() && url[kScheme.size()] != '/' &&
         std::ranges::all_of(url, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

/// Where something stands in the answer: a member or an item of what it stands in. A JSON Pointer
/// is made of it only for what is found wrong.
class Place {
 public:
  Place() = default;  ///< the answer
  Place In(std::string_view member) const { return {this, member, kMember}; }
  Place At(std::size_t item) const { return {this, {}, item}; }

  std::string Text() const {
    if (outer_ == nullptr) return {};
    std::string text = outer_->Text() + "/";
    return item_ == kMember ? text.append(member_) : text.append(std::to_string(item_));
  }

 private:
  static constexpr std::size_t kMember = static_cast<std::size_t>(-1);
  Place(const Place* outer, std::string_view member, std::size_t item)
      : outer_(outer), member_(member), item_(item) {}

  const Place* outer_ = nullptr;  // lives longer
  std::string_view member_;
  std::size_t item_ = kMember;
};

/// Looks at a response and takes out what offends, part by part. Check() runs it on a copy.
class Inspection {
 public:
  std::vector<Violation> Run(Response& response) {
    const Place answer;
    CheckExtension(response.extension, answer);
    const Place cards = answer.In("cards");
    for (std::size_t i = 0; i < response.cards.size(); ++i) {
      if (!CheckCard(response.cards[i], cards.At(i))) broken_.push_back(i);
    }
    for (auto i = broken_.rbegin(); i != broken_.rend(); ++i) {
      response.cards.erase(response.cards.begin() + static_cast<std::ptrdiff_t>(*i));
    }
    CheckCount(response, cards);
    CheckSize(response, answer);
    return std::move(found_);
  }

 private:
  bool Found(Invariant invariant, const Place& place) {
    found_.push_back({invariant, place.Text()});
    return false;
  }

  /// Takes out of `items` what `keep` refuses.
  template <class Item, class Keep>
  void Filter(std::vector<Item>& items, const Place& place, Keep keep) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!keep(items[i], place.At(i))) continue;
      if (kept != i) items[kept] = std::move(items[i]);
      ++kept;
    }
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(kept), items.end());
  }

  void CheckExtension(std::vector<Extension>& extension, const Place& place) {
    Filter(extension, place.In("extension"), [&](const Extension& member, const Place& at) {
      const bool open = member.name == kOutcomeExtension;
      const bool whole = !member.json.absent() && (open || !member.json.has_empty());
      if (!member.name.empty() && whole) return true;
      return Found(Invariant::kNothingEmpty, at);
    });
  }

  bool CheckCard(Card& card, const Place& place) {
    CheckUuid(card.uuid, place);
    const bool whole = CheckSummary(card, place) && CheckSource(card.source, place.In("source"));
    CheckDetail(card, place);
    CheckSuggestions(card, place);
    Filter(card.override_reasons, place.In("overrideReasons"),
           [&](const Coding& reason, const Place& at) {
             return (!reason.code.empty() && !reason.system.empty() && !reason.display.empty()) ||
                    Found(Invariant::kOverrideReason, at);
           });
    Filter(card.links, place.In("links"),
           [&](Link& link, const Place& at) { return CheckLink(link, at); });
    CheckExtension(card.extension, place);
    return whole;
  }

  void CheckUuid(std::string& uuid, const Place& place) {
    if (uuid.empty()) return;
    if (IsUuid(uuid) && IsNew(uuid)) return;
    Found(Invariant::kUuids, place.In("uuid"));
    uuid.clear();
  }

  /// Notes a UUID; false if it was there before, in whatever case.
  bool IsNew(std::string_view uuid) {
    UuidKey key{};
    std::ranges::transform(uuid, key.begin(), [](char c) {
      return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return uuids_.insert(key).second;
  }

  bool CheckSummary(Card& card, const Place& place) {
    if (IsBlank(card.summary)) return Found(Invariant::kSummary, place.In("summary"));
    if (CountCharacters(card.summary) > kMaxSummaryCharacters) {
      Found(Invariant::kSummary, place.In("summary"));
      card.summary = Shorten(card.summary);
    }
    return true;
  }

  bool CheckSource(Source& source, const Place& place) {
    CheckUrl(source.url, place.In("url"));
    CheckUrl(source.icon, place.In("icon"));
    if (source.topic && source.topic->code.empty()) {
      Found(Invariant::kNothingEmpty, place.In("topic"));
      source.topic.reset();
    }
    return !IsBlank(source.label) || Found(Invariant::kNothingEmpty, place.In("label"));
  }

  void CheckUrl(std::string& url, const Place& place) {
    if (url.empty() || IsSecureUrl(url)) return;
    Found(Invariant::kAbsoluteUrl, place);
    url.clear();
  }

  void CheckDetail(Card& card, const Place& place) {
    if (card.detail.size() <= kMaxDetailBytes) return;
    Found(Invariant::kDetailSize, place.In("detail"));
    card.detail = CutAtLine(std::move(card.detail), kMaxDetailBytes);
  }

  void CheckSuggestions(Card& card, const Place& place) {
    Filter(card.suggestions, place.In("suggestions"), [&](Suggestion& suggestion, const Place& at) {
      return CheckSuggestion(suggestion, at);
    });
    if (card.suggestions.empty()) return;
    if (card.selection == Selection::kNone) {
      Found(Invariant::kSelection, place.In("selectionBehavior"));
      card.suggestions.clear();
    }
    CheckRecommended(card, place);
  }

  void CheckRecommended(Card& card, const Place& place) {
    const auto recommended =
        std::ranges::count(card.suggestions, true, &Suggestion::is_recommended);
    if (card.selection != Selection::kAtMostOne || recommended <= 1) return;
    Found(Invariant::kOneRecommended, place.In("suggestions"));
    // Which of them was meant cannot be known.
    for (Suggestion& suggestion : card.suggestions) suggestion.is_recommended = false;
  }

  // Its actions belong together: without one of them the suggestion would do something else.
  bool CheckSuggestion(Suggestion& suggestion, const Place& place) {
    if (IsBlank(suggestion.label)) return Found(Invariant::kNothingEmpty, place.In("label"));
    const Place actions = place.In("actions");
    for (std::size_t i = 0; i < suggestion.actions.size(); ++i) {
      if (!CheckAction(suggestion.actions[i], actions.At(i))) return false;
    }
    CheckUuid(suggestion.uuid, place);
    return true;
  }

  bool CheckAction(const Action& action, const Place& place) {
    if (IsBlank(action.description)) return Found(Invariant::kDescription, place.In("description"));
    if (action.type == ActionType::kDelete) {
      return (IsReference(action.resource_id) && action.resource.absent()) ||
             Found(Invariant::kResourceId, place.In("resourceId"));
    }
    const auto read = fhir::JsonDocument::Parse(action.resource.text());
    const fhir::Json resource = read ? read->root() : fhir::Json();
    if (resource["resourceType"].string().empty() || !action.resource_id.empty() ||
        (action.type == ActionType::kUpdate && resource["id"].string().empty())) {
      return Found(Invariant::kResource, place.In("resource"));
    }
    return !action.resource.has_empty() || Found(Invariant::kNothingEmpty, place.In("resource"));
  }

  bool CheckLink(Link& link, const Place& place) {
    if (IsBlank(link.label)) return Found(Invariant::kNothingEmpty, place.In("label"));
    if (!IsSecureUrl(link.url)) return Found(Invariant::kAbsoluteUrl, place.In("url"));
    if (!link.app_context.empty() && link.type != LinkType::kSmart) {
      Found(Invariant::kAppContext, place.In("appContext"));
      link.app_context.clear();
    }
    return true;
  }

  void CheckCount(Response& response, const Place& cards) {
    if (response.cards.size() <= kMaxCards) return;
    Found(Invariant::kCardCount, cards);
    response.cards.resize(kMaxCards);
  }

  void CheckSize(Response& response, const Place& answer) {
    if (MostBytes(response) <= kMaxAnswerBytes) return;
    if (ResponseText(response).size() <= kMaxAnswerBytes) return;
    Found(Invariant::kAnswerSize, answer);
    response.extension.clear();
    while (!response.cards.empty() && ResponseText(response).size() > kMaxAnswerBytes) {
      response.cards.pop_back();
    }
  }

  std::vector<Violation> found_;
  std::vector<std::size_t> broken_;  // cards without which nothing can be shown
  std::set<UuidKey> uuids_;
};

}  // namespace

std::vector<Violation> Check(const Response& response) {
  Response copy = response;
  return Inspection().Run(copy);
}

std::vector<Violation> Repair(Response& response) { return Inspection().Run(response); }

}  // namespace renal::cards
