#include <algorithm>
#include <map>
#include <set>

#include "pathways/internal/cells_of.h"
#include "pathways/internal/review.h"
#include "pathways/markdown.h"

namespace renal::pathways::review {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

/// Links to what reads each parameter, by its name.
class ParameterUses {
 public:
  explicit ParameterUses(const Reviewed& reviewed) : reviewed_(reviewed) {
    const Pathway& pathway = reviewed.pathway;
    for (const GateRow& gate : pathway.gate) {
      Add({Link(gate.id, "#" + PlaceOf("gate", gate.id))}, NamesIn(gate.cells));
    }
    for (const Table& table : pathway.tables) {
      for (const Rule& rule : table.rules) {
        std::set<std::string> names = NamesIn(rule.cells);
        AddRead(rule.when, names);
        Add(RuleLink(reviewed, rule.id), names);
      }
    }
    for (const Check& check : pathway.checks) {
      Add(RuleLink(reviewed, check.id), NamesIn(check.cells));
    }
    for (const Input& input : pathway.inputs) {
      std::set<std::string> names;
      internal::ForEachCellOf(input,
                              [&](const Cell& cell, bool) { names.merge(NamesIn({cell})); });
      AddRead(input.derive, names);
      Add({Link(input.title, "#" + PlaceOf("input", input.name))}, names);
    }
  }

  Line Of(const std::string& name) const {
    const auto found = links_.find(name);
    return found == links_.end() ? Line{} : Joined(found->second, ", ");
  }

 private:
  static std::set<std::string> NamesIn(const std::vector<Cell>& cells) {
    std::set<std::string> names;
    for (const Cell& cell : cells) {
      for (std::string& name : ParametersIn(cell.text)) names.insert(std::move(name));
    }
    return names;
  }

  void AddRead(const std::optional<fhir::fhirpath::Expression>& expression,
               std::set<std::string>& names) const {
    if (!expression) return;
    const std::size_t inputs = reviewed_.pathway.inputs.size();
    for (const std::size_t slot : expression->variables_used()) {
      const bool parameter =
          slot >= inputs && slot - inputs < reviewed_.pathway.parameters.size();
      if (parameter) names.insert(reviewed_.pathway.parameters[slot - inputs].name);
    }
  }

  void Add(const Line& link, const std::set<std::string>& names) {
    for (const std::string& name : names) links_[name].push_back(link);
  }

