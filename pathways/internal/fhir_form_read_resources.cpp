#include "pathways/internal/fhir_form_import.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

OwnJson ConceptsOf(ImportContext& context, const OwnJson& set) {
  OwnJson concepts = JsonList();
  const auto add = [&](const std::string& system, const OwnJson& each) {
    OwnJson entry = JsonObject();
    Put(entry, "system", system);
    Put(entry, "code", TextAt(each, "code"));
    Put(entry, "display", TextAt(each, "display"));
    concepts.items.push_back(std::move(entry));
  };
  if (const OwnJson* expansion = set.Find("expansion")) {
    for (const OwnJson& each : MemberAt(*expansion, "contains").items) {
      if (!TextAt(each, "code").empty()) add(TextAt(each, "system"), each);
    }
    return concepts;
  }
  const OwnJson& compose = MemberAt(set, "compose");
  for (const OwnJson& include : MemberAt(compose, "include").items) {
    if (include.Find("concept") == nullptr || include.Find("filter") != nullptr ||
        include.Find("valueSet") != nullptr) {
      context.problems.Warn(include, "L101",
                            "the value set " + Quoted(TextAt(set, "url")) +
                                " is not enumerated. List its codes, or give it an expansion.");
    }
    for (const OwnJson& each : MemberAt(include, "concept").items) {
      add(TextAt(include, "system"), each);
    }
  }
  return concepts;
}

// The value set as a file beside the pathway: without what the pathway lent it.
std::string FileOf(const OwnJson& set, const OwnJson& node) {
  OwnJson file = JsonObject({{"resourceType", JsonText("ValueSet")}});
  Put(file, "id", TextAt(set, "id"));
  Put(file, "url", TextAt(node, "url"));
  Put(file, "version", TextAt(node, "version"));
  Put(file, "title", TextAt(set, "title"));
  Put(file, "status", TextAt(set, "status"));
  Put(file, "compose", MemberAt(set, "compose"));
  Put(file, "expansion", MemberAt(set, "expansion"));
  return IndentedText(file);
}

OwnJson ValueSetOf(ImportContext& context, const OwnJson& set) {
  OwnJson own = ObjectOfExtension(set, "value-set");
  const auto take = [&](const char* name) {
    return std::erase_if(own.members, [&](const auto& each) { return each.first == name; }) > 0;
  };
  const bool inherits = take("inheritsVersion");
  const bool titled = take("titleOfFile");
  OwnJson node = JsonObject();
  Put(node, "url", TextAt(set, "url"));
  if (!inherits) Put(node, "version", TextAt(set, "version"));
  if (!titled) Put(node, "title", TextAt(set, "title"));
  Merge(node, own);
  if (const OwnJson* file = node.Find("file"); IsText(file)) {
    context.files.emplace_back(file->text, FileOf(set, node));
  } else if (node.Find("concepts") == nullptr) {
    node.members.emplace_back("concepts", ConceptsOf(context, set));
  }
  return node;
}

OwnJson ResourceOf(const OwnJson& definition) {
  OwnJson resource = ObjectOfExtension(definition, "template");
  if (!resource.members.empty() || TextAt(definition, "kind").empty()) return resource;
  Put(resource, "resourceType", TextAt(definition, "kind"));
  Put(resource, "status", "draft");
  Put(resource, "intent", TextAt(definition, "intent"));
  Put(resource, "code", MemberAt(definition, "code"));
  return resource;
}

// Elements of the order that inputs give.
OwnJson SetOf(const ImportContext& context, const OwnJson& definition) {
  OwnJson list = JsonList();
  for (const OwnJson& each : MemberAt(definition, "dynamicValue").items) {
    const std::string& text = TextAt(MemberAt(each, "expression"), "expression");
    list.items.push_back(JsonObject({{"path", JsonText(TextAt(each, "path"))},
                                     {"expression", JsonText(context.names.ToFile(text))}}));
  }
  return list;
}

}  // namespace

OwnJson ReadValueSets(ImportContext& context) {
  OwnJson sets = JsonObject();
  for (const OwnJson* set : context.value_sets) {
    const std::string alias = NameOfId(TextAt(*set, "id"));
    if (!IsName(alias)) {
      context.problems.Warn(*set, "L101",
                            "a value set has no id that can name it. Give it one that begins with "
                            "a letter.");
      continue;
    }
    sets.members.emplace_back(alias, ValueSetOf(context, *set));
  }
  return sets;
}

OwnJson ReadActions(ImportContext& context) {
  OwnJson actions = JsonObject();
  for (const OwnJson* definition : context.definitions) {
    OwnJson own = ObjectOfExtension(*definition, "action");
    OwnJson action = JsonObject();
    Put(action, "title", TextAt(*definition, "title"));
    Put(action, "text", TextAt(*definition, "description"));
    Put(action, "cite", LabelsOf(*definition, "relatedArtifact"));
    Put(action, "resource", ResourceOf(*definition));
    Put(action, "set", SetOf(context, *definition));
    Merge(action, own);
    actions.members.emplace_back(NameOfId(TextAt(*definition, "id")), std::move(action));
  }
  return actions;
}

}  // namespace renal::pathways::internal
