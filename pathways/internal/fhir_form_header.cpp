#include <algorithm>

#include "pathways/internal/fhir_form_cells.h"
#include "pathways/internal/fhir_form_conditions.h"
#include "pathways/internal/fhir_form_export.h"
#include "pathways/internal/fhir_form_extract.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

bool AllObjects(const OwnJson& list) {
  return std::ranges::all_of(list.items,
                             [](const OwnJson& item) { return item.type == JsonType::kObject; });
}

/// `authors` and the like as ContactDetail; taken from the rest unless somebody has no name.
OwnJson People(Leftover& rest, const OwnJson& document, const char* member) {
  OwnJson list = JsonList();
  const OwnJson& people = MemberAt(document, member);
  if (people.items.empty() || !AllObjects(people)) return list;
  bool all = true;
  for (const OwnJson& person : people.items) {
    Leftover left(person);
    OwnJson contact = JsonObject();
    const std::string name = left.Take("name");
    all = all && !name.empty();
    Put(contact, "extension", ExtensionList({left.Extension("person")}));
    Put(contact, "name", name);
    list.items.push_back(std::move(contact));
  }
  if (!all) return JsonList();
  rest.Drop(member);
  return list;
}

OwnJson Period(Leftover& rest, const OwnJson& document) {
  const OwnJson* period = document.Find("effectivePeriod");
  OwnJson element = JsonObject();
  if (period == nullptr || period->type != JsonType::kObject) return element;
  Leftover left(*period);
  Put(element, "start", left.Take("start"));
  Put(element, "end", left.Take("end"));
  if (left.empty() && !element.members.empty()) rest.Drop("effectivePeriod");
  return element;
}

OwnJson UseContext(const ExportContext& context, Leftover& rest) {
  const OwnJson& scope = MemberAt(context.document, "scope");
  if (scope.type != JsonType::kObject || context.pathway.condition == nullptr) return {};
  Leftover left(scope);
  const std::string& applies = TextAt(scope, "applies");
  if (!applies.empty() && context.names.ToFile(context.names.ToFhir(applies)) == applies) {
    left.Drop("applies");
  }
  rest.Drop("scope");
  const std::string& title = context.pathway.condition->title();
  OwnJson value = JsonObject();
  Put(value, "extension", ExtensionList({left.Extension("scope")}));
  Put(value, "text", FitsString(title) ? title : TextAt(scope, "condition"));
  OwnJson code = JsonObject();
  Put(code, "system", "http://terminology.hl7.org/CodeSystem/usage-context-type");
  Put(code, "code", "focus");
  OwnJson use = JsonObject();
  Put(use, "code", std::move(code));
  Put(use, "valueCodeableConcept", std::move(value));
  return JsonList({std::move(use)});
}

OwnJson Citations(const ExportContext& context, Leftover& rest) {
  OwnJson list = JsonList();
  const OwnJson& sources = MemberAt(context.document, "sources");
  for (const auto& [id, source] : sources.members) list.items.push_back(CitationOf(id, source));
  if (!list.items.empty()) rest.Drop("sources");
  return list;
}

// The sequence of a file's members where that of the extensions is another one: inputs stand after
// what they are computed from.
void KeepSequence(const ExportContext& context, Leftover& rest) {
  const Pathway& pathway = context.pathway;
  if (!std::ranges::is_sorted(pathway.order)) {
    OwnJson names = JsonList();
    for (const Input& input : pathway.inputs) names.items.push_back(JsonText(input.name));
    rest.Keep("inputs", std::move(names));
  }
  OwnJson tables = JsonList();
  for (const Table& table : pathway.tables) tables.items.push_back(JsonText(table.id));
  rest.Keep("tables", std::move(tables));
}

OwnJson Variable(const std::string& name, OwnJson extensions, const std::string& description,
                 const std::string& expression) {
  OwnJson value = JsonObject();
  Put(value, "extension", std::move(extensions));
  Put(value, "description", description);
  Put(value, "name", name);
  Put(value, "language", kFhirPath);
  Put(value, "expression", expression);
  OwnJson extension = JsonObject();
  Put(extension, "url", kVariableUrl);
  Put(extension, "valueExpression", std::move(value));
  return extension;
}

OwnJson ParameterVariable(const ExportContext& context, const std::string& name,
                          const OwnJson& parameter) {
  Leftover left(parameter);
  const std::string& type = TextAt(parameter, "type");
  const std::string& value = TextAt(parameter, "value");
  const std::string expression = ConstantExpression(type, value);
  if (ConstantOfExpression(type, expression) == value) left.Drop("value");
  left.Keep("name", JsonText(name));
  return Variable(context.names.Variable(name), ExtensionList({left.Extension("parameter")}), {},
                  expression);
}

