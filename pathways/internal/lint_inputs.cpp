#include <algorithm>
#include <functional>
#include <set>
#include <string_view>

#include "fhir/fhirpath.h"
#include "pathways/internal/cell_parser.h"
#include "pathways/internal/lint.h"
#include "pathways/internal/loader.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

bool IsNumber(Type type) {
  return type == Type::kQuantity || type == Type::kInteger || type == Type::kDecimal;
}

const OwnJson& InputNode(const LintFile& file, const Input& input) {
  return MemberOr(MemberOr(file.root(), "inputs"), input.name);
}

// L403: what is plausible, and how long a measured number speaks.
void LintRange(LintFile& file, const Input& input) {
  const OwnJson& node = InputNode(file, input);
  if (IsNumber(input.type) && (!input.min || !input.max)) {
    file.found.Warn(node, "L403",
                    "input " + Quoted(input.name) + " is a number without " +
                        (input.min   ? "\"max\""
                         : input.max ? "\"min\""
                                     : "\"min\" and \"max\"") +
                        ", so no mistyped value is noticed. Add what is plausible.");
  }
  const bool measured = std::any_of(
      input.sources.begin(), input.sources.end(),
      [](const SourceOfInput& source) { return source.from == "Observation" && !source.ageless; });
  if (!IsNumber(input.type) || !measured || !input.age.empty()) return;
  file.found.Warn(
      node, "L403",
      "input " + Quoted(input.name) + " is measured, but any age of it counts. Add \"maxAge\".");
}

// Codes that some source or the assumption gives; all of them where a source reads values.
std::set<std::size_t> Reached(const Input& input) {
  std::set<std::size_t> codes;
  for (const SourceOfInput& source : input.sources) {
    for (const auto& entry : source.map) codes.insert(entry.code);
    for (std::size_t i = 0; source.value && i < input.values.size(); ++i) codes.insert(i);
  }
  return codes;
}

void LintCodes(LintFile& file, const Input& input) {
  if (input.IsDerived() || input.values.empty()) return;
  const auto reached = Reached(input);
  const auto assumed = [&](std::size_t code) {
    return input.if_none && input.if_none->value.IsCode() && input.if_none->value.code() == code;
  };
  const OwnJson& node = InputNode(file, input);
  if (input.type == Type::kBoolean && reached == std::set<std::size_t>{1} && assumed(0)) {
    file.found.Warn(MemberOr(node, "ifNone"), "L406",
                    "input " + Quoted(input.name) +
                        " is false only because nothing is on record. Add a source that can say "
                        "no, or leave it unknown.");
  }
  std::string lacking;
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    if (reached.contains(i) || assumed(i)) continue;
    lacking += (lacking.empty() ? "" : ", ") + Quoted(input.values[i].first);
  }
  if (lacking.empty()) return;
  file.found.Warn(MemberOr(node, "sources"), "L404",
                  "no source of input " + Quoted(input.name) + " gives " + lacking +
                      ". Add it to a \"map\", or remove it from \"values\".");
}

// ---- L405: the same code in two sets of one map

using Sets = std::vector<const fhir::ValueSet*>;

// The value sets that an expression names.
Sets SetsOf(const Pathway& pathway, const std::string& text) {
  Sets sets;
  fhir::fhirpath::CompileOptions options;
  options.variables = pathway.variables;
  options.value_set = [&](std::string_view name) {
    const fhir::ValueSet* set = pathway.FindValueSet(name);
    if (set != nullptr) sets.push_back(set);
    return set;
  };
  fhir::fhirpath::Compile(text, options);
  return sets;
}

// A code that is in a set of `entry` and in one of an earlier entry with another value. `steps`:
// codes that may still be compared.
std::string Shared(const Sets& earlier, const Sets& entry, std::size_t& steps) {
  for (const fhir::ValueSet* a : earlier) {
    for (const fhir::ValueSet* b : entry) {
      if (a == b) continue;  // the criteria say more than the set
      for (const fhir::Concept& code : b->concepts()) {
        if (steps == 0) return {};
        --steps;
        if (a->Contains(code.system, code.code)) return code.code;
      }
    }
  }
  return {};
}

