#include <algorithm>

#include "pathways/internal/fhir_form_cells.h"
#include "pathways/internal/fhir_form_export.h"
#include "pathways/internal/fhir_form_import.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

bool IsCql(const OwnJson& expression) { return TextAt(expression, "language") != kFhirPath; }

/// The expressions of all `variable` extensions.
std::vector<const OwnJson*> VariablesOf(const ImportContext& context) {
  std::vector<const OwnJson*> list;
  for (const OwnJson& each : MemberAt(context.plan, "extension").items) {
    const OwnJson* value = each.Find("valueExpression");
    const bool variable = TextAt(each, "url") == kVariableUrl && value != nullptr;
    if (variable && DerivedFrom(*value).empty()) list.push_back(value);
  }
  return list;
}

// A variable that is one constant is a parameter, though no extension of ours says so.
std::string ConstantType(const std::string& expression) {
  std::vector<ExpressionToken> tokens;
  for (const ExpressionToken& token : TokensOf(expression)) {
    if (token.kind != ExpressionToken::Kind::kBlank) tokens.push_back(token);
  }
  using Kind = ExpressionToken::Kind;
  const bool quantity =
      tokens.size() == 2 && tokens[0].kind == Kind::kNumber && tokens[1].kind == Kind::kString;
  if (quantity) return "Quantity";
  if (tokens.size() != 1) return {};
  const std::string_view text = tokens[0].text;
  if (tokens[0].kind == Kind::kNumber) {
    return text.find('.') == std::string_view::npos ? "Integer" : "Decimal";
  }
  if (tokens[0].kind == Kind::kString) return "Code";
  if (tokens[0].kind == Kind::kDate && text.find('T') == std::string_view::npos) return "Date";
  return text == "true" || text == "false" ? "Boolean" : "";
}

bool IsParameter(const OwnJson& variable) {
  if (FindExtension(variable, "input") != nullptr) return false;
  return FindExtension(variable, "parameter") != nullptr ||
         (!IsCql(variable) && !ConstantType(TextAt(variable, "expression")).empty());
}

/// The name in the file: that of our extension, else one that the format allows.
std::string NameOf(const OwnJson& variable, const char* kind) {
  const OwnJson own = ObjectOfExtension(variable, kind);
  if (IsText(own.Find("name"))) return TextAt(own, "name");
  std::string name = TextAt(variable, "name");
  for (char& c : name) {
    if (!IsName("a" + std::string(1, c), false)) c = '_';
  }
  return IsName(name, false) ? name : "v" + name;
}

OwnJson PeopleOf(const OwnJson& plan, const char* element) {
  OwnJson list = JsonList();
  for (const OwnJson& contact : MemberAt(plan, element).items) {
    OwnJson person = JsonObject();
    Put(person, "name", TextAt(contact, "name"));
    Merge(person, ObjectOfExtension(contact, "person"));
    list.items.push_back(std::move(person));
  }
  return list;
}

OwnJson SourcesOf(const OwnJson& plan) {
  OwnJson sources = JsonObject();
  int number = 0;
  for (const OwnJson& artifact : MemberAt(plan, "relatedArtifact").items) {
    if (TextAt(artifact, "type") != "citation") continue;
    ++number;
    std::string id = TextAt(artifact, "label");
    if (!IsName(id)) id = "C" + std::to_string(number);
    OwnJson source = JsonObject();
    Put(source, "label", TextAt(artifact, "display"));
    if (source.members.empty()) Put(source, "label", TextAt(artifact, "citation"));
    Put(source, "url", TextAt(artifact, "url"));
    Merge(source, ObjectOfExtension(artifact, "citation"));
    sources.members.emplace_back(id, std::move(source));
  }
  return sources;
}

const OwnJson* RootAction(const OwnJson& plan) {
  const auto& actions = MemberAt(plan, "action").items;
  return actions.empty() ? nullptr : &actions[0];
}

OwnJson ScopeOf(const ImportContext& context) {
  OwnJson scope = JsonObject();
  for (const OwnJson& use : MemberAt(context.plan, "useContext").items) {
    Merge(scope, ObjectOfExtension(MemberAt(use, "valueCodeableConcept"), "scope"));
  }
  const OwnJson* root = RootAction(context.plan);
  if (!context.ours || root == nullptr) return scope;
  for (const OwnJson& condition : MemberAt(*root, "condition").items) {
    if (!DerivedFrom(condition).empty() || scope.Find("applies") != nullptr) continue;
    Put(scope, "applies",
        context.names.ToFile(TextAt(MemberAt(condition, "expression"), "expression")));
  }
  return scope;
}

OwnJson HooksOf(const ImportContext& context) {
  OwnJson hooks = JsonList();
  for (const OwnJson& action : MemberAt(context.plan, "action").items) {
    for (const OwnJson& trigger : MemberAt(action, "trigger").items) {
      if (TextAt(trigger, "type") != "named-event") continue;
      const OwnJson name = JsonText(TextAt(trigger, "name"));
      const bool known = std::ranges::any_of(
          hooks.items, [&](const OwnJson& other) { return other.text == name.text; });
      if (!known) hooks.items.push_back(name);
    }
  }
  return hooks;
}

