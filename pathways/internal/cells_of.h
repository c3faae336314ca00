#pragma once

#include <functional>

#include "pathways/pathway.h"

/// Walks over the cells of a pathway, wherever they stand.
namespace renal::pathways::internal {

/// `decides`: false for a cell of an input that only informs.
using CellVisitor = std::function<void(const Cell& cell, bool decides)>;

/// The cells of an input: when it is asked for, assumed, too old, from which sources it comes, how it
/// is worked out.
void ForEachCellOf(const Input& input, const CellVisitor& visit);

/// The cells outside of tables and checks: those of the gate, of inputs and of actions.
void ForEachCellBesideTables(const Pathway& pathway, const CellVisitor& visit);

/// All of them. The words of a score (`showWhen`, `remarks`) are not among them: they decide
/// nothing and are proven by nothing.
void ForEachCell(const Pathway& pathway, const CellVisitor& visit);
/// The same, to be changed.
void ForEachCell(Pathway& pathway, const std::function<void(Cell& cell)>& visit);

}  // namespace renal::pathways::internal
