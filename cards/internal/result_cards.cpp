#include <algorithm>
#include <utility>

#include "cards/internal/draft.h"
#include "cards/internal/focus_title.h"
#include "cards/internal/scores.h"
#include "cards/internal/suggest.h"

namespace renal::cards {
namespace {

using pathways::Determination;
using pathways::OutcomeKind;
using pathways::Recommendation;
using pathways::Tier;

bool IsAdvice(const Recommendation& result) {
  return result.action != kNone && !result.frame && !result.background;
}

Results AdviceOf(const Results& results, Determination determination) {
  Results advice;
  for (const Recommendation* result : results) {
    if (IsAdvice(*result) && result->determination == determination &&
        result->tier != Tier::kAvoid) {
      advice.push_back(result);
    }
  }
  return advice;
}

std::string WithStrength(const Scene& scene, const Recommendation& result) {
  std::string title = ResultTitle(scene, result);
  if (result.strength >= scene.pathway.strengths.size()) return title;
  return scene.words.Text(
      Phrase::kSummaryAction,
      {{"action", title}, {"strength", StrengthShown(scene.pathway.strengths[result.strength])}});
}

/// The result that a summary speaks of: a treatment before a referral.
const Recommendation& Leading(const Scene& scene, const Results& recommended) {
  const auto treatment = std::ranges::find_if(recommended, [&](const Recommendation* result) {
    return scene.pathway.actions[result->action].kind == pathways::ActionKind::kTreatment;
  });
  return treatment == recommended.end() ? *recommended.front() : **treatment;
}

/// Titles of the checks that brought a result along: why the board is asked.
std::vector<std::string> Causes(const Scene& scene, const Recommendation& result) {
  std::vector<std::string> titles;
  for (const pathways::CheckTrace& trace : scene.outcome.checks) {
    const bool here = trace.focus.empty() || trace.focus == result.focus;
    if (!here || trace.verdict != pathways::Truth::kTrue) continue;
    const pathways::Check& check = *trace.check;
    const bool brings = std::ranges::find(check.with, result.action) != check.with.end();
    if (brings && check.rule == result.rule) AddOnce(titles, Decapitalised(check.title));
  }
  return titles;
}

std::string RecommendedSummary(const Scene& scene, const std::string& about,
                               const Results& recommended) {
  const Recommendation& leading = Leading(scene, recommended);
  const std::vector<std::string> causes = leading.origin == pathways::Origin::kCheck
                                              ? Causes(scene, leading)
                                              : std::vector<std::string>();
  if (!causes.empty()) {
    return scene.words.Text(Phrase::kSummaryCause,
                            {{"action", Capitalised(ResultTitle(scene, leading))},
                             {"cause", scene.words.Join(causes)},
                             {"about", Decapitalised(about)}});
  }
  if (!leading.summary.empty()) {
    return scene.words.Text(Phrase::kSummaryRule, {{"summary", Capitalised(leading.summary)},
                                                   {"about", Decapitalised(about)}});
  }
  std::vector<std::string> actions;
  for (const Recommendation* result : recommended) AddOnce(actions, WithStrength(scene, *result));
  return scene.words.Text(Phrase::kSummaryRecommended,
                          {{"about", about}, {"actions", scene.words.Join(actions)}});
}

std::string Summary(const Scene& scene, const Subject& subject) {
  const std::string about = About(scene, subject.focus, subject.inputs);
  const Results recommended = AdviceOf(subject.results, Determination::kRecommended);
  if (!recommended.empty()) return RecommendedSummary(scene, about, recommended);
  std::vector<std::string> actions;
  for (const Recommendation* result : AdviceOf(subject.results, Determination::kConditional)) {
    AddOnce(actions, ResultTitle(scene, *result));
  }
  if (actions.empty()) {
    return scene.words.Text(Phrase::kSummaryInformation,
                            {{"about", about}, {"pathway", scene.pathway.title}});
  }
  return scene.words.Counted(Phrase::kSummaryConditional, static_cast<std::int64_t>(actions.size()),
                             {{"about", about}, {"actions", scene.words.Join(actions)}});
}

/// The result that stands for the card in feedback: the first piece of advice, else the first
/// result.
const Recommendation& Leading(const Results& results) {
  for (const auto determination : {Determination::kRecommended, Determination::kConditional}) {
    const Results advice = AdviceOf(results, determination);
    if (!advice.empty()) return *advice.front();
  }
  return *results.front();
}

Results AllResults(const Scene& scene) {
  Results results;
  for (const Recommendation& result : scene.outcome.recommendations) results.push_back(&result);
  return results;
}

/// Results by focus; those of the patient join the only focus, or stand last.
std::vector<std::pair<Focus, Results>> Groups(const Scene& scene) {
  auto groups = ByFocus(AllResults(scene));
  const auto patient =
      std::ranges::find_if(groups, [](const auto& group) { return group.first.key.empty(); });
  if (patient == groups.end()) return groups;
  Results own = std::move(patient->second);
  groups.erase(patient);
  if (groups.size() != 1) {
    // Background alone is no reason for a card of its own.
    const bool advises =
        std::ranges::any_of(own, [](const auto* result) { return IsAdvice(*result); });
    if (advises || groups.empty()) groups.emplace_back(Focus{}, std::move(own));
  } else {
    groups.front().second.insert(groups.front().second.end(), own.begin(), own.end());
  }
  return groups;
}

/// For each card the foci whose scores it shows: its own. Those of the patient and of foci without
/// a card are on the patient's card, or on the first one.
std::vector<std::vector<Focus>> ScoredFoci(const Scene& scene,
                                           const std::vector<std::pair<Focus, Results>>& groups) {
  std::vector<std::vector<Focus>> foci(groups.size());
  std::vector<Focus> left{Focus{}};
  for (const pathways::FocusInstance& instance : scene.outcome.foci) {
    left.push_back({instance.kind, instance.key});
  }
  std::size_t host = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    foci[i].push_back(groups[i].first);
    std::erase(left, groups[i].first);
    if (groups[i].first.key.empty()) host = i;
  }
  if (!foci.empty()) foci[host].insert(foci[host].end(), left.begin(), left.end());
  return foci;
}

std::string AskedTitles(const Scene& scene) {
  std::vector<std::string> titles;
  for (const pathways::Question& question : scene.outcome.ask) {
    if (question.input >= scene.pathway.inputs.size()) continue;
    AddOnce(titles, InputTitle(scene, question.input, FindFocus(scene, question.focus)));
  }
  return scene.words.Join(titles);
}

Draft NeedDataCard(const Scene& scene) {
  Draft draft{.rank = Rank::kNeedData};
  const Subject subject;
  Prose prose(scene.request.options.markdown);
  draft.card.summary = scene.words.Text(Phrase::kSummaryNeeds, {{"inputs", AskedTitles(scene)}});
  WriteQuestions(scene, FirstQuestions(scene.outcome.ask), prose);
  WriteEvidence(scene, subject, prose);
  SuggestObtaining(scene, scene.outcome.ask, draft.card);
  Finish(scene, subject, {"need-data", scene.words.Text(Phrase::kTopicNeeds)}, std::move(prose),
         draft.card);
  return draft;
}

Draft OutOfScopeCard(const Scene& scene) {
  Draft draft;
  Subject subject;
  Prose prose(scene.request.options.markdown);
  draft.card.summary =
      scene.words.Text(Phrase::kSummaryOutOfScope, {{"pathway", scene.pathway.title}});
  prose.Paragraph(prose.Own(scene.words.Text(Phrase::kDetailOutOfScope)));
  for (Index input = 0; input < scene.outcome.patient_inputs.size(); ++input) {
    subject.inputs.push_back(input);
  }
  WriteEvidence(scene, subject, prose);
  Finish(scene, subject, {"out-of-scope", scene.words.Text(Phrase::kTopicOutOfScope)},
         std::move(prose), draft.card);
  return draft;
}

/// Questions about what contradicts itself, whether or not it is asked for.
std::vector<pathways::Question> Contradictions(const Scene& scene) {
  std::vector<pathways::Question> questions;
  const auto add = [&](const std::vector<pathways::InputState>& states, const std::string& focus) {
    for (Index input = 0; input < states.size(); ++input) {
      if (states[input].reason == pathways::UnknownReason::kConflict) {
        questions.push_back({input, focus, states[input].reason});
      }
    }
  };
  add(scene.outcome.patient_inputs, "");
  for (Index i = 0; i < scene.outcome.foci.size() && i < scene.outcome.focus_inputs.size(); ++i) {
    add(scene.outcome.focus_inputs[i], scene.outcome.foci[i].key);
  }
  return questions;
}

/// Tables of which several rules hold although one excludes the other.
std::vector<std::string> ContradictingRules(const Scene& scene, const Prose& prose) {
  std::vector<std::string> lines;
  for (const pathways::TableTrace& table : scene.outcome.tables) {
    if (table.table == nullptr || table.result != pathways::TableTrace::Result::kConflict) continue;
    std::vector<std::string> rules;
    for (const pathways::Rule* rule : table.holds) AddOnce(rules, prose.Own(rule->id));
    AddOnce(lines,
            scene.words.Text(Phrase::kConflictTable, {{"table", prose.Own(table.table->title)},
                                                      {"rules", scene.words.Join(rules)}}));
  }
  return lines;
}

}  // namespace

