#include <algorithm>
#include <set>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;
namespace fhirpath = fhir::fhirpath;

// What to write in place of the name at `offset`.
std::string NameHint(const Loader& loader, std::string_view text, std::size_t offset,
                     const fhirpath::CompileError& error) {
  const bool variable = offset < text.size() && text[offset] == '%';
  std::size_t end = offset += variable ? 1 : 0;
  while (end < text.size() && IsName("a" + std::string(1, text[end]), false)) ++end;
  const std::string hint =
      loader.problems.Suggestion(text.substr(offset, end - offset), error.known);
  return hint.empty() && variable ? " Define an input or a parameter of that name." : hint;
}

void ReportOne(Loader& loader, const OwnJson& node, const fhirpath::CompileError& error) {
  const std::size_t offset = OffsetOf(node.text, error.at);
  std::string message = Sentence(error.message);
  if (!error.known.empty()) message += NameHint(loader, node.text, offset, error);
  loader.problems.Error(loader.problems.Inside(node, offset), error.id, std::move(message));
}

void ReportCompileError(Loader& loader, const OwnJson& node, const fhirpath::CompileError& error) {
  ReportOne(loader, node, error);
  for (const fhirpath::CompileError& other : error.others) ReportOne(loader, node, other);
}

fhirpath::StaticType TypeOfInput(const Input& input) {
  switch (input.type) {
    case Type::kBoolean:
      return {.types = {"System.Boolean"}, .unit = {}};
    case Type::kInteger:
      return {.types = {"System.Integer"}, .unit = {}};
    case Type::kDecimal:
      return {.types = {"System.Decimal"}, .unit = {}};
    case Type::kQuantity:
      return {.types = {"System.Quantity"}, .unit = input.unit};
    case Type::kCode:
      return {.types = {"System.String"}, .unit = {}};
    case Type::kDate:
      return {.types = {"System.Date"}, .unit = {}};
  }
  return {};
}

fhirpath::StaticType TypeOfParameter(const Parameter& parameter) {
  Input like;
  like.type = parameter.type;
  if (parameter.type == Type::kQuantity && !parameter.value.IsCode()) {
    const auto& low = parameter.value.interval().low;
    if (low) like.unit = low->value.unit;
  }
  fhirpath::StaticType type = TypeOfInput(like);
  type.many = parameter.codes.size() > 1;
  return type;
}

void CheckInputRead(Loader& loader, const OwnJson& node, const Scope& scope, Index input) {
  loader.inputs.Use(input);
  const Input& read = loader.pathway.inputs[input];
  if (!scope.inputs) {
    loader.problems.Error(
        node, "L205",
        scope.what + " is read before the inputs, so it cannot use %" + read.name + ". Remove it.");
  } else if (read.focus != kNone && read.focus != scope.focus && !scope.any_focus) {
    loader.problems.Error(node, "L205",
                          "%" + read.name + " has a value for each " +
                              loader.foci.list()[read.focus] + ", " + scope.what +
                              " has not. Give it that focus, or use another input.");
  }
  if (scope.reads != nullptr) scope.reads->push_back(input);
}

// Slots after inputs and parameters: the key of a focus, the number of its instances.
void CheckFocusRead(Loader& loader, const OwnJson& node, const Scope& scope, std::size_t slot) {
  const Index focus = slot / 2;
  const bool key = slot % 2 == 0;
  if (scope.inputs && (!key || scope.any_focus || scope.focus == focus)) return;
  loader.problems.Error(node, "L205",
                        scope.what + " cannot use %" + loader.foci.list()[focus] +
                            (key ? "" : "Count") + ": it stands outside that focus. Remove it.");
}

void CheckVariablesUsed(Loader& loader, const OwnJson& node, const Scope& scope,
                        const std::vector<std::size_t>& slots) {
  const std::size_t inputs = loader.pathway.inputs.size();
  const std::size_t parameters = loader.pathway.parameters.size();
  for (const std::size_t slot : slots) {
    if (slot < inputs) {
      CheckInputRead(loader, node, scope, slot);
    } else if (slot < inputs + parameters) {
      loader.parameters.Use(slot - inputs);
    } else {
      CheckFocusRead(loader, node, scope, slot - inputs - parameters);
    }
  }
}

// A placeholder without a parameter behind it would reach the clinician as it stands.
std::string ValueOfPlaceholder(Loader& loader, const OwnJson& node, std::size_t at,
                               const std::string& name) {
  const Index index = loader.parameters.Find(name);
  if (index != kNone) {
    loader.parameters.Use(index);
    return loader.parameter_titles[index];
  }
  const std::string hint = loader.problems.Suggestion(name, loader.parameters.list());
  loader.problems.Error(loader.problems.Inside(node, at), "L102",
                        "no parameter is named " + Quoted(name) + "." +
                            (hint.empty() ? " Define it, or remove the braces." : hint));
  return {};
}

// Whether an evaluation fills the placeholder: the rules that a check concerns, the value of an input.
bool IsKept(Loader& loader, const OwnJson& node, const std::string& name, Keep keep) {
  if (keep == Keep::kNone) return false;
  if (keep == Keep::kInputsAndRules && name == "rules") return true;
  const Index input = loader.inputs.Find(name);
  if (input == kNone) return false;
  loader.inputs.Use(input);
  if (loader.pathway.inputs[input].type == Type::kBoolean) {
    loader.problems.Error(node, "L102",
                          "input " + Quoted(name) +
                              " is a Boolean, which has no words. Name an input with codes, whose "
                              "titles are shown.");
  }
  return true;
}

}  // namespace

