#include <algorithm>
#include <set>

#include "pathways/internal/case_expect.h"

namespace renal::pathways::internal {
namespace {

using Texts = std::vector<std::string>;

void AddOnce(Texts& list, const std::string& text) {
  if (std::ranges::find(list, text) == list.end()) list.push_back(text);
}

std::string Joined(const Texts& list) {
  std::string text;
  for (const std::string& entry : list) text += (text.empty() ? "" : ", ") + entry;
  return list.empty() ? "none" : text;
}

std::string Difference(std::string_view what, const std::string& expected, const std::string& got) {
  return std::string(what) + ": expected " + expected + ", got " + got;
}

// Whether a result is advice, not a frame or background fact.
bool IsAdvice(const Recommendation& result) {
  return result.action != kNone && !result.frame && !result.background;
}

bool IsRecommended(const Recommendation& result) {
  return result.determination == Determination::kRecommended;
}

std::string StrengthOf(const Outcome& outcome, const Recommendation& result) {
  if (result.strength == kNone) return Spelling(result.tier);
  const Strength& strength = outcome.pathway->strengths[result.strength];
  // A check may have restricted it: then the word of the source holds no longer.
  return strength.tier == result.tier ? strength.word : Spelling(result.tier);
}

std::string ActionOf(const Outcome& outcome, const Recommendation& result) {
  return result.action == kNone ? std::string() : outcome.pathway->actions[result.action].id;
}

std::string InputNameOf(const Outcome& outcome, Index input, const std::string& focus) {
  const Input& definition = outcome.pathway->inputs[input];
  const bool several =
      !focus.empty() && definition.focus != kNone && outcome.Count(definition.focus) > 1;
  return several ? definition.name + "@" + focus : definition.name;
}

class Comparer {
 public:
  Comparer(const Expectation& expected, const Outcome& outcome)
      : expected_(expected), outcome_(outcome) {}

  Texts Run();

 private:
  void Text(std::string_view what, const std::optional<std::string>& expected,
            const std::string& got);
  void Set(std::string_view what, const Expectation::Texts& expected, Texts got);
  void List(std::string_view what, const Expectation::Texts& expected, const Texts& got);
  void Options();
  void Checks();
  void Inputs();
  void OneInput(const ExpectedInput& expected);
  void Results();
  bool Matches(const ExpectedResult& expected, const Recommendation& result) const;
  void Absent();

