#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/value_set.h"
#include "pathways/pathway.h"

/// Which data of a patient a pathway reads: the one source of the prefetch of CDS Hooks and of the
/// data requirements of the FHIR form (pathway-format 10.4).
namespace renal::pathways {

/// Codes that are looked for in a type.
struct CodeNeed {
  const fhir::ValueSet* codes = nullptr;
  /// What is older than this many days is never used; nothing: age does not matter.
  std::optional<std::int64_t> limit_days;
};

/// What is looked for in one resource type.
struct TypeNeed {
  std::string type;
  bool any_code = false;        ///< all of the type is read, whatever its code
  bool evidence = false;        ///< inputs read it; else it is only followed to or compared with
  bool only_way = false;        ///< to the value of some input
  std::vector<CodeNeed> codes;  ///< each set once, in the order of the file
};

/// What `pathway` reads, by type. Patient and Condition are always among it.
///
/// All of a type is read where a source takes any code, or where expressions follow references to
/// it (a datum that belongs to another tumour must be told apart). Orders that an action knows by a
/// criterion alone are looked for by the codes that the criterion looks up, or all of them.
std::vector<TypeNeed> TypeNeedsOf(const Pathway& pathway);

/// What the given inputs are read from, with the inputs that they depend on.
std::vector<TypeNeed> TypeNeedsOf(const Pathway& pathway, const std::vector<Index>& inputs);

}  // namespace renal::pathways