  const Reviewed& reviewed_;
  std::map<std::string, std::vector<Line>> links_;
};

std::string CodesOf(const OwnJson& titles, const std::vector<std::string>& codes,
                    const Words& words) {
  std::vector<std::string> shown;
  for (const std::string& code : codes) {
    const std::string title = TextAt(titles, code);
    shown.push_back(title.empty() ? code : title);
  }
  return words.And(shown);
}

std::string ParameterValue(const Reviewed& reviewed, const Parameter& parameter) {
  const OwnJson& file = EntryOf(MemberAt(reviewed.file, "parameters"), parameter.name);
  if (parameter.type == Type::kCode) {
    return CodesOf(MemberAt(file, "values"), parameter.codes, reviewed.words);
  }
  return reviewed.prose.ConstantOf(parameter.type, parameter.text);
}

Grid::Cell ParameterRange(const Reviewed& reviewed, const Parameter& parameter) {
  const auto& [words, prose] = std::tie(reviewed.words, reviewed.prose);
  const OwnJson& file = EntryOf(MemberAt(reviewed.file, "parameters"), parameter.name);
  if (parameter.type == Type::kCode) {
    std::vector<std::string> titles;
    for (const auto& [code, title] : MemberAt(file, "values").members) titles.push_back(title.text);
    return {{Text(titles.empty() ? words("parameter.any")
                                 : words("parameter.codes", {{"codes", words.Or(titles)}}))}};
  }
  if (parameter.min.empty() && parameter.max.empty()) return {{Text(words("parameter.any"))}};
  const std::string low = prose.ConstantOf(parameter.type, parameter.min);
  const std::string high = prose.ConstantOf(parameter.type, parameter.max);
  if (parameter.min == parameter.max) return {{Text(words("parameter.fixed"))}};
  if (parameter.min.empty()) return {{Text(words("input.to", {{"high", high}}))}};
  if (parameter.max.empty()) return {{Text(words("input.from", {{"low", low}}))}};
  return {{Text(words("input.range", {{"low", low}, {"high", high}}))}};
}

Line CitationsByName(const Reviewed& reviewed, const OwnJson& node) {
  std::vector<Index> cite;
  for (const OwnJson& id : MemberAt(node, "cite").items) {
    const Index source = reviewed.pathway.FindSource(id.text);
    if (source != kNone) cite.push_back(source);
  }
  return Citations(reviewed, cite);
}

Grid::Row ParameterRow(const Reviewed& reviewed, const Parameter& parameter,
                       const ParameterUses& uses) {
  const OwnJson& file = EntryOf(MemberAt(reviewed.file, "parameters"), parameter.name);
  Grid::Cell value = {{Strong(ParameterValue(reviewed, parameter))}};
  const std::string written = TextAt(file, "value");
  if (!written.empty() && written != parameter.text) {
    value.push_back({Text(reviewed.words(
        "parameter.site", {{"value", parameter.type == Type::kCode
                                         ? written
                                         : reviewed.prose.ConstantOf(parameter.type, written)}}))});
  }
  Grid::Cell why = {{Text(parameter.why)}};
  if (Line cite = CitationsByName(reviewed, file); !cite.empty()) why.push_back(std::move(cite));
  Grid::Cell name = {{Code(parameter.name)}};
  if (parameter.policy) name.push_back(PolicyMark(reviewed));
  return {PlaceOf("parameter", parameter.name),
          {std::move(name),
           std::move(value),
           ParameterRange(reviewed, parameter),
           std::move(why),
           {uses.Of(parameter.name)}},
          {}};
}

/// Every coding anywhere in a template: what an order of the suggestion says.
void CollectCodings(const Reviewed& reviewed, const OwnJson& node, Grid::Cell& lines) {
  const std::string code = TextAt(node, "code"), system = TextAt(node, "system");
  if (!code.empty() && !system.empty()) {
    const std::string display = TextAt(node, "display");
    Line line = {Text(reviewed.words.Name(system) + " "), Code(code)};
    if (!display.empty()) line.push_back(Text(" " + display));
    lines.push_back(std::move(line));
  }
  for (const auto& [name, member] : node.members) CollectCodings(reviewed, member, lines);
  for (const OwnJson& item : node.items) CollectCodings(reviewed, item, lines);
}

Grid::Cell OrderCell(const Reviewed& reviewed, const Action& action) {
  if (action.resource.type != JsonType::kObject) {
    return {{Soft(reviewed.words("action.not-orderable"))}};
  }
  Grid::Cell lines = {{Text(reviewed.words.Name(TextAt(action.resource, "resourceType")))}};
  CollectCodings(reviewed, action.resource, lines);
  std::vector<std::string> elements;
  for (const Action::Element& element : action.set) elements.push_back(element.path);
  if (!elements.empty()) {
    lines.push_back(
        {Text(reviewed.words("action.sets", {{"elements", reviewed.words.And(elements)}}))});
  }
  return lines;
}

Grid::Cell MatchCell(const Reviewed& reviewed, const Action& action) {
  if (action.match == nullptr && !action.match_where) {
    return {{Soft(reviewed.words("action.no-match"))}};
  }
  Grid::Cell lines;
  if (action.match != nullptr) lines.push_back(ValueSetLine(reviewed, action.match));
  if (action.match_where) lines.push_back({Text(reviewed.words("action.criterion"))});
  if (!action.match_presumed_if.empty()) {
    lines.push_back({Soft(
        reviewed.words("action.presumed",
                       {{"conditions", reviewed.prose.ConditionsOf(action.match_presumed_if)}}))});
  }
  if (!action.also_for.empty()) {
    lines.push_back({Soft(reviewed.words(
        "action.also", {{"actions", reviewed.prose.ActionTitles(action.also_for)}}))});
  }
  std::vector<std::string> types;
  for (const std::string& type : action.match_types) types.push_back(reviewed.words.Name(type));
  if (!types.empty())
    lines.push_back({Soft(reviewed.words("action.types", {{"types", reviewed.words.Or(types)}}))});
  return lines;
}

Grid::Row ActionRow(const Reviewed& reviewed, const Action& action) {
  const OwnJson& file = EntryOf(MemberAt(reviewed.file, "actions"), action.id);
  Grid::Cell title = {{Strong(action.title)}, {Code(action.id)}};
  if (!action.text.empty()) title.push_back({Text(action.text)});
  if (Line cite = CitationsByName(reviewed, file); !cite.empty()) title.push_back(std::move(cite));
  if (const std::string note = TextAt(file, "note"); !note.empty()) {
    title.push_back({Soft(reviewed.words("label.note", {{"note", note}}))});
  }
  return {PlaceOf("action", action.id),
          {std::move(title),
           {{Text(reviewed.prose.KindName(action.kind))}},
           MatchCell(reviewed, action),
           OrderCell(reviewed, action)},
          {}};
}

Line SourceUses(const Reviewed& reviewed, Index source) {
  std::vector<Line> links;
  const auto cites = [&](const std::vector<Index>& cite) {
    return std::ranges::find(cite, source) != cite.end();
  };
  for (const Table& table : reviewed.pathway.tables) {
    for (const Rule& rule : table.rules) {
      if (cites(rule.cite)) links.push_back(RuleLink(reviewed, rule.id));
    }
  }
  for (const Check& check : reviewed.pathway.checks) {
    if (cites(check.cite)) links.push_back(RuleLink(reviewed, check.id));
  }
  for (const Input& input : reviewed.pathway.inputs) {
    if (!cites(input.cite)) continue;
    links.push_back({Link(Shorten(input.title, kMaxTitle), "#" + PlaceOf("input", input.name))});
  }
  return Joined(links, ", ");
}

Grid::Row SourceRow(const Reviewed& reviewed, Index index) {
  const auto& [source, words] = std::tie(reviewed.pathway.sources[index], reviewed.words);
  Grid::Cell label;
  label.push_back({source.url.empty() ? Text(source.label) : Link(source.label, source.url)});
  if (!source.url.empty()) label.push_back({Soft(source.url)});
  std::vector<std::string> parts;
  if (!source.edition.empty())
    parts.push_back(words("source.edition", {{"edition", source.edition}}));
  if (!source.section.empty())
    parts.push_back(words("source.section", {{"section", source.section}}));
  if (!source.accessed.empty())
    parts.push_back(words("source.accessed", {{"date", source.accessed}}));
  Grid::Cell edition;
  for (std::string& part : parts) edition.push_back({Text(std::move(part))});
  if (edition.empty()) edition.push_back({Soft(words("source.no-edition"))});
  return {
      PlaceOf("source", source.id),
      {{{Code(source.id)}}, std::move(label), std::move(edition), {SourceUses(reviewed, index)}},
      {}};
}

}  // namespace

