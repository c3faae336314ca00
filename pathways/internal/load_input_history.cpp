#include <algorithm>

#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::JsonType;
using fhir::OwnJson;

const std::vector<std::string> kPicks = {"latest", "earliest", "max",
                                         "min",    "any-true", "all-true"};
const std::vector<std::string> kTies = {"conflict", "max", "min"};
const std::vector<std::string> kMerges = {"first-source", "all-sources"};
const std::vector<std::string> kOf = {"all sources", "one source"};

// Index of a code of the input; nothing and a problem for another word.
std::optional<std::size_t> CodeOf(Loader& loader, const Input& input, const OwnJson& node) {
  if (TextOf(node, "a code", loader.problems) == nullptr) return std::nullopt;
  std::vector<std::string> codes;
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    if (input.values[i].first == node.text) return i;
    codes.push_back(input.values[i].first);
  }
  loader.problems.Error(node, "L102",
                        Quoted(node.text) + " is no value of input " + Quoted(input.name) + "." +
                            loader.problems.Suggestion(node.text, codes));
  return std::nullopt;
}

void LoadPick(Loader& loader, Fields& fields, Input& input) {
  input.merge_all = fields.Word("merge", kMerges).value_or(0) == 1;
  input.ties = static_cast<Ties>(fields.Word("ties", kTies).value_or(0));
  input.pick = static_cast<Pick>(fields.Word("pick", kPicks).value_or(0));
  const bool truth = input.pick == Pick::kAnyTrue || input.pick == Pick::kAllTrue;
  if (!truth || input.type == Type::kBoolean) return;
  loader.problems.Error(
      fields.At("pick"), "L101",
      fields.what() + " is no Boolean, so none of its values is true. Use another \"pick\".");
}

// The types of the resources that give candidates; those that could not be read are left out.
std::vector<std::string> SourceTypes(const Input& input) {
  std::vector<std::string> types;
  for (const SourceOfInput& source : input.sources) {
    const bool known = std::find(types.begin(), types.end(), source.from) != types.end();
    if (!known && !source.from.empty()) types.push_back(source.from);
  }
  return types;
}

void LoadPreference(Loader& loader, Fields& fields, Input& input, const Scope& scope) {
  const OwnJson* node = fields.Object("prefer");
  if (node == nullptr) return;
  Fields prefer(*node, "\"prefer\" of " + fields.what(), loader.problems);
  Preference preference;
  if (const OwnJson* within = prefer.String("within", Need::kRequired)) {
    preference.within_days = DurationOf(loader, *within).value_or(0);
  }
  for (const OwnJson& item : prefer.Items("order", Need::kRequired)) {
    Fields entry(item, "a class of " + prefer.what(), loader.problems);
    Preference::Class compiled;
    compiled.title = entry.Text("title", Need::kRequired);
    auto when =
        ExpressionOf(loader, entry, "when", scope, Condition(SourceTypes(input)), Need::kRequired);
    if (when) compiled.when = std::move(*when);
    preference.order.push_back(std::move(compiled));
  }
  input.prefer = std::move(preference);
}

void LoadLimits(Loader& loader, Fields& conflict, const Input& input, ConflictRule& rule) {
  for (const OwnJson& item : conflict.Items("limits")) {
    if (auto limit = ConstantOf(loader, item, input.type, input.unit))
      rule.limits.push_back(*limit);
  }
  if (conflict.Has("limits") && !IsOrdered(input.type)) {
    loader.problems.Error(
        conflict.At("limits"), "L101",
        "input " + Quoted(input.name) + " has no order. Write \"pairs\" of codes.");
  }
}

void LoadPairs(Loader& loader, Fields& conflict, const Input& input, ConflictRule& rule) {
  for (const OwnJson& item : conflict.Items("pairs")) {
    if (item.type != JsonType::kArray || item.items.size() != 2) {
      loader.problems.Error(item, "L101", "a pair holds two codes. Write it as [\"a\", \"b\"].");
      continue;
    }
    const auto first = CodeOf(loader, input, item.items[0]);
    const auto second = CodeOf(loader, input, item.items[1]);
    if (first && second) rule.pairs.emplace_back(*first, *second);
  }
}

void LoadConflict(Loader& loader, Fields& fields, Input& input) {
  // The short form: any difference within that time.
  if (const OwnJson* within = fields.String("conflictWithin")) {
    input.conflict = ConflictRule{DurationOf(loader, *within).value_or(0)};
    if (fields.Has("conflict")) {
      loader.problems.Error(
          *within, "L101",
          fields.what() + " has \"conflict\" and \"conflictWithin\". Keep one of them.");
    }
  }
  const OwnJson* node = fields.Object("conflict");
  if (node == nullptr) return;
  Fields conflict(*node, "\"conflict\" of " + fields.what(), loader.problems);
  ConflictRule rule;
  if (const OwnJson* within = conflict.String("within", Need::kRequired)) {
    rule.within_days = DurationOf(loader, *within).value_or(0);
  }
  LoadLimits(loader, conflict, input, rule);
  LoadPairs(loader, conflict, input, rule);
  rule.per_source = conflict.Word("of", kOf).value_or(0) == 1;
  input.conflict = std::move(rule);
}

