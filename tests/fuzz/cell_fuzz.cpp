#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "fhir/fhirpath.h"
#include "pathways/internal/cell_parser.h"
#include "pathways/internal/fhir_form_cells.h"

// Any text as a cell: places lie inside it, and a cell that is one has a condition that compiles.
namespace renal::pathways::internal {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckConstant(const CellConstant& constant, std::size_t size) {
  Require(constant.at <= constant.end && constant.end <= size);
}

void CheckCondition(std::string_view cell) {
  const auto condition =
      ConditionOfCell(cell, {.variable = "column",
                             .parameter = [](std::string_view) { return std::string("parameter"); },
                             .several = [](std::string_view) { return false; }});
  Require(condition.has_value());
  fhir::fhirpath::CompileOptions options;
  options.variables = {"column", "parameter"};
  const auto compiled = fhir::fhirpath::Compile(*condition, options);
  const auto* error = std::get_if<fhir::fhirpath::CompileError>(&compiled);
  // Limits of length, and dates or units that do not exist, are found when the cell is compiled.
  if (error != nullptr && error->syntax) Require(cell.size() > 100 || !error->message.empty());
}

void Check(std::string_view cell) {
  const auto parsed = ParseCell(cell);
  if (const auto* error = std::get_if<CellError>(&parsed)) {
    Require(error->at <= cell.size() && !error->message.empty());
    return;
  }
  for (const CellTest& test : std::get<std::vector<CellTest>>(parsed)) {
    Require(test.at <= cell.size());
    CheckConstant(test.value, cell.size());
    if (test.kind == CellTest::Kind::kRange) CheckConstant(test.high, cell.size());
  }
  CheckCondition(cell);
}

}  // namespace
}  // namespace renal::pathways::internal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  renal::pathways::internal::Check({reinterpret_cast<const char*>(data), size});
  return 0;
}
