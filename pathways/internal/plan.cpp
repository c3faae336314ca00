#include "pathways/internal/plan.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace renal::pathways {
namespace {

class Planner {
 public:
  explicit Planner(const Pathway& pathway) : pathway_(pathway) {}
  Plan Run();

 private:
  Index NameOf(std::string_view text) { return names_.emplace(text, names_.size()).first->second; }
  int OrderOf(std::string_view id) const;
  IndexSet OrdersOf(const std::vector<std::string>& ids) const;
  Plan::OfRule OfRule(const Rule& rule);

  const Pathway& pathway_;
  std::unordered_map<std::string_view, Index> names_;
  std::unordered_map<std::string_view, int> orders_;
};

int Planner::OrderOf(std::string_view id) const {
  const auto found = orders_.find(id);
  return found == orders_.end() ? Plan::kNoRule : found->second;
}

IndexSet Planner::OrdersOf(const std::vector<std::string>& ids) const {
  IndexSet orders;
  for (const std::string& id : ids) {
    if (const int order = OrderOf(id); order != Plan::kNoRule) {
      orders.Add(static_cast<std::size_t>(order));
    }
  }
  return orders;
}

std::vector<Plan::Test> TestsOf(const std::vector<Cell>& cells) {
  std::vector<Plan::Test> tests;
  tests.reserve(cells.size());
  for (const Cell& cell : cells) {
    Plan::Test& test = tests.emplace_back();
    test.input = cell.input;
    test.of_focus = cell.of_focus;
    test.cell = &cell;
    for (std::size_t i = 0; i < cell.on_segments.size() && i < 64; ++i) {
      const std::uint64_t bit = std::uint64_t{1} << i;
      if (cell.on_segments[i] == Truth::kTrue) test.true_on |= bit;
      if (cell.on_segments[i] == Truth::kFalse) test.false_on |= bit;
    }
  }
  return tests;
}

Plan::OfRule Planner::OfRule(const Rule& rule) {
  Plan::OfRule plan;
  plan.cells = TestsOf(rule.cells);
  plan.name = NameOf(rule.id);
  // A rule that joins another counts as that one.
  plan.identity = rule.joins.empty() ? plan.name : NameOf(rule.joins);
  for (const std::string& id : rule.yields_to) plan.yields_to.push_back(OrderOf(id));
  if (!rule.joins.empty()) plan.joins = OrderOf(rule.joins);
  plan.together = OrdersOf(rule.together);
  plan.replaces = OrdersOf(rule.replaces);
  plan.demotes = OrdersOf(rule.demotes);
  return plan;
}

// Every choice of sources that may not apply; nothing where there are more than anybody could read.
std::vector<std::vector<bool>> ChoicesOf(const Input& input) {
  std::vector<std::vector<bool>> choices{std::vector<bool>(input.sources.size())};
  constexpr std::size_t kMost = 16;
  for (std::size_t i = 0; i < input.sources.size(); ++i) {
    if (input.sources[i].applies.empty()) continue;
    if (choices.size() == kMost) return {};
    const std::size_t count = choices.size();
    for (std::size_t j = 0; j < count; ++j) {
      choices.push_back(choices[j]);
      choices.back()[i] = true;
    }
  }
  return choices;
}

bool HasOptionalSources(const Input& input) {
  return std::ranges::any_of(input.sources,
                             [](const SourceOfInput& source) { return !source.applies.empty(); });
}

bool Varies(const Input& input) {
  const auto limited = [](const AgeLimit& limit) { return !limit.when.empty(); };
  return !input.derive && (std::ranges::any_of(input.age, limited) || HasOptionalSources(input));
}

std::vector<Plan::Varying> VaryingOf(const Pathway& pathway) {
  std::vector<Plan::Varying> varying;
  for (Index index = 0; index < pathway.inputs.size(); ++index) {
    if (!Varies(pathway.inputs[index])) continue;
    Plan::Varying& input = varying.emplace_back();
    input.input = index;
    input.choices = ChoicesOf(pathway.inputs[index]);
    for (const std::vector<bool>& choice : input.choices) input.bits.push_back(BitsOf(choice));
  }
  return varying;
}

// The inputs of "(%a | %b).first()", of which it gives the first one that is known; none of any
// other expression.
std::vector<Index> FirstOf(const Pathway& pathway, std::string_view text) {
  constexpr std::string_view kBegin = "(%";
  constexpr std::string_view kNext = " | %";
  constexpr std::string_view kEnd = ").first()";
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd)) return {};
  text.remove_prefix(kBegin.size());
  text.remove_suffix(kEnd.size());
  std::vector<Index> inputs;
  for (bool more = true; more;) {
    const std::size_t end = std::min(text.find(kNext), text.size());
    const Index input = pathway.FindInput(text.substr(0, end));
    if (input == kNone) return {};
    inputs.push_back(input);
    more = end < text.size();
    text.remove_prefix(more ? end + kNext.size() : end);
  }
  return inputs;
}

