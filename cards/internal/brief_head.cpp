#include <algorithm>

#include "cards/board_words.h"
#include "cards/internal/brief_parts.h"
#include "cards/internal/focus_title.h"
#include "cards/markdown.h"
#include "fhir/date_time.h"

namespace renal::cards {
namespace {

using pathways::InputState;
using pathways::InputStatus;
using pathways::OutcomeKind;

/// Whole years between a birth date and the evaluation; -1 where the date is not whole.
int YearsOf(const BriefScene& brief) {
  const auto born = fhir::DateTime::Parse(brief.request.person.born);
  const auto now = fhir::DateTime::Parse(brief.scene.outcome.evaluated_at);
  if (!born || !now || born->precision < fhir::Precision::kDay) return -1;
  const bool before = std::pair(now->month, now->day) < std::pair(born->month, born->day);
  return now->year - born->year - (before ? 1 : 0);
}

std::string Joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string joined;
  for (const std::string& text : texts) {
    if (!joined.empty()) joined += between;
    joined += text;
  }
  return joined;
}

std::string PersonLine(const BriefScene& brief) {
  const Person& person = brief.request.person;
  std::vector<std::string> parts;
  if (person.gender == "female") AddOnce(parts, brief.words.Text(BoardPhrase("gender.female")));
  if (person.gender == "male") AddOnce(parts, brief.words.Text(BoardPhrase("gender.male")));
  if (!person.born.empty()) {
    const std::string day = Day(brief.scene, CleanLine(person.born, kLongestTitle));
    AddOnce(parts, brief.words.Text(BoardPhrase("brief.born"), {{"date", day}}));
  }
  if (const int years = YearsOf(brief); years >= 0) {
    AddOnce(parts, brief.words.Counted(BoardPhrase("brief.years"), years));
  }
  for (std::size_t i = 0; i < person.identifiers.size() && i < 2; ++i) {
    AddOnce(parts, CleanLine(person.identifiers[i], kLongestTitle));
  }
  if (person.identifiers.empty()) AddOnce(parts, CleanLine(person.id, kLongestTitle));
  return Joined(parts, " · ");
}

/// Yes or no.
bool IsAnswer(const pathways::Input& input, const pathways::Value& value) {
  const std::string text = pathways::ValueText(input, value);
  return text == "yes" || text == "no";
}

/// Codes that the results test and that are on record: "Distant metastasis: M1".
void AddCodes(const BriefScene& brief, std::vector<std::string>& parts) {
  constexpr std::size_t kShown = 4;
  const Scene& scene = brief.scene;
  Results results;
  for (const auto& result : scene.outcome.recommendations) results.push_back(&result);
  std::size_t shown = 0;
  for (const Index index : InputsOf(scene, results)) {
    const pathways::Input& input = scene.pathway.inputs[index];
    const InputState* state = StateOf(scene, index, Focus{});
    const bool fits = input.type == pathways::Type::kCode && input.focus == kNone && !input.score &&
                      state != nullptr && state->value && state->status != InputStatus::kAssumed;
    // An answer says little without its question, and the board knows that the disease is there.
    if (!fits || IsAnswer(input, *state->value) || ++shown > kShown) continue;
    AddOnce(parts, scene.words.Text(Phrase::kDatumLine,
                                    {{"title", input.title},
                                     {"value", ValueShown(scene, input, *state->value)}}));
  }
}

std::string Situation(const BriefScene& brief) {
  const Scene& scene = brief.scene;
  std::vector<std::string> parts;
  std::vector<Index> inputs(scene.pathway.inputs.size());
  for (Index i = 0; i < inputs.size(); ++i) inputs[i] = i;
  for (Index kind = 0; kind < scene.pathway.foci.size(); ++kind) {
    const std::size_t count = scene.outcome.Count(kind);
    if (count > kNamedThings) {
      AddOnce(parts,
              scene.words.Text(Phrase::kDatumLine, {{"title", scene.pathway.foci[kind].title},
                                                    {"value", std::to_string(count)}}));
      continue;
    }
    for (const pathways::FocusInstance& instance : scene.outcome.foci) {
      if (instance.kind != kind) continue;
      AddOnce(parts, CleanLine(ShortAbout(scene, {kind, instance.key}, inputs), kLongestTitle));
    }
  }
  AddCodes(brief, parts);
  return Joined(parts, "; ");
}

/// What the outcome means, where it is no recommendation.
std::string Verdict(const BriefScene& brief) {
  const pathways::Outcome& outcome = brief.scene.outcome;
  switch (outcome.kind) {
    case OutcomeKind::kRecommendation:
      return {};
    case OutcomeKind::kNeedData:
      return brief.words.Text(BoardPhrase("brief.need-data"));
    case OutcomeKind::kOutOfScope:
      return brief.scene.words.Text(Phrase::kDetailOutOfScope);
    case OutcomeKind::kNotApplicable:
      return brief.words.Text(
          BoardPhrase("brief.not-applicable"),
          {{"why", outcome.gate_because.empty() ? outcome.gate : outcome.gate_because}});
    case OutcomeKind::kConflict:
      return brief.scene.words.Text(Phrase::kDetailConflict);
    case OutcomeKind::kError:
      return brief.words.Text(BoardPhrase("brief.error"));
  }
  return {};
}

/// The sources under their numbers.
std::string Citations(const BriefScene& brief) {
  const Scene& scene = brief.scene;
  std::string texts;
  std::size_t number = 0;
  for (const Index index : CitedSources(brief)) {
    const pathways::Source& source = scene.pathway.sources[index];
    std::string text = source.label;
    // Some labels end in it already.
    if (!source.edition.empty() && text.find(source.edition) == std::string::npos) {
      text = scene.words.Text(Phrase::kProvenanceEdition,
                              {{"label", text}, {"edition", source.edition}});
    }
    if (!source.section.empty()) {
      text = scene.words.Text(Phrase::kProvenanceSection,
                              {{"source", text}, {"section", source.section}});
    }
    texts += (number == 0 ? "[" : " [") + std::to_string(number + 1) + "] " + text + ".";
    ++number;
  }
  return texts;
}

}  // namespace