void AddParameters(const Reviewed& reviewed) {
  if (reviewed.pathway.parameters.empty()) return;
  reviewed.Section("parameters", reviewed.words("section.parameters"));
  reviewed.PutText(reviewed.words("parameters.how"));
  Grid grid = GridOf(reviewed, "plain", {"parameter.name", "parameter.value", "parameter.range", "parameter.why", "label.used"});
  const ParameterUses uses(reviewed);
  for (const Parameter& parameter : reviewed.pathway.parameters) {
    grid.rows.push_back(ParameterRow(reviewed, parameter, uses));
  }
  reviewed.Put(std::move(grid));
}

void AddActions(const Reviewed& reviewed) {
  reviewed.Section("actions", reviewed.words("section.actions"));
  reviewed.PutText(reviewed.words("actions.how"));
  Grid grid = GridOf(reviewed, "plain actions", {"action.title", "action.kind", "action.match", "action.order"});
  for (const Action& action : reviewed.pathway.actions) {
    grid.rows.push_back(ActionRow(reviewed, action));
  }
  reviewed.Put(std::move(grid));
}

void AddSources(const Reviewed& reviewed) {
  reviewed.Section("sources", reviewed.words("section.sources"));
  Grid grid = GridOf(reviewed, "plain sources", {"source.id", "source.label", "source.which", "source.cited"});
  for (Index i = 0; i < reviewed.pathway.sources.size(); ++i) {
    grid.rows.push_back(SourceRow(reviewed, i));
  }
  reviewed.Put(std::move(grid));
}

