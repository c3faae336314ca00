#include "cards/internal/suggest.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "cards/internal/focus_title.h"
#include "cards/internal/resource.h"
#include "cards/markdown.h"

namespace renal::cards {
namespace {

using pathways::ActionKind;
using pathways::Determination;
using pathways::Recommendation;
using pathways::Tier;

bool IsKind(const Scene& scene, const Recommendation& result, ActionKind kind) {
  return result.action < scene.pathway.actions.size() &&
         scene.pathway.actions[result.action].kind == kind;
}

bool IsRecommended(const Recommendation& result) {
  return result.determination == Determination::kRecommended && !result.frame &&
         result.tier != Tier::kAvoid;
}

bool BoardFirst(const Results& results) {
  return std::ranges::any_of(results, &Recommendation::mdt_required);
}

std::string TitleWithFocus(const Scene& scene, Index action, const Focus& focus) {
  std::string title = ActionTitle(scene, action);
  if (focus.key.empty()) return title;
  return scene.words.Text(Phrase::kSuggestionFocus,
                          {{"action", title}, {"focus", FocusTitle(scene, focus)}});
}

/// What one suggestion offers.
struct Offer {
  Index action = kNone;
  Focus focus;
  bool preferred = false;
};

Offer OfferOf(const Recommendation& result) {
  return {result.action, FocusOf(result), result.tier == Tier::kPreferred};
}

void AddOffer(std::vector<Offer>& offers, Offer offer) {
  const bool there = std::ranges::any_of(offers, [&](const Offer& other) {
    return other.action == offer.action && other.focus == offer.focus;
  });
  if (!there) offers.push_back(std::move(offer));
}

std::vector<Offer> Referrals(const Scene& scene, const Results& results) {
  std::vector<Offer> offers;
  for (const Recommendation* result : results) {
    if (IsRecommended(*result) && IsKind(scene, *result, ActionKind::kReferral)) {
      AddOffer(offers, OfferOf(*result));
    }
  }
  return offers;
}

std::vector<Offer> TreatmentsAndReferrals(const Scene& scene, const Results& results) {
  std::vector<Offer> offers;
  for (const Recommendation* result : results) {
    const bool treatment = result->orderable && IsKind(scene, *result, ActionKind::kTreatment);
    const bool referral = IsKind(scene, *result, ActionKind::kReferral);
    if (IsRecommended(*result) && (treatment || referral)) AddOffer(offers, OfferOf(*result));
  }
  return offers;
}

Action CreateAction(const Scene& scene, const Offer& offer, fhir::WrittenJson resource) {
  const std::string title = CleanLine(TitleWithFocus(scene, offer.action, offer.focus));
  return {.type = ActionType::kCreate,
          .description = scene.words.Text(Phrase::kActionCreate, {{"action", title}}),
          .resource = std::move(resource)};
}

Action DeleteAction(const Scene& scene, Index ordered, std::string_view reference) {
  const std::string title = CleanLine(ActionTitle(scene, ordered));
  return {.type = ActionType::kDelete,
          .description = scene.words.Text(Phrase::kActionDelete, {{"action", title}}),
          .resource_id = std::string(reference)};
}

/// Adds a suggestion that creates the offer; false if there is no resource to create.
bool AddCreate(const Scene& scene, const Offer& offer, Card& card) {
  fhir::WrittenJson resource = ResourceText(scene, offer.action, offer.focus);
  if (resource.absent()) return false;
  Suggestion suggestion{.label = CleanLine(TitleWithFocus(scene, offer.action, offer.focus))};
  suggestion.actions.push_back(CreateAction(scene, offer, std::move(resource)));
  card.suggestions.push_back(std::move(suggestion));
  return true;
}

void Recommend(const Scene& scene, const Offer& offer, Card& card) {
  const bool free = std::ranges::none_of(card.suggestions, &Suggestion::is_recommended);
  if (scene.request.options.recommended && offer.preferred && free) {
    card.suggestions.back().is_recommended = true;
  }
}

void Select(const Scene& scene, Selection selection, Card& card) {
  if (card.suggestions.empty()) return;
  card.selection = scene.request.options.at_most_one ? selection : Selection::kAny;
}

void SuggestOffers(const Scene& scene, const std::vector<Offer>& offers, Card& card) {
  for (const Offer& offer : offers) {
    if (AddCreate(scene, offer, card)) Recommend(scene, offer, card);
  }
}

bool HasReferral(const Scene& scene, const std::vector<Offer>& offers) {
  return std::ranges::any_of(offers, [&](const Offer& offer) {
    return scene.pathway.actions[offer.action].kind == ActionKind::kReferral;
  });
}

void SuggestReplacement(const Scene& scene, const Offer& offer, Index ordered,
                        std::string_view reference, Card& card) {
  if (!AddCreate(scene, offer, card)) return;
  const bool paired = scene.request.options.several_actions && IsReference(reference);
  Suggestion& suggestion = card.suggestions.back();
  const Phrase phrase = paired ? Phrase::kSuggestionReplace : Phrase::kSuggestionInstead;
  suggestion.label = scene.words.Text(phrase, {{"action", suggestion.label}});
  if (paired) {
    suggestion.actions.insert(suggestion.actions.begin(), DeleteAction(scene, ordered, reference));
  }
  Recommend(scene, offer, card);
}

}  // namespace

Results Alternatives(const Results& results, Index ordered, const Scene& scene) {
  for (const Tier tier : {Tier::kPreferred, Tier::kAcceptable}) {
    Results found;
    for (const Recommendation* result : results) {
      if (IsRecommended(*result) && result->tier == tier && result->action != ordered &&
          IsKind(scene, *result, ActionKind::kTreatment)) {
        found.push_back(result);
      }
    }
    if (!found.empty()) return found;
  }
  return {};
}

void SuggestResults(const Scene& scene, const Results& results, const Results& patient,
                    Card& card) {
  Results all = results;
  all.insert(all.end(), patient.begin(), patient.end());
  const std::vector<Offer> offers =
      BoardFirst(all) ? Referrals(scene, all) : TreatmentsAndReferrals(scene, results);
  SuggestOffers(scene, offers, card);
  // Treatments exclude each other; a referral goes with any of them.
  Select(scene, HasReferral(scene, offers) ? Selection::kAny : Selection::kAtMostOne, card);
}

void SuggestInstead(const Scene& scene, const Results& results, Index ordered,
                    std::string_view reference, Card& card) {
  if (BoardFirst(results)) {
    SuggestOffers(scene, Referrals(scene, results), card);
    return Select(scene, Selection::kAtMostOne, card);
  }
  Results orderable;
  std::ranges::copy_if(results, std::back_inserter(orderable), &Recommendation::orderable);
  std::vector<Offer> offers;
  for (const Recommendation* result : Alternatives(orderable, ordered, scene)) {
    AddOffer(offers, OfferOf(*result));
  }
  for (const Offer& offer : offers) SuggestReplacement(scene, offer, ordered, reference, card);
  Select(scene, Selection::kAtMostOne, card);
}

void SuggestRemoving(const Scene& scene, Index ordered, std::string_view reference, Card& card) {
  if (!IsReference(reference)) return;
  Suggestion suggestion;
  suggestion.actions.push_back(DeleteAction(scene, ordered, reference));
  suggestion.label = suggestion.actions.front().description;
  card.suggestions.push_back(std::move(suggestion));
  Select(scene, Selection::kAtMostOne, card);
}

void SuggestActions(const Scene& scene, const std::vector<Index>& actions, const Focus& focus,
                    Card& card) {
  std::vector<Offer> offers;
  for (const Index action : actions) AddOffer(offers, {.action = action, .focus = focus});
  SuggestOffers(scene, offers, card);
  Select(scene, Selection::kAny, card);
}

void SuggestObtaining(const Scene& scene, const std::vector<pathways::Question>& questions,
                      Card& card) {
  std::vector<Offer> offers;
  for (const pathways::Question& question : questions) {
    if (question.input >= scene.pathway.inputs.size()) continue;
    const Index action = scene.pathway.inputs[question.input].obtain;
    if (action < scene.pathway.actions.size()) {
      AddOffer(offers, {.action = action, .focus = FindFocus(scene, question.focus)});
    }
  }
  SuggestOffers(scene, offers, card);
  Select(scene, Selection::kAny, card);
}

}  // namespace renal::cards
