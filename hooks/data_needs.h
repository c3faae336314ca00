#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cards/build.h"
#include "fhir/record.h"
#include "fhir/result.h"
#include "pathways/pathway.h"

/// Which data of a patient a pathway reads: asked for by prefetch, checked on arrival.
namespace renal::hooks {

/// One query for data of a type that a pathway reads. A type has one, or several with some of its
/// codes each.
struct DataNeed {
  std::string key;        ///< of the prefetch: "patient", "conditions", "observations2"
  std::string whole_key;  ///< "observations": the key under which all of the type may come; the
                          ///< same as `key` where the type has one query
  std::string type;       ///< "BodyStructure"
  std::string query;      ///< prefetch template: "Condition?patient={{context.patientId}}"
  bool required = false;  ///< without it a server answers 412
  bool evidence = false;  ///< inputs read it; else it is only followed to or compared with
  /// Not delivered, it is taken for "none": every input that reads it has another way to a value.
  bool assumed_none = false;
};

/// Codes that would make a query longer than this are asked for in several.
inline constexpr std::size_t kMaxQueryBytes = 2'000;

/// A type whose codes would take more queries is asked for without codes.
inline constexpr std::size_t kMaxQueriesOfType = 6;

/// What `pathway` reads, Patient first, then by type. Queries stay inside the subset of
/// cds-hooks.md section 4.2.
///
/// The queries of a type list the codes of all value sets that are looked for in it. All of a type
/// is asked for where a source takes any code, where expressions follow references to it (a datum
/// that belongs to another tumour must be told apart), or where there are too many codes.
std::vector<DataNeed> DataNeedsOf(const pathways::Pathway& pathway);

/// The type that a prefetch key of ours asks for, also the key of a whole type whose codes have
/// several; empty for a key that is not ours.
std::string_view TypeOfKey(const std::vector<DataNeed>& needs, std::string_view key);

/// The Issue (kProcessing) that names the first required type of which nothing came: neither data
/// nor the word that there are none. Nothing where all is there.
std::optional<fhir::Issue> MissingData(const std::vector<DataNeed>& needs,
                                       const fhir::Record& record);

}  // namespace renal::hooks