// Why an expression, or a whole variable, is not the file's own.
OwnJson DerivedFrom(const char* reason) {
  OwnJson extension = JsonObject();
  Put(extension, "url", ExtensionUrl("derived"));
  Put(extension, "valueCode", reason);
  return extension;
}

OwnJson InputVariable(const ExportContext& context, const Conditions& conditions,
                      const std::string& name, const OwnJson& input) {
  Leftover left(input);
  const std::string title = left.Take("title");
  left.Keep("name", JsonText(name));
  const std::string spelling = context.names.Variable(name);
  const OwnJson* derive = input.Find("derive");
  if (!IsText(derive)) {
    const std::string expression = ExtractionOf(
        input, context.names, [&](const OwnJson& cells) { return conditions.OfCells(cells); });
    return Variable(spelling, ExtensionList({left.Extension("input"), DerivedFrom("extraction")}),
                    title, expression);
  }
  const std::string expression = context.names.ToFhir(derive->text);
  if (context.names.ToFile(expression) == derive->text) left.Drop("derive");
  return Variable(spelling, ExtensionList({left.Extension("input")}), title, expression);
}

}  // namespace

std::vector<OwnJson> VariableExtensions(const ExportContext& context) {
  std::vector<OwnJson> extensions;
  for (const auto& [name, node] : MemberAt(context.document, "parameters").members) {
    extensions.push_back(ParameterVariable(context, name, node));
  }
  for (const auto& [name, focus] : MemberAt(context.document, "focus").members) {
    extensions.push_back(Variable(context.names.Variable(name + "Count"),
                                  ExtensionList({DerivedFrom("focus")}), {},
                                  CountOf(focus, context.names)));
  }
  const OwnJson& inputs = MemberAt(context.document, "inputs");
  const Conditions conditions(context);
  for (const Index index : context.pathway.order) {
    const auto& [name, node] = inputs.members[index];
    extensions.push_back(InputVariable(context, conditions, name, node));
  }
  return extensions;
}

void PutIdentity(OwnJson& resource, const ExportContext& context) {
  Put(resource, "version", context.pathway.version);
  Put(resource, "status", context.pathway.status);
  if (const OwnJson* experimental = context.document.Find("experimental")) {
    Put(resource, "experimental", *experimental);
  }
}

OwnJson PlanHeader(const ExportContext& context) {
  const OwnJson& document = context.document;
  Leftover rest(document);
  for (const char* elsewhere : {"id", "parameters", "inputs", "valueSets", "actions", "tables",
                                "checks", "hooks", "version", "status", "experimental"}) {
    rest.Drop(elsewhere);
  }
  OwnJson head = JsonObject();
  Put(head, "url", rest.Take("url", FitsUri));
  Put(head, "title", rest.Take("title"));
  Put(head, "type",
      JsonConcept("http://terminology.hl7.org/CodeSystem/plan-definition-type", "clinical-protocol"));
  PutIdentity(head, context);
  for (const char* name : {"date", "publisher", "description", "purpose", "copyright",
                           "approvalDate", "lastReviewDate"}) {
    Put(head, name, rest.Take(name));
  }
  Put(head, "useContext", UseContext(context, rest));
  Put(head, "effectivePeriod", Period(rest, document));
  Put(head, "author", People(rest, document, "authors"));
  Put(head, "reviewer", People(rest, document, "reviewers"));
  Put(head, "endorser", People(rest, document, "approvals"));
  Put(head, "relatedArtifact", Citations(context, rest));
  KeepSequence(context, rest);
  for (const char* empty : {"hooks", "parameters", "checks", "actions"}) {
    const OwnJson* member = document.Find(empty);
    const bool none = member != nullptr && member->items.empty() && member->members.empty();
    if (none) rest.Keep(empty, *member);
  }
  std::vector<OwnJson> extensions = VariableExtensions(context);
  extensions.push_back(rest.Extension("pathway"));
  OwnJson plan = JsonObject({{"resourceType", JsonText("PlanDefinition")}});
  Put(plan, "id", FhirId(context.pathway.id));
  Put(plan, "extension", ExtensionList(std::move(extensions)));
  for (auto& [name, value] : head.members) Put(plan, name, std::move(value));
  return plan;
}

}  // namespace renal::pathways::internal