AgeLimit LoadAgeLimit(Loader& loader, const OwnJson& node, const Scope& scope) {
  Fields fields(node, "an age limit of " + scope.what, loader.problems);
  AgeLimit age;
  age.when = CellsOf(loader, fields.Object("if"), scope);
  if (const OwnJson* fresh = fields.String("fresh")) age.fresh_days = DurationOf(loader, *fresh);
  if (const OwnJson* limit = fields.String("limit")) age.limit_days = DurationOf(loader, *limit);
  if (age.fresh_days && age.limit_days && *age.fresh_days > *age.limit_days) {
    loader.problems.Error(node, "L101",
                          fields.what() + " is fresh beyond its limit. Exchange the two.");
  }
  if (!fields.Has("fresh") && !fields.Has("limit")) {
    loader.problems.Error(node, "L101",
                          fields.what() + " limits nothing. Write \"fresh\" or \"limit\".");
  }
  return age;
}

void LoadAge(Loader& loader, Fields& fields, Input& input, const Scope& scope) {
  const OwnJson* node = fields.Any("maxAge");
  if (node == nullptr) return;
  if (node->type != JsonType::kArray) {
    if (const auto days = DurationOf(loader, *node)) input.age.push_back({{}, std::nullopt, days});
    return;
  }
  for (const OwnJson& item : node->items) {
    if (&item != &node->items.front() && (&item - 1)->Find("if") == nullptr) {
      loader.problems.Error(item, "L101",
                            "an age limit without \"if\" stands before this one, which is never "
                            "reached. Put it last.");
    }
    input.age.push_back(LoadAgeLimit(loader, item, scope));
  }
}

std::optional<Value> ValueOf(Loader& loader, const Input& input, const OwnJson& node) {
  if (!IsOrdered(input.type)) {
    const auto code = CodeOf(loader, input, node);
    return code ? std::optional<Value>(Value::Code(*code)) : std::nullopt;
  }
  const auto constant = ConstantOf(loader, node, input.type, input.unit);
  if (!constant) return std::nullopt;
  return Value::Ordered(Interval::Point(*constant));
}

void LoadIfNone(Loader& loader, Fields& fields, Input& input, const Scope& scope) {
  const OwnJson* node = fields.Object("ifNone");
  if (node == nullptr) return;
  Fields none(*node, "\"ifNone\" of " + fields.what(), loader.problems);
  IfNone rule;
  const OwnJson* value = none.String("value", Need::kRequired);
  if (value != nullptr) rule.value = ValueOf(loader, input, *value).value_or(Value::Code(0));
  rule.why = none.Text("why", Need::kRequired);
  rule.assumption = FilledText(loader, none, "assumption");
  rule.unless = CellsOf(loader, none.Object("unless"), scope);
  input.if_none = std::move(rule);
}

// A derived input has no candidates: what chooses among them would be read and never used.
void CheckDerived(Loader& loader, Fields& fields) {
  for (const char* name : {"pick", "ties", "merge", "conflict", "conflictWithin", "maxAge",
                           "prefer", "preferStatus", "statusNote"}) {
    if (!fields.Has(name)) continue;
    loader.problems.Error(
        fields.At(name), "L101",
        fields.what() + " is derived, so it has no candidates. Remove " + Quoted(name) + ".");
  }
}

}  // namespace

void LoadHistory(Loader& loader, Fields& fields, Input& input, const Scope& scope) {
  LoadPick(loader, fields, input);
  input.prefer_status =
      ExpressionOf(loader, fields, "preferStatus", scope, Condition(SourceTypes(input)));
  input.status_note = fields.Text("statusNote");
  LoadPreference(loader, fields, input, scope);
  LoadConflict(loader, fields, input);
  LoadAge(loader, fields, input, scope);
  LoadIfNone(loader, fields, input, scope);
  std::vector<Index>& reads = *scope.reads;
  std::sort(reads.begin(), reads.end());
  reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
  input.depends_on = reads;
  Scope asking = scope;
  asking.reads = nullptr;  // whether it is asked for does not change what it is
  input.ask_unless = CellsOf(loader, fields.Object("askUnless"), asking);
  if (fields.Has("derive") || input.IsDerived()) CheckDerived(loader, fields);
}

}  // namespace renal::pathways::internal