OwnJson InputOf(ImportContext& context, const OwnJson& variable) {
  OwnJson input = JsonObject();
  Put(input, "title", TextAt(variable, "description"));
  OwnJson own = ObjectOfExtension(variable, "input");
  std::erase_if(own.members, [](const auto& member) { return member.first == "name"; });
  Merge(input, own);
  for (const char* origin : {"sources", "derive", "points", "classes"}) {
    if (input.Find(origin) != nullptr) return input;
  }
  const std::string& expression = TextAt(variable, "expression");
  if (!IsCql(variable)) {
    Put(input, "derive", context.names.ToFile(expression));
    return input;
  }
  context.cql = true;
  context.problems.Warn(MemberAt(variable, "expression"), "L702",
                        "the variable " + Quoted(TextAt(variable, "name")) + " is written in " +
                            Quoted(TextAt(variable, "language")) +
                            ", which is not executed here. Write it in FHIRPath; until then it is "
                            "unknown.");
  Put(input, "derive", "{}");
  Put(input, "x-cql", expression);
  return input;
}

}  // namespace

void ReadNames(ImportContext& context) {
  for (const OwnJson* variable : VariablesOf(context)) {
    const bool parameter = IsParameter(*variable);
    const std::string& spelling = TextAt(*variable, "name");
    if (parameter) context.parameters.insert(spelling);
    const std::string name = NameOf(*variable, parameter ? "parameter" : "input");
    if (name != spelling) context.names.AddVariable(name, spelling);
  }
  for (const OwnJson* set : context.value_sets) {
    context.names.AddValueSet(NameOfId(TextAt(*set, "id")), TextAt(*set, "url"));
  }
  // Names of foci have an underscore changed too; their variables have no extension.
  for (const auto& [focus, node] : MemberAt(context.own, "focus").members) {
    const OwnJson document =
        JsonObject({{"focus", JsonObject({{focus, node}})}, {"inputs", JsonObject()}});
    for (const std::string& name : {focus, focus + "Count"}) {
      const std::string spelling = ExpressionNames::OfFile(document).Variable(name);
      if (spelling != name) context.names.AddVariable(name, spelling);
    }
  }
}

OwnJson ReadHeader(ImportContext& context) {
  const OwnJson& plan = context.plan;
  OwnJson file = JsonObject({{"pathwayFormat", JsonText("1.0")}});
  Put(file, "id", NameOfId(TextAt(plan, "id")));
  for (const char* name : {"url", "version", "title", "status"})
    Put(file, name, TextAt(plan, name));
  Put(file, "experimental", MemberAt(plan, "experimental"));
  for (const char* name : {"date", "publisher", "description", "purpose", "copyright",
                           "approvalDate", "lastReviewDate"}) {
    Put(file, name, TextAt(plan, name));
  }
  Put(file, "effectivePeriod", MemberAt(plan, "effectivePeriod"));
  Put(file, "authors", PeopleOf(plan, "author"));
  Put(file, "reviewers", PeopleOf(plan, "reviewer"));
  Put(file, "approvals", PeopleOf(plan, "endorser"));
  Put(file, "scope", ScopeOf(context));
  Put(file, "hooks", HooksOf(context));
  Put(file, "sources", SourcesOf(plan));
  return file;
}

OwnJson ReadParameters(ImportContext& context) {
  OwnJson parameters = JsonObject();
  for (const OwnJson* variable : VariablesOf(context)) {
    if (!IsParameter(*variable)) continue;
    const std::string& expression = TextAt(*variable, "expression");
    OwnJson parameter = JsonObject();
    OwnJson own = ObjectOfExtension(*variable, "parameter");
    std::erase_if(own.members, [](const auto& member) { return member.first == "name"; });
    std::string type = TextAt(own, "type");
    if (type.empty()) Put(parameter, "type", type = ConstantType(expression));
    if (type == "CodeSet") context.code_sets.insert(NameOf(*variable, "parameter"));
    Put(parameter, "value", ConstantOfExpression(type, expression).value_or(""));
    if (own.members.empty()) Put(parameter, "why", TextAt(*variable, "description"));
    Merge(parameter, own);
    parameters.members.emplace_back(NameOf(*variable, "parameter"), std::move(parameter));
  }
  return parameters;
}

OwnJson ReadInputs(ImportContext& context) {
  OwnJson inputs = JsonObject();
  for (const OwnJson* variable : VariablesOf(context)) {
    if (IsParameter(*variable)) continue;
    inputs.members.emplace_back(NameOf(*variable, "input"), InputOf(context, *variable));
  }
  const std::vector<std::string> order = TextList(context.own.Find("inputs"));
  const auto place = [&](const auto& member) {
    return std::ranges::find(order, member.first) - order.begin();
  };
  std::ranges::stable_sort(inputs.members, {}, place);
  return inputs;
}

}  // namespace renal::pathways::internal
