#pragma once

#include "fhir/internal/fhirpath_parser.h"
#include "fhir/internal/fhirpath_program.h"

namespace renal::fhir::fhirpath {

/// What carries out an operator over two operands: one of the two.
struct OperatorCode {
  Op::Run run = nullptr;
  Op::Test test = nullptr;
};

/// Every operator but kIs and kAs.
OperatorCode CodeOf(Operator op);

}  // namespace renal::fhir::fhirpath
