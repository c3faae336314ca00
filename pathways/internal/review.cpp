#include "pathways/internal/review.h"

#include <algorithm>

#include "pathways/markdown.h"

namespace renal::pathways::review {

using fhir::JsonType;
using fhir::OwnJson;

const OwnJson& EntryOf(const OwnJson& list, std::string_view id) {
  if (list.type == JsonType::kObject) return MemberAt(list, id);
  for (const OwnJson& item : list.items) {
    if (TextAt(item, "id") == id) return item;
  }
  return MemberAt(list, id);
}

void Reviewed::Section(std::string id, std::string title, bool new_page) const {
  Put(Heading{2, std::move(id), {Text(std::move(title))}, new_page});
}

void Reviewed::PutText(std::string text, std::string tone) const {
  Put(Paragraph{{Text(std::move(text))}, std::move(tone)});
}

Grid GridOf(const Reviewed& reviewed, std::string kind, std::initializer_list<Word> titles) {
  Grid grid;
  grid.kind = std::move(kind);
  for (const Word title : titles) grid.columns.push_back({{Text(reviewed.words(title))}, {}});
  return grid;
}

std::string PlaceOf(std::string_view kind, std::string_view id) {
  return std::string(kind) + "-" + std::string(id);
}

Line RuleLink(const Reviewed& reviewed, std::string_view id) {
  const auto& checks = reviewed.pathway.checks;
  const bool check = std::ranges::any_of(checks, [&](const Check& c) { return c.id == id; });
  return {Link(std::string(id), "#" + PlaceOf(check ? "check" : "rule", id))};
}

Line Citations(const Reviewed& reviewed, const std::vector<Index>& cite) {
  if (cite.empty()) return {};
  std::vector<Line> links;
  for (const Index source : cite) {
    const std::string& id = reviewed.pathway.sources.at(source).id;
    links.push_back({Link(id, "#" + PlaceOf("source", id))});
  }
  Line line = {Soft(reviewed.words("label.cite") + ": ")};
  Append(line, Joined(links, ", "));
  return line;
}

Line PolicyMark(const Reviewed& reviewed) {
  return {Mark(reviewed.words("mark.policy"), "policy")};
}

Line CellLine(const Reviewed& reviewed, const Cell& cell) {
  Line line = {Text(reviewed.prose.CellOf(cell))};
  for (const std::string& name : ParametersIn(cell.text)) {
    line.push_back(Soft(" ("));
    line.push_back(Link(name, "#" + PlaceOf("parameter", name)));
    line.push_back(Soft(")"));
  }
  return line;
}

std::vector<Line> ConditionLines(const Reviewed& reviewed, const std::vector<Cell>& cells) {
  std::vector<Line> lines;
  for (const Cell& cell : cells) {
    const Input& input = reviewed.pathway.inputs.at(cell.input);
    Line line = {Link(reviewed.prose.InputTitle(cell.input), "#" + PlaceOf("input", input.name)),
                 Text(": ")};
    Append(line, CellLine(reviewed, cell));
    lines.push_back(std::move(line));
  }
  return lines;
}

Line OptionLine(const Reviewed& reviewed, const Option& option) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  Line line;
  if (option.action == kNone) {
    line.push_back(Text(words("option.fact")));
  } else {
    line.push_back(Strong(reviewed.prose.ActionTitle(option.action)));
  }
  if (option.strength != kNone) {
    line.push_back(Text(" "));
    line.push_back(Mark(reviewed.prose.StrengthOf(option.strength),
                        Spelling(pathway.strengths.at(option.strength).tier)));
  }
  if (!option.conditional) return line;
  line.push_back(Text(" "));
  line.push_back(Mark(words("mark.conditional"), "conditional"));
  return line;
}

std::string ValueSetTitle(const Reviewed& reviewed, const fhir::ValueSet& set) {
  if (!set.title().empty()) return Shorten(set.title(), kMaxTitle);
  for (const auto& [alias, known] : reviewed.pathway.value_sets) {
    if (known.get() == &set) return alias;
  }
  return set.url();
}

Line ValueSetLine(const Reviewed& reviewed, const fhir::ValueSet* set) {
  if (set == nullptr) return {Text(reviewed.words("scope.any"))};
  for (const auto& [alias, known] : reviewed.pathway.value_sets) {
    if (known.get() == set) {
      return {Text("\u201C"), Link(ValueSetTitle(reviewed, *set), "#" + PlaceOf("codes", alias)),
              Text("\u201D")};
    }
  }
  return {Text("\u201C" + ValueSetTitle(reviewed, *set) + "\u201D")};
}

Document ReviewDocument(const Review& review, const Words& words) {
  static const OwnJson kNoFile;
  Document document;
  const Pathway& pathway = *review.loaded.pathway;
  document.language = words.language();
  document.title = pathway.title;
  document.subtitle = words("document.kind");
  document.contents = words("document.contents");
  const Reviewed reviewed{review,
                          pathway,
                          review.loaded.document ? *review.loaded.document : kNoFile,
                          words,
                          Prose(pathway, words),
                          document};
  for (const auto add :
       {AddHead, AddPeople, AddScope, AddPicture, AddRules, AddChecks, AddFoci, AddInputs,
        AddParameters, AddActions, AddSources, AddPolicies, AddCards, AddFindings, AddCases,
        AddChanges, AddApproval, AddCodes, AddExpressions}) {
    add(reviewed);
  }
  return document;
}

}  // namespace renal::pathways::review
