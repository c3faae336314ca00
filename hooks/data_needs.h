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

/// One resource type that a pathway reads, and the one query that asks for it.
struct DataNeed {
  std::string key;        ///< of the prefetch: "patient", "conditions", "bodyStructures"
  std::string type;       ///< "BodyStructure"
  std::string query;      ///< prefetch template: "Condition?patient={{context.patientId}}"
  bool required = false;  ///< without it a server answers 412
  bool evidence = false;  ///< inputs read it; else it is only followed to or compared with
  /// Not delivered, it is taken for "none": every input that reads it has another way to a value.
  bool assumed_none = false;
};

/// A query with its codes is left without them beyond this length: then all of the type is asked
/// for.
inline constexpr std::size_t kMaxQueryBytes = 2'000;

/// What `pathway` reads, Patient first, then by type. Queries stay inside the subset of
/// cds-hooks.md section 4.2, one a type.
///
/// A query lists the codes of all value sets that are looked for in its type. All of a type is
/// asked for where a source takes any code, where expressions follow references to it (a datum that
/// belongs to another tumour must be told apart), or where the codes would make the query too long.
std::vector<DataNeed> DataNeedsOf(const pathways::Pathway& pathway);

/// The type that a prefetch key of ours asks for; empty for a key that is not ours.
std::string_view TypeOfKey(const std::vector<DataNeed>& needs, std::string_view key);

/// What the cards say about how the data came: types that were not delivered whole.
std::vector<cards::DeliveryNote> DeliveryNotesOf(const std::vector<DataNeed>& needs,
                                                 const fhir::Record& record);

/// The Issue (kProcessing) that names the first required type of which nothing came: neither data
/// nor the word that there are none. Nothing where all is there.
std::optional<fhir::Issue> MissingData(const std::vector<DataNeed>& needs,
                                       const fhir::Record& record);

}  // namespace renal::hooks
