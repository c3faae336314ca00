#include <algorithm>

#include "cards/board_words.h"
#include "cards/internal/brief_parts.h"
#include "cards/internal/evidence.h"
#include "cards/internal/scores.h"
#include "cards/markdown.h"

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
  std::string days = brief.words.Counted(BoardPhrase("brief.age"), state.age_days);
  // Number and word stay together.
  for (std::size_t at = days.find(' '); at != std::string::npos; at = days.find(' ', at)) {
    days.replace(at, 1, "\u00a0");
  }
  return state.stale ? days + ", " + brief.words.Text(BoardPhrase("brief.stale")) : days;
}

std::string SourceText(const BriefScene& brief, const InputState& state) {
  if (state.status == InputStatus::kAsserted) return brief.scene.words.Text(Phrase::kDatumAsserted);
  const bool derived = state.status == InputStatus::kDerived &&
                       (state.from.empty() || state.from.front().display.empty());
  if (state.from.empty() || derived) return brief.scene.words.Text(Phrase::kDatumDerived);
  const Evidence& first = state.from.front();
  std::string text = first.display.empty() ? first.reference : first.display;
  if (!first.note.empty()) text += ", " + first.note;
  return CleanLine(text, kLongestTitle);
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

/// What is known of an input, of one thing or of several that have the same.
struct Datum {
  Index input = kNone;
  std::vector<std::string> things;
  std::string value, date, age, source;
  bool stale = false;
};

Datum DatumOf(const BriefScene& brief, Index index, const Focus& focus, const InputState& state) {
  const Scene& scene = brief.scene;
  Datum datum{
      .input = index,
      .value = CleanLine(ValueCell(scene, scene.pathway.inputs[index], state), kLongestTitle),
      .age = AgeText(brief, state),
      .source = SourceText(brief, state),
      .stale = state.stale};
  if (!focus.key.empty()) datum.things.push_back(BriefFocus(brief, focus.key));
  // What makes the thing is its own source.
  if (!focus.key.empty() && datum.source == datum.things.front()) datum.source.clear();
  if (!state.from.empty()) datum.date = Day(scene, state.from.front().time);
  return datum;
}

bool SameButForThing(const Datum& a, const Datum& b) {
  return a.input == b.input && a.value == b.value && a.date == b.date && a.age == b.age &&
         a.source == b.source && a.stale == b.stale;
}

std::vector<Datum> DataOf(const BriefScene& brief) {
  std::vector<Datum> data;
  for (const Index index : InputsShown(brief.scene)) {
    for (const Focus& focus : AllFoci(brief.scene)) {
      if (brief.scene.pathway.inputs[index].focus != focus.kind) continue;
      const InputState* state = StateOf(brief.scene, index, focus);
      if (!IsShown(state)) continue;
      Datum datum = DatumOf(brief, index, focus, *state);
      const auto same = std::ranges::find_if(
          data, [&](const Datum& other) { return SameButForThing(other, datum); });
      if (same == data.end()) {
        data.push_back(std::move(datum));
      } else {
        for (const std::string& thing : datum.things) AddOnce(same->things, thing);
      }
    }
  }
  return data;
}

/// Titles of all things that have the input.
std::vector<std::string> AllThings(const BriefScene& brief, Index input) {
  std::vector<std::string> things;
  for (const pathways::FocusInstance& thing : brief.scene.outcome.foci) {
    if (thing.kind == brief.scene.pathway.inputs[input].focus) {
      AddOnce(things, BriefFocus(brief, thing.key));
    }
  }
  return things;
}

/// " – Left kidney"; of many things shorter: " – all 5", " – all but Metastasis in the skin".
std::string ThingsOf(const BriefScene& brief, const Datum& datum) {
  constexpr std::size_t kMany = 3;
  if (datum.things.empty()) return {};
  if (datum.things.size() < kMany) return " – " + NamedThings(datum.things);
  std::vector<std::string> others = AllThings(brief, datum.input);
  if (others.size() == datum.things.size()) {
    return " – " +
           brief.words.Text(BoardPhrase("data.all"), {{"count", std::to_string(others.size())}});
  }
  std::erase_if(others, [&](const std::string& thing) {
    return std::ranges::find(datum.things, thing) != datum.things.end();
  });
  if (others.size() >= datum.things.size()) return " – " + NamedThings(datum.things);
  return " – " + brief.words.Text(BoardPhrase("data.but"), {{"things", NamedThings(others)}});
}

std::vector<BriefLine> RowOf(const BriefScene& brief, const Datum& datum) {
  BriefLine title, value, date, source;
  const std::string things = ThingsOf(brief, datum);
  title.Text(brief.scene.pathway.inputs[datum.input].title).Soft(things);
  value.Strong(datum.value);
  if (!datum.date.empty()) date.Text(datum.date);
  if (!datum.age.empty() && datum.stale) date.Text(" ").Strong(datum.age);
  if (!datum.age.empty() && !datum.stale) date.Soft(" " + datum.age);
  source.Soft(datum.source);
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
  for (const Datum& datum : DataOf(brief)) rows.push_back(RowOf(brief, datum));
  if (rows.size() == 1) return {};
  BoxWriter box(setting, width);
  box.Heading(scene.words.Text(Phrase::kHeadingData));
  box.Table({0.32, 0.23, 0.22, 0.23}, rows, More(brief, rows.size() - 1, setting));
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
  BoxWriter box(setting.ForMinor(), width);
  box.Heading(scene.words.Text(Phrase::kHeadingAssumed));
  box.List(lines, More(brief, lines.size(), box.setting()));
  return box.Take();
}

Box ScoresPart(const BriefScene& brief, const Setting& setting, double width) {
  const Scene& scene = brief.scene;
  const Subject subject;
  std::vector<BriefLine> lines;
  AddLines(lines, ScoreLines(scene, subject, AllFoci(scene), Prose(false)));
  if (lines.empty()) return {};
  BoxWriter box(setting.ForMinor(), width);
  box.Heading(scene.words.Text(Phrase::kHeadingScores));
  box.List(lines, More(brief, lines.size(), box.setting()));
  return box.Take();
}

}  // namespace renal::cards
