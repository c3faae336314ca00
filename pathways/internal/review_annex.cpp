#include <map>

#include "pathways/internal/review.h"

namespace renal::pathways::review {
namespace {

using fhir::fhirpath::Expression;

/// The concepts of a value set, those of one system together: "SNOMED CT: 64033007 Kidney; …".
std::vector<Line> CodeLines(const Reviewed& reviewed, const fhir::ValueSet& set) {
  std::vector<std::pair<std::string, Line>> systems;
  for (const fhir::Concept& entry : set.concepts()) {
    if (systems.empty() || systems.back().first != entry.system) {
      const std::string name = reviewed.words.Name(entry.system);
      systems.push_back(
          {entry.system, {Soft(reviewed.words("codes.system", {{"system", name}}) + " ")}});
    } else {
      systems.back().second.push_back(Text("; "));
    }
    Line& line = systems.back().second;
    line.push_back(Code(entry.code));
    if (!entry.display.empty()) line.push_back(Text(" " + entry.display));
  }
  std::vector<Line> lines;
  for (auto& [system, line] : systems) lines.push_back(std::move(line));
  return lines;
}

/// Collects the rows of the list of expressions. One that occurs again refers to its first place.
class Expressions {
 public:
  explicit Expressions(const Reviewed& reviewed)
      : words_(reviewed.words),
        grid_(GridOf(reviewed, "codes expressions",
                     {"expression.number", "expression.where", "expression.text"})) {}

  void Under(Line where) { where_ = std::move(where); }
  void Add(std::string part, const std::optional<Expression>& expression) {
    if (expression) AddText(std::move(part), expression->text());
  }
  void AddText(std::string part, const std::string& text) {
    const std::string number = std::to_string(grid_.rows.size() + 1);
    const auto [first, added] = numbers_.try_emplace(text, number);
    Span shown = added ? Code(text)
                       : Link(words_("expression.again", {{"number", first->second}}),
                              "#" + PlaceOf("expression", first->second));
    grid_.rows.push_back(
        {PlaceOf("expression", number),
         {{{Text(number)}}, {where_, {Text(std::move(part))}}, {{std::move(shown)}}},
         {}});
  }

  void AddSource(const SourceOfInput& source,
                 const std::vector<std::pair<std::string, std::string>>& values) {
    Add(Part(source.name, words_("part.where")), source.where);
    Add(Part(source.name, words_("part.value")), source.value);
    for (const SourceOfInput::Entry& entry : source.map) {
      if (!entry.when) continue;
      const std::string to = entry.code < values.size() ? values[entry.code].second : std::string();
      Add(Part(source.name, words_("part.map", {{"value", to}})), entry.when);
    }
    Add(Part(source.name, words_("part.time")), source.time);
    Add(Part(source.name, words_("part.label")), source.label);
    Add(Part(source.name, words_("part.same")), source.same);
  }

  std::string Part(const std::string& name, const std::string& part) const {
    return words_("part.of", {{"name", name}, {"part", part}});
  }

  Grid Take() { return std::move(grid_); }

 private:
  const Words& words_;
  std::map<std::string, std::string> numbers_;  // of the first place of a text
  Line where_;
  Grid grid_;
};

void CollectFocus(const Reviewed& reviewed, const FocusKind& kind, Expressions& out) {
  const Words& words = reviewed.words;
  out.Under({Link(kind.title, "#" + PlaceOf("focus", kind.name))});
  for (const SourceOfInput& source : kind.instances) out.AddSource(source, kind.values);
  for (const FocusKind::Step& step : kind.belongs) {
    out.AddText(out.Part(step.name, words("part.via")), step.via.text());
    for (const FocusKind::Step::Entry& entry : step.map) {
      const std::string to = entry.key == FocusKind::kElsewhere ? words("focus.elsewhere")
                             : entry.key < kind.values.size()   ? kind.values[entry.key].second
                                                                : std::string();
      out.Add(out.Part(step.name, words("part.map", {{"value", to}})), entry.when);
    }
  }
}

void CollectInput(const Reviewed& reviewed, const Input& input, Expressions& out) {
  const Words& words = reviewed.words;
  out.Under({Link(input.title, "#" + PlaceOf("input", input.name))});
  out.Add(words("part.derive"), input.derive);
  for (const SourceOfInput& source : input.sources) out.AddSource(source, input.values);
  out.Add(words("part.status"), input.prefer_status);
  if (!input.prefer) return;
  for (const Preference::Class& entry : input.prefer->order) {
    out.AddText(words("part.prefer", {{"title", entry.title}}), entry.when.text());
  }
}

}  // namespace

void AddCodes(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  if (pathway.value_sets.empty()) return;
  reviewed.Section("codes", words("section.codes"), true);
  reviewed.PutText(words("codes.how"));
  Grid grid = GridOf(reviewed, "codes", {"codes.set", "codes.concepts"});
  for (const auto& [alias, set] : pathway.value_sets) {
    Grid::Cell name = {{Strong(ValueSetTitle(reviewed, *set))}, {Code(alias)}};
    if (!set->version().empty()) {
      name.push_back({Soft(words("codes.version", {{"version", set->version()}}))});
    }
    grid.rows.push_back(
        {PlaceOf("codes", alias), {std::move(name), CodeLines(reviewed, *set)}, {}});
  }
  reviewed.Put(std::move(grid));
}

void AddExpressions(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  Expressions out(reviewed);
  out.Under({Link(words("section.scope"), "#scope")});
  out.Add(words("part.applies"), pathway.applies);
  for (const FocusKind& kind : pathway.foci) CollectFocus(reviewed, kind, out);
  for (const Input& input : pathway.inputs) CollectInput(reviewed, input, out);
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) {
      out.Under(RuleLink(reviewed, rule.id));
      out.Add(words("part.when"), rule.when);
    }
  }
  for (const Action& action : pathway.actions) {
    out.Under({Link(action.title, "#" + PlaceOf("action", action.id))});
    out.Add(words("part.match"), action.match_where);
    out.Add(words("part.presumed"), action.match_presumed);
    for (const Action::Element& element : action.set) {
      out.AddText(words("part.set", {{"element", element.path}}), element.value.text());
    }
  }
  Grid grid = out.Take();
  if (grid.rows.empty()) return;
  reviewed.Section("expressions", words("section.expressions"), true);
  reviewed.PutText(words("expressions.how"));
  reviewed.Put(std::move(grid));
}

}  // namespace renal::pathways::review