std::vector<Plan::PassingOver> PassingOver(const Pathway& pathway, Index input) {
  if (!pathway.testers[input].none()) return {};
  std::vector<Plan::PassingOver> all;
  for (Index index = 0; index < pathway.inputs.size(); ++index) {
    const Input& reader = pathway.inputs[index];
    if (std::ranges::find(reader.depends_on, input) == reader.depends_on.end()) continue;
    // Age limits, and what may be assumed, read inputs for other reasons.
    const bool plain = reader.derive && !reader.if_none && reader.age.empty() &&
                       reader.sources.empty() && reader.only_if.empty();
    if (!plain) return {};
    std::vector<Index> before = FirstOf(pathway, reader.derive->text());
    before.erase(std::ranges::find(before, input), before.end());
    const bool same_place = std::ranges::all_of(
        before, [&](Index other) { return pathway.inputs[other].focus == reader.focus; });
    if (before.empty() || !same_place || reader.focus != pathway.inputs[input].focus) return {};
    all.push_back({index, std::move(before)});
  }
  return all;
}

Plan::OfInput OfInput(const Input& input) {
  Plan::OfInput plan;
  plan.focus = input.focus;
  for (const SourceOfInput& source : input.sources) plan.types |= Plan::BitOfType(source.type);
  plan.from_record = !input.IsDerived();
  plan.worked_out = input.IsDerived() && !input.depends_on.empty();
  plan.has_if_none = input.if_none.has_value();
  plan.is_plain = !input.IsDerived() && !input.score;
  plan.may_matter = !input.fact && !plan.worked_out;
  plan.has_ask_unless = !input.ask_unless.empty();
  return plan;
}

void PlanInputs(const Pathway& pathway, Plan& plan) {
  for (Index index = 0; index < pathway.inputs.size(); ++index) {
    const Input& input = pathway.inputs[index];
    plan.inputs.push_back(OfInput(input));
    plan.inputs_by_name.emplace(input.name, index);
    if (!pathway.readers[index].none()) plan.read_inputs.push_back(index);
    if (HasOptionalSources(input)) plan.with_optional_sources.Add(index);
    plan.passing_over.push_back(PassingOver(pathway, index));
  }
  plan.varying = VaryingOf(pathway);
}

Plan Planner::Run() {
  Plan plan;
  for (const Table& table : pathway_.tables) {
    for (const Rule& rule : table.rules) orders_.emplace(rule.id, rule.order);
  }
  plan.rules.resize(pathway_.rule_count);
  for (const Table& table : pathway_.tables) {
    for (const Rule& rule : table.rules) {
      plan.rules[static_cast<std::size_t>(rule.order)] = OfRule(rule);
      plan.rules_by_id.emplace(rule.id, std::pair(&table, &rule));
    }
  }
  for (Index index = 0; index < pathway_.checks.size(); ++index) {
    const Check& check = pathway_.checks[index];
    plan.names_of_checks.push_back(NameOf(check.rule));
    plan.checks.push_back(TestsOf(check.cells));
    if (check.suppress || check.conditional || !check.with.empty()) {
      plan.deciding_checks.push_back(index);
    }
  }
  for (const GateRow& row : pathway_.gate) plan.gate.push_back(TestsOf(row.cells));
  PlanInputs(pathway_, plan);
  PlanUsedInputs(pathway_, plan);
  return plan;
}

}  // namespace

std::uint64_t BitsOf(const std::vector<bool>& flags) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < flags.size() && i < 64; ++i) bits |= std::uint64_t{flags[i]} << i;
  return bits;
}

std::shared_ptr<const Plan> MakePlan(const Pathway& pathway) {
  return std::make_shared<const Plan>(Planner(pathway).Run());
}

}  // namespace renal::pathways
