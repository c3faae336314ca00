#include "pathways/internal/decisions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "pathways/outcome.h"

namespace renal::pathways::internal {
namespace {

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

class Layer {
 public:
  Layer(const Pathway& pathway, Version version, const CommonGrid& grid,
        const std::vector<std::string>& named, BoxLimit& limit)
      : pathway_(pathway), version_(version), grid_(grid), named_(named), limit_(limit) {}

  Decisions Run() {
    AddGate();
    AddTables();
    AddChecks();
    return std::move(result_);
  }

 private:
  using Region = std::vector<Box>;
  // What must hold besides cells on the way to a table, as texts of `when`.
  using Conditions = std::vector<std::string>;
  using Ways = std::map<Conditions, Region>;

  void AddGate();
  void AddTables();
  void AddTable(const Table& table, const Ways& ways);
  void AddRule(const Table& table, const Rule& rule, const Conditions& conditions,
               const Region& region);
  void AddChecks();
  std::vector<Index> TablesInOrder() const;

  void Add(std::string place, std::string text, std::string signature, const Region& region);
  void AddTo(Region& region, const Region& more);
  Region Common(const Region& region, const Box& box) const;
  void TakeOut(Region& region, const Box& box);

  std::string Option(const struct Option& option, bool for_people) const;
  std::string Actions(const std::vector<Index>& actions, bool for_people) const;
  std::string Signature(const Table& table, const Rule& rule, const Conditions& conditions) const;
  std::string Text(const Rule& rule, const Conditions& conditions) const;
  std::string Signature(const Check& check) const;
  std::string Text(const Check& check) const;

