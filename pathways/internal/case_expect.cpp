#include "pathways/internal/case_expect.h"

#include <algorithm>
#include <array>
#include <set>

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;
using Texts = std::vector<std::string>;

const std::array<std::string, 6> kOutcomes = {"recommendation", "need-data", "out-of-scope",
                                              "not-applicable", "conflict",  "error"};

template <class List, class Get>
Texts NamesOf(const List& list, const Get& get) {
  Texts names;
  for (const auto& entry : list) names.push_back(get(entry));
  return names;
}

class ExpectReader {
 public:
  ExpectReader(const Pathway& pathway, Problems& problems)
      : pathway_(pathway), problems_(problems) {
    for (const Table& table : pathway.tables) {
      for (const Rule& rule : table.rules) rules_.push_back(rule.id);
    }
    result_rules_ = rules_;
    for (const Check& check : pathway.checks) {
      checks_.push_back(check.id);
      result_rules_.push_back(check.rule);
    }
    actions_ = NamesOf(pathway.actions, [](const Action& action) { return action.id; });
  }

  Expectation Read(const OwnJson& node);

 private:
  bool Known(const OwnJson& node, const std::string& name, const Texts& names, const char* kind);
  Expectation::Texts List(Fields& fields, const char* member, const Texts* names, const char* kind);
  Expectation::Texts Inputs(Fields& fields, const char* member);
  bool KnownInput(const OwnJson& node, const std::string& name);
  void ReadRules(Fields& fields, Expectation& expected);
  void ReadOptions(Fields& fields, Expectation& expected);
  void ReadChecks(Fields& fields, Expectation& expected);
  void ReadInputs(Fields& fields, Expectation& expected);
  void ReadResults(Fields& fields, Expectation& expected);
  void ReadCards(Fields& fields, Expectation& expected);

  const Pathway& pathway_;
  Problems& problems_;
  Texts rules_, result_rules_, checks_, actions_;
};

// Names may carry a focus: "partial_nephrectomy@left".
bool ExpectReader::Known(const OwnJson& node, const std::string& name, const Texts& names,
                         const char* kind) {
  const std::string plain = name.substr(0, name.find('@'));
  if (std::ranges::find(names, plain) != names.end()) return true;
  const std::string hint = problems_.Suggestion(plain, names);
  problems_.Error(node, "L102",
                  Quoted(name) + " is no " + kind + " of the pathway." +
                      (hint.empty() ? " Correct its name." : hint));
  return false;
}

bool ExpectReader::KnownInput(const OwnJson& node, const std::string& name) {
  if (FindInputName(pathway_, name)) return true;
  problems_.Error(
      node, "L102",
      Quoted(name) + " is no input of the pathway, or no focus of it. Correct its name.");
  return false;
}

Expectation::Texts ExpectReader::List(Fields& fields, const char* member, const Texts* names,
                                      const char* kind) {
  if (fields.Array(member) == nullptr) return std::nullopt;
  Texts list;
  for (const OwnJson& item : fields.Items(member)) {
    const std::string* text = TextOf(item, std::string("an element of ") + member, problems_);
    if (text == nullptr) continue;
    if (names == nullptr || Known(item, *text, *names, kind)) list.push_back(*text);
  }
  return list;
}

Expectation::Texts ExpectReader::Inputs(Fields& fields, const char* member) {
  auto list = List(fields, member, nullptr, "");
  for (const OwnJson& item : fields.Items(member)) KnownInput(item, item.text);
  return list;
}

void ExpectReader::ReadRules(Fields& fields, Expectation& expected) {
  expected.rules = List(fields, "rules", &rules_, "rule");
  const OwnJson* rule = fields.String("rule");
  if (rule == nullptr || !Known(*rule, rule->text, rules_, "rule")) return;
  if (expected.rules) {
    problems_.Error(*rule, "L101", "\"rule\" and \"rules\" say the same. Remove one of them.");
  }
  expected.rules = Texts{rule->text};
}

void ExpectReader::ReadOptions(Fields& fields, Expectation& expected) {
  if (fields.Object("options") == nullptr) return;
  expected.options.emplace();
  for (const auto& [action, node] : fields.Members("options")) {
    OwnJson at = node;
    at.at = node.name_at;
    const std::string* strength = TextOf(node, "a strength", problems_);
    if (strength == nullptr || !Known(at, action, actions_, "action")) continue;
    expected.options->emplace_back(action, *strength);
  }
}

