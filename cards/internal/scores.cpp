#include "cards/internal/scores.h"

#include <algorithm>

#include "cards/internal/evidence.h"
#include "cards/internal/focus_title.h"

namespace renal::cards {
namespace {

using pathways::Input;
using pathways::InputState;
using pathways::ScorePart;
using pathways::ScoreState;

void AddSentence(std::string& line, std::string_view sentence) {
  if (sentence.empty()) return;
  if (!line.empty()) line += ' ';
  line += sentence;
}

std::string Joined(const Scene& scene, const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    text = text.empty() ? item
                        : scene.words.Text(Phrase::kListClause, {{"list", text}, {"last", item}});
  }
  return text;
}

std::string Numbers(const Scene& scene, std::int64_t low, std::int64_t high) {
  if (low == high) return std::to_string(low);
  return scene.words.Text(Phrase::kValueRange,
                          {{"low", std::to_string(low)}, {"high", std::to_string(high)}});
}

/// The value, or the classes that are still possible.
std::string ValueOf(const Scene& scene, const Input& input, const InputState& state) {
  if (state.value) return ValueShown(scene, input, *state.value);
  std::vector<std::string> possible;
  for (const std::size_t code : state.score->possible) {
    if (code < input.values.size()) AddOnce(possible, input.values[code].second);
  }
  if (possible.empty() || possible.size() == input.values.size()) {
    return scene.words.Text(Phrase::kScoreOpen);
  }
  return scene.words.Join(possible, Phrase::kListOr);
}

/// "7ph", or the sum of what the items can add; empty without points.
std::string PointsOf(const Scene& scene, const ScoreState& score) {
  if (!score.notation.empty()) return score.notation;
  std::int64_t low = 0;
  std::int64_t high = 0;
  bool any = false;
  for (const ScorePart& part : score.parts) {
    if (!part.low || !part.high) continue;
    any = true;
    low += *part.low;
    high += *part.high;
  }
  return any ? Numbers(scene, low, high) : std::string();
}

/// What an item adds; the value of another part. A mark stands for the points where there are none.
std::string PartValue(const Scene& scene, const ScorePart& part, const Focus& focus) {
  if (!part.mark.empty() && part.low == 0) return std::string(part.mark);
  if (part.low && part.high) return Numbers(scene, *part.low, *part.high);
  const InputState* state = StateOf(scene, part.input, focus);
  if (state == nullptr || !state->value) return {};
  return ValueShown(scene, scene.pathway.inputs[part.input], *state->value);
}

/// The title of a part that is missing, and why if it is on record all the same.
std::string MissingPart(const Scene& scene, const ScorePart& part, const Focus& focus) {
  const InputState* state =
      part.missing.empty() ? nullptr : StateOf(scene, part.missing.front(), focus);
  std::string title(part.title);
  if (state == nullptr) return title;
  std::string why;
  if (state->value) {
    why = ValueShown(scene, scene.pathway.inputs[part.missing.front()], *state->value);
  } else if (state->reason != pathways::UnknownReason::kAbsent) {
    why = ReasonText(scene, state->reason);
  }
  if (why.empty()) return title;
  return scene.words.Text(Phrase::kScoreWhy, {{"title", std::move(title)}, {"why", why}});
}

struct PartTexts {
  std::vector<std::string> known, missing, outside;
};

PartTexts TextsOf(const Scene& scene, const ScoreState& score, const Focus& focus) {
  PartTexts texts;
  for (const ScorePart& part : score.parts) {
    if (part.state == ScorePart::State::kUnknown) {
      AddOnce(texts.missing, MissingPart(scene, part, focus));
    } else if (part.state == ScorePart::State::kOutside) {
      AddOnce(texts.outside, std::string(part.title));
    } else {
      AddOnce(texts.known, scene.words.Text(Phrase::kDatumLine,
                                            {{"title", std::string(part.title)},
                                             {"value", PartValue(scene, part, focus)}}));
    }
  }
  return texts;
}

std::string Sources(const Scene& scene, const Input& input) {
  std::vector<std::string> labels;
  for (const Index source : input.cite) AddOnce(labels, scene.pathway.sources[source].label);
  if (labels.empty()) return {};
  return scene.words.Text(Phrase::kProvenanceSources, {{"sources", scene.words.Join(labels)}});
}

std::string Line(const Scene& scene, Index index, const Focus& focus, const Prose& prose) {
  const Input& input = scene.pathway.inputs[index];
  const InputState& state = *StateOf(scene, index, focus);
  const Catalogue& words = scene.words;
  const std::string head =
      words.Text(Phrase::kDatumLine, {{"title", InputTitle(scene, index, focus, prose)},
                                      {"value", prose.Inside(ValueOf(scene, input, state))}});
  std::string line = prose.Strong(head);
  const auto add = [&](Phrase phrase, std::string_view name, const std::string& text) {
    if (!text.empty()) AddSentence(line, prose.Inside(words.Text(phrase, {{name, text}})));
  };
  add(Phrase::kScorePoints, "points", PointsOf(scene, *state.score));
  const PartTexts texts = TextsOf(scene, *state.score, focus);
  add(Phrase::kScoreParts, "parts", Joined(scene, texts.known));
  add(Phrase::kScoreMissing, "parts", Joined(scene, texts.missing));
  add(Phrase::kScoreOutside, "parts", Joined(scene, texts.outside));
  for (const std::string& remark : state.score->remarks) AddSentence(line, prose.Inside(remark));
  AddSentence(line, prose.Inside(Sources(scene, input)));
  return line;
}

}  // namespace

std::vector<std::string> ScoreLines(const Scene& scene, const Subject& subject,
                                    const std::vector<Focus>& foci, const Prose& prose) {
  std::vector<std::string> lines;
  for (Index index = 0; index < scene.pathway.inputs.size(); ++index) {
    const Input& input = scene.pathway.inputs[index];
    const bool used = std::ranges::find(subject.inputs, index) != subject.inputs.end();
    if (!input.score || used) continue;
    for (const Focus& focus : foci) {
      const InputState* state = input.focus == focus.kind ? StateOf(scene, index, focus) : nullptr;
      if (state == nullptr || !state->score || !state->score->shown) continue;
      lines.push_back(Line(scene, index, focus, prose));
    }
  }
  return lines;
}

}  // namespace renal::cards
