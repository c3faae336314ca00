#include "cards/internal/view.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "cards/internal/focus_title.h"
#include "pathways/used_inputs.h"

namespace renal::cards {
namespace {

using pathways::Bound;
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

// In UTF-8 the letters "à" to "þ" are 0xC3 with 0xA0 to 0xBE, their capitals 0x20 before them; 0xB7 and 0x97
// in the middle are signs.
constexpr char kLatinLead = '\xC3';

bool IsLatinIn(std::string_view text, unsigned char first, unsigned char last) {
  if (text.size() < 2 || text[0] != kLatinLead) return false;
  const auto letter = static_cast<unsigned char>(text[1]);
  return letter >= first && letter <= last && letter != first + 0x17;
}

bool StartsLower(std::string_view text) {
  return (!text.empty() && text[0] >= 'a' && text[0] <= 'z') || IsLatinIn(text, 0xA0, 0xBE);
}

bool StartsUpper(std::string_view text) {
  return (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') || IsLatinIn(text, 0x80, 0x9E);
}

/// With the case of its first letter changed, which must be one.
std::string Toggled(std::string_view text) {
  std::string out(text);
  char& letter = out[0] == kLatinLead ? out[1] : out[0];
  letter = static_cast<char>(letter ^ 0x20);
  return out;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// "[2.5 .. 4)", "< 7": nothing but numbers, comparisons and brackets before a unit in quotes.
bool IsAmount(std::string_view text) {
  const std::string_view number = text.substr(0, text.find('\''));
  return std::ranges::any_of(number, IsDigit) &&
         number.find_first_not_of("0123456789.<>=-[]() ") == std::string_view::npos;
}

/// With the decimal sign of the language in each number that has one; "14.02.2026" is none.
std::string WithDecimalSign(const Scene& scene, std::string_view number) {
  std::string out;
  while (!number.empty()) {
    const std::size_t end = std::min(number.find_first_not_of("0123456789."), number.size());
    const std::string_view token = number.substr(0, std::max<std::size_t>(end, 1));
    const std::size_t point = token.find('.');
    const bool decimal = point != std::string_view::npos && token.rfind('.') == point &&
                         point > 0 && point + 1 < token.size();
    if (decimal) {
      out.append(token.substr(0, point)).append(scene.words.Text(Phrase::kNumberDecimal));
      out.append(token.substr(point + 1));
    } else {
      out.append(token);
    }
    number.remove_prefix(token.size());
  }
  return out;
}

std::string WithoutQuotes(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c != '\''; });
  return out;
}

/// Whether `text` has digits where `form` has '0', and the same characters elsewhere.
bool HasForm(std::string_view text, std::string_view form) {
  return std::ranges::equal(text, form,
                            [](char c, char f) { return f == '0' ? IsDigit(c) : c == f; });
}

std::string YesOrNo(const Scene& scene, bool yes) {
  return scene.words.Text(yes ? Phrase::kValueYes : Phrase::kValueNo);
}

/// In the unit of the input, whatever the unit that was recorded.
std::string BoundText(const Scene& scene, const Input& input, const pathways::Bound& bound) {
  if (input.unit && !input.unit_text.empty()) {
    const auto shown = Convert(bound.value, *input.unit);
    if (shown) {
      const std::string number = Rounded(input, shown->value).ToShortString();
      return WithDecimalSign(scene, number) + " " + input.unit_text;
    }
  }
  const Interval point = Interval::Point({Rounded(input, bound.value.value), bound.value.unit});
  const std::string text = pathways::ValueText(input, pathways::Value::Ordered(point));
  return input.type == Type::kDate ? Day(scene, text) : AmountShown(scene, text);
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
  if (interval.IsPoint()) return BoundText(scene, input, *interval.low);
  std::string low, high;
  const bool has_low = interval.low && !IsPlausibleLimit(interval.low, input.min);
  const bool has_high = interval.high && !IsPlausibleLimit(interval.high, input.max);
  if (has_low) low = BoundText(scene, input, *interval.low);
  if (has_high) high = BoundText(scene, input, *interval.high);
  if (has_low && has_high && interval.low->closed && interval.high->closed) return words.Text(Phrase::kValueRange, {{"low", low}, {"high", high}});
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

std::string About(const Scene& scene, const Focus& focus, const std::vector<Index>& inputs) {
  if (focus.key.empty()) return scene.words.Text(Phrase::kAboutPatient);
  std::string title = Capitalised(FocusTitle(scene, focus));
  const std::string size = SizeShown(scene, focus, inputs);
  if (size.empty()) return title;
  return scene.words.Text(Phrase::kAboutSize, {{"about", title}, {"size", size}});
}

std::string ActionTitle(const Scene& scene, Index action) {
  return action < scene.pathway.actions.size() ? scene.pathway.actions[action].title
                                               : std::string();
}

const std::string& StrengthShown(const pathways::Strength& strength) {
  return strength.title.empty() ? strength.word : strength.title;
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
  std::vector<std::string_view> rules;
  const auto add = [&](std::string_view rule) {
    if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
  };
  for (const Recommendation* result : results) {
    add(result->rule);
    std::ranges::for_each(result->rules, add);
  }
  MarkUsedInputs(scene.pathway, rules, used);
  for (const Recommendation* result : results) {
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
  return scene.pathway.FindInput(name);
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
  if (input.type == Type::kBoolean) return YesOrNo(scene, value.code() == 1);
  return value.code() < input.values.size() ? input.values[value.code()].second : std::string();
}

std::string ValueShown(const Scene& scene, const Input& input, std::string_view text) {
  if (input.type == Type::kBoolean) {
    if (text == "true" || text == "yes") return YesOrNo(scene, true);
    if (text == "false" || text == "no") return YesOrNo(scene, false);
  }
  for (const auto& entry : input.values) {
    if (SameKey(entry, text)) return entry.second;
  }
  return input.type == Type::kDate ? Day(scene, text) : AmountShown(scene, text);
}

std::string CellShown(const Scene& scene, const Input& input, std::string_view cell) {
  constexpr std::string_view kOr = " or ";
  std::vector<std::string> tests;
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find(kOr), cell.size());
    const std::string_view test = cell.substr(0, end);
    if (test == "known") {
      tests.push_back(scene.words.Text(Phrase::kValueKnown));
    } else if (test == "unknown") {
      tests.push_back(scene.words.Text(Phrase::kValueUnknown));
    } else {
      tests.push_back(ValueShown(scene, input, test));
    }
    cell.remove_prefix(std::min(end + kOr.size(), cell.size()));
  }
  return scene.words.Join(tests, Phrase::kListOr);
}

std::string AmountShown(const Scene& scene, std::string_view text) {
  if (!IsAmount(text)) return WithoutQuotes(text);
  const std::size_t unit = std::min(text.find('\''), text.size());
  return WithDecimalSign(scene, text.substr(0, unit)) + WithoutQuotes(text.substr(unit));
}

std::string Capitalised(std::string_view text) {
  return StartsLower(text) ? Toggled(text) : std::string(text);
}

std::string Decapitalised(std::string_view text) {
  const std::size_t first = text.starts_with(kLatinLead) ? 2 : 1;
  const bool word = StartsUpper(text) && StartsLower(text.substr(first));
  return word ? Toggled(text) : std::string(text);
}

std::string Day(const Scene& scene, std::string_view time) {
  const std::string_view date = time.substr(0, time.find('T'));
  const auto part = [&](std::size_t at, std::size_t size) { return date.substr(at, size); };
  if (HasForm(date, "0000-00-00")) {
    return scene.words.Text(
        Phrase::kDateDay, {{"year", part(0, 4)}, {"month", part(5, 2)}, {"day", part(8, 2)}});
  }
  if (HasForm(date, "0000-00")) {
    return scene.words.Text(Phrase::kDateMonth, {{"year", part(0, 4)}, {"month", part(5, 2)}});
  }
  return std::string(date);
}

bool IsHttps(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  return url.starts_with(kScheme) && url.size() > kScheme.size();
}

void AddOnce(std::vector<std::string>& list, std::string text) {
  if (text.empty() || std::ranges::find(list, text) != list.end()) return;
  constexpr std::size_t kUsual = 8;
  if (list.empty()) list.reserve(kUsual);
  list.push_back(std::move(text));
}

}  // namespace renal::cards