void ExpectReader::ReadChecks(Fields& fields, Expectation& expected) {
  for (const auto& [check, node] : fields.Members("checks")) {
    OwnJson at = node;
    at.at = node.name_at;
    if (!Known(at, check, checks_, "check")) continue;
    if (node.type == JsonType::kNull) {
      expected.checks.emplace_back(check, Truth::kUnknown);
    } else if (node.type == JsonType::kBoolean) {
      expected.checks.emplace_back(check, node.boolean ? Truth::kTrue : Truth::kFalse);
    } else {
      problems_.Error(node, "L101", "a check is true, false or null (unknown). Write one of them.");
    }
  }
}

void ExpectReader::ReadInputs(Fields& fields, Expectation& expected) {
  for (const auto& [name, node] : fields.Members("inputs")) {
    OwnJson at = node;
    at.at = node.name_at;
    if (!KnownInput(at, name)) continue;
    ExpectedInput input;
    input.name = name;
    input.input = *FindInputName(pathway_, name);
    if (node.type != JsonType::kObject) {
      input.value = WrittenIn(node);
    } else {
      Fields members(node, "input " + Quoted(name), problems_);
      if (members.Has("state")) input.state = members.Text("state");
      if (members.Has("reason")) input.reason = members.Text("reason");
      if (const OwnJson* value = members.Any("value")) input.value = WrittenIn(*value);
    }
    const bool wrong = input.value && input.value->kind != Written::Kind::kNull &&
                       !ReadWritten(pathway_.inputs[input.input.input], *input.value);
    if (wrong) {
      problems_.Error(
          node, "L208",
          "this is no value of input " + Quoted(name) + ". Write one of its type, with its unit.");
    }
    expected.inputs.push_back(std::move(input));
  }
}

void ExpectReader::ReadResults(Fields& fields, Expectation& expected) {
  for (const OwnJson& node : fields.Items("results")) {
    Fields members(node, "an expected result", problems_);
    ExpectedResult result;
    const auto text = [&](const char* name) -> std::optional<std::string> {
      if (!members.Has(name)) return std::nullopt;
      return members.Text(name);
    };
    result.rule = text("rule");
    result.action = text("action");
    result.strength = text("strength");
    result.tier = text("tier");
    result.determination = text("determination");
    result.focus = text("focus");
    if (members.Has("mdtRequired")) result.mdt_required = members.Flag("mdtRequired");
    if (members.Has("orderable")) result.orderable = members.Flag("orderable");
    result.missing = List(members, "missing", nullptr, "");
    if (result.rule) Known(members.At("rule"), *result.rule, result_rules_, "rule");
    if (result.action) Known(members.At("action"), *result.action, actions_, "action");
    expected.results.push_back(std::move(result));
  }
}

void ExpectReader::ReadCards(Fields& fields, Expectation& expected) {
  const OwnJson* node = fields.Object("cards");
  if (node == nullptr) return;
  Fields members(*node, "\"cards\"", problems_);
  expected.card_count = members.Integer("count", 0, 1'000);
  expected.card_summaries = List(members, "summaries", nullptr, "");
}

Expectation ExpectReader::Read(const OwnJson& node) {
  Fields fields(node, "\"expect\"", problems_);
  const bool nothing = std::ranges::all_of(node.members, [](const auto& member) {
    return member.first == "note" || member.first.starts_with("x-");
  });
  if (nothing) {
    problems_.Error(node, "L101",
                    "the case expects nothing, so it can never fail. Write what it must give.");
  }
  Expectation expected;
  if (const auto word = fields.Word("outcome", kOutcomes)) expected.outcome = kOutcomes[*word];
  const OwnJson* gate = fields.Any("gate");
  if (gate != nullptr) {
    const Texts gates = NamesOf(pathway_.gate, [](const GateRow& row) { return row.id; });
    if (gate->type == JsonType::kNull) expected.gate = "";
    if (gate->type != JsonType::kNull && Known(*gate, gate->text, gates, "gate row")) {
      expected.gate = gate->text;
    }
  }
  ReadRules(fields, expected);
  ReadOptions(fields, expected);
  expected.with = List(fields, "with", &actions_, "action");
  expected.candidates = List(fields, "candidates", &rules_, "rule");
  expected.absent = List(fields, "absent", &result_rules_, "rule");
  expected.missing = Inputs(fields, "missing");
  expected.ask = Inputs(fields, "ask");
  expected.independent_of = Inputs(fields, "independentOf");
  expected.orders = List(fields, "orders", nullptr, "");
  ReadChecks(fields, expected);
  ReadInputs(fields, expected);
  ReadResults(fields, expected);
  ReadCards(fields, expected);
  return expected;
}

}  // namespace

Expectation ReadExpectation(const Pathway& pathway, const OwnJson& node, Problems& problems) {
  return ExpectReader(pathway, problems).Read(node);
}

}  // namespace renal::pathways::internal
