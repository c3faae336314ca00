#include "pathways/internal/case_skeletons.h"

#include <algorithm>
#include <set>
#include <utility>

#include "pathways/evaluate.h"
#include "pathways/internal/case_expect.h"

namespace renal::pathways::internal {
namespace {

using fhir::Decimal;
using Kind = CoverageGap::Kind;

bool Passes(const Cell& cell, const Value& value) {
  if (cell.kind == Cell::Kind::kKnown) return true;
  if (cell.kind == Cell::Kind::kUnknown) return false;
  if (value.IsCode()) return (cell.codes >> value.code() & 1U) != 0;
  return std::ranges::any_of(cell.ranges, [&](const Interval& range) {
    return Covers(range, value.interval()) == Cover::kInside;
  });
}

std::optional<Value> Beside(const Interval& segment, const std::optional<Bound>& end,
                            const Decimal& step) {
  if (!end) return std::nullopt;
  const auto moved = Add(end->value.value, step);
  if (!moved) return std::nullopt;
  const Interval point = Interval::Point({*moved, end->value.unit});
  if (Covers(segment, point) != Cover::kInside) return std::nullopt;
  return Value::Ordered(point);
}

bool IsWhole(const Input& input) {
  return input.type == Type::kInteger || input.type == Type::kDate;
}

}  // namespace

std::optional<Value> ValueNear(const Input& input, std::size_t segment, std::size_t constant) {
  const Value& wanted = input.segments[segment];
  if (wanted.IsCode() || wanted.interval().IsPoint()) return wanted;
  const Interval& interval = wanted.interval();
  for (const char* text : {"0.1", "0.01", "0.001", "0.0001", "1"}) {
    const bool whole = std::string_view(text) == "1";
    if (IsWhole(input) && !whole) continue;
    const Decimal step = *Decimal::Parse(text);
    const auto low = Beside(interval, interval.low, step);
    const auto high = Beside(interval, interval.high, -step);
    const bool from_high = segment < constant;
    if (const auto& first = from_high ? high : low) return first;
    if (const auto& second = from_high ? low : high) return second;
  }
  return std::nullopt;
}

SkeletonMaker::SkeletonMaker(std::shared_ptr<const Pathway> pathway, const fhir::OwnJson* defaults,
                             const fhir::DateTime& now)
    : pathway_(std::move(pathway)), now_(now), boundaries_(BoundariesOf(*pathway_)) {
  const fhir::OwnJson* inputs = defaults == nullptr ? nullptr : defaults->Find("inputs");
  if (inputs == nullptr) return;
  for (const auto& [name, node] : inputs->members) {
    const auto found = FindInputName(*pathway_, name);
    if (!found || !found->focus.empty()) continue;
    defaults_[found->input] = StateOf(pathway_->inputs[found->input], WrittenIn(node)).value;
  }
}

// The rules that lead from a start to the table, by the shortest way.
std::vector<const Rule*> SkeletonMaker::WayTo(const Table& table) const {
  const auto wanted = static_cast<Index>(&table - pathway_->tables.data());
  std::map<Index, std::vector<const Rule*>> ways;
  std::vector<Index> reached = pathway_->start;
  for (const Index start : reached) ways[start];
  for (std::size_t i = 0; i < reached.size(); ++i) {  // grows while it is walked
    for (const Rule& rule : pathway_->tables[reached[i]].rules) {
      for (const Index next : rule.go) {
        if (ways.contains(next)) continue;
        std::vector<const Rule*> way = ways[reached[i]];
        way.push_back(&rule);
        ways[next] = std::move(way);
        reached.push_back(next);
      }
    }
  }
  return ways[wanted];
}

void SkeletonMaker::AddGoals(Index input, const std::optional<Value>& value,
                             std::vector<Goal>& goals) const {
  const std::vector<const Rule*>& readers = pathway_->readers[input].rules;
  for (const Table& table : pathway_->tables) {
    for (const Rule& rule : table.rules) {
      const bool reads = std::ranges::find(readers, &rule) != readers.end();
      if (reads) goals.push_back({&table, &rule, input, value});
    }
  }
  // What no table reads, a gate or check does: any rule may hold besides.
  for (const Table& table : pathway_->tables) {
    for (const Rule& rule : table.rules) goals.push_back({&table, &rule, input, value});
  }
}

std::vector<SkeletonMaker::Goal> SkeletonMaker::GoalsOf(const CoverageGap& gap) const {
  std::vector<Goal> goals;
  if (gap.kind == Kind::kRule) {
    const auto [table, rule] = pathway_->FindRule(gap.where);
    if (rule != nullptr) goals.push_back({table, rule, kNone, {}});
  } else if (gap.kind == Kind::kMissing) {
    AddGoals(pathway_->FindInput(gap.where), std::nullopt, goals);
  } else if (gap.kind == Kind::kBoundary) {
    const Boundary& boundary = boundaries_.at(gap.boundary);
    const Input& input = pathway_->inputs[boundary.input];
    const auto value = ValueNear(input, boundary.segment, boundary.constant);
    if (value) AddGoals(boundary.input, value, goals);
  }
  return goals;
}

// Values that make all cells true, but for that of the goal's own input.
bool SkeletonMaker::Satisfy(const std::vector<Cell>& cells, const Goal& goal,
                            Values& values) const {
  for (const Cell& cell : cells) {
    if (cell.input == goal.input) continue;
    const auto known = values.find(cell.input);
    const bool fits = known != values.end() && known->second && Passes(cell, *known->second);
    if (fits) continue;
    if (cell.kind == Cell::Kind::kUnknown) {
      values[cell.input] = std::nullopt;
      continue;
    }
    const Input& input = pathway_->inputs[cell.input];
    std::optional<Value> found;
    for (std::size_t s = 0; s < input.segments.size() && !found; ++s) {
      const auto value = ValueNear(input, s, s);
      const bool all = value && std::ranges::all_of(cells, [&](const Cell& other) {
                         return other.input != cell.input || Passes(other, *value);
                       });
      if (all) found = value;
    }
    if (!found) return false;
    values[cell.input] = found;
  }
  return true;
}

std::optional<SkeletonMaker::Values> SkeletonMaker::ValuesFor(const Goal& goal) const {
  Values values = defaults_;
  for (const Rule* rule : WayTo(*goal.table)) {
    if (!Satisfy(rule->cells, goal, values)) return std::nullopt;
  }
  if (!Satisfy(goal.rule->cells, goal, values)) return std::nullopt;
  for (const Index input : goal.rule->needs) {
    if (values.contains(input) && values[input]) continue;
    if (!pathway_->inputs[input].segments.empty()) {
      values[input] = ValueNear(pathway_->inputs[input], 0, 0);
    }
  }
  if (goal.input != kNone) values[goal.input] = goal.value;
  // A table of a focus is evaluated where an input names one, even without a value.
  for (const Index column : goal.table->columns) {
    if (pathway_->inputs[column].focus != kNone) values.try_emplace(column, std::nullopt);
  }
  return values;
}

Outcome SkeletonMaker::Evaluated(const Values& values) const {
  PreparedInputs prepared;
  for (const auto& [input, value] : values) {
    GivenInput given;
    given.input = input;
    given.state.value = value;
    given.settled = !value;
    prepared.inputs.push_back(std::move(given));
  }
  prepared.AddFoci(*pathway_);
  EvaluateRequest request;
  request.now = now_;
  request.prepared = &prepared;
  return Evaluate(pathway_, request);
}

// Another value for one input of a row that stops, so that it stops no longer.
void SkeletonMaker::AvoidGate(const GateRow& row, const Goal& goal, Values& values) const {
  for (const Cell& cell : row.cells) {
    const Input& input = pathway_->inputs[cell.input];
    if (cell.input == goal.input) continue;
    for (std::size_t s = 0; s < input.segments.size(); ++s) {
      const auto value = ValueNear(input, s, s);
      if (!value || Passes(cell, *value)) continue;
      values[cell.input] = value;
      return;
    }
  }
}

std::optional<SkeletonMaker::Made> SkeletonMaker::Try(const Goal& goal) const {
  auto values = ValuesFor(goal);
  if (!values) return std::nullopt;
  Outcome outcome = Evaluated(*values);
  for (std::size_t i = 0; i < pathway_->gate.size() && !outcome.gate.empty(); ++i) {
    const auto row = std::ranges::find(pathway_->gate, outcome.gate, &GateRow::id);
    AvoidGate(*row, goal, *values);
    outcome = Evaluated(*values);
  }
  return Made{*std::move(values), std::move(outcome)};
}

namespace {

void WriteValue(const Input& input, const std::optional<Value>& value, fhir::JsonWriter& writer) {
  if (!value) {
    writer.Null();
  } else if (input.type == Type::kBoolean) {
    writer.Boolean(value->code() == 1);
  } else if (input.type == Type::kInteger) {
    writer.Number(ValueText(input, *value));
  } else {
    writer.String(ValueText(input, *value));
  }
}

void WriteList(std::string_view name, const std::vector<std::string>& list,
               fhir::JsonWriter& writer) {
  if (list.empty()) return;
  writer.Key(name).BeginArray();
  for (const std::string& text : list) writer.String(text);
  writer.EndArray();
}

void WriteExpectation(const Outcome& outcome, fhir::JsonWriter& writer) {
  writer.Key("expect").BeginObject().Member("outcome", Spelling(outcome.kind));
  if (!outcome.gate.empty()) writer.Member("gate", outcome.gate);
  WriteList("rules", RulesOf(outcome), writer);
  const auto options = OptionsOf(outcome);
  if (!options.empty()) {
    writer.Key("options").BeginObject();
    for (const auto& [action, strength] : options) writer.Member(action, strength);
    writer.EndObject();
  }
  WriteList("with", WithOf(outcome), writer);
  WriteList("candidates", CandidatesOf(outcome), writer);
  WriteList("missing", MissingOf(outcome), writer);
  WriteList("independentOf", IndependentOf(outcome), writer);
  writer.EndObject();
}

// Compact JSON with a space after each colon and comma, as authors write it.
std::string Spaced(std::string_view json) {
  std::string text;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    text += json[i];
    if (in_string && json[i] == '\\') {
      text += json[++i];
    } else if (json[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && (json[i] == ':' || json[i] == ',')) {
      text += ' ';
    }
  }
  return text;
}

std::string Free(const std::string& name, const std::set<std::string>& taken) {
  std::string free = name;
  for (int i = 2; taken.contains(free); ++i) free = name + " (" + std::to_string(i) + ")";
  return free;
}

}  // namespace

std::string SkeletonMaker::NameFor(const CoverageGap& gap) const {
  if (gap.kind == Kind::kRule) return gap.where + " holds";
  if (gap.kind == Kind::kMissing) return gap.where + " missing";
  return gap.where + " " + BoundaryText(*pathway_, boundaries_.at(gap.boundary));
}

std::string SkeletonMaker::TextOf(const Made& made, const std::string& name) const {
  fhir::JsonWriter writer;
  writer.BeginObject().Member("name", name).Key("confirmed").Boolean(false);
  writer.Key("inputs").BeginObject();
  for (const auto& [input, value] : made.values) {
    writer.Key(pathway_->inputs[input].name);
    WriteValue(pathway_->inputs[input], value, writer);
  }
  writer.EndObject();
  WriteExpectation(made.outcome, writer);
  writer.EndObject();
  return Spaced(writer.Take());
}

std::vector<std::string> SkeletonMaker::Run(const Coverage& coverage,
                                            std::vector<std::string> names) {
  CoverageMeter meter(*pathway_);
  std::set<std::string> taken(names.begin(), names.end());
  std::vector<std::string> texts;
  std::size_t tries = 0;
  for (const CoverageGap& gap : coverage.gaps) {
    if (!meter.IsOpen(gap)) continue;  // an earlier skeleton covers it
    for (const Goal& goal : GoalsOf(gap)) {
      if (++tries > kMostTries) return texts;
      auto made = Try(goal);
      if (!made) continue;
      CoverageMeter with = meter;
      with.Add(made->outcome, false);
      if (with.IsOpen(gap)) continue;
      meter = std::move(with);
      const std::string name = Free(NameFor(gap), taken);
      taken.insert(name);
      texts.push_back(TextOf(*made, name));
      break;
    }
  }
  return texts;
}

}  // namespace renal::pathways::internal
