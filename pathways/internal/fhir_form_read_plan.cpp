#include <algorithm>
#include <map>

#include "pathways/internal/fhir_form_import.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

/// Tables out of the actions of any PlanDefinition: a group is a table, an action with conditions
/// a rule, an action without further ones an option.
class PlanImport {
 public:
  PlanImport(ImportContext& context, OwnJson& actions) : context_(context), actions_(actions) {}

  void Run();
  std::vector<OwnJson> tables;
  std::vector<std::string> start;

 private:
  std::string AddTable(const std::vector<const OwnJson*>& rules, const OwnJson* group,
                       const std::string& otherwise);
  OwnJson RuleOf(const OwnJson& action);
  OwnJson ThenOf(const OwnJson& action);
  OwnJson OptionOf(const OwnJson& action);
  void AddOption(OwnJson& options, OwnJson& with, const OwnJson& action);
  std::string ActionFor(const OwnJson& element);
  /// A name that the format allows and nothing has yet.
  std::string Unique(const std::string& wanted, const std::string& otherwise);

  ImportContext& context_;
  OwnJson& actions_;
  std::set<std::string> names_;
  std::map<std::string, int> numbers_;  // the last one behind a name
  std::map<std::pair<std::string, std::string>, std::string> made_;  // ids by title and definition
};

bool HasConditions(const OwnJson& action) { return !MemberAt(action, "condition").items.empty(); }

bool DecidesInside(const OwnJson& action) {
  return std::ranges::any_of(MemberAt(action, "action").items, [](const OwnJson& inner) {
    return HasConditions(inner) || DecidesInside(inner);
  });
}

std::vector<const OwnJson*> Inner(const OwnJson& element) {
  std::vector<const OwnJson*> list;
  for (const OwnJson& action : MemberAt(element, "action").items) list.push_back(&action);
  return list;
}

void PlanImport::Run() {
  for (const auto& [id, action] : actions_.members) made_[{TextAt(action, "title"), {}}] = id;
  std::vector<const OwnJson*> top = Inner(context_.plan);
  const OwnJson* only = top.size() == 1 && !HasConditions(*top[0]) ? top[0] : nullptr;
  if (only != nullptr && DecidesInside(*only)) top = Inner(*only);
  std::vector<const OwnJson*> rules;
  for (const OwnJson* action : top) {
    if (HasConditions(*action) || !DecidesInside(*action)) {
      rules.push_back(action);
    } else {
      start.push_back(AddTable(Inner(*action), action, "group"));
    }
  }
  if (!rules.empty()) start.push_back(AddTable(rules, only, "plan"));
}

std::string PlanImport::Unique(const std::string& wanted, const std::string& otherwise) {
  std::string name;
  for (const char c : wanted) name += IsName("a" + std::string(1, c)) ? c : '-';
  if (!IsName(name)) name = otherwise;
  name.resize(std::min<std::size_t>(name.size(), 56));
  std::string unique = name;
  for (int& i = numbers_[name]; !names_.insert(unique).second;) {
    unique = name + "-" + std::to_string(std::max(++i, 2));
  }
  return unique;
}

std::string PlanImport::AddTable(const std::vector<const OwnJson*>& rules, const OwnJson* group,
                                 const std::string& otherwise) {
  const OwnJson none = JsonObject();
  const OwnJson& element = group == nullptr ? none : *group;
  const std::string id = Unique(TextAt(element, "id"), otherwise);
  const OwnJson* behavior = FindExtensionUrl(
      element, "http://hl7.org/fhir/StructureDefinition/cqf-applicabilityBehavior");
  const bool any = behavior != nullptr && TextAt(*behavior, "valueCode") == "any";
  const std::string& title = TextAt(element, "title");
  OwnJson list = JsonList();
  OwnJson columns = JsonList();
  for (const OwnJson* rule : rules) {
    list.items.push_back(RuleOf(*rule));
    for (const auto& [column, cell] : MemberAt(list.items.back(), "if").members) {
      const bool known = std::ranges::any_of(
          columns.items, [&](const OwnJson& other) { return other.text == column; });
      if (!known) columns.items.push_back(JsonText(column));
    }
  }
  OwnJson table = JsonObject();
  Put(table, "id", id);
  Put(table, "title", title.empty() ? TextAt(context_.plan, "title") : title);
  Put(table, "hit", any ? "first" : "collect");
  table.members.emplace_back("columns", std::move(columns));
  table.members.emplace_back("rules", std::move(list));
  tables.push_back(std::move(table));
  return id;
}

