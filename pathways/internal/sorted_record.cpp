#include "pathways/internal/sorted_record.h"

#include <cstddef>

namespace renal::pathways {

using fhir::Json;

SortedRecord::SortedRecord(const Pathway& pathway, const fhir::Record& record) {
  types_.reserve(pathway.record_types.size());
  for (const RecordType& type : pathway.record_types) {
    OfType& sorted = types_.emplace_back(OfType{&record.OfType(type.name()), {}});
    sorted.with.resize(type.set_count());
    if (type.set_count() > 0) Sort(type, record, sorted);
  }
}

void SortedRecord::Sort(const RecordType& type, const fhir::Record& record, OfType& sorted) const {
  for (const Json& resource : *sorted.all) {
    const auto enter = [&](std::string_view system, std::string_view code) {
      const auto* sets = type.SetsWith(system, code);
      if (sets == nullptr) return;
      for (const std::size_t set : *sets) {
        std::vector<Json>& found = sorted.with[set];  // another code of it may be in the set, too
        if (found.empty() || !(found.back() == resource)) found.push_back(resource);
      }
    };
    ForEachCode(resource, type.name(), record, enter);
  }
}

Json CodeOf(const Json& resource, std::string_view type) {
  if (type == "Encounter") return resource["type"];
  if (type.starts_with("Medication") && type != "Medication")
    return resource["medicationCodeableConcept"];
  return resource["code"];
}

Json CodeOf(const Json& resource) { return CodeOf(resource, resource["resourceType"].string()); }

}  // namespace renal::pathways
