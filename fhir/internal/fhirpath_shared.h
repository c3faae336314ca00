#pragma once

#include <string>

#include "fhir/internal/fhirpath_parser.h"
#include "fhir/internal/fhirpath_program.h"

namespace renal::fhir::fhirpath {

/// The criteria of one expression among those that it shares with others.
class CriteriaOfText {
 public:
  CriteriaOfText() = default;  ///< none
  /// `tree` is the whole expression. `shared` may be null: then there are none.
  CriteriaOfText(SharedCriteria* shared, const Ast& tree);

  /// The criterion that was written like this, wherever it stands with the same meaning, a new one
  /// if it is the first; null where its truth depends on more than the context item and the
  /// environment, or where it leaves more behind than its truth.
  Criterion* Of(const Ast& ast);

 private:
  SharedCriteria* shared_ = nullptr;
};

}  // namespace renal::fhir::fhirpath