OwnJson PlanImport::RuleOf(const OwnJson& action) {
  OwnJson rule = JsonObject();
  Put(rule, "id", Unique(TextAt(action, "id"), "rule"));
  ReadConditions(context_, action, {}, rule);
  rule.members.emplace_back("then", ThenOf(action));
  Put(rule, "because", TextAt(action, "description"));
  Put(rule, "cite", LabelsOf(action, "documentation"));
  return rule;
}

OwnJson PlanImport::ThenOf(const OwnJson& action) {
  OwnJson then = JsonObject();
  if (DecidesInside(action)) {
    const std::string next = AddTable(Inner(action), &action, "group");
    Put(then, "go", JsonList(std::vector<std::string>{next}));
    return then;
  }
  OwnJson options = JsonList();
  OwnJson with = JsonList();
  const std::vector<const OwnJson*> inner = Inner(action);
  if (inner.empty()) AddOption(options, with, action);
  for (const OwnJson* each : inner) AddOption(options, with, *each);
  Put(then, "options", std::move(options));
  Put(then, "with", std::move(with));
  const std::string& selection = TextAt(action, "selectionBehavior");
  const bool one = selection == "at-most-one" || selection == "exactly-one";
  Put(then, "choose", one ? "one" : selection == "any" || selection == "all" ? selection : "");
  if (!inner.empty()) Put(then, "summary", TextAt(action, "title"));
  return then;
}

void PlanImport::AddOption(OwnJson& options, OwnJson& with, const OwnJson& action) {
  const std::vector<const OwnJson*> inner = Inner(action);
  OwnJson option = JsonObject();
  Put(option, "action", ActionFor(inner.empty() ? action : *inner[0]));
  const OwnJson* strength = FindExtension(action, "strength");
  // No word of the source says how strong it is, and none is put in its mouth.
  Put(option, "strength", strength == nullptr ? "info" : TextAt(*strength, "valueCode"));
  options.items.push_back(std::move(option));
  for (std::size_t i = 1; i < inner.size(); ++i) {
    const std::string id = ActionFor(*inner[i]);
    const bool known =
        std::ranges::any_of(with.items, [&](const OwnJson& other) { return other.text == id; });
    if (!known) with.items.push_back(JsonText(id));
  }
}

std::string PlanImport::ActionFor(const OwnJson& element) {
  std::string known = ActionOf(context_, element);
  if (!known.empty()) return known;
  const std::string& canonical = TextAt(element, "definitionCanonical");
  const std::string& title = TextAt(element, "title");
  const auto [made, is_new] = made_.try_emplace({title, canonical});
  if (!is_new) return made->second;
  std::string id = made->second = Unique(title, "action");
  OwnJson action = JsonObject();
  Put(action, "title", title.empty() ? canonical : title);
  Put(action, "kind", "information");
  Put(action, "text", TextAt(element, "description"));
  Put(action, "x-definition", canonical);
  actions_.members.emplace_back(id, std::move(action));
  return id;
}

// --- Types of inputs, from what they are compared with

struct Use {
  std::string type, unit;
  std::string like;  ///< a parameter that it is compared with, in FHIR's spelling
  std::vector<std::string> codes;
};

class Uses {
 public:
  void Read(const std::string& expression);
  void Apply(const ImportContext& context, const OwnJson& parameters, OwnJson& inputs) const;

