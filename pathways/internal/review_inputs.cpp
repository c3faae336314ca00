#include <algorithm>
#include <map>

#include "pathways/internal/review.h"

namespace renal::pathways::review {
namespace {

using fhir::OwnJson;

void AddRow(Facts& facts, std::string name, std::vector<Line> lines) {
  if (!lines.empty()) facts.rows.push_back({std::move(name), std::move(lines)});
}

std::string BoundsOf(const Reviewed& reviewed, const Input& input) {
  const auto& [words, prose] = std::tie(reviewed.words, reviewed.prose);
  if (input.min && input.max) {
    return words("input.range", {{"low", prose.QuantityOf(input, *input.min)},
                                 {"high", prose.QuantityOf(input, *input.max)}});
  }
  if (input.min) return words("input.from", {{"low", prose.QuantityOf(input, *input.min)}});
  if (input.max) return words("input.to", {{"high", prose.QuantityOf(input, *input.max)}});
  return {};
}

std::string KindOf(const Reviewed& reviewed, const Input& input) {
  const Words& words = reviewed.words;
  switch (input.type) {
    case Type::kBoolean:
      return words("type.boolean");
    case Type::kCode:
      return words("type.code");
    case Type::kInteger:
      return words("type.integer");
    case Type::kDecimal:
      return words("type.decimal");
    case Type::kQuantity:
      return words("type.quantity", {{"unit", reviewed.prose.UnitOf(input)}});
    case Type::kDate:
      return words("type.date");
  }
  return {};
}

std::vector<Line> TypeLines(const Reviewed& reviewed, const Input& input) {
  Line line = {Text(KindOf(reviewed, input))};
  if (input.type == Type::kCode) {
    std::vector<std::string> titles;
    for (const auto& [code, title] : input.values) titles.push_back(title);
    line.push_back(Text(": " + reviewed.words.Or(titles)));
  }
  if (const std::string bounds = BoundsOf(reviewed, input); !bounds.empty()) {
    line.push_back(Text("; " + bounds));
  }
  return {std::move(line)};
}

/// The values that a map can give, each once, in the order of the map.
std::string GivenBy(const Reviewed& reviewed, const SourceOfInput& source,
                    const std::vector<std::pair<std::string, std::string>>& values,
                    const Input* input) {
  std::vector<std::string> titles;
  for (const SourceOfInput::Entry& entry : source.map) {
    std::string title = input != nullptr             ? reviewed.prose.CodeOf(*input, entry.code)
                        : entry.code < values.size() ? values[entry.code].second
                                                     : std::string();
    if (std::ranges::find(titles, title) == titles.end()) titles.push_back(std::move(title));
  }
  return reviewed.words.Or(titles);
}

Line SourceLine(const Reviewed& reviewed, const SourceOfInput& source, const std::string& given,
                bool show_rank) {
  const Words& words = reviewed.words;
  const std::string type = words.Name(source.from);
  Line line = {Strong(source.name), Text(": ")};
  if (source.code == nullptr) {
    line.push_back(Text(words("source.any", {{"type", type}})));
  } else {
    line.push_back(Text(words("source.type", {{"type", type}}) + " "));
    Append(line, ValueSetLine(reviewed, source.code));
  }
  if (!given.empty()) line.push_back(Text("; " + words("source.gives", {{"values", given}})));
  if (source.where) line.push_back(Text("; " + words("source.where")));
  if (source.agree) line.push_back(Text("; " + words("source.agree")));
  if (!source.applies.empty()) {
    line.push_back(
        Text("; " + words("source.applies",
                          {{"conditions", reviewed.prose.ConditionsOf(source.applies)}})));
  }
  if (!source.assumption.empty()) {
    line.push_back(Text("; " + words("source.assumption", {{"text", source.assumption}})));
  }
  if (source.ageless) line.push_back(Text("; " + words("source.ageless")));
  if (show_rank) {
    line.push_back(Text("; " + words("source.rank", {{"rank", std::to_string(source.rank)}})));
  }
  return line;
}

std::vector<Line> SourceLines(const Reviewed& reviewed, const Input& input) {
  const bool ranked = RankedByHand(input);
  std::vector<Line> lines;
  const auto& file = MemberAt(EntryOf(MemberAt(reviewed.file, "inputs"), input.name), "sources");
  for (std::size_t i = 0; i < input.sources.size(); ++i) {
    const SourceOfInput& source = input.sources[i];
    lines.push_back(SourceLine(
        reviewed, source,
        source.map.empty() ? std::string() : GivenBy(reviewed, source, input.values, &input),
        ranked));
    const std::string note = i < file.items.size() ? TextAt(file.items[i], "note") : std::string();
    if (!note.empty())
      lines.back().push_back(Soft(" " + reviewed.words("label.note", {{"note", note}})));
  }
  return lines;
}

std::vector<Line> DeriveLines(const Reviewed& reviewed, const Input& input) {
  if (!input.derive) return {};
  const Words& words = reviewed.words;
  std::vector<std::string> names;
  for (const std::size_t slot : input.derive->variables_used()) {
    if (slot < reviewed.pathway.inputs.size()) {
      names.push_back(reviewed.pathway.inputs[slot].title);
    } else if (slot < reviewed.pathway.variables.size()) {
      names.push_back(reviewed.pathway.variables[slot]);
    }
  }
  Line line = {Text(names.empty() ? words("input.computed")
                                  : words("input.computed-from", {{"inputs", words.And(names)}})),
               Text(" "), Code(input.derive->text())};
  return {std::move(line)};
}

std::vector<Line> UsedIn(const Reviewed& reviewed, Index input) {
  std::vector<Line> links;
  const auto reads = [&](const std::vector<Cell>& cells) {
    return std::ranges::any_of(cells, [&](const Cell& cell) { return cell.input == input; });
  };
  for (const GateRow& gate : reviewed.pathway.gate) {
    if (reads(gate.cells)) links.push_back({Link(gate.id, "#" + PlaceOf("gate", gate.id))});
  }
  for (const Table& table : reviewed.pathway.tables) {
    for (const Rule& rule : table.rules) {
      const bool needs = std::ranges::find(rule.needs, input) != rule.needs.end();
      const bool when =
          rule.when && std::ranges::binary_search(rule.when->variables_used(), input);
      if (needs || when || reads(rule.cells)) links.push_back(RuleLink(reviewed, rule.id));
    }
  }
  for (const Check& check : reviewed.pathway.checks) {
    if (reads(check.cells)) links.push_back(RuleLink(reviewed, check.id));
  }
  for (const Input& other : reviewed.pathway.inputs) {
    if (std::ranges::find(other.depends_on, input) == other.depends_on.end()) continue;
    links.push_back({Link(other.title, "#" + PlaceOf("input", other.name))});
  }
  if (links.empty()) return {};
  return {Joined(links, ", ")};
}

std::vector<Line> AskLines(const Reviewed& reviewed, const Input& input) {
  const Words& words = reviewed.words;
  Line line = {Text(reviewed.prose.SentenceOf(input.question))};
  if (input.fact) line.push_back(Text(" " + words("input.never-asked")));
  if (!input.ask_unless.empty()) {
    line.push_back(
        Text(" " + words("input.ask-unless",
                         {{"conditions", reviewed.prose.ConditionsOf(input.ask_unless)}})));
  }
  if (input.obtain != kNone) {
    line.push_back(
        Text(" " + words("input.obtain", {{"action", reviewed.prose.ActionTitle(input.obtain)}})));
  }
  return {std::move(line)};
}

void AddInput(const Reviewed& reviewed, Index index) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  const Input& input = pathway.inputs.at(index);
  Line title = {Text(input.title), Text(" "), Code(input.name)};
  if (input.policy) {
    title.push_back(Text(" "));
    Append(title, PolicyMark(reviewed));
  }
  reviewed.Put(Heading{3, PlaceOf("input", input.name), std::move(title), false});
  Facts facts;
  AddRow(facts, words("input.question"), AskLines(reviewed, input));
  AddRow(facts, words("input.value"), TypeLines(reviewed, input));
  if (input.focus != kNone) {
    AddRow(facts, words("input.focus"),
           {{Text(words("input.each", {{"focus", pathway.foci.at(input.focus).title}}))}});
  }
  AddRow(facts, words("input.sources"), SourceLines(reviewed, input));
  AddRow(facts, words("input.derive"), DeriveLines(reviewed, input));
  AddRow(facts, words("input.derive"), ScoreRuleLines(reviewed, input));
  AddRow(facts, words("input.selection"), SelectionLines(reviewed, input));
  AddRow(facts, words("input.age"), AgeLines(reviewed, input));
  AddRow(facts, words("input.none"), NothingDocumentedLines(reviewed, input));
  AddRow(facts, words("input.shown"), ScoreViewLines(reviewed, input));
  AddRow(facts, words("input.used"), UsedIn(reviewed, index));
  if (Line cite = Citations(reviewed, input.cite); !cite.empty()) {
    AddRow(facts, words("input.cite"), {std::move(cite)});
  }
  const auto& file = EntryOf(MemberAt(reviewed.file, "inputs"), input.name);
  if (const std::string note = TextAt(file, "note"); !note.empty()) {
    AddRow(facts, words("input.note"), {{Text(note)}});
  }
  reviewed.Put(std::move(facts));
}

std::string KeyTitle(const Reviewed& reviewed, const FocusKind& kind, Index key) {
  if (key == FocusKind::kElsewhere) return reviewed.words("focus.elsewhere");
  return key < kind.values.size() ? kind.values[key].second : std::string();
}

Line StepLine(const Reviewed& reviewed, const FocusKind& kind, const FocusKind::Step& step) {
  Line line = {Strong(step.name)};
  if (step.instance) {
    line.push_back(Text(": " + reviewed.words("focus.linked")));
    return line;
  }
  std::vector<std::string> keys;
  for (const FocusKind::Step::Entry& entry : step.map) {
    std::string title = KeyTitle(reviewed, kind, entry.key);
    if (std::ranges::find(keys, title) == keys.end()) keys.push_back(std::move(title));
  }
  line.push_back(
      Text(": " + reviewed.words("source.gives", {{"values", reviewed.words.Or(keys)}})));
  return line;
}

void AddFocus(const Reviewed& reviewed, const FocusKind& kind) {
  const Words& words = reviewed.words;
  reviewed.Put(Heading{3, PlaceOf("focus", kind.name), {Text(kind.title)}, false});
  Facts facts;
  std::vector<std::string> titles;
  for (const auto& [key, title] : kind.values) titles.push_back(title);
  AddRow(facts, words("focus.values"),
         {{Text(kind.by_reference ? words("focus.by-reference") : words.Or(titles))}});
  std::vector<Line> lines;
  for (const SourceOfInput& source : kind.instances) {
    lines.push_back(
        SourceLine(reviewed, source, GivenBy(reviewed, source, kind.values, nullptr), false));
  }
  AddRow(facts, words("focus.instances"), std::move(lines));
  if (kind.otherwise != kNone) {
    AddRow(facts, words("focus.otherwise"),
           {{Text(words("focus.otherwise-text",
                        {{"key", KeyTitle(reviewed, kind, kind.otherwise)}}))}});
  }
  lines.clear();
  for (const FocusKind::Step& step : kind.belongs) lines.push_back(StepLine(reviewed, kind, step));
  AddRow(facts, words("focus.belongs"), std::move(lines));
  if (!kind.unlinked.empty()) {
    AddRow(facts, words("focus.unlinked"),
           {{Text(words("focus.unlinked-text", {{"assumption", kind.unlinked}}))}});
  }
  reviewed.Put(std::move(facts));
}

}  // namespace

bool RankedByHand(const Input& input) {
  bool same = true, rising = true;
  for (std::size_t i = 0; i < input.sources.size(); ++i) {
    same &= input.sources[i].rank == input.sources[0].rank;
    rising &= input.sources[i].rank == static_cast<int>(i);
  }
  return !same && !rising;
}

void AddFoci(const Reviewed& reviewed) {
  if (reviewed.pathway.foci.empty()) return;
  reviewed.Section("focus", reviewed.words("section.focus"), true);
  reviewed.PutText(reviewed.words("focus.how"));
  for (const FocusKind& kind : reviewed.pathway.foci) AddFocus(reviewed, kind);
}

void AddInputs(const Reviewed& reviewed) {
  reviewed.Section("inputs", reviewed.words("section.inputs"), true);
  reviewed.PutText(reviewed.words("inputs.how"));
  for (Index i = 0; i < reviewed.pathway.inputs.size(); ++i) AddInput(reviewed, i);
}

}  // namespace renal::pathways::review
