#include <algorithm>

#include "pathways/internal/json_tree.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

const std::vector<std::string> kHits = {"unique", "first", "collect"};
const std::vector<std::string> kChoices = {"one", "any", "all"};
const std::vector<std::string> kDeterminations = {"conditional"};

Option LoadOption(Loader& loader, const OwnJson& node, const std::string& rule) {
  Fields fields(node, "an option of " + rule, loader.problems);
  Option option;
  if (const OwnJson* action = fields.String("action")) {
    option.action = loader.actions.Resolve(*action, loader.problems);
  }
  if (const OwnJson* strength = fields.String("strength", Need::kRequired)) {
    option.strength = loader.strengths.Resolve(*strength, loader.problems);
  }
  option.conditional = fields.Word("determination", kDeterminations).has_value();
  return option;
}

void LoadThen(Loader& loader, Fields& fields, Rule& rule) {
  const OwnJson* node = fields.Object("then", Need::kRequired);
  if (node == nullptr) return;
  Fields then(*node, "\"then\" of " + fields.what(), loader.problems);
  rule.go = ResolveList(loader, then, "go", loader.tables);
  for (const OwnJson& item : then.Items("options")) {
    rule.options.push_back(LoadOption(loader, item, fields.what()));
  }
  rule.with = ResolveList(loader, then, "with", loader.actions);
  if (const auto choose = then.Word("choose", kChoices)) rule.choose = kChoices[*choose];
  rule.summary = FilledText(loader, then, "summary");
  const bool offers = then.Has("options") || then.Has("with");
  if (then.Has("go") == offers) {
    loader.problems.Error(*node, "L101",
                          then.what() + " needs one of \"go\" and \"options\". Write one of them.");
  }
  if (!offers) return;
  for (const char* name : {"because", "cite"}) {
    if (fields.Has(name)) continue;
    loader.problems.Error(
        fields.node(), "L501",
        fields.what() + " offers something without " + Quoted(name) + ". Add it.");
  }
}

bool IsAsking(const Pathway& pathway, Index action) {
  const ActionKind kind = pathway.actions[action].kind;
  return kind == ActionKind::kReferral || kind == ActionKind::kCollectData;
}

// Whether the rule itself offers more than a referral or a request for data, other than as
// conditional for good.
bool OffersTreatment(const Pathway& pathway, const Rule& rule) {
  const bool option = std::any_of(rule.options.begin(), rule.options.end(), [&](const Option& each) {
    return each.action != kNone && !each.conditional && !IsAsking(pathway, each.action);
  });
  return option || std::any_of(rule.with.begin(), rule.with.end(),
                               [&](Index action) { return !IsAsking(pathway, action); });
}

// The tables in which, or behind which, some rule offers a treatment. Ways without an end are
// reported elsewhere.
std::vector<bool> TablesWithTreatment(const Pathway& pathway) {
  std::vector<bool> found(pathway.tables.size());
  for (bool changed = true; changed;) {
    changed = false;
    for (Index t = 0; t < pathway.tables.size(); ++t) {
      if (found[t]) continue;
      const auto& rules = pathway.tables[t].rules;
      found[t] = std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) {
        return OffersTreatment(pathway, rule) ||
               std::any_of(rule.go.begin(), rule.go.end(), [&](Index next) { return found[next]; });
      });
      changed |= found[t];
    }
  }
  return found;
}

// A treatment is never recommended because a datum is missing.
void CheckUnknownCells(Loader& loader, const OwnJson* tables) {
  const Pathway& pathway = loader.pathway;
  const std::vector<bool> treating = TablesWithTreatment(pathway);
  for (Index t = 0; t < pathway.tables.size(); ++t) {
    for (Index r = 0; r < pathway.tables[t].rules.size(); ++r) {
      const Rule& rule = pathway.tables[t].rules[r];
      const auto cell = std::find_if(rule.cells.begin(), rule.cells.end(), [](const Cell& each) {
        return each.kind == Cell::Kind::kUnknown;
      });
      if (cell == rule.cells.end()) continue;
      const bool leads =
          std::any_of(rule.go.begin(), rule.go.end(), [&](Index next) { return treating[next]; });
      if (!leads && !OffersTreatment(pathway, rule)) continue;
      const OwnJson& node = tables->items[t].Find("rules")->items[r];
      loader.problems.Error(
          MemberAt(node, "if"), "L310",
          "rule " + Quoted(rule.id) + (leads ? " leads to" : " offers") + " a treatment because " +
              Quoted(pathway.inputs[cell->input].name) +
              " is unknown. Offer a referral, or ask for the datum.");
    }
  }
}

void LoadRelations(Loader& loader, Fields& fields, Rule& rule) {
  rule.needs = ResolveList(loader, fields, "needs", loader.inputs);
  rule.together = NameList(loader, fields, "together", loader.rules);
  rule.yields_to = NameList(loader, fields, "yieldsTo", loader.rules);
  rule.replaces = NameList(loader, fields, "replaces", loader.rules);
  rule.demotes = NameList(loader, fields, "demotes", loader.rules);
  const OwnJson* joins = fields.String("joins");
  if (joins != nullptr && loader.rules.Resolve(*joins, loader.problems) != kNone) {
    rule.joins = joins->text;
  }
  for (const auto* list : {&rule.together, &rule.yields_to, &rule.replaces, &rule.demotes}) {
    for (const std::string& other : *list) {
      if (other != rule.id) continue;
      loader.problems.Error(fields.node(), "L103",
                            fields.what() + " names itself. Remove its own id.");
    }
  }
}

