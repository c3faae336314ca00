#include <algorithm>
#include <set>

#include "pathways/internal/fhir_form_conditions.h"
#include "pathways/internal/fhir_form_export.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

// A table is repeated for every way that leads to it: what grows beyond this is no tree for people.
constexpr std::size_t kMostActions = 20'000;

std::string_view SelectionOf(std::string_view choose) {
  if (choose == "one") return "at-most-one";
  return choose == "any" || choose == "all" ? choose : std::string_view();
}

OwnJson Applicability(std::string_view hit) {
  OwnJson extension = JsonObject();
  Put(extension, "url", kApplicabilityUrl);
  Put(extension, "valueCode", hit == "collect" ? "all" : "any");
  return extension;
}

OwnJson CreateType() {
  return JsonConcept("http://terminology.hl7.org/CodeSystem/action-type", "create");
}

class ActionWriter {
 public:
  explicit ActionWriter(const ExportContext& context)
      : context_(context), conditions_(context), tables_(MemberAt(context.document, "tables")) {}

  OwnJson Root();
  bool too_many() const { return count_ > kMostActions; }

 private:
  OwnJson TableAction(std::size_t table, const std::string& above);
  OwnJson RuleAction(std::size_t table, std::size_t rule, const std::string& above, bool first);
  /// What stands inside a rule: its options, or what it brings; then the tables it leads to.
  OwnJson Offered(std::size_t table, std::size_t rule, const std::string& id, bool first);
  OwnJson OptionAction(std::size_t table, std::size_t rule, std::size_t option, bool first) const;
  OwnJson NeedAction(std::size_t table) const;
  OwnJson CheckAction(std::size_t check);
  OwnJson Checks();
  OwnJson Triggers() const;
  OwnJson Creation(const std::string& action) const;
  std::size_t Find(const std::string& table) const;
  std::string TitleOf(const std::string& action) const;
  /// The element's id: `wanted`, or with the id of what it stands in before it where it is taken.
  std::string Claim(const std::string& wanted, const std::string& above);

  const ExportContext& context_;
  const Conditions conditions_;
  const OwnJson& tables_;
  std::set<std::string> ids_;
  std::set<std::size_t> written_;  // tables
  std::size_t count_ = 0;
};

std::size_t ActionWriter::Find(const std::string& table) const {
  const auto& list = context_.pathway.tables;
  return static_cast<std::size_t>(std::ranges::find(list, table, &Table::id) - list.begin());
}

std::string ActionWriter::TitleOf(const std::string& action) const {
  const Index index = context_.pathway.FindAction(action);
  return index == kNone ? action : context_.pathway.actions[index].title;
}

std::string ActionWriter::Claim(const std::string& wanted, const std::string& above) {
  ++count_;
  if (ids_.insert(wanted).second) return wanted;
  std::string path = above.empty() ? wanted : above + "." + wanted;
  for (int i = 2; !ids_.insert(path).second; ++i) path = wanted + "." + std::to_string(i);
  return path;
}

OwnJson ActionWriter::Creation(const std::string& action) const {
  OwnJson creation = JsonObject();
  Put(creation, "title", TitleOf(action));
  Put(creation, "type", CreateType());
  Put(creation, "definitionCanonical",
      context_.Canonical(context_.ResourceUrl("ActivityDefinition", FhirId(action))));
  return creation;
}

OwnJson ActionWriter::OptionAction(std::size_t table, std::size_t rule, std::size_t index,
                                   bool first) const {
  const OwnJson& node = MemberAt(tables_.items[table], "rules").items[rule];
  const OwnJson& then = MemberAt(node, "then");
  const OwnJson& option = MemberAt(then, "options").items[index];
  Leftover left(option);
  const std::string action = left.Take("action");
  const std::string strength = left.Take("strength", FitsCode);
  OwnJson word = JsonObject();
  Put(word, "url", ExtensionUrl("strength"));
  Put(word, "valueCode", strength);
  std::vector<OwnJson> extensions = {std::move(word)};
  if (first) extensions.push_back(left.Extension("option"));
  OwnJson element = JsonObject();
  Put(element, "extension", ExtensionList(std::move(extensions)));
  const std::string& summary = context_.pathway.tables[table].rules[rule].summary;
  Put(element, "title",
      action.empty() ? (summary.empty() ? strength : summary)
                     : TitleOf(action) + " (" + strength + ")");
  Put(element, "condition", conditions_.ForOption(node, option));
  OwnJson inside = JsonList();
  if (!action.empty()) inside.items.push_back(Creation(action));
  for (const std::string& with : TextList(then.Find("with")))
    inside.items.push_back(Creation(with));
  Put(element, "action", std::move(inside));
  return element;
}

