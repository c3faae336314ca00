#include "pathways/internal/fhir_form_conditions.h"

#include <algorithm>
#include <array>

#include "pathways/internal/fhir_form_cells.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

std::string And(std::string left, const std::string& right) {
  return left.empty() ? right : std::move(left) + " and " + right;
}

OwnJson ConditionOf(const std::string& expression, OwnJson extension) {
  OwnJson text = JsonObject();
  Put(text, "language", kFhirPath);
  Put(text, "expression", expression);
  OwnJson condition = JsonObject();
  Put(condition, "extension", ExtensionList({std::move(extension)}));
  Put(condition, "kind", "applicability");
  Put(condition, "expression", std::move(text));
  return condition;
}

OwnJson DerivedCondition(const std::string& expression, const char* reason) {
  OwnJson extension = JsonObject();
  Put(extension, "url", ExtensionUrl(kDerived));
  Put(extension, "valueCode", reason);
  return ConditionOf(expression, std::move(extension));
}

// A condition that is unknown leaves the element in, as the file has it.
std::string Unless(const std::string& condition) { return "iif(" + condition + ", false, true)"; }

}  // namespace

Conditions::Conditions(const ExportContext& context) : context_(context) {
  for (const OwnJson& table : MemberAt(context.document, "tables").items) {
    for (const OwnJson& rule : MemberAt(table, "rules").items) {
      rules_.emplace(TextAt(rule, "id"), Place(&table, &rule));
    }
  }
}

std::string Conditions::OfCells(const OwnJson& cells, const OwnJson* columns) const {
  std::vector<std::string> order = TextList(columns);
  if (columns == nullptr) {
    for (const auto& [name, cell] : cells.members) order.push_back(name);
  }
  std::string whole;
  for (const std::string& column : order) {
    const OwnJson* cell = cells.Find(column);
    if (!IsText(cell)) continue;
    const CellForm form{context_.names.Variable(column),
                        [&](std::string_view name) { return context_.names.Variable(name); },
                        [&](std::string_view name) {
                          const OwnJson& parameters = MemberAt(context_.document, "parameters");
                          return TextAt(MemberAt(parameters, name), "type") == "CodeSet";
                        }};
    const auto condition = ConditionOfCell(cell->text, form);
    if (condition && *condition != "true") whole = And(std::move(whole), *condition);
  }
  return whole.empty() ? "true" : whole;
}

std::string Conditions::OfRule(const OwnJson& table, const OwnJson& rule) const {
  std::string whole = OfCells(MemberAt(rule, "if"), table.Find("columns"));
  if (whole == "true") whole.clear();
  if (const OwnJson* when = rule.Find("when"); IsText(when)) {
    whole = And(std::move(whole), "(" + context_.names.ToFhir(when->text) + ")");
  }
  for (const std::string& input : TextList(rule.Find("needs"))) {
    whole = And(std::move(whole), "%" + context_.names.Variable(input) + ".exists()");
  }
  return whole.empty() ? "true" : whole;
}

std::string Conditions::OfRules(const std::vector<std::string>& ids, const char* joined) const {
  std::string whole;
  for (const std::string& id : ids) {
    const auto found = rules_.find(id);
    if (found == rules_.end()) continue;
    const auto& [table, rule] = found->second;
    whole += (whole.empty() ? "(" : std::string(joined) + "(") + OfRule(*table, *rule) + ")";
  }
  return whole;
}

OwnJson Conditions::ForRule(const OwnJson& table, const OwnJson& rule) const {
  OwnJson list = JsonList();
  if (const OwnJson* cells = rule.Find("if"); cells != nullptr && !cells->members.empty()) {
    list.items.push_back(
        ConditionOf(OfCells(*cells, table.Find("columns")), ExtensionOf("cells", *cells)));
  }
  if (const OwnJson* when = rule.Find("when"); IsText(when)) {
    list.items.push_back(ConditionOf(context_.names.ToFhir(when->text), {}));
  }
  std::string needs;
  for (const std::string& input : TextList(rule.Find("needs"))) {
    needs = And(std::move(needs), "%" + context_.names.Variable(input) + ".exists()");
  }
  if (!needs.empty()) list.items.push_back(DerivedCondition(needs, "needs"));
  const std::string together = OfRules(TextList(rule.Find("together")), " or ");
  if (!together.empty()) list.items.push_back(DerivedCondition(together, "together"));
  const std::string yields = OfRules(TextList(rule.Find("yieldsTo")), " and ");
  if (!yields.empty()) list.items.push_back(DerivedCondition(Unless(yields), "yields-to"));
  // Rules that put this one aside say so themselves.
  const std::string aside = OfRules(PutAsideBy(TextAt(rule, "id")), " or ");
  if (!aside.empty()) list.items.push_back(DerivedCondition(Unless(aside), "put-aside"));
  return list;
}

