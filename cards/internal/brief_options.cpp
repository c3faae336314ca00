#include <algorithm>

#include "cards/board_words.h"
#include "cards/internal/brief_parts.h"
#include "cards/internal/evidence.h"
#include "cards/internal/focus_title.h"
#include "cards/markdown.h"

namespace renal::cards {
namespace {

using pathways::Determination;
using pathways::Recommendation;
using pathways::Tier;

/// Results that say the same about several things.
struct Group {
  const Recommendation* first;
  std::vector<std::string> foci;
};

bool SameAdvice(const Recommendation& a, const Recommendation& b) {
  return a.rule == b.rule && a.action == b.action && a.strength == b.strength && a.tier == b.tier &&
         a.determination == b.determination && a.because == b.because && a.missing == b.missing;
}

bool IsAdvice(const Recommendation& result) {
  return result.action != kNone && !result.frame && !result.background;
}

std::vector<Group> Groups(const BriefScene& brief, bool advice) {
  std::vector<Group> groups;
  for (const Recommendation& result : brief.scene.outcome.recommendations) {
    if (IsAdvice(result) != advice) continue;
    auto group = std::ranges::find_if(
        groups, [&](const Group& other) { return SameAdvice(*other.first, result); });
    if (group == groups.end()) group = groups.insert(groups.end(), {&result, {}});
    AddOnce(group->foci, BriefFocus(brief, result.focus));
  }
  return groups;
}

std::string Joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += between;
    joined += text;
  }
  return joined;
}

std::string MarkKind(const Recommendation& result) {
  if (result.tier == Tier::kAvoid) return "avoid";
  if (result.determination == Determination::kConditional) return "conditional";
  return pathways::Spelling(result.tier);
}

/// "[1, 3]": numbers of the list at the foot.
std::string CitesOf(const BriefScene& brief, const Recommendation& result) {
  const std::vector<Index> sources = CitedSources(brief);
  std::vector<std::string> numbers;
  for (const Index source : result.cite) {
    const auto place = std::ranges::find(sources, source) - sources.begin();
    AddOnce(numbers, std::to_string(place + 1));
  }
  return numbers.empty() ? std::string() : "[" + Joined(numbers, ", ") + "]";
}

BriefLine LineOf(const BriefScene& brief, const Group& group) {
  const Scene& scene = brief.scene;
  const Recommendation& result = *group.first;
  BriefLine line;
  if (result.strength < scene.pathway.strengths.size()) {
    line.Mark(StrengthShown(scene.pathway.strengths[result.strength]), MarkKind(result));
  }
  line.Strong(Capitalised(ResultTitle(scene, result)));
  if (!group.foci.empty()) line.Text(" – " + NamedThings(group.foci));
  line.Text(". " + Joined(result.because, " "));
  if (!result.missing.empty()) {
    const std::string inputs = scene.words.Join(InputTitles(scene, result.missing));
    line.Text(" " + scene.words.Text(Phrase::kResultNeeds, {{"inputs", inputs}}));
  }
  if (result.policy) line.Text(" " + scene.words.Text(Phrase::kResultPolicy));
  const std::string cites = CitesOf(brief, result);
  line.Soft(" (" + result.rule + (cites.empty() ? "" : " " + cites) + ")");
  return line;
}

BriefLine FactOf(const BriefScene& brief, const Group& group) {
  const Recommendation& result = *group.first;
  BriefLine line;
  line.Text(result.because.empty() ? Capitalised(ResultTitle(brief.scene, result))
                                   : Joined(result.because, " "));
  line.Soft(" (" + result.rule + ")");
  return line;
}

bool IsOfKind(const Recommendation& result, Phrase heading) {
  if (result.tier == Tier::kAvoid) return heading == Phrase::kHeadingAvoid;
  const bool recommended = result.determination == Determination::kRecommended;
  return heading == (recommended ? Phrase::kHeadingRecommended : Phrase::kHeadingConditional);
}

std::string More(const BriefScene& brief, std::size_t total, const Setting& setting) {
  const std::size_t left = total > setting.limit ? total - setting.limit : 0;
  return brief.words.Counted(BoardPhrase("brief.more"), static_cast<std::int64_t>(left));
}

}  // namespace

std::string NamedThings(const std::vector<std::string>& things) {
  if (things.size() <= kNamedThings) return Joined(things, ", ");
  const std::vector<std::string> first(things.begin(),
                                       things.begin() + static_cast<std::ptrdiff_t>(kNamedThings));
  return Joined(first, ", ") + ", +" + std::to_string(things.size() - kNamedThings);
}