OwnJson ActionWriter::Offered(std::size_t table, std::size_t index, const std::string& id,
                              bool first) {
  const OwnJson& node = MemberAt(tables_.items[table], "rules").items[index];
  const OwnJson& then = MemberAt(node, "then");
  const Rule& rule = context_.pathway.tables[table].rules[index];
  OwnJson inside = JsonList();
  for (std::size_t i = 0; i < rule.options.size(); ++i) {
    inside.items.push_back(OptionAction(table, index, i, first));
  }
  if (rule.options.empty()) {
    for (const std::string& with : TextList(then.Find("with"))) {
      inside.items.push_back(Creation(with));
    }
  }
  for (const std::string& next : TextList(then.Find("go"))) {
    if (too_many()) break;
    inside.items.push_back(TableAction(Find(next), id));
  }
  return inside;
}

// What of a rule's `then` no element of FHIR says.
OwnJson LeftOfThen(const OwnJson& then, const std::string& summary, bool titled,
                   std::string_view selection) {
  Leftover left(then);
  if (titled && TextAt(then, "summary") == summary) left.Drop("summary");
  if (!selection.empty()) left.Drop("choose");
  if (!MemberAt(then, "options").items.empty()) left.Drop("options");
  if (!TextList(then.Find("go")).empty()) left.Drop("go");
  return left.rest();
}

OwnJson ActionWriter::RuleAction(std::size_t table, std::size_t index, const std::string& above,
                                 bool first) {
  const OwnJson& node = MemberAt(tables_.items[table], "rules").items[index];
  const Rule& rule = context_.pathway.tables[table].rules[index];
  const OwnJson& then = MemberAt(node, "then");
  Leftover left(node);
  const std::string id = Claim(rule.id, above);
  if (id == rule.id) left.Drop("id");
  if (TextAt(node, "because") == rule.because && FitsString(rule.because)) left.Drop("because");
  OwnJson citations = CitationList(context_, node.Find("cite"));
  if (!citations.items.empty()) left.Drop("cite");
  if (const OwnJson* cells = node.Find("if"); cells != nullptr && conditions_.SaysCells(*cells)) {
    left.Drop("if");
  }
  if (conditions_.SaysWhen(TextAt(node, "when"))) left.Drop("when");
  const std::string& summary = rule.summary;
  const bool titled = FitsString(summary) && summary != rule.id;
  const std::string_view selection = SelectionOf(rule.choose);
  OwnJson left_then = LeftOfThen(then, summary, titled, selection);
  OwnJson inside = Offered(table, index, id, first);
  left.Drop("then");
  if (!left_then.members.empty() || then.members.empty()) left.Keep("then", std::move(left_then));
  OwnJson element = JsonObject();
  Put(element, "id", id);
  if (first) Put(element, "extension", ExtensionList({left.Extension("rule")}));
  Put(element, "title", titled ? summary : rule.id);
  if (FitsString(rule.because)) Put(element, "description", rule.because);
  Put(element, "documentation", std::move(citations));
  Put(element, "condition", conditions_.ForRule(tables_.items[table], node));
  Put(element, "selectionBehavior", selection);
  Put(element, "action", std::move(inside));
  return element;
}

OwnJson ActionWriter::NeedAction(std::size_t table) const {
  const Table& compiled = context_.pathway.tables[table];
  OwnJson element = JsonObject();
  Put(element, "title", CatalogueText("needData", compiled.title));
  Put(element, "condition", conditions_.ForNeed(tables_.items[table]));
  Put(element, "input",
      DataRequirements(context_, TypeNeedsOf(context_.pathway, compiled.columns)));
  return element;
}