OwnJson Conditions::ForOption(const OwnJson& rule, const OwnJson& option) const {
  OwnJson list = JsonList();
  if (!TextAt(option, "determination").empty()) {
    list.items.push_back(DerivedCondition("false", "conditional"));
  }
  for (const OwnJson& check : MemberAt(context_.document, "checks").items) {
    const OwnJson& then = MemberAt(check, "then");
    const bool suppress = MemberAt(then, "suppress").boolean;
    const bool conditional = MemberAt(then, "conditional").boolean;
    if ((!suppress && !conditional) || !Concerns(check, rule, option)) continue;
    // Where it is unknown whether options are withheld, they are no more than conditional.
    const std::string cells = OfCells(MemberAt(check, "if"));
    list.items.push_back(
        DerivedCondition(suppress ? "(" + cells + ").not()" : Unless(cells), "check"));
  }
  return list;
}

OwnJson Conditions::ForCheck(const OwnJson& check) const {
  OwnJson list = JsonList();
  const OwnJson& cells = MemberAt(check, "if");
  if (!cells.members.empty()) {
    list.items.push_back(ConditionOf(OfCells(cells), ExtensionOf("cells", cells)));
  }
  const std::string concerned = OfRules(Concerned(check), " or ");
  list.items.push_back(DerivedCondition(concerned.empty() ? "false" : concerned, "concerned"));
  return list;
}

OwnJson Conditions::ForRoot() const {
  OwnJson list = JsonList();
  if (const OwnJson* applies = MemberAt(context_.document, "scope").Find("applies");
      IsText(applies)) {
    list.items.push_back(ConditionOf(context_.names.ToFhir(applies->text), {}));
  }
  std::string stops;
  for (const OwnJson& row : MemberAt(context_.document, "gate").items) {
    stops += (stops.empty() ? "(" : " or (") + OfCells(MemberAt(row, "if")) + ")";
  }
  if (!stops.empty()) list.items.push_back(DerivedCondition(Unless(stops), "gate"));
  return list;
}

OwnJson Conditions::ForNeed(const OwnJson& table) const {
  std::string any;
  for (const OwnJson& rule : MemberAt(table, "rules").items) {
    any += (any.empty() ? "(" : " or (") + OfRule(table, rule) + ")";
  }
  return JsonList({DerivedCondition("(" + any + ").empty()", "need-data")});
}

OwnJson Conditions::Never() { return JsonList({DerivedCondition("false", "unreached")}); }

bool Conditions::SaysCells(const OwnJson& cells) const {
  return cells.type == JsonType::kObject && !cells.members.empty() &&
         std::ranges::all_of(cells.members, [](const auto& each) { return IsText(&each.second); });
}

bool Conditions::SaysWhen(const std::string& when) const {
  return FitsString(when) && context_.names.ToFile(context_.names.ToFhir(when)) == when;
}

std::vector<std::string> Conditions::PutAsideBy(const std::string& id) const {
  std::vector<std::string> ids;
  for (const OwnJson& table : MemberAt(context_.document, "tables").items) {
    for (const OwnJson& rule : MemberAt(table, "rules").items) {
      const bool names =
          std::ranges::any_of(std::array{"replaces", "demotes"}, [&](const char* list) {
            const std::vector<std::string> others = TextList(rule.Find(list));
            return std::ranges::find(others, id) != others.end();
          });
      if (names) ids.push_back(TextAt(rule, "id"));
    }
  }
  return ids;
}

bool Conditions::IsTreatment(const std::string& action) const {
  const std::string& kind =
      TextAt(MemberAt(MemberAt(context_.document, "actions"), action), "kind");
  return kind.empty() || kind == "treatment";
}

bool Conditions::Concerns(const OwnJson& check, const OwnJson& rule, const OwnJson& option) const {
  const std::vector<std::string> actions = TextList(check.Find("for"));
  const std::vector<std::string> rules = TextList(check.Find("rules"));
  const std::string& action = TextAt(option, "action");
  const auto holds = [](const auto& list, const std::string& name) {
    return std::ranges::find(list, name) != list.end();
  };
  if (!rules.empty()) return holds(rules, TextAt(rule, "id"));
  return actions.empty() ? !action.empty() && IsTreatment(action) : holds(actions, action);
}

std::vector<std::string> Conditions::Concerned(const OwnJson& check) const {
  std::vector<std::string> ids;
  for (const OwnJson& table : MemberAt(context_.document, "tables").items) {
    for (const OwnJson& rule : MemberAt(table, "rules").items) {
      const auto& options = MemberAt(MemberAt(rule, "then"), "options").items;
      const bool concerned = std::ranges::any_of(
          options, [&](const OwnJson& option) { return Concerns(check, rule, option); });
      if (concerned) ids.push_back(TextAt(rule, "id"));
    }
  }
  return ids;
}

}  // namespace renal::pathways::internal