 private:
  using Token = ExpressionToken;
  void Compare(const std::string& variable, const std::vector<Token>& tokens, std::size_t at);
  std::map<std::string, Use> uses_;
};

void Uses::Read(const std::string& expression) {
  std::vector<Token> tokens;
  for (const Token& token : TokensOf(expression)) {
    if (token.kind != Token::Kind::kBlank) tokens.push_back(token);
  }
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    const bool compared =
        tokens[i].kind == Token::Kind::kVariable &&
        std::string_view("<= >= !=").find(tokens[i + 1].text) != std::string_view::npos;
    if (compared) Compare(std::string(tokens[i].text.substr(1)), tokens, i + 2);
  }
}

void Uses::Compare(const std::string& variable, const std::vector<Token>& tokens, std::size_t at) {
  Use& use = uses_[variable];
  const Token& token = tokens[at];
  if (token.kind == Token::Kind::kString) {
    use.type = "Code";
    const std::string code = TextOfLiteral(token.text);
    if (std::ranges::find(use.codes, code) == use.codes.end()) use.codes.push_back(code);
  } else if (token.kind == Token::Kind::kVariable) {
    use.like = token.text.substr(1);
  } else if (token.kind == Token::Kind::kDate) {
    use.type = "Date";
  } else if (token.kind == Token::Kind::kNumber) {
    const bool unit = at + 1 < tokens.size() && tokens[at + 1].kind == Token::Kind::kString;
    if (unit && use.unit.empty()) use.unit = TextOfLiteral(tokens[at + 1].text);
    const bool whole = token.text.find('.') == std::string_view::npos;
    if (unit) use.type = "Quantity";
    if (!unit && (use.type.empty() || !whole)) use.type = whole ? "Integer" : "Decimal";
  }
}

// A constant tells more than the type of a parameter, which may be changed.
void CompleteFrom(const OwnJson& parameter, Use& use) {
  if (!use.type.empty()) return;
  use.type = TextAt(parameter, "type");
  const std::string& value = TextAt(parameter, "value");
  const std::size_t quote = value.find('\'');
  if (use.type == "Quantity" && quote != std::string::npos) {
    use.unit = TextOfLiteral(std::string_view(value).substr(quote));
  }
  if (use.type == "Code") use.codes.push_back(value);
}

void Uses::Apply(const ImportContext& context, const OwnJson& parameters, OwnJson& inputs) const {
  for (auto& [name, input] : inputs.members) {
    const auto found = uses_.find(context.names.Variable(name));
    Use use = found == uses_.end() ? Use() : found->second;
    const std::string like = context.names.ToFile("%" + use.like).substr(1);
    CompleteFrom(MemberAt(parameters, like), use);
    Put(input, "type", use.type.empty() ? "Boolean" : use.type);
    Put(input, "unit", use.unit);
    OwnJson values = JsonObject();
    for (const std::string& code : use.codes) Put(values, code, code);
    Put(input, "values", std::move(values));
  }
}

void ReadUses(const OwnJson& action, Uses& uses) {
  for (const OwnJson& condition : MemberAt(action, "condition").items) {
    uses.Read(TextAt(MemberAt(condition, "expression"), "expression"));
  }
  for (const OwnJson& inner : MemberAt(action, "action").items) ReadUses(inner, uses);
}

}  // namespace

void ReadPlan(ImportContext& context, OwnJson& file) {
  OwnJson actions = ReadActions(context);
  OwnJson inputs = ReadInputs(context);
  Uses uses;
  for (const OwnJson& action : MemberAt(context.plan, "action").items) ReadUses(action, uses);
  uses.Apply(context, MemberAt(file, "parameters"), inputs);
  PlanImport import(context, actions);
  import.Run();
  file.members.emplace_back("inputs", std::move(inputs));
  file.members.emplace_back("actions", std::move(actions));
  Put(file, "start", JsonList(import.start));
  std::ranges::reverse(import.tables);
  file.members.emplace_back("tables", JsonList(std::move(import.tables)));
}

}  // namespace renal::pathways::internal
