#pragma once

#include "fhir/internal/fhirpath_findings.h"
#include "fhir/internal/fhirpath_parser.h"
#include "fhir/internal/fhirpath_shape.h"

/// The static checker (pathway-format 6.8): for every node of an expression the types that its
/// items can have, whether there can be several, and the unit of its quantities.
namespace renal::fhir::fhirpath {

/// Checks a tree whose names are known, and gives the shape of its result. Names that are not known
/// are the compiler's to report: nothing follows from them here.
Shape CheckTree(const Ast& tree, const CompileOptions& options, Findings& findings);

/// Checks an operator over two operands (kIs and kAs apart).
Shape CheckOperator(const Ast& ast, const Shape& left, const Shape& right, Findings& findings);

/// Reports `shape` where one item is needed and it can give several (L203); true if it is so.
bool ReportMany(const Ast& ast, const Shape& shape, const std::string& who, Findings& findings);
/// Checks a condition: one Boolean, that depends on the data.
void CheckCondition(const Ast& ast, const Shape& shape, const std::string& who, Findings& findings);

/// What stands in for a shape once something was reported of it, so that nothing else follows.
inline Shape AfterFinding() { return Shape::Unknown(); }

}  // namespace renal::fhir::fhirpath
