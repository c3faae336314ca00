#include <algorithm>
#include <set>

#include "pathways/internal/picture_scene.h"
#include "pathways/internal/review.h"

namespace renal::pathways::review {
namespace {

std::string TableTitle(const Reviewed& reviewed, Index table) {
  return reviewed.pathway.tables.at(table).title;
}

std::vector<Line> GoLines(const Reviewed& reviewed, const std::vector<Index>& go) {
  std::vector<Line> lines;
  for (const Index table : go) {
    lines.push_back({Text(reviewed.words("rule.go") + " "),
                     Link(TableTitle(reviewed, table),
                          "#" + PlaceOf("table", reviewed.pathway.tables.at(table).id))});
  }
  return lines;
}

/// The pathway's way in words, for those who cannot see the picture and for Markdown.
std::vector<Line> Way(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  std::vector<Line> lines;
  std::vector<std::string> starts;
  for (const Index table : pathway.start) starts.push_back(TableTitle(reviewed, table));
  lines.push_back({Text(words("picture.start", {{"tables", words.And(starts)}}))});
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) {
      for (const Index go : rule.go) {
        Line line = RuleLink(reviewed, rule.id);
        line.push_back(
            Text(words("picture.go", {{"conditions", reviewed.prose.ConditionsOf(rule.cells)},
                                      {"table", TableTitle(reviewed, go)}})));
        lines.push_back(std::move(line));
      }
    }
  }
  return lines;
}

void AddStrengths(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  std::set<Index> used;
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) {
      for (const Option& option : rule.options) used.insert(option.strength);
    }
  }
  for (const Check& check : pathway.checks) used.insert(check.with_strength);
  Grid grid = GridOf(reviewed, "plain", {"strength.head-word", "strength.head-tier", "strength.head-text"});
  grid.caption = words("strength.caption");
  for (Index i = 0; i < pathway.strengths.size(); ++i) {
    const Strength& strength = pathway.strengths[i];
    if (!used.contains(i)) continue;
    grid.rows.push_back(
        {{},
         {{{Text(strength.title.empty() ? strength.word : strength.title)}},
          {{Mark(reviewed.prose.TierName(strength.tier), Spelling(strength.tier))}},
          {{Text(strength.text)}}},
         {}});
  }
  if (!grid.rows.empty()) reviewed.Put(std::move(grid));
}

std::string HitWords(const Reviewed& reviewed, const Table& table) {
  switch (table.hit) {
    case Hit::kUnique:
      return reviewed.words("hit.unique");
    case Hit::kFirst:
      return reviewed.words("hit.first");
    case Hit::kCollect:
      return reviewed.words("hit.collect");
  }
  return {};
}

Line ColumnTitle(const Reviewed& reviewed, Index column) {
  const Input& input = reviewed.pathway.inputs.at(column);
  Line line = {Link(reviewed.prose.InputTitle(column), "#" + PlaceOf("input", input.name))};
  if (const std::string unit = reviewed.prose.UnitOf(input); !unit.empty()) {
    line.push_back(Soft(" " + reviewed.words("column.unit", {{"unit", unit}})));
  }
  return line;
}

std::string ChooseWords(const Reviewed& reviewed, const Rule& rule) {
  if (rule.options.size() < 2) return {};
  if (rule.choose == "all") return reviewed.words("choose.all");
  return rule.choose == "any" ? reviewed.words("choose.any") : reviewed.words("choose.one");
}

Grid::Cell ThenCell(const Reviewed& reviewed, const Rule& rule) {
  const Words& words = reviewed.words;
  Grid::Cell cell = GoLines(reviewed, rule.go);
  for (const Option& option : rule.options) cell.push_back(OptionLine(reviewed, option));
  if (const std::string choose = ChooseWords(reviewed, rule); !choose.empty()) {
    cell.push_back({Soft(choose)});
  }
  if (!rule.with.empty()) {
    cell.push_back(
        {Text(words("rule.with", {{"actions", reviewed.prose.ActionTitles(rule.with)}}))});
  }
  if (rule.mdt_required) cell.push_back({Mark(words("mark.board"), "board")});
  return cell;
}

Line RuleLinks(const Reviewed& reviewed, const std::vector<std::string>& ids) {
  std::vector<Line> links;
  for (const std::string& id : ids) links.push_back(RuleLink(reviewed, id));
  return Joined(links, ", ");
}

void AddRelation(const Reviewed& reviewed, Word word, const std::vector<std::string>& ids,
                 Grid::Cell& cell) {
  if (ids.empty()) return;
  Line line = {Soft(reviewed.words(word) + " ")};
  Append(line, RuleLinks(reviewed, ids));
  cell.push_back(std::move(line));
}

