#include "cards/internal/detail.h"

#include <algorithm>

#include "cards/internal/evidence.h"

namespace renal::cards {
namespace {

using pathways::Determination;
using pathways::Recommendation;
using pathways::Tier;

enum class Group { kAvoid, kRecommended, kConditional, kFacts };

Group GroupOf(const Recommendation& result) {
  if (result.tier == Tier::kAvoid) return Group::kAvoid;
  if (result.action == kNone || result.background) return Group::kFacts;
  return result.determination == Determination::kRecommended ? Group::kRecommended
                                                             : Group::kConditional;
}

std::string RuleNote(const Scene& scene, const Recommendation& result) {
  const auto& strengths = scene.pathway.strengths;
  if (result.strength >= strengths.size()) {
    return scene.words.Text(Phrase::kResultRule, {{"rule", result.rule}});
  }
  const pathways::Strength& strength = strengths[result.strength];
  if (strength.text.empty()) {
    return scene.words.Text(Phrase::kResultStrength,
                            {{"strength", StrengthShown(strength)}, {"rule", result.rule}});
  }
  return scene.words.Text(Phrase::kResultStrengthMeaning,
                          {{"meaning", strength.text}, {"rule", result.rule}});
}

void AddSentence(std::string& line, std::string_view sentence) {
  if (sentence.empty()) return;
  if (!line.empty()) line += ' ';
  line += sentence;
}

std::string Needs(const Scene& scene, const Recommendation& result) {
  if (result.determination != Determination::kConditional || result.missing.empty()) return {};
  // A fact says "not reported" itself where the pathway has words for what is missing.
  std::vector<std::string> missing;
  for (const std::string& name : result.missing) {
    const Index input = FindInput(scene, name);
    const bool told = result.action == kNone && input != kNone &&
                      !scene.pathway.inputs[input].when_unknown.empty();
    if (!told) missing.push_back(name);
  }
  const std::vector<std::string> titles = InputTitles(scene, missing);
  if (titles.empty()) return {};
  return scene.words.Text(Phrase::kResultNeeds, {{"inputs", scene.words.Join(titles)}});
}

// `told` holds the reasons that the card has given already: each is given once.
std::string ResultLine(const Scene& scene, const Recommendation& result, const Prose& prose,
                       std::vector<std::string_view>& told) {
  const std::string title = ResultTitle(scene, result);
  constexpr std::size_t kRoom = 512;  // most lines fit
  std::string line;
  line.reserve(kRoom);
  line += prose.Strong(prose.Own(Capitalised(title)));
  AddSentence(line, prose.Own(RuleNote(scene, result)));
  for (const std::string& reason : result.because) {
    if (reason == title || std::ranges::find(told, reason) != told.end()) continue;
    AddSentence(line, prose.Own(reason));
    told.emplace_back(reason);
  }
  AddSentence(line, prose.Own(Needs(scene, result)));
  if (result.policy) AddSentence(line, prose.Own(scene.words.Text(Phrase::kResultPolicy)));
  return line;
}

void WriteGroup(const Scene& scene, const Subject& subject, Group group, Phrase heading,
                std::vector<std::string_view>& told, Prose& prose) {
  std::vector<std::string> lines;
  for (const Recommendation* result : subject.results) {
    if (GroupOf(*result) == group) lines.push_back(ResultLine(scene, *result, prose, told));
  }
  WriteSection(scene, heading, lines, prose);
}

std::string CitationText(const Scene& scene, const pathways::Source& source) {
  std::string text = source.label;
  if (!source.edition.empty() && text.find(source.edition) == std::string::npos) {
    text = scene.words.Text(Phrase::kProvenanceEdition,
                            {{"label", text}, {"edition", source.edition}});
  }
  if (!source.section.empty()) {
    text = scene.words.Text(Phrase::kProvenanceSection,
                            {{"source", text}, {"section", source.section}});
  }
  return text;
}

// Enough to tell two files apart at a glance; the whole hash is in the card's extension.
std::string ShortHash(std::string_view hash) {
  const std::size_t colon = hash.find(':');
  const std::size_t start = colon == std::string_view::npos ? 0 : colon + 1;
  return std::string(hash.substr(0, std::min(hash.size(), start + 12)));
}

}  // namespace

void WriteSection(const Scene& scene, Phrase heading, const std::vector<std::string>& lines,
                  Prose& prose) {
  if (!lines.empty()) prose.Section(prose.Own(scene.words.Text(heading)), lines);
}

bool Concerns(std::string_view key, const Focus& focus) { return key.empty() || key == focus.key; }

void WriteResults(const Scene& scene, const Subject& subject, Prose& prose) {
  std::vector<std::string_view> told;
  WriteGroup(scene, subject, Group::kAvoid, Phrase::kHeadingAvoid, told, prose);
  WriteGroup(scene, subject, Group::kRecommended, Phrase::kHeadingRecommended, told, prose);
  WriteGroup(scene, subject, Group::kConditional, Phrase::kHeadingConditional, told, prose);
  if (std::ranges::any_of(subject.results, &Recommendation::mdt_required)) {
    prose.Paragraph(prose.Own(scene.words.Text(Phrase::kDetailBoard)));
  }
  WriteGroup(scene, subject, Group::kFacts, Phrase::kHeadingFacts, told, prose);
}

void WriteEvidence(const Scene& scene, const Subject& subject, Prose& prose) {
  WriteSection(scene, Phrase::kHeadingData, DataLines(scene, subject, prose), prose);
  WriteSection(scene, Phrase::kHeadingMissing, MissingLines(scene, subject, prose), prose);
  WriteSection(scene, Phrase::kHeadingAssumed, AssumedLines(scene, subject, prose), prose);
  WriteSection(scene, Phrase::kHeadingCautions, CautionLines(subject, prose), prose);
  WriteSection(scene, Phrase::kHeadingChange, ChangeLines(scene, subject, prose), prose);
}

std::vector<pathways::Question> FirstQuestions(std::vector<pathways::Question> questions) {
  constexpr std::size_t kShown = 3;
  if (questions.size() > kShown) questions.resize(kShown);
  return questions;
}

void WriteQuestions(const Scene& scene, const std::vector<pathways::Question>& questions,
                    Prose& prose) {
  std::vector<std::string> lines, contradictions;
  for (const pathways::Question& question : questions) {
    AddOnce(lines, QuestionLine(scene, question, prose));
    AddOnce(contradictions, ContradictionLine(scene, question, prose));
  }
  WriteSection(scene, Phrase::kHeadingQuestions, lines, prose);
  WriteSection(scene, Phrase::kHeadingContradiction, contradictions, prose);
}

void WriteProvenance(const Scene& scene, const Results& results, Prose& prose) {
  const pathways::Pathway& pathway = scene.pathway;
  std::vector<std::string> sources;
  for (const Index source : Citations(scene, results)) {
    AddOnce(sources, CitationText(scene, pathway.sources[source]));
  }
  if (!sources.empty()) {
    prose.Paragraph(prose.Own(
        scene.words.Text(Phrase::kProvenanceSources, {{"sources", scene.words.Join(sources)}})));
  }
  prose.Paragraph(prose.Own(
      scene.words.Text(Phrase::kProvenancePathway, {{"title", pathway.title},
                                                    {"version", pathway.version},
                                                    {"hash", ShortHash(pathway.hash)},
                                                    {"time", Day(scene, scene.outcome.evaluated_at)}})));
  prose.Paragraph(prose.Own(pathway.cards.disclaimer));
}

std::vector<Index> Citations(const Scene& scene, const Results& results) {
  std::vector<Index> cited;
  for (const Recommendation* result : results) {
    for (const Index source : result->cite) {
      const bool known = source < scene.pathway.sources.size();
      if (known && std::ranges::find(cited, source) == cited.end()) cited.push_back(source);
    }
  }
  if (cited.empty() && !scene.pathway.sources.empty()) cited.push_back(0);
  return cited;
}

}  // namespace renal::cards