  const Expectation& expected_;
  const Outcome& outcome_;
  Texts differences_;
};

void Comparer::Text(std::string_view what, const std::optional<std::string>& expected,
                    const std::string& got) {
  if (!expected || *expected == got) return;
  const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
  differences_.push_back(Difference(what, shown(*expected), shown(got)));
}

void Comparer::List(std::string_view what, const Expectation::Texts& expected, const Texts& got) {
  if (expected && *expected != got) {
    differences_.push_back(Difference(what, Joined(*expected), Joined(got)));
  }
}

// The order is that of the engine in the message, and does not count.
void Comparer::Set(std::string_view what, const Expectation::Texts& expected, Texts got) {
  if (!expected) return;
  const std::set<std::string> a(expected->begin(), expected->end());
  const std::set<std::string> b(got.begin(), got.end());
  if (a != b) differences_.push_back(Difference(what, Joined(*expected), Joined(got)));
}

void Comparer::Options() {
  if (!expected_.options) return;
  const auto shown = [](const std::vector<std::pair<std::string, std::string>>& options) {
    Texts list;
    for (const auto& [action, strength] : options) {
      list.push_back(std::string(action).append(" ").append(strength));
    }
    return list;
  };
  Set("options", shown(*expected_.options), shown(OptionsOf(outcome_)));
}

void Comparer::Checks() {
  for (const auto& [name, truth] : expected_.checks) {
    const std::size_t at = name.find('@');
    const std::string focus = at == std::string::npos ? std::string() : name.substr(at + 1);
    const auto spelled = [](Truth one) {
      return one == Truth::kUnknown ? "null" : one == Truth::kTrue ? "true" : "false";
    };
    Texts got;
    for (const CheckTrace& check : outcome_.checks) {
      const bool here = at == std::string::npos || check.focus == focus;
      if (check.check->id == name.substr(0, at) && here) AddOnce(got, spelled(check.verdict));
    }
    if (got != Texts{spelled(truth)}) {
      const std::string shown = got.empty() ? "not looked at" : Joined(got);
      differences_.push_back(Difference("check " + name, spelled(truth), shown));
    }
  }
}

void Comparer::OneInput(const ExpectedInput& expected) {
  const Input& input = outcome_.pathway->inputs[expected.input.input];
  Index instance = outcome_.Instance(expected.input.focus);
  for (Index i = 0; i < outcome_.foci.size() && expected.input.focus.empty(); ++i) {
    if (outcome_.foci[i].kind == input.focus) instance = i;
  }
  const InputState& state = outcome_.State(expected.input.input, instance);
  const std::string what = "input " + expected.name;
  Text(what + " state", expected.state, Spelling(state.status));
  Text(what + " reason", expected.reason, state.known() ? "" : Spelling(state.reason));
  if (!expected.value) return;
  const auto value = ReadWritten(input, *expected.value);
  const bool same = value ? state.value && SameValue(*value, *state.value) : !state.value;
  if (same) return;
  differences_.push_back(Difference(what, value ? ValueText(input, *value) : "unknown",
                                    state.value
                                        ? ValueText(input, *state.value)
                                        : std::string("unknown (") + Spelling(state.reason) + ")"));
}

bool Comparer::Matches(const ExpectedResult& expected, const Recommendation& result) const {
  const auto fits = [](const auto& wanted, const auto& got) { return !wanted || *wanted == got; };
  const bool rule = !expected.rule || *expected.rule == result.rule ||
                    std::ranges::find(result.rules, *expected.rule) != result.rules.end();
  return rule && fits(expected.action, ActionOf(outcome_, result)) &&
         fits(expected.strength, StrengthOf(outcome_, result)) &&
         fits(expected.tier, std::string(Spelling(result.tier))) &&
         fits(expected.determination, std::string(Spelling(result.determination))) &&
         fits(expected.focus, result.focus) && fits(expected.mdt_required, result.mdt_required) &&
         fits(expected.orderable, result.orderable) && fits(expected.missing, result.missing);
}

std::string Shown(const Outcome& outcome, const Recommendation& result) {
  const std::string action = ActionOf(outcome, result);
  return result.rule + (action.empty() ? "" : " " + action) + " " + StrengthOf(outcome, result) +
         " " + Spelling(result.determination) + (result.focus.empty() ? "" : "@" + result.focus) +
         (result.mdt_required ? " mdtRequired" : "") + (result.orderable ? " orderable" : "");
}

std::string Shown(const ExpectedResult& expected) {
  std::string text;
  for (const auto* part : {&expected.rule, &expected.action, &expected.strength, &expected.tier,
                           &expected.determination, &expected.focus}) {
    if (*part) text += (text.empty() ? "" : " ") + **part;
  }
  if (expected.mdt_required) text += *expected.mdt_required ? " mdtRequired" : " not mdtRequired";
  if (expected.orderable) text += *expected.orderable ? " orderable" : " not orderable";
  if (expected.missing) text += " missing " + Joined(*expected.missing);
  return text;
}

void Comparer::Results() {
  Texts got;
  for (const Recommendation& result : outcome_.recommendations)
    got.push_back(Shown(outcome_, result));
  for (const ExpectedResult& expected : expected_.results) {
    const bool found = std::ranges::any_of(
        outcome_.recommendations,
        [&](const Recommendation& result) { return Matches(expected, result); });
    if (!found) differences_.push_back(Difference("results", Shown(expected), Joined(got)));
  }
}

void Comparer::Absent() {
  if (!expected_.absent) return;
  for (const std::string& rule : *expected_.absent) {
    for (const Recommendation& result : outcome_.recommendations) {
      if (std::ranges::find(result.rules, rule) == result.rules.end()) continue;
      differences_.push_back(Difference("absent", "no " + rule, Shown(outcome_, result)));
    }
  }
}

Texts Comparer::Run() {
  Text("outcome", expected_.outcome, Spelling(outcome_.kind));
  Text("gate", expected_.gate, outcome_.gate);
  Set("rules", expected_.rules, RulesOf(outcome_));
  Options();
  Set("with", expected_.with, WithOf(outcome_));
  Set("candidates", expected_.candidates, CandidatesOf(outcome_));
  List("missing", expected_.missing, MissingOf(outcome_));
  List("ask", expected_.ask, AskedOf(outcome_));
  Set("independentOf", expected_.independent_of, IndependentOf(outcome_));
  Checks();
  Texts verdicts;
  for (const OrderVerdict& order : outcome_.orders) verdicts.push_back(Spelling(order.verdict));
  List("orders", expected_.orders, verdicts);
  for (const ExpectedInput& input : expected_.inputs) OneInput(input);
  Results();
  Absent();
  return std::move(differences_);
}

}  // namespace

Texts RulesOf(const Outcome& outcome) {
  Texts rules;
  for (const Recommendation& result : outcome.recommendations) {
    const bool counts =
        IsRecommended(result) && IsAdvice(result) && result.origin != Origin::kCheck;
    if (!counts) continue;
    for (const std::string& rule : result.rules) AddOnce(rules, rule);
  }
  return rules;
}

std::vector<std::pair<std::string, std::string>> OptionsOf(const Outcome& outcome) {
  std::vector<std::pair<std::string, std::string>> options;
  for (const Recommendation& result : outcome.recommendations) {
    if (!IsRecommended(result) || !IsAdvice(result) || result.origin != Origin::kOption) continue;
    const bool several = !result.focus.empty() && outcome.Count(result.focus_kind) > 1;
    options.emplace_back(ActionOf(outcome, result) + (several ? "@" + result.focus : ""),
                         StrengthOf(outcome, result));
  }
  return options;
}

Texts WithOf(const Outcome& outcome) {
  Texts with;
  for (const Recommendation& result : outcome.recommendations) {
    if (!IsRecommended(result) || result.origin == Origin::kOption) continue;
    AddOnce(with, ActionOf(outcome, result));
  }
  return with;
}

Texts CandidatesOf(const Outcome& outcome) {
  Texts candidates;
  for (const TableTrace& table : outcome.tables) {
    for (const Rule* rule : table.candidates) AddOnce(candidates, rule->id);
  }
  return candidates;
}

Texts MissingOf(const Outcome& outcome) {
  Texts missing;
  for (const TableTrace& table : outcome.tables) {
    for (const Index input : table.missing) {
      AddOnce(missing, InputNameOf(outcome, input, table.focus));
    }
  }
  return missing;
}

Texts IndependentOf(const Outcome& outcome) {
  Texts inputs;
  for (const TableTrace& table : outcome.tables) {
    for (const Index input : table.independent_of) {
      AddOnce(inputs, InputNameOf(outcome, input, table.focus));
    }
  }
  return inputs;
}

Texts AskedOf(const Outcome& outcome) {
  Texts asked;
  for (const Question& question : outcome.ask) {
    asked.push_back(InputNameOf(outcome, question.input, question.focus));
  }
  return asked;
}

Texts Differences(const Expectation& expected, const Outcome& outcome) {
  return Comparer(expected, outcome).Run();
}

Texts CardDifferences(const Expectation& expected, const Texts& summaries) {
  Texts differences;
  const auto count = static_cast<std::int64_t>(summaries.size());
  if (expected.card_count && *expected.card_count != count) {
    differences.push_back(
        Difference("cards", std::to_string(*expected.card_count), std::to_string(count)));
  }
  if (expected.card_summaries && *expected.card_summaries != summaries) {
    differences.push_back(
        Difference("card summaries", Joined(*expected.card_summaries), Joined(summaries)));
  }
  return differences;
}

}  // namespace renal::pathways::internal
