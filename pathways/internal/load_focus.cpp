#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

// Key of the focus; kNone and a problem for another word. "elsewhere" where that is allowed.
Index KeyOf(Loader& loader, const FocusKind& kind, const OwnJson& node, bool elsewhere) {
  if (TextOf(node, "a key of the focus", loader.problems) == nullptr) return kNone;
  if (elsewhere && node.text == "elsewhere") return FocusKind::kElsewhere;
  std::vector<std::string> keys;
  for (Index i = 0; i < kind.values.size(); ++i) {
    if (kind.values[i].first == node.text) return i;
    keys.push_back(kind.values[i].first);
  }
  loader.problems.Error(node, "L102",
                        "focus " + Quoted(kind.name) + " has no key " + Quoted(node.text) + "." +
                            loader.problems.Suggestion(node.text, keys));
  return kNone;
}

const std::vector<std::string> kKeys = {"reference"};

void LoadKeys(Loader& loader, Fields& fields, FocusKind& kind) {
  const bool by_reference = fields.Word("keys", kKeys).has_value();
  if (by_reference && fields.Has("values")) {
    loader.problems.Error(fields.At("keys"), "L101",
                          fields.what() + " has \"values\" and \"keys\". Keep one of them.");
  }
  kind.by_reference = by_reference && !fields.Has("values");
  if (kind.by_reference) return;
  kind.values = TitlesOf(loader, fields, "values", Need::kRequired);
  for (const auto& [key, title] : kind.values) {
    if (key != "elsewhere" && IsName(key)) continue;
    loader.problems.Error(fields.At("values").Find(key)->name_at, "L101",
                          Quoted(key) + " cannot be a key of a focus. Choose another word.");
  }
}

FocusKind::Step LoadStep(Loader& loader, const OwnJson& node, const Scope& scope,
                         const FocusKind& kind) {
  Fields fields(node, "a step of " + scope.what, loader.problems);
  FocusKind::Step step;
  step.name = fields.Text("name", Need::kRequired);
  const Form links{ResourceTypes(), {.types = {"Resource", "Reference"}, .many = true, .unit = {}}};
  if (auto via = ExpressionOf(loader, fields, "via", scope, links, Need::kRequired))
    step.via = std::move(*via);
  const std::vector<std::string> linked = step.via.type().types;
  step.instance = fields.Flag("instance");
  for (const OwnJson& item : fields.Items("map")) {
    Fields entry(item, "a map entry of " + fields.what(), loader.problems);
    FocusKind::Step::Entry compiled;
    compiled.when = ExpressionOf(loader, entry, "when", scope,
                                 Condition(linked.empty() ? ResourceTypes() : linked));
    const OwnJson* to = entry.String("to", Need::kRequired);
    if (to != nullptr) compiled.key = KeyOf(loader, kind, *to, true);
    step.map.push_back(std::move(compiled));
  }
  if (step.instance == fields.Has("map")) {
    loader.problems.Error(
        node, "L101",
        fields.what() + " needs one of \"instance\": true and \"map\". Write one of them.");
  }
  return step;
}

void LoadMembers(Loader& loader, Fields& fields, FocusKind& kind) {
  for (const auto& [key, node] : fields.Members("resource")) {
    OwnJson name;
    name.type = fhir::JsonType::kString;
    name.text = key;
    name.at = node.name_at;
    const Index index = KeyOf(loader, kind, name, false);
    if (node.type != fhir::JsonType::kObject) {
      loader.problems.Error(node, "L101",
                            "members of a resource are an object. Write them in braces.");
    }
    kind.resource_members.emplace_back(index, node);
  }
}

void LoadFocus(Loader& loader, const std::string& name, const OwnJson& node) {
  const Scope scope{.what = "focus " + Quoted(name), .inputs = false};
  Fields fields(node, scope.what, loader.problems);
  FocusKind kind;
  kind.name = name;
  kind.title = fields.Text("title", Need::kRequired);
  LoadKeys(loader, fields, kind);
  for (const OwnJson& item : fields.Items("instances", Need::kRequired)) {
    const SourceKind source = kind.by_reference ? SourceKind::kReference : SourceKind::kKeyed;
    kind.instances.push_back(LoadSource(loader, item, scope, kind.values, source, nullptr));
  }
  if (const OwnJson* key = fields.String("otherwise"))
    kind.otherwise = KeyOf(loader, kind, *key, false);
  for (const OwnJson& item : fields.Items("belongs")) {
    kind.belongs.push_back(LoadStep(loader, item, scope, kind));
  }
  kind.unlinked = FilledText(loader, fields, "unlinked");
  LoadMembers(loader, fields, kind);
  loader.pathway.foci.push_back(std::move(kind));
}

}  // namespace

void LoadFoci(Loader& loader, Fields& root) {
  for (const auto& [name, node] : root.Members("focus")) LoadFocus(loader, name, node);
}

}  // namespace renal::pathways::internal
