#include "cards/internal/view.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "cards/internal/used_inputs.h"

namespace renal::cards {
namespace {

using pathways::Bound;
using pathways::FocusKind;
using pathways::Input;
using pathways::InputState;
using pathways::Interval;
using pathways::Recommendation;
using pathways::Type;

bool SameKey(const std::pair<std::string, std::string>& entry, std::string_view key) {
  return entry.first == key;
}

/// As people see it; rules compare all digits.
fhir::Decimal Rounded(const Input& input, const fhir::Decimal& value) {
  return input.places ? value.Round(*input.places) : value;
}

/// In the unit of the input, whatever the unit that was recorded.
std::string BoundText(const Input& input, const pathways::Bound& bound) {
  if (input.unit && !input.unit_text.empty()) {
    const auto shown = Convert(bound.value, *input.unit);
    if (shown) return Rounded(input, shown->value).ToShortString() + " " + input.unit_text;
  }
  const Interval point = Interval::Point({Rounded(input, bound.value.value), bound.value.unit});
  return WithoutQuotes(pathways::ValueText(input, pathways::Value::Ordered(point)));
}

/// Whether an end is only the plausible limit of the input, and says nothing about this patient.
bool IsPlausibleLimit(const std::optional<pathways::Bound>& bound,
                      const std::optional<fhir::Quantity>& limit) {
  if (!bound || !limit || !bound->closed) return false;
  const auto order = Compare(bound->value, *limit);
  return order && *order == 0;
}

std::string IntervalText(const Scene& scene, const Input& input, const Interval& interval) {
  const Catalogue& words = scene.words;
  if (interval.IsPoint()) return BoundText(input, *interval.low);
  std::string low, high;
  const bool has_low = interval.low && !IsPlausibleLimit(interval.low, input.min);
  const bool has_high = interval.high && !IsPlausibleLimit(interval.high, input.max);
  if (has_low) low = BoundText(input, *interval.low);
  if (has_high) high = BoundText(input, *interval.high);
  if (has_low && has_high && interval.low->closed && interval.high->closed)
    return words.Text(Phrase::kValueRange, {{"low", low}, {"high", high}});
  if (has_low) {
    const Phrase phrase = interval.low->closed ? Phrase::kValueAtLeast : Phrase::kValueMoreThan;
    low = words.Text(phrase, {{"value", low}});
  }
  if (has_high) {
    const Phrase phrase = interval.high->closed ? Phrase::kValueAtMost : Phrase::kValueLessThan;
    high = words.Text(phrase, {{"value", high}});
  }
  if (low.empty() || high.empty()) return low + high;
  return words.Text(Phrase::kValueBoth, {{"low", low}, {"high", high}});
}

/// The size that a summary names: the first quantity of the focus among the inputs.
std::string SizeShown(const Scene& scene, const Focus& focus, const std::vector<Index>& inputs) {
  for (const Index index : inputs) {
    const Input& input = scene.pathway.inputs[index];
    if (input.type != Type::kQuantity || input.focus == kNone || input.focus != focus.kind)
      continue;
    const InputState* state = StateOf(scene, index, focus);
    if (state != nullptr && state->known() && state->value) {
      return ValueShown(scene, input, *state->value);
    }
  }
  return {};
}

std::string Capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

}  // namespace

Focus FocusOf(const Recommendation& result) {
  return result.focus.empty() ? Focus{} : Focus{result.focus_kind, result.focus};
}

Results ResultsOf(const Scene& scene, const Focus& focus) {
  Results results;
  for (const Recommendation& result : scene.outcome.recommendations) {
    if (FocusOf(result) == focus) results.push_back(&result);
  }
  return results;
}

Focus FindFocus(const Scene& scene, std::string_view key) {
  for (const pathways::FocusInstance& instance : scene.outcome.foci) {
    if (instance.key == key) return {instance.kind, instance.key};
  }
  return {};
}

std::string FocusTitle(const Scene& scene, const Focus& focus) {
  if (focus.key.empty() || focus.kind >= scene.pathway.foci.size()) return focus.key;
  const FocusKind& kind = scene.pathway.foci[focus.kind];
  for (const auto& entry : kind.values) {
    if (SameKey(entry, focus.key)) return entry.second;
  }
  return scene.words.Text(Phrase::kFocusReference,
                          {{"kind", kind.title}, {"reference", focus.key}});
}

std::string FocusTitle(const Scene& scene, std::string_view key) {
  for (Index kind = 0; kind < scene.pathway.foci.size(); ++kind) {
    for (const auto& entry : scene.pathway.foci[kind].values) {
      if (SameKey(entry, key)) return entry.second;
    }
  }
  const Focus focus = FindFocus(scene, key);
  return focus.key.empty() ? std::string(key) : FocusTitle(scene, focus);
}

std::string About(const Scene& scene, const Focus& focus, const std::vector<Index>& inputs) {
  if (focus.key.empty()) return scene.words.Text(Phrase::kAboutPatient);
  const std::string title = Capitalised(FocusTitle(scene, focus));
  const std::string size = SizeShown(scene, focus, inputs);
  if (size.empty()) return title;
  return scene.words.Text(Phrase::kAboutSize, {{"about", title}, {"size", size}});
}

std::string ActionTitle(const Scene& scene, Index action) {
  return action < scene.pathway.actions.size() ? scene.pathway.actions[action].title
                                               : std::string();
}

std::string ResultTitle(const Scene& scene, const Recommendation& result) {
  if (result.action != kNone) return ActionTitle(scene, result.action);
  if (!result.summary.empty()) return result.summary;
  return result.because.empty() ? result.rule : result.because.front();
}

const InputState* StateOf(const Scene& scene, Index input, const Focus& focus) {
  const pathways::Outcome& outcome = scene.outcome;
  if (input >= scene.pathway.inputs.size()) return nullptr;
  if (scene.pathway.inputs[input].focus == kNone) {
    return input < outcome.patient_inputs.size() ? &outcome.patient_inputs[input] : nullptr;
  }
  for (Index i = 0; i < outcome.foci.size() && i < outcome.focus_inputs.size(); ++i) {
    const bool here = outcome.foci[i].kind == scene.pathway.inputs[input].focus &&
                      outcome.foci[i].kind == focus.kind && outcome.foci[i].key == focus.key;
    if (here && input < outcome.focus_inputs[i].size()) return &outcome.focus_inputs[i][input];
  }
  return nullptr;
}

std::vector<Index> InputsOf(const Scene& scene, const Results& results) {
  std::vector<bool> used(scene.pathway.inputs.size(), false);
  for (const Recommendation* result : results) {
    MarkUsedInputs(scene.pathway, result->rule, used);
    for (const std::string& rule : result->rules) MarkUsedInputs(scene.pathway, rule, used);
    for (const std::string& name : result->missing) {
      const Index index = FindInput(scene, name);
      if (index != kNone) used[index] = true;
    }
  }
  std::vector<Index> inputs;
  for (Index i = 0; i < used.size(); ++i) {
    if (used[i]) inputs.push_back(i);
  }
  return inputs;
}

Index FindInput(const Scene& scene, std::string_view name) {
  const auto& inputs = scene.pathway.inputs;
  const auto input = std::ranges::find(inputs, name, &Input::name);
  return input == inputs.end() ? kNone : static_cast<Index>(input - inputs.begin());
}

std::string InputTitle(const Scene& scene, Index input, const Focus& focus) {
  const Input& what = scene.pathway.inputs[input];
  const auto count =
      std::ranges::count(scene.outcome.foci, what.focus, &pathways::FocusInstance::kind);
  if (what.focus == kNone || count < 2) return what.title;
  return what.title + " (" + FocusTitle(scene, focus) + ")";
}

std::vector<std::string> InputTitles(const Scene& scene, const std::vector<std::string>& names) {
  std::vector<std::string> titles;
  for (const std::string& name : names) {
    const Index index = FindInput(scene, name);
    if (index != kNone) AddOnce(titles, scene.pathway.inputs[index].title);
  }
  return titles;
}

std::string ValueShown(const Scene& scene, const Input& input, const pathways::Value& value) {
  if (!value.IsCode()) return IntervalText(scene, input, value.interval());
  return value.code() < input.values.size() ? input.values[value.code()].second : std::string();
}

std::string ValueShown(const Input& input, std::string_view text) {
  for (const auto& entry : input.values) {
    if (SameKey(entry, text)) return entry.second;
  }
  return WithoutQuotes(text);
}

std::string Capitalised(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string Decapitalised(std::string_view text) {
  std::string out(text);
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool word = out.size() > 1 && out[0] >= 'A' && out[0] <= 'Z' && is_lower(out[1]);
  if (word) out[0] = static_cast<char>(out[0] - 'A' + 'a');
  return out;
}

std::string WithoutQuotes(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c != '\''; });
  return out;
}

std::string Day(std::string_view time) { return std::string(time.substr(0, time.find('T'))); }

bool IsHttps(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  return url.starts_with(kScheme) && url.size() > kScheme.size();
}

void AddOnce(std::vector<std::string>& list, std::string text) {
  if (text.empty() || std::ranges::find(list, text) != list.end()) return;
  list.push_back(std::move(text));
}

}  // namespace renal::cards