  const Pathway& pathway_;
  const Version version_;
  const CommonGrid& grid_;
  const std::vector<std::string>& named_;
  BoxLimit& limit_;
  Decisions result_;
  std::map<std::string, std::size_t> by_signature_;
  std::vector<Ways> reach_;
};

void Layer::TakeOut(Region& region, const Box& box) {
  if (!grid_.layout().Subtract(region, box, limit_)) result_.whole = false;
}

void Layer::AddTo(Region& region, const Region& more) {
  for (const Box& box : more) {
    Region rest{box};
    for (const Box& old : region) TakeOut(rest, old);
    region.insert(region.end(), rest.begin(), rest.end());
    if (region.size() > limit_.boxes) result_.whole = false;
    if (!result_.whole) return;
  }
}

Layer::Region Layer::Common(const Region& region, const Box& box) const {
  Region common;
  for (const Box& other : region) {
    if (grid_.layout().Meet(other, box)) common.push_back(grid_.layout().Common(other, box));
  }
  return common;
}

void Layer::Add(std::string place, std::string text, std::string signature, const Region& region) {
  const auto [entry, added] = by_signature_.emplace(signature, result_.list.size());
  if (added) result_.list.push_back({std::move(signature), {}, {}});
  Decision& decision = result_.list[entry->second];
  decision.parts.push_back({std::move(place), std::move(text), region});
  AddTo(decision.patients, region);
}

void Layer::AddGate() {
  for (const GateRow& row : pathway_.gate) {
    const Box box = grid_.BoxOf(version_, {&row.cells, nullptr});
    Region region;
    if (!grid_.layout().IsEmpty(box)) region.push_back(box);
    for (const Box& stopped : result_.stopped) TakeOut(region, stopped);
    Add("gate", "stops: " + row.id, "!gate " + row.id + (row.policy ? " policy" : ""), region);
    AddTo(result_.stopped, region);
  }
}

// Each table after those that lead to it. The loader refuses cycles.
std::vector<Index> Layer::TablesInOrder() const {
  std::vector<std::size_t> leads(pathway_.tables.size(), 0);
  for (const Table& table : pathway_.tables) {
    for (const Rule& rule : table.rules) {
      for (const Index next : rule.go) ++leads[next];
    }
  }
  std::vector<Index> order;
  for (Index table = 0; table < leads.size(); ++table) {
    if (leads[table] == 0) order.push_back(table);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (const Rule& rule : pathway_.tables[order[i]].rules) {
      for (const Index next : rule.go) {
        if (--leads[next] == 0) order.push_back(next);
      }
    }
  }
  return order;
}

void Layer::AddTables() {
  reach_.resize(pathway_.tables.size());
  for (const Index start : pathway_.start) reach_[start][{}] = {grid_.layout().Full()};
  for (const Index table : TablesInOrder()) {
    const Ways ways = reach_[table];
    if (!ways.empty() && result_.whole) AddTable(pathway_.tables[table], ways);
  }
}

void Layer::AddTable(const Table& table, const Ways& ways) {
  constexpr std::size_t kMostWays = 64;
  if (ways.size() > kMostWays) {
    result_.whole = false;
    return;
  }
  const bool first = table.hit == Hit::kFirst;
  for (const auto& [conditions, reach] : ways) {
    Region left = reach;
    Conditions unless = conditions;
    for (const Rule& rule : table.rules) {
      if (!result_.whole) return;
      const Box box = grid_.BoxOf(version_, {&rule.cells, &rule.needs});
      if (grid_.layout().IsEmpty(box)) continue;
      const bool chooses = rule.together.empty();
      Conditions holds = first ? unless : conditions;
      if (rule.when) holds.push_back("when " + rule.when->text());
      AddRule(table, rule, holds, Common(first && chooses ? left : reach, box));
      if (!first || !chooses) continue;
      if (!rule.when) {
        TakeOut(left, box);
      } else {
        unless.push_back("not decided by the row above: " + rule.when->text());
      }
    }
  }
  const bool holds_when = std::any_of(table.rules.begin(), table.rules.end(),
                                      [](const Rule& rule) { return rule.when.has_value(); });
  if (holds_when) result_.whens.push_back(table.id);
}

void Layer::AddRule(const Table& table, const Rule& rule, const Conditions& conditions,
                    const Region& region) {
  for (const Index next : rule.go) AddTo(reach_[next][conditions], region);
  if (rule.options.empty() && rule.with.empty()) return;
  Add(table.id, Text(rule, conditions), Signature(table, rule, conditions), region);
}

void Layer::AddChecks() {
  for (const Check& check : pathway_.checks) {
    const Box box = grid_.BoxOf(version_, {&check.cells, nullptr});
    if (grid_.layout().IsEmpty(box)) continue;
    Add("checks", Text(check), Signature(check), {box});
  }
}

// ---- texts

std::string Layer::Option(const struct Option& option, bool for_people) const {
  const Strength& strength = pathway_.strengths[option.strength];
  std::string text = "fact";
  if (option.action != kNone) {
    const Action& action = pathway_.actions[option.action];
    text = for_people ? action.title : action.id;
  }
  text += " (" + strength.word;
  if (!for_people) text += std::string(" ") + Spelling(strength.tier);
  if (option.conditional) text += ", conditional";
  return text + ")";
}

std::string Layer::Actions(const std::vector<Index>& actions, bool for_people) const {
  std::vector<std::string> names;
  for (const Index action : actions) {
    names.push_back(for_people ? pathway_.actions[action].title : pathway_.actions[action].id);
  }
  return Joined(names);
}

std::string Layer::Signature(const Table& table, const Rule& rule,
                             const Conditions& conditions) const {
  std::string text = table.focus == kNone ? "" : "focus " + pathway_.foci[table.focus].name + "; ";
  for (const auto& option : rule.options) text += Option(option, false) + ", ";
  text += "choose " + rule.choose + "; with " + Actions(rule.with, false);
  if (std::find(named_.begin(), named_.end(), rule.id) != named_.end()) text += "; id " + rule.id;
  if (!rule.together.empty()) text += "; together " + Joined(rule.together);
  if (!rule.yields_to.empty()) text += "; yields to " + Joined(rule.yields_to);
  if (!rule.joins.empty()) text += "; joins " + rule.joins;
  if (!rule.replaces.empty()) text += "; replaces " + Joined(rule.replaces);
  if (!rule.demotes.empty()) text += "; demotes " + Joined(rule.demotes);
  if (rule.mdt_required) text += "; referral only";
  if (rule.policy) text += "; policy";
  if (rule.fact) text += "; fact";
  if (rule.background) text += "; background";
  // The order on the way does not matter.
  Conditions sorted = conditions;
  std::sort(sorted.begin(), sorted.end());
  for (const std::string& condition : sorted) text += "; " + condition;
  return text;
}

std::string Layer::Text(const Rule& rule, const Conditions& conditions) const {
  std::vector<std::string> options;
  for (const auto& option : rule.options) options.push_back(Option(option, true));
  std::string text = rule.id + ": " + Joined(options);
  if (!rule.with.empty()) {
    text += (rule.options.empty() ? "" : " with ") + Actions(rule.with, true);
  }
  if (rule.mdt_required) text += ", referral only";
  for (const std::string& condition : conditions) text += ", " + condition;
  return text;
}

std::string Layer::Signature(const Check& check) const {
  std::string text = "!check; rule " + check.rule + "; for " + Actions(check.for_actions, false) +
                     "; rules " + Joined(check.for_rules);
  if (check.suppress) text += "; suppress";
  if (check.conditional) text += "; conditional";
  if (check.mdt_required) text += "; referral only";
  if (check.critical) text += "; critical";
  if (check.strength) text += std::string("; tier ") + Spelling(*check.strength);
  text += "; with " + Actions(check.with, false);
  if (check.with_strength != kNone) text += " " + pathway_.strengths[check.with_strength].word;
  if (check.fact) text += "; fact";
  if (check.not_verified) text += "; not verified";
  if (check.policy) text += "; policy";
  return text;
}

std::string Layer::Text(const Check& check) const {
  std::vector<std::string> effects;
  if (check.suppress) effects.push_back("not listed");
  if (check.conditional) effects.push_back("conditional");
  if (check.mdt_required) effects.push_back("referral only");
  if (check.strength) effects.push_back(std::string("at most ") + Spelling(*check.strength));
  if (!check.with.empty()) effects.push_back("with " + Actions(check.with, true));
  if (check.critical) effects.push_back("critical");
  if (!check.caution.empty()) effects.push_back("caution");
  const std::string whose =
      check.for_rules.empty() ? Actions(check.for_actions, true) : Joined(check.for_rules);
  return check.id + ": " + (whose.empty() ? "every treatment" : whose) + ": " + Joined(effects);
}

}  // namespace

Decisions DecisionsOf(const Pathway& pathway, Version version, const CommonGrid& grid,
                      const std::vector<std::string>& named, BoxLimit& limit) {
  return Layer(pathway, version, grid, named, limit).Run();
}

std::vector<std::string> NamedRules(const Pathway& pathway) {
  std::vector<std::string> ids;
  const auto add = [&](const std::vector<std::string>& more) {
    ids.insert(ids.end(), more.begin(), more.end());
  };
  for (const Check& check : pathway.checks) add(check.for_rules);
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) {
      add(rule.together);
      add(rule.yields_to);
      add(rule.replaces);
      add(rule.demotes);
      if (!rule.joins.empty()) ids.push_back(rule.joins);
    }
  }
  return ids;
}

}  // namespace renal::pathways::internal