std::size_t OffsetOf(std::string_view text, fhirpath::Position at) {
  std::size_t offset = 0;
  for (int line = 1; line < at.line; ++line) {
    const std::size_t end = text.find('\n', offset);
    if (end == std::string_view::npos) return offset;
    offset = end + 1;
  }
  const auto follows = [&](std::size_t byte) {
    return byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0) == 0x80;
  };
  for (int column = 1; column < at.column && offset < text.size(); ++column) {
    do ++offset;
    while (follows(offset));
  }
  return offset;
}

std::string FilledText(Loader& loader, Fields& fields, std::string_view name, Keep keep) {
  const OwnJson* node = fields.String(name);
  if (node == nullptr) return {};
  const std::string& text = node->text;
  std::string filled;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t open = std::min(text.find('{', at), text.size());
    filled.append(text, at, open - at);
    if (open == text.size()) break;
    const std::size_t close = text.find('}', open);
    const std::string inner =
        close == std::string::npos ? "" : text.substr(open + 1, close - open - 1);
    const bool placeholder = IsName(inner, false) && !IsKept(loader, *node, inner, keep);
    filled += placeholder ? ValueOfPlaceholder(loader, *node, open, inner) : "{";
    at = placeholder ? close + 1 : open + 1;
  }
  return filled;
}

std::vector<Index> Citations(Loader& loader, Fields& fields) {
  return ResolveList(loader, fields, "cite", loader.sources);
}

Form Condition(std::vector<std::string> context) {
  return {std::move(context), {.types = {"System.Boolean"}, .unit = {}}};
}

Form ConditionOnVariables() {
  Form form = Condition({});
  form.variables_only = true;
  return form;
}

fhirpath::StaticType TypeOfValues(const Input& input) {
  fhirpath::StaticType type = TypeOfInput(input);
  type.many = true;
  if (input.type == Type::kDate) {
    type.types = {"System.Date", "System.DateTime"};
  } else if (IsOrdered(input.type)) {
    // A number without a unit, or in a unit of parts, is read as the plain number of an Integer or
    // Decimal.
    type.types = {"System.Integer", "System.Decimal", "System.Quantity", "Range"};
    if (!type.unit) type.unit = fhir::Unit();
  }
  return type;
}

std::vector<fhirpath::StaticType> TypesOfVariables(const Loader& loader) {
  std::vector<fhirpath::StaticType> types;
  const auto& inputs = loader.pathway.inputs;
  for (Index i = 0; i < inputs.size(); ++i) {
    types.push_back(loader.input_ready[i] ? TypeOfInput(inputs[i]) : fhirpath::StaticType{});
  }
  const auto& parameters = loader.pathway.parameters;
  for (Index i = 0; i < parameters.size(); ++i) {
    types.push_back(loader.parameter_ready[i] ? TypeOfParameter(parameters[i])
                                              : fhirpath::StaticType{});
  }
  for (Index i = 0; i < loader.foci.list().size(); ++i) {
    types.push_back({.types = {"System.String"}, .unit = {}});
    types.push_back({.types = {"System.Integer"}, .unit = {}});
  }
  return types;
}

std::optional<fhirpath::Expression> ExpressionOf(Loader& loader, Fields& fields,
                                                 std::string_view name, const Scope& scope,
                                                 const Form& form, Need need) {
  const OwnJson* node = fields.String(name, need);
  if (node == nullptr) return std::nullopt;
  fhirpath::StaticContext& check = *loader.compile.check;
  check.context.types = form.context;
  check.without_context = form.variables_only;
  check.result = form.result;
  auto compiled = fhirpath::Compile(node->text, loader.compile);
  if (const auto* error = std::get_if<fhirpath::CompileError>(&compiled)) {
    ReportCompileError(loader, *node, *error);
    return std::nullopt;
  }
  auto& expression = std::get<fhirpath::Expression>(compiled);
  CheckVariablesUsed(loader, *node, scope, expression.variables_used());
  return std::move(expression);
}

std::vector<Index> ResolveList(Loader& loader, Fields& fields, std::string_view name,
                               Names& names) {
  std::vector<Index> indices;
  std::set<Index> seen;
  for (const OwnJson& node : fields.Items(name)) {
    const Index index = names.Resolve(node, loader.problems);
    if (index == kNone) continue;
    if (!seen.insert(index).second) {
      loader.problems.Error(
          node, "L101", names.kind() + " " + Quoted(node.text) + " is listed twice. Remove one.");
      continue;
    }
    indices.push_back(index);
  }
  return indices;
}

std::vector<std::string> NameList(Loader& loader, Fields& fields, std::string_view name,
                                  Names& names) {
  std::vector<std::string> list;
  for (const Index index : ResolveList(loader, fields, name, names)) {
    list.push_back(names.list()[index]);
  }
  return list;
}

std::vector<std::pair<std::string, std::string>> TitlesOf(Loader& loader, Fields& fields,
                                                          std::string_view name, Need need) {
  constexpr std::size_t kMost = 64;
  std::vector<std::pair<std::string, std::string>> titles;
  for (const auto& [code, node] : fields.Members(name, need)) {
    if (titles.size() == kMost) {
      loader.problems.Error(node.name_at, "L101",
                            fields.what() + " has more than 64 values. Split it in two.");
      break;
    }
    const std::string* title = TextOf(node, "the title of a code", loader.problems);
    titles.emplace_back(code, title == nullptr ? std::string() : *title);
  }
  return titles;
}

}  // namespace renal::pathways::internal
