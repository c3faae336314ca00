#include <algorithm>

#include "cards/board_words.h"
#include "cards/internal/brief_parts.h"
#include "cards/internal/evidence.h"
#include "cards/internal/scores.h"

namespace renal::cards {
namespace {

using pathways::Evidence;
using pathways::Input;
using pathways::InputState;
using pathways::InputStatus;

Results AllResults(const Scene& scene) {
  Results results;
  for (const auto& result : scene.outcome.recommendations) results.push_back(&result);
  return results;
}

std::vector<Focus> AllFoci(const Scene& scene) {
  std::vector<Focus> foci{Focus{}};
  for (const auto& instance : scene.outcome.foci) foci.push_back({instance.kind, instance.key});
  return foci;
}

bool IsShown(const InputState* state) {
  return state != nullptr && state->value && !state->score &&
         (state->status == InputStatus::kKnown || state->status == InputStatus::kAsserted ||
          state->status == InputStatus::kDerived);
}

/// What the results test; where there are none, all that is on record.
std::vector<Index> InputsShown(const Scene& scene) {
  std::vector<Index> inputs = InputsOf(scene, AllResults(scene));
  if (!inputs.empty()) return inputs;
  for (Index i = 0; i < scene.pathway.inputs.size(); ++i) {
    if (!scene.pathway.inputs[i].IsDerived()) inputs.push_back(i);
  }
  return inputs;
}

std::string AgeText(const BriefScene& brief, const InputState& state) {
  if (state.age_days < 0 || state.from.empty() || state.from.front().time.empty()) return {};
  const std::string days = brief.words.Counted(BoardPhrase("brief.age"), state.age_days);
  return state.stale ? days + ", " + brief.words.Text(BoardPhrase("brief.stale")) : days;
}

std::string SourceText(const BriefScene& brief, const InputState& state) {
  if (state.status == InputStatus::kAsserted) return brief.scene.words.Text(Phrase::kDatumAsserted);
  if (state.from.empty()) return brief.scene.words.Text(Phrase::kDatumDerived);
  const Evidence& first = state.from.front();
  std::string text = first.display.empty() ? first.source : first.display;
  if (!first.reference.empty()) text += (text.empty() ? "" : ", ") + first.reference;
  if (!first.note.empty()) text += ", " + first.note;
  return text;
}

std::string ValueCell(const Scene& scene, const Input& input, const InputState& state) {
  std::string text = ValueShown(scene, input, *state.value);
  if (!state.from.empty() && input.type == pathways::Type::kQuantity) {
    const std::string recorded = AmountShown(scene, state.from.front().recorded);
    if (!recorded.empty() && state.from.front().recorded != state.from.front().value) {
      text += " (" + recorded + ")";
    }
  }
  return text;
}

std::vector<BriefLine> RowOfDatum(const BriefScene& brief, Index index, const Focus& focus,
                                  const InputState& state) {
  const Scene& scene = brief.scene;
  const Input& input = scene.pathway.inputs[index];
  BriefLine title, value, date, source;
  std::string name = input.title;
  if (!focus.key.empty()) name += " – " + BriefFocus(brief, focus.key);
  title.Text(name);
  value.Strong(ValueCell(scene, input, state));
  if (!state.from.empty()) date.Text(Day(scene, state.from.front().time));
  const std::string age = AgeText(brief, state);
  if (!age.empty() && state.stale) date.Text(" ").Strong(age);
  if (!age.empty() && !state.stale) date.Soft(" " + age);
  source.Soft(SourceText(brief, state));
  return {title, value, date, source};
}

std::string More(const BriefScene& brief, std::size_t total, const Setting& setting) {
  const std::size_t left = total > setting.limit ? total - setting.limit : 0;
  return brief.words.Counted(BoardPhrase("brief.more"), static_cast<std::int64_t>(left));
}

void AddLines(std::vector<BriefLine>& lines, const std::vector<std::string>& texts) {
  std::vector<std::string> once;
  for (const std::string& text : texts) AddOnce(once, text);
  for (const std::string& text : once) lines.push_back(BriefLine().Text(text));
}

}  // namespace

Box DataPart(const BriefScene& brief, const Setting& setting, double width) {
  const Scene& scene = brief.scene;
  const auto head = [&](std::size_t phrase) { return BriefLine().Text(brief.words.Text(phrase)); };
  std::vector<std::vector<BriefLine>> rows = {
      {head(BoardPhrase("data.datum")), head(BoardPhrase("data.value")),
       head(BoardPhrase("data.date")), head(BoardPhrase("data.source"))}};
  for (const Index index : InputsShown(scene)) {
    for (const Focus& focus : AllFoci(scene)) {
      if (scene.pathway.inputs[index].focus != focus.kind) continue;
      const InputState* state = StateOf(scene, index, focus);
      if (IsShown(state)) rows.push_back(RowOfDatum(brief, index, focus, *state));
    }
  }
  if (rows.size() == 1) return {};
  BoxWriter box(setting, width);
  box.Heading(scene.words.Text(Phrase::kHeadingData));
  box.Table({0.33, 0.2, 0.19, 0.28}, rows, More(brief, rows.size() - 1, setting));
  return box.Take();
}

Box AssumedPart(const BriefScene& brief, const Setting& setting, double width) {
  const Scene& scene = brief.scene;
  const Prose plain(false);
  std::vector<std::string> texts;
  for (const Focus& focus : AllFoci(scene)) {
    const Results results = ResultsOf(scene, focus);
    if (results.empty() && !focus.key.empty()) continue;
    const Subject subject{.focus = focus, .results = results, .inputs = InputsOf(scene, results)};
    for (const std::string& text : AssumedLines(scene, subject, plain)) AddOnce(texts, text);
  }
  if (texts.empty()) return {};
  std::vector<BriefLine> lines;
  AddLines(lines, texts);
  BoxWriter box(setting, width);
  box.Heading(scene.words.Text(Phrase::kHeadingAssumed));
  box.List(lines, More(brief, lines.size(), setting));
  return box.Take();
}

Box ScoresPart(const BriefScene& brief, const Setting& setting, double width) {
  const Scene& scene = brief.scene;
  const Subject subject;
  std::vector<BriefLine> lines;
  AddLines(lines, ScoreLines(scene, subject, AllFoci(scene), Prose(false)));
  if (lines.empty()) return {};
  BoxWriter box(setting, width);
  box.Heading(scene.words.Text(Phrase::kHeadingScores));
  box.List(lines, More(brief, lines.size(), setting));
  return box.Take();
}

}  // namespace renal::cards
