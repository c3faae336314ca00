#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json.h"

namespace renal::fhir {

/// How the resources of one type came to us. A type that failed is unknown, never "none".
enum class Delivery { kAbsent, kNone, kDelivered, kIncomplete, kFailed };

/// Everything the request says about one patient: an index by resource type over parsed documents.
///
/// Resources of another patient than `patient_id` are left out (and counted); a resource given twice
/// (same type and id) counts once, the newer `meta.lastUpdated` first, else the first one seen. The
/// order of resources in the request never matters for an answer (P2), so each list is sorted by id.
class Record {
 public:
  explicit Record(std::string patient_id);

  /// Adds a prefetch value, a fetched answer, or a file: a resource, a Bundle (entries are taken by type;
  /// nested Bundles to a depth of 8), null or absent. `expected_type` is the type that the key's query
  /// asks for, empty if unknown: null or an empty Bundle then marks it kNone, a lone OperationOutcome
  /// kFailed, one among data or a `next` link kIncomplete. Entries with search.mode "outcome" are no data.
  void Add(const Json& value, std::string_view expected_type = {});
  void SetDelivery(std::string_view type, Delivery delivery);
  Delivery delivery(std::string_view type) const;

  const std::string& patient_id() const { return patient_id_; }
  Json patient() const;  ///< the Patient resource; absent if none was given
  /// All resources of a type, sorted by id.
  const std::vector<Json>& OfType(std::string_view type) const;
  /// All resources, by type and id.
  std::vector<Json> All() const;
  /// The resource a relative, absolute, `urn:` or contained (`#id`, within `from`) reference names; absent if
  /// it is not in the record.
  Json Resolve(std::string_view reference, const Json& from = {}) const;
  /// Resources left out because they belong to another patient.
  std::size_t foreign_count() const { return foreign_; }

  /// "Type/id" of a resource, or "Type" if it has no id.
  static std::string Reference(const Json& resource);

 private:
  void AddResource(const Json& resource, std::string_view full_url);
  struct TypeList {
    std::vector<Json> resources;
    Delivery delivery = Delivery::kAbsent;
  };
  std::string patient_id_;
  std::unordered_map<std::string, TypeList> types_;
  std::unordered_map<std::string, Json> by_reference_;  // "Type/id" and fullUrl
  std::size_t foreign_ = 0;
};

}  // namespace renal::fhir