/// What else there is to a rule: how it lives beside others.
void AddBehaviour(const Reviewed& reviewed, const Rule& rule, Grid::Cell& cell) {
  const Words& words = reviewed.words;
  AddRelation(reviewed, "rule.together", rule.together, cell);
  AddRelation(reviewed, "rule.yields", rule.yields_to, cell);
  AddRelation(reviewed, "rule.replaces", rule.replaces, cell);
  AddRelation(reviewed, "rule.demotes", rule.demotes, cell);
  if (!rule.joins.empty()) AddRelation(reviewed, "rule.joins", {rule.joins}, cell);
  if (!rule.needs.empty()) {
    cell.push_back(
        {Soft(words("rule.needs", {{"inputs", reviewed.prose.InputTitles(rule.needs)}}))});
  }
  if (rule.when) cell.push_back({Soft(words("rule.when") + " "), Code(rule.when->text())});
  if (rule.fact) cell.push_back({Soft(words("rule.fact"))});
  if (rule.background) cell.push_back({Soft(words("rule.background"))});
}

Grid::Cell BelowCell(const Reviewed& reviewed, const Table& table, const Rule& rule) {
  Grid::Cell cell;
  if (!rule.summary.empty()) cell.push_back({Strong(reviewed.prose.SentenceOf(rule.summary))});
  Line reason;
  if (!rule.because.empty()) reason.push_back(Text(reviewed.prose.SentenceOf(rule.because)));
  if (Line cite = Citations(reviewed, rule.cite); !cite.empty()) {
    if (!reason.empty()) reason.push_back(Text(" "));
    Append(reason, std::move(cite));
  }
  if (!reason.empty()) cell.push_back(std::move(reason));
  AddBehaviour(reviewed, rule, cell);
  AddRelation(reviewed, "rule.checks", ChecksOn(reviewed.pathway, rule), cell);
  const auto& rules = MemberAt(EntryOf(MemberAt(reviewed.file, "tables"), table.id), "rules");
  if (const std::string note = TextAt(EntryOf(rules, rule.id), "note"); !note.empty()) {
    cell.push_back({Soft(reviewed.words("label.note", {{"note", note}}))});
  }
  return cell;
}

Grid::Row RuleRow(const Reviewed& reviewed, const Table& table, const Rule& rule) {
  Grid::Row row;
  row.id = PlaceOf("rule", rule.id);
  row.cells.push_back({{Text(rule.id)}});
  if (rule.policy) row.cells.back().push_back(PolicyMark(reviewed));
  for (const Index column : table.columns) {
    const auto cell = std::ranges::find(rule.cells, column, &Cell::input);
    row.cells.push_back({cell == rule.cells.end() ? Line{Soft(reviewed.words("cell.any"))}
                                                  : CellLine(reviewed, *cell)});
  }
  row.cells.push_back(ThenCell(reviewed, rule));
  row.below = BelowCell(reviewed, table, rule);
  return row;
}

void AddTable(const Reviewed& reviewed, const Table& table) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  reviewed.Put(Heading{3, PlaceOf("table", table.id), {Text(table.title)}, false});
  Line intro = {Text(HitWords(reviewed, table))};
  if (table.focus != kNone) {
    intro.push_back(
        Text(" " + words("table.focus", {{"focus", pathway.foci.at(table.focus).title}})));
  }
  if (!table.complete) {
    intro.push_back(Text(" " + words("table.incomplete", {{"why", table.why}})));
  }
  reviewed.Put(Paragraph{std::move(intro), {}});
  Grid grid;
  grid.kind = table.columns.size() > 6 ? "rules dense" : "rules";
  grid.below = words("rule.reason");
  grid.columns.push_back({{Text(words("rule.id"))}, "id"});
  for (const Index column : table.columns) {
    grid.columns.push_back({ColumnTitle(reviewed, column), "test"});
  }
  grid.columns.push_back({{Text(words("rule.then"))}, "then"});
  for (const Rule& rule : table.rules) grid.rows.push_back(RuleRow(reviewed, table, rule));
  reviewed.Put(std::move(grid));
}

}  // namespace

bool ActsOn(const Pathway& pathway, const Check& check, const Rule& rule) {
  const auto index = static_cast<Index>(&check - pathway.checks.data());
  return check.concerned.Has(static_cast<std::size_t>(rule.order)) ||
         std::ranges::any_of(rule.options,
                             [&](const Option& option) { return option.checks.Has(index); });
}

std::vector<std::string> ChecksOn(const Pathway& pathway, const Rule& rule) {
  std::vector<std::string> ids;
  for (const Check& check : pathway.checks) {
    if (ids.size() < kMostChecks && ActsOn(pathway, check, rule)) ids.push_back(check.id);
  }
  return ids;
}

void AddPicture(const Reviewed& reviewed) {
  const Words& words = reviewed.words;
  reviewed.Section("picture", words("section.picture"), true);
  reviewed.PutText(words("picture.how"));
  reviewed.Put(Drawing{picture::DrawInPieces(reviewed.pathway), Way(reviewed)});
}

void AddRules(const Reviewed& reviewed) {
  const auto& [pathway, words] = std::tie(reviewed.pathway, reviewed.words);
  reviewed.Section("rules", words("section.rules"), true);
  reviewed.PutText(words("rules.how"));
  AddStrengths(reviewed);
  for (const Table& table : pathway.tables) AddTable(reviewed, table);
}

}  // namespace renal::pathways::review
