#include <algorithm>
#include <map>
#include <set>

#include "pathways/internal/fhir_form_import.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

bool IsTable(const OwnJson& action) { return FindExtension(action, "table") != nullptr; }

class TableImport {
 public:
  explicit TableImport(ImportContext& context) : context_(context) {}

  void Walk(const OwnJson& action);
  OwnJson Tables() const;
  OwnJson CheckOf(const OwnJson& action);

 private:
  void AddTable(const OwnJson& action, const OwnJson& own);
  OwnJson RuleOf(const OwnJson& action, const std::vector<std::string>& columns);
  OwnJson ThenOf(const OwnJson& action, const OwnJson& own, const std::string& id) const;
  OwnJson OptionOf(const OwnJson& action, std::size_t with) const;

  ImportContext& context_;
  std::vector<OwnJson> tables_;
  std::set<std::string> ids_;  // of them
};

// Recursion is bounded by the depth of the text.
void TableImport::Walk(const OwnJson& action) {
  if (!IsTable(action)) return;
  const OwnJson own = ObjectOfExtension(action, "table");
  if (own.Find("repeated") == nullptr) AddTable(action, own);
  for (const OwnJson& rule : MemberAt(action, "action").items) {
    for (const OwnJson& next : MemberAt(rule, "action").items) Walk(next);
  }
}

void TableImport::AddTable(const OwnJson& action, const OwnJson& own) {
  if (!ids_.insert(TextAt(own, "id")).second) return;
  OwnJson table = JsonObject();
  Put(table, "title", TextAt(action, "title"));
  Merge(table, own);
  const std::vector<std::string> columns = TextList(table.Find("columns"));
  OwnJson rules = JsonList();
  for (const OwnJson& rule : MemberAt(action, "action").items) {
    const auto& conditions = MemberAt(rule, "condition").items;
    const bool need = !conditions.empty() && DerivedFrom(conditions[0]) == "need-data";
    if (!need) rules.items.push_back(RuleOf(rule, columns));
  }
  table.members.emplace_back("rules", std::move(rules));
  tables_.push_back(std::move(table));
}

OwnJson TableImport::RuleOf(const OwnJson& action, const std::vector<std::string>& columns) {
  OwnJson own = ObjectOfExtension(action, "rule");
  OwnJson rule = JsonObject();
  const std::string id = IsText(own.Find("id")) ? TextAt(own, "id") : TextAt(action, "id");
  Put(rule, "id", id);
  ReadConditions(context_, action, columns, rule);
  OwnJson then = ThenOf(action, MemberAt(own, "then"), id);
  std::erase_if(own.members, [](const auto& each) { return each.first == "then"; });
  rule.members.emplace_back("then", std::move(then));
  Put(rule, "because", TextAt(action, "description"));
  Put(rule, "cite", LabelsOf(action, "documentation"));
  Merge(rule, own);
  return rule;
}

OwnJson TableImport::ThenOf(const OwnJson& action, const OwnJson& own,
                            const std::string& id) const {
  OwnJson then = JsonObject();
  OwnJson go = JsonList();
  OwnJson options = JsonList();
  const std::size_t with = TextList(own.Find("with")).size();
  for (const OwnJson& inner : MemberAt(action, "action").items) {
    if (IsTable(inner)) {
      go.items.push_back(JsonText(TextAt(ObjectOfExtension(inner, "table"), "id")));
    } else if (TextAt(inner, "definitionCanonical").empty()) {
      options.items.push_back(OptionOf(inner, with));
    }
  }
  Put(then, "go", std::move(go));
  Put(then, "options", std::move(options));
  const std::string& selection = TextAt(action, "selectionBehavior");
  Put(then, "choose", selection == "at-most-one" ? "one" : selection);
  const std::string& title = TextAt(action, "title");
  if (title != id) Put(then, "summary", title);
  Merge(then, own);
  return then;
}

// Besides its own creation, an option holds those of what accompanies it.
OwnJson TableImport::OptionOf(const OwnJson& action, std::size_t with) const {
  const auto& inner = MemberAt(action, "action").items;
  OwnJson option = JsonObject();
  if (inner.size() > with) Put(option, "action", ActionOf(context_, inner[0]));
  if (const OwnJson* strength = FindExtension(action, "strength")) {
    Put(option, "strength", TextAt(*strength, "valueCode"));
  }
  Merge(option, ObjectOfExtension(action, "option"));
  return option;
}

OwnJson TableImport::CheckOf(const OwnJson& action) {
  const OwnJson own = ObjectOfExtension(action, "check");
  OwnJson check = JsonObject();
  Put(check, "id", IsText(own.Find("id")) ? TextAt(own, "id") : TextAt(action, "id"));
  Put(check, "title", TextAt(action, "title"));
  ReadConditions(context_, action, {}, check);
  Put(check, "because", TextAt(action, "description"));
  Put(check, "cite", LabelsOf(action, "documentation"));
  Merge(check, own);
  return check;
}

OwnJson TableImport::Tables() const {
  const std::vector<std::string> order = TextList(context_.own.Find("tables"));
  std::vector<OwnJson> tables = tables_;
  std::ranges::stable_sort(tables, {}, [&](const OwnJson& table) {
    return std::ranges::find(order, TextAt(table, "id")) - order.begin();
  });
  return JsonList(std::move(tables));
}

}  // namespace

void Merge(OwnJson& object, const OwnJson& parts) {
  std::map<std::string_view, std::size_t> last;  // of parts of one name the last counts
  for (std::size_t i = 0; i < parts.members.size(); ++i) last[parts.members[i].first] = i;
  std::erase_if(object.members, [&](const auto& known) { return last.contains(known.first); });
  // At the end: export gives them in this order again.
  for (std::size_t i = 0; i < parts.members.size(); ++i) {
    if (last[parts.members[i].first] == i) object.members.push_back(parts.members[i]);
  }
}

OwnJson LabelsOf(const OwnJson& element, std::string_view member) {
  OwnJson labels = JsonList();
  for (const OwnJson& artifact : MemberAt(element, member).items) {
    const std::string& label = TextAt(artifact, "label");
    if (TextAt(artifact, "type") == "citation" && !label.empty()) {
      labels.items.push_back(JsonText(label));
    }
  }
  return labels;
}

std::string DerivedFrom(const OwnJson& element) {
  const OwnJson* extension = FindExtension(element, "derived");
  return extension == nullptr ? std::string() : TextAt(*extension, "valueCode");
}

std::string ActionOf(const ImportContext& context, const OwnJson& element) {
  std::string_view canonical = TextAt(element, "definitionCanonical");
  canonical = canonical.substr(0, canonical.find('|'));
  if (canonical.empty()) return {};
  const auto found = context.ids.find(canonical);
  return found == context.ids.end() ? std::string() : NameOfId(found->second);
}

void ReadTables(ImportContext& context, OwnJson& file) {
  TableImport import(context);
  OwnJson checks = JsonList();
  for (const OwnJson& root : MemberAt(context.plan, "action").items) {
    for (const OwnJson& action : MemberAt(root, "action").items) {
      import.Walk(action);
      if (IsTable(action)) continue;
      for (const OwnJson& check : MemberAt(action, "action").items) {
        checks.items.push_back(import.CheckOf(check));
      }
    }
  }
  file.members.emplace_back("tables", import.Tables());
  Put(file, "checks", std::move(checks));
}

}  // namespace renal::pathways::internal