Rule LoadRule(Loader& loader, const OwnJson& node, const Table& table, int order) {
  Fields fields(node, "rule", loader.problems);
  Rule rule;
  rule.id = fields.Text("id", Need::kRequired);
  fields.Rename("rule " + Quoted(rule.id));
  rule.order = order;
  const Scope scope{.what = fields.what(), .focus = table.focus};
  rule.cells = CellsOf(loader, fields.Object("if"), scope, &table.columns);
  rule.when = ExpressionOf(loader, fields, "when", scope, ConditionOnVariables());
  LoadThen(loader, fields, rule);
  rule.because = FilledText(loader, fields, "because", Keep::kInputs);
  rule.cite = Citations(loader, fields);
  LoadRelations(loader, fields, rule);
  rule.mdt_required = fields.Flag("mdtRequired");
  rule.policy = fields.Flag("policy");
  rule.fact = fields.Flag("fact");
  rule.background = fields.Flag("background");
  return rule;
}

// Inputs of the columns, each one that this table can read.
std::vector<Index> ColumnsOf(Loader& loader, Fields& fields, Index focus) {
  const std::vector<Index> columns = ResolveList(loader, fields, "columns", loader.inputs);
  for (const Index column : columns) {
    const Input& input = loader.pathway.inputs[column];
    if (input.focus == kNone || input.focus == focus) continue;
    loader.problems.Error(fields.At("columns"), "L102",
                          "input " + Quoted(input.name) + " has a value for each " +
                              loader.foci.list()[input.focus] + ", " + fields.what() +
                              " has not. Give the table that focus.");
  }
  return columns;
}

void LoadTable(Loader& loader, const OwnJson& node, int& order) {
  Fields fields(node, "table", loader.problems);
  Table table;
  table.id = fields.Text("id", Need::kRequired);
  fields.Rename("table " + Quoted(table.id));
  table.title = fields.Text("title", Need::kRequired);
  table.hit = static_cast<Hit>(fields.Word("hit", kHits).value_or(0));
  if (const OwnJson* focus = fields.String("focus")) {
    table.focus = loader.foci.Resolve(*focus, loader.problems);
  }
  table.columns = ColumnsOf(loader, fields, table.focus);
  table.complete = fields.Flag("complete", true);
  table.why = fields.Text("why", table.complete ? Need::kOptional : Need::kRequired);
  for (const OwnJson& item : fields.Items("rules", Need::kRequired)) {
    table.rules.push_back(LoadRule(loader, item, table, order++));
    Rule& rule = table.rules.back();
    while (!SameOffer(table.rules[rule.then], rule)) ++rule.then;
  }
  loader.pathway.tables.push_back(std::move(table));
}

void LoadStart(Loader& loader, Fields& root) {
  const OwnJson* start = root.Any("start", Need::kRequired);
  if (start == nullptr) return;
  if (start->type == fhir::JsonType::kArray) {
    loader.pathway.start = ResolveList(loader, root, "start", loader.tables);
    return;
  }
  const Index table = loader.tables.Resolve(*start, loader.problems);
  if (table != kNone) loader.pathway.start.push_back(table);
}

// Rules that join each other would have no entry of their own.
void CheckJoins(Loader& loader, const OwnJson* tables) {
  for (std::size_t t = 0; t < loader.pathway.tables.size(); ++t) {
    for (std::size_t r = 0; r < loader.pathway.tables[t].rules.size(); ++r) {
      const Rule& rule = loader.pathway.tables[t].rules[r];
      const Rule* target =
          rule.joins.empty() ? nullptr : loader.pathway.FindRule(rule.joins).second;
      if (target == nullptr || target->joins.empty()) continue;
      loader.problems.Error(tables->items[t].Find("rules")->items[r], "L103",
                            "rule " + Quoted(rule.id) + " joins " + Quoted(rule.joins) +
                                ", which joins another one. Join the last one.");
    }
  }
}

}  // namespace

void LoadGate(Loader& loader, Fields& root) {
  Names ids("gate row");
  for (const OwnJson& node : root.Items("gate")) {
    Fields fields(node, "gate row", loader.problems);
    GateRow row;
    row.id = fields.Text("id", Need::kRequired);
    fields.Rename("gate row " + Quoted(row.id));
    if (!ids.Add(row.id)) {
      loader.problems.Error(node, "L101", fields.what() + " is defined twice. Rename one of them.");
    }
    const Scope scope{.what = fields.what()};
    row.cells = CellsOf(loader, fields.Object("if", Need::kRequired), scope);
    fields.Any("because", Need::kRequired);
    row.because = FilledText(loader, fields, "because");
    row.policy = fields.Flag("policy");
    loader.pathway.gate.push_back(std::move(row));
  }
}

void LoadTables(Loader& loader, Fields& root) {
  LoadStart(loader, root);
  int order = 0;
  for (const OwnJson& node : root.Items("tables", Need::kRequired)) LoadTable(loader, node, order);
  CheckJoins(loader, root.node().Find("tables"));
  CheckUnknownCells(loader, root.node().Find("tables"));
}

}  // namespace renal::pathways::internal