void AddPolicies(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  Facts facts;
  const auto add = [&](Word name, const std::vector<Line>& links) {
    if (!links.empty()) facts.rows.push_back({words(name), {Joined(links, ", ")}});
  };
  std::vector<Line> gates, rules, checks, inputs, parameters;
  for (const GateRow& gate : pathway.gate) {
    if (gate.policy) gates.push_back({Link(gate.id, "#" + PlaceOf("gate", gate.id))});
  }
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) {
      if (rule.policy) rules.push_back(RuleLink(reviewed, rule.id));
    }
  }
  for (const Check& check : pathway.checks) {
    if (check.policy) checks.push_back(RuleLink(reviewed, check.id));
  }
  for (const Input& input : pathway.inputs) {
    if (input.policy) inputs.push_back({Link(input.title, "#" + PlaceOf("input", input.name))});
  }
  for (const Parameter& parameter : pathway.parameters) {
    if (!parameter.policy) continue;
    parameters.push_back({Link(parameter.name, "#" + PlaceOf("parameter", parameter.name))});
  }
  add("policy.gate", gates);
  add("policy.rules", rules);
  add("policy.checks", checks);
  add("policy.inputs", inputs);
  add("policy.parameters", parameters);
  reviewed.Section("policy", words("section.policy"));
  if (facts.rows.empty()) return reviewed.PutText(words("policy.none"));
  reviewed.PutText(words("policy.how"));
  reviewed.Put(std::move(facts));
}

void AddCards(const Reviewed& reviewed) {
  const auto& [cards, words] = std::tie(reviewed.pathway.cards, reviewed.words);
  reviewed.Section("cards", words("section.cards"));
  std::vector<Line> lines;
  lines.push_back({Text(words.Count("cards.max", cards.max))});
  lines.push_back(
      {Text(words("cards.quiet", {{"time", reviewed.prose.HoursOf(cards.quiet_hours)}}))});
  lines.push_back(
      {Text(words("cards.duplicate", {{"time", reviewed.prose.DaysOf(cards.duplicate_days)}}))});
  lines.push_back({Text(cards.show_acceptable ? words("cards.acceptable-shown")
                                              : words("cards.acceptable-silent"))});
  lines.push_back(
      {Text(cards.show_out_of_scope ? words("cards.out-shown") : words("cards.out-silent"))});
  std::vector<std::string> reasons;
  for (const fhir::Concept& reason : cards.override_reasons) {
    reasons.push_back(reason.display.empty() ? reason.code : reason.display);
  }
  if (!reasons.empty()) {
    lines.push_back({Text(words("cards.reasons", {{"reasons", words.And(reasons)}}))});
  }
  reviewed.Put(List{std::move(lines)});
}

}  // namespace renal::pathways::review
