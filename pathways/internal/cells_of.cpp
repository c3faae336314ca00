#include "pathways/internal/cells_of.h"

namespace renal::pathways::internal {
namespace {

void VisitAll(const std::vector<Cell>& cells, bool decides, const CellVisitor& visit) {
  for (const Cell& cell : cells) visit(cell, decides);
}

}  // namespace

void ForEachCellOf(const Input& input, const CellVisitor& visit) {
  VisitAll(input.ask_unless, true, visit);
  if (input.if_none) VisitAll(input.if_none->unless, true, visit);
  for (const AgeLimit& limit : input.age) VisitAll(limit.when, true, visit);
  for (const SourceOfInput& source : input.sources) VisitAll(source.applies, true, visit);
  const bool decides = !input.information;
  VisitAll(input.only_if, decides, visit);
  for (const ClassRow& row : input.classes) VisitAll(row.cells, decides, visit);
  for (const ScoreItem& item : input.points) {
    for (const ScoreItem::Row& row : item.rows) VisitAll(row.cells, decides, visit);
  }
}

void ForEachCellBesideTables(const Pathway& pathway, const CellVisitor& visit) {
  for (const GateRow& row : pathway.gate) VisitAll(row.cells, true, visit);
  for (const Action& action : pathway.actions) VisitAll(action.match_presumed_if, true, visit);
  for (const Input& input : pathway.inputs) ForEachCellOf(input, visit);
}

void ForEachCell(const Pathway& pathway, const CellVisitor& visit) {
  ForEachCellBesideTables(pathway, visit);
  for (const Check& check : pathway.checks) VisitAll(check.cells, true, visit);
  for (const Table& table : pathway.tables) {
    for (const Rule& rule : table.rules) VisitAll(rule.cells, true, visit);
  }
}

void ForEachCell(Pathway& pathway, const std::function<void(Cell& cell)>& visit) {
  // They are cells of a pathway that may be changed.
  const Pathway& walked = pathway;
  ForEachCell(walked, [&](const Cell& cell, bool) { visit(const_cast<Cell&>(cell)); });
}

}  // namespace renal::pathways::internal
