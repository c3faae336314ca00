#include "cards/worklist.h"

#include <algorithm>
#include <utility>

#include "cards/board_words.h"
#include "cards/internal/evidence.h"
#include "cards/internal/focus_title.h"
#include "cards/internal/view.h"
#include "cards/markdown.h"

namespace renal::cards {
namespace {

using pathways::Determination;
using pathways::InputState;
using pathways::Outcome;
using pathways::OutcomeKind;
using pathways::Recommendation;

int RankOf(const Outcome& outcome, bool board) {
  switch (outcome.kind) {
    case OutcomeKind::kError:
    case OutcomeKind::kConflict:
      return 1;
    case OutcomeKind::kNeedData:
      return 2;
    case OutcomeKind::kRecommendation:
      if (!outcome.ask.empty()) return 3;
      return board ? 4 : 5;
    case OutcomeKind::kOutOfScope:
      return 6;
    case OutcomeKind::kNotApplicable:
      break;
  }
  return 7;
}

/// With the thing that it is about, where the record has things.
std::string OfFocus(const Scene& scene, const std::string& focus, const std::string& text) {
  if (focus.empty()) return text;
  const std::string title = Capitalised(ShortFocusTitle(scene, FindFocus(scene, focus)));
  return BoardWords(scene.pathway.language)
      .Text(BoardPhrase("row.focus"), {{"focus", title}, {"text", text}});
}

std::string WithStrength(const Scene& scene, const Recommendation& result) {
  std::string title = Capitalised(ResultTitle(scene, result));
  if (result.strength >= scene.pathway.strengths.size()) return title;
  return scene.words.Text(
      Phrase::kSummaryAction,
      {{"action", title}, {"strength", StrengthShown(scene.pathway.strengths[result.strength])}});
}

void AddResults(const Scene& scene, WorklistRow& row) {
  for (const Recommendation& result : scene.outcome.recommendations) {
    const bool advice = result.action != kNone && !result.frame && !result.background;
    if (!advice || result.tier == pathways::Tier::kAvoid) continue;
    const bool recommended = result.determination == Determination::kRecommended;
    AddOnce(recommended ? row.recommended : row.possible,
            OfFocus(scene, result.focus, WithStrength(scene, result)));
    row.board = row.board || result.mdt_required;
  }
}

void AddMissing(const Scene& scene, WorklistRow& row) {
  for (const pathways::Question& question : scene.outcome.ask) {
    if (question.input >= scene.pathway.inputs.size()) continue;
    const Focus focus = FindFocus(scene, question.focus);
    AddOnce(row.missing, scene.words.Text(Phrase::kMissingLine,
                                          {{"title", InputTitle(scene, question.input, focus)},
                                           {"reason", ReasonText(scene, question.reason)}}));
  }
}

void AddAttention(const Scene& scene, const Focus& focus, WorklistRow& row) {
  const pathways::Phrases& words = BoardWords(scene.pathway.language);
  for (Index input = 0; input < scene.pathway.inputs.size(); ++input) {
    if (scene.pathway.inputs[input].focus != focus.kind) continue;
    const InputState* state = StateOf(scene, input, focus);
    if (state == nullptr || scene.pathway.inputs[input].IsDerived()) continue;
    const std::string title = InputTitle(scene, input, focus);
    if (state->stale && state->age_days >= 0) {
      AddOnce(row.attention,
              words.Counted(BoardPhrase("row.stale"), state->age_days, {{"input", title}}));
    }
    if (state->reason == pathways::UnknownReason::kConflict) {
      AddOnce(row.attention, words.Text(BoardPhrase("row.conflict"), {{"input", title}}));
    }
  }
}

/// What stands between the patient and the advice: things with their sizes.
void AddSituation(const Scene& scene, WorklistRow& row) {
  std::vector<Index> inputs(scene.pathway.inputs.size());
  for (Index i = 0; i < inputs.size(); ++i) inputs[i] = i;
  for (const pathways::FocusInstance& instance : scene.outcome.foci) {
    const Focus focus{instance.kind, instance.key};
    AddOnce(row.situation, ShortAbout(scene, focus, inputs));
  }
  for (const std::string& error : scene.outcome.errors) AddOnce(row.situation, error);
  AddOnce(row.situation, scene.outcome.gate_because);
}

}  // namespace

WorklistRow RowOf(const Outcome& outcome, const Person& person) {
  const pathways::Pathway& pathway = *outcome.pathway;
  const Catalogue* words = Catalogue::Of(pathway.language);
  const BuildRequest request;
  const Scene scene{outcome, pathway, request, words == nullptr ? Catalogue::English() : *words};
  WorklistRow row{.outcome = pathways::Spelling(outcome.kind)};
  row.patient = CleanLine(person.name.empty() ? person.id : person.name);
  row.born = Day(scene, CleanLine(person.born));
  AddResults(scene, row);
  AddMissing(scene, row);
  AddSituation(scene, row);
  AddAttention(scene, Focus{}, row);
  for (const pathways::FocusInstance& instance : outcome.foci) {
    AddAttention(scene, {instance.kind, instance.key}, row);
  }
  row.rank = RankOf(outcome, row.board);
  return row;
}

WorklistRow FailedRow(std::string_view reason, const Person& person) {
  WorklistRow row{.outcome = "failed"};
  row.patient = CleanLine(person.name.empty() ? person.id : person.name);
  row.situation = {std::string(reason)};
  return row;
}

}  // namespace renal::cards