std::vector<Index> CitedSources(const BriefScene& brief) {
  std::vector<Index> sources;
  for (const Recommendation& result : brief.scene.outcome.recommendations) {
    for (const Index source : result.cite) {
      if (std::ranges::find(sources, source) == sources.end()) sources.push_back(source);
    }
  }
  return sources;
}

std::string BriefFocus(const BriefScene& brief, std::string_view key) {
  if (key.empty()) return {};
  return CleanLine(Capitalised(ShortFocusTitle(brief.scene, FindFocus(brief.scene, key))),
                   kLongestTitle);
}

Box OptionsPart(const BriefScene& brief, const Setting& setting, double width) {
  BoxWriter box(setting, width);
  const std::vector<Group> groups = Groups(brief, true);
  for (const Phrase heading :
       {Phrase::kHeadingRecommended, Phrase::kHeadingConditional, Phrase::kHeadingAvoid}) {
    std::vector<BriefLine> lines;
    for (const Group& group : groups) {
      if (IsOfKind(*group.first, heading)) lines.push_back(LineOf(brief, group));
    }
    if (lines.empty()) continue;
    box.Heading(brief.scene.words.Text(heading));
    box.List(lines, More(brief, lines.size(), setting));
  }
  std::vector<BriefLine> facts;
  for (const Group& group : Groups(brief, false)) facts.push_back(FactOf(brief, group));
  Box options = box.Take();
  if (facts.empty()) return options;
  BoxWriter background(setting.ForMinor(), width);
  background.Heading(brief.scene.words.Text(Phrase::kHeadingFacts));
  background.List(facts, More(brief, facts.size(), background.setting()));
  const Box below = background.Take();
  return {options.html + below.html, options.height + below.height};
}

Box CautionsPart(const BriefScene& brief, const Setting& setting, double width) {
  std::vector<std::string> texts;
  for (const Recommendation& result : brief.scene.outcome.recommendations) {
    for (const std::string& caution : result.cautions) AddOnce(texts, caution);
  }
  BoxWriter box(setting, width);
  if (texts.empty()) return {};
  std::vector<BriefLine> lines;
  lines.reserve(texts.size());
  for (const std::string& text : texts) lines.push_back(BriefLine().Text(text));
  box.Heading(brief.scene.words.Text(Phrase::kHeadingCautions));
  box.List(lines, More(brief, lines.size(), setting));
  return box.Take();
}

Box MissingPart(const BriefScene& brief, const Setting& setting, double width) {
  const Scene& scene = brief.scene;
  if (scene.outcome.ask.empty()) return {};
  const Prose plain(false);
  std::vector<BriefLine> lines;
  for (const pathways::Question& question : scene.outcome.ask) {
    if (question.input >= scene.pathway.inputs.size()) continue;
    BriefLine line;
    line.Text(QuestionLine(scene, question, plain));
    const std::string rivals = ContradictionLine(scene, question, plain);
    if (!rivals.empty()) line.Text(" " + rivals + ".");
    std::vector<std::string> decides;
    const std::string& name = scene.pathway.inputs[question.input].name;
    for (const Recommendation& result : scene.outcome.recommendations) {
      const bool of_focus = question.focus.empty() || result.focus == question.focus;
      if (of_focus && IsAdvice(result) &&
          std::ranges::find(result.missing, name) != result.missing.end()) {
        AddOnce(decides, ResultTitle(scene, result));
      }
    }
    if (!decides.empty()) {
      line.Strong(" " + brief.words.Text(BoardPhrase("brief.decides"),
                                         {{"actions", scene.words.Join(decides)}}));
    }
    lines.push_back(std::move(line));
  }
  BoxWriter box(setting, width);
  box.Heading(brief.words.Text(BoardPhrase("brief.missing")));
  box.List(lines, More(brief, lines.size(), setting));
  return box.Take();
}

Box ChangesPart(const BriefScene& brief, const Setting& setting, double width) {
  const Scene& scene = brief.scene;
  const Prose plain(false);
  std::vector<std::string> texts;
  for (const std::string& text : ChangeLines(scene, {}, plain)) AddOnce(texts, text);
  for (const pathways::FocusInstance& instance : scene.outcome.foci) {
    const Subject subject{.focus = {instance.kind, instance.key}};
    for (const std::string& text : ChangeLines(scene, subject, plain)) AddOnce(texts, text);
  }
  if (texts.empty()) return {};
  std::vector<BriefLine> lines;
  lines.reserve(texts.size());
  for (const std::string& text : texts) lines.push_back(BriefLine().Text(text));
  BoxWriter box(setting, width);
  box.Heading(scene.words.Text(Phrase::kHeadingChange));
  box.List(lines, More(brief, lines.size(), setting));
  return box.Take();
}

}  // namespace renal::cards
