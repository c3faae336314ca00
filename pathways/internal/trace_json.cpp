#include "pathways/internal/trace_json.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fhir/date_time.h"
#include "pathways/internal/fhir_form_cells.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonWriter;

/// Cells as FHIRPath. Every trace of a pathway has the same cells: worked out once by each thread.
class Conditions {
 public:
  static Conditions& OfThread() {
    thread_local Conditions conditions;
    return conditions;
  }

  /// Nothing for a cell that has no FHIRPath. Valid until the next call.
  const std::optional<std::string>& Of(const std::string& column, const std::string& cell) {
    key_.assign(column).append(1, '\0').append(cell);
    const auto known = known_.find(key_);
    if (known != known_.end()) return known->second;
    if (known_.size() == kMost) known_.clear();
    return known_.emplace(key_, Condition(column, cell)).first->second;
  }

 private:
  static constexpr std::size_t kMost = 1024;

  static std::optional<std::string> Condition(const std::string& column, const std::string& cell) {
    return ConditionOfCell(cell,
                           {.variable = column,
                            .parameter = [](std::string_view name) { return std::string(name); },
                            .several = [](std::string_view) { return false; }});
  }

  std::unordered_map<std::string, std::optional<std::string>> known_;
  std::string key_;
};

class TraceWriter {
 public:
  TraceWriter(const Outcome& outcome, JsonWriter& writer)
      : outcome_(outcome), pathway_(*outcome.pathway), writer_(writer) {}

  void Run();

 private:
  void Foci();
  void Tables();
  void OneTable(const TableTrace& table);
  void OneRule(const RuleTrace& rule);
  void OneCell(const CellTrace& traced);
  void Checks();
  void Answers();
  void Absent();
  void Variants();
  void OneVariant(const VariantTrace& variant);
  void Data();
  void Output();
  void Parameters();
  void Site();
  void TruthOf(Truth truth);
  void RuleIds(std::string_view name, const std::vector<const Rule*>& rules);
  void InputNames(std::string_view name, const std::vector<Index>& inputs);
  void Texts(std::string_view name, const std::vector<std::string>& texts);
  void NonEmpty(std::string_view name, const std::string& text) {
    if (!text.empty()) writer_.Member(name, text);
  }

  const Outcome& outcome_;
  const Pathway& pathway_;
  JsonWriter& writer_;
};

void TraceWriter::TruthOf(Truth truth) {
  if (truth == Truth::kUnknown) {
    writer_.Null();
  } else {
    writer_.Boolean(truth == Truth::kTrue);
  }
}

void TraceWriter::RuleIds(std::string_view name, const std::vector<const Rule*>& rules) {
  if (rules.empty()) return;
  writer_.Key(name).BeginArray();
  for (const Rule* rule : rules) writer_.String(rule->id);
  writer_.EndArray();
}

void TraceWriter::InputNames(std::string_view name, const std::vector<Index>& inputs) {
  if (inputs.empty()) return;
  writer_.Key(name).BeginArray();
  for (const Index input : inputs) writer_.String(pathway_.inputs[input].name);
  writer_.EndArray();
}

void TraceWriter::Texts(std::string_view name, const std::vector<std::string>& texts) {
  writer_.Key(name).BeginArray();
  for (const std::string& text : texts) writer_.String(text);
  writer_.EndArray();
}

void TraceWriter::Foci() {
  writer_.Key("foci").BeginArray();
  for (const FocusInstance& instance : outcome_.foci) {
    writer_.BeginObject().Member("kind", pathway_.foci[instance.kind].name);
    writer_.Member("key", instance.key);
    Texts("references", instance.references);
    for (const auto& [name, words] :
         {std::pair<std::string_view, const std::string&>("site", instance.site),
          {"text", instance.text},
          {"time", instance.time}}) {
      if (!words.empty()) writer_.Member(name, words);
    }
    writer_.EndObject();
  }
  writer_.EndArray();
}

