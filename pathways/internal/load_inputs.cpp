#include <algorithm>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

const std::vector<std::string> kTypes = {"Boolean", "Code",     "Integer",
                                         "Decimal", "Quantity", "Date"};

void LoadCodes(Loader& loader, Fields& fields, Input& input) {
  if (input.type == Type::kBoolean) input.values = {{"false", "no"}, {"true", "yes"}};
  if (input.type != Type::kCode) {
    if (!fields.Has("values")) return;
    loader.problems.Error(fields.At("values"), "L101",
                          fields.what() + " is no Code, so it has no \"values\". Remove them.");
    return;
  }
  input.values = TitlesOf(loader, fields, "values", Need::kRequired);
  for (const auto& [code, title] : input.values) {
    const bool reserved =
        code == "known" || code == "unknown" || code == "true" || code == "false" || code == "or";
    if (!reserved && IsName(code)) continue;
    loader.problems.Error(
        fields.At("values").Find(code)->name_at, "L101",
        Quoted(code) + " cannot be a code, since cells could not name it. Choose another word.");
  }
}

void LoadUnit(Loader& loader, Fields& fields, Input& input) {
  const bool quantity = input.type == Type::kQuantity;
  const OwnJson* unit = fields.String("unit", quantity ? Need::kRequired : Need::kOptional);
  if (unit == nullptr) return;
  if (!quantity) {
    loader.problems.Error(
        *unit, "L101", fields.what() + " is no Quantity, so it has no \"unit\". Use \"unitText\".");
    return;
  }
  input.unit = fhir::Unit::Parse(unit->text);
  if (input.unit) return;
  loader.problems.Error(*unit, "L101",
                        Quoted(unit->text) + " is no UCUM unit. Write one as \"cm\".");
}

std::optional<fhir::Quantity> LoadEnd(Loader& loader, Fields& fields, std::string_view name,
                                      const Input& input) {
  const OwnJson* node = fields.String(name);
  if (node == nullptr) return std::nullopt;
  if (IsOrdered(input.type)) return ConstantOf(loader, *node, input.type, input.unit);
  loader.problems.Error(
      *node, "L101",
      fields.what() + " has no order, so it has no " + Quoted(name) + ". Remove it.");
  return std::nullopt;
}

void LoadBounds(Loader& loader, Fields& fields, Input& input) {
  input.min = LoadEnd(loader, fields, "min", input);
  input.max = LoadEnd(loader, fields, "max", input);
  if (!input.min || !input.max) return;
  const auto order = fhir::Compare(*input.min, *input.max);
  if (order && *order <= 0) return;
  loader.problems.Error(fields.At("min"), "L101",
                        fields.what() + " has a min above its max. Exchange them.");
}

Index FocusOf(Loader& loader, Fields& fields) {
  const OwnJson* focus = fields.String("focus");
  return focus == nullptr ? kNone : loader.foci.Resolve(*focus, loader.problems);
}

void LoadType(Loader& loader, const std::string& name, const OwnJson& node) {
  Problems& problems = loader.problems;
  const std::size_t errors = problems.errors();
  Input input;
  input.name = name;
  Fields fields(node, "input " + Quoted(name), problems);
  fields.LeaveOpen();  // LoadInput reads the rest
  const auto type = fields.Word("type", kTypes, Need::kRequired);
  if (type) {
    input.type = static_cast<Type>(*type);
    LoadCodes(loader, fields, input);
    LoadUnit(loader, fields, input);
    LoadBounds(loader, fields, input);
  }
  input.focus = FocusOf(loader, fields);
  loader.input_ready.push_back(errors == problems.errors());
  loader.pathway.inputs.push_back(std::move(input));
}

void CheckOrigin(Loader& loader, Fields& fields) {
  int origins = 0;
  for (const char* name : {"sources", "derive", "points", "classes"}) {
    origins += fields.Has(name) ? 1 : 0;
  }
  if (origins == 1) return;
  loader.problems.Error(fields.node(), "L401",
                        fields.what() +
                            " needs one of \"sources\", \"derive\", \"points\" and \"classes\". "
                            "Write one of them.");
}

void LoadQuestion(Loader& loader, Fields& fields, Input& input) {
  input.question = fields.Text("question");
  if (fields.Has("question")) return;
  loader.problems.Error(
      fields.node(), "L401",
      fields.what() + " has no \"question\". Write what to ask where the datum is missing.");
}

// A rank by hand, or what `merge` says (README, step 2 of "From candidates to a value").
void RankSources(Loader& loader, Fields& fields, Input& input) {
  const auto ranked = std::count_if(input.sources.begin(), input.sources.end(),
                                    [](const SourceOfInput& source) { return source.rank > 0; });
  if (ranked != 0 && static_cast<std::size_t>(ranked) != input.sources.size()) {
    loader.problems.Error(
        fields.At("sources"), "L101",
        "some sources of " + fields.what() + " have a \"rank\", some have none. Give it to all.");
  }
  if (ranked != 0 || input.merge_all) return;
  for (std::size_t i = 0; i < input.sources.size(); ++i) {
    input.sources[i].rank = static_cast<int>(i);
  }
}

void LoadInput(Loader& loader, Index index, const OwnJson& node) {
  Input& input = loader.pathway.inputs[index];
  Fields fields(node, "input " + Quoted(input.name), loader.problems);
  for (const char* read : {"type", "values", "unit", "min", "max", "focus"}) fields.Any(read);
  const Scope scope{.what = fields.what(), .focus = input.focus, .reads = &loader.reads[index]};
  input.title = fields.Text("title", Need::kRequired);
  input.unit_text = fields.Text("unitText");
  input.policy = fields.Flag("policy");
  input.fact = fields.Flag("fact");
  input.when_unknown = fields.Text("whenUnknown");
  LoadQuestion(loader, fields, input);
  if (const OwnJson* action = fields.String("obtain")) {
    input.obtain = loader.actions.Resolve(*action, loader.problems);
  }
  const fhir::fhirpath::StaticType values =
      loader.input_ready[index] ? TypeOfValues(input) : fhir::fhirpath::StaticType{.many = true};
  for (const OwnJson& item : fields.Items("sources")) {
    input.sources.push_back(
        LoadSource(loader, item, scope, input.values, SourceKind::kInput, &values));
  }
  fhir::fhirpath::StaticType derived = values;
  derived.many = false;
  input.derive = ExpressionOf(loader, fields, "derive", scope, {{}, std::move(derived), true});
  CheckOrigin(loader, fields);
  LoadScore(loader, fields, input, scope);
  LoadHistory(loader, fields, input, scope);
  RankSources(loader, fields, input);
}

}  // namespace

void LoadInputTypes(Loader& loader, const OwnJson& root) {
  const OwnJson* inputs = root.Find("inputs");
  if (inputs == nullptr) return;
  for (const auto& [name, node] : inputs->members) LoadType(loader, name, node);
  loader.reads.resize(loader.pathway.inputs.size());
}

void LoadInputs(Loader& loader, Fields& root) {
  Index index = 0;
  for (const auto& [name, node] : root.Members("inputs", Need::kRequired)) {
    LoadInput(loader, index++, node);
  }
}

}  // namespace renal::pathways::internal
