#pragma once

#include <string_view>
#include <vector>

#include "fhir/json.h"
#include "fhir/record.h"
#include "pathways/pathway.h"

namespace renal::pathways {

/// The resources of a record by the sources that want them: each resource is looked at once, not
/// once for each source.
class SortedRecord {
 public:
  /// `record` must outlive it. Resources of types that no source reads are not looked at.
  SortedRecord(const Pathway& pathway, const fhir::Record& record);

  /// The resources of the source's type that have one of its codes, in the order of the record.
  const std::vector<fhir::Json>& Of(const SourceOfInput& source) const {
    const OfType& type = types_[source.type];
    return source.set == kNone ? *type.all : type.with[source.set];
  }

 private:
  struct OfType {
    const std::vector<fhir::Json>* all;
    std::vector<std::vector<fhir::Json>> with;  // by set of codes
  };
  void Sort(const RecordType& type, const fhir::Record& record, OfType& sorted) const;

  std::vector<OfType> types_;
};

/// Calls `visit` with system and code of each Coding that says what a resource of that type is; a
/// medication may name its code in a reference.
template <class Visit>
void ForEachCode(const fhir::Json& resource, std::string_view type, const fhir::Record& record,
                 const Visit& visit);

/// The code element of a resource of that type: `code`, for medications
/// `medicationCodeableConcept`, for encounters `type`.
fhir::Json CodeOf(const fhir::Json& resource, std::string_view type);
/// The same, of the type that the resource says that it has.
fhir::Json CodeOf(const fhir::Json& resource);

template <class Visit>
void VisitCoding(const fhir::Json& coding, const Visit& visit) {
  const fhir::Json code = coding["code"];
  if (!code.is_string()) return;
  const fhir::Json system = coding["system"];
  if (system.is_string()) visit(system.string(), code.string());
}

// What is no CodeableConcept may be a Coding, as in fhir::ValueSet::ContainsCoding().
template <class Visit>
void VisitCodings(const fhir::Json& concept_of, const Visit& visit) {
  const fhir::Json codings = concept_of["coding"];
  if (!codings.is_array()) return VisitCoding(concept_of, visit);
  for (const fhir::Json::Entry entry : codings) VisitCoding(entry.value, visit);
}

template <class Visit>
void ForEachCode(const fhir::Json& resource, std::string_view type, const fhir::Record& record,
                 const Visit& visit) {
  const fhir::Json code = CodeOf(resource, type);
  if (code.is_array()) {
    for (const fhir::Json::Entry entry : code) VisitCodings(entry.value, visit);
    return;
  }
  if (code) return VisitCodings(code, visit);
  const fhir::Json reference = resource["medicationReference"]["reference"];
  if (reference) VisitCodings(record.Resolve(reference.string(), resource)["code"], visit);
}

}  // namespace renal::pathways
