#include <algorithm>
#include <optional>

#include "pathways/internal/fhir_form_cells.h"
#include "pathways/internal/fhir_form_export.h"
#include "pathways/internal/fhir_form_import.h"
#include "pathways/internal/fhir_form_parts.h"
#include "pathways/internal/json_tree.h"

namespace renal::pathways::internal {
namespace {

using fhir::OwnJson;

/// The condition that cells stand for, in FHIR's spelling.
std::string ExpressionOf(const ImportContext& context, const OwnJson& cells,
                         std::vector<std::string> columns) {
  if (columns.empty()) {
    for (const auto& [column, cell] : cells.members) columns.push_back(column);
  }
  std::string whole;
  for (const std::string& column : columns) {
    const OwnJson* cell = cells.Find(column);
    if (!IsText(cell)) continue;
    const CellForm form{context.names.Variable(column),
                        [&](std::string_view name) { return context.names.Variable(name); },
                        [&](std::string_view name) { return context.code_sets.contains(name); }};
    const auto part = ConditionOfCell(cell->text, form);
    if (part && *part != "true") whole += (whole.empty() ? "" : " and ") + *part;
  }
  return whole.empty() ? "true" : whole;
}

/// Cells as the file spells their variables.
OwnJson InFile(const ImportContext& context, const CellList& cells) {
  OwnJson object = JsonObject();
  for (const auto& [column, cell] : cells) {
    std::string name = context.names.ToFile("%" + column);
    // A cell names parameters as an expression does.
    object.members.emplace_back(name.substr(1), JsonText(context.names.ToFile(cell)));
  }
  return object;
}

class ConditionImport {
 public:
  ConditionImport(ImportContext& context, const std::vector<std::string>& columns, OwnJson& rule)
      : context_(context), columns_(columns), rule_(rule) {}

  void Add(const OwnJson& condition);
  void Finish();

 private:
  void AddCql(const OwnJson& expression);
  void AddText(const std::string& text);
  void AddWhen(const std::string& text);
  void AddCells(const OwnJson& cells);

  ImportContext& context_;
  const std::vector<std::string>& columns_;
  OwnJson& rule_;
  OwnJson cells_ = JsonObject();
  std::string when_;
  bool several_ = false;
};

void ConditionImport::Add(const OwnJson& condition) {
  const std::string& kind = TextAt(condition, "kind");
  if (!DerivedFrom(condition).empty() || (!kind.empty() && kind != "applicability")) return;
  const OwnJson& expression = MemberAt(condition, "expression");
  if (TextAt(expression, "language") != kFhirPath) return AddCql(expression);
  const std::string& text = TextAt(expression, "expression");
  const OwnJson cells = ObjectOfExtension(condition, "cells");
  // In an export of ours, cells have their extension: what has none was written as an expression.
  if (cells.members.empty()) return context_.ours ? AddWhen(text) : AddText(text);
  if (ExpressionOf(context_, cells, columns_) == text) return AddCells(cells);
  context_.problems.Warn(expression, "L701",
                         "the condition is another one than the cells beside it. The condition is "
                         "taken; change the cells too.");
  AddText(text);
}

void ConditionImport::AddCql(const OwnJson& expression) {
  context_.cql = true;
  const std::string& language = TextAt(expression, "language");
  context_.problems.Warn(expression, "L702",
                         "a condition is written in " + Quoted(language) +
                             ", which is not executed here. Write it in FHIRPath; until then it "
                             "is unknown.");
  Put(rule_, "x-cql", TextAt(expression, "expression"));
  when_ = when_.empty() ? "{}" : "(" + when_ + ") and {}";
}

void ConditionImport::AddText(const std::string& text) {
  const auto is_parameter = [&](std::string_view name) {
    return context_.parameters.contains(name);
  };
  const auto cells = CellsOfCondition(text, is_parameter);
  const bool again =
      cells && std::ranges::any_of(*cells, [&](const auto& cell) {
        return cells_.Find(context_.names.ToFile("%" + cell.first).substr(1)) != nullptr;
      });
  if (cells && !again) return AddCells(InFile(context_, *cells));
  AddWhen(text);
}

void ConditionImport::AddWhen(const std::string& text) {
  const std::string when = context_.names.ToFile(text);
  if (when_.empty()) {
    when_ = when;
    return;
  }
  when_ = (several_ ? when_ : "(" + when_ + ")") + " and (" + when + ")";
  several_ = true;
}

void ConditionImport::AddCells(const OwnJson& cells) {
  for (const auto& [column, cell] : cells.members) cells_.members.emplace_back(column, cell);
}

void ConditionImport::Finish() {
  Put(rule_, "if", std::move(cells_));
  Put(rule_, "when", when_);
}

}  // namespace

void ReadConditions(ImportContext& context, const OwnJson& element,
                    const std::vector<std::string>& columns, OwnJson& rule) {
  ConditionImport import(context, columns, rule);
  for (const OwnJson& condition : MemberAt(element, "condition").items) import.Add(condition);
  import.Finish();
}

}  // namespace renal::pathways::internal