void TraceWriter::OneCell(const CellTrace& traced) {
  const Cell& cell = *traced.cell;
  const std::string& column = pathway_.inputs[cell.input].name;
  writer_.BeginObject().Member("column", column).Member("cell", cell.text);
  const auto& condition = Conditions::OfThread().Of(column, cell.shown);
  if (condition) writer_.Member("fhirpath", *condition);
  writer_.Key("verdict");
  TruthOf(traced.verdict);
  writer_.EndObject();
}

void TraceWriter::OneRule(const RuleTrace& rule) {
  writer_.BeginObject().Member("rule", rule.rule->id).Key("verdict");
  TruthOf(rule.verdict);
  if (rule.waits) writer_.Key("waits").Boolean(true);
  writer_.Key("cells").BeginArray();
  for (const CellTrace& cell : rule.cells) OneCell(cell);
  writer_.EndArray();
  if (rule.when) {
    writer_.Member("when", rule.rule->when->text()).Key("whenVerdict");
    TruthOf(*rule.when);
  }
  writer_.EndObject();
}

const char* Spelled(Hit hit) {
  return hit == Hit::kUnique ? "unique" : hit == Hit::kFirst ? "first" : "collect";
}

void TraceWriter::OneTable(const TableTrace& table) {
  writer_.BeginObject().Member("table", table.table->id);
  NonEmpty("focus", table.focus);
  writer_.Member("hit", Spelled(table.table->hit)).Member("outcome", Spelling(table.result));
  // The rule that speaks; in a table that collects there may be several.
  writer_.Key("result");
  const bool one = table.table->hit != Hit::kCollect &&
                   table.result == TableTrace::Result::kDecided && !table.holds.empty();
  if (one) {
    writer_.String(table.holds.front()->id);
  } else {
    writer_.Null();
  }
  RuleIds("holds", table.holds);
  RuleIds("candidates", table.candidates);
  InputNames("missing", table.missing);
  InputNames("independentOf", table.independent_of);
  writer_.Key("rules").BeginArray();
  for (const RuleTrace& rule : table.rules) OneRule(rule);
  writer_.EndArray().EndObject();
}

void TraceWriter::Tables() {
  writer_.Key("tables").BeginArray();
  for (const TableTrace& table : outcome_.tables) OneTable(table);
  writer_.EndArray();
}

void TraceWriter::Checks() {
  writer_.Key("checks").BeginArray();
  for (const CheckTrace& check : outcome_.checks) {
    writer_.BeginObject().Member("id", check.check->id);
    NonEmpty("focus", check.focus);
    writer_.Key("verdict");
    TruthOf(check.verdict);
    if (!check.missing.empty()) Texts("missing", check.missing);
    writer_.EndObject();
  }
  writer_.EndArray();
}

void TraceWriter::Answers() {
  if (outcome_.answers.empty()) return;
  writer_.Key("answers").BeginArray();
  for (const AnswerTrace& answer : outcome_.answers) {
    writer_.BeginObject().Member("input", pathway_.inputs[answer.input].name);
    NonEmpty("focus", answer.focus);
    writer_.Member("value", answer.written);
    NonEmpty("author", answer.author);
    NonEmpty("time", answer.time);
    NonEmpty("reference", answer.reference);
    if (answer.unused != UnknownReason::kNotUnknown) {
      writer_.Member("unused", Spelling(answer.unused));
    }
    writer_.EndObject();
  }
  writer_.EndArray();
}

void TraceWriter::Absent() {
  if (outcome_.absent.empty()) return;
  writer_.Key("absent").BeginArray();
  for (const AbsentTrace& absent : outcome_.absent) {
    writer_.BeginObject().Member("input", pathway_.inputs[absent.input].name);
    writer_.Member("reference", absent.reference);
    NonEmpty("reason", absent.reason);
    writer_.EndObject();
  }
  writer_.EndArray();
}