std::vector<std::pair<Focus, Results>> ByFocus(const Results& results) {
  std::vector<std::pair<Focus, Results>> groups;
  for (const Recommendation* result : results) {
    const Focus focus = FocusOf(*result);
    auto group = std::ranges::find(groups, focus, &std::pair<Focus, Results>::first);
    if (group == groups.end()) group = groups.insert(groups.end(), {focus, {}});
    group->second.push_back(result);
  }
  return groups;
}

Draft ResultCard(const Scene& scene, const Focus& focus, Results results,
                 const std::vector<Focus>& scored) {
  Draft draft;
  Subject subject{.focus = focus, .results = std::move(results)};
  subject.inputs = InputsOf(scene, subject.results);
  if (!AdviceOf(subject.results, Determination::kRecommended).empty()) {
    draft.rank = Rank::kRecommendation;
  }
  draft.card.summary = Summary(scene, subject);
  Prose prose(scene.request.options.markdown);
  WriteResults(scene, subject, prose);
  WriteEvidence(scene, subject, prose);
  WriteSection(scene, Phrase::kHeadingScores, ScoreLines(scene, subject, scored, prose), prose);
  const Results patient = focus.key.empty() ? Results{} : ResultsOf(scene, Focus{});
  SuggestResults(scene, subject.results, patient, draft.card);
  const Recommendation& leading = Leading(subject.results);
  Finish(scene, subject, {leading.rule, ResultTitle(scene, leading)}, std::move(prose), draft.card);
  return draft;
}