Box HeadPart(const BriefScene& brief, const Setting& setting, double width) {
  const Person& person = brief.request.person;
  BoxWriter box({.size = 9}, width);
  BriefLine kind;
  kind.Soft(brief.words.Text(BoardPhrase("brief.kind"),
                             {{"pathway", brief.scene.pathway.title},
                              {"date", Day(brief.scene, brief.scene.outcome.evaluated_at)}}));
  box.Paragraph(kind, "kind");
  const std::string name = CleanLine(person.name.empty() ? person.id : person.name);
  // Twice as large as what is measured: at most a line of its own more.
  BriefLine title;
  title.Strong(name);
  box.Drawing("<h1>" + title.html() + "</h1>", 7.2);
  box.Paragraph(BriefLine().Text(PersonLine(brief)));
  BoxWriter line({.size = std::max(setting.size, 8.0)}, width - 4);
  BriefLine situation;
  situation.Strong(Situation(brief));
  const std::string verdict = Verdict(brief);
  if (!verdict.empty()) situation.Text(situation.empty() ? verdict : " – " + verdict);
  line.Paragraph(situation, "situation");
  Box whole = box.Take();
  const Box below = line.Take();
  whole.html += below.html;
  if (!below.empty()) whole.height += below.height + 3;  // padding and margins
  return whole;
}

Box DecisionPart(const BriefScene& brief, const Setting&, double) {
  constexpr double kHeight = 25;  // as the style sheet has it
  const auto cell = [&](std::size_t phrase) {
    return "<div><span>" + BriefLine().Text(brief.words.Text(phrase)).html() + "</span></div>";
  };
  Box box;
  box.html = "<section class=\"decision\"><div class=\"wide\"><span>" +
             BriefLine().Strong(brief.words.Text(BoardPhrase("brief.decision"))).html() +
             "</span></div>" + cell(BoardPhrase("brief.deviation")) +
             cell(BoardPhrase("brief.responsible")) + cell(BoardPhrase("brief.signed")) +
             "</section>\n";
  box.height = kHeight + 2;
  return box;
}

Box FootPart(const BriefScene& brief, const Setting& setting, double width) {
  const Scene& scene = brief.scene;
  BoxWriter box({.size = std::min(setting.size, 6.6)}, width);
  box.Paragraph(BriefLine().Text(Citations(brief)));
  std::string text =
      scene.words.Text(Phrase::kProvenancePathway, {{"title", scene.pathway.title},
                                                    {"version", scene.pathway.version},
                                                    {"hash", scene.pathway.hash},
                                                    {"time", scene.outcome.evaluated_at}});
  text += " " + brief.words.Text(BoardPhrase("brief.trace"), {{"trace", scene.outcome.trace_id}});
  box.Paragraph(BriefLine().Text(text));
  box.Paragraph(BriefLine().Text(scene.pathway.cards.disclaimer));
  Box foot = box.Take();
  foot.html = "<footer>" + foot.html + "</footer>\n";
  foot.height += 1.5;
  return foot;
}

}  // namespace renal::cards
