#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/own_json.h"

/// Cells as FHIRPath (pathway-format 4.2), and back.
namespace renal::pathways::internal {

/// What cells of a column are compared with.
struct CellForm {
  std::string variable;  ///< of the column, without `%`
  /// The spelling of a parameter's name.
  std::function<std::string(std::string_view)> parameter;
  /// True for a parameter that holds several codes.
  std::function<bool(std::string_view)> several;
};

/// The condition of a cell; "true" for "-". Nothing for a text that is no cell.
std::optional<std::string> ConditionOfCell(std::string_view cell, const CellForm& form);

/// A constant of the file as FHIRPath: "7 'cm'", "@2026-03-01", "'central'", "('rfa' | 'cryo')".
std::string ConstantExpression(std::string_view type, std::string_view value);
/// The reverse; nothing where the expression is no such constant.
std::optional<std::string> ConstantOfExpression(std::string_view type, std::string_view expression);

/// Names of variables with their cells, in the order of the condition.
using CellList = std::vector<std::pair<std::string, std::string>>;

/// The cells that a condition of the simple shape of 4.2 stands for; nothing for any other one.
/// `is_parameter` tells variables that are constants from those that are columns.
std::optional<CellList> CellsOfCondition(std::string_view condition,
                                         const std::function<bool(std::string_view)>& is_parameter);

}  // namespace renal::pathways::internal