Draft ConflictCard(const Scene& scene) {
  Draft draft{.rank = Rank::kConflict};
  draft.card.indicator = Indicator::kWarning;
  draft.card.summary =
      scene.words.Text(Phrase::kSummaryConflict, {{"pathway", scene.pathway.title}});
  const Subject subject;
  Prose prose(scene.request.options.markdown);
  prose.Paragraph(prose.Own(scene.words.Text(Phrase::kDetailConflict)));
  prose.List(ContradictingRules(scene, prose));
  WriteQuestions(scene, Contradictions(scene), prose);
  WriteEvidence(scene, subject, prose);
  Finish(scene, subject, {"conflict", scene.words.Text(Phrase::kTopicConflict)}, std::move(prose),
         draft.card);
  return draft;
}

std::vector<Draft> ResultCards(const Scene& scene) {
  std::vector<Draft> drafts;
  if (scene.outcome.kind == OutcomeKind::kConflict) return {ConflictCard(scene)};
  const bool out = scene.outcome.kind == OutcomeKind::kOutOfScope;
  if (out && !scene.pathway.cards.show_out_of_scope) return drafts;
  auto groups = Groups(scene);
  const auto scored = ScoredFoci(scene, groups);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    auto& [focus, results] = groups[i];
    drafts.push_back(ResultCard(scene, focus, std::move(results), scored[i]));
  }
  if (!scene.outcome.ask.empty()) drafts.push_back(NeedDataCard(scene));
  if (out && drafts.empty()) drafts.push_back(OutOfScopeCard(scene));
  return drafts;
}

}  // namespace renal::cards
