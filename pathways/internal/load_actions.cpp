#include <algorithm>
#include <array>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

const std::vector<std::string> kKinds = {"treatment", "referral", "collect-data", "information",
                                         "frame"};

void LoadResource(Loader& loader, Fields& fields, Action& action) {
  const OwnJson* resource = fields.Object("resource");
  if (resource == nullptr) return;
  const OwnJson* type = resource->Find("resourceType");
  if (type == nullptr || type->type != JsonType::kString) {
    loader.problems.Error(*resource, "L101",
                          "the resource of " + fields.what() + " has no \"resourceType\". Add it.");
    return;
  }
  action.resource = *resource;
  action.match_types.push_back(type->text);
  if (type->text == "ServiceRequest") action.match_types.push_back("Procedure");
}

// The name of an element, as far as one can be told from its form.
bool IsElement(std::string_view text) {
  return IsName(text, false) && text.find('_') == std::string_view::npos && text[0] >= 'a';
}

// What an order needs to be one, and whose it is, are never worked out.
bool IsFilledIn(std::string_view element) {
  constexpr std::array<std::string_view, 7> kFilledIn = {
      "resourceType", "id",         "subject",   "encounter",
      "requester",    "authoredOn", "instantiatesCanonical"};
  return std::ranges::find(kFilledIn, element) != kFilledIn.end();
}

const OwnJson* LoadSetPath(Loader& loader, Fields& entry) {
  const OwnJson* path = entry.String("path", Need::kRequired);
  if (path != nullptr && (!IsElement(path->text) || IsFilledIn(path->text))) {
    loader.problems.Error(*path, "L101",
                          Quoted(path->text) +
                              " is no element that can be set. Name one at the top of the "
                              "resource that the server does not fill in.");
  }
  return path;
}

// Orders are made from an outcome, when the record is out of reach.
void ReportRecordRead(Loader& loader, const OwnJson& node, const std::string& expression) {
  for (const char* name : {"%patient", "%context", "%encounter", "%user"}) {
    const std::size_t at = expression.find(name);
    if (at == std::string::npos) continue;
    loader.problems.Error(loader.problems.Inside(node, at), "L205",
                          "\"set\" cannot read " + std::string(name) +
                              ", which is gone when an order is made. Use inputs.");
  }
}

// Elements that inputs give.
void LoadSet(Loader& loader, Fields& fields, Action& action) {
  const Scope scope{.what = fields.what(), .any_focus = true};
  for (const OwnJson& item : fields.Items("set")) {
    Fields entry(item, "an entry of \"set\" of " + fields.what(), loader.problems);
    const OwnJson* path = LoadSetPath(loader, entry);
    auto value = ExpressionOf(loader, entry, "expression", scope,
                              {{}, {.types = {}, .many = false, .unit = {}}, true}, Need::kRequired);
    if (!value || path == nullptr) continue;
    ReportRecordRead(loader, entry.At("expression"), value->text());
    action.set.push_back({path->text, std::move(*value)});
  }
  if (!fields.Has("set") || fields.Has("resource")) return;
  loader.problems.Error(fields.At("set"), "L101",
                        fields.what() + " sets elements of nothing. Give it a \"resource\".");
}

void LoadMatch(Loader& loader, Fields& fields, Action& action) {
  const OwnJson* node = fields.Object("match");
  if (node == nullptr) return;
  Fields match(*node, "\"match\" of " + fields.what(), loader.problems);
  if (const OwnJson* codes = match.String("codes")) {
    const Index set = loader.value_sets.Resolve(*codes, loader.problems);
    if (set != kNone) action.match = loader.pathway.value_sets[set].second.get();
  }
  if (match.Has("resourceTypes")) action.match_types.clear();
  for (const OwnJson& type : match.Items("resourceTypes")) {
    if (const std::string* text = TextOf(type, "a resource type", loader.problems)) {
      action.match_types.push_back(*text);
    }
  }
  action.also_for = ResolveList(loader, match, "alsoFor", loader.actions);
  const Scope scope{.what = fields.what(), .inputs = false};
  action.match_where = ExpressionOf(loader, match, "where", scope, Condition(action.match_types));
  const OwnJson* presumed = match.Object("presumed");
  if (presumed == nullptr) return;
  Fields fallback(*presumed, "\"presumed\" of " + fields.what(), loader.problems);
  action.match_presumed = ExpressionOf(loader, fallback, "where", scope,
                                        Condition(action.match_types), Need::kRequired);
  action.match_presumed_if = CellsOf(loader, fallback.Object("if", Need::kRequired), {.what = fields.what()});
}

void CheckOrderable(Loader& loader, Fields& fields, const Action& action) {
  if (action.kind == ActionKind::kFrame && (fields.Has("resource") || fields.Has("match"))) {
    loader.problems.Error(
        fields.node(), "L101",
        fields.what() + " is a frame, which is never ordered. Remove \"resource\" and \"match\".");
  }
  const bool told = action.kind == ActionKind::kFrame || action.kind == ActionKind::kInformation;
  const OwnJson* match = fields.node().Find("match");
  const bool matched = match != nullptr && (match->Find("codes") != nullptr || match->Find("where") != nullptr);
  if (told || matched || !loader.orders_hooked) return;
  loader.problems.Error(
      fields.node(), "L505",
      fields.what() +
          " has no codes to know it by among the orders. Write \"match\": {\"codes\": ...}.");
}

void LoadAction(Loader& loader, const std::string& id, const OwnJson& node) {
  Fields fields(node, "action " + Quoted(id), loader.problems);
  Action action;
  action.id = id;
  action.title = fields.Text("title", Need::kRequired);
  action.text = FilledText(loader, fields, "text");
  action.kind = static_cast<ActionKind>(fields.Word("kind", kKinds).value_or(0));
  LoadResource(loader, fields, action);
  LoadSet(loader, fields, action);
  LoadMatch(loader, fields, action);
  Citations(loader, fields);
  CheckOrderable(loader, fields, action);
  loader.pathway.actions.push_back(std::move(action));
}

}  // namespace

void LoadActions(Loader& loader, Fields& root) {
  for (const auto& [id, node] : root.Members("actions", Need::kRequired))
    LoadAction(loader, id, node);
}

}  // namespace renal::pathways::internal