void LintMap(LintFile& file, const OwnJson& map, const std::string& what, std::size_t& steps) {
  std::vector<std::pair<std::string, Sets>> entries;
  for (const OwnJson& node : map.items) {
    const OwnJson* when = node.Find("when");
    const OwnJson* to = node.Find("to");
    if (when == nullptr || to == nullptr) continue;
    Sets sets = SetsOf(file.pathway(), when->text);
    for (const auto& [value, earlier] : entries) {
      if (value == to->text || steps == 0) continue;
      --steps;
      const std::string code = Shared(earlier, sets, steps);
      if (code.empty()) continue;
      file.found.Warn(*when, "L405",
                      "code " + Quoted(code) + " gives " + Quoted(value) + " and " +
                          Quoted(to->text) + " in one map of " + what +
                          ": the first entry wins. Remove it from one of the value sets.");
      break;
    }
    entries.emplace_back(to->text, std::move(sets));
  }
}

// ---- L209

std::size_t Digits(const fhir::Decimal& value) {
  std::string digits;
  for (const char c : value.ToShortString()) {
    if (c >= '0' && c <= '9') digits += c;
  }
  digits.erase(0, digits.find_first_not_of('0'));
  while (digits.ends_with('0')) digits.pop_back();
  return digits.size();
}

// What a reader of the cell may be misled by; empty for nothing.
std::string Misleading(const Input& input, const std::string& text) {
  const auto quantity = fhir::ParseQuantity(text);
  if (!quantity || !input.unit || quantity->unit == *input.unit) return {};
  if (text.find('\'') == std::string::npos) {
    return Quoted(text) + " stands without unit beside " + Quoted(input.name) + ", which is in '" +
           input.unit->text() + "'. Write the unit.";
  }
  const auto converted = fhir::Convert(*quantity, *input.unit);
  if (!converted || fhir::Compare(*converted, *quantity) != std::strong_ordering::equal) return {};
  if (Digits(converted->value) > Digits(quantity->value)) return {};
  const std::string shown = converted->value.ToShortString() + " '" + input.unit->text() + "'";
  return Quoted(text) + " is " + shown + ", which the reader of the column looks for. Write it so.";
}

void LintCell(LintFile& file, const Input& input, const OwnJson& node) {
  const auto parsed = ParseCell(node.text);
  const auto* tests = std::get_if<std::vector<CellTest>>(&parsed);
  if (tests == nullptr) return;
  for (const CellTest& test : *tests) {
    for (const CellConstant* constant : {&test.value, &test.high}) {
      if (constant->kind != CellConstant::Kind::kNumber || constant->text.empty()) continue;
      const std::string message = Misleading(input, constant->text);
      if (message.empty()) continue;
      file.found.Add(file.found.Inside(node, constant->at), LoadProblem::Level::kWarning, "L209",
                     message);
    }
  }
}

// Every object that holds cells, wherever it stands: members have these names for nothing else.
// Recursion is bounded by the depth of the file.
void ForEachCellObject(const OwnJson& node, const std::function<void(const OwnJson&)>& visit) {
  for (const auto& [name, value] : node.members) {
    if (name == "resource" || name.starts_with("x-")) continue;  // FHIR, or anything
    const bool cells =
        name == "if" || name == "unless" || name == "askUnless" || name == "onlyIf";
    if (cells) visit(value);
    if (name == "showWhen") std::ranges::for_each(value.items, visit);
    ForEachCellObject(value, visit);
  }
  for (const OwnJson& item : node.items) ForEachCellObject(item, visit);
}

}  // namespace

void LintInputs(LintFile& file) {
  for (const Input& input : file.pathway().inputs) {
    if (input.if_none) {
      file.found.Warn(MemberOr(InputNode(file, input), "ifNone"), "L402",
                      "input " + Quoted(input.name) +
                          " is assumed where nothing is on record. Accept this with the reason, "
                          "or leave it unknown.");
    }
    LintRange(file, input);
    LintCodes(file, input);
  }
}

void LintMaps(LintFile& file) {
  std::size_t steps = 20'000'000;
  for (const auto& [name, input] : MemberOr(file.root(), "inputs").members) {
    for (const OwnJson& source : MemberOr(input, "sources").items) {
      LintMap(file, MemberOr(source, "map"), "input " + Quoted(name), steps);
    }
  }
}

void LintConstants(LintFile& file) {
  ForEachCellObject(file.root(), [&](const OwnJson& cells) {
    for (const auto& [name, node] : cells.members) {
      const Index input = file.pathway().FindInput(name);
      if (input != kNone) LintCell(file, file.pathway().inputs[input], node);
    }
  });
}

}  // namespace renal::pathways::internal