void TraceWriter::OneVariant(const VariantTrace& variant) {
  const Input& input = pathway_.inputs[variant.input];
  writer_.BeginObject().Member("input", input.name);
  NonEmpty("focus", variant.focus);
  writer_.Key("age").Integer(static_cast<std::int64_t>(variant.age));
  if (variant.left_out != 0) {
    writer_.Key("without").BeginArray();
    for (std::size_t i = 0; i < input.sources.size(); ++i) {
      if ((variant.left_out >> i & 1U) != 0) writer_.String(input.sources[i].name);
    }
    writer_.EndArray();
  }
  if (variant.value) {
    writer_.Key("value");
    WriteValue(input, *variant.value, writer_);
  } else {
    writer_.Member("reason", Spelling(variant.reason));
  }
  if (variant.stale) writer_.Key("stale").Boolean(true);
  if (variant.on_record) writer_.Key("onRecord").Boolean(true);
  writer_.EndObject();
}

void TraceWriter::Variants() {
  if (outcome_.variants.empty()) return;
  writer_.Key("variants").BeginArray();
  for (const VariantTrace& variant : outcome_.variants) OneVariant(variant);
  writer_.EndArray();
}

void TraceWriter::Data() {
  if (outcome_.data.empty()) return;
  writer_.Key("data").BeginArray();
  for (const DatumTrace& datum : outcome_.data) {
    writer_.BeginObject().Member("key", datum.key).Member("type", datum.type);
    writer_.Member("state", datum.state);
    NonEmpty("reason", datum.reason);
    writer_.EndObject();
  }
  writer_.EndArray();
}

void TraceWriter::Output() {
  if (outcome_.output.empty()) return;
  constexpr std::size_t kShown = 100;
  writer_.Key("output").BeginArray();
  for (std::size_t i = 0; i < outcome_.output.size() && i < kShown; ++i) {
    const auto& [name, text] = outcome_.output[i];
    writer_.BeginObject().Member("name", name).Member("items", text).EndObject();
  }
  writer_.EndArray();
}

void TraceWriter::Parameters() {
  writer_.Key("parameters").BeginObject();
  for (const Parameter& parameter : pathway_.parameters) {
    writer_.Member(parameter.name, parameter.text);
  }
  writer_.EndObject();
}

void TraceWriter::Site() {
  if (pathway_.site_name.empty()) return;
  writer_.Key("site").BeginObject().Member("name", pathway_.site_name);
  writer_.Member("hash", pathway_.site_hash).EndObject();
}

void TraceWriter::Run() {
  writer_.BeginObject();
  NonEmpty("id", outcome_.trace_id);
  writer_.Member("engine", RENAL_VERSION);
  const auto now = fhir::DateTime::Parse(outcome_.evaluated_at);
  if (now && now->offset_minutes) {
    const std::string text = now->ToString();
    writer_.Member("zone", text.ends_with('Z') ? "Z" : text.substr(text.size() - 6));
  }
  NonEmpty("gateBecause", outcome_.gate_because);
  if (pathway_.gate.empty()) {
    writer_.Key("scope");
    TruthOf(outcome_.in_scope);
  }
  Foci();
  Tables();
  Checks();
  if (outcome_.all_avoided) writer_.Key("allAvoided").Boolean(true);
  Answers();
  Absent();
  Variants();
  Data();
  Output();
  Parameters();
  Site();
  Texts("errors", outcome_.errors);
  writer_.EndObject();
}

}  // namespace

void WriteTrace(const Outcome& outcome, JsonWriter& writer) { TraceWriter(outcome, writer).Run(); }

void WriteValue(const Input& input, const Value& value, JsonWriter& writer) {
  if (input.type == Type::kInteger && value.interval().IsPoint()) {
    if (const auto integer = value.interval().low->value.value.ToInteger()) {
      writer.Integer(*integer);
      return;
    }
  }
  writer.String(ValueText(input, value));
}

}  // namespace renal::pathways::internal
