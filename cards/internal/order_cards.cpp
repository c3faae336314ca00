#include <algorithm>
#include <iterator>
#include <utility>

#include "cards/internal/draft.h"
#include "cards/internal/focus_title.h"
#include "cards/internal/suggest.h"

namespace renal::cards {
namespace {

using pathways::ActionKind;
using pathways::Determination;
using pathways::Obstacle;
using pathways::OrderVerdict;
using pathways::Recommendation;
using pathways::Truth;
using pathways::Verdict;

/// One draft order with what its card needs.
struct Order {
  const OrderVerdict& verdict;
  std::string title;  ///< of the ordered action
  Subject subject;    ///< results that it was compared with
  Results alternatives;
};

bool IsCompared(const OrderVerdict& order) {
  return order.verdict != Verdict::kUnrelated && order.verdict != Verdict::kOutside;
}

bool CallsForCard(const Scene& scene, const OrderVerdict& order) {
  if (order.wrong_focus) return IsCompared(order) && order.verdict != Verdict::kSupporting;
  switch (order.verdict) {
    case Verdict::kDuplicate:
    case Verdict::kAvoid:
    case Verdict::kUndecided:
    case Verdict::kPremature:
    case Verdict::kDiscordant:
    case Verdict::kIncomplete:
      return true;
    case Verdict::kAcceptable:
      return scene.pathway.cards.show_acceptable;
    default:
      return false;
  }
}

/// Results of the order's focus and of the patient; of every focus where the order has none.
Results ComparedWith(const Scene& scene, const OrderVerdict& order) {
  Results results;
  for (const Recommendation& result : scene.outcome.recommendations) {
    const bool here = order.focus.empty() || result.focus.empty() || result.focus == order.focus;
    const bool about = result.action != kNone && !result.frame && !result.background;
    if (here && about) results.push_back(&result);
  }
  return results;
}

/// Whether it is a fact that the pathway lists together with one of the results.
bool IsBeside(const Scene& scene, const Recommendation& result, const Results& results) {
  if (result.action != kNone || results.empty()) return false;
  const auto* rule = scene.pathway.FindRule(result.rule).second;
  return rule != nullptr && std::ranges::any_of(results, [&](const Recommendation* other) {
           return other->focus == result.focus &&
                  std::ranges::find(rule->together, other->rule) != rule->together.end();
         });
}

/// The results, and the facts that the pathway lists together with one of them: why an operation is
/// done, how it is done.
Results WithFacts(const Scene& scene, const Results& results) {
  Results all;
  for (const Recommendation& result : scene.outcome.recommendations) {
    const bool listed = std::ranges::find(results, &result) != results.end();
    if (listed || IsBeside(scene, result, results)) all.push_back(&result);
  }
  return all;
}

void AddInput(std::vector<Index>& inputs, Index input, const Scene& scene) {
  const bool there = std::ranges::find(inputs, input) != inputs.end();
  if (input < scene.pathway.inputs.size() && !there) inputs.push_back(input);
}

Order Prepare(const Scene& scene, const OrderVerdict& verdict) {
  Order order{.verdict = verdict, .title = ActionTitle(scene, verdict.action)};
  order.subject.focus = FindFocus(scene, verdict.focus);
  order.subject.results = WithFacts(scene, ComparedWith(scene, verdict));
  order.subject.inputs = InputsOf(scene, order.subject.results);
  for (const Obstacle& obstacle : verdict.obstacles) {
    for (const Obstacle::Failed& cell : obstacle.cells) {
      AddInput(order.subject.inputs, cell.input, scene);
    }
  }
  order.alternatives = Alternatives(order.subject.results, verdict.action, scene);
  return order;
}

/// Questions that stand between this order and a decision.
std::vector<pathways::Question> QuestionsOf(const Scene& scene, const Order& order) {
  std::vector<pathways::Question> questions;
  std::ranges::copy_if(
      scene.outcome.ask, std::back_inserter(questions), [&](const pathways::Question& question) {
        return order.verdict.focus.empty() || Concerns(question.focus, order.subject.focus);
      });
  return questions;
}

/// Titles of what is asked for; without questions, of what the ordered action itself waits for.
std::string NeededTitles(const Scene& scene, const Order& order) {
  std::vector<std::string> titles;
  for (const pathways::Question& question : QuestionsOf(scene, order)) {
    if (question.input >= scene.pathway.inputs.size()) continue;
    AddOnce(titles, InputTitle(scene, question.input, FindFocus(scene, question.focus)));
  }
  for (const Recommendation* result : order.subject.results) {
    if (!titles.empty() || result->action != order.verdict.action) continue;
    titles = InputTitles(scene, result->missing);
  }
  return scene.words.Join(titles);
}

std::string AlternativeTitles(const Scene& scene, const Order& order) {
  std::vector<std::string> titles;
  for (const Recommendation* result : order.alternatives) {
    AddOnce(titles, ActionTitle(scene, result->action));
  }
  return scene.words.Join(titles, Phrase::kListOr);
}

// With `prose`, ready for a detail.
std::string FociTitles(const Scene& scene, const OrderVerdict& order, const Prose* prose) {
  const Focus meant = FindFocus(scene, order.focus);
  std::vector<std::string> titles;
  for (const pathways::FocusInstance& instance : scene.outcome.foci) {
    const bool same_kind = meant.kind == kNone || meant.kind == instance.kind;
    if (!same_kind) continue;
    const Focus focus{instance.kind, instance.key};
    AddOnce(titles, prose ? FocusTitle(scene, focus, *prose) : FocusTitle(scene, focus));
  }
  return scene.words.Join(titles);
}

std::string WrongFocusSentence(const Scene& scene, const Order& order,
                               const Prose* prose = nullptr) {
  const std::string place = FocusTitle(scene, order.verdict.ordered_focus);
  const std::string ordered = prose ? prose->Own(order.title) : order.title;
  const std::string foci = FociTitles(scene, order.verdict, prose);
  if (place.empty() || foci.empty()) {
    return scene.words.Text(Phrase::kOrderWrongFocusAlone, {{"ordered", ordered}});
  }
  return scene.words.Text(
      Phrase::kOrderWrongFocus,
      {{"ordered", ordered}, {"place", prose ? prose->Foreign(place) : place}, {"foci", foci}});
}

/// A phrase with a value, or the other one where there is no value to put in.
std::string WithOrAlone(const Scene& scene, Phrase with, std::string_view name,
                        const std::string& value, Phrase alone, const Order& order) {
  const std::string about = About(scene, order.subject.focus, order.subject.inputs);
  const bool has = !value.empty();
  return scene.words.Text(has ? with : alone,
                          {{"about", about}, {"ordered", order.title}, {name, value}});
}

/// Several of which one may be chosen are drafted.
bool IsOneOfSeveral(const Order& order) {
  return order.verdict.verdict == Verdict::kDiscordant && !order.verdict.others.empty();
}

std::string OtherTitles(const Scene& scene, const Order& order) {
  std::vector<std::string> titles;
  for (const Index action : order.verdict.others) AddOnce(titles, ActionTitle(scene, action));
  return scene.words.Join(titles);
}

std::string TogetherSummary(const Scene& scene, const Order& order) {
  const Phrase phrase = IsOneOfSeveral(order) ? Phrase::kOrderChooseOne : Phrase::kOrderIncomplete;
  const std::string about = About(scene, order.subject.focus, order.subject.inputs);
  const std::string others = OtherTitles(scene, order);
  return scene.words.Text(phrase, {{"about", about}, {"ordered", order.title}, {"others", others}});
}

bool BoardFirst(const Order& order) {
  return std::ranges::any_of(order.subject.results, &Recommendation::mdt_required);
}

std::string Summary(const Scene& scene, const Order& order) {
  if (order.verdict.wrong_focus) return WrongFocusSentence(scene, order);
  if (!order.verdict.others.empty()) return TogetherSummary(scene, order);
  switch (order.verdict.verdict) {
    case Verdict::kDuplicate:
      return WithOrAlone(scene, Phrase::kOrderDuplicate, "existing", order.verdict.existing,
                         Phrase::kOrderDuplicateAlone, order);
    case Verdict::kAvoid:
      return WithOrAlone(scene, Phrase::kOrderAvoid, "", "", Phrase::kOrderAvoid, order);
    case Verdict::kUndecided:
      return WithOrAlone(scene, Phrase::kOrderUndecided, "inputs", NeededTitles(scene, order),
                         Phrase::kOrderUndecidedAlone, order);
    case Verdict::kPremature:
      return WithOrAlone(scene, Phrase::kOrderPremature, "inputs", NeededTitles(scene, order),
                         Phrase::kOrderDiscordantAlone, order);
    case Verdict::kAcceptable:
      return WithOrAlone(scene, Phrase::kOrderAcceptable, "options",
                         AlternativeTitles(scene, order), Phrase::kOrderUndecidedAlone, order);
    default:
      return WithOrAlone(
          scene, BoardFirst(order) ? Phrase::kOrderDiscordantBoard : Phrase::kOrderDiscordant,
          "options", AlternativeTitles(scene, order), Phrase::kOrderDiscordantAlone, order);
  }
}

std::string Opening(const Scene& scene, const Order& order, const Prose& prose) {
  const Catalogue& words = scene.words;
  if (order.verdict.wrong_focus) return words.Text(Phrase::kDetailWrongFocus);
  if (IsOneOfSeveral(order)) return words.Text(Phrase::kDetailChooseOne);
  switch (order.verdict.verdict) {
    case Verdict::kDuplicate:
      if (order.verdict.existing.empty()) return words.Text(Phrase::kDetailDuplicateAlone);
      return words.Text(Phrase::kDetailDuplicate,
                        {{"existing", prose.Foreign(order.verdict.existing)}});
    case Verdict::kAvoid:
      return words.Text(Phrase::kDetailAvoid);
    case Verdict::kUndecided:
      return words.Text(Phrase::kDetailUndecided);
    case Verdict::kPremature:
      return words.Text(Phrase::kDetailPremature);
    case Verdict::kAcceptable:
      return words.Text(Phrase::kDetailAcceptable);
    case Verdict::kIncomplete:
      return words.Text(Phrase::kDetailIncomplete);
    default:
      return {};
  }
}

/// `action`: the title of what is ordered, ready for a detail.
std::string ObstacleLine(const Scene& scene, std::string_view action, const Obstacle& obstacle,
                         const Prose& prose) {
  std::string line;
  for (const Obstacle::Failed& cell : obstacle.cells) {
    if (cell.input >= scene.pathway.inputs.size()) continue;
    const pathways::Input& input = scene.pathway.inputs[cell.input];
    const std::string value = cell.value.empty() ? scene.words.Text(Phrase::kObstacleUnknown)
                                                 : prose.Foreign(ValueShown(scene, input, cell.value));
    const std::string title = prose.Own(input.title);
    const std::string test = prose.Inside(CellShown(scene, input, cell.cell));
    const Phrase phrase = line.empty() ? Phrase::kObstacleFirst : Phrase::kObstacleNext;
    if (!line.empty()) line += ' ';
    line += scene.words.Text(phrase, {{"action", action},
                                      {"rule", prose.Own(obstacle.rule)},
                                      {"input", title},
                                      {"cell", test},
                                      {"value", value}});
  }
  return line;
}

void WriteOpening(const Scene& scene, const Order& order, Prose& prose) {
  const std::string title = prose.Own(order.title);
  prose.Paragraph(scene.words.Text(
      Phrase::kDetailOrder,
      {{"ordered", prose.Strong(title)}, {"reference", prose.Foreign(order.verdict.reference)}}));
  if (order.verdict.wrong_focus) {
    prose.Paragraph(Capitalised(WrongFocusSentence(scene, order, &prose)) + ".");
  }
  prose.Paragraph(Opening(scene, order, prose));
  std::vector<std::string> lines;
  for (const Obstacle& obstacle : order.verdict.obstacles) {
    AddOnce(lines, ObstacleLine(scene, title, obstacle, prose));
  }
  WriteSection(scene, Phrase::kHeadingObstacles, lines, prose);
}

bool Covers(const pathways::Check& check, const Scene& scene, const Order& order) {
  const Index action = order.verdict.action;
  const bool of_action = std::ranges::find(check.for_actions, action) != check.for_actions.end();
  const bool of_rule =
      std::ranges::any_of(order.subject.results, [&](const Recommendation* result) {
        return result->action == action &&
               std::ranges::find(check.for_rules, result->rule) != check.for_rules.end();
      });
  const bool of_all = check.for_actions.empty() && check.for_rules.empty() &&
                      action < scene.pathway.actions.size() &&
                      scene.pathway.actions[action].kind == ActionKind::kTreatment;
  return of_action || of_rule || of_all;
}

/// True if a check that holds for this order says that it endangers the patient.
bool IsCritical(const Scene& scene, const Order& order) {
  return std::ranges::any_of(scene.outcome.checks, [&](const pathways::CheckTrace& trace) {
    const bool here =
        trace.focus.empty() || order.verdict.focus.empty() || trace.focus == order.verdict.focus;
    return trace.verdict == Truth::kTrue && here && trace.check->critical &&
           Covers(*trace.check, scene, order);
  });
}

Indicator IndicatorOf(const Scene& scene, const Order& order) {
  if (order.verdict.verdict == Verdict::kAvoid && IsCritical(scene, order)) {
    return Indicator::kCritical;
  }
  switch (order.verdict.verdict) {
    case Verdict::kAvoid:
    case Verdict::kPremature:
    case Verdict::kDiscordant:
      return Indicator::kWarning;
    default:
      return order.verdict.wrong_focus ? Indicator::kWarning : Indicator::kInfo;
  }
}

bool AsksQuestions(const OrderVerdict& order) {
  return order.verdict == Verdict::kUndecided || order.verdict == Verdict::kPremature;
}

/// The reference of a draft, which a suggestion may take away; empty for an order that was placed
/// before: to end that is more than a click on a card.
std::string_view RemovableDraft(const Scene& scene, const OrderVerdict& verdict) {
  const std::string_view status = verdict.resource["status"].string();
  const bool placed = scene.request.hook == "order-dispatch" || (!status.empty() && status != "draft");
  return placed ? std::string_view() : std::string_view(verdict.reference);
}

void Suggest(const Scene& scene, const Order& order, Card& card) {
  const OrderVerdict& verdict = order.verdict;
  // Neither for another kidney than the record's, nor while the rules contradict each other.
  if (verdict.wrong_focus || scene.outcome.kind == pathways::OutcomeKind::kConflict) return;
  if (verdict.verdict == Verdict::kDuplicate || verdict.verdict == Verdict::kAcceptable) return;
  const std::string_view draft = RemovableDraft(scene, verdict);
  if (IsOneOfSeveral(order)) return SuggestRemoving(scene, verdict.action, draft, card);
  if (verdict.verdict == Verdict::kIncomplete) {
    if (!BoardFirst(order)) {
      SuggestActions(scene, verdict.others, FindFocus(scene, verdict.focus), card);
    }
    return;
  }
  if (verdict.verdict != Verdict::kUndecided || BoardFirst(order)) {
    SuggestInstead(scene, order.subject.results, verdict.action, draft, card);
  }
  const bool free = card.suggestions.empty() && !BoardFirst(order);
  if (free && AsksQuestions(verdict)) SuggestObtaining(scene, QuestionsOf(scene, order), card);
}

/// The rule that the card is about: the one that names something else, or the one that the order
/// misses.
std::string LeadingRule(const Order& order) {
  if (!order.alternatives.empty()) return order.alternatives.front()->rule;
  for (const Recommendation* result : order.subject.results) {
    if (result->action == order.verdict.action) return result->rule;
  }
  if (!order.verdict.obstacles.empty()) return order.verdict.obstacles.front().rule;
  return "order";
}

Draft OrderCard(const Scene& scene, const OrderVerdict& verdict) {
  const Order order = Prepare(scene, verdict);
  Draft draft;
  draft.card.indicator = IndicatorOf(scene, order);
  draft.card.order = verdict.reference;
  if (draft.card.indicator != Indicator::kInfo) draft.rank = Rank::kOrder;
  draft.card.summary = Summary(scene, order);
  Prose prose(scene.request.options.markdown);
  WriteOpening(scene, order, prose);
  if (!verdict.wrong_focus) WriteResults(scene, order.subject, prose);
  if (AsksQuestions(verdict)) WriteQuestions(scene, FirstQuestions(QuestionsOf(scene, order)), prose);
  WriteEvidence(scene, order.subject, prose);
  Suggest(scene, order, draft.card);
  const std::string topic = scene.words.Text(Phrase::kTopicOrder, {{"action", order.title}});
  Finish(scene, order.subject, {LeadingRule(order), topic}, std::move(prose), draft.card);
  return draft;
}

bool RestsOn(const pathways::InputState& state, std::string_view reference) {
  return state.known() && std::ranges::find(state.from, reference,
                                            &pathways::Evidence::reference) != state.from.end();
}

/// Whether any input rests on a draft: most drafts are no evidence of anything.
bool IsEvidence(const Scene& scene, std::string_view reference) {
  const auto rests = [&](const std::vector<pathways::InputState>& states) {
    return std::ranges::any_of(
        states, [&](const pathways::InputState& state) { return RestsOn(state, reference); });
  };
  return rests(scene.outcome.patient_inputs) ||
         std::ranges::any_of(scene.outcome.focus_inputs, rests);
}

bool RestsOn(const Scene& scene, const Recommendation& result, std::string_view reference) {
  for (const Index input : InputsOf(scene, {&result})) {
    const pathways::InputState* state = StateOf(scene, input, FocusOf(result));
    if (state != nullptr && RestsOn(*state, reference)) return true;
  }
  return false;
}

/// Recommendations that a compared draft itself made true, as a drafted drug does.
Results MadeTrueByDrafts(const Scene& scene) {
  Results results;
  std::vector<const OrderVerdict*> drafts;
  for (const OrderVerdict& order : scene.outcome.orders) {
    if (IsCompared(order) && IsEvidence(scene, order.reference)) drafts.push_back(&order);
  }
  if (drafts.empty()) return results;
  for (const Recommendation& result : scene.outcome.recommendations) {
    const bool advice = result.determination == Determination::kRecommended && !result.frame &&
                        !result.background && result.action != kNone;
    const bool by_draft =
        advice && std::ranges::any_of(drafts, [&](const OrderVerdict* order) {
          return order->action != result.action && RestsOn(scene, result, order->reference);
        });
    if (by_draft) results.push_back(&result);
  }
  return results;
}

}  // namespace

std::vector<Draft> OrderCards(const Scene& scene) {
  std::vector<Draft> drafts;
  for (const OrderVerdict& order : scene.outcome.orders) {
    if (CallsForCard(scene, order)) drafts.push_back(OrderCard(scene, order));
  }
  if (scene.outcome.kind == pathways::OutcomeKind::kConflict) {
    if (!drafts.empty()) drafts.push_back(ConflictCard(scene));
    return drafts;
  }
  for (auto& [focus, results] : ByFocus(WithFacts(scene, MadeTrueByDrafts(scene)))) {
    drafts.push_back(ResultCard(scene, focus, std::move(results), {}));
  }
  return drafts;
}

}  // namespace renal::cards