OwnJson ActionWriter::TableAction(std::size_t table, const std::string& above) {
  const OwnJson& node = tables_.items[table];
  const bool first = written_.insert(table).second;
  const std::string id = Claim(context_.pathway.tables[table].id, above);
  Leftover left(node);
  left.Drop("rules");
  const std::string title = left.Take("title");
  if (!first) {
    left = Leftover(JsonObject({{"id", JsonText(TextAt(node, "id"))}}));
    left.Keep("repeated", JsonFlag(true));
  }
  OwnJson element = JsonObject();
  Put(element, "id", id);
  Put(element, "extension",
      ExtensionList({left.Extension("table"), Applicability(TextAt(node, "hit"))}));
  Put(element, "title", title);
  OwnJson rules = JsonList();
  for (std::size_t i = 0; i < context_.pathway.tables[table].rules.size() && !too_many(); ++i) {
    rules.items.push_back(RuleAction(table, i, id, first));
  }
  if (!rules.items.empty()) rules.items.push_back(NeedAction(table));
  Put(element, "action", std::move(rules));
  return element;
}

OwnJson ActionWriter::CheckAction(std::size_t index) {
  const OwnJson& node = MemberAt(context_.document, "checks").items[index];
  const Check& check = context_.pathway.checks[index];
  Leftover left(node);
  const std::string id = Claim(check.id, "checks");
  if (id == check.id) left.Drop("id");
  const std::string title = left.Take("title");
  if (TextAt(node, "because") == check.because && FitsString(check.because)) left.Drop("because");
  OwnJson citations = CitationList(context_, node.Find("cite"));
  if (!citations.items.empty()) left.Drop("cite");
  if (conditions_.SaysCells(MemberAt(node, "if"))) left.Drop("if");
  OwnJson with = JsonList();
  for (const std::string& action : TextList(MemberAt(node, "then").Find("with"))) {
    with.items.push_back(Creation(action));
  }
  OwnJson element = JsonObject();
  Put(element, "id", id);
  Put(element, "extension", ExtensionList({left.Extension("check")}));
  Put(element, "title", title);
  if (FitsString(check.because)) Put(element, "description", check.because);
  Put(element, "documentation", std::move(citations));
  Put(element, "condition", conditions_.ForCheck(node));
  Put(element, "action", std::move(with));
  return element;
}

OwnJson ActionWriter::Checks() {
  OwnJson checks = JsonList();
  for (std::size_t i = 0; i < context_.pathway.checks.size(); ++i) {
    checks.items.push_back(CheckAction(i));
  }
  OwnJson group = JsonObject();
  Put(group, "title", CatalogueText("checks", context_.pathway.title));
  Put(group, "action", std::move(checks));
  return group;
}

OwnJson ActionWriter::Triggers() const {
  OwnJson triggers = JsonList();
  for (const std::string& hook : context_.pathway.hooks) {
    OwnJson trigger = JsonObject();
    Put(trigger, "type", "named-event");
    Put(trigger, "name", hook);
    triggers.items.push_back(std::move(trigger));
  }
  return triggers;
}

OwnJson ActionWriter::Root() {
  OwnJson inside = JsonList();
  for (const Index table : context_.pathway.start) {
    inside.items.push_back(TableAction(table, {}));
  }
  for (std::size_t table = 0; table < tables_.items.size(); ++table) {
    if (written_.contains(table) || too_many()) continue;
    inside.items.push_back(TableAction(table, {}));
    Put(inside.items.back(), "condition", Conditions::Never());
  }
  if (!context_.pathway.checks.empty()) inside.items.push_back(Checks());
  OwnJson root = JsonObject();
  Put(root, "title", context_.pathway.title);
  Put(root, "trigger", Triggers());
  Put(root, "condition", conditions_.ForRoot());
  Put(root, "action", std::move(inside));
  return root;
}

}  // namespace

OwnJson RootAction(const ExportContext& context) {
  ActionWriter writer(context);
  OwnJson root = writer.Root();
  return writer.too_many() ? OwnJson() : std::move(root);
}

}  // namespace renal::pathways::internal
